//! Counts the values an expression could not use, to be told once at the end.
//!
//! Workers keep one tally each and merge them; the example is that of the first record, so what is told does not depend
//! on who saw which rows.

use crate::core::integer::{narrow, to_index};

/// What a value was not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// A number.
    Number,
    /// A time.
    Time,
}

/// How often something was seen, and in which records of a batch until that is settled.
#[derive(Debug, Clone, Default)]
pub(crate) struct Marks {
    count: u64,
    rows: Vec<u32>,
}

impl Marks {
    /// Counts one more.
    pub(crate) fn add(&mut self, row: u32) {
        self.count += 1;
        self.rows.push(row);
    }

    /// How often.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// Forgets what was seen in others than the first so many records of the batch, and where the rest was.
    pub(crate) fn settle(&mut self, records: usize) {
        self.count -= self.rows.drain(..).filter(|row| *row as usize >= records).count() as u64;
    }

    /// Adds others.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.count += other.count;
    }
}

/// Values of one part of an expression that could not be used.
#[derive(Debug, Clone)]
pub(super) struct Misfit {
    pub(super) site: u32,
    pub(super) wanted: Wanted,
    pub(super) seen: Marks,
    /// Block and record of the example.
    pub(super) at: (u64, u64),
    pub(super) example: String,
}

/// What an expression could not use or hold, so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    pub(super) misfits: Vec<Misfit>,
    /// Results past 128 bits.
    pub(super) wide: Marks,
    /// The first record of the batch whose text is too long for a cell.
    pub(super) too_long: Option<u32>,
}

/// Longest example in a message, in bytes.
const EXAMPLE: usize = 40;

impl Tally {
    /// Whether there is nothing to tell.
    pub(crate) fn is_empty(&self) -> bool {
        self.misfits.is_empty() && self.wide.count() == 0
    }

    /// Counts a value.
    pub(super) fn misfit(&mut self, site: u32, wanted: Wanted, at: (u64, u64), text: &[u8]) {
        if let Some(old) = self.misfits.iter_mut().find(|old| old.site == site && old.wanted == wanted) {
            old.seen.add(narrow(to_index(at.1)));
            if at < old.at {
                old.at = at;
                old.example = example(text);
            }
            return;
        }
        let mut seen = Marks::default();
        seen.add(narrow(to_index(at.1)));
        self.misfits.push(Misfit { site, wanted, seen, at, example: example(text) });
    }

    /// Forgets what is about others than the first so many records of the batch, and which records the rest is about.
    pub(crate) fn settle(&mut self, records: usize) {
        self.wide.settle(records);
        self.misfits.iter_mut().for_each(|misfit| misfit.seen.settle(records));
        // The example is that of the first record, which stays if any does.
        self.misfits.retain(|misfit| misfit.seen.count() > 0);
    }

    /// Adds what another worker counted.
    pub(crate) fn merge(&mut self, other: Self) {
        self.wide.merge(&other.wide);
        for misfit in other.misfits {
            match self.misfits.iter_mut().find(|old| old.site == misfit.site && old.wanted == misfit.wanted) {
                None => self.misfits.push(misfit),
                Some(old) => {
                    old.seen.merge(&misfit.seen);
                    if misfit.at < old.at {
                        old.at = misfit.at;
                        old.example = misfit.example;
                    }
                }
            }
        }
    }
}

fn example(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    match text.char_indices().find(|(at, _)| *at >= EXAMPLE) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.into_owned(),
    }
}
