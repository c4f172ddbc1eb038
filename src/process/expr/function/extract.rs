//! What a regex finds in a text.

use regex::bytes::Regex;
use std::borrow::Cow;

use super::super::node::Type;
use super::Arguments;
use super::Function;
use super::text_value;
use crate::core::data::value::Value;
use crate::core::error::Problem;
use crate::core::registry::{Example, Row};

/// `extract(text, 'regex', group?)`
pub(super) const ROW: Row<Function> = Row {
    name: "extract",
    aliases: &[],
    usage: "extract(text, 'regex', group?)",
    summary: "What the regex finds, or its first group, or the group of that number or name; null where it finds nothing",
    examples: &[
        Example { input: "extract('took 15 ms', '(\\d+) ms')", output: "15" },
        Example { input: "extract('a=1', '(?<k>\\w)=(?<v>\\w)', 'v')", output: "1" },
    ],
    item: Function {
        arity: (2, 3),
        regex: Some(1),
        bind: |args| {
            let pattern = args.constant_text(1, "a regex")?;
            let regex = args.binder.regex(pattern.as_bytes(), args.span(1))?;
            let group = group(args, &regex)?;
            Ok(args.each(
                Type::Text,
                Box::new(move |call| {
                    let Some(text) = call.text(0) else { return Value::Null };
                    let found = regex.captures(&text).and_then(|found| found.get(group)).map(|found| found.range());
                    match (found, text) {
                        (None, _) => Value::Null,
                        (Some(range), Cow::Borrowed(text)) => Value::Text(text.get(range).unwrap_or_default().into()),
                        (Some(range), Cow::Owned(text)) => text_value(text.get(range).unwrap_or_default()),
                    }
                }),
            ))
        },
    },
};

/// The number of the wanted group.
fn group(args: &Arguments<'_, '_>, regex: &Regex) -> Result<usize, Problem> {
    if args.nodes.len() < 3 {
        return Ok(usize::from(regex.captures_len() > 1));
    }
    let wanted = args.constant_text(2, "a group")?;
    let number = wanted.parse().ok().filter(|number| *number < regex.captures_len());
    let named = || regex.capture_names().position(|name| name == Some(&wanted));
    number.or_else(named).ok_or_else(|| args.problem(2, format!("the regex has no group '{wanted}'")))
}
