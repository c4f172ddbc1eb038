//! A text several times.

use super::super::node::Type;
use super::Function;
use super::text_value;
use crate::core::data::cell::MAX_CELL;
use crate::core::data::value::Value;
use crate::core::registry::{Example, Row};

/// `repeat(text, count)`
pub(super) const ROW: Row<Function> = Row {
    name: "repeat",
    aliases: &[],
    usage: "repeat(text, count)",
    summary: "The text so many times in a row",
    examples: &[Example { input: "repeat('ab', 3)", output: "ababab" }],
    item: Function {
        arity: (2, 2),
        regex: None,
        bind: |args| {
            Ok(args.each(
                Type::Text,
                Box::new(|call| {
                    let (Some(text), Some(count)) = (call.text(0), call.integer(1)) else { return Value::Null };
                    // One more than fits is enough to be refused.
                    let most = MAX_CELL / text.len().max(1) + 1;
                    text_value(text.repeat(usize::try_from(count).unwrap_or(0).min(most)))
                }),
            ))
        },
    },
};
