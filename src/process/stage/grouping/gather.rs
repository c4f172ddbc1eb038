//! Takes batches in, one state per thread, and puts the threads together once.

use std::any::Any;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rayon::prelude::*;

use super::result::GroupedTable;
use super::{Grouping, StatePlan};
use crate::core::data::batch::{Batch, Values};
use crate::core::error::{Code, Problem, Result};
use crate::process::aggregate::group_table::GroupTable;
use crate::process::aggregate::key_set::Seed;
use crate::process::aggregate::{Accumulator, Intake, Skipped};
use crate::process::expr::{Program, Tally};
use crate::process::stage::{Gather, Gatherer, Scope, Table};

/// Groups below this number are merged by one thread.
const FEW_GROUPS: usize = 4096;

/// The gathering operation of a grouping.
pub(in crate::process::stage) struct GroupGather {
    grouping: Arc<Grouping>,
    seed: Seed,
    /// What to tell the user: skipped values, and the counts of expressions over groups, which run when the
    /// result is read.
    told: Arc<Mutex<Told>>,
}

/// What to tell the user at the end.
#[derive(Default)]
pub(super) struct Told {
    problems: Vec<Problem>,
    /// For each output, what its expression counted.
    pub(super) outputs: Vec<Tally>,
}

/// The groups and states of one thread, or of one partition of all groups.
pub(super) struct Groups {
    pub(super) table: GroupTable,
    pub(super) states: Vec<Box<dyn Accumulator>>,
}

/// One thread's state.
struct GroupGatherer {
    grouping: Arc<Grouping>,
    groups: Groups,
    rows: Vec<u32>,
    of: Vec<u32>,
    /// For each key and argument, what its expression counted.
    tallies: Vec<Tally>,
}

impl GroupGather {
    /// The operation.
    pub(in crate::process::stage) fn new(grouping: Arc<Grouping>) -> Self {
        let outputs = grouping.outputs.iter().map(|_| Tally::default()).collect();
        let told = Arc::new(Mutex::new(Told { problems: Vec::new(), outputs }));
        Self { grouping, seed: Seed::default(), told }
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts the groups of all threads together: by one thread where they are few, else by hash, one partition per
    /// thread.
    fn combine(&self, mut parts: Vec<Groups>) -> Vec<Groups> {
        if parts.len() > 1 {
            let total: usize = parts.iter().map(|part| part.table.len()).sum();
            let partitions = if total < FEW_GROUPS { 1 } else { self.grouping.threads as u64 };
            parts = (0..partitions).into_par_iter().map(|index| self.partition(&parts, index, partitions)).collect();
        }
        parts.par_iter_mut().for_each(|part| {
            for (state, plan) in part.states.iter_mut().zip(&self.grouping.states) {
                state.settle(&plan.asked);
            }
        });
        parts
    }

    /// All groups whose hash falls into one of `of` partitions.
    fn partition(&self, parts: &[Groups], index: u64, of: u64) -> Groups {
        let mut merged = Groups::new(&self.grouping, &self.seed);
        for part in parts {
            let mut into = Vec::new();
            if self.grouping.keys.is_empty() {
                into.push(0);
            } else {
                // The hash table uses the lowest and the seven highest bits.
                merged.table.merge(&part.table, |hash| (((hash >> 24) & 0xFFFF_FFFF) * of) >> 32 == index, &mut into);
            }
            let count = if self.grouping.keys.is_empty() { 1 } else { merged.table.len() };
            for (state, theirs) in merged.states.iter_mut().zip(&part.states) {
                state.grow(count);
                state.merge(&**theirs, &into);
            }
        }
        merged
    }

    /// What each aggregate left out, on all threads.
    fn skipped(&self, parts: &[Groups]) -> Vec<Skipped> {
        let of_state = |index: usize| {
            let mut skipped = Skipped::default();
            for state in parts.iter().filter_map(|part| part.states.get(index)) {
                skipped.merge(&state.skipped());
            }
            skipped
        };
        (0..self.grouping.states.len()).map(of_state).collect()
    }

    /// Notes about values that were left out, or an error under `--strict`.
    fn report(&self, skipped: &[Skipped], groups: &[Groups], tallies: &[Tally]) -> Result<()> {
        let mut problems = Vec::new();
        for ((index, plan), skipped) in self.grouping.states.iter().enumerate().zip(skipped) {
            problems.extend(rounded(plan, skipped.rounded));
            if let Some(call) = &plan.sum {
                let exceeded = groups.iter().filter_map(|part| part.states.get(index)).map(|state| state.exceeded());
                problems.extend(exceeds(call, exceeded.sum()));
            }
            let Some((_, text)) = &skipped.first else { continue };
            let message = match skipped.count {
                1 => format!("{}: '{text}' is not a number and was left out", plan.call),
                count => format!("{}: {count} values are not numbers and were left out, first '{text}'", plan.call),
            };
            if self.grouping.strict {
                return Err(Problem::new(Code::Value, message).into());
            }
            problems.push(Problem::note(message));
        }
        for (program, tally) in self.grouping.programs().zip(tallies) {
            if let Some(failure) = program.failure(tally) {
                return Err(failure.error);
            }
            problems.extend(program.notes(tally));
        }
        self.told().problems = problems;
        Ok(())
    }
}

/// The note about numbers that were taken with fewer digits.
fn rounded(plan: &StatePlan, count: u64) -> Option<Problem> {
    match count {
        0 => None,
        1 => Some(Problem::note(format!("{}: 1 value exceeds 128 bits and was taken as a 64-bit float", plan.call))),
        count => Some(Problem::note(format!(
            "{}: {count} values exceed 128 bits and were taken as 64-bit floats",
            plan.call
        ))),
    }
}

/// The note about sums that have fewer digits than they should.
fn exceeds(call: &str, count: u64) -> Option<Problem> {
    match count {
        0 => None,
        1 => Some(Problem::note(format!("{call}: 1 result exceeds 128 bits and is a 64-bit float"))),
        count => Some(Problem::note(format!("{call}: {count} results exceed 128 bits and are 64-bit floats"))),
    }
}

impl Groups {
    fn new(grouping: &Grouping, seed: &Seed) -> Self {
        let build = |plan: &StatePlan| {
            let mut state = (plan.state.build)();
            state.prepare(&plan.asked);
            state
        };
        let mut states: Vec<_> = grouping.states.iter().map(build).collect();
        if grouping.keys.is_empty() {
            for state in &mut states {
                state.grow(1);
            }
        }
        Self { table: GroupTable::new(grouping.keys.len(), seed.clone()), states }
    }
}

impl Gather for GroupGather {
    fn gatherer(&self) -> Result<Box<dyn Gatherer>> {
        Ok(Box::new(GroupGatherer {
            groups: Groups::new(&self.grouping, &self.seed),
            rows: Vec::new(),
            of: Vec::new(),
            tallies: self.grouping.programs().map(|_| Tally::default()).collect(),
            grouping: Arc::clone(&self.grouping),
        }))
    }

