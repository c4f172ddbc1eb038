//! The MD5 of a text.

use super::super::node::Type;
use super::Function;
use super::on_text;
use super::text_value;
use crate::core::registry::{Example, Row};
use md5::{Digest, Md5};

/// `md5(text)`
pub(super) const ROW: Row<Function> = Row {
    name: "md5",
    aliases: &[],
    usage: "md5(text)",
    summary: "The MD5 of the text in hexadecimal; not for secrets",
    examples: &[Example { input: "md5('a')", output: "0cc175b9c0f1b6a831c399e269772661" }],
    item: Function {
        arity: (1, 1),
        regex: None,
        bind: |args| {
            Ok(on_text(args, Type::Text, |text| {
                use std::fmt::Write;
                let mut hex = String::with_capacity(32);
                for byte in Md5::digest(&text) {
                    // Writing to a string cannot fail.
                    let _ = write!(hex, "{byte:02x}");
                }
                text_value(hex)
            }))
        },
    },
};
