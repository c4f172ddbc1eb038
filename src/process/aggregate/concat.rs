//! `concat(x, separator?)`: all values as one text.

use crate::core::data::value::Value;
use crate::core::registry::{Example, Row};
use crate::process::aggregate::collected::{STATE, of};
use crate::process::aggregate::{Aggregate, Argument};

pub(super) const ROW: Row<Aggregate> = Row {
    name: "concat",
    aliases: &["string_agg", "group_concat"],
    usage: "concat(x, separator?)",
    summary: "The values that are not null as one text, in the order of the records, with ', ' or the separator between",
    examples: &[
        Example { input: "concat(x) of b, null, 1.0", output: "b, 1.0" },
        Example { input: "concat(x, '|') of a, b", output: "a|b" },
    ],
    item: Aggregate {
        arguments: &[Argument::Value, Argument::Text],
        optional: 1,
        preset: None,
        state: STATE,
        read: |state, group, asked| {
            let Some(state) = of(state) else { return Value::Null };
            let separator = state.parameters(asked).first().map_or(b", ".into(), Value::to_text);
            let mut text: Option<Vec<u8>> = None;
            for value in state.values(group) {
                if let Some(text) = &mut text {
                    text.extend_from_slice(&separator);
                }
                text.get_or_insert_default().extend_from_slice(&value.to_text());
            }
            text.map_or(Value::Null, |text| Value::Text(text.into()))
        },
    },
};
