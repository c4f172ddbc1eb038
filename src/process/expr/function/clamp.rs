//! A number kept between two others.

use super::super::node::Type;
use super::Function;
use super::number_value;
use crate::core::data::value::Value;
use crate::core::registry::{Example, Row};

/// `clamp(x, least, greatest)`
pub(super) const ROW: Row<Function> = Row {
    name: "clamp",
    aliases: &[],
    usage: "clamp(x, least, greatest)",
    summary: "The number, or the nearer of the two where it is not between them",
    examples: &[
        Example { input: "clamp(12, 0, 10)", output: "10" },
        Example { input: "clamp(-1, 0, 10)", output: "0" },
    ],
    item: Function {
        arity: (3, 3),
        regex: None,
        bind: |args| {
            Ok(args.each(
                Type::Number,
                Box::new(|call| {
                    let (Some(number), Some(least), Some(greatest)) = (call.number(0), call.number(1), call.number(2))
                    else {
                        return Value::Null;
                    };
                    number_value(Some(number.max(least).min(greatest)))
                }),
            ))
        },
    },
};
