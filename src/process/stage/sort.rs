//! `--sort`: all records in the order of some keys; equal ones stay in input order.
//!
//! Threads keep their batches and make the first digit of the first key of each record (`digits`). Then pairs of digit
//! and record are sorted as integers; runs of equal digits get their next digit, and are sorted again. Records are only
//! copied when the result is read.

use std::any::Any;
use std::sync::Arc;

use rayon::prelude::*;

use crate::core::data::batch::{Batch, Selection, Values};
use crate::core::data::compare::SortOrder;
use crate::core::data::value::Value;
use crate::core::error::{Code, Problem, Result};
use crate::core::registry::{Example, Row};
use crate::process::stage::digits::{Doubles, Place, digit, next};
use crate::process::stage::keys::found_value;
use crate::process::stage::names::Found;
use crate::process::stage::order::{Key, OrderBy};
use crate::process::stage::store::{Pick, Store, extract};
use crate::process::stage::{
    Columns, Gather, Gatherer, Needs, Operation, Scope, Setup, Stage, StageKind, Table, Written,
};

/// The row of the table.
pub(crate) const ROW: Row<StageKind> = Row {
    name: "sort",
    aliases: &["order-by"],
    usage: "-s/--sort 'KEY[:desc][:num|:text|:natural][:nulls-first], …'",
    summary: "Sort by columns; numbers by value, then text by bytes, nulls last, ties in input order",
    examples: &[Example { input: "mytools process -s 'ms:desc, host'", output: "slowest first, ties by host" }],
    item: StageKind { short: Some('s'), value: Some("KEYS"), attach: &[], build },
};

fn build(written: &Written, setup: &Setup) -> Result<Box<dyn Stage>> {
    let by = OrderBy::new(&written.value, SortOrder::default(), &setup.env)?;
    Ok(Box::new(Sort { text: written.value.clone(), by, threads: setup.threads }))
}

struct Sort {
    text: String,
    by: OrderBy,
    threads: usize,
}

impl Stage for Sort {
    fn explain(&self) -> String {
        format!("sort by {}", self.text)
    }

    fn columns(&self, before: &Columns) -> Result<Columns> {
        self.by.check(before)?;
        Ok(before.clone())
    }

    fn needs(&self, after: Needs) -> Needs {
        after.and(self.by.keys().into_iter().map(|key| key.name.text))
    }

    fn operation(&self) -> Result<Operation> {
        Ok(Operation::Gather(Box::new(Sorting { keys: self.by.keys().into(), threads: self.threads })))
    }
}

struct Sorting {
    keys: Arc<[Key]>,
    threads: usize,
}

impl Gather for Sorting {
    fn gatherer(&self) -> Result<Box<dyn Gatherer>> {
        Ok(Box::new(Sorted { keys: Arc::clone(&self.keys), kept: Vec::new(), doubles: Doubles::Exact }))
    }

    fn finish(&self, gathered: Vec<Box<dyn Gatherer>>) -> Result<Box<dyn Table>> {
        let mut kept = Vec::new();
        let mut doubles = Doubles::Exact;
        for gatherer in gathered {
            if let Ok(sorted) = gatherer.into_any().downcast::<Sorted>() {
                if sorted.doubles == Doubles::Rounded {
                    doubles = Doubles::Rounded;
                }
                kept.extend(sorted.kept);
            }
        }
        kept.sort_by_key(|kept| kept.batch.first_row);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(self.threads.max(1)).build();
        let pool = pool.map_err(|error| Problem::new(Code::Limit, format!("cannot start threads: {error}")))?;
        let picks = pool.install(|| picks(&mut kept, &self.keys, doubles));
        Ok(Box::new(Store::new(kept.into_iter().map(|kept| kept.batch).collect(), picks)))
    }
}

/// What one thread has taken in.
struct Sorted {
    keys: Arc<[Key]>,
    kept: Vec<Kept>,
    doubles: Doubles,
}

/// A batch, where its keys are, and the first digit of each selected record.
struct Kept {
    batch: Batch,
    found: Vec<Found>,
    digits: Vec<u64>,
}

