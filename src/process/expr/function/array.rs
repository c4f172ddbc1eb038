//! An array made of values.

use super::super::node::Type;
use super::Function;
use super::MANY;
use crate::core::data::value::Value;
use crate::core::format::json::value::array;
use crate::core::registry::{Example, Row};

/// `array(x, …)`
pub(super) const ROW: Row<Function> = Row {
    name: "array",
    aliases: &[],
    usage: "array(x, …)",
    summary: "The values as a JSON array",
    examples: &[Example { input: "array(1, 'a', null)", output: "[1,\"a\",null]" }],
    item: Function {
        arity: (0, MANY),
        regex: None,
        bind: |args| {
            let count = args.nodes.len();
            Ok(args.each(
                Type::Any,
                Box::new(move |call| {
                    let mut json = Vec::new();
                    array((0..count).map(|index| call.value(index)), &mut json);
                    Value::Nested(json.into())
                }),
            ))
        },
    },
};
