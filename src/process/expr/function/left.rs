//! The start of a text.

use super::super::node::Type;
use super::Function;
use super::text_value;
use crate::core::data::value::Value;
use crate::core::integer::signed;
use crate::core::registry::{Example, Row};

/// `left(text, count)`
pub(super) const ROW: Row<Function> = Row {
    name: "left",
    aliases: &[],
    usage: "left(text, count)",
    summary: "The first characters; with a negative count all but the last",
    examples: &[
        Example { input: "left('abcdef', 2)", output: "ab" },
        Example { input: "left('abcdef', -2)", output: "abcd" },
    ],
    item: Function {
        arity: (2, 2),
        regex: None,
        bind: |args| {
            Ok(args.each(
                Type::Text,
                Box::new(|call| {
                    let (Some(text), Some(count)) = (call.text(0), call.integer(1)) else { return Value::Null };
                    let text = String::from_utf8_lossy(&text);
                    let count = if count < 0 { (signed(text.chars().count()) + count).max(0) } else { count };
                    text_value(text.chars().take(usize::try_from(count).unwrap_or(usize::MAX)).collect::<String>())
                }),
            ))
        },
    },
};
