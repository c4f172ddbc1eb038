//! The hour of a time.

use super::super::node::Type;
use super::Function;
use super::number_value;
use crate::core::data::number::Number;
use crate::core::registry::{Example, Row};

/// `hour(time)`
pub(super) const ROW: Row<Function> = Row {
    name: "hour",
    aliases: &[],
    usage: "hour(time)",
    summary: "The hour on the clocks of --tz, 0 to 23",
    examples: &[Example { input: "hour('2026-03-01T12:07:31Z')", output: "12" }],
    item: Function {
        arity: (1, 1),
        regex: None,
        bind: |args| {
            Ok(args.each(
                Type::Number,
                Box::new(|call| {
                    let zone = call.zone;
                    number_value(call.time(0).map(|time| Number::int(i128::from(time.hour(zone)))))
                }),
            ))
        },
    },
};
