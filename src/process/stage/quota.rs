//! The first records of each group, as they stream by: `limit by` and `distinct`.
//!
//! Each batch numbers its own keys first, on its own thread; only its different keys are looked up in the table that
//! passes from batch to batch.

use crate::core::data::batch::{Batch, Selection};
use crate::core::error::Result;
use crate::core::exec::cancel::Cancel;
use crate::core::exec::relay::Relay;
use crate::process::aggregate::key_set::Seed;
use crate::process::stage::keys::{KeyOf, KeyTable, Keys};
use crate::process::stage::{Rows, Scope};

/// Keeps the first `most` records of each key.
pub(crate) struct Quota {
    most: u64,
    of: KeyOf,
    seed: Seed,
    seen: Relay<Seen>,
}

/// The keys so far, and how many records each had.
#[derive(Debug)]
struct Seen {
    keys: KeyTable,
    counts: Vec<u64>,
}

impl Quota {
    /// A quota for each key.
    pub(crate) fn new(most: u64, of: KeyOf, cancel: &Cancel) -> Self {
        let seed = Seed::default();
        let seen = Seen { keys: KeyTable::new(seed.clone()), counts: Vec::new() };
        Self { most, of, seed, seen: Relay::new(seen, cancel.clone()) }
    }
}

impl Rows for Quota {
    fn apply(&self, batch: &mut Batch, scope: &mut Scope<'_>) -> Result<()> {
        let mut here = KeyTable::new(self.seed.clone());
        let keys = Keys::new(&self.of, batch);
        let numbers: Vec<usize> = keys.iter().map(|key| here.number(key)).collect();
        let mut counts = vec![0_u64; here.len()];
        for number in &numbers {
            if let Some(count) = counts.get_mut(*number) {
                *count += 1;
            }
        }
        // From here on `counts` says how many records of each key are still wanted.
        self.seen.advance(scope.seq, |seen| {
            let global = seen.keys.number_all(&here);
            seen.counts.resize(seen.keys.len(), 0);
            for (number, count) in global.into_iter().zip(&mut counts) {
                if let Some(had) = seen.counts.get_mut(number) {
                    let before = std::mem::replace(had, had.saturating_add(*count));
                    *count = self.most.saturating_sub(before);
                }
            }
        })?;
        let mut kept = scope.scratch.take_indices();
        for (row, number) in batch.rows().zip(&numbers) {
            if let Some(left) = counts.get_mut(*number)
                && *left > 0
            {
                *left -= 1;
                kept.push(row as u32);
            }
        }
        if let Selection::Rows(old) = std::mem::replace(&mut batch.selection, Selection::Rows(kept)) {
            scope.scratch.keep_indices(old);
        }
        Ok(())
    }
}
