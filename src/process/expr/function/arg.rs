//! A value from the command line.

use super::super::node::{Op, Type};
use super::Function;
use crate::core::data::value::Value;
use crate::core::registry::{Example, Row};

/// `arg(name, default?)`
pub(super) const ROW: Row<Function> = Row {
    name: "arg",
    aliases: &[],
    usage: "arg(name, default?)",
    summary: "The value that --arg name=value gave",
    examples: &[Example { input: "arg('limit', 5)", output: "5" }],
    item: Function {
        arity: (1, 2),
        regex: None,
        bind: |args| {
            let name = args.constant_text(0, "the name of an argument")?;
            let found = args.binder.env.args.iter().rev().find(|(key, _)| *key == name).map(|(_, value)| value.clone());
            match (found, args.constant(1)) {
                (Some(value), _) => Ok((Op::Constant(Value::Bare(value.into_bytes().into())), Type::Any)),
                (None, Some(default)) => Ok((Op::Constant(default.clone()), Type::Any)),
                (None, None) => Err(args
                    .problem(0, format!("there is no argument '{name}'"))
                    .hint(format!("give it as --arg {name}=VALUE"))),
            }
        },
    },
};
