//! The week of a time.

use super::Function;
use super::on_time;
use crate::core::registry::{Example, Row};

/// `week(time, zone?)`
pub(super) const ROW: Row<Function> = Row {
    name: "week",
    aliases: &[],
    usage: "week(time, zone?)",
    summary: "The week of the year as ISO 8601 counts, 1 to 53, on the clocks of --tz or another zone",
    examples: &[Example { input: "week('2026-01-01')", output: "1" }],
    item: Function {
        arity: (1, 2),
        regex: None,
        bind: |args| on_time(args, |time, zone| Some(time.parts(zone).week())),
    },
};
