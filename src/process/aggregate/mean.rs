//! `mean(x)`: the mean of the numbers.

use crate::core::data::value::Value;
use crate::core::registry::{Example, Row};
use crate::process::aggregate::total::{STATE, Total};
use crate::process::aggregate::{Aggregate, Argument};

pub(super) const ROW: Row<Aggregate> = Row {
    name: "mean",
    aliases: &["avg"],
    usage: "mean(x)",
    summary: "The mean of the numbers: their exact sum by their count; null where there are none",
    examples: &[Example { input: "mean(x) of 1, 2, 4.5", output: "2.5" }],
    item: Aggregate {
        arguments: &[Argument::Value],
        optional: 0,
        preset: None,
        state: STATE,
        read: |state, group, _| Total::of(state).map_or(Value::Null, |total| total.mean(group)),
    },
};
