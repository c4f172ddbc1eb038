//! A value as text.

use super::super::node::Type;
use super::Function;
use crate::core::data::value::Value;
use crate::core::registry::{Example, Row};

/// `str(x)`
pub(super) const ROW: Row<Function> = Row {
    name: "str",
    aliases: &[],
    usage: "str(x)",
    summary: "The value as text",
    examples: &[Example { input: "str(1.50)", output: "1.5" }, Example { input: "str(007)", output: "7" }],
    item: Function {
        arity: (1, 1),
        regex: None,
        bind: |args| Ok(args.each(Type::Text, Box::new(|call| call.text(0).map_or(Value::Null, Value::Text)))),
    },
};
