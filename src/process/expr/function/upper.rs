//! Text in upper case.

use super::super::node::Type;
use super::Function;
use super::text_value;
use crate::core::data::value::Value;
use crate::core::registry::{Example, Row};

/// `upper(text)`
pub(super) const ROW: Row<Function> = Row {
    name: "upper",
    aliases: &[],
    usage: "upper(text)",
    summary: "The text in upper case",
    examples: &[Example { input: "upper('straße')", output: "STRASSE" }],
    item: Function {
        arity: (1, 1),
        regex: None,
        bind: |args| {
            Ok(args.each(
                Type::Text,
                Box::new(|call| match call.text(0) {
                    None => Value::Null,
                    Some(text) => match std::str::from_utf8(&text) {
                        Ok(text) => text_value(text.to_uppercase()),
                        Err(_) => text_value(text.to_ascii_uppercase()),
                    },
                }),
            ))
        },
    },
};
