//! How often each of many strings comes, and where first.
//!
//! A table of bounded size counts strings as they come. Where there are more different ones than it takes, what it
//! holds moves to logs, one for each range of the hash, and while hardly any string comes twice, strings go there
//! without the table. So taking in stays in the processor's caches whatever number of different strings there is, and
//! they are counted in the end part by part, each in a small table, by all threads. Logs go to disk where memory does not hold
//! them. Tallies that are put together have the same seed, so their parts are of the same strings.

mod log;

use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64;

use crate::core::data::cell::Kind;
use crate::core::error::Result;
use crate::core::exec::memory::Memory;
use crate::core::exec::spill::Spill;
use crate::process::aggregate::key_set::{KeySet, Packed, Seed};
use crate::process::aggregate::multiset::log::Log;

/// How many parts there are.
const PARTS: usize = 1 << 8;
/// Bits of the hash below those that tell parts apart, which hash tables do not use.
const BELOW: u32 = 40;
/// The table is looked at where it has this many strings (seven eighths of a power of two: it would grow next), and is
/// full where it has this many.
const EARLY: usize = 7 << 11;
const FULL: usize = 7 << 14;
/// How many strings go to the logs before the table is tried again.
const DIRECT: u32 = 1 << 20;

/// How often a string came, in which forms, and where and in which form first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seen {
    /// How often.
    pub(crate) count: u64,
    /// The row.
    pub(crate) first: u64,
    /// The forms it had, a bit for each [`Kind`]; the bits above mean what the caller says.
    pub(crate) forms: u16,
    /// The form it had there.
    pub(crate) kind: Kind,
}

impl Seen {
    /// A string that came once.
    #[inline]
    pub(crate) fn once(first: u64, kind: Kind) -> Self {
        Self { count: 1, first, forms: 1 << kind as u16, kind }
    }

    fn is_single(self) -> bool {
        self.count == 1 && self.forms == 1 << self.kind as u16
    }

    #[inline]
    fn add(&mut self, more: Self) {
        self.count += more.count;
        self.forms |= more.forms;
        if more.first < self.first {
            (self.first, self.kind) = (more.first, more.kind);
        }
    }
}

/// Different strings with what was seen of them.
#[derive(Debug)]
pub(crate) struct Counted {
    set: KeySet,
    seen: Vec<Seen>,
}

impl Counted {
    /// None.
    pub(crate) fn new(seed: Seed) -> Self {
        Self { set: KeySet::new(seed), seen: Vec::new() }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.seen.len()
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&[u8], Seen)> {
        self.set.iter().zip(self.seen.iter().copied())
    }

    #[inline]
    fn add(&mut self, key: Packed, text: &[u8], seen: Seen) {
        let number = self.set.insert(key, || text) as usize;
        match self.seen.get_mut(number) {
            None => self.seen.push(seen),
            Some(old) => old.add(seen),
        }
    }

    fn clear(&mut self) {
        self.set.clear();
        self.seen.clear();
    }

    fn memory(&self) -> usize {
        self.set.memory() + self.seen.capacity() * size_of::<Seen>()
    }
}

/// What one thread has counted.
#[derive(Debug)]
pub(crate) struct Multiset {
    table: Counted,
    /// How many bytes in front of each string have no say in which part it is of.
    prefix: usize,
    /// How many strings the table has when it is looked at next.
    check: usize,
    /// How many strings more do not go to the table.
    direct: u32,
    logs: Vec<Log>,
    /// Bytes of memory that the logs take.
    held: usize,
    spill: Option<Arc<Spill>>,
}

impl Multiset {
    /// Nothing counted yet.
    pub(crate) fn new(seed: Seed) -> Self {
        Self::with_prefix(seed, 0)
    }

    /// The same for strings with so many bytes in front that mean something else to another thread. Those that are put
    /// together need not have the same seed.
    pub(crate) fn with_prefix(seed: Seed, prefix: usize) -> Self {
        let table = Counted::new(seed);
        Self { table, prefix, check: EARLY, direct: 0, logs: Vec::new(), held: 0, spill: None }
    }

    /// Makes a string ready to be added.
    pub(crate) fn set(&self) -> &KeySet {
        &self.table.set
    }

