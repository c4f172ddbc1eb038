//! Puts kept records in the order of sort keys.
//!
//! Pairs of digit and record are sorted as integers; runs of equal digits get their next digit, and are sorted again.

use rayon::prelude::*;

use crate::core::data::compare::SortOrder;
use crate::core::data::value::Value;
use crate::core::integer::{high, low};
use crate::process::stage::digits::{Doubles, Place, digit, next};
use crate::process::stage::keys::found_value;
use crate::process::stage::order::Key;
use crate::process::stage::sort::Kept;
use crate::process::stage::store::Pick;

/// Whether all threads may take part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Using {
    /// All of the pool that this is called on.
    AllThreads,
    /// Only the one that calls.
    ThisThread,
}

/// A digit and the record it is of, as batch and row in one number that orders as the input does.
type Entry = (u64, u64);

/// The records in order; their digits are taken.
pub(crate) fn picks(kept: &mut [Kept], keys: &[Key], doubles: Doubles, using: Using) -> Vec<Pick> {
    let total = kept.iter().map(|kept| kept.digits.len()).sum();
    let mut entries: Vec<Entry> = Vec::with_capacity(total);
    for (number, kept) in kept.iter_mut().enumerate() {
        let digits = std::mem::take(&mut kept.digits);
        entries.extend(kept.batch.rows().zip(digits).map(|(row, digit)| (digit, (number as u64) << 32 | row as u64)));
    }
    let records = Records { kept, keys, using };
    let level = Level { key: 0, place: Place::First, doubles };
    let pick = |(_, record): &Entry| (high(*record), low(*record));
    if using == Using::ThisThread {
        sort_short(&mut entries, level, &records);
        return entries.iter().map(pick).collect();
    }
    sort(&mut entries, level, &records);
    entries.par_iter().map(pick).collect()
}

/// Which digit is being sorted by.
#[derive(Debug, Clone, Copy)]
struct Level {
    key: usize,
    place: Place,
    /// Whether equal digits of this level are equal numbers.
    doubles: Doubles,
}

struct Records<'a> {
    kept: &'a [Kept],
    keys: &'a [Key],
    using: Using,
}

/// Runs longer than this are worth more than one thread.
const LONG_RUN: usize = 1 << 16;

/// Sorts entries that hold the digits of `level`, and runs of equal ones by what follows.
fn sort(entries: &mut [Entry], level: Level, records: &Records<'_>) {
    let mut work = vec![(entries, level)];
    while let Some((entries, level)) = work.pop() {
        if entries.len() > LONG_RUN {
            entries.par_sort_unstable();
        } else {
            entries.sort_unstable();
        }
        let mut short = Vec::new();
        for run in entries.chunk_by_mut(|a, b| a.0 == b.0).filter(|run| run.len() > 1) {
            let Some(level) = records.after(run, level) else { continue };
            if run.len() > LONG_RUN {
                let level = records.fill(run, level);
                work.push((run, level));
            } else {
                short.push((run, level));
            }
        }
        short.into_par_iter().for_each(|(run, level)| {
            let level = records.fill(run, level);
            sort_short(run, level, records);
        });
    }
}

/// The same on one thread. A stack stands for recursion, which long equal texts would drive deep.
fn sort_short(entries: &mut [Entry], level: Level, records: &Records<'_>) {
    let mut work = vec![(entries, level)];
    while let Some((entries, level)) = work.pop() {
        entries.sort_unstable();
        for run in entries.chunk_by_mut(|a, b| a.0 == b.0).filter(|run| run.len() > 1) {
            if let Some(level) = records.after(run, level) {
                let level = records.fill(run, level);
                work.push((run, level));
            }
        }
    }
}

impl Records<'_> {
    /// What decides within a run of equal digits.
    fn after(&self, run: &[Entry], level: Level) -> Option<Level> {
        let key = self.keys.get(level.key)?;
        let digit = run.first()?.0;
        match next(key.order, digit, level.place, level.doubles) {
            Some(place) => Some(Level { place, ..level }),
            None => (level.key + 1 < self.keys.len()).then_some(Level {
                key: level.key + 1,
                place: Place::First,
                doubles: Doubles::Exact,
            }),
        }
    }

    /// Replaces the digits of a run by those of a level; gives the level with what was noted about them.
    fn fill(&self, run: &mut [Entry], level: Level) -> Level {
        let Some(key) = self.keys.get(level.key) else { return level };
        if level.place == Place::Exact {
            self.rank(run, level, key.order);
            return level;
        }
        let fill = |entry: &mut Entry| {
            if let Some((digit, doubles)) = self.made(entry.1, level) {
                entry.0 = digit;
                return doubles;
            }
            let mut doubles = Doubles::Exact;
            entry.0 = digit(key.order, &self.value(entry.1, level.key), level.place, &mut doubles);
            doubles
        };
        let doubles = if run.len() > LONG_RUN && self.using == Using::AllThreads {
            run.par_iter_mut().map(fill).reduce(|| Doubles::Exact, Doubles::max)
        } else {
            run.iter_mut().map(fill).max().unwrap_or(Doubles::Exact)
        };
        Level { doubles, ..level }
    }

    /// Numbers that doubles do not tell apart: compared, their ranks take the place of digits.
    fn rank(&self, run: &mut [Entry], level: Level, order: SortOrder) {
        let mut ranked: Vec<(Value<'_>, u64)> =
            run.iter().map(|entry| (self.value(entry.1, level.key), entry.1)).collect();
        ranked.sort_by(|a, b| order.compare(&a.0, &b.0).then(a.1.cmp(&b.1)));
        let mut rank = 1;
        let mut before: Option<&Value<'_>> = None;
        for (entry, (value, record)) in run.iter_mut().zip(&ranked) {
            if before.is_some_and(|before| order.compare(before, value).is_ne()) {
                rank += 1;
            }
            *entry = (rank, *record);
            before = Some(value);
        }
    }

    /// The digit of a record that was made before.
    #[inline]
    fn made(&self, record: u64, level: Level) -> Option<(u64, Doubles)> {
        let further = &self.kept.get(high(record) as usize)?.further;
        let made = further.iter().find(|made| made.key == level.key && made.place == level.place)?;
        made.digit(low(record) as usize)
    }

    fn value(&self, record: u64, key: usize) -> Value<'_> {
        let Some(kept) = self.kept.get(high(record) as usize) else { return Value::Missing };
        kept.found.get(key).map_or(Value::Missing, |found| found_value(found, &kept.batch, low(record) as usize))
    }
}
