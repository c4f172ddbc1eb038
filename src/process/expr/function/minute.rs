//! The minute of a time.

use super::Function;
use super::on_time;
use crate::core::registry::{Example, Row};

/// `minute(time, zone?)`
pub(super) const ROW: Row<Function> = Row {
    name: "minute",
    aliases: &[],
    usage: "minute(time, zone?)",
    summary: "The minute, 0 to 59, on the clocks of --tz or another zone",
    examples: &[Example { input: "minute('2026-03-01T12:07:31Z')", output: "7" }],
    item: Function {
        arity: (1, 2),
        regex: None,
        bind: |args| on_time(args, |time, zone| Some(time.parts(zone).minute)),
    },
};
