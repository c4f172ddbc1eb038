//! The best few records of each group: `top`, and `distinct --keep last`.
//!
//! Each thread keeps a bounded heap for each group, and of each batch only the records that were in a heap after it.

use std::any::Any;
use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::sync::Arc;

use crate::core::data::batch::Batch;
use crate::core::data::compare::{Rank, SortOrder};
use crate::core::data::value::Value;
use crate::core::error::Result;
use crate::core::format::Scratch;
use crate::process::aggregate::key_set::Seed;
use crate::process::stage::keys::{KeyOf, KeyTable, Keys, found_value};
use crate::process::stage::names::Found;
use crate::process::stage::numbering::keep;
use crate::process::stage::order::Key;
use crate::process::stage::store::{Pick, Store, extract};
use crate::process::stage::{Gather, Gatherer, Scope, Table};

/// Which of equal records is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prefer {
    /// The earlier one. Groups come out by first appearance, each from best to worst.
    First,
    /// The later one. All records come out in input order.
    Last,
    /// The one that is drawn with this seed. All records come out in input order.
    Drawn(u64),
}

/// Gathers the best `most` records of each key.
#[derive(Debug, Clone)]
pub(crate) struct Best {
    /// How many of each group.
    pub(crate) most: usize,
    /// What makes them better.
    pub(crate) keys: Arc<[Key]>,
    /// What groups are made of.
    pub(crate) of: KeyOf,
    /// Which of equal ones.
    pub(crate) prefer: Prefer,
    /// The seed of the groups' hash.
    pub(crate) seed: Seed,
}

impl Gather for Best {
    fn gatherer(&self) -> Result<Box<dyn Gatherer>> {
        Ok(Box::new(Heaps {
            best: self.clone(),
            table: KeyTable::new(self.seed.clone()),
            groups: Vec::new(),
            kept: Vec::new(),
        }))
    }

    fn finish(&self, gathered: Vec<Box<dyn Gatherer>>) -> Result<Box<dyn Table>> {
        let mut table = KeyTable::new(self.seed.clone());
        let mut groups: Vec<Group> = Vec::new();
        let mut batches = Vec::new();
        for gatherer in gathered {
            let Ok(heaps) = gatherer.into_any().downcast::<Heaps>() else { continue };
            let numbers = table.number_all(&heaps.table);
            groups.resize_with(table.len(), Group::default);
            let offset = batches.len() as u32;
            for (from, number) in heaps.groups.into_iter().zip(numbers) {
                let Some(group) = groups.get_mut(number) else { continue };
                group.first = group.first.min(from.first);
                for mut entry in from.heap {
                    // The place among the candidates of a batch becomes its row there.
                    let rows = heaps.kept.get(entry.batch as usize).map(|kept| kept.rows.as_slice());
                    entry.place = rows.and_then(|rows| rows.get(entry.place as usize)).copied().unwrap_or(0);
                    entry.batch += offset;
                    group.offer(entry, self.most);
                }
            }
            batches.extend(heaps.kept.into_iter().map(|kept| kept.batch));
        }
        groups.sort_by_key(|group| group.first);
        let mut entries: Vec<Entry> = groups.into_iter().flat_map(|group| group.heap.into_sorted_vec()).collect();
        if self.prefer != Prefer::First {
            entries.sort_by_key(|entry| entry.record);
        }
        let picks: Vec<Pick> = entries.iter().map(|entry| (entry.batch, entry.place)).collect();
        Ok(Box::new(Store::new(batches, picks)))
    }
}

/// A number drawn for a record: a mix of its bits that passes for random (Steele, Lea and Flood, "Fast splittable
/// pseudorandom number generators", 2014).
pub(crate) fn draw(seed: u64, record: u64) -> u64 {
    let mix = |word: u64| {
        let word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        word ^ (word >> 31)
    };
    mix(mix(seed.wrapping_add(0x9E37_79B9_7F4A_7C15)) ^ mix(record.wrapping_add(0x9E37_79B9_7F4A_7C15)))
}

