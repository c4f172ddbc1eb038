//! A number with its digits cut off.

use super::Function;
use super::rounding;
use crate::core::data::number::Number;
use crate::core::registry::{Example, Row};

/// `trunc(x, digits?)`
pub(super) const ROW: Row<Function> = Row {
    name: "trunc",
    aliases: &[],
    usage: "trunc(x, digits?)",
    summary: "The number with its further digits cut off (all after the point unless a number of digits is given)",
    examples: &[Example { input: "trunc(-1.79)", output: "-1" }, Example { input: "trunc(1.789, 2)", output: "1.78" }],
    item: Function {
        arity: (1, 2),
        regex: None,
        bind: |args| {
            Ok(rounding(
                args,
                |number, digits| if number < Number::ZERO { number.ceil(digits) } else { number.floor(digits) },
            ))
        },
    },
};
