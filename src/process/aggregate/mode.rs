//! `mode(x)`: the most frequent value.

use crate::core::data::value::Value;
use crate::core::registry::{Example, Row};
use crate::process::aggregate::frequencies::{STATE, of};
use crate::process::aggregate::{Aggregate, Argument};

pub(super) const ROW: Row<Aggregate> = Row {
    name: "mode",
    aliases: &[],
    usage: "mode(x)",
    summary: "The most frequent value, as it came; of equally frequent ones the first",
    examples: &[Example { input: "mode(x) of 1.0, b, null, b, 1.0, null, null", output: "1.0" }],
    item: Aggregate {
        arguments: &[Argument::Value],
        optional: 0,
        preset: None,
        state: STATE,
        read: |state, group, _| {
            of(state).and_then(|state| state.common(group).next()).map_or(Value::Null, Value::into_owned)
        },
    },
};
