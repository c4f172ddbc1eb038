//! The path of a URL.

use super::super::node::Type;
use super::super::url::Url;
use super::Function;
use super::on_text;
use super::text_value;
use crate::core::registry::{Example, Row};

/// `url_path(url)`
pub(super) const ROW: Row<Function> = Row {
    name: "url_path",
    aliases: &[],
    usage: "url_path(url)",
    summary: "The path of a URL or of the target of a request, without query and fragment",
    examples: &[
        Example { input: "url_path('https://a.b/c/d?e=1#f')", output: "/c/d" },
        Example { input: "url_path('/c?e=1')", output: "/c" },
    ],
    item: Function {
        arity: (1, 1),
        regex: None,
        bind: |args| Ok(on_text(args, Type::Text, |text| text_value(Url::parse(&text).path))),
    },
};
