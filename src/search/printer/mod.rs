//! Printers: from lines to bytes. Each is a [`Sink`](crate::search::context::Sink) that appends to a buffer.
//!
//! What stands once for a file (a heading, a count, an event) is written by [`file`], so that the parts of one big file
//! can be printed by different threads.

pub(crate) mod color;
pub(crate) mod file;
pub(crate) mod json;
pub(crate) mod records;
pub(crate) mod standard;
pub(crate) mod summary;

/// What was seen in a file or a part of one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Selected lines.
    pub(crate) lines: u64,
    /// Matches in them.
    pub(crate) matches: u64,
}

impl Counts {
    /// Adds what was seen in another part.
    pub(crate) fn add(&mut self, other: Self) {
        self.lines += other.lines;
        self.matches += other.matches;
    }
}
