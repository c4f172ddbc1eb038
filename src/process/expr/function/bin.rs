//! The start of a bin.

use super::super::node::{Op, Type};
use super::Function;
use super::number_value;
use crate::core::data::number::{Number, Wide};
use crate::core::data::time::Width;
use crate::core::registry::{Example, Row};

/// `bin(time, 'width', zone?) or bin(number, width)`
pub(super) const ROW: Row<Function> = Row {
    name: "bin",
    aliases: &[],
    usage: "bin(time, 'width', zone?) or bin(number, width)",
    summary: "The start of the bin that a time or number is in; widths of time are 30s, 5m, 1h, 1d, 1w, 1mo, 1q, 1y",
    examples: &[
        Example { input: "bin('2026-03-01T12:07:31Z', '5m')", output: "2026-03-01T12:05:00Z" },
        Example { input: "bin(17, 5)", output: "15" },
        Example { input: "bin(-1, 5)", output: "-5" },
    ],
    item: Function {
        arity: (2, 3),
        regex: None,
        bind: |args| {
            let text = args.constant_text(1, "the width of a bin")?;
            match (Width::parse(&text), Number::parse(text.as_bytes())) {
                (Some(width), _) => {
                    let zone = args.zone(2)?;
                    Ok((Op::Bin { time: args.node(0), width, zone }, Type::Time))
                }
                (None, Some(width)) if width > Number::ZERO => Ok(args.each(
                    Type::Number,
                    Box::new(move |call| {
                        let wide = &mut Wide::default();
                        let bin = call.number(0).and_then(|number| number.floor_divide(width, wide));
                        number_value(bin.and_then(|bin| bin.multiply(width, wide)))
                    }),
                )),
                _ => Err(args
                    .problem(1, format!("'{text}' is no width of a bin"))
                    .hint("write bin(time, '5m') or bin(x, 10)")),
            }
        },
    },
};
