//! The keys of an object.

use super::super::node::Type;
use super::Function;
use super::get::nested;
use crate::core::data::value::Value;
use crate::core::format::json::path;
use crate::core::format::json::value::array;
use crate::core::registry::{Example, Row};

/// `keys(x)`
pub(super) const ROW: Row<Function> = Row {
    name: "keys",
    aliases: &[],
    usage: "keys(x)",
    summary: "The names in an object as a JSON array; null for anything else",
    examples: &[Example { input: "keys('{\"b\": 1, \"a\": 2}')", output: "[\"b\",\"a\"]" }],
    item: Function {
        arity: (1, 1),
        regex: None,
        bind: |args| {
            Ok(args.each(
                Type::Any,
                Box::new(|call| {
                    let Some(json) = nested(call.value(0)).filter(|json| json.first() == Some(&b'{')) else {
                        return Value::Null;
                    };
                    let found: Vec<Value<'_>> = path::members(&json).map(|(name, _)| Value::Text(name)).collect();
                    let mut out = Vec::new();
                    array(found, &mut out);
                    Value::Nested(out.into())
                }),
            ))
        },
    },
};
