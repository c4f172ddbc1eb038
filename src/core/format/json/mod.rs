//! JSON (RFC 8259): values read as one array, one after the other, or in lines; written as one array.

pub(crate) mod array;
pub(crate) mod boundary;
mod cell;
mod columns;
pub(crate) mod decoder;
mod deferred;
pub(crate) mod encoder;
pub(crate) mod escape;
mod fault;
pub(crate) mod path;
pub(crate) mod pretty;
pub(crate) mod reader;
mod root;
mod shape;
pub(crate) mod syntax;
#[cfg(test)]
mod tests;
pub(crate) mod value;

use crate::core::error::Result;
use crate::core::format::json::encoder::{Frame, JsonEncoder};
use crate::core::format::json::reader::{JsonReader, Style, sniff};
use crate::core::format::{Encoder, Format, ReadOptions, Reader, WriteOptions};
use crate::core::registry::{Example, Row};

/// The table row.
pub(crate) const ROW: Row<Format> = Row {
    name: "json",
    aliases: &[],
    usage: "json",
    summary: "JSON: arrays of records, or values one after the other",
    examples: &[Example { input: "[{\"a\":1}, {\"a\":[2]}]", output: "[\n{\"a\":1},\n{\"a\":[2]}\n]\n" }],
    item: Format {
        extensions: &["json"],
        reader: Some(reader),
        encoder: Some(encoder),
        sniff: Some(sniff),
        parser: Some(|_| Ok(Box::new(cell::JsonCell))),
        read_flags: READ_FLAGS,
        write_flags: &["indent"],
    },
};

/// The flags that say how documents with paths in them are read.
pub(crate) const READ_FLAGS: &[&str] = &["root", "encoding"];

fn reader(options: &ReadOptions) -> Result<Box<dyn Reader>> {
    Ok(Box::new(JsonReader::new(options, Style::Document)?))
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of the table")]
fn encoder(options: &WriteOptions) -> Result<Box<dyn Encoder>> {
    Ok(Box::new(JsonEncoder::new(options, Frame::Array)))
}
