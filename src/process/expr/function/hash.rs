//! A hash of a text.

use super::super::node::Type;
use super::Function;
use super::on_text;
use crate::core::data::number::Number;
use crate::core::data::value::Value;
use crate::core::registry::{Example, Row};

/// `hash(text)`
pub(super) const ROW: Row<Function> = Row {
    name: "hash",
    aliases: &[],
    usage: "hash(text)",
    summary: "A number of 64 bits that stands for the text (XXH3), the same everywhere and always: hash(user) % 10 takes a tenth of the users",
    examples: &[
        Example { input: "hash('a')", output: "16629034431890738719" },
        Example { input: "hash(1) == hash('1')", output: "true" },
    ],
    item: Function {
        arity: (1, 1),
        regex: None,
        bind: |args| {
            Ok(on_text(args, Type::Number, |text| {
                Value::Number(Number::int(i128::from(xxhash_rust::xxh3::xxh3_64(&text))))
            }))
        },
    },
};
