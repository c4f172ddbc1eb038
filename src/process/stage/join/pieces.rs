//! Pairs of records and rows some at a time: a few records that match very many rows each become batches of bounded size.
//!
//! A batch that would become too many records goes to disk as it came, and so do all behind it, which keeps the order.
//! When the last is there, they are read back and joined piece by piece, each copied by whichever thread asked for it.

use std::sync::atomic::{self, AtomicUsize};
use std::sync::{Arc, Mutex, PoisonError};

use crate::core::data::batch::{Batch, Selection};
use crate::core::error::Result;
use crate::core::exec::cancel::Cancel;
use crate::core::exec::memory::Memory;
use crate::core::exec::relay::Relay;
use crate::core::format::Scratch;
use crate::core::integer::narrow;
use crate::process::stage::Table;
use crate::process::stage::join::apart::{PIECE, some};
use crate::process::stage::join::build::{Built, Pick, Side};
use crate::process::stage::join::probe::Matching;
use crate::process::stage::runs::{Merged, Order, Writing};
use crate::process::stage::store::extract;

/// What a record matches.
#[derive(Debug, Clone, Copy)]
pub(super) enum Hit {
    /// The rows of a key, by its number.
    Key(u32),
    /// One row, or that there is none.
    Row(Pick),
}

/// The records of a batch with what they match, given out pair by pair, in order.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    hits: Vec<(u32, Hit)>,
    /// Which of them is next, and how many of its rows were given out.
    at: usize,
    taken: usize,
}

impl Pairs {
    /// Room for the matches of so many records.
    pub(super) fn new(records: usize) -> Self {
        Self { hits: Vec::with_capacity(records), at: 0, taken: 0 }
    }

    /// Appends a record.
    #[inline]
    pub(super) fn push(&mut self, row: usize, hit: Hit) {
        self.hits.push((narrow(row), hit));
    }

    /// The next pairs, at most so many: records, and the row of each.
    pub(super) fn next(&mut self, built: &Built, most: usize) -> (Vec<u32>, Vec<Pick>) {
        let size = self.hits.len().min(most);
        let (mut from, mut picks) = (Vec::with_capacity(size), Vec::with_capacity(size));
        while let Some((row, hit)) = self.hits.get(self.at) {
            let rows = match hit {
                Hit::Key(number) => built.rows_of(*number),
                Hit::Row(pick) => std::slice::from_ref(pick),
            };
            let rows = rows.get(self.taken..).unwrap_or_default();
            let now = rows.get(..most - from.len()).unwrap_or(rows);
            from.resize(from.len() + now.len(), *row);
            picks.extend_from_slice(now);
            if now.len() < rows.len() {
                self.taken += now.len();
                break;
            }
            (self.at, self.taken) = (self.at + 1, 0);
        }
        (from, picks)
    }

    /// Whether all were given out.
    pub(super) fn is_done(&self) -> bool {
        self.at == self.hits.len()
    }
}

/// Gives batches their places, and takes those that have none yet.
pub(super) struct Places {
    turn: Relay<()>,
    state: Mutex<State>,
    memory: Memory,
    cancel: Cancel,
    /// Most records that one batch becomes; more where that is only a few for each of its own.
    most: usize,
}

#[derive(Default)]
struct State {
    /// Records that came out.
    records: u64,
    /// What waits on disk.
    held: Option<Writing>,
}

impl Places {
    /// No batch has come.
    pub(super) fn new(memory: &Memory, cancel: &Cancel) -> Self {
        let most = (memory.limit() / 256).clamp(1 << 10, 1 << 20);
        let (turn, state) = (Relay::new((), cancel.clone()), Mutex::default());
        Self { turn, state, memory: memory.clone(), cancel: cancel.clone(), most }
    }

    /// Most records that this batch may become at once.
    pub(super) fn most(&self, batch: &Batch) -> usize {
        self.most.max(4 * batch.selected())
    }

