//! A value as JSON.

use super::super::node::Type;
use super::Function;
use super::text_value;
use crate::core::format::json::value::write;
use crate::core::registry::{Example, Row};

/// `to_json(x)`
pub(super) const ROW: Row<Function> = Row {
    name: "to_json",
    aliases: &[],
    usage: "to_json(x)",
    summary: "The value as a text of JSON",
    examples: &[
        Example { input: "to_json('a\"b')", output: "\"a\\\"b\"" },
        Example { input: "to_json(null)", output: "null" },
    ],
    item: Function {
        arity: (1, 1),
        regex: None,
        bind: |args| {
            Ok(args.each(
                Type::Text,
                Box::new(|call| {
                    let mut json = Vec::new();
                    write(&call.value(0), &mut json);
                    text_value(json)
                }),
            ))
        },
    },
};
