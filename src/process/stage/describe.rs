//! `--describe`: one record per column: its type, how many values, and what they are like.
//!
//! Columns are groups: each aggregate has one accumulator per thread, and column number n of the thread is its group n.
//! What memory does not hold goes to disk by the accumulators' own means. Columns come out in the order in which they
//! first appear, whichever thread saw them.

use std::any::Any;
use std::sync::{Arc, OnceLock};

use hashbrown::HashMap;
use rayon::prelude::*;

use crate::core::data::batch::Batch;
use crate::core::data::number::Number;
use crate::core::data::value::Value;
use crate::core::error::{Code, Problem, Result};
use crate::core::exec::memory::{Memory, Share};
use crate::core::registry::{Example, Row};
use crate::process::aggregate::described::{DISTINCT, TOP, TYPE};
use crate::process::aggregate::{Accumulator, Aggregate, Intake, NO_GROUP, Parameters, State, resolve};
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

/// The columns that are read off accumulators: their names, and the aggregates where these have names.
const MEASURES: [(&str, Measure); 11] = [
    ("type", Measure::Own(&TYPE)),
    ("count", Measure::Named),
    ("distinct", Measure::Own(&DISTINCT)),
    ("min", Measure::Named),
    ("max", Measure::Named),
    ("mean", Measure::Named),
    ("stddev", Measure::Named),
    ("p25", Measure::Named),
    ("p50", Measure::Named),
    ("p75", Measure::Named),
    ("top", Measure::Own(&TOP)),
];

/// The columns of the result.
const NAMES: [&str; 13] =
    ["column", "type", "count", "nulls", "distinct", "min", "max", "mean", "stddev", "p25", "p50", "p75", "top"];

/// Those that only columns of numbers have.
const NUMERIC: [&str; 5] = ["mean", "stddev", "p25", "p50", "p75"];

/// Where an aggregate is from.
enum Measure {
    /// The table of aggregates, by its name.
    Named,
    /// Here alone.
    Own(&'static Aggregate),
}

fn build(_: &Written, setup: &Setup) -> Result<Box<dyn Stage>> {
    let plan = Arc::new(Plan::new()?);
    Ok(Box::new(Describe { plan, known: OnceLock::new(), setup: setup.clone() }))
}

/// The accumulators, and what is read off them.
struct Plan {
    states: Vec<(State, Vec<Parameters>)>,
    readers: Vec<Reader>,
}

/// Reads one column of the result.
struct Reader {
    name: &'static str,
    state: usize,
    asked: usize,
    read: fn(&dyn Accumulator, usize, usize) -> Value<'static>,
}

impl Plan {
    fn new() -> Result<Self> {
        let mut plan = Self { states: Vec::new(), readers: Vec::new() };
        for (name, measure) in MEASURES {
            let (aggregate, preset) = match measure {
                Measure::Own(aggregate) => (aggregate, aggregate.preset),
                Measure::Named => {
                    let named = resolve(name)
                        .ok_or_else(|| Problem::new(Code::Internal, format!("there is no aggregate '{name}'")))?;
                    (&named.row.item, named.preset)
                }
            };
            let same = |(state, _): &(State, _)| state.name == aggregate.state.name;
            let state = plan.states.iter().position(same).unwrap_or(plan.states.len());
            if state == plan.states.len() {
                plan.states.push((aggregate.state, Vec::new()));
            }
            let Some((_, asked)) = plan.states.get_mut(state) else { continue };
            asked.push(preset.into_iter().map(Value::Number).collect());
            let asked = asked.len() - 1;
            plan.readers.push(Reader { name, state, asked, read: aggregate.read });
        }
        Ok(plan)
    }

    /// Accumulators that have taken nothing in.
    fn states(&self) -> Vec<Box<dyn Accumulator>> {
        let build = |(state, asked): &(State, Vec<Parameters>)| {
            let mut state = (state.build)();
            state.prepare(asked);
            state
        };
        self.states.iter().map(build).collect()
    }

    /// The record of a column.
    fn record(&self, name: &str, group: usize, states: &[Box<dyn Accumulator>], records: u64) -> Vec<Value<'static>> {
        let value = |reader: &Reader| {
            states.get(reader.state).map_or(Value::Null, |state| (reader.read)(&**state, group, reader.asked))
        };
        let mut values = vec![Value::Text(name.as_bytes().to_vec().into())];
        let mut numeric = true;
        for reader in &self.readers {
            let value = value(reader);
            if reader.name == "type" {
                numeric = matches!(&*value.to_text(), b"int" | b"decimal" | b"float" | b"mixed");
            }
            let count = (reader.name == "count").then(|| value.to_number().and_then(Number::to_integer).unwrap_or(0));
            values.push(if numeric || !NUMERIC.contains(&reader.name) { value } else { Value::Null });
            if let Some(count) = count {
                values.push(Value::Number(Number::int(i128::from(records) - count)));
            }
        }
        values
    }
}

