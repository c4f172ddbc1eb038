//! The file that a record came from.

use super::super::node::{Op, Type};
use super::Function;
use crate::core::registry::{Example, Row};

/// `file()`
pub(super) const ROW: Row<Function> = Row {
    name: "file",
    aliases: &[],
    usage: "file()",
    summary: "The path of the file that the record came from, before stages that gather records",
    examples: &[Example { input: "file() ?? 'made by a stage'", output: "made by a stage" }],
    item: Function { arity: (0, 0), regex: None, bind: |_| Ok((Op::File, Type::Text)) },
};
