//! Where a part of a text is.

use super::super::node::Type;
use super::Function;
use crate::core::data::number::Number;
use crate::core::data::value::Value;
use crate::core::registry::{Example, Row};

/// `index_of(text, part)`
pub(super) const ROW: Row<Function> = Row {
    name: "index_of",
    aliases: &["strpos"],
    usage: "index_of(text, part)",
    summary: "Where the part first is in the text, counted from 0; null where it is not",
    examples: &[
        Example { input: "index_of('añb', 'b')", output: "2" },
        Example { input: "index_of('a', 'b') is null", output: "true" },
    ],
    item: Function {
        arity: (2, 2),
        regex: None,
        bind: |args| {
            Ok(args.each(
                Type::Number,
                Box::new(|call| {
                    let (Some(text), Some(part)) = (call.text(0), call.text(1)) else { return Value::Null };
                    let before = memchr::memmem::find(&text, &part).and_then(|at| text.get(..at));
                    before.map_or(Value::Null, |before| {
                        Value::Number(Number::int(String::from_utf8_lossy(before).chars().count() as i128))
                    })
                }),
            ))
        },
    },
};
