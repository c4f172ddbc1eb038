//! Whether a value is a number.

use super::super::node::Type;
use super::Function;
use crate::core::data::value::Value;
use crate::core::registry::{Example, Row};

/// `is_number(x)`
pub(super) const ROW: Row<Function> = Row {
    name: "is_number",
    aliases: &[],
    usage: "is_number(x)",
    summary: "Whether the value is a number or text that is one",
    examples: &[
        Example { input: "is_number('1e5')", output: "true" },
        Example { input: "is_number('0x1')", output: "false" },
        Example { input: "is_number(null)", output: "false" },
    ],
    item: Function {
        arity: (1, 1),
        regex: None,
        bind: |args| Ok(args.each(Type::Bool, Box::new(|call| Value::Bool(call.value(0).to_number().is_some())))),
    },
};
