//! Whether a text has a part.

use super::super::node::Type;
use super::Function;
use crate::core::data::value::Value;
use crate::core::registry::{Example, Row};

/// `contains(text, part)`
pub(super) const ROW: Row<Function> = Row {
    name: "contains",
    aliases: &[],
    usage: "contains(text, part)",
    summary: "Whether the text contains the part; false for null",
    examples: &[
        Example { input: "contains('mytools', 'tool')", output: "true" },
        Example { input: "contains(null, 'a')", output: "false" },
    ],
    item: Function {
        arity: (2, 2),
        regex: None,
        bind: |args| {
            Ok(args.each(
                Type::Bool,
                Box::new(|call| match (call.text(0), call.text(1)) {
                    (Some(text), Some(part)) => Value::Bool(memchr::memmem::find(&text, &part).is_some()),
                    _ => Value::Bool(false),
                }),
            ))
        },
    },
};
