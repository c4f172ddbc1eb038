//! Plain lines: one record per line, with the one column `line`, which is text even where it looks like a number.

use std::sync::Arc;

use crate::core::error::Result;
use crate::core::format::line::decoder::{Blank, LineDecoder};
use crate::core::format::line::fields::Fields;
use crate::core::format::line::{LineParser, Miss, Names, boundary, skip};
use crate::core::format::{Fault, HEAD, Opening, ReadOptions, Reader, Unopened};

/// A reader.
#[expect(clippy::unnecessary_wraps, reason = "the signature of the table")]
pub(super) fn reader(options: &ReadOptions) -> Result<Box<dyn Reader>> {
    Ok(Box::new(LinesReader { options: options.clone() }))
}

struct LinesReader {
    options: ReadOptions,
}

impl Reader for LinesReader {
    fn open(&self, head: &[u8], whole: bool) -> Result<Opening, Unopened> {
        if !whole && head.len() < HEAD && memchr::memchr(b'\n', head).is_none() {
            return Err(Unopened::More(Fault::new(0, "no line ends in the head")));
        }
        let terminator = boundary::terminator(head);
        let data_start = skip(head, whole, terminator, self.options.skip_lines)?;
        let decoder = LineDecoder::new(Whole, "a line", terminator, &self.options).blank(Blank::Records);
        Ok(Opening {
            decoder: Arc::new(decoder),
            data_start,
            columns: Some(vec![Arc::from("line")]),
            header: None,
            notes: Vec::new(),
            wrap: None,
        })
    }
}

/// Takes a line as it is.
struct Whole;

impl LineParser for Whole {
    type Worker = ();

    fn worker(&self) {}

    fn names(&self) -> Names {
        Names::fixed(&["line"])
    }

    fn parse(&self, (): &mut (), line: &[u8], fields: &mut Fields) -> Result<(), Miss> {
        fields.text(0, 0, line.len());
        Ok(())
    }
}
