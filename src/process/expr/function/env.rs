//! A value from the environment.

use super::super::node::{Op, Type};
use super::Function;
use crate::core::data::value::Value;
use crate::core::registry::{Example, Row};

/// `env(name)`
pub(super) const ROW: Row<Function> = Row {
    name: "env",
    aliases: &[],
    usage: "env(name)",
    summary: "The environment variable of that name, null where it is not set",
    examples: &[Example { input: "env('NO_SUCH_VARIABLE') is null", output: "true" }],
    item: Function {
        arity: (1, 1),
        regex: None,
        bind: |args| {
            let name = args.constant_text(0, "the name of a variable")?;
            let found = args.binder.env.vars.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone());
            Ok((Op::Constant(found.map_or(Value::Null, |value| Value::Bare(value.into_bytes().into()))), Type::Any))
        },
    },
};
