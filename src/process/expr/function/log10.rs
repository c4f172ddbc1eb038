//! The logarithm to the base 10.

use super::Function;
use super::on_float;
use crate::core::registry::{Example, Row};

/// `log10(x)`
pub(super) const ROW: Row<Function> = Row {
    name: "log10",
    aliases: &["log"],
    usage: "log10(x)",
    summary: "The logarithm to the base 10; null for zero and less",
    examples: &[Example { input: "log10(1000)", output: "3" }],
    item: Function { arity: (1, 1), regex: None, bind: |args| Ok(on_float(args, f64::log10)) },
};
