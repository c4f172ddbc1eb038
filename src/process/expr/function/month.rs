//! The month of a time.

use super::Function;
use super::on_time;
use crate::core::registry::{Example, Row};

/// `month(time, zone?)`
pub(super) const ROW: Row<Function> = Row {
    name: "month",
    aliases: &[],
    usage: "month(time, zone?)",
    summary: "The month, 1 to 12, on the clocks of --tz or another zone",
    examples: &[Example { input: "month('2026-03-01T12:07:31Z')", output: "3" }],
    item: Function {
        arity: (1, 2),
        regex: None,
        bind: |args| on_time(args, |time, zone| Some(time.parts(zone).month)),
    },
};
