//! One of two values.

use super::super::bind::common_type;
use super::super::node::{Op, Type};
use super::Function;
use crate::core::registry::{Example, Row};

/// `if(condition, then, else?)`
pub(super) const ROW: Row<Function> = Row {
    name: "if",
    aliases: &[],
    usage: "if(condition, then, else?)",
    summary: "The value 'then' where the condition holds, else 'else' (null unless given)",
    examples: &[
        Example { input: "if(len('ab') > 1, 'long', 'short')", output: "long" },
        Example { input: "if(false, 1)", output: "" },
    ],
    item: Function {
        arity: (2, 3),
        regex: None,
        bind: |args| {
            args.check_condition(0)?;
            let given = args.nodes.len() == 3;
            // Without an else there may be nulls, so that a condition is none any more.
            let kind = match common_type(args.nodes.iter().skip(1)) {
                Type::Bool if !given => Type::Any,
                kind => kind,
            };
            let branches = vec![(*args.node(0), *args.node(1))];
            let otherwise = given.then(|| args.node(2));
            Ok((Op::Case { branches, otherwise }, kind))
        },
    },
};
