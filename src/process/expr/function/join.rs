//! The elements of an array as one text.

use super::super::node::{Type, text};
use super::Function;
use super::text_value;
use crate::core::data::value::Value;
use crate::core::format::json::path;
use crate::core::registry::{Example, Row};

/// `join(array, separator)`
pub(super) const ROW: Row<Function> = Row {
    name: "join",
    aliases: &[],
    usage: "join(array, separator)",
    summary: "The elements of a JSON array joined with a separator; nulls are left out",
    examples: &[Example { input: "join(split('a;b;c', ';'), '-')", output: "a-b-c" }],
    item: Function {
        arity: (2, 2),
        regex: None,
        bind: |args| {
            Ok(args.each(
                Type::Text,
                Box::new(|call| {
                    let value = call.value(0);
                    let separator = call.text(1).unwrap_or_default();
                    let Value::Nested(array) = &value else {
                        return text(value).map_or(Value::Null, Value::Text);
                    };
                    let mut joined = Vec::new();
                    for (index, element) in path::elements(array).filter(|element| !element.is_null()).enumerate() {
                        if index > 0 {
                            joined.extend_from_slice(&separator);
                        }
                        joined.extend_from_slice(&element.to_text());
                    }
                    text_value(joined)
                }),
            ))
        },
    },
};
