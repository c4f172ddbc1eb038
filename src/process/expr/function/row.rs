//! The number of a record.

use super::super::node::{Op, Type};
use super::Function;
use crate::core::registry::{Example, Row};

/// `row()`
pub(super) const ROW: Row<Function> = Row {
    name: "row",
    aliases: &[],
    usage: "row()",
    summary: "The record's number, from 1, among those that reach the stage",
    examples: &[Example { input: "row() + 0", output: "1" }],
    item: Function {
        arity: (0, 0),
        regex: None,
        bind: |args| {
            args.binder.counts_rows = true;
            Ok((Op::Row, Type::Number))
        },
    },
};