    /// Adds a string that [`Multiset::set`] made ready.
    #[inline]
    pub(crate) fn add(&mut self, key: Packed, text: &[u8], seen: Seen) {
        if self.direct > 0 {
            self.direct -= 1;
            return self.log(part_of(key), text, seen);
        }
        self.table.add(key, text, seen);
        if self.table.len() >= self.check {
            self.look();
        }
    }

    /// Adds a string that was not made ready.
    #[inline]
    pub(crate) fn insert(&mut self, text: &[u8], seen: Seen) {
        if self.direct > 0 {
            self.direct -= 1;
            return self.log(self.part(text), text, seen);
        }
        self.add(self.table.set.pack(text), text, seen);
    }

    /// The part that a string is of.
    #[inline]
    fn part(&self, text: &[u8]) -> usize {
        match self.prefix {
            0 => part_of(self.table.set.pack(text)),
            prefix => (xxh3_64(text.get(prefix..).unwrap_or_default()) >> BELOW) as usize % PARTS,
        }
    }

    #[inline]
    fn log(&mut self, part: usize, text: &[u8], seen: Seen) {
        if let Some(log) = self.logs.get_mut(part) {
            self.held += log.push(text, seen);
        }
    }

    /// Decides what becomes of a table that has grown.
    #[cold]
    #[inline(never)]
    fn look(&mut self) {
        let rows: u64 = self.table.seen.iter().map(|seen| seen.count).sum();
        let strings = self.table.len() as u64;
        if self.table.len() < FULL && rows > strings + strings / 64 {
            // There may be few enough of them: a hundred thousand hardly repeat so early.
            self.check = FULL;
            return;
        }
        if rows < 2 * strings {
            self.direct = DIRECT;
        }
        self.flush();
        self.check = EARLY;
    }

    /// Moves what the table holds to the logs.
    fn flush(&mut self) {
        if self.logs.is_empty() {
            self.logs.resize_with(PARTS, Log::default);
            self.held += PARTS * size_of::<Log>();
        }
        let seed = self.table.set.seed();
        let table = std::mem::replace(&mut self.table, Counted::new(seed));
        for (text, seen) in table.iter() {
            self.log(self.part(text), text, seen);
        }
        if self.direct == 0 {
            self.table = table;
            self.table.clear();
        }
    }

    /// Whether there were more different strings than the table takes.
    pub(crate) fn is_divided(&self) -> bool {
        !self.logs.is_empty()
    }

    /// About the bytes of memory it takes.
    pub(crate) fn memory(&self) -> usize {
        self.table.memory() + self.held
    }

    /// Writes what memory holds to disk.
    pub(crate) fn spill(&mut self, memory: &Memory) -> Result<()> {
        let spill = memory.spill()?;
        self.flush();
        self.table = Counted::new(self.table.set.seed());
        self.check = EARLY;
        for log in &mut self.logs {
            log.spill(&spill)?;
        }
        self.held = PARTS * size_of::<Log>();
        self.spill = Some(spill);
        Ok(())
    }
}

/// The part of a string, by what decides it.
#[inline]
fn part_of(key: Packed) -> usize {
    (key.hash() >> BELOW) as usize % PARTS
}

/// Hands all strings of multisets of the same seed or prefix to `take`, with the position of the multiset, part by part; `done` is
/// called after each. The same string may come several times in its part.
pub(crate) fn each_part(
    multisets: &[&Multiset],
    mut take: impl FnMut(usize, &[u8], Seen),
    mut done: impl FnMut(),
) -> Result<()> {
    if !multisets.iter().any(|multiset| multiset.is_divided()) {
        for (at, multiset) in multisets.iter().enumerate() {
            multiset.table.iter().for_each(|(text, seen)| take(at, text, seen));
        }
        done();
        return Ok(());
    }
    // What is still in tables, by part.
    let mut tables: Vec<Vec<(usize, &[u8], Seen)>> = vec![Vec::new(); PARTS];
    for (at, multiset) in multisets.iter().enumerate() {
        for (text, seen) in multiset.table.iter() {
            if let Some(part) = tables.get_mut(multiset.part(text)) {
                part.push((at, text, seen));
            }
        }
    }
    for (part, table) in tables.into_iter().enumerate() {
        for (at, text, seen) in table {
            take(at, text, seen);
        }
        for (at, multiset) in multisets.iter().enumerate() {
            if let Some(log) = multiset.logs.get(part) {
                log.each(multiset.spill.as_deref(), |text, seen| take(at, text, seen))?;
            }
        }
        done();
    }
    Ok(())
}

