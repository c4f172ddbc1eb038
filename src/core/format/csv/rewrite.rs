//! Delimited text with escapes (`--escape`) and comments (`--comment`), rewritten to text without, for the decoder.
//!
//! Of a comment its delimiters and quotes become spaces, so that it is one cell of the same length, which the grid leaves
//! out. A quoted cell doubles what was an escaped quote; an unquoted cell with an escape becomes a quoted one. Line ends
//! stay, so lines are counted as in the input.

use std::io::{self, ErrorKind, Read};

use crate::core::scan::lanes::Marks;

/// Bytes read at a time.
const CHUNK: usize = 64 << 10;

/// Where a byte stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// At the start of a record.
    Record,
    /// At the start of a cell.
    Start,
    /// In an unquoted cell.
    Plain,
    /// Inside quotes.
    Quoted,
    /// After a quote inside quotes.
    Closed,
    /// Behind the closing quote of a cell.
    Tail,
    /// In a comment.
    Comment,
}

/// Rewrites byte by byte.
#[derive(Debug)]
pub(super) struct Rewrite {
    marks: Marks,
    escape: Option<u8>,
    comment: Option<u8>,
    place: Place,
    escaped: bool,
    /// Whether the cell is an unquoted one that is being put in quotes.
    quoting: bool,
    /// What was written, and where the cell in it starts.
    pub(super) out: Vec<u8>,
    cell: usize,
}

impl Rewrite {
    /// Starts at the start of a record.
    pub(super) fn new(marks: Marks, escape: Option<u8>, comment: Option<u8>) -> Self {
        Self { marks, escape, comment, place: Place::Record, escaped: false, quoting: false, out: Vec::new(), cell: 0 }
    }

    /// Takes a byte; says whether it ended a record.
    pub(super) fn push(&mut self, byte: u8) -> bool {
        let Marks { delimiter, quote, terminator } = self.marks;
        if self.place == Place::Comment {
            self.out.push(if byte == delimiter || byte == quote { b' ' } else { byte });
            if byte == terminator {
                (self.place, self.cell) = (Place::Record, self.out.len());
            }
            return false;
        }
        if self.escaped {
            self.escaped = false;
            self.text(byte);
            return false;
        }
        if Some(byte) == self.escape && !matches!(self.place, Place::Closed | Place::Tail) {
            if self.place != Place::Quoted {
                self.start_quoting();
                self.place = Place::Plain;
            }
            self.escaped = true;
            return false;
        }
        if self.place == Place::Record && Some(byte) == self.comment {
            self.place = Place::Comment;
            self.out.push(byte);
            return false;
        }
        if self.place != Place::Quoted && (byte == delimiter || byte == terminator) {
            self.finish_cell(byte == terminator);
            self.out.push(byte);
            self.cell = self.out.len();
            self.place = if byte == terminator { Place::Record } else { Place::Start };
            return byte == terminator;
        }
        self.place = match (self.place, byte == quote) {
            (Place::Record | Place::Start | Place::Closed, true) | (Place::Quoted, false) => Place::Quoted,
            (Place::Quoted, true) => Place::Closed,
            (Place::Closed | Place::Tail, _) => Place::Tail,
            _ => Place::Plain,
        };
        if self.quoting {
            self.text(byte);
        } else {
            self.out.push(byte);
        }
        false
    }

    /// Whether a record starts here.
    pub(super) fn at_record(&self) -> bool {
        self.place == Place::Record
    }

    /// Whether this is a comment.
    pub(super) fn in_comment(&self) -> bool {
        self.place == Place::Comment
    }

    /// Forgets what was written, between records.
    pub(super) fn restart(&mut self) {
        self.out.clear();
        self.cell = 0;
    }

    /// Ends the text.
    pub(super) fn finish(&mut self) {
        if std::mem::take(&mut self.escaped) {
            self.text(self.escape.unwrap_or_default());
        }
        self.finish_cell(true);
        self.cell = self.out.len();
    }

    /// Writes a byte as text inside quotes.
    fn text(&mut self, byte: u8) {
        if byte == self.marks.quote {
            self.out.push(byte);
        }
        self.out.push(byte);
    }

    /// Puts what there is of an unquoted cell in quotes.
    fn start_quoting(&mut self) {
        if std::mem::replace(&mut self.quoting, true) {
            return;
        }
        let text = self.out.split_off(self.cell);
        self.out.push(self.marks.quote);
        for byte in text {
            self.text(byte);
        }
    }

    fn finish_cell(&mut self, last: bool) {
        if !std::mem::take(&mut self.quoting) {
            return;
        }
        // A carriage return is part of the line end, unless it ends lines by itself.
        let returned = last && self.marks.terminator == b'\n' && self.out.last() == Some(&b'\r');
        if returned {
            self.out.pop();
        }
        self.out.push(self.marks.quote);
        if returned {
            self.out.push(b'\r');
        }
    }

    /// How much of what was written will not change any more.
    fn settled(&self) -> usize {
        match self.place {
            Place::Record | Place::Start | Place::Plain => self.cell,
            Place::Quoted | Place::Closed | Place::Tail | Place::Comment => self.out.len(),
        }
    }
}

/// A stream, rewritten.
pub(super) struct Rewritten {
    inner: Box<dyn Read + Send>,
    rewrite: Rewrite,
    chunk: Vec<u8>,
    ended: bool,
}

impl Rewritten {
    /// Rewrites a stream that starts with a record.
    pub(super) fn new(inner: Box<dyn Read + Send>, rewrite: Rewrite) -> Self {
        Self { inner, rewrite, chunk: vec![0; CHUNK], ended: false }
    }
}

impl Read for Rewritten {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.rewrite.settled() == 0 && !self.ended {
            match self.inner.read(&mut self.chunk) {
                Ok(0) => {
                    self.rewrite.finish();
                    self.ended = true;
                }
                Ok(read) => {
                    for byte in self.chunk.get(..read).unwrap_or_default() {
                        self.rewrite.push(*byte);
                    }
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        let ready = if self.ended { self.rewrite.out.len() } else { self.rewrite.settled() };
        let count = ready.min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(self.rewrite.out.drain(..count)) {
            *to = from;
        }
        self.rewrite.cell = self.rewrite.cell.saturating_sub(count);
        Ok(count)
    }
}
