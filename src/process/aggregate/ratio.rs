//! `ratio(condition)`: for which part of the rows it holds.

use crate::core::data::number::Number;
use crate::core::data::value::Value;
use crate::core::registry::{Example, Row};
use crate::process::aggregate::conditions::{STATE, held};
use crate::process::aggregate::{Aggregate, Argument};

pub(super) const ROW: Row<Aggregate> = Row {
    name: "ratio",
    aliases: &["share_if"],
    usage: "ratio(condition)",
    summary: "The part of the rows for which the condition holds, from 0 to 1; null where there are none",
    examples: &[Example { input: "ratio(x > 2) of 1, 5, null, 7", output: "0.5" }],
    item: Aggregate {
        arguments: &[Argument::Condition],
        optional: 0,
        preset: None,
        state: STATE,
        read: |state, group, _| {
            let held = held(state, group);
            let (yes, of) = (Number::int(i128::from(held.yes)), Number::int(i128::from(held.of)));
            yes.divide(of).map_or(Value::Null, Value::Number)
        },
    },
};
