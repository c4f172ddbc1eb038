//! A time on the clocks of a zone.

use super::super::node::Type;
use super::Function;
use super::text_value;
use crate::core::data::value::Value;
use crate::core::registry::{Example, Row};

/// `tz(time, 'zone')`
pub(super) const ROW: Row<Function> = Row {
    name: "tz",
    aliases: &[],
    usage: "tz(time, 'zone')",
    summary: "The time as the clocks of a zone show it, with their offset",
    examples: &[Example { input: "tz('2026-07-01T12:00:00Z', 'Europe/Berlin')", output: "2026-07-01T14:00:00+02:00" }],
    item: Function {
        arity: (2, 2),
        regex: None,
        bind: |args| {
            let zone = args.zone(1)?;
            Ok(args.each(
                Type::Text,
                Box::new(move |call| {
                    let time = call.time(0);
                    let zone = zone.as_ref().unwrap_or(call.zone);
                    time.map_or(Value::Null, |time| {
                        let mut text = Vec::new();
                        time.write(zone, &mut text);
                        text_value(text)
                    })
                }),
            ))
        },
    },
};
