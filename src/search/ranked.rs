//! `--sort count`: counts are kept until all are known, then printed by their size; equal ones stay in path order.

use crate::search::config::Sort;

/// Where the count of a file ends in the bytes of an output.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ranked {
    /// The count.
    pub(crate) count: u64,
    /// One past its last byte.
    pub(crate) end: usize,
    /// Records it is.
    pub(crate) records: u64,
}

/// The counts of all files.
#[derive(Debug, Default)]
pub(crate) struct Ranking {
    rows: Vec<(u64, Vec<u8>, u64)>,
}

impl Ranking {
    /// Takes counts, in path order.
    pub(crate) fn take(&mut self, bytes: &[u8], ranked: &[Ranked]) {
        let mut from = 0;
        for row in ranked {
            let line = bytes.get(from..row.end).unwrap_or_default();
            self.rows.push((row.count, line.to_vec(), row.records));
            from = row.end;
        }
    }

    /// All of them in order, with how many records each is.
    pub(crate) fn sorted(mut self, sort: Sort) -> impl Iterator<Item = (Vec<u8>, u64)> {
        match sort {
            Sort::Rising => self.rows.sort_by_key(|row| row.0),
            _ => self.rows.sort_by_key(|row| std::cmp::Reverse(row.0)),
        }
        self.rows.into_iter().map(|(_, line, records)| (line, records))
    }
}
