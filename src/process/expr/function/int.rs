//! A number's whole part.

use super::super::node::Type;
use super::Function;
use super::number_value;
use crate::core::data::number::Number;
use crate::core::registry::{Example, Row};

/// `int(x)`
pub(super) const ROW: Row<Function> = Row {
    name: "int",
    aliases: &[],
    usage: "int(x)",
    summary: "The number with its decimals cut off; what is no number becomes null and is counted",
    examples: &[Example { input: "int('007')", output: "7" }, Example { input: "int(-2.9)", output: "-2" }],
    item: Function {
        arity: (1, 1),
        regex: None,
        bind: |args| Ok(args.each(Type::Number, Box::new(|call| number_value(call.number(0).map(Number::truncate))))),
    },
};
