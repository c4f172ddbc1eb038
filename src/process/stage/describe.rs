//! `--describe`: one record per column: its type, how many values, and what they are like.
//!
//! Each thread counts the values of each column. What memory does not hold goes to disk. Columns come out in the order in
//! which they first appear, whichever thread saw them.

use std::any::Any;
use std::sync::{Arc, OnceLock};

use hashbrown::HashMap;
use rayon::prelude::*;

use crate::core::data::batch::Batch;
use crate::core::data::value::Value;
use crate::core::error::Result;
use crate::core::exec::memory::{Memory, Share};
use crate::core::integer::narrow;
use crate::core::registry::{Example, Row};
use crate::process::aggregate::described::{MEASURES, describe, take};
use crate::process::aggregate::key_set::Seed;
use crate::process::aggregate::multiset::Multiset;
use crate::process::stage::table::MemoryTable;
use crate::process::stage::{
    Columns, Gather, Gatherer, Needs, Operation, Scope, Setup, Stage, StageKind, Table, Written,
};

pub(super) const ROW: Row<StageKind> = Row {
    name: "describe",
    aliases: &["stats", "summarize"],
    usage: "--describe",
    summary: "One record per column: type, nulls, range, mean, quartiles, top values",
    examples: &[
        Example { input: "mytools process --describe -t", output: "a table with a line per column" },
        Example {
            input: "mytools process -c 'ms,host' --describe",
            output: "two records: column, type, count, nulls, distinct, min, max, mean, stddev, p25, p50, p75, top",
        },
    ],
    item: StageKind { short: None, value: None, attach: &[], build },
};

#[expect(clippy::unnecessary_wraps, reason = "the table's type")]
fn build(_: &Written, setup: &Setup) -> Result<Box<dyn Stage>> {
    Ok(Box::new(Describe { known: OnceLock::new(), setup: setup.clone() }))
}

/// The columns of the result.
fn names() -> impl Iterator<Item = &'static str> {
    ["column"].into_iter().chain(MEASURES)
}

struct Describe {
    /// All columns, where they are known before reading.
    known: OnceLock<Vec<Arc<str>>>,
    setup: Setup,
}

impl Stage for Describe {
    fn explain(&self) -> String {
        "describe each column".to_string()
    }

    fn columns(&self, before: &Columns) -> Result<Columns> {
        if !before.open {
            let _ = self.known.set(before.names.clone());
        }
        let gone = before.names.iter().map(|name| (Arc::clone(name), "--describe".to_string()));
        let kept = |(name, _): &(Arc<str>, String)| !names().any(|other| other == &**name);
        let removed = before.removed.iter().cloned().chain(gone).filter(kept).collect();
        let names = names().map(Arc::from).collect();
        Ok(Columns { names, removed, asked: Arc::clone(&before.asked), ..Columns::default() })
    }

    fn needs(&self, _: Needs) -> Needs {
        Needs::All
    }

    fn operation(&self) -> Result<Operation> {
        let known = self.known.get().cloned().unwrap_or_default();
        let Setup { memory, threads, .. } = &self.setup;
        let (memory, threads) = (memory.clone(), (*threads).max(1));
        Ok(Operation::Gather(Box::new(Describing { known, memory, threads, seed: Seed::default() })))
    }
}

struct Describing {
    known: Vec<Arc<str>>,
    memory: Memory,
    threads: usize,
    seed: Seed,
}

/// Where a column appears first: the record's number and the place in it.
type Place = (u64, usize);

/// What one thread has taken in.
struct Described {
    /// The number of each column.
    numbers: HashMap<Arc<str>, usize>,
    /// By number: the column, and where it is first.
    columns: Vec<(Arc<str>, Place)>,
    /// By number: the values.
    multisets: Vec<Multiset>,
    records: u64,
    memory: Memory,
    share: Share,
    seed: Seed,
    /// The selected rows of the batch.
    rows: Vec<u32>,
}

impl Gather for Describing {
    fn gatherer(&self) -> Result<Box<dyn Gatherer>> {
        let memory = self.memory.clone();
        let mut described = Described {
            numbers: HashMap::new(),
            columns: Vec::new(),
            multisets: Vec::new(),
            records: 0,
            share: memory.share(self.threads),
            memory,
            seed: self.seed.clone(),
            rows: Vec::new(),
        };
        // Known columns come in the order of the plan, before all others, and also where there are no records.
        for (place, name) in self.known.iter().enumerate() {
            described.number(name, (0, place));
        }
        Ok(Box::new(described))
    }

