//! The best few records of each group: `top`, and `distinct --keep last`.
//!
//! Each thread keeps a bounded heap for each group, and of each batch only the records that were in a heap after it. When
//! that is too much, it writes them to disk by the hash of their keys and begins anew; each partition is then worked on
//! like an input of its own, and the result is the merge of what comes of them.

use std::any::Any;
use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::sync::Arc;

use rayon::prelude::*;

use crate::core::data::batch::Batch;
use crate::core::data::compare::{Rank, SortOrder};
use crate::core::data::saved::{restore, save};
use crate::core::data::value::Value;
use crate::core::error::Result;
use crate::core::exec::memory::Share;
use crate::core::exec::partitions::{LEVELS, PARTITIONS, Partition, Partitions, partition_of};
use crate::core::format::Scratch;
use crate::core::integer::narrow;
use crate::process::aggregate::key_set::{KeySet, Seed};
use crate::process::aggregate::smalls::Smalls;
use crate::process::stage::keys::{KeyOf, Keys, found_value};
use crate::process::stage::names::Found;
use crate::process::stage::numbering::keep;
use crate::process::stage::order::Key;
use crate::process::stage::promising::promising;
use crate::process::stage::runs::{Merged, Order, Run, Size, Writing};
use crate::process::stage::store::{CHUNK_ROWS, Pick, Source, Store, copy, extract};
use crate::process::stage::{Gather, Gatherer, Scope, Setup, Table};

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
    /// The run's memory and threads.
    pub(crate) setup: Setup,
}

impl Gather for Best {
    fn gatherer(&self) -> Result<Box<dyn Gatherer>> {
        Ok(Box::new(Heaps::new(self, 0)))
    }

    fn finish(&self, gathered: Vec<Box<dyn Gatherer>>) -> Result<Box<dyn Table>> {
        let gathered = gathered.into_iter().filter_map(|one| one.into_any().downcast::<Heaps>().ok());
        let mut gathered: Vec<Heaps> = gathered.map(|heaps| *heaps).collect();
        let Setup { memory, cancel, .. } = &self.setup;
        if gathered.iter().any(|heaps| heaps.partitions.is_some()) {
            let mut partitions: Vec<Vec<Partition>> = (0..PARTITIONS).map(|_| Vec::new()).collect();
            for heaps in &mut gathered {
                heaps.write(&mut Scratch::default())?;
                let written = heaps.partitions.take().map(Partitions::finish).transpose()?.unwrap_or_default();
                partitions.iter_mut().zip(written).for_each(|(all, partition)| all.push(partition));
            }
            let runs = partitions.into_par_iter().map(|partition| self.settle(&partition, 1));
            let runs = runs.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect();
            return Ok(Box::new(Merged::new(runs, Order::default(), memory, cancel)?));
        }
        let mut share = memory.share(1);
        share.hold(gathered.iter().map(|heaps| heaps.share.held()).sum());
        let (batches, entries) = self.put_together(gathered);
        let picks: Vec<Pick> = entries.iter().map(|(_, entry)| (entry.batch, entry.place)).collect();
        Ok(Box::new(Store::new(batches, picks).holding(share)))
    }
}

