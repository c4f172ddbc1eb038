//! Counts the records that reach a stage: for `row()`, `limit` and `skip`.

use crate::core::data::batch::{Batch, Selection};
use crate::core::error::Result;
use crate::core::exec::cancel::Cancel;
use crate::core::exec::relay::Relay;
use crate::core::integer::narrow;
use crate::process::stage::Scope;

/// A count of records that passes from batch to batch.
#[derive(Debug)]
pub(crate) struct Numbering {
    relay: Relay<u64>,
}

impl Numbering {
    /// Starts at zero.
    pub(crate) fn new(cancel: &Cancel) -> Self {
        Self { relay: Relay::new(0, cancel.clone()) }
    }

    /// How many records reached the stage before this batch. To be called once per batch.
    pub(crate) fn before(&self, batch: &Batch, seq: u64) -> Result<u64> {
        let here = batch.selected() as u64;
        self.relay.advance(seq, |count| std::mem::replace(count, count.saturating_add(here)))
    }

    /// Runs something that reads record numbers from `Batch::first_row`, with those of this stage.
    pub(crate) fn numbered<T>(
        numbering: Option<&Self>,
        batch: &mut Batch,
        seq: u64,
        run: impl FnOnce(&mut Batch) -> Result<T>,
    ) -> Result<T> {
        let Some(numbering) = numbering else {
            return run(batch);
        };
        let before = numbering.before(batch, seq)?;
        let first = std::mem::replace(&mut batch.first_row, before);
        let result = run(batch);
        batch.first_row = first;
        result
    }
}

/// Keeps a range of the selected records, by their position in the selection.
pub(crate) fn keep(batch: &mut Batch, range: std::ops::Range<usize>, scope: &mut Scope<'_>) {
    let selected = batch.selected();
    let range = range.start.min(selected)..range.end.min(selected);
    if range.len() == selected {
        return;
    }
    match &mut batch.selection {
        Selection::Rows(rows) => {
            rows.truncate(range.end);
            rows.drain(..range.start.min(range.end));
        }
        all @ Selection::All => {
            let mut rows = scope.scratch.take_indices();
            rows.extend(narrow(range.start)..narrow(range.end));
            *all = Selection::Rows(rows);
        }
    }
}