    fn finish(&self, gathered: Vec<Box<dyn Gatherer>>) -> Result<Box<dyn Table>> {
        let gathered = gathered.into_iter().filter_map(|one| one.into_any().downcast::<Described>().ok());
        let mut parts: Vec<Described> = gathered.map(|part| *part).collect();
        let records = parts.iter().map(|part| part.records).sum();
        let mut first: HashMap<Arc<str>, Place> =
            self.known.iter().enumerate().map(|(place, name)| (Arc::clone(name), (0, place))).collect();
        for (name, place) in parts.iter().flat_map(|part| &part.columns) {
            first.entry(Arc::clone(name)).and_modify(|old| *old = (*old).min(*place)).or_insert(*place);
        }
        let mut columns: Vec<(Place, Arc<str>)> = first.into_iter().map(|(name, place)| (place, name)).collect();
        columns.sort_unstable();
        let mut multisets: HashMap<Arc<str>, Vec<Multiset>> = HashMap::new();
        for part in &mut parts {
            for ((name, _), multiset) in part.columns.drain(..).zip(part.multisets.drain(..)) {
                multisets.entry(name).or_default().push(multiset);
            }
        }
        let columns: Vec<(Arc<str>, Vec<Multiset>)> = columns
            .into_iter()
            .map(|(_, name)| (Arc::clone(&name), multisets.remove(&name).unwrap_or_default()))
            .collect();
        let record = |(name, multisets): (Arc<str>, Vec<Multiset>)| -> Result<Vec<Value<'static>>> {
            let mut record = vec![Value::Text(name.as_bytes().to_vec().into())];
            record.extend(describe(multisets, records, &self.seed, &self.memory)?);
            Ok(record)
        };
        // A column of many values is divided among the threads; one of few is a thread's own.
        let (many, few): (Vec<_>, Vec<_>) =
            columns.into_iter().enumerate().partition(|(_, (_, multisets))| multisets.iter().any(Multiset::is_divided));
        let few = few.into_par_iter().map(|(at, column)| Ok((at, record(column)?)));
        let mut described = few.collect::<Result<Vec<_>>>()?;
        for (at, column) in many {
            described.push((at, record(column)?));
        }
        described.sort_unstable_by_key(|(at, _)| *at);
        let mut table = MemoryTable::new(names().map(Arc::from).collect());
        for (_, record) in described {
            table.push(record);
        }
        Ok(Box::new(table))
    }
}

impl Described {
    /// The number of a column that is at this place.
    fn number(&mut self, name: &Arc<str>, place: Place) -> usize {
        if let Some(number) = self.numbers.get(name) {
            if let Some((_, first)) = self.columns.get_mut(*number) {
                *first = (*first).min(place);
            }
            return *number;
        }
        let number = self.columns.len();
        self.numbers.insert(Arc::clone(name), number);
        self.columns.push((Arc::clone(name), place));
        self.multisets.push(Multiset::new(self.seed.clone()));
        number
    }
}

/// Where each column of a batch appears first; none where no selected record has it.
fn places(batch: &Batch, rows: &[u32]) -> Vec<Option<Place>> {
    let mut places = vec![None; batch.columns.len()];
    let Some(shapes) = &batch.shapes else {
        let first = rows.iter().map(|row| batch.id(*row as usize)).min();
        return (0..places.len()).map(|at| first.map(|first| (first, at))).collect();
    };
    // Of each shape, the first record decides.
    let mut firsts: Vec<Option<u64>> = vec![None; shapes.orders.len()];
    for row in rows {
        let shape = shapes.of_row.get(*row as usize).and_then(|shape| firsts.get_mut(*shape as usize));
        if let Some(first) = shape {
            let id = batch.id(*row as usize);
            *first = Some(first.map_or(id, |first| first.min(id)));
        }
    }
    for (order, first) in shapes.orders.iter().zip(firsts) {
        let Some(first) = first else { continue };
        for (at, column) in order.iter().enumerate() {
            if let Some(place) = places.get_mut(*column as usize) {
                *place = Some(place.map_or((first, at), |old: Place| old.min((first, at))));
            }
        }
    }
    places
}

impl Gatherer for Described {
    fn take(&mut self, batch: Batch, scope: &mut Scope<'_>) -> Result<()> {
        self.rows.clear();
        self.rows.extend(batch.rows().map(narrow));
        self.records += self.rows.len() as u64;
        let places = places(&batch, &self.rows);
        for (column, place) in batch.columns.iter().zip(places) {
            let Some(place) = place else { continue };
            let number = self.number(&column.name, place);
            if let Some(multiset) = self.multisets.get_mut(number) {
                take(multiset, &batch, &self.rows, &column.values);
            }
        }
        scope.scratch.recycle(batch);
        let held = |multisets: &[Multiset]| multisets.iter().map(Multiset::memory).sum::<usize>();
        self.share.hold(held(&self.multisets));
        if self.share.is_full() {
            // What a column always needs, once it is on disk, is not worth it for little.
            let most = self.memory.limit() / 4 / self.multisets.len().max(1);
            let mut large = self.multisets.iter_mut().filter(|multiset| multiset.memory() > most);
            large.try_for_each(|multiset| multiset.spill(&self.memory))?;
            self.share.hold(held(&self.multisets));
        }
        Ok(())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
