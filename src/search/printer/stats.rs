//! What is told of a search: times, files, bytes, lines and matches.

use std::fmt::Write;
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
    /// Files that make the search a success: mostly those with a selected line.
    pub(crate) found: u64,
    /// Bytes searched.
    pub(crate) bytes_searched: u64,
    /// Bytes printed.
    pub(crate) bytes_printed: u64,
    /// What was found.
    pub(crate) counts: Counts,
    /// What is counted of that: lines or matches.
    pub(crate) total: u64,
}

impl Stats {
    /// Adds the numbers of another file.
    pub(crate) fn add(&mut self, other: &Self) {
        self.elapsed += other.elapsed;
        self.searches += other.searches;
        self.searches_with_match += other.searches_with_match;
        self.found += other.found;
        self.bytes_searched += other.bytes_searched;
        self.bytes_printed += other.bytes_printed;
        self.counts.add(other.counts);
        self.total += other.total;
    }

    /// The eight lines of `--stats` about a run that took `total`, after an empty one.
    pub(crate) fn lines(&self, total: Duration) -> String {
        let mut text = String::new();
        for (number, what) in [
            (self.counts.matches, "matches"),
            (self.counts.lines, "matched lines"),
            (self.searches_with_match, "files contained matches"),
            (self.searches, "files searched"),
            (self.bytes_printed, "bytes printed"),
            (self.bytes_searched, "bytes searched"),
        ] {
            let _ = write!(text, "\n{number} {what}");
        }
        for (time, what) in [(self.elapsed, "spent searching"), (total, "total")] {
            let _ = write!(text, "\n{:.6} seconds {what}", time.as_secs_f64());
        }
        text.push('\n');
        text
    }
}
