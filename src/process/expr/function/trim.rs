//! Text without the blanks around it.

use std::borrow::Cow;

use super::super::node::Type;
use super::Function;
use crate::core::data::value::Value;
use crate::core::registry::{Example, Row};

/// `trim(text, characters?)`
pub(super) const ROW: Row<Function> = Row {
    name: "trim",
    aliases: &[],
    usage: "trim(text, characters?)",
    summary: "The text without blanks (or these characters) at both ends",
    examples: &[
        Example { input: "trim('  a b ')", output: "a b" },
        Example { input: "trim('--a--', '-')", output: "a" },
    ],
    item: Function {
        arity: (1, 2),
        regex: None,
        bind: |args| {
            Ok(args.each(
                Type::Text,
                Box::new(|call| {
                    let Some(text) = call.text(0) else { return Value::Null };
                    let characters = call.text(1);
                    Value::Text(trimmed(text, characters.as_deref()))
                }),
            ))
        },
    },
};

/// Trims, without a copy where the text is borrowed.
fn trimmed<'v>(text: Cow<'v, [u8]>, characters: Option<&[u8]>) -> Cow<'v, [u8]> {
    let (start, end) = match (std::str::from_utf8(&text), characters.map(std::str::from_utf8)) {
        (Ok(text), None) => (text.len() - text.trim_start().len(), text.trim_end().len()),
        (Ok(text), Some(Ok(characters))) => {
            let is_one = |character: char| characters.contains(character);
            (text.len() - text.trim_start_matches(is_one).len(), text.trim_end_matches(is_one).len())
        }
        (Err(_), None) => (text.len() - text.trim_ascii_start().len(), text.trim_ascii_end().len()),
        (_, Some(_)) => (0, text.len()),
    };
    let end = end.max(start);
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.get(start..end).unwrap_or_default()),
        Cow::Owned(text) => Cow::Owned(text.get(start..end).unwrap_or_default().to_vec()),
    }
}
