//! `sum(x)`: the exact sum of the numbers.

use crate::core::data::value::Value;
use crate::core::registry::{Example, Row};
use crate::process::aggregate::total::{STATE, Total};
use crate::process::aggregate::{Aggregate, Argument};

pub(super) const ROW: Row<Aggregate> = Row {
    name: "sum",
    aliases: &[],
    usage: "sum(x)",
    summary: "The exact sum of the numbers; null where there are none",
    examples: &[Example { input: "sum(x) of 0.1, 0.2, 10", output: "10.3" }],
    item: Aggregate {
        arguments: &[Argument::Value],
        optional: 0,
        preset: None,
        state: STATE,
        read: |state, group, _| Total::of(state).map_or(Value::Null, |total| total.sum(group)),
    },
};
