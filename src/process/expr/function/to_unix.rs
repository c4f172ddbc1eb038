//! A time as a count of seconds.

use super::super::node::Type;
use super::Function;
use super::number_value;
use crate::core::data::time::Time;
use crate::core::registry::{Example, Row};

/// `to_unix(time)`
pub(super) const ROW: Row<Function> = Row {
    name: "to_unix",
    aliases: &["unix", "epoch"],
    usage: "to_unix(time)",
    summary: "The seconds since 1970 began in UTC, with their fraction",
    examples: &[Example { input: "to_unix('2026-03-01T12:07:31.25Z')", output: "1772366851.25" }],
    item: Function {
        arity: (1, 1),
        regex: None,
        bind: |args| Ok(args.each(Type::Number, Box::new(|call| number_value(call.time(0).map(Time::unix))))),
    },
};
