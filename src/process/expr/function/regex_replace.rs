//! Text with what a regex finds replaced.

use std::borrow::Cow;

use super::super::node::Type;
use super::Function;
use super::text_value;
use crate::core::data::value::Value;
use crate::core::registry::{Example, Row};

/// `regex_replace(text, 'regex', new)`
pub(super) const ROW: Row<Function> = Row {
    name: "regex_replace",
    aliases: &["gsub", "regexp_replace"],
    usage: "regex_replace(text, 'regex', new)",
    summary: "The text with all that the regex finds replaced; $1 and ${name} stand for groups, $$ for a dollar",
    examples: &[
        Example { input: "regex_replace('2026-03-01', '(\\d+)-(\\d+)-(\\d+)', '$3.$2.$1')", output: "01.03.2026" },
        Example { input: "regex_replace('a1b22', '\\d+', '#')", output: "a#b#" },
    ],
    item: Function {
        arity: (3, 3),
        regex: Some(1),
        bind: |args| {
            let pattern = args.constant_text(1, "a regex")?;
            let regex = args.binder.regex(pattern.as_bytes(), args.span(1))?;
            Ok(args.each(
                Type::Text,
                Box::new(move |call| {
                    let Some(text) = call.text(0) else { return Value::Null };
                    let new = call.text(2).unwrap_or_default();
                    match regex.replace_all(&text, &*new) {
                        Cow::Borrowed(_) => Value::Text(text),
                        Cow::Owned(replaced) => text_value(replaced),
                    }
                }),
            ))
        },
    },
};