/// A candidate. The greatest is the worst.
struct Entry {
    ranks: Vec<(SortOrder, Rank<'static>)>,
    prefer: Prefer,
    /// Number of the record in the run: first row of its batch, and its row.
    record: (u64, u32),
    batch: u32,
    place: u32,
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> Ordering {
        for ((order, a), (_, b)) in self.ranks.iter().zip(&other.ranks) {
            let found = order.compare_ranks(a, b);
            if found.is_ne() {
                return found;
            }
        }
        match self.prefer {
            Prefer::First => self.record.cmp(&other.record),
            Prefer::Last => other.record.cmp(&self.record),
            Prefer::Drawn(seed) => {
                let drawn = |entry: &Self| draw(seed, entry.record.0 + u64::from(entry.record.1));
                drawn(self).cmp(&drawn(other)).then(self.record.cmp(&other.record))
            }
        }
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Entry {}

struct Group {
    /// Its first record.
    first: (u64, u32),
    heap: BinaryHeap<Entry>,
}

impl Default for Group {
    fn default() -> Self {
        Self { first: (u64::MAX, u32::MAX), heap: BinaryHeap::new() }
    }
}

impl Group {
    /// Takes a candidate in if it is good enough, and gives the one that had to go.
    fn offer(&mut self, entry: Entry, most: usize) -> Option<Entry> {
        self.heap.push(entry);
        if self.heap.len() > most { self.heap.pop() } else { None }
    }

    /// Whether a record is surely too bad, told by its first key.
    fn refuses(&self, most: usize, order: SortOrder, value: &Value<'_>) -> bool {
        self.heap.len() >= most
            && self
                .heap
                .peek()
                .and_then(|worst| worst.ranks.first())
                .is_some_and(|(_, worst)| order.compare_ranks(&order.rank(value), worst) == Ordering::Greater)
    }
}

/// The records of a batch that were good enough.
struct Kept {
    batch: Batch,
    /// For each candidate, its row in `batch`.
    rows: Vec<u32>,
    /// How many of them are in a heap.
    live: usize,
}

struct Heaps {
    best: Best,
    table: KeyTable,
    groups: Vec<Group>,
    kept: Vec<Kept>,
}

impl Gatherer for Heaps {
    fn take(&mut self, mut batch: Batch, scope: &mut Scope<'_>) -> Result<()> {
        if let (Prefer::Last, KeyOf::Nothing) = (self.best.prefer, &self.best.of) {
            let enough = batch.selected().saturating_sub(self.best.most);
            keep(&mut batch, enough..usize::MAX, scope);
        }
        let keys = Keys::new(&self.best.of, &mut batch);
        let found = self.best.keys.iter().map(|key| key.name.find(&mut batch)).collect::<Vec<_>>();
        let number = self.kept.len();
        let mut candidates: Vec<u32> = Vec::new();
        let mut alive: Vec<bool> = Vec::new();
        for (row, key) in batch.rows().zip(keys.iter()) {
            let group = self.table.number(key);
            if group >= self.groups.len() {
                self.groups.resize_with(group + 1, Group::default);
            }
            let Some(group) = self.groups.get_mut(group) else { continue };
            let record = (batch.first_row, row as u32);
            group.first = group.first.min(record);
            if let (Some(key), Some(found)) = (self.best.keys.first(), found.first())
                && group.refuses(self.best.most, key.order, &found_value(found, &batch, row))
            {
                continue;
            }
            let ranks = ranks(&self.best.keys, &found, &batch, row);
            let place = candidates.len() as u32;
            candidates.push(row as u32);
            alive.push(true);
            let entry = Entry { ranks, prefer: self.best.prefer, record, batch: number as u32, place };
            let Some(gone) = group.offer(entry, self.best.most) else { continue };
            if gone.batch as usize == number {
                if let Some(alive) = alive.get_mut(gone.place as usize) {
                    *alive = false;
                }
            } else {
                self.release(gone.batch as usize, scope.scratch);
            }
        }
        self.keep(batch, &candidates, &alive, scope.scratch);
        Ok(())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

impl Heaps {
    /// One record less of a batch is in a heap.
    fn release(&mut self, batch: usize, scratch: &mut Scratch) {
        if let Some(kept) = self.kept.get_mut(batch) {
            kept.live = kept.live.saturating_sub(1);
            if kept.live == 0 {
                kept.rows = Vec::new();
                scratch.recycle(std::mem::take(&mut kept.batch));
            }
        }
    }

    /// Keeps the candidates that are still in a heap.
    fn keep(&mut self, batch: Batch, candidates: &[u32], alive: &[bool], scratch: &mut Scratch) {
        let mut rows = Vec::with_capacity(candidates.len());
        let mut survivors = Vec::new();
        for (row, alive) in candidates.iter().zip(alive) {
            rows.push(survivors.len() as u32);
            if *alive {
                survivors.push(*row);
            }
        }
        if !candidates.is_empty() {
            let few = extract(&batch, &survivors, scratch);
            self.kept.push(Kept { batch: few, rows, live: survivors.len() });
        }
        scratch.recycle(batch);
    }
}

fn ranks(keys: &[Key], found: &[Found], batch: &Batch, row: usize) -> Vec<(SortOrder, Rank<'static>)> {
    let rank = |(key, found): (&Key, &Found)| {
        let value = found_value(found, batch, row);
        let rank = match key.order.rank(&value) {
            Rank::Number(number) => Rank::Number(number),
            Rank::Text(text) => Rank::Text(text.into_owned().into()),
            Rank::Null => Rank::Null,
        };
        (key.order, rank)
    };
    keys.iter().zip(found).map(rank).collect()
}
