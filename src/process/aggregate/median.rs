//! `median(x)`: the quantile at a half.

use crate::core::data::number::Number;
use crate::core::registry::{Example, Row};
use crate::process::aggregate::quantiles::{STATE, read};
use crate::process::aggregate::{Aggregate, Argument};

pub(super) const ROW: Row<Aggregate> = Row {
    name: "median",
    aliases: &[],
    usage: "median(x)",
    summary: "The number in the middle, or half-way between the two in the middle",
    examples: &[Example { input: "median(x) of 1, 10, 2, 4", output: "3" }],
    item: Aggregate {
        arguments: &[Argument::Value],
        optional: 0,
        preset: Some(Number::Exact { units: 5, scale: 1 }),
        state: STATE,
        read,
    },
};
