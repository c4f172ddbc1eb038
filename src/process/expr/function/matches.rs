//! Whether a regex finds something.

use super::super::node::Type;
use super::Function;
use crate::core::data::value::Value;
use crate::core::registry::{Example, Row};

/// `matches(text, 'regex')`
pub(super) const ROW: Row<Function> = Row {
    name: "matches",
    aliases: &[],
    usage: "matches(text, 'regex')",
    summary: "Whether the regex finds something in the text, as 'x =~ regex'; false for null",
    examples: &[
        Example { input: "matches('ab12', '\\d+$')", output: "true" },
        Example { input: "matches(null, '.*')", output: "false" },
    ],
    item: Function {
        arity: (2, 2),
        regex: Some(1),
        bind: |args| {
            let pattern = args.constant_text(1, "a regex")?;
            let regex = args.binder.regex(pattern.as_bytes(), args.span(1))?;
            Ok(args.each(
                Type::Bool,
                Box::new(move |call| Value::Bool(call.text(0).is_some_and(|text| regex.is_match(&text)))),
            ))
        },
    },
};
