//! Whether a value is null.

use super::super::node::{Op, Type};
use super::Function;
use crate::core::registry::{Example, Row};

/// `is_null(x)`
pub(super) const ROW: Row<Function> = Row {
    name: "is_null",
    aliases: &[],
    usage: "is_null(x)",
    summary: "Whether the value is null or missing, as 'x is null'",
    examples: &[Example { input: "is_null(null)", output: "true" }, Example { input: "is_null('')", output: "false" }],
    item: Function { arity: (1, 1), regex: None, bind: |args| Ok((Op::IsNull(args.node(0)), Type::Bool)) },
};
