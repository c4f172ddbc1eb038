//! What is told at the end about lines that did not become records as they are.

use crate::core::data::irregular::Oddity;
use crate::core::error::Problem;

/// How many lines of an input did not become records as they are.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Lines {
    blank: u64,
    padded: u64,
    cut: u64,
    skipped: u64,
    misfits: u64,
    incomplete: u64,
    rejected: u64,
}

impl Lines {
    /// Counts a line.
    pub(crate) fn add(&mut self, oddity: Oddity) {
        *match oddity {
            Oddity::Blank => &mut self.blank,
            Oddity::Padded => &mut self.padded,
            Oddity::Cut => &mut self.cut,
            Oddity::Skipped => &mut self.skipped,
            Oddity::Misfit => &mut self.misfits,
            Oddity::Incomplete => &mut self.incomplete,
        } += 1;
    }

    /// Counts records that are kept elsewhere.
    pub(crate) fn reject(&mut self, records: usize) {
        self.rejected += records as u64;
    }
}

/// What to tell about an input's lines that did not become records as they are.
pub(crate) fn told(name: &str, lines: Lines) -> Vec<Problem> {
    let counted = |count: u64, one: &str, many: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{count} {many}")),
    };
    let blank = counted(lines.blank, "blank line passed over", "blank lines passed over").map(Problem::debug);
    let notes = [
        counted(lines.padded, "short record was filled with nulls", "short records were filled with nulls"),
        counted(lines.cut, "long record lost its surplus fields", "long records lost their surplus fields"),
        counted(lines.skipped, "record of another length was left out", "records of another length were left out"),
        counted(lines.misfits, "line that does not fit was left out", "lines that do not fit were left out"),
        counted(lines.incomplete, "line was read only in part", "lines were read only in part"),
        counted(lines.rejected, "record was rejected", "records were rejected"),
    ];
    blank.into_iter().chain(notes.into_iter().flatten().map(Problem::note)).map(|note| note.at_path(name)).collect()
}
