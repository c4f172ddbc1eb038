//! Reads text in a format as the sources of `process` do, cut in any way, without files and threads around it.

use std::io::{Cursor, Write};
use std::sync::Arc;

use crate::core::block::Origin;
use crate::core::data::batch::Batch;
use crate::core::exec::cancel::Cancel;
use crate::core::format::json::encoder::{Frame, JsonEncoder};
use crate::core::format::{Encoder, Opening, Projection, ReadOptions, Scratch, WriteOptions, named};
use crate::core::input::blocks::{Blocks, Bytes};
use crate::core::input::live::Stream;

/// How a text is cut into blocks.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cut {
    /// Not at all.
    Whole,
    /// As a file, in ranges of so many bytes.
    Ranges(usize),
    /// As a stream, in chunks of so many bytes.
    Chunks(usize),
}

/// What came of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reading {
    /// The records, as JSON Lines.
    pub(super) records: String,
    /// What ended it before its end.
    pub(super) fault: Option<String>,
}

/// Opens a text; the error says why it cannot be read at all.
pub(super) fn open(format: &str, text: &[u8], options: &ReadOptions) -> Result<Opening, String> {
    let make = named(format).unwrap().item.reader.unwrap();
    let reader = make(options).map_err(|error| error.to_string())?;
    reader.open(text, true).map_err(|unopened| unopened.into_fault().message)
}

/// Reads a text, batch by batch.
pub(super) fn batches(opening: Opening, text: &[u8], cut: Cut, mut each: impl FnMut(&Batch)) -> Option<String> {
    let start = opening.data_start;
    let body = text.get(start..).unwrap();
    let origin = Arc::new(Origin { index: 0, name: "input".into() });
    let boundary = opening.decoder.boundary();
    let (size, bytes) = match (cut, opening.wrap) {
        (Cut::Ranges(size), None) => {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(text).unwrap();
            (size, Bytes::File { file, start: start as u64, end: text.len() as u64 })
        }
        (Cut::Whole | Cut::Ranges(_) | Cut::Chunks(_), wrap) => {
            let plain = Stream::of(Cursor::new(body.to_vec()));
            let reader = match wrap {
                Some(wrap) => plain.wrapped(wrap),
                None => plain,
            };
            let size = if let Cut::Ranges(size) | Cut::Chunks(size) = cut { size } else { 1 << 20 };
            (size, Bytes::Stream { reader, start: start as u64, lines: 0 })
        }
    };
    let blocks = Blocks::new(origin, bytes, size, boundary.stateful(), &Cancel::default());
    let scratch = &mut Scratch::default();
    for index in 0.. {
        let claim = match blocks.claim(index, boundary, Vec::new) {
            Ok(Some(claim)) => claim,
            Ok(None) => return None,
            Err(error) => return Some(error.to_string()),
        };
        let block = blocks.load(claim, boundary, Vec::new).unwrap();
        let (batch, fault) = opening.decoder.decode(block, &Projection::default(), scratch);
        each(&batch);
        if let Some(fault) = fault {
            return Some(fault.message);
        }
    }
    None
}

/// Appends the records of a batch as JSON Lines.
pub(super) fn lines(batch: &Batch, out: &mut Vec<u8>) {
    JsonEncoder::new(&WriteOptions::default(), Frame::Lines).records(batch, &[], out).unwrap();
}

/// Reads a text to its end or to its first fault.
pub(super) fn read(format: &str, text: &[u8], options: &ReadOptions, cut: Cut) -> Result<Reading, String> {
    let opening = open(format, text, options)?;
    let mut out = Vec::new();
    let fault = batches(opening, text, cut, |batch| lines(batch, &mut out));
    Ok(Reading { records: String::from_utf8(out).expect("JSON is UTF-8"), fault })
}