struct Describe {
    plan: Arc<Plan>,
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
        let kept = |(name, _): &(Arc<str>, String)| !NAMES.contains(&&**name);
        let removed = before.removed.iter().cloned().chain(gone).filter(kept).collect();
        let names = NAMES.into_iter().map(Arc::from).collect();
        Ok(Columns { names, removed, asked: Arc::clone(&before.asked), ..Columns::default() })
    }

    fn needs(&self, _: Needs) -> Needs {
        Needs::All
    }

    fn operation(&self) -> Result<Operation> {
        let known = self.known.get().cloned().unwrap_or_default();
        let Setup { memory, threads, .. } = &self.setup;
        let (plan, memory) = (Arc::clone(&self.plan), memory.clone());
        Ok(Operation::Gather(Box::new(Describing { plan, known, memory, threads: (*threads).max(1) })))
    }
}

struct Describing {
    plan: Arc<Plan>,
    known: Vec<Arc<str>>,
    memory: Memory,
    threads: usize,
}

/// Where a column appears first: the record's number and the place in it.
type Place = (u64, usize);

/// What one thread has taken in.
struct Described {
    /// The number of each column.
    numbers: HashMap<Arc<str>, usize>,
    /// By number: the column, and where it is first.
    columns: Vec<(Arc<str>, Place)>,
    states: Vec<Box<dyn Accumulator>>,
    records: u64,
    memory: Memory,
    share: Share,
    /// The selected rows of the batch, and for each of them the group of the column at hand.
    rows: Vec<u32>,
    groups: Vec<u32>,
}

impl Gather for Describing {
    fn gatherer(&self) -> Result<Box<dyn Gatherer>> {
        let memory = self.memory.clone();
        let mut described = Described {
            numbers: HashMap::new(),
            columns: Vec::new(),
            states: self.plan.states(),
            records: 0,
            share: memory.share(self.threads),
            memory,
            rows: Vec::new(),
            groups: Vec::new(),
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
        let numbers: HashMap<Arc<str>, u32> =
            (0..).zip(&columns).map(|(number, (_, name))| (Arc::clone(name), number)).collect();
        // Each thread puts its own columns together, so several do not wait for the one with the most values.
        let among = self.threads.min(columns.len()).max(1);
        let merge = |index: usize| {
            let mut states = self.plan.states();
            for part in &parts {
                let number = |(name, _): &(Arc<str>, Place)| {
                    numbers.get(name).copied().filter(|number| *number as usize % among == index).unwrap_or(NO_GROUP)
                };
                let into: Vec<u32> = part.columns.iter().map(number).collect();
                for (state, theirs) in states.iter_mut().zip(&part.states) {
                    state.grow(columns.len());
                    state.merge(&**theirs, &into);
                }
            }
            let settle = |(state, (_, asked)): (&mut Box<dyn Accumulator>, &(State, Vec<Parameters>))| {
                state.grow(columns.len());
                state.settle(asked)
            };
            states.iter_mut().zip(&self.plan.states).try_for_each(settle)?;
            Ok(states)
        };
        let states = (0..among).into_par_iter().map(merge).collect::<Result<Vec<_>>>()?;
        parts.clear();
        let mut table = MemoryTable::new(NAMES.into_iter().map(Arc::from).collect());
        for (number, (_, name)) in columns.iter().enumerate() {
            if let Some(states) = states.get(number % among) {
                table.push(self.plan.record(name, number, states, records));
            }
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
        self.rows.extend(batch.rows().map(|row| row as u32));
        self.records += self.rows.len() as u64;
        let places = places(&batch, &self.rows);
        for (column, place) in batch.columns.iter().zip(places) {
            let Some(place) = place else { continue };
            let number = self.number(&column.name, place);
            self.groups.clear();
            self.groups.resize(self.rows.len(), number as u32);
            for state in &mut self.states {
                state.grow(self.columns.len());
                let (rows, groups, input) = (self.rows.as_slice(), self.groups.as_slice(), Some(&column.values));
                state.update(&Intake { batch: &batch, rows, groups, input, second: None });
            }
        }
        scope.scratch.recycle(batch);
        let held = |states: &[Box<dyn Accumulator>]| states.iter().map(|state| state.memory()).sum();
        self.share.hold(held(&self.states));
        if self.share.is_full() {
            self.states.iter_mut().try_for_each(|state| state.spill(&self.memory))?;
            self.share.hold(held(&self.states));
        }
        Ok(())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
