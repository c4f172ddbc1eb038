//! A number as a double.

use super::super::node::Type;
use super::Function;
use super::number_value;
use crate::core::data::number::Number;
use crate::core::registry::{Example, Row};

/// `float(x)`
pub(super) const ROW: Row<Function> = Row {
    name: "float",
    aliases: &[],
    usage: "float(x)",
    summary: "The number as a 64-bit float",
    examples: &[Example { input: "float('1.50')", output: "1.5" }],
    item: Function {
        arity: (1, 1),
        regex: None,
        bind: |args| {
            Ok(args.each(
                Type::Number,
                Box::new(|call| number_value(call.number(0).and_then(|number| Number::finite(number.to_f64())))),
            ))
        },
    },
};
