//! The natural logarithm.

use super::Function;
use super::on_float;
use crate::core::registry::{Example, Row};

/// `ln(x)`
pub(super) const ROW: Row<Function> = Row {
    name: "ln",
    aliases: &[],
    usage: "ln(x)",
    summary: "The natural logarithm; null for zero and less",
    examples: &[Example { input: "ln(1)", output: "0" }, Example { input: "ln(0) is null", output: "true" }],
    item: Function { arity: (1, 1), regex: None, bind: |args| Ok(on_float(args, f64::ln)) },
};
