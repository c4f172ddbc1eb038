//! Records taken more than once, or not at all: what stages that make several records of one, or none, have in common.

use crate::core::data::batch::{Batch, Selection, Values};
use crate::core::data::cell::Cell;
use crate::core::error::{Code, Problem, Result};
use crate::core::exec::cancel::Cancel;
use crate::core::exec::relay::Relay;

/// Most records that the records of one batch may become.
const MOST: usize = 1 << 26;

/// Makes a batch of records of this one, by their indices, in this order. Their raw text is gone.
pub(super) fn repeat(batch: &mut Batch, from: &[u32]) {
    for column in &mut batch.columns {
        column.values = match &column.values {
            Values::Cells(cells) => Values::Cells(
                from.iter().map(|row| cells.get(*row as usize).copied().unwrap_or(Cell::MISSING)).collect(),
            ),
            Values::Numbers(numbers) => {
                Values::Numbers(from.iter().map(|row| numbers.get(*row as usize).copied().flatten()).collect())
            }
        };
    }
    if let Some(shapes) = &mut batch.shapes {
        shapes.of_row = from.iter().map(|row| shapes.of_row.get(*row as usize).copied().unwrap_or(0)).collect();
    }
    batch.rows = from.len();
    batch.raw = None;
    batch.selection = Selection::All;
}

/// Fails where one batch would become more records, or more text, than memory should hold.
pub(super) fn check_size(stage: &str, records: usize, side: usize) -> Result<()> {
    if records <= MOST && u32::try_from(side).is_ok() {
        return Ok(());
    }
    let problem = Problem::new(Code::Limit, format!("--{stage} makes too many records of a few"));
    Err(problem.hint(format!("filter them before --{stage}")).into())
}

/// Numbers the records of batches anew where their count has changed, so that later stages know their order.
#[derive(Debug)]
pub(super) struct Renumber {
    relay: Relay<u64>,
}

impl Renumber {
    /// Starts at zero.
    pub(super) fn new(cancel: &Cancel) -> Self {
        Self { relay: Relay::new(0, cancel.clone()) }
    }

    /// Gives a batch its place. To be called once per batch.
    pub(super) fn place(&self, batch: &mut Batch, seq: u64) -> Result<()> {
        let rows = batch.rows as u64;
        batch.first_row = self.relay.advance(seq, |count| std::mem::replace(count, count.saturating_add(rows)))?;
        batch.ids = None;
        Ok(())
    }
}
