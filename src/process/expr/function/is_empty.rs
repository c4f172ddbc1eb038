//! Whether there is nothing in a value.

use super::super::node::Type;
use super::Function;
use crate::core::data::value::Value;
use crate::core::format::json::path;
use crate::core::registry::{Example, Row};

/// `is_empty(x)`
pub(super) const ROW: Row<Function> = Row {
    name: "is_empty",
    aliases: &[],
    usage: "is_empty(x)",
    summary: "Whether the value is null, blank text, or an array or object with nothing in it",
    examples: &[
        Example { input: "is_empty(' ')", output: "true" },
        Example { input: "is_empty(parse_json('[]'))", output: "true" },
        Example { input: "is_empty(0)", output: "false" },
    ],
    item: Function {
        arity: (1, 1),
        regex: None,
        bind: |args| {
            Ok(args.each(
                Type::Bool,
                Box::new(|call| {
                    Value::Bool(match call.value(0) {
                        Value::Nested(json) => {
                            path::elements(&json).next().is_none() && path::members(&json).next().is_none()
                        }
                        value => String::from_utf8_lossy(&value.to_text()).trim().is_empty(),
                    })
                }),
            ))
        },
    },
};
