//! An object made of names and values.

use super::super::node::Type;
use super::Function;
use super::MANY;
use crate::core::data::value::Value;
use crate::core::format::json::value::{string, write};
use crate::core::registry::{Example, Row};

/// `object('name', x, …)`
pub(super) const ROW: Row<Function> = Row {
    name: "object",
    aliases: &[],
    usage: "object('name', x, …)",
    summary: "The names and values as a JSON object",
    examples: &[Example { input: "object('a', 1, 'b', 'x')", output: "{\"a\":1,\"b\":\"x\"}" }],
    item: Function {
        arity: (0, MANY),
        regex: None,
        bind: |args| {
            let count = args.nodes.len();
            if count % 2 == 1 {
                return Err(args.problem(count - 1, "this name has no value").hint("write object('a', x, 'b', y)"));
            }
            Ok(args.each(
                Type::Any,
                Box::new(move |call| {
                    let mut json = vec![b'{'];
                    for index in (0..count).step_by(2) {
                        if index > 0 {
                            json.push(b',');
                        }
                        string(&call.value(index).to_text(), &mut json);
                        json.push(b':');
                        write(&call.value(index + 1), &mut json);
                    }
                    json.push(b'}');
                    Value::Nested(json.into())
                }),
            ))
        },
    },
};
