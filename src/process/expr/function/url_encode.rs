//! Text as it is written in URLs (RFC 3986, section 2).

use super::super::node::Type;
use super::Function;
use super::on_text;
use super::text_value;
use crate::core::registry::{Example, Row};

/// `url_encode(text)`
pub(super) const ROW: Row<Function> = Row {
    name: "url_encode",
    aliases: &[],
    usage: "url_encode(text)",
    summary: "The text as it is written inside a URL: all but letters, digits and -._~ as %XX",
    examples: &[Example { input: "url_encode('a b/ü')", output: "a%20b%2F%C3%BC" }],
    item: Function {
        arity: (1, 1),
        regex: None,
        bind: |args| {
            Ok(on_text(args, Type::Text, |text| {
                let mut out = Vec::with_capacity(text.len());
                for byte in text.iter() {
                    if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) {
                        out.push(*byte);
                    } else {
                        let hex = |digit: u8| b"0123456789ABCDEF".get(usize::from(digit)).copied().unwrap_or(b'0');
                        out.extend([b'%', hex(byte >> 4), hex(byte & 15)]);
                    }
                }
                text_value(out)
            }))
        },
    },
};
