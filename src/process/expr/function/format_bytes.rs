//! A number of bytes as people read it.

use super::super::node::Type;
use super::Function;
use super::text_value;
use crate::core::data::value::Value;
use crate::core::registry::{Example, Row};

/// `format_bytes(x)`
pub(super) const ROW: Row<Function> = Row {
    name: "format_bytes",
    aliases: &[],
    usage: "format_bytes(x)",
    summary: "A number of bytes as people read it, in units of 1024",
    examples: &[
        Example { input: "format_bytes(1536)", output: "1.5 KiB" },
        Example { input: "format_bytes(10)", output: "10 B" },
    ],
    item: Function {
        arity: (1, 1),
        regex: None,
        bind: |args| {
            Ok(args.each(
                Type::Text,
                Box::new(|call| call.number(0).map_or(Value::Null, |bytes| text_value(shown(bytes.to_f64())))),
            ))
        },
    },
};

fn shown(bytes: f64) -> String {
    let mut value = bytes;
    let mut units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"].iter().peekable();
    while value.abs() >= 1023.95 && units.len() > 1 {
        value /= 1024.0;
        units.next();
    }
    let unit = units.next().unwrap_or(&"B");
    let digits = format!("{value:.1}");
    format!("{} {unit}", digits.strip_suffix(".0").unwrap_or(&digits))
}
