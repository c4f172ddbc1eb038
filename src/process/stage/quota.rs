//! The first records of each group, as they stream by: `limit by` and `distinct`.
//!
//! Each batch numbers its own keys first, on its own thread; only its different keys are looked up in the set that
//! passes from batch to batch. When memory does not hold more keys, the set takes no further ones: from there on records
//! are held back on disk, those of known keys that are wanted as a run, those of other keys by the hash of the key. What
//! comes of them follows when all batches were seen, merged by input order.

use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use crate::core::data::batch::{Batch, Selection};
use crate::core::data::saved::{restore, save};
use crate::core::error::Result;
use crate::core::exec::cancel::Cancel;
use crate::core::exec::memory::{Memory, Share};
use crate::core::exec::partitions::{LEVELS, PARTITIONS, Partition, Partitions, partition_of};
use crate::core::exec::relay::Relay;
use crate::core::format::Scratch;
use crate::core::integer::narrow;
use crate::process::aggregate::key_set::{KeySet, NONE, Seed};
use crate::process::stage::keys::{KeyOf, Keys};
use crate::process::stage::runs::{Merged, Order, Run, Writing};
use crate::process::stage::store::extract;
use crate::process::stage::{Rows, Scope, Setup, Table};

/// Keeps the first `most` records of each key.
pub(crate) struct Quota {
    most: u64,
    of: KeyOf,
    seed: Seed,
    seen: Relay<Seen>,
    /// What is held back; the relay keeps its order.
    turn: Relay<()>,
    held: Mutex<Option<Held>>,
    memory: Memory,
    cancel: Cancel,
}

/// The keys so far, and how many records each had.
#[derive(Debug)]
struct Seen {
    keys: KeySet,
    counts: Vec<u64>,
    share: Share,
    /// Whether it takes no more keys.
    closed: bool,
}

/// Records on disk.
struct Held {
    /// Those that are wanted.
    wanted: Writing,
    /// Those whose keys are not known.
    others: Partitions,
}

/// What a key of a batch may still have.
#[derive(Debug, Clone, Copy)]
enum Left {
    /// So many records.
    Known(u64),
    /// That is decided later.
    Later,
}

impl Seen {
    fn new(seed: &Seed, share: Share) -> Self {
        Self { keys: KeySet::new(seed.clone()), counts: Vec::new(), share, closed: false }
    }

    /// Takes so many records of a key; says how many of them are wanted.
    fn take(&mut self, key: &[u8], records: u64, most: u64) -> Left {
        let packed = self.keys.pack(key);
        let number = if self.closed { self.keys.find(packed, key) } else { self.keys.insert(packed, || key) };
        if number == NONE {
            return Left::Later;
        }
        let number = number as usize;
        if most == 1 && number < self.counts.len() {
            // It has had its one record; to look its count up would be one more wait for memory per record.
            return Left::Known(0);
        }
        if number >= self.counts.len() {
            self.counts.resize(number + 1, 0);
        }
        let Some(had) = self.counts.get_mut(number) else { return Left::Later };
        let before = std::mem::replace(had, had.saturating_add(records));
        Left::Known(most.saturating_sub(before))
    }

    /// Closes the set where it is too large.
    fn close(&mut self) {
        self.share.hold(self.keys.memory() + self.counts.capacity() * 8);
        self.closed |= self.share.is_full();
    }
}

impl Held {
    fn new(memory: &Memory) -> Result<Self> {
        Ok(Self { wanted: Writing::appending(&memory.spill()?, memory), others: Partitions::new(memory, 1)? })
    }
}

/// What becomes of the records of a batch.
#[derive(Debug, Default)]
struct Sorted {
    wanted: Vec<u32>,
    /// By partition.
    later: Vec<(usize, Vec<u32>)>,
}

impl Quota {
    /// A quota for each key.
    pub(crate) fn new(most: u64, of: KeyOf, setup: &Setup) -> Self {
        let (seed, cancel, memory) = (Seed::default(), setup.cancel.clone(), setup.memory.clone());
        let seen = Relay::new(Seen::new(&seed, memory.share(1)), cancel.clone());
        let turn = Relay::new((), cancel.clone());
        Self { most, of, seed, seen, turn, held: Mutex::new(None), memory, cancel }
    }

