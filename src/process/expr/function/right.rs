//! The end of a text.

use super::super::node::Type;
use super::Function;
use super::text_value;
use crate::core::data::value::Value;
use crate::core::integer::signed;
use crate::core::registry::{Example, Row};

/// `right(text, count)`
pub(super) const ROW: Row<Function> = Row {
    name: "right",
    aliases: &[],
    usage: "right(text, count)",
    summary: "The last characters; with a negative count all but the first",
    examples: &[
        Example { input: "right('abcdef', 2)", output: "ef" },
        Example { input: "right('abcdef', -2)", output: "cdef" },
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
                    let skip =
                        if count < 0 { count.saturating_neg() } else { (signed(text.chars().count()) - count).max(0) };
                    text_value(text.chars().skip(usize::try_from(skip).unwrap_or(usize::MAX)).collect::<String>())
                }),
            ))
        },
    },
};
