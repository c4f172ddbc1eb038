//! A part of a JSON value.

use std::borrow::Cow;

use super::super::node::Type;
use super::Function;
use crate::core::data::value::Value;
use crate::core::format::json::path::{self, Segment};
use crate::core::registry::{Example, Row};

/// `get(x, path)`
pub(super) const ROW: Row<Function> = Row {
    name: "get",
    aliases: &[],
    usage: "get(x, path)",
    summary: "The value at an index, a key or a path inside an array or object (or text that is one)",
    examples: &[
        Example { input: "get(split('a;b', ';'), 1)", output: "b" },
        Example { input: "get('{\"a\": {\"b\": 2}}', 'a.b')", output: "2" },
    ],
    item: Function {
        arity: (2, 2),
        regex: None,
        bind: |args| {
            Ok(args.each(
                Type::Any,
                Box::new(|call| {
                    let Some(json) = nested(call.value(0)) else { return Value::Null };
                    let path = match call.value(1) {
                        Value::Number(index) => index
                            .to_integer()
                            .and_then(|index| i64::try_from(index).ok())
                            .map(|index| vec![Segment::Index(index)]),
                        key => segments(&json, &String::from_utf8_lossy(&key.to_text())),
                    };
                    let Some(path) = path else { return Value::Null };
                    let found = match json {
                        Cow::Borrowed(json) => path::get(json, &path),
                        Cow::Owned(json) => path::get(&json, &path).map(Value::into_owned),
                    };
                    found.unwrap_or(Value::Null)
                }),
            ))
        },
    },
};

/// The array or object that a value is, or that its text is.
pub(super) fn nested(value: Value<'_>) -> Option<Cow<'_, [u8]>> {
    match value {
        Value::Nested(json) => Some(json),
        Value::Text(text) | Value::Bare(text) if path::is_json(&text) => Some(text),
        _ => None,
    }
}

/// A key that the object has as it is written, an index, or a path.
fn segments(json: &[u8], text: &str) -> Option<Vec<Segment>> {
    let key = vec![Segment::Key(text.to_string())];
    if path::span(json, &key).is_some() {
        return Some(key);
    }
    match text.parse() {
        Ok(index) => Some(vec![Segment::Index(index)]),
        Err(_) => path::parse(text),
    }
}
