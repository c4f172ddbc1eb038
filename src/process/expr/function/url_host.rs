//! The host of a URL.

use super::super::node::Type;
use super::super::url::Url;
use super::Function;
use super::on_text;
use super::text_value;
use crate::core::data::value::Value;
use crate::core::registry::{Example, Row};

/// `url_host(url)`
pub(super) const ROW: Row<Function> = Row {
    name: "url_host",
    aliases: &[],
    usage: "url_host(url)",
    summary: "The host of a URL, in lower case, without user and port; null where there is none",
    examples: &[
        Example { input: "url_host('https://me@Example.com:8080/a?b#c')", output: "example.com" },
        Example { input: "url_host('http://[::1]/')", output: "::1" },
    ],
    item: Function {
        arity: (1, 1),
        regex: None,
        bind: |args| {
            Ok(on_text(args, Type::Text, |text| {
                Url::parse(&text).host().map_or(Value::Null, |host| text_value(host.to_ascii_lowercase()))
            }))
        },
    },
};
