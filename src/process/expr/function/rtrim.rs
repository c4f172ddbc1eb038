//! Text without the blanks at its end.

use super::Function;
use super::trim::{Sides, trimming};
use crate::core::registry::{Example, Row};

/// `rtrim(text, characters?)`
pub(super) const ROW: Row<Function> = Row {
    name: "rtrim",
    aliases: &["trim_end"],
    usage: "rtrim(text, characters?)",
    summary: "The text without blanks (or these characters) at its end",
    examples: &[
        Example { input: "rtrim('--a--', '-')", output: "--a" },
        Example { input: "'[' ++ rtrim(' a ') ++ ']'", output: "[ a]" },
    ],
    item: Function { arity: (1, 2), regex: None, bind: |args| Ok(trimming(args, Sides::End)) },
};
