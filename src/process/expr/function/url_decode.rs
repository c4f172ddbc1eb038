//! Text from inside a URL (RFC 3986, section 2).

use super::super::node::Type;
use super::Function;
use super::on_text;
use super::text_value;
use crate::core::integer::byte;
use crate::core::registry::{Example, Row};

/// `url_decode(text)`
pub(super) const ROW: Row<Function> = Row {
    name: "url_decode",
    aliases: &[],
    usage: "url_decode(text)",
    summary: "The text that was written for a URL: %XX as its byte, + as a blank",
    examples: &[Example { input: "url_decode('a+b%2F%C3%BC%')", output: "a b/ü%" }],
    item: Function {
        arity: (1, 1),
        regex: None,
        bind: |args| Ok(on_text(args, Type::Text, |text| text_value(decoded(&text)))),
    },
};

/// Text with the escapes of URLs taken back. What is no escape stays.
pub(super) fn decoded(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((next, after)) = rest.split_first() {
        let hex = |at: usize| after.get(at).and_then(|digit| char::from(*digit).to_digit(16));
        rest = after;
        match (next, hex(0), hex(1)) {
            (b'%', Some(high), Some(low)) => {
                out.push(byte((high * 16 + low).into()));
                rest = after.get(2..).unwrap_or_default();
            }
            (b'+', ..) => out.push(b' '),
            _ => out.push(*next),
        }
    }
    out
}
