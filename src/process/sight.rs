//! What a loaded batch says besides its records, until it is known which of them matter.

use std::sync::Arc;

use crate::core::block::Origin;
use crate::core::data::batch::Rejected;
use crate::core::data::irregular::Irregular;

/// What a batch says about columns that only reading can tell.
#[derive(Debug, Default)]
pub(crate) struct Sight {
    /// Whether what comes after it may be long in coming.
    pub(crate) live: bool,
    /// Which feed of inputs it is of.
    pub(crate) feed: u32,
    /// Number of records.
    pub(crate) rows: u64,
    /// Which of the wanted columns they have, by position.
    pub(crate) columns: Vec<usize>,
    /// Lines that did not become records as they are, where there are any, and their input.
    pub(crate) irregular: Option<(Arc<Origin>, Irregular)>,
    /// What is kept elsewhere: the bytes of all, and for each the number of good records before it and where it ends.
    pub(crate) rejected: (Vec<u8>, Vec<(u32, usize)>),
}

impl Sight {
    /// Keeps the records that broke the rules.
    pub(crate) fn keep(&mut self, rejected: &Rejected, block: &[u8]) {
        let (bytes, ends) = &mut self.rejected;
        for (before, start, end) in &rejected.records {
            bytes.extend_from_slice(block.get(*start as usize..*end as usize).unwrap_or_default());
            if !matches!(bytes.last(), Some(b'\n' | b'\r')) {
                bytes.push(b'\n');
            }
            ends.push((*before, bytes.len()));
        }
    }

    /// Forgets what stands behind the first so many records, those that mattered: how much of that was read depends on
    /// where blocks end.
    pub(crate) fn end_at(&mut self, records: usize) {
        if let Some((_, irregular)) = &mut self.irregular {
            irregular.end_at(records);
        }
        let (bytes, ends) = &mut self.rejected;
        ends.retain(|(before, _)| (*before as usize) < records);
        bytes.truncate(ends.last().map_or(0, |(_, end)| *end));
    }
}
