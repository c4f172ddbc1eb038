//! Text in lower case.

use super::super::node::Type;
use super::Function;
use super::text_value;
use crate::core::data::value::Value;
use crate::core::registry::{Example, Row};

/// `lower(text)`
pub(super) const ROW: Row<Function> = Row {
    name: "lower",
    aliases: &[],
    usage: "lower(text)",
    summary: "The text in lower case",
    examples: &[Example { input: "lower('ÀB c')", output: "àb c" }],
    item: Function {
        arity: (1, 1),
        regex: None,
        bind: |args| {
            Ok(args.each(
                Type::Text,
                Box::new(|call| match call.text(0) {
                    None => Value::Null,
                    Some(text) => match std::str::from_utf8(&text) {
                        Ok(text) => text_value(text.to_lowercase()),
                        Err(_) => text_value(text.to_ascii_lowercase()),
                    },
                }),
            ))
        },
    },
};
