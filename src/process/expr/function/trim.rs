//! Text without the blanks around it.

use std::borrow::Cow;

use super::super::node::{Op, Type};
use super::{Arguments, Function};
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
    item: Function { arity: (1, 2), regex: None, bind: |args| Ok(trimming(args, Sides::Both)) },
};

/// Where text is trimmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sides {
    /// At both ends.
    Both,
    /// At its start.
    Start,
    /// At its end.
    End,
}

/// Trims the first argument by blanks or the characters in the second.
pub(super) fn trimming(args: &mut Arguments<'_, '_>, sides: Sides) -> (Op, Type) {
    args.each(
        Type::Text,
        Box::new(move |call| {
            let Some(text) = call.text(0) else { return Value::Null };
            let characters = call.text(1);
            Value::Text(trimmed(text, characters.as_deref(), sides))
        }),
    )
}

/// Trims, without a copy where the text is borrowed.
fn trimmed<'v>(text: Cow<'v, [u8]>, characters: Option<&[u8]>, sides: Sides) -> Cow<'v, [u8]> {
    let (start, end) = match (std::str::from_utf8(&text), characters.map(std::str::from_utf8)) {
        (Ok(text), None) => (text.len() - text.trim_start().len(), text.trim_end().len()),
        (Ok(text), Some(Ok(characters))) => {
            let is_one = |character: char| characters.contains(character);
            (text.len() - text.trim_start_matches(is_one).len(), text.trim_end_matches(is_one).len())
        }
        (Err(_), None) => (text.len() - text.trim_ascii_start().len(), text.trim_ascii_end().len()),
        (_, Some(_)) => (0, text.len()),
    };
    let start = if sides == Sides::End { 0 } else { start };
    let end = if sides == Sides::Start { text.len() } else { end.max(start) };
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.get(start..end).unwrap_or_default()),
        Cow::Owned(text) => Cow::Owned(text.get(start..end).unwrap_or_default().to_vec()),
    }
}
