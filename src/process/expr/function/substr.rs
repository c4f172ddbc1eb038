//! A part of a text.

use super::super::node::Type;
use super::Function;
use super::text_value;
use crate::core::data::value::Value;
use crate::core::integer::signed;
use crate::core::registry::{Example, Row};

/// `substr(text, start, length?)`
pub(super) const ROW: Row<Function> = Row {
    name: "substr",
    aliases: &[],
    usage: "substr(text, start, length?)",
    summary: "The characters from 'start' on, counted from 0; a negative start counts from the end",
    examples: &[
        Example { input: "substr('abcdef', 1, 3)", output: "bcd" },
        Example { input: "substr('abcdef', -2)", output: "ef" },
    ],
    item: Function {
        arity: (2, 3),
        regex: None,
        bind: |args| {
            let bounded = args.nodes.len() == 3;
            Ok(args.each(
                Type::Text,
                Box::new(move |call| {
                    let (Some(text), Some(start)) = (call.text(0), call.integer(1)) else { return Value::Null };
                    let length = if bounded { call.integer(2) } else { Some(i64::MAX) };
                    let Some(length) = length else { return Value::Null };
                    text_value(part(&String::from_utf8_lossy(&text), start, length))
                }),
            ))
        },
    },
};

fn part(text: &str, start: i64, length: i64) -> String {
    let start = if start < 0 { (signed(text.chars().count()) + start).max(0) } else { start };
    let skip = usize::try_from(start).unwrap_or(usize::MAX);
    let take = usize::try_from(length).unwrap_or(0);
    text.chars().skip(skip).take(take).collect()
}
