//! Whether a text ends with a part.

use super::super::node::Type;
use super::Function;
use crate::core::data::value::Value;
use crate::core::registry::{Example, Row};

/// `ends_with(text, part)`
pub(super) const ROW: Row<Function> = Row {
    name: "ends_with",
    aliases: &[],
    usage: "ends_with(text, part)",
    summary: "Whether the text ends with the part; false for null",
    examples: &[Example { input: "ends_with('a.csv', '.csv')", output: "true" }],
    item: Function {
        arity: (2, 2),
        regex: None,
        bind: |args| {
            Ok(args.each(
                Type::Bool,
                Box::new(|call| match (call.text(0), call.text(1)) {
                    (Some(text), Some(part)) => Value::Bool(text.ends_with(&part)),
                    _ => Value::Bool(false),
                }),
            ))
        },
    },
};
