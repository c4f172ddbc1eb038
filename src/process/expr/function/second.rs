//! The second of a time.

use super::Function;
use super::on_time;
use crate::core::registry::{Example, Row};

/// `second(time, zone?)`
pub(super) const ROW: Row<Function> = Row {
    name: "second",
    aliases: &[],
    usage: "second(time, zone?)",
    summary: "The second, 0 to 59, on the clocks of --tz or another zone",
    examples: &[Example { input: "second('2026-03-01T12:07:31.5Z')", output: "31" }],
    item: Function {
        arity: (1, 2),
        regex: None,
        bind: |args| on_time(args, |time, zone| Some(time.parts(zone).second)),
    },
};
