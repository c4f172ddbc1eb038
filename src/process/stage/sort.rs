//! `--sort`: all records in the order of some keys; equal ones stay in input order.
//!
//! Threads keep their batches and make the first digit of the first key of each record (`digits`). Then records are put
//! in order by their digits (`arrange`), and only copied when the result is read. A thread that holds too much puts that
//! in order and writes it out as a run (`runs`); then the result is the merge of all runs.

use std::any::Any;
use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

use crate::core::data::batch::{Batch, Selection, Values};
use crate::core::data::compare::SortOrder;
use crate::core::error::Result;
use crate::core::exec::cancel::Cancel;
use crate::core::exec::memory::{Memory, Share};
use crate::core::format::Scratch;
use crate::core::registry::{Example, Row};
use crate::process::stage::arrange::{Using, picks};
use crate::process::stage::digits::{Doubles, Place, digit};
use crate::process::stage::further::{Further, further};
use crate::process::stage::keys::found_value;
use crate::process::stage::names::Found;
use crate::process::stage::order::{Key, OrderBy};
use crate::process::stage::runs::{Merged, Order, Run, Size, Writing};
use crate::process::stage::store::{Store, extract};
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
    Ok(Box::new(Sort { text: written.value.clone(), by, setup: setup.clone() }))
}

struct Sort {
    text: String,
    by: OrderBy,
    setup: Setup,
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
        self.operation_for(&Needs::All)
    }

    fn operation_for(&self, after: &Needs) -> Result<Operation> {
        let keys = self.by.keys().into();
        let Setup { memory, cancel, threads, .. } = &self.setup;
        let (memory, cancel) = (memory.clone(), cancel.clone());
        // Columns of raw records are those that were asked for, by just that name.
        let kept = if let Needs::Raw(names) = after { Some(names.clone()) } else { None };
        Ok(Operation::Gather(Box::new(Sorting { keys, kept, threads: *threads, memory, cancel })))
    }
}

struct Sorting {
    keys: Arc<[Key]>,
    /// The columns that will be looked at of records that are copied as they stand.
    kept: Option<BTreeSet<String>>,
    threads: usize,
    memory: Memory,
    cancel: Cancel,
}

impl Gather for Sorting {
    fn gatherer(&self) -> Result<Box<dyn Gatherer>> {
        Ok(Box::new(Sorted {
            keys: Arc::clone(&self.keys),
            kept: Vec::new(),
            doubles: Doubles::Exact,
            share: self.memory.share(self.threads),
            memory: self.memory.clone(),
            runs: Vec::new(),
        }))
    }

    fn finish(&self, gathered: Vec<Box<dyn Gatherer>>) -> Result<Box<dyn Table>> {
        let sorted = gathered.into_iter().filter_map(|gatherer| gatherer.into_any().downcast::<Sorted>().ok());
        let mut sorted: Vec<Box<Sorted>> = sorted.collect();
        let doubles = sorted.iter().map(|sorted| sorted.doubles).max().unwrap_or(Doubles::Exact);
        if sorted.iter().any(|sorted| !sorted.runs.is_empty()) {
            let runs = sorted.into_par_iter().map(|mut sorted| {
                sorted.flush(&mut Scratch::default())?;
                Ok(sorted.runs)
            });
            let runs = runs.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect();
            let order = Order { keys: Arc::clone(&self.keys), doubles };
            return Ok(Box::new(Merged::new(runs, order, &self.memory, &self.cancel)?));
        }
        let mut share = self.memory.share(1);
        share.hold(sorted.iter().map(|sorted| sorted.share.held()).sum());
        let mut kept: Vec<Kept> = sorted.iter_mut().flat_map(|sorted| std::mem::take(&mut sorted.kept)).collect();
        drop(sorted);
        kept.sort_by_key(|kept| kept.batch.first_row);
        let picks = picks(&mut kept, &self.keys, doubles, Using::AllThreads);
        let store = Store::new(kept.into_iter().map(|kept| kept.batch).collect(), picks).holding(share);
        Ok(Box::new(match &self.kept {
            Some(columns) => store.keeping(columns),
            None => store,
        }))
    }
}

/// What one thread has taken in.
struct Sorted {
    keys: Arc<[Key]>,
    kept: Vec<Kept>,
    doubles: Doubles,
    share: Share,
    memory: Memory,
    /// What was too much to be kept.
    runs: Vec<Run>,
}

/// A batch, where its keys are, and the first digit of each selected record.
pub(crate) struct Kept {
    /// The batch.
    pub(crate) batch: Batch,
    /// Where each key is in it.
    pub(crate) found: Vec<Found>,
    /// The first digit of the first key of each selected record.
    pub(crate) digits: Vec<u64>,
    /// Other digits, as far as they were made.
    pub(crate) further: Vec<Further>,
}

/// Bytes for each record while records are put in order: their digits twice, their numbers twice.
const PER_RECORD: usize = 32;

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
        let digits = digits(&batch, self.keys.first(), found.first(), &mut self.doubles);
        let further = further(&batch, &self.keys, &found, &digits);
        shrink(&mut batch);
        let ahead: usize = further.iter().map(Further::memory).sum();
        self.share.hold(self.share.held() + batch.memory() + batch.selected() * PER_RECORD + ahead);
        self.kept.push(Kept { batch, found, digits, further });
        if self.share.is_full() {
            self.flush(scope.scratch)?;
        }
        Ok(())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

impl Sorted {
    /// Writes what is kept as a run.
    fn flush(&mut self, scratch: &mut Scratch) -> Result<()> {
        if self.kept.is_empty() {
            return Ok(());
        }
        let mut kept = std::mem::take(&mut self.kept);
        kept.sort_by_key(|kept| kept.batch.first_row);
        let picks = picks(&mut kept, &self.keys, self.doubles, Using::ThisThread);
        let mut writing = Writing::new(&self.memory.spill()?);
        let batches = kept.into_iter().map(|kept| kept.batch).collect();
        let store = Store::with_chunks(batches, picks, Size::new(&self.memory).chunk);
        for index in 0..store.chunks() {
            let mut batch = store.chunk(index, scratch)?;
            batch.ids = Some(store.ids(index));
            let found = self.keys.first().map(|key| key.name.find(&mut batch));
            let marks = digits(&batch, self.keys.first(), found.as_ref(), &mut self.doubles);
            writing.push(&marks, &batch)?;
            scratch.recycle(batch);
        }
        self.runs.push(writing.finish()?);
        self.share.hold(0);
        Ok(())
    }
}

/// The first digits of the first key of the selected records.
fn digits(batch: &Batch, key: Option<&Key>, found: Option<&Found>, doubles: &mut Doubles) -> Vec<u64> {
    let (Some(key), Some(found)) = (key, found) else { return vec![0; batch.selected()] };
    batch.rows().map(|row| digit(key.order, &found_value(found, batch, row), Place::First, doubles)).collect()
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
