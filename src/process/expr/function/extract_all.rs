//! All that a regex finds in a text.

use super::super::node::Type;
use super::Function;
use crate::core::data::value::Value;
use crate::core::format::json::value::array;
use crate::core::registry::{Example, Row};

/// `extract_all(text, 'regex')`
pub(super) const ROW: Row<Function> = Row {
    name: "extract_all",
    aliases: &[],
    usage: "extract_all(text, 'regex')",
    summary: "All that the regex finds, or its first group each time, as a JSON array of texts",
    examples: &[
        Example { input: "extract_all('a1 b22', '\\d+')", output: "[\"1\",\"22\"]" },
        Example { input: "extract_all('k=v; x=y', '=(\\w)')", output: "[\"v\",\"y\"]" },
    ],
    item: Function {
        arity: (2, 2),
        regex: Some(1),
        bind: |args| {
            let pattern = args.constant_text(1, "a regex")?;
            let regex = args.binder.regex(pattern.as_bytes(), args.span(1))?;
            let group = usize::from(regex.captures_len() > 1);
            Ok(args.each(
                Type::Any,
                Box::new(move |call| {
                    let Some(text) = call.text(0) else { return Value::Null };
                    let found = regex
                        .captures_iter(&text)
                        .filter_map(|found| Some(Value::Text(found.get(group)?.as_bytes().into())));
                    let mut json = Vec::new();
                    array(found, &mut json);
                    Value::Nested(json.into())
                }),
            ))
        },
    },
};
