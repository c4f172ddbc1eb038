//! A number rounded to the nearest.

use super::Function;
use super::rounding;
use crate::core::data::number::Number;
use crate::core::registry::{Example, Row};

/// `round(x, digits?)`
pub(super) const ROW: Row<Function> = Row {
    name: "round",
    aliases: &[],
    usage: "round(x, digits?)",
    summary: "The number rounded to some digits after the point (0 unless given); halves go away from zero",
    examples: &[
        Example { input: "round(2.345, 2)", output: "2.35" },
        Example { input: "round(-2.5)", output: "-3" },
        Example { input: "round(1234, -2)", output: "1200" },
    ],
    item: Function { arity: (1, 2), regex: None, bind: |args| Ok(rounding(args, Number::round)) },
};
