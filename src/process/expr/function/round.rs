//! A number rounded to the nearest.

use super::super::node::Type;
use super::Function;
use super::number_value;
use crate::core::registry::{Example, Row};

/// `round(x, digits?)`
pub(super) const ROW: Row<Function> = Row {
    name: "round",
    aliases: &[],
    usage: "round(x, digits?)",
    summary: "The number rounded to some digits after the point (0 unless given); halves go away from zero",
    examples: &[
        Example { input: "round(2.345, 2)", output: "2.35" },
        Example { input: "round(-2.5)", output: "-3" },
        Example { input: "round(1234, -2)", output: "1200" },
    ],
    item: Function {
        arity: (1, 2),
        regex: None,
        bind: |args| {
            let given = args.nodes.len() == 2;
            Ok(args.each(
                Type::Number,
                Box::new(move |call| {
                    let digits = if given { call.integer(1) } else { Some(0) };
                    let digits = digits.map(|digits| digits.clamp(-400, 400) as i32);
                    number_value(call.number(0).zip(digits).map(|(number, digits)| number.round(digits)))
                }),
            ))
        },
    },
};
