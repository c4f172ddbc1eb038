//! The day at which the run began.

use super::super::node::{Op, Type};
use super::Function;
use super::text_value;
use crate::core::data::time::Width;
use crate::core::registry::{Example, Row};

/// `today()`
pub(super) const ROW: Row<Function> = Row {
    name: "today",
    aliases: &[],
    usage: "today()",
    summary: "The start of the day at which the run began, on the clocks of --tz",
    examples: &[Example { input: "today() <= now()", output: "true" }, Example { input: "hour(today())", output: "0" }],
    item: Function {
        arity: (0, 0),
        regex: None,
        bind: |args| {
            let zone = &args.binder.zone;
            let mut text = Vec::new();
            if let Some(today) = args.binder.env.now.and_then(|now| now.bin(Width::Days(1), zone)) {
                today.write(zone, &mut text);
            }
            Ok((Op::Constant(text_value(text)), Type::Time))
        },
    },
};
