//! The values of an object.

use super::super::node::Type;
use super::Function;
use super::get::nested;
use crate::core::data::value::Value;
use crate::core::format::json::path;
use crate::core::format::json::value::array;
use crate::core::registry::{Example, Row};

/// `values(x)`
pub(super) const ROW: Row<Function> = Row {
    name: "values",
    aliases: &[],
    usage: "values(x)",
    summary: "The values in an object, or the elements of an array, as a JSON array; null for anything else",
    examples: &[Example { input: "values('{\"b\": 1, \"a\": [2]}')", output: "[1,[2]]" }],
    item: Function {
        arity: (1, 1),
        regex: None,
        bind: |args| {
            Ok(args.each(
                Type::Any,
                Box::new(|call| {
                    let Some(json) = nested(call.value(0)) else { return Value::Null };
                    let found: Vec<Value<'_>> = if json.first() == Some(&b'[') {
                        path::elements(&json).collect()
                    } else {
                        path::members(&json).map(|(_, value)| value).collect()
                    };
                    let mut out = Vec::new();
                    array(found, &mut out);
                    Value::Nested(out.into())
                }),
            ))
        },
    },
};
