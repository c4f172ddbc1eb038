//! JSON Lines: JSON read as by [`json`](super::json), written one record per line.

use crate::core::data::cell::Kind;
use crate::core::error::Result;
use crate::core::format::json::READ_FLAGS;
use crate::core::format::json::encoder::{Frame, JsonEncoder};
use crate::core::format::json::reader::{JsonReader, Style};
use crate::core::format::json::syntax::{Look, Nest, blanks, value};
use crate::core::format::{Encoder, Format, ReadOptions, Reader, WriteOptions};
use crate::core::registry::{Example, Row};

/// The table row.
pub(crate) const ROW: Row<Format> = Row {
    name: "jsonl",
    aliases: &["ndjson"],
    usage: "jsonl",
    summary: "JSON Lines: one JSON value per line",
    examples: &[Example { input: "{\"a\": 1}\n{\"b\": 2}\n", output: "{\"a\": 1}\n{\"b\": 2}\n" }],
    item: Format {
        extensions: &["jsonl", "ndjson"],
        reader: Some(reader),
        encoder: Some(encoder),
        sniff: Some(sniff),
        read_flags: READ_FLAGS,
        ..Format::NONE
    },
};

/// Whether the first line is an object by itself. Both formats of JSON read alike; this one is written for `-f same`.
fn sniff(head: &[u8]) -> bool {
    let first = blanks(head, 0);
    let found = match head.get(first) {
        Some(b'{') => value(&mut Look, head, first, &mut Nest::default()),
        _ => return false,
    };
    found.is_ok_and(|found| {
        let text = head.get(first..found.end).unwrap_or_default();
        let next = head.get(found.end..).unwrap_or_default().iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r'));
        found.kind == Kind::Nested && memchr::memchr(b'\n', text).is_none() && next.is_none_or(|byte| *byte == b'\n')
    })
}

fn reader(options: &ReadOptions) -> Result<Box<dyn Reader>> {
    Ok(Box::new(JsonReader::new(options, Style::Lines)?))
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of the table")]
fn encoder(options: &WriteOptions) -> Result<Box<dyn Encoder>> {
    Ok(Box::new(JsonEncoder::new(options, Frame::Lines)))
}
