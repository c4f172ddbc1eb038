//! The day of a time.

use super::Function;
use super::on_time;
use crate::core::registry::{Example, Row};

/// `day(time, zone?)`
pub(super) const ROW: Row<Function> = Row {
    name: "day",
    aliases: &[],
    usage: "day(time, zone?)",
    summary: "The day of the month, 1 to 31, on the clocks of --tz or another zone",
    examples: &[Example { input: "day('2026-03-01T23:30:00Z', 'Europe/Berlin')", output: "2" }],
    item: Function { arity: (1, 2), regex: None, bind: |args| on_time(args, |time, zone| Some(time.parts(zone).day)) },
};
