//! JSON Lines: JSON read as by [`json`](super::json), written one record per line.

use crate::core::error::Result;
use crate::core::format::json::encoder::{Frame, JsonEncoder};
use crate::core::format::json::reader::{JsonReader, Style};
use crate::core::format::{Encoder, Format, ReadOptions, Reader, WriteOptions};
use crate::core::registry::{Example, Row};

/// The table row.
pub(crate) const ROW: Row<Format> = Row {
    name: "jsonl",
    aliases: &["ndjson"],
    usage: "jsonl",
    summary: "JSON Lines: one JSON value per line",
    examples: &[Example { input: "{\"a\": 1}\n{\"b\": 2}\n", output: "{\"a\": 1}\n{\"b\": 2}\n" }],
    item: Format { extensions: &["jsonl", "ndjson"], reader: Some(reader), encoder: Some(encoder), ..Format::NONE },
};

fn reader(options: &ReadOptions) -> Result<Box<dyn Reader>> {
    Ok(Box::new(JsonReader::new(options, Style::Lines)?))
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of the table")]
fn encoder(options: &WriteOptions) -> Result<Box<dyn Encoder>> {
    Ok(Box::new(JsonEncoder::new(options, Frame::Lines)))
}
