//! `nth(x, n)`: the value at a place.

use crate::core::data::value::Value;
use crate::core::registry::{Example, Row};
use crate::process::aggregate::collected::{STATE, of};
use crate::process::aggregate::{Aggregate, Argument, count_of};

pub(super) const ROW: Row<Aggregate> = Row {
    name: "nth",
    aliases: &[],
    usage: "nth(x, n)",
    summary: "The n-th value that is not null, from 1, as it came; null where there are fewer",
    examples: &[Example { input: "nth(x, 2) of a, null, 2.0, c", output: "2.0" }],
    item: Aggregate {
        arguments: &[Argument::Value, Argument::Count],
        optional: 0,
        preset: None,
        state: STATE,
        read: |state, group, asked| {
            let Some(state) = of(state) else { return Value::Null };
            let place = count_of(state.parameters(asked)).saturating_sub(1);
            state.values(group).nth(place).map_or(Value::Null, Value::into_owned)
        },
    },
};
