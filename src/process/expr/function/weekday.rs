//! The day of the week of a time.

use super::Function;
use super::on_time;
use crate::core::registry::{Example, Row};

/// `weekday(time, zone?)`
pub(super) const ROW: Row<Function> = Row {
    name: "weekday",
    aliases: &[],
    usage: "weekday(time, zone?)",
    summary: "The day of the week, 1 for Monday to 7 for Sunday; strftime(time, '%A') names it, on the clocks of --tz or another zone",
    examples: &[Example { input: "weekday('2026-03-01')", output: "7" }],
    item: Function {
        arity: (1, 2),
        regex: None,
        bind: |args| on_time(args, |time, zone| Some(time.parts(zone).weekday)),
    },
};
