//! The query of a URL.

use super::super::node::Type;
use super::super::url::Url;
use super::Function;
use super::text_value;
use super::url_decode::decoded;
use crate::core::data::value::Value;
use crate::core::registry::{Example, Row};

/// `url_query(url, 'name'?)`
pub(super) const ROW: Row<Function> = Row {
    name: "url_query",
    aliases: &[],
    usage: "url_query(url, 'name'?)",
    summary: "The query of a URL, or the value of one of its parameters with its escapes taken back; null where it is not there",
    examples: &[
        Example { input: "url_query('/c?e=1&f=a%20b#x')", output: "e=1&f=a%20b" },
        Example { input: "url_query('/c?e=1&f=a%20b', 'f')", output: "a b" },
        Example { input: "url_query('/c', 'f') is null", output: "true" },
    ],
    item: Function {
        arity: (1, 2),
        regex: None,
        bind: |args| {
            let named = args.nodes.len() == 2;
            Ok(args.each(
                Type::Text,
                Box::new(move |call| {
                    let (Some(text), name) = (call.text(0), call.text(1)) else { return Value::Null };
                    let Some(query) = Url::parse(&text).query else { return Value::Null };
                    let Some(name) = name.filter(|_| named) else {
                        return if named { Value::Null } else { text_value(query) };
                    };
                    let parameters = query.split(|byte| *byte == b'&').map(|parameter| {
                        let equals = parameter.iter().position(|byte| *byte == b'=').unwrap_or(parameter.len());
                        (parameter.get(..equals).unwrap_or_default(), parameter.get(equals + 1..).unwrap_or_default())
                    });
                    let mut found = parameters
                        .filter(|(key, _)| decoded(key) == *name)
                        .map(|(_, value)| text_value(decoded(value)));
                    found.next().unwrap_or(Value::Null)
                }),
            ))
        },
    },
};
