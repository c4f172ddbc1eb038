//! `most_common(k, x)`: the most frequent values.

use crate::core::data::value::Value;
use crate::core::format::json::value::array;
use crate::core::registry::{Example, Row};
use crate::process::aggregate::frequencies::{STATE, of};
use crate::process::aggregate::{Aggregate, Argument, count_of};

pub(super) const ROW: Row<Aggregate> = Row {
    name: "most_common",
    aliases: &[],
    usage: "most_common(k, x)",
    summary: "The k most frequent values as a JSON array, the most frequent first",
    examples: &[Example { input: "most_common(2, x) of a, b, c, b, c, b", output: "[\"b\",\"c\"]" }],
    item: Aggregate {
        arguments: &[Argument::Count, Argument::Value],
        optional: 0,
        preset: None,
        state: STATE,
        read: |state, group, asked| {
            let Some(state) = of(state) else { return Value::Null };
            let mut json = Vec::new();
            array(state.common(group).take(count_of(state.parameters(asked))), &mut json);
            Value::Nested(json.into())
        },
    },
};
