//! Text in base64 (RFC 4648).

use super::super::node::Type;
use super::Function;
use super::on_text;
use super::text_value;
use crate::core::registry::{Example, Row};

/// `base64_encode(text)`
pub(super) const ROW: Row<Function> = Row {
    name: "base64_encode",
    aliases: &[],
    usage: "base64_encode(text)",
    summary: "The bytes of the text in base64",
    examples: &[
        Example { input: "base64_encode('any carnal pleas')", output: "YW55IGNhcm5hbCBwbGVhcw==" },
        Example { input: "base64_encode('abc')", output: "YWJj" },
    ],
    item: Function {
        arity: (1, 1),
        regex: None,
        bind: |args| {
            Ok(on_text(args, Type::Text, |text| {
                let digit = |sextet: u32| ALPHABET.get((sextet & 63) as usize).copied().unwrap_or(b'=');
                let mut out = Vec::with_capacity(text.len().div_ceil(3) * 4);
                for chunk in text.chunks(3) {
                    let byte = |at: usize| chunk.get(at).map_or(0, |byte| u32::from(*byte));
                    let word = (byte(0) << 16) | (byte(1) << 8) | byte(2);
                    let padded = |at: usize, sextet: u32| if chunk.len() > at { digit(sextet) } else { b'=' };
                    out.extend([digit(word >> 18), digit(word >> 12), padded(1, word >> 6), padded(2, word)]);
                }
                text_value(out)
            }))
        },
    },
};

/// The digits of base64, by value.
pub(super) const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
