//! A value from its JSON.

use super::super::node::Type;
use super::Function;
use crate::core::data::value::Value;
use crate::core::format::json::path::value;
use crate::core::registry::{Example, Row};

/// `parse_json(text)`
pub(super) const ROW: Row<Function> = Row {
    name: "parse_json",
    aliases: &[],
    usage: "parse_json(text)",
    summary: "The value that a text of JSON stands for; null where it is none",
    examples: &[Example { input: "get(parse_json('{\"a\": [1, 2]}'), 'a[1]')", output: "2" }],
    item: Function {
        arity: (1, 1),
        regex: None,
        bind: |args| {
            Ok(args.each(
                Type::Any,
                Box::new(|call| match call.value(0) {
                    Value::Text(text) | Value::Bare(text) => match std::str::from_utf8(&text).map(str::trim) {
                        Ok(json) if serde_json::from_str::<serde::de::IgnoredAny>(json).is_ok() => {
                            value(json.as_bytes()).into_owned()
                        }
                        _ => Value::Null,
                    },
                    value => value,
                }),
            ))
        },
    },
};
