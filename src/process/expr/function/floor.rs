//! A number rounded down.

use super::Function;
use super::rounding;
use crate::core::data::number::Number;
use crate::core::registry::{Example, Row};

/// `floor(x, digits?)`
pub(super) const ROW: Row<Function> = Row {
    name: "floor",
    aliases: &[],
    usage: "floor(x, digits?)",
    summary: "The number rounded down to some digits after the point (0 unless given)",
    examples: &[Example { input: "floor(-1.5)", output: "-2" }, Example { input: "floor(1.29, 1)", output: "1.2" }],
    item: Function { arity: (1, 2), regex: None, bind: |args| Ok(rounding(args, Number::floor)) },
};
