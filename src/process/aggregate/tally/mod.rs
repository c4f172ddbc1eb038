//! How often each of many strings comes, and where first.
//!
//! A table of bounded size counts strings as they come. Where there are more different ones than it takes, what it
//! holds moves to logs, one for each range of the hash, and while hardly any string comes twice, strings go there
//! without the table. So taking in stays in the processor's caches whatever number of different strings there is, and
//! they are counted in the end part by part, each in a small table, by all threads. Logs go to disk where memory does not hold
//! them. Tallies that are put together have the same seed, so their parts are of the same strings.

mod log;

use std::sync::Arc;

use crate::core::data::cell::Kind;
use crate::core::error::Result;
use crate::core::exec::memory::Memory;
use crate::core::exec::spill::Spill;
use crate::process::aggregate::key_set::{KeySet, Packed, Seed};
use crate::process::aggregate::tally::log::Log;

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
pub(crate) struct Tally {
    table: Counted,
    /// How many strings the table has when it is looked at next.
    check: usize,
    /// How many strings more do not go to the table.
    direct: u32,
    logs: Vec<Log>,
    /// Bytes of memory that the logs take.
    held: usize,
    spill: Option<Arc<Spill>>,
}

impl Tally {
    /// Nothing counted yet.
    pub(crate) fn new(seed: Seed) -> Self {
        let table = Counted::new(seed);
        Self { table, check: EARLY, direct: 0, logs: Vec::new(), held: 0, spill: None }
    }

    /// Makes a string ready to be added.
    pub(crate) fn set(&self) -> &KeySet {
        &self.table.set
    }

    /// Adds a string that [`Tally::set`] made ready.
    #[inline]
    pub(crate) fn add(&mut self, key: Packed, text: &[u8], seen: Seen) {
        if self.direct > 0 {
            self.direct -= 1;
            return self.log(key, text, seen);
        }
        self.table.add(key, text, seen);
        if self.table.len() >= self.check {
            self.look();
        }
    }

    #[inline]
    fn log(&mut self, key: Packed, text: &[u8], seen: Seen) {
        if let Some(log) = self.logs.get_mut((key.hash() >> BELOW) as usize % PARTS) {
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
            self.log(table.set.pack(text), text, seen);
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

/// Some of the strings of several tallies, with all that came of them.
#[derive(Debug)]
pub(crate) struct Part {
    tables: Vec<Counted>,
    logs: Vec<Log>,
    spill: Option<Arc<Spill>>,
}

/// Puts tallies of the same seed together: no string is in two of the parts.
pub(crate) fn parts(mut tallies: Vec<Tally>) -> Vec<Part> {
    if tallies.iter().all(|tally| tally.logs.is_empty()) {
        let tables = tallies.into_iter().map(|tally| tally.table).collect();
        return vec![Part { tables, logs: Vec::new(), spill: None }];
    }
    tallies.iter_mut().for_each(Tally::flush);
    let spill = tallies.iter().find_map(|tally| tally.spill.clone());
    let mut parts: Vec<Part> =
        (0..PARTS).map(|_| Part { tables: Vec::new(), logs: Vec::new(), spill: spill.clone() }).collect();
    for tally in tallies {
        for (part, log) in parts.iter_mut().zip(tally.logs) {
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

    use super::{Counted, EARLY, Seed, Seen, Tally, parts};
    use crate::core::data::cell::Kind;
    use crate::core::exec::memory::Memory;

    /// Counts strings on two threads, and writes after some of them.
    fn count(strings: &[(String, u64, Kind)], spill_at: Option<usize>) -> BTreeMap<String, Seen> {
        let seed = Seed::default();
        let mut tallies = vec![Tally::new(seed.clone()), Tally::new(seed.clone())];
        for (number, (text, row, kind)) in strings.iter().enumerate() {
            let tally = &mut tallies[number / 7 % 2];
            let key = tally.set().pack(text.as_bytes());
            tally.add(key, text.as_bytes(), Seen::once(*row, *kind));
            if spill_at == Some(number) {
                tallies[0].spill(&Memory::default()).unwrap();
            }
        }
        let mut counts = BTreeMap::new();
        let mut counted = Counted::new(seed);
        for part in parts(tallies) {
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
                let kind = if state >> 59 & 3 == 0 { Kind::Number } else { Kind::Bare };
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
