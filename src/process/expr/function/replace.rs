//! Text with one part put for another.

use super::super::node::Type;
use super::Function;
use super::text_value;
use crate::core::data::value::Value;
use crate::core::registry::{Example, Row};

/// `replace(text, old, new)`
pub(super) const ROW: Row<Function> = Row {
    name: "replace",
    aliases: &[],
    usage: "replace(text, old, new)",
    summary: "The text with every 'old' replaced; for patterns see extract",
    examples: &[Example { input: "replace('a-b-c', '-', '+')", output: "a+b+c" }],
    item: Function {
        arity: (3, 3),
        regex: None,
        bind: |args| {
            Ok(args.each(
                Type::Text,
                Box::new(|call| match (call.text(0), call.text(1), call.text(2)) {
                    (Some(text), Some(old), new) => text_value(replaced(&text, &old, &new.unwrap_or_default())),
                    (Some(text), None, _) => Value::Text(text),
                    _ => Value::Null,
                }),
            ))
        },
    },
};

fn replaced(text: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    if old.is_empty() {
        return text.to_vec();
    }
    let mut result = Vec::with_capacity(text.len());
    let mut from = 0;
    for at in memchr::memmem::find_iter(text, old) {
        result.extend_from_slice(text.get(from..at).unwrap_or_default());
        result.extend_from_slice(new);
        from = at + old.len();
    }
    result.extend_from_slice(text.get(from..).unwrap_or_default());
    result
}