/// Some of the strings of several multisets, with all that came of them.
#[derive(Debug)]
pub(crate) struct Part {
    tables: Vec<Counted>,
    logs: Vec<Log>,
    spill: Option<Arc<Spill>>,
}

/// Puts multisets of the same seed together: no string is in two of the parts.
pub(crate) fn parts(mut multisets: Vec<Multiset>) -> Vec<Part> {
    if multisets.iter().all(|multiset| multiset.logs.is_empty()) {
        let tables = multisets.into_iter().map(|multiset| multiset.table).collect();
        return vec![Part { tables, logs: Vec::new(), spill: None }];
    }
    multisets.iter_mut().for_each(Multiset::flush);
    let spill = multisets.iter().find_map(|multiset| multiset.spill.clone());
    let mut parts: Vec<Part> =
        (0..PARTS).map(|_| Part { tables: Vec::new(), logs: Vec::new(), spill: spill.clone() }).collect();
    for multiset in multisets {
        for (part, log) in parts.iter_mut().zip(multiset.logs) {
            part.logs.push(log);
        }
    }
    parts
}

impl Part {
    /// Counts the strings of the part in place of what `counted` held.
    pub(crate) fn count(self, counted: &mut Counted) -> Result<()> {
        counted.clear();
        let mut tables = self.tables.into_iter();
        if let Some(table) = tables.next() {
            *counted = table;
        }
        for table in tables {
            for (text, seen) in table.iter() {
                counted.add(counted.set.pack(text), text, seen);
            }
        }
        for log in self.logs {
            log.each(self.spill.as_deref(), |text, seen| counted.add(counted.set.pack(text), text, seen))?;
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Counted, EARLY, Multiset, Seed, Seen, parts};
    use crate::core::data::cell::Kind;
    use crate::core::exec::memory::Memory;

    /// Counts strings on two threads, and writes after some of them.
    fn count(strings: &[(String, u64, Kind)], spill_at: Option<usize>) -> BTreeMap<String, Seen> {
        let seed = Seed::default();
        let mut multisets = vec![Multiset::new(seed.clone()), Multiset::new(seed.clone())];
        for (number, (text, row, kind)) in strings.iter().enumerate() {
            let multiset = &mut multisets[number / 7 % 2];
            let key = multiset.set().pack(text.as_bytes());
            multiset.add(key, text.as_bytes(), Seen::once(*row, *kind));
            if spill_at == Some(number) {
                multisets[0].spill(&Memory::default()).unwrap();
            }
        }
        let mut counts = BTreeMap::new();
        let mut counted = Counted::new(seed);
        for part in parts(multisets) {
            part.count(&mut counted).unwrap();
            for (text, seen) in counted.iter() {
                assert!(counts.insert(String::from_utf8(text.to_vec()).unwrap(), seen).is_none());
            }
        }
        counts
    }

    #[test]
    fn counts_as_a_map_does() {
        let mut state = 5_u64;
        for (different, rows, spill) in [
            (50, 2000, None),
            (1 << 40, 3 * EARLY, None),
            (1 << 40, 3 * EARLY, Some(EARLY)),
            (9, 500, Some(90)),
            (140_000, 300_000, None),
        ] {
            let mut expected: BTreeMap<String, Seen> = BTreeMap::new();
            let mut strings = Vec::new();
            for row in 0..rows {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let text = format!("{:x}", (state >> 20) % different);
                let row = (row as u64) ^ (state >> 61);
                let kind = if (state >> 59).is_multiple_of(4) { Kind::Number } else { Kind::Bare };
                let seen = Seen::once(row, kind);
                expected.entry(text.clone()).and_modify(|old| old.add(seen)).or_insert(seen);
                strings.push((text, row, kind));
            }
            let counts = count(&strings, spill);
            assert_eq!(counts.len(), expected.len());
            for (text, seen) in expected {
                let found = counts[&text];
                assert_eq!((found.count, found.first, found.forms), (seen.count, seen.first, seen.forms), "{text}");
            }
        }
    }
}
