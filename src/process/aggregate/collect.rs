//! `collect(x)`: all values as an array.

use crate::core::data::value::Value;
use crate::core::format::json::value::array;
use crate::core::registry::{Example, Row};
use crate::process::aggregate::collected::{STATE, of};
use crate::process::aggregate::{Aggregate, Argument};

pub(super) const ROW: Row<Aggregate> = Row {
    name: "collect",
    aliases: &["list", "array_agg"],
    usage: "collect(x)",
    summary: "The values that are not null as a JSON array, in the order of the records",
    examples: &[Example { input: "collect(x) of b, 1.0, null, b", output: "[\"b\",1.0,\"b\"]" }],
    item: Aggregate {
        arguments: &[Argument::Value],
        optional: 0,
        preset: None,
        state: STATE,
        read: |state, group, _| {
            let mut json = Vec::new();
            array(of(state).into_iter().flat_map(|state| state.values(group)), &mut json);
            Value::Nested(json.into())
        },
    },
};
