//! What is told of a search: times, files, bytes, lines and matches.

use std::time::Duration;

use crate::search::printer::Counts;

/// What is told of a search, of one file or of all.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Stats {
    /// Time spent.
    pub(crate) elapsed: Duration,
    /// Files searched.
    pub(crate) searches: u64,
    /// Files with a selected line.
    pub(crate) searches_with_match: u64,
    /// Bytes searched.
    pub(crate) bytes_searched: u64,
    /// Bytes printed.
    pub(crate) bytes_printed: u64,
    /// What was found.
    pub(crate) counts: Counts,
}

impl Stats {
    /// Adds the numbers of another file.
    pub(crate) fn add(&mut self, other: &Self) {
        self.elapsed += other.elapsed;
        self.searches += other.searches;
        self.searches_with_match += other.searches_with_match;
        self.bytes_searched += other.bytes_searched;
        self.bytes_printed += other.bytes_printed;
        self.counts.add(other.counts);
    }
}
