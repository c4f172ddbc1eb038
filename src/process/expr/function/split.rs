//! The parts of a text.

use super::super::node::Type;
use super::Function;
use super::text_value;
use crate::core::data::value::Value;
use crate::core::format::json::value::array;
use crate::core::integer::signed;
use crate::core::registry::{Example, Row};

/// `split(text, separator, index?)`
pub(super) const ROW: Row<Function> = Row {
    name: "split",
    aliases: &[],
    usage: "split(text, separator, index?)",
    summary: "The parts between separators as a JSON array, or the part at an index from 0 (-1 is the last)",
    examples: &[
        Example { input: "split('a;b;c', ';')", output: "[\"a\",\"b\",\"c\"]" },
        Example { input: "split('a;b;c', ';', -1)", output: "c" },
    ],
    item: Function {
        arity: (2, 3),
        regex: None,
        bind: |args| {
            let one = args.nodes.len() == 3;
            let kind = if one { Type::Text } else { Type::Any };
            Ok(args.each(
                kind,
                Box::new(move |call| {
                    let (Some(text), Some(separator)) = (call.text(0), call.text(1)) else { return Value::Null };
                    let parts = parts(&text, &separator);
                    if !one {
                        let mut json = Vec::new();
                        array(parts.into_iter().map(|part| Value::Text(part.into())), &mut json);
                        return Value::Nested(json.into());
                    }
                    let Some(index) = call.integer(2) else { return Value::Null };
                    let index = if index < 0 { index + signed(parts.len()) } else { index };
                    let part = usize::try_from(index).ok().and_then(|index| parts.get(index));
                    part.map_or(Value::Null, |part| text_value(*part))
                }),
            ))
        },
    },
};

/// The parts between separators; an empty separator leaves the text whole.
fn parts<'t>(text: &'t [u8], separator: &[u8]) -> Vec<&'t [u8]> {
    let mut parts = Vec::new();
    let mut from = 0;
    if !separator.is_empty() {
        for at in memchr::memmem::find_iter(text, separator) {
            parts.push(text.get(from..at).unwrap_or_default());
            from = at + separator.len();
        }
    }
    parts.push(text.get(from..).unwrap_or_default());
    parts
}
