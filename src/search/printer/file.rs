//! A file whose search is over, and its statistics.

use std::time::Duration;

use crate::core::error::Result;
use crate::search::binary::Rule;
use crate::search::context::Edge;
use crate::search::printer::stats::Stats;
use crate::search::printer::{Counts, Printer};

/// A file whose search is over.
pub(crate) struct Searched<'r> {
    /// Its path as printed.
    pub(crate) path: &'r [u8],
    /// What a NUL did.
    pub(crate) rule: Rule,
    /// What was found.
    pub(crate) counts: Counts,
    /// How the search ended.
    pub(crate) edge: &'r Edge,
    /// How many bytes of lines and events were printed, the one before them included.
    pub(crate) printed: u64,
    /// How long it took.
    pub(crate) elapsed: Duration,
    /// Whether the search broke off, so that what was found is not all there is.
    pub(crate) failed: bool,
}

/// Appends what stands after the last line of a file; returns its statistics and how many records were appended.
pub(crate) fn tail(printer: &dyn Printer, file: &Searched<'_>, out: &mut Vec<u8>) -> Result<(Stats, u64)> {
    let mut stats = Stats {
        elapsed: file.elapsed,
        searches: 1,
        searches_with_match: u64::from(file.counts.lines > 0),
        found: u64::from(file.counts.lines > 0),
        bytes_searched: match (file.rule, file.edge.binary) {
            (Rule::Glance | Rule::Leave, Some(offset)) => offset.min(file.edge.position),
            _ => file.edge.position,
        },
        bytes_printed: file.printed,
        counts: file.counts,
        total: 0,
    };
    let records = printer.tail(file, &mut stats, out)?;
    Ok((stats, records))
}
