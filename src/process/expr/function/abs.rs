//! A number without its sign.

use super::super::node::Type;
use super::Function;
use super::number_value;
use crate::core::data::number::Number;
use crate::core::registry::{Example, Row};

/// `abs(x)`
pub(super) const ROW: Row<Function> = Row {
    name: "abs",
    aliases: &[],
    usage: "abs(x)",
    summary: "The number without its sign",
    examples: &[Example { input: "abs(-1.50)", output: "1.5" }],
    item: Function {
        arity: (1, 1),
        regex: None,
        bind: |args| Ok(args.each(Type::Number, Box::new(|call| number_value(call.number(0).map(Number::abs))))),
    },
};
