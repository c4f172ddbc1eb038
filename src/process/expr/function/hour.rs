//! The hour of a time.

use super::Function;
use super::on_time;
use crate::core::registry::{Example, Row};

/// `hour(time, zone?)`
pub(super) const ROW: Row<Function> = Row {
    name: "hour",
    aliases: &[],
    usage: "hour(time, zone?)",
    summary: "The hour, 0 to 23, on the clocks of --tz or another zone",
    examples: &[
        Example { input: "hour('2026-03-01T12:07:31Z')", output: "12" },
        Example { input: "hour('2026-03-01T12:07:31Z', 'Asia/Tokyo')", output: "21" },
    ],
    item: Function { arity: (1, 2), regex: None, bind: |args| on_time(args, |time, zone| Some(time.parts(zone).hour)) },
};