    fn finish(&self, gathered: Vec<Box<dyn Gatherer>>) -> Result<Box<dyn Table>> {
        let mut parts = Vec::new();
        let mut tallies: Vec<Tally> = self.grouping.programs().map(|_| Tally::default()).collect();
        for gatherer in gathered {
            let Ok(gatherer) = gatherer.into_any().downcast::<GroupGatherer>() else { continue };
            parts.push(gatherer.groups);
            for (tally, more) in tallies.iter_mut().zip(gatherer.tallies) {
                tally.merge(more);
            }
        }
        if parts.is_empty() {
            parts.push(Groups::new(&self.grouping, &self.seed));
        }
        // Counted before the parts are put together: partitions see each part once each.
        let skipped = self.skipped(&parts);
        let groups = self.combine(parts);
        self.report(&skipped, &groups, &tallies)?;
        Ok(Box::new(GroupedTable::new(Arc::clone(&self.grouping), groups, Arc::clone(&self.told))))
    }

    fn notes(&self) -> Vec<Problem> {
        let told = self.told();
        let outputs = self.grouping.outputs.iter().zip(&told.outputs);
        let later = outputs.filter_map(|(output, tally)| Some(output.rest.as_ref()?.notes(tally))).flatten();
        told.problems.iter().cloned().chain(later).collect()
    }
}

impl Gatherer for GroupGatherer {
    fn take(&mut self, mut batch: Batch, scope: &mut Scope<'_>) -> Result<()> {
        self.rows.clear();
        self.rows.extend(batch.rows().map(|row| row as u32));
        self.of.clear();
        if !self.rows.is_empty() {
            self.take_rows(&mut batch);
        }
        scope.scratch.recycle(batch);
        Ok(())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

/// Where the values of a key or argument are.
enum Source {
    Column(usize),
    Computed(Values),
}

impl GroupGatherer {
    fn take_rows(&mut self, batch: &mut Batch) {
        let grouping = Arc::clone(&self.grouping);
        let mut sources = Vec::with_capacity(self.tallies.len());
        for (program, tally) in grouping.programs().zip(&mut self.tallies) {
            sources.push(source(program, batch, tally));
        }
        let batch = &*batch;
        let inputs: Vec<&Values> = sources.iter().filter_map(|source| source.values(batch)).collect();
        let (keys, arguments) = inputs.split_at(grouping.keys.len().min(inputs.len()));
        let Groups { table, states } = &mut self.groups;
        if keys.is_empty() {
            self.of.resize(self.rows.len(), 0);
        } else {
            table.assign(batch, &self.rows, keys, &mut self.of);
        }
        let count = if keys.is_empty() { 1 } else { table.len() };
        for (state, plan) in states.iter_mut().zip(&grouping.states) {
            let values = |argument: Option<usize>| argument.and_then(|argument| arguments.get(argument)).copied();
            let (input, second) = (values(plan.argument), values(plan.second));
            state.grow(count);
            state.update(&Intake { batch, rows: &self.rows, groups: &self.of, input, second });
        }
    }
}

/// The values of an expression in a batch: the column itself where it is nothing else.
fn source(program: &Program, batch: &mut Batch, tally: &mut Tally) -> Source {
    match program.column(batch) {
        Some(column) => Source::Column(column),
        None => Source::Computed(program.values(batch, tally)),
    }
}

impl Source {
    fn values<'a>(&'a self, batch: &'a Batch) -> Option<&'a Values> {
        match self {
            Self::Column(column) => batch.columns.get(*column).map(|column| &column.values),
            Self::Computed(values) => Some(values),
        }
    }
}
