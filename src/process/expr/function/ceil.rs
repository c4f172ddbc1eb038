//! A number rounded up.

use super::Function;
use super::rounding;
use crate::core::data::number::Number;
use crate::core::registry::{Example, Row};

/// `ceil(x, digits?)`
pub(super) const ROW: Row<Function> = Row {
    name: "ceil",
    aliases: &[],
    usage: "ceil(x, digits?)",
    summary: "The number rounded up to some digits after the point (0 unless given)",
    examples: &[Example { input: "ceil(1.2)", output: "2" }],
    item: Function { arity: (1, 2), regex: None, bind: |args| Ok(rounding(args, Number::ceil)) },
};
