//! The quarter of a time.

use super::Function;
use super::on_time;
use crate::core::registry::{Example, Row};

/// `quarter(time, zone?)`
pub(super) const ROW: Row<Function> = Row {
    name: "quarter",
    aliases: &[],
    usage: "quarter(time, zone?)",
    summary: "The quarter of the year, 1 to 4, on the clocks of --tz or another zone",
    examples: &[Example { input: "quarter('2026-05-01')", output: "2" }],
    item: Function {
        arity: (1, 2),
        regex: None,
        bind: |args| on_time(args, |time, zone| Some((time.parts(zone).month + 2) / 3)),
    },
};