impl Gatherer for Sorted {
    fn take(&mut self, mut batch: Batch, scope: &mut Scope<'_>) -> Result<()> {
        if batch.selected() == 0 {
            scope.scratch.recycle(batch);
            return Ok(());
        }
        // A few records do not hold on to their whole block.
        if let Selection::Rows(rows) = &batch.selection
            && rows.len() < batch.rows / 2
        {
            let few = extract(&batch, rows, scope.scratch);
            scope.scratch.recycle(std::mem::replace(&mut batch, few));
        }
        let found = self.keys.iter().map(|key| key.name.find(&mut batch)).collect::<Vec<_>>();
        let mut digits = Vec::with_capacity(batch.selected());
        if let (Some(key), Some(found)) = (self.keys.first(), found.first()) {
            let doubles = &mut self.doubles;
            digits.extend(
                batch.rows().map(|row| digit(key.order, &found_value(found, &batch, row), Place::First, doubles)),
            );
        }
        shrink(&mut batch);
        self.kept.push(Kept { batch, found, digits });
        Ok(())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

/// Gives back what buffers have to spare: kept batches are many.
fn shrink(batch: &mut Batch) {
    if let Some(raw) = &mut batch.raw {
        raw.spans.shrink_to_fit();
    }
    for column in &mut batch.columns {
        match &mut column.values {
            Values::Cells(cells) => cells.shrink_to_fit(),
            Values::Numbers(numbers) => numbers.shrink_to_fit(),
        }
    }
}

/// A digit and the record it is of, as batch and row in one number that orders as the input does.
type Entry = (u64, u64);

/// The records in order.
fn picks(kept: &mut [Kept], keys: &[Key], doubles: Doubles) -> Vec<Pick> {
    let total = kept.iter().map(|kept| kept.digits.len()).sum();
    let mut entries: Vec<Entry> = Vec::with_capacity(total);
    for (number, kept) in kept.iter_mut().enumerate() {
        let digits = std::mem::take(&mut kept.digits);
        entries.extend(kept.batch.rows().zip(digits).map(|(row, digit)| (digit, (number as u64) << 32 | row as u64)));
    }
    let records = Records { kept, keys };
    sort(&mut entries, Level { key: 0, place: Place::First, doubles }, &records);
    entries.par_iter().map(|(_, record)| ((record >> 32) as u32, *record as u32)).collect()
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
            let mut doubles = Doubles::Exact;
            entry.0 = digit(key.order, &self.value(entry.1, level.key), level.place, &mut doubles);
            doubles
        };
        let doubles = if run.len() > LONG_RUN {
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

    fn value(&self, record: u64, key: usize) -> Value<'_> {
        let Some(kept) = self.kept.get((record >> 32) as usize) else { return Value::Missing };
        kept.found.get(key).map_or(Value::Missing, |found| found_value(found, &kept.batch, record as u32 as usize))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::core::data::batch::Batch;
    use crate::core::data::compare::SortOrder;
    use crate::core::data::testing::{csv, json, lines};
    use crate::core::data::value::Value;
    use crate::process::stage::testing::{apply, columns, on_batches, stage};

    /// Random records of two key columns and their number: few different values, long common beginnings, all kinds.
    fn records(seed: u64, count: usize) -> Vec<[String; 3]> {
        let mut state = seed;
        let mut random = move |below: u64| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state % below
        };
        let mut cell = move || match random(9) {
            0 => String::new(),
            1 => random(5).to_string(),
            2 => format!("-{}.{:02}", random(3), random(100)),
            3 => format!("0.1000000000000000000{}", random(4)),
            4 => format!("2026-03-01T12:00:{:02}", random(60)),
            5 => format!("a common beginning that is long {}", "x".repeat(random(20) as usize)),
            6 => format!("file{}", random(200)),
            7 => format!("{}e{}", random(9), random(30)),
            _ => ((b'a' + random(4) as u8) as char).to_string(),
        };
        (0..count).map(|number| [cell(), cell(), number.to_string()]).collect()
    }

    fn batches(records: &[[String; 3]], size: usize) -> Vec<Batch> {
        let part = |(at, part): (usize, &[[String; 3]])| {
            let body: String = part.iter().map(|record| record.join(",") + "\n").collect();
            csv(&format!("k,l,n\n{body}"), (at * size) as u64)
        };
        records.chunks(size).enumerate().map(part).collect()
    }

    #[test]
    fn sorts_as_a_plain_stable_sort_does_at_any_split() {
        let records = records(0x9E37_79B9_7F4A_7C15, 3000);
        let value =
            |text: &'static str| if text.is_empty() { Value::Null } else { Value::Bare(text.as_bytes().into()) };
        for spec in ["k", "k:desc,l", "k:text,l:desc:nulls-first", "k:natural:desc", "k:num,l:natural:nulls-first"] {
            let keys: Vec<SortOrder> = {
                let sort =
                    super::OrderBy::new(spec, SortOrder::default(), &crate::process::expr::Env::default()).unwrap();
                sort.keys().iter().map(|key| key.order).collect()
            };
            let leaked: &'static [[String; 3]] = records.clone().leak();
            let mut plain: Vec<&[String; 3]> = leaked.iter().collect();
            plain.sort_by(|a, b| {
                let orders = keys.iter().enumerate().map(|(at, order)| order.compare(&value(&a[at]), &value(&b[at])));
                orders.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
            });
            let expected: Vec<String> = plain.iter().map(|[k, l, n]| format!("k={k} l={l} n={n}")).collect();
            for size in [1, 7, 256, 5000] {
                assert_eq!(on_batches("sort", spec, batches(&records, size)), expected, "{spec} {size}");
            }
        }
    }

    #[test]
    fn keeps_only_the_selected_records() {
        let sort = stage("sort", "n:desc").unwrap();
        sort.columns(&columns(&["n"])).unwrap();
        let mut batch = csv("n\n1\n2\n3\n4\n5\n6\n7\n8\n", 0);
        batch.selection = crate::core::data::batch::Selection::Rows(vec![1, 3, 6]);
        let sorted = apply(&*sort, vec![batch]);
        assert_eq!(sorted.iter().flat_map(lines).collect::<Vec<_>>(), ["n=7", "n=4", "n=2"]);
        assert_eq!(sorted[0].block.bytes, b"7\n4\n2\n");
    }

    #[test]
    fn sorts_by_paths_and_missing_fields() {
        let batch = json(&[&[("u", "{\"a\":2}")], &[("v", "1")], &[("u", "{\"a\":1}"), ("v", "2")]], 0);
        assert_eq!(on_batches("sort", "u.a", vec![batch]), ["u={\"a\":1} v=2", "u={\"a\":2}", "v=1"]);
    }
}
