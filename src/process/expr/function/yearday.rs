//! The day of the year of a time.

use super::Function;
use super::on_time;
use crate::core::registry::{Example, Row};

/// `yearday(time, zone?)`
pub(super) const ROW: Row<Function> = Row {
    name: "yearday",
    aliases: &[],
    usage: "yearday(time, zone?)",
    summary: "The day of the year, 1 to 366, on the clocks of --tz or another zone",
    examples: &[Example { input: "yearday('2026-03-01')", output: "60" }],
    item: Function {
        arity: (1, 2),
        regex: None,
        bind: |args| on_time(args, |time, zone| Some(time.parts(zone).yearday)),
    },
};
