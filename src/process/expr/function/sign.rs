//! The sign of a number.

use super::super::node::Type;
use super::Function;
use super::number_value;
use crate::core::data::number::Number;
use crate::core::registry::{Example, Row};

/// `sign(x)`
pub(super) const ROW: Row<Function> = Row {
    name: "sign",
    aliases: &[],
    usage: "sign(x)",
    summary: "One for positive numbers, minus one for negative ones, zero for zero",
    examples: &[Example { input: "sign(-2.5)", output: "-1" }],
    item: Function {
        arity: (1, 1),
        regex: None,
        bind: |args| {
            Ok(args.each(
                Type::Number,
                Box::new(|call| {
                    let sign = |number: Number| Number::int(number.compare(Number::ZERO) as i128);
                    number_value(call.number(0).map(sign))
                }),
            ))
        },
    },
};
