//! A value as true or false.

use super::super::node::Type;
use super::Function;
use crate::core::data::value::Value;
use crate::core::registry::{Example, Row};

/// `bool(x)`
pub(super) const ROW: Row<Function> = Row {
    name: "bool",
    aliases: &[],
    usage: "bool(x)",
    summary: "True for true, yes, on, t, y and numbers but 0, false for false, no, off, f, n and 0, in any case; null for anything else",
    examples: &[
        Example { input: "bool('Yes')", output: "true" },
        Example { input: "bool(0)", output: "false" },
        Example { input: "bool('maybe') is null", output: "true" },
    ],
    item: Function {
        arity: (1, 1),
        regex: None,
        bind: |args| {
            Ok(args.each(
                Type::Any,
                Box::new(|call| {
                    let value = call.value(0);
                    if let Some(number) = value.to_number() {
                        return Value::Bool(!number.is_zero());
                    }
                    match value.to_text().trim_ascii().to_ascii_lowercase().as_slice() {
                        b"true" | b"yes" | b"on" | b"t" | b"y" => Value::Bool(true),
                        b"false" | b"no" | b"off" | b"f" | b"n" => Value::Bool(false),
                        _ => Value::Null,
                    }
                }),
            ))
        },
    },
};
