//! The number of bytes in a size as people write it.

use super::super::node::Type;
use super::Function;
use super::number_value;
use super::on_text;
use crate::core::data::number::Number;
use crate::core::integer::narrow;
use crate::core::registry::{Example, Row};

/// `bytes(text)`
pub(super) const ROW: Row<Function> = Row {
    name: "bytes",
    aliases: &[],
    usage: "bytes(text)",
    summary: "The number of bytes in a size: '10 KB' (1000 each), '1.5GiB' (1024 each), '4k'; null where it is none",
    examples: &[
        Example { input: "bytes('1.5 KiB')", output: "1536" },
        Example { input: "bytes('10MB')", output: "10000000" },
        Example { input: "bytes('512')", output: "512" },
    ],
    item: Function {
        arity: (1, 1),
        regex: None,
        bind: |args| Ok(on_text(args, Type::Number, |text| number_value(size(&String::from_utf8_lossy(&text))))),
    },
};

fn size(text: &str) -> Option<Number> {
    let text = text.trim();
    let split = text.find(|character: char| character.is_ascii_alphabetic()).unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(split)?;
    let unit = unit.to_ascii_lowercase();
    let unit = unit
        .strip_suffix("bytes")
        .or_else(|| unit.strip_suffix("byte"))
        .or_else(|| unit.strip_suffix('b'))
        .unwrap_or(&unit);
    let (prefix, base) = match unit.strip_suffix('i') {
        Some(prefix) => (prefix, 1024_i128),
        None => (unit, 1000),
    };
    let power = ["", "k", "m", "g", "t", "p", "e"].iter().position(|name| *name == prefix)?;
    let number = Number::parse(number.trim().as_bytes())?;
    number.checked_mul(Number::int(base.pow(narrow(power)))).map(Number::normal)
}