    /// The number of the first record that comes of a batch, if all of them are `made`; none where it waits on disk now. To
    /// be called once per batch.
    pub(super) fn place(
        &self,
        batch: &Batch,
        made: Option<usize>,
        seq: u64,
        scratch: &mut Scratch,
    ) -> Result<Option<u64>> {
        self.turn.advance(seq, |()| {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            if let (Some(made), None) = (made, &state.held) {
                let first = state.records;
                state.records += made as u64;
                return Ok(Some(first));
            }
            let held = match state.held.take() {
                Some(held) => held,
                None => Writing::appending(&self.memory.spill()?, &self.memory),
            };
            let held = state.held.insert(held);
            if batch.selected() > 0 {
                let rows: Vec<u32> = batch.rows().map(narrow).collect();
                held.append(some(batch, &rows, scratch))?;
            }
            Ok(None)
        })?
    }

    /// What comes of the batches that wait, if any do.
    pub(super) fn rest(&self, matching: &Arc<Matching>) -> Result<Option<Pieces>> {
        let State { records, held } = std::mem::take(&mut *self.state.lock().unwrap_or_else(PoisonError::into_inner));
        let Some(held) = held else { return Ok(None) };
        let left = Merged::new(vec![held.finish()?], Order::default(), &self.memory, &self.cancel)?;
        let cursor = Relay::new(Cursor { chunk: 0, now: None, records }, self.cancel.clone());
        Ok(Some(Pieces { matching: Arc::clone(matching), left, cursor, chunks: AtomicUsize::new(usize::MAX) }))
    }
}

/// What comes of the records that waited on disk, in pieces.
pub(super) struct Pieces {
    matching: Arc<Matching>,
    left: Merged,
    cursor: Relay<Cursor>,
    /// Number of pieces; until the last was made, more than there are.
    chunks: AtomicUsize,
}

/// How far pieces have come.
struct Cursor {
    /// The next chunk of the records.
    chunk: usize,
    /// The chunk that is being joined.
    now: Option<(Arc<Batch>, Pairs)>,
    /// Records that came out.
    records: u64,
}

/// A piece: some records and the row of each, and the number of the first record.
type Piece = (Arc<Batch>, Vec<u32>, Vec<Pick>, u64);

impl Pieces {
    fn next(&self, cursor: &mut Cursor, built: &Built, scratch: &mut Scratch) -> Result<Option<Piece>> {
        loop {
            if let Some((batch, pairs)) = &mut cursor.now {
                let (from, picks) = pairs.next(built, PIECE);
                if !from.is_empty() {
                    let first = cursor.records;
                    cursor.records += from.len() as u64;
                    return Ok(Some((Arc::clone(batch), from, picks, first)));
                }
            }
            let mut batch = self.left.chunk(cursor.chunk, scratch)?;
            cursor.chunk += 1;
            if batch.rows == 0 {
                cursor.now = None;
                return Ok(None);
            }
            batch.selection = Selection::All;
            let pairs = self.matching.pairs(&mut batch, built);
            cursor.now = Some((Arc::new(batch), pairs));
        }
    }
}

impl Table for Pieces {
    fn chunks(&self) -> usize {
        self.chunks.load(atomic::Ordering::Relaxed)
    }

    fn chunk(&self, index: usize, scratch: &mut Scratch) -> Result<Batch> {
        let Some(built) = self.matching.shared.get().and_then(Side::held) else { return Ok(Batch::default()) };
        let piece = self.cursor.advance(index as u64, |cursor| self.next(cursor, built, scratch))??;
        let Some((batch, from, picks, first)) = piece else {
            self.chunks.fetch_min(index, atomic::Ordering::Relaxed);
            return Ok(Batch::default());
        };
        let mut joined = extract(&batch, &from, scratch);
        (joined.raw, joined.ids, joined.first_row) = (None, None, first);
        match self.matching.attach(&mut joined, built, &picks)? {
            Some(failure) => Err(failure.error),
            None => Ok(joined),
        }
    }
}
