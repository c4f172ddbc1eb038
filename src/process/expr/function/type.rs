//! What a value is.

use super::super::node::Type;
use super::Function;
use crate::core::data::number::Number;
use crate::core::data::value::Value;
use crate::core::registry::{Example, Row};

/// `type(x)`
pub(super) const ROW: Row<Function> = Row {
    name: "type",
    aliases: &[],
    usage: "type(x)",
    summary: "The type of the value: null, bool, number, text, array or object; CSV text that is numeric is a number",
    examples: &[
        Example { input: "type('a')", output: "text" },
        Example { input: "type(1.5)", output: "number" },
        Example { input: "type(null)", output: "null" },
        Example { input: "type(split('a', ';'))", output: "array" },
    ],
    item: Function {
        arity: (1, 1),
        regex: None,
        bind: |args| {
            Ok(args.each(
                Type::Text,
                Box::new(|call| {
                    let name = match call.value(0) {
                        Value::Missing | Value::Null => "null",
                        Value::Bool(_) => "bool",
                        Value::Number(_) | Value::Literal(_) => "number",
                        Value::Bare(text) if Number::parse(&text).is_some() => "number",
                        Value::Bare(_) | Value::Text(_) => "text",
                        Value::Nested(json) if json.first() == Some(&b'[') => "array",
                        Value::Nested(_) => "object",
                    };
                    Value::Text(name.as_bytes().into())
                }),
            ))
        },
    },
};
