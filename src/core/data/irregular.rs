//! Lines of an input that are not what they should be.

use crate::core::integer::narrow;

/// The lines of a block that did not become records as they are, each with the number of records before it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Irregular(Vec<(u32, Oddity)>);

/// What became of such a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Oddity {
    /// A blank line, which is no record.
    Blank,
    /// A short record was filled with nulls.
    Padded,
    /// A long record lost its surplus fields.
    Cut,
    /// A record of another length was left out.
    Skipped,
    /// A line that is not what it should be was left out.
    Misfit,
    /// Of such a line what could be read was kept.
    Incomplete,
}

impl Irregular {
    /// Adds a line.
    pub(crate) fn add(&mut self, records: usize, oddity: Oddity) {
        self.0.push((narrow(records), oddity));
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What became of them.
    pub(crate) fn oddities(&self) -> impl Iterator<Item = Oddity> {
        self.0.iter().map(|(_, oddity)| *oddity)
    }

    /// Forgets those behind the first so many records.
    pub(crate) fn end_at(&mut self, records: usize) {
        self.0.retain(|(before, _)| (*before as usize) < records);
    }
}
