//! A text filled up behind it.

use super::Function;
use super::pad::padding;
use crate::core::registry::{Example, Row};

/// `rpad(x, width, fill?)`
pub(super) const ROW: Row<Function> = Row {
    name: "rpad",
    aliases: &[],
    usage: "rpad(x, width, fill?)",
    summary: "The value filled up behind it to so many characters, with blanks or another character",
    examples: &[Example { input: "rpad('ab', 4, '.')", output: "ab.." }],
    item: Function { arity: (2, 3), regex: None, bind: |args| Ok(padding(args, -1)) },
};
