//! The year of a time.

use super::Function;
use super::on_time;
use crate::core::registry::{Example, Row};

/// `year(time, zone?)`
pub(super) const ROW: Row<Function> = Row {
    name: "year",
    aliases: &[],
    usage: "year(time, zone?)",
    summary: "The year, on the clocks of --tz or another zone",
    examples: &[Example { input: "year('2026-03-01T12:07:31Z')", output: "2026" }],
    item: Function { arity: (1, 2), regex: None, bind: |args| on_time(args, |time, zone| Some(time.parts(zone).year)) },
};
