//! e to the power of the number.

use super::Function;
use super::on_float;
use crate::core::registry::{Example, Row};

/// `exp(x)`
pub(super) const ROW: Row<Function> = Row {
    name: "exp",
    aliases: &[],
    usage: "exp(x)",
    summary: "The constant e to the power of the number",
    examples: &[Example { input: "exp(0)", output: "1" }],
    item: Function { arity: (1, 1), regex: None, bind: |args| Ok(on_float(args, f64::exp)) },
};
