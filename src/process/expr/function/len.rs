//! How long a value is.

use super::super::node::{Type, text};
use super::Function;
use crate::core::data::number::Number;
use crate::core::data::value::Value;
use crate::core::format::json::path;
use crate::core::registry::{Example, Row};

/// `len(x)`
pub(super) const ROW: Row<Function> = Row {
    name: "len",
    aliases: &[],
    usage: "len(x)",
    summary: "Characters of a text, elements of an array, members of an object",
    examples: &[Example { input: "len('añb')", output: "3" }, Example { input: "len(split('a;b', ';'))", output: "2" }],
    item: Function {
        arity: (1, 1),
        regex: None,
        bind: |args| {
            Ok(args.each(
                Type::Number,
                Box::new(|call| {
                    let length = match call.value(0) {
                        Value::Nested(json) if json.first() == Some(&b'[') => path::elements(&json).count(),
                        Value::Nested(json) => path::members(&json).count(),
                        value => match text(value) {
                            None => return Value::Null,
                            Some(text) => match std::str::from_utf8(&text) {
                                Ok(text) => text.chars().count(),
                                Err(_) => text.len(),
                            },
                        },
                    };
                    Value::Number(Number::int(length as i128))
                }),
            ))
        },
    },
};
