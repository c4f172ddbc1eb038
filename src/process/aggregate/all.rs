//! `all(condition)`: whether it holds for every row.

use crate::core::data::value::Value;
use crate::core::registry::{Example, Row};
use crate::process::aggregate::conditions::{STATE, held};
use crate::process::aggregate::{Aggregate, Argument};

pub(super) const ROW: Row<Aggregate> = Row {
    name: "all",
    aliases: &[],
    usage: "all(condition)",
    summary: "Whether the condition holds for every row",
    examples: &[Example { input: "all(x > 2) of 1, 5, null, 7", output: "false" }],
    item: Aggregate {
        arguments: &[Argument::Condition],
        optional: 0,
        preset: None,
        state: STATE,
        read: |state, group, _| {
            let held = held(state, group);
            Value::Bool(held.yes == held.of)
        },
    },
};
