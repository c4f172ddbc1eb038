//! Whether a text starts with a part.

use super::super::node::Type;
use super::Function;
use crate::core::data::value::Value;
use crate::core::registry::{Example, Row};

/// `starts_with(text, part)`
pub(super) const ROW: Row<Function> = Row {
    name: "starts_with",
    aliases: &[],
    usage: "starts_with(text, part)",
    summary: "Whether the text starts with the part; false for null",
    examples: &[Example { input: "starts_with('/api/v1', '/api')", output: "true" }],
    item: Function {
        arity: (2, 2),
        regex: None,
        bind: |args| {
            Ok(args.each(
                Type::Bool,
                Box::new(|call| match (call.text(0), call.text(1)) {
                    (Some(text), Some(part)) => Value::Bool(text.starts_with(&part)),
                    _ => Value::Bool(false),
                }),
            ))
        },
    },
};
