//! Whether an object has a member or an array an element.

use super::super::node::Type;
use super::Function;
use super::get::nested;
use crate::core::data::compare::equal;
use crate::core::data::value::Value;
use crate::core::format::json::path;
use crate::core::registry::{Example, Row};

/// `has(x, key)`
pub(super) const ROW: Row<Function> = Row {
    name: "has",
    aliases: &[],
    usage: "has(x, key)",
    summary: "Whether an object has a member of that name, or an array an element equal to it; false for anything else",
    examples: &[
        Example { input: "has('{\"a\": null}', 'a')", output: "true" },
        Example { input: "has(split('a;b', ';'), 'b')", output: "true" },
        Example { input: "has(null, 'a')", output: "false" },
    ],
    item: Function {
        arity: (2, 2),
        regex: None,
        bind: |args| {
            Ok(args.each(
                Type::Bool,
                Box::new(|call| {
                    let Some(json) = nested(call.value(0)) else { return Value::Bool(false) };
                    let key = call.value(1);
                    Value::Bool(if json.first() == Some(&b'[') {
                        path::elements(&json).any(|element| equal(&element, &key))
                    } else {
                        let key = key.to_text();
                        path::members(&json).any(|(name, _)| name == key)
                    })
                }),
            ))
        },
    },
};
