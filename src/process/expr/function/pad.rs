//! A text filled up to a width.

use super::super::node::{Op, Type};
use super::Arguments;
use super::Function;
use super::text_value;
use crate::core::data::cell::MAX_CELL;
use crate::core::data::value::Value;
use crate::core::registry::{Example, Row};

/// `pad(x, width, fill?)`
pub(super) const ROW: Row<Function> = Row {
    name: "pad",
    aliases: &["lpad"],
    usage: "pad(x, width, fill?)",
    summary: "The value filled up in front to so many characters, with blanks or another character; behind it where the width is negative",
    examples: &[
        Example { input: "pad(7, 3, '0')", output: "007" },
        Example { input: "pad('ab', -4, '.')", output: "ab.." },
        Example { input: "pad('abcd', 3)", output: "abcd" },
    ],
    item: Function { arity: (2, 3), regex: None, bind: |args| Ok(padding(args, 1)) },
};

/// Fills the first argument up to the width in the second, in front where the width times `sign` is positive.
pub(super) fn padding(args: &mut Arguments<'_, '_>, sign: i64) -> (Op, Type) {
    args.each(
        Type::Text,
        Box::new(move |call| {
            let (Some(text), Some(width)) = (call.text(0), call.integer(1)) else { return Value::Null };
            let fill = call.text(2).unwrap_or(b" ".into());
            let (text, fill) = (String::from_utf8_lossy(&text), String::from_utf8_lossy(&fill));
            // One more than fits is enough to be refused.
            let wanted = usize::try_from(width.unsigned_abs()).unwrap_or(usize::MAX).min(MAX_CELL + 1);
            let missing = wanted.saturating_sub(text.chars().count());
            let padding: String = fill.chars().cycle().take(missing).collect();
            text_value(if width.signum() == sign { padding + &text } else { text.into_owned() + &padding })
        }),
    )
}