    /// Finds out what becomes of the records of a batch. `take` is called with the batch's different keys and the
    /// number of their records, and says what each of them may have.
    fn sort(
        &self,
        batch: &mut Batch,
        level: u32,
        take: impl FnOnce(&KeySet, &[u64]) -> Result<Vec<Left>>,
    ) -> Result<Sorted> {
        let mut here = KeySet::new(self.seed.clone());
        let keys = Keys::new(&self.of, batch);
        let numbers: Vec<usize> = keys.iter().map(|key| here.number(key)).collect();
        let mut counts = vec![0_u64; here.len()];
        for number in &numbers {
            if let Some(count) = counts.get_mut(*number) {
                *count += 1;
            }
        }
        let mut left = take(&here, &counts)?;
        let mut sorted = Sorted::default();
        let mut later: Vec<Vec<u32>> = Vec::new();
        for (row, number) in batch.rows().zip(numbers) {
            match left.get_mut(number) {
                Some(Left::Known(left)) if *left > 0 => {
                    *left -= 1;
                    sorted.wanted.push(narrow(row));
                }
                Some(Left::Later) => {
                    later.resize(PARTITIONS, Vec::new());
                    let hash = here.pack(here.key(number)).hash();
                    if let Some(list) = later.get_mut(partition_of(hash, level)) {
                        list.push(narrow(row));
                    }
                }
                _ => {}
            }
        }
        sorted.later = later.into_iter().enumerate().filter(|(_, rows)| !rows.is_empty()).collect();
        Ok(sorted)
    }

    /// The runs of what is wanted of a partition.
    fn settle(&self, partition: &Partition, level: u32) -> Result<Vec<Run>> {
        let mut seen = Seen::new(&self.seed, self.memory.share(2));
        let mut held = Held::new(&self.memory)?;
        let mut scratch = Scratch::default();
        partition.each(|mut saved| {
            while let Some(mut batch) = restore(&mut saved)? {
                let sorted =
                    self.sort(&mut batch, level, |keys, counts| Ok(left(&mut seen, keys, counts, self.most)))?;
                put(&mut held, prepare(&batch, &sorted, &mut scratch))?;
                scratch.recycle(batch);
                if level < LEVELS {
                    seen.close();
                }
            }
            Ok(())
        })?;
        let mut runs = vec![held.wanted.finish()?];
        if seen.closed {
            drop(seen);
            for partition in held.others.finish()? {
                runs.extend(self.settle(&partition, level + 1)?);
            }
        }
        Ok(runs)
    }
}

/// What each key may still have.
fn left(seen: &mut Seen, keys: &KeySet, counts: &[u64], most: u64) -> Vec<Left> {
    counts.iter().enumerate().map(|(number, count)| seen.take(keys.key(number), *count, most)).collect()
}

/// Records as they are to be held back.
#[derive(Default)]
struct Prepared {
    wanted: Option<Batch>,
    /// As bytes, by partition.
    later: Vec<(usize, Vec<u8>)>,
}

fn prepare(batch: &Batch, sorted: &Sorted, scratch: &mut Scratch) -> Prepared {
    let mut part = |rows: &[u32]| {
        let mut part = extract(batch, rows, scratch);
        part.ids = Some(rows.iter().map(|row| batch.id(*row as usize)).collect());
        part
    };
    let wanted = (!sorted.wanted.is_empty()).then(|| part(&sorted.wanted));
    let saved = |(partition, rows): &(usize, Vec<u32>)| {
        let mut bytes = Vec::new();
        save(&part(rows), &mut bytes);
        (*partition, bytes)
    };
    Prepared { wanted, later: sorted.later.iter().map(saved).collect() }
}

fn put(held: &mut Held, prepared: Prepared) -> Result<()> {
    if let Some(batch) = prepared.wanted {
        held.wanted.append(batch)?;
    }
    prepared.later.iter().try_for_each(|(partition, bytes)| held.others.push(*partition, bytes))
}

impl Rows for Quota {
    fn apply(&self, batch: &mut Batch, scope: &mut Scope<'_>) -> Result<()> {
        let mut closed = false;
        let sorted = self.sort(batch, 0, |keys, counts| {
            self.seen.advance(scope.seq, |seen| {
                closed = seen.closed;
                let left = left(seen, keys, counts, self.most);
                seen.close();
                left
            })
        })?;
        let prepared = if closed { prepare(batch, &sorted, scope.scratch) } else { Prepared::default() };
        self.turn.advance(scope.seq, |()| {
            if !closed {
                return Ok(());
            }
            let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
            let mut now = match held.take() {
                Some(held) => held,
                None => Held::new(&self.memory)?,
            };
            put(&mut now, prepared)?;
            *held = Some(now);
            Ok::<(), crate::core::error::Error>(())
        })??;
        let kept = if closed { Vec::new() } else { sorted.wanted };
        if let Selection::Rows(old) = std::mem::replace(&mut batch.selection, Selection::Rows(kept)) {
            scope.scratch.keep_indices(old);
        }
        Ok(())
    }

    fn may_hold_back(&self) -> bool {
        true
    }

    fn rest(&self) -> Result<Option<Box<dyn Table>>> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(Held { wanted, others }) = held else { return Ok(None) };
        let mut runs = vec![wanted.finish()?];
        let others = others.finish()?.into_par_iter().map(|partition| self.settle(&partition, 1));
        runs.extend(others.collect::<Result<Vec<_>>>()?.into_iter().flatten());
        Ok(Some(Box::new(Merged::new(runs, Order::default(), &self.memory, &self.cancel)?.numbered_as_they_were())))
    }
}
