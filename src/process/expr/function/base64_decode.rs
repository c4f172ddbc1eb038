//! Text from base64 (RFC 4648).

use super::super::node::Type;
use super::Function;
use super::base64_encode::ALPHABET;
use super::on_text;
use super::text_value;
use crate::core::data::value::Value;
use crate::core::integer::narrow;
use crate::core::registry::{Example, Row};

/// `base64_decode(text)`
pub(super) const ROW: Row<Function> = Row {
    name: "base64_decode",
    aliases: &[],
    usage: "base64_decode(text)",
    summary: "The text whose bytes were written in base64, also with - and _ and without padding; null where it is none",
    examples: &[
        Example { input: "base64_decode('YW55IGNhcm5hbCBwbGVhcw==')", output: "any carnal pleas" },
        Example { input: "base64_decode('_-8')", output: "��" },
        Example { input: "base64_decode('a?') is null", output: "true" },
    ],
    item: Function {
        arity: (1, 1),
        regex: None,
        bind: |args| Ok(on_text(args, Type::Text, |text| decoded(&text).map_or(Value::Null, text_value))),
    },
};

fn decoded(text: &[u8]) -> Option<Vec<u8>> {
    let digits = text.trim_ascii();
    let end = digits.iter().rposition(|byte| *byte != b'=').map_or(0, |last| last + 1);
    let digits = digits.get(..end).unwrap_or_default();
    let mut out = Vec::with_capacity(digits.len() / 4 * 3 + 2);
    for chunk in digits.chunks(4) {
        let mut word = 0;
        for byte in chunk {
            let plain = match byte {
                b'-' => b'+',
                b'_' => b'/',
                byte => *byte,
            };
            word = (word << 6) | narrow(ALPHABET.iter().position(|digit| *digit == plain)?);
        }
        let bytes = chunk.len() * 6 / 8;
        word <<= 6 * (4 - chunk.len());
        if bytes == 0 {
            return None;
        }
        out.extend(word.to_be_bytes().into_iter().skip(1).take(bytes));
    }
    Some(out)
}
