//! `collect_distinct(x)`: the different values as an array.

use crate::core::data::value::Value;
use crate::core::format::json::value::array;
use crate::core::registry::{Example, Row};
use crate::process::aggregate::frequencies::{ALL, of};
use crate::process::aggregate::{Aggregate, Argument};

pub(super) const ROW: Row<Aggregate> = Row {
    name: "collect_distinct",
    aliases: &["unique"],
    usage: "collect_distinct(x)",
    summary: "The different values, compared as text, as a JSON array in the order in which they first came",
    examples: &[Example { input: "collect_distinct(x) of b, 1.0, null, b, 2", output: "[\"b\",1.0,2]" }],
    item: Aggregate {
        arguments: &[Argument::Value],
        optional: 0,
        preset: None,
        state: ALL,
        read: |state, group, _| {
            let mut json = Vec::new();
            array(of(state).into_iter().flat_map(|state| state.distinct(group)), &mut json);
            Value::Nested(json.into())
        },
    },
};