impl Best {
    /// The records of all threads that are good enough, in the order of the result, each with the first record of its
    /// group.
    fn put_together(&self, gathered: Vec<Heaps>) -> (Vec<Batch>, Vec<(u64, Entry)>) {
        let mut table = KeySet::new(self.seed.clone());
        let mut groups: Vec<Group> = Vec::new();
        let mut batches = Vec::new();
        for heaps in gathered {
            let numbers = table.number_all(&heaps.table);
            groups.resize_with(table.len(), Group::default);
            let offset = narrow(batches.len());
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
        let of_group = |group: Group| {
            let first = group.first;
            group.heap.into_sorted_vec().into_iter().map(move |entry| (first, entry))
        };
        let mut entries: Vec<(u64, Entry)> = groups.into_iter().flat_map(of_group).collect();
        if self.prefer != Prefer::First {
            entries.sort_by_key(|(_, entry)| entry.record);
        }
        (batches, entries)
    }

    /// The runs of the best of a partition.
    fn settle(&self, partition: &[Partition], level: u32) -> Result<Vec<Run>> {
        let mut heaps = Heaps::new(self, level);
        let mut scratch = Scratch::default();
        for partition in partition {
            partition.each(|mut saved| {
                while let Some(batch) = restore(&mut saved)? {
                    let (firsts, rest) = saved.split_at_checked(batch.rows * 8).unwrap_or_default();
                    let firsts =
                        firsts.as_chunks().0.iter().map(|first| u64::from_le_bytes(*first)).collect::<Vec<_>>();
                    heaps.offer(batch, Some(&firsts), &mut scratch)?;
                    saved = rest;
                }
                Ok(())
            })?;
        }
        if heaps.partitions.is_some() {
            heaps.write(&mut scratch)?;
            let written = heaps.partitions.take().map(Partitions::finish).transpose()?.unwrap_or_default();
            drop(heaps);
            let runs = written.iter().map(|partition| self.settle(std::slice::from_ref(partition), level + 1));
            return Ok(runs.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect());
        }
        let memory = &self.setup.memory;
        let mut writing = Writing::new(&memory.spill()?);
        let (batches, entries) = self.put_together(vec![heaps]);
        let picks: Vec<Pick> = entries.iter().map(|(_, entry)| (entry.batch, entry.place)).collect();
        let store = Store::with_chunks(batches, picks, Size::new(memory).chunk);
        // Groups by their first records and each from best to worst, or all by input order.
        let place = |(at, (first, entry)): (usize, &(u64, Entry))| match self.prefer {
            Prefer::First => (*first, at as u64),
            Prefer::Last | Prefer::Drawn(_) => (entry.record, entry.record),
        };
        let places: Vec<(u64, u64)> = entries.iter().enumerate().map(place).collect();
        let mut rest = places.as_slice();
        for index in 0..store.chunks() {
            let mut batch = store.chunk(index, &mut scratch)?;
            let (here, behind) = rest.split_at_checked(batch.rows).unwrap_or_default();
            let (marks, ids) = here.iter().copied().unzip::<u64, u64, Vec<u64>, Vec<u64>>();
            rest = behind;
            batch.ids = Some(ids);
            writing.push(&marks, &batch)?;
            scratch.recycle(batch);
        }
        Ok(vec![writing.finish()?])
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
    /// Number of the record in the run.
    record: u64,
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
                let drawn = |entry: &Self| draw(seed, entry.record);
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
    first: u64,
    heap: BinaryHeap<Entry>,
}

impl Default for Group {
    fn default() -> Self {
        Self { first: u64::MAX, heap: BinaryHeap::new() }
    }
}

impl Group {
    /// Takes a candidate in if it is good enough, and gives the one that had to go.
    fn offer(&mut self, entry: Entry, most: usize) -> Option<Entry> {
        self.heap.push(entry);
        if self.heap.len() > most { self.heap.pop() } else { None }
    }

    /// The first key of the worst one, where there are `most`.
    fn worst(&self, most: usize) -> Option<&Rank<'static>> {
        let worst = self.heap.peek().filter(|_| self.heap.len() >= most)?;
        worst.ranks.first().map(|(_, rank)| rank)
    }

    /// Whether a record is surely too bad, told by its first key.
    fn refuses(&self, most: usize, order: SortOrder, value: &Value<'_>) -> bool {
        self.worst(most).is_some_and(|worst| order.compare_ranks(&order.rank(value), worst) == Ordering::Greater)
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
    table: KeySet,
    groups: Vec<Group>,
    kept: Vec<Kept>,
    share: Share,
    /// Bytes of the kept batches.
    bytes: usize,
    /// Records in heaps.
    entries: usize,
    /// How often its records were partitioned before.
    level: u32,
    /// What was too much.
    partitions: Option<Partitions>,
    smalls: Smalls,
}

impl Gatherer for Heaps {
    fn take(&mut self, mut batch: Batch, scope: &mut Scope<'_>) -> Result<()> {
        if let (Prefer::Last, KeyOf::Nothing) = (self.best.prefer, &self.best.of) {
            let enough = batch.selected().saturating_sub(self.best.most);
            keep(&mut batch, enough..usize::MAX, scope);
        }
        self.offer(batch, None, scope.scratch)
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

impl Heaps {
    fn new(best: &Best, level: u32) -> Self {
        Self {
            best: best.clone(),
            table: KeySet::new(best.seed.clone()),
            groups: Vec::new(),
            kept: Vec::new(),
            share: best.setup.memory.share(best.setup.threads),
            bytes: 0,
            entries: 0,
            level,
            partitions: None,
            smalls: Smalls::default(),
        }
    }

    /// Takes the records of a batch. `firsts` are the first records of their groups, where they are not among them.
    fn offer(&mut self, mut batch: Batch, firsts: Option<&[u64]>, scratch: &mut Scratch) -> Result<()> {
        let keys = Keys::new(&self.best.of, &mut batch);
        let found = self.best.keys.iter().map(|key| key.name.find(&mut batch)).collect::<Vec<_>>();
        let number = self.kept.len();
        let mut candidates: Vec<u32> = Vec::new();
        let mut alive: Vec<bool> = Vec::new();
        let mut promising = self.promising(&batch, &found).map(|rows| rows.into_iter().peekable());
        for (row, key) in batch.rows().zip(keys.iter()) {
            if promising.as_mut().is_some_and(|rows| rows.next_if_eq(&narrow(row)).is_none()) {
                continue;
            }
            let group = self.table.number(key);
            if group >= self.groups.len() {
                self.groups.resize_with(group + 1, Group::default);
            }
            let Some(group) = self.groups.get_mut(group) else { continue };
            let record = batch.id(row);
            let first = firsts.and_then(|firsts| firsts.get(row)).copied().unwrap_or(record);
            group.first = group.first.min(first);
            if let (Some(key), Some(found)) = (self.best.keys.first(), found.first())
                && group.refuses(self.best.most, key.order, &found_value(found, &batch, row))
            {
                continue;
            }
            let ranks = ranks(&self.best.keys, &found, &batch, row);
            let place = narrow(candidates.len());
            candidates.push(narrow(row));
            alive.push(true);
            let entry = Entry { ranks, prefer: self.best.prefer, record, batch: narrow(number), place };
            self.entries += 1;
            let Some(gone) = group.offer(entry, self.best.most) else { continue };
            self.entries -= 1;
            if gone.batch as usize == number {
                if let Some(alive) = alive.get_mut(gone.place as usize) {
                    *alive = false;
                }
            } else {
                self.release(gone.batch as usize, scratch);
            }
        }
        self.keep(batch, &candidates, &alive, scratch);
        let entry = size_of::<Entry>() + self.best.keys.len() * (size_of::<(SortOrder, Rank<'static>)>() + 16);
        let groups = self.groups.capacity() * size_of::<Group>();
        self.share.hold(self.table.memory() + groups + self.entries * entry + self.bytes);
        let may_part = !matches!(self.best.of, KeyOf::Nothing) && self.level < LEVELS;
        if may_part && self.share.is_full() { self.write(scratch) } else { Ok(()) }
    }

    /// The rows of a batch that may be good enough, where they are all of one group and numbers tell.
    fn promising(&mut self, batch: &Batch, found: &[Found]) -> Option<Vec<u32>> {
        let (KeyOf::Nothing, Some(key)) = (&self.best.of, self.best.keys.first()) else { return None };
        let values = match found.first()? {
            Found::Column(column) => &batch.columns.get(*column)?.values,
            Found::Values(values) => values,
            Found::Absent => return None,
        };
        let rows: Vec<u32> = batch.rows().map(narrow).collect();
        let worst = self.groups.first().and_then(|group| group.worst(self.best.most));
        promising((batch, &rows), values, (key.order, self.best.most), worst, &mut self.smalls)
    }

    /// Writes all records to disk by the hash of their keys, and goes on with none.
    fn write(&mut self, scratch: &mut Scratch) -> Result<()> {
        let Setup { memory, threads, .. } = &self.best.setup;
        let mut partitions = match self.partitions.take() {
            Some(partitions) => partitions,
            None => Partitions::new(memory, *threads)?,
        };
        let empty = Self::new(&self.best, self.level);
        let Self { table, groups, kept, .. } = std::mem::replace(self, empty);
        let mut listed: Vec<Vec<(Pick, u64)>> = vec![Vec::new(); PARTITIONS];
        for (number, group) in groups.into_iter().enumerate() {
            let partition = partition_of(table.pack(table.key(number)).hash(), self.level);
            let Some(list) = listed.get_mut(partition) else { continue };
            list.extend(group.heap.into_iter().filter_map(|entry| {
                let row = kept.get(entry.batch as usize)?.rows.get(entry.place as usize)?;
                Some(((entry.batch, *row), group.first))
            }));
        }
        let batches: Vec<&Batch> = kept.iter().map(|kept| &kept.batch).collect();
        let source = |pick: &Pick| batches.get(pick.0 as usize).map(|batch| Source::of(batch));
        let mut saved = Vec::new();
        for (partition, mut list) in listed.into_iter().enumerate() {
            list.sort_unstable();
            for list in list
                .chunks(CHUNK_ROWS)
                .flat_map(|list| list.chunk_by(|(a, _), (b, _)| a.0 == b.0 || source(a) == source(b)))
            {
                let picks: Vec<Pick> = list.iter().map(|(pick, _)| *pick).collect();
                let mut part = copy(&batches, &picks, scratch);
                let id = |(batch, row): &Pick| {
                    batches.get(*batch as usize).map_or(u64::MAX, |batch| batch.id(*row as usize))
                };
                part.ids = Some(picks.iter().map(id).collect());
                saved.clear();
                save(&part, &mut saved);
                saved.extend(list.iter().flat_map(|(_, first)| first.to_le_bytes()));
                partitions.push(partition, &saved)?;
                scratch.recycle(part);
            }
        }
        self.partitions = Some(partitions);
        Ok(())
    }

    /// One record less of a batch is in a heap.
    fn release(&mut self, batch: usize, scratch: &mut Scratch) {
        if let Some(kept) = self.kept.get_mut(batch) {
            kept.live = kept.live.saturating_sub(1);
            if kept.live == 0 {
                kept.rows = Vec::new();
                let batch = std::mem::take(&mut kept.batch);
                self.bytes = self.bytes.saturating_sub(batch.memory());
                scratch.recycle(batch);
            }
        }
    }

    /// Keeps the candidates that are still in a heap.
    fn keep(&mut self, batch: Batch, candidates: &[u32], alive: &[bool], scratch: &mut Scratch) {
        let mut rows = Vec::with_capacity(candidates.len());
        let mut survivors = Vec::new();
        for (row, alive) in candidates.iter().zip(alive) {
            rows.push(narrow(survivors.len()));
            if *alive {
                survivors.push(*row);
            }
        }
        if !candidates.is_empty() {
            let mut few = extract(&batch, &survivors, scratch);
            few.ids = Some(survivors.iter().map(|row| batch.id(*row as usize)).collect());
            self.bytes += few.memory();
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
