//! The table that a stage gathered as the feed of the stages behind it, chunk by chunk.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::core::error::Result;
use crate::core::exec::ordered::Flow;
use crate::core::format::Scratch;
use crate::core::integer::to_index;
use crate::core::terminal::progress::Bar;
use crate::process::sight::Sight;
use crate::process::source::{Feed, Loaded};
use crate::process::stage::Table;
use crate::process::stage::remarks::Remarks;

/// A gathered table as a feed.
pub(crate) struct Stored {
    table: Arc<dyn Table>,
    next: AtomicU64,
    /// The number of the first claim.
    first: u64,
    progress: Option<Arc<Bar>>,
}

impl Stored {
    /// A feed of this table's chunks.
    pub(crate) fn new(table: Arc<dyn Table>) -> Self {
        Self { table, next: AtomicU64::new(0), first: 0, progress: None }
    }

    /// The same, telling this bar what of it is done.
    pub(crate) fn shown_by(self, progress: Option<Arc<Bar>>) -> Self {
        Self { progress, ..self }
    }

    /// The same with claims numbered from here on.
    pub(crate) fn numbered_from(self, first: u64) -> Self {
        Self { first, ..self }
    }
}

impl Feed for Stored {
    type Claim = usize;

    fn claim(&self, _: &mut Scratch) -> Result<Option<(u64, usize)>> {
        let index = self.next.fetch_add(1, Ordering::Relaxed);
        Ok((to_index(index) < self.table.chunks()).then_some((self.first + index, to_index(index))))
    }

    fn load(&self, _: u64, claim: usize, scratch: &mut Scratch) -> Result<Loaded> {
        if let Some(bar) = &self.progress {
            bar.meter().add(1);
        }
        let mut remarks = Remarks::default();
        let batch = self.table.chunk_with(claim, scratch, &mut remarks)?;
        Ok(Loaded { remarks, ..Loaded::good(batch) })
    }

    fn drained(&self, _: &Sight, _: Flow) -> Result<()> {
        Ok(())
    }
}
