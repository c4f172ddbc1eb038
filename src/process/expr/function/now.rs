//! The time at which the run began.

use super::super::node::{Op, Type};
use super::Function;
use super::text_value;
use crate::core::registry::{Example, Row};

/// `now()`
pub(super) const ROW: Row<Function> = Row {
    name: "now",
    aliases: &[],
    usage: "now()",
    summary: "The time at which the run began",
    examples: &[Example { input: "now() > date('2020-01-01')", output: "true" }],
    item: Function {
        arity: (0, 0),
        regex: None,
        bind: |args| {
            let mut text = Vec::new();
            if let Some(now) = args.binder.env.now {
                now.write(&args.binder.zone, &mut text);
            }
            Ok((Op::Constant(text_value(text)), Type::Time))
        },
    },
};
