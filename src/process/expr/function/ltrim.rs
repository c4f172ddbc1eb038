//! Text without the blanks at its start.

use super::Function;
use super::trim::{Sides, trimming};
use crate::core::registry::{Example, Row};

/// `ltrim(text, characters?)`
pub(super) const ROW: Row<Function> = Row {
    name: "ltrim",
    aliases: &["trim_start"],
    usage: "ltrim(text, characters?)",
    summary: "The text without blanks (or these characters) at its start",
    examples: &[
        Example { input: "ltrim('--a--', '-')", output: "a--" },
        Example { input: "'[' ++ ltrim(' a ') ++ ']'", output: "[a ]" },
    ],
    item: Function { arity: (1, 2), regex: None, bind: |args| Ok(trimming(args, Sides::Start)) },
};
