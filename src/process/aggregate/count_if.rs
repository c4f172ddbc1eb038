//! `count_if(condition)`: for how many rows it holds.

use crate::core::data::number::Number;
use crate::core::data::value::Value;
use crate::core::registry::{Example, Row};
use crate::process::aggregate::conditions::{STATE, held};
use crate::process::aggregate::{Aggregate, Argument};

pub(super) const ROW: Row<Aggregate> = Row {
    name: "count_if",
    aliases: &[],
    usage: "count_if(condition)",
    summary: "The number of rows for which the condition holds",
    examples: &[Example { input: "count_if(x > 2) of 1, 5, null, 7", output: "2" }],
    item: Aggregate {
        arguments: &[Argument::Condition],
        optional: 0,
        preset: None,
        state: STATE,
        read: |state, group, _| {
            let held = held(state, group);
            Value::Number(Number::int(i128::from(held.yes)))
        },
    },
};
