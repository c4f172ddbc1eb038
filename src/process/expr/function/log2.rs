//! The logarithm to the base 2.

use super::Function;
use super::on_float;
use crate::core::registry::{Example, Row};

/// `log2(x)`
pub(super) const ROW: Row<Function> = Row {
    name: "log2",
    aliases: &[],
    usage: "log2(x)",
    summary: "The logarithm to the base 2; null for zero and less",
    examples: &[Example { input: "log2(8)", output: "3" }],
    item: Function { arity: (1, 1), regex: None, bind: |args| Ok(on_float(args, f64::log2)) },
};
