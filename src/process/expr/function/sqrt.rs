//! The square root.

use super::Function;
use super::on_float;
use crate::core::registry::{Example, Row};

/// `sqrt(x)`
pub(super) const ROW: Row<Function> = Row {
    name: "sqrt",
    aliases: &[],
    usage: "sqrt(x)",
    summary: "The square root; null for negative numbers",
    examples: &[Example { input: "sqrt(2.25)", output: "1.5" }, Example { input: "sqrt(-1) is null", output: "true" }],
    item: Function { arity: (1, 1), regex: None, bind: |args| Ok(on_float(args, f64::sqrt)) },
};
