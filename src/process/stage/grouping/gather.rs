//! Takes batches in, one state per thread, and puts the threads together once.

use std::any::Any;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rayon::prelude::*;

use super::partitioned::{may_part, put};
use super::result::GroupedTable;
use super::{Grouping, StatePlan};
use crate::core::data::batch::{Batch, Selection, Values};
use crate::core::error::{Code, Problem, Result};
use crate::core::exec::cancel::Cancel;
use crate::core::exec::memory::{Memory, Share};
use crate::core::exec::partitions::Partitions;
use crate::core::format::Scratch;
use crate::core::integer::{high, narrow};
use crate::process::aggregate::group_table::GroupTable;
use crate::process::aggregate::key_set::Seed;
use crate::process::aggregate::smalls::Smalls;
use crate::process::aggregate::{Accumulator, Intake, Skipped};
use crate::process::expr::{Program, Tally};
use crate::process::stage::remarks::Told;
use crate::process::stage::{Gather, Gatherer, Scope, Setup, Table};

/// Groups below this number are merged by one thread, and stay in memory whatever it holds.
const FEW_GROUPS: usize = 4096;

/// Rows that all states take before the next: what is read of them stays in the nearest caches.
const TILE: usize = 4096;

/// The gathering operation of a grouping.
pub(in crate::process::stage) struct GroupGather {
    pub(super) grouping: Arc<Grouping>,
    seed: Seed,
    /// What to tell the user of the values that came in.
    problems: Mutex<Vec<Problem>>,
    /// What the expressions over groups counted, which run when the result is read.
    pub(super) told: Told<Vec<Tally>>,
    threads: usize,
    pub(super) memory: Memory,
    pub(super) cancel: Cancel,
}

/// The groups and states of one thread, or of one partition of all groups.
pub(super) struct Groups {
    pub(super) table: GroupTable,
    pub(super) states: Vec<Box<dyn Accumulator>>,
}

/// One thread's state.
pub(super) struct GroupGatherer {
    grouping: Arc<Grouping>,
    pub(super) groups: Groups,
    share: Share,
    memory: Memory,
    threads: usize,
    /// How often its rows were partitioned before.
    level: u32,
    /// Where rows go once there are too many groups.
    pub(super) partitions: Option<Partitions>,
    /// Counts from 0 up: the rows of a batch that is whole.
    counted: Vec<u32>,
    of: Vec<u32>,
    /// For each argument, its short numbers where a state reads them.
    smalls: Vec<Smalls>,
    /// For each key and argument, what its expression counted.
    tallies: Vec<Tally>,
}

impl GroupGather {
    /// The operation.
    pub(in crate::process::stage) fn new(grouping: Arc<Grouping>, setup: &Setup) -> Self {
        let Setup { memory, cancel, threads, .. } = setup;
        let (memory, cancel, threads) = (memory.clone(), cancel.clone(), (*threads).max(1));
        let (problems, told) = (Mutex::default(), Told::default());
        Self { grouping, seed: Seed::default(), problems, told, threads, memory, cancel }
    }

    /// The state of a thread, or of a partition of rows that were partitioned `level` times.
    pub(super) fn thread(&self, level: u32) -> GroupGatherer {
        GroupGatherer {
            groups: Groups::new(&self.grouping, &self.seed),
            share: self.memory.share(self.threads),
            memory: self.memory.clone(),
            threads: if level == 0 { self.threads } else { 2 * self.threads },
            level,
            partitions: None,
            counted: Vec::new(),
            of: Vec::new(),
            smalls: self.grouping.arguments.iter().map(|_| Smalls::default()).collect(),
            tallies: self.grouping.programs().map(|_| Tally::default()).collect(),
            grouping: Arc::clone(&self.grouping),
        }
    }

    fn problems(&self) -> MutexGuard<'_, Vec<Problem>> {
        self.problems.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts the groups of all threads together and settles them.
    fn combine(&self, mut parts: Vec<Groups>) -> Result<Vec<Groups>> {
        if parts.len() > 1 {
            parts = self.merge(parts);
        }
        parts.par_iter_mut().map(|part| part.settle(&self.grouping)).collect::<Result<()>>()?;
        Ok(parts)
    }

    /// Merges the groups of all threads: by one thread where they are few, else by hash, one partition per thread. The
    /// tables, then each state, are freed once all partitions have taken what is theirs, so that there are never two of
    /// everything.
    fn merge(&self, parts: Vec<Groups>) -> Vec<Groups> {
        let total: usize = parts.iter().map(|part| part.table.len()).sum();
        let of = if total < FEW_GROUPS { 1 } else { narrow(self.threads) };
        let all: Vec<&Groups> = parts.iter().collect();
        // The hash table uses the lowest bits.
        let owner = |hash: u64| high(((hash >> 24) & 0xFFFF_FFFF) * u64::from(of));
        let owners_of = |part: &&Groups| -> Vec<u32> {
            (0..part.table.len()).map(|group| if of == 1 { 0 } else { owner(part.table.hash(group)) }).collect()
        };
        let owners: Vec<Vec<u32>> = all.par_iter().map(owners_of).collect();
        let owned_by = |index: u32| {
            let takes = |part: usize, group: usize| owners.get(part).and_then(|all| all.get(group)) == Some(&index);
            let count = |owners: &Vec<u32>| owners.iter().filter(|owner| **owner == index).count();
            // Where keys are few for their rows each part has nearly all of them.
            self.merge_tables(&all, takes, owners.iter().map(count).max().unwrap_or(0))
        };
        let mut merged: Vec<(Groups, Vec<Vec<u32>>)> = (0..of).into_par_iter().map(owned_by).collect();
        drop(owners);
        let mut rest: Vec<_> = parts.into_iter().map(|part| part.states.into_iter()).collect();
        for state in 0..self.grouping.states.len() {
            let theirs: Vec<Box<dyn Accumulator>> = rest.iter_mut().filter_map(Iterator::next).collect();
            let theirs: Vec<&dyn Accumulator> = theirs.iter().map(|theirs| &**theirs).collect();
            merged.par_iter_mut().for_each(|(groups, into)| groups.merge_state(state, &theirs, into));
        }
        merged.into_iter().map(|(groups, _)| groups).collect()
    }

    /// All groups that `takes` accepts by the number of their part and theirs in it; there will be so many or more.
    pub(super) fn put_together(
        &self,
        parts: &[&Groups],
        takes: impl Fn(usize, usize) -> bool,
        expected: usize,
    ) -> Groups {
        let (mut merged, into) = self.merge_tables(parts, takes, expected);
        for state in 0..self.grouping.states.len() {
            let theirs: Vec<&dyn Accumulator> =
                parts.iter().filter_map(|part| part.states.get(state)).map(|theirs| &**theirs).collect();
            merged.merge_state(state, &theirs, &into);
        }
        merged
    }

    /// The same groups without their states, and for each of the parts the group here of each of its groups.
    fn merge_tables(
        &self,
        parts: &[&Groups],
        takes: impl Fn(usize, usize) -> bool,
        expected: usize,
    ) -> (Groups, Vec<Vec<u32>>) {
        let mut merged = Groups::new(&self.grouping, &self.seed);
        merged.table.reserve(expected);
        let mut merge = |(number, part): (usize, &&Groups)| {
            let mut into = Vec::new();
            if self.grouping.keys.is_empty() {
                into.push(0);
            } else {
                merged.table.merge(&part.table, |group| takes(number, group), &mut into);
            }
            into
        };
        let into = parts.iter().enumerate().map(&mut merge).collect();
        (merged, into)
    }

    /// What each aggregate left out, on all threads.
    fn skipped<'a>(&self, parts: &(impl Iterator<Item = &'a Groups> + Clone)) -> Vec<Skipped> {
        let of_state = |index: usize| {
            let mut skipped = Skipped::default();
            for state in parts.clone().filter_map(|part| part.states.get(index)) {
                skipped.merge(&state.skipped());
            }
            skipped
        };
        (0..self.grouping.states.len()).map(of_state).collect()
    }

    /// Notes about values that were left out, or an error under `--strict`.
    fn report(&self, skipped: &[Skipped], exceeded: &[u64], tallies: &[Tally]) -> Result<()> {
        let mut problems = Vec::new();
        for ((plan, exceeded), skipped) in self.grouping.states.iter().zip(exceeded).zip(skipped) {
            problems.extend(rounded(plan, skipped.rounded));
            if let Some(call) = &plan.sum {
                problems.extend(exceeds(call, *exceeded));
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
        *self.problems() = problems;
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

    /// Takes over one state of several parts, whose groups go into those here that `into` tells.
    fn merge_state(&mut self, index: usize, parts: &[&dyn Accumulator], into: &[Vec<u32>]) {
        let Some(state) = self.states.get_mut(index) else { return };
        // Without keys there is one group, and it is there already.
        if self.table.len() > 0 {
            state.grow(self.table.len());
        }
        for (theirs, into) in parts.iter().zip(into) {
            state.merge(*theirs, into);
        }
    }

    /// Makes the states ready to be read.
    pub(super) fn settle(&mut self, grouping: &Grouping) -> Result<()> {
        self.states.iter_mut().zip(&grouping.states).try_for_each(|(state, plan)| state.settle(&plan.asked))
    }

    /// About the bytes of memory they take.
    fn memory(&self) -> usize {
        self.table.memory() + self.states.iter().map(|state| state.memory()).sum::<usize>()
    }
}

impl Gather for GroupGather {
    fn gatherer(&self) -> Result<Box<dyn Gatherer>> {
        Ok(Box::new(self.thread(0)))
    }

    fn finish(&self, gathered: Vec<Box<dyn Gatherer>>) -> Result<Box<dyn Table>> {
        let gathered = gathered.into_iter().filter_map(|one| one.into_any().downcast::<GroupGatherer>().ok());
        let mut gathered: Vec<GroupGatherer> = gathered.map(|gatherer| *gatherer).collect();
        let mut tallies: Vec<Tally> = self.grouping.programs().map(|_| Tally::default()).collect();
        for gatherer in &mut gathered {
            for (tally, more) in tallies.iter_mut().zip(std::mem::take(&mut gatherer.tallies)) {
                tally.merge(more);
            }
        }
        // Counted before the parts are put together: partitions see each part once each.
        let mut skipped = self.skipped(&gathered.iter().map(|gatherer| &gatherer.groups));
        if gathered.iter().any(|gatherer| gatherer.partitions.is_some()) {
            let (table, left) = self.merged(gathered)?;
            skipped.iter_mut().zip(&left.skipped).for_each(|(all, more)| all.merge(more));
            self.report(&skipped, &left.exceeded, &tallies)?;
            return Ok(table);
        }
        let mut share = self.memory.share(1);
        share.hold(gathered.iter().map(|gatherer| gatherer.share.held()).sum());
        let mut parts: Vec<Groups> = gathered.into_iter().map(|gatherer| gatherer.groups).collect();
        if parts.is_empty() {
            parts.push(Groups::new(&self.grouping, &self.seed));
        }
        let groups = self.combine(parts)?;
        let exceeded = |index: usize| {
            groups.iter().filter_map(|part| part.states.get(index)).map(|state| state.exceeded()).sum::<u64>()
        };
        let exceeded: Vec<u64> = (0..self.grouping.states.len()).map(exceeded).collect();
        self.report(&skipped, &exceeded, &tallies)?;
        let table = GroupedTable::new(Arc::clone(&self.grouping), groups, self.told.clone());
        Ok(Box::new(table.holding(share)))
    }

    fn notes(&self) -> Vec<Problem> {
        let mut notes = self.problems().clone();
        self.told.look(|tallies| {
            let outputs = self.grouping.outputs.iter().zip(tallies);
            notes.extend(outputs.filter_map(|(output, tally)| Some(output.rest.as_ref()?.notes(tally))).flatten());
        });
        notes
    }
}

impl Gatherer for GroupGatherer {
    fn take(&mut self, mut batch: Batch, scope: &mut Scope<'_>) -> Result<()> {
        if !rows(&mut self.counted, &batch).is_empty() {
            self.take_rows(&mut batch, scope.scratch)?;
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
    fn take_rows(&mut self, batch: &mut Batch, scratch: &mut Scratch) -> Result<()> {
        let grouping = Arc::clone(&self.grouping);
        let mut sources = Vec::with_capacity(self.tallies.len());
        for (program, tally) in grouping.programs().zip(&mut self.tallies) {
            sources.push(source(program, batch, tally));
            tally.settle(usize::MAX);
        }
        let batch = &*batch;
        let inputs: Vec<&Values> = sources.iter().filter_map(|source| source.values(batch)).collect();
        self.take_inputs(batch, &inputs, scratch)
    }

    /// Takes keys and arguments that went to a partition.
    pub(super) fn take_saved(&mut self, batch: Batch, scratch: &mut Scratch) -> Result<()> {
        let inputs: Vec<&Values> = batch.columns.iter().map(|column| &column.values).collect();
        self.take_inputs(&batch, &inputs, scratch)?;
        scratch.recycle(batch);
        Ok(())
    }

    /// Takes the rows of a batch, whose keys and arguments these are.
    fn take_inputs(&mut self, batch: &Batch, inputs: &[&Values], scratch: &mut Scratch) -> Result<()> {
        let grouping = Arc::clone(&self.grouping);
        let width = grouping.keys.len().min(inputs.len());
        let rows = rows(&mut self.counted, batch);
        if let Some(partitions) = &mut self.partitions {
            return put(partitions, self.level, &mut self.groups, (batch, rows), (inputs, width), scratch);
        }
        let (keys, arguments) = inputs.split_at(width);
        self.of.clear();
        let Groups { table, states } = &mut self.groups;
        if keys.is_empty() {
            self.of.resize(rows.len(), 0);
        } else {
            table.assign(batch, rows, keys, &mut self.of);
        }
        let count = if keys.is_empty() { 1 } else { table.len() };
        for state in states.iter_mut() {
            state.grow(count);
        }
        let read_by = |argument: usize, states: &[Box<dyn Accumulator>]| {
            let mut readers = grouping.states.iter().zip(states).filter(|(plan, _)| plan.argument == Some(argument));
            readers.any(|(_, state)| state.reads_numbers())
        };
        for (rows, groups) in rows.chunks(TILE).zip(self.of.chunks(TILE)) {
            let read: Vec<Option<&Smalls>> = (0..)
                .zip(&mut self.smalls)
                .zip(arguments)
                .map(
                    |((argument, smalls), values)| {
                        if read_by(argument, states) { smalls.read(batch, rows, values) } else { None }
                    },
                )
                .collect();
            for (state, plan) in states.iter_mut().zip(&grouping.states) {
                let values = |argument: Option<usize>| argument.and_then(|argument| arguments.get(argument)).copied();
                let (input, second) = (values(plan.argument), values(plan.second));
                let smalls = plan.argument.and_then(|argument| read.get(argument).copied()).flatten();
                state.update(&Intake { batch, rows, groups, input, smalls, second });
            }
        }
        self.share.hold(self.groups.memory());
        if self.share.is_full() { self.make_room() } else { Ok(()) }
    }

    /// Sends all further rows to disk where there are many groups; where there are few, what their states can do without.
    fn make_room(&mut self) -> Result<()> {
        if self.groups.table.len() > self.few_groups() && may_part(self.level) {
            self.partitions = Some(Partitions::new(&self.memory, self.threads)?);
            return Ok(());
        }
        self.groups.states.iter_mut().try_for_each(|state| state.spill(&self.memory))?;
        self.share.hold(self.groups.memory());
        Ok(())
    }

    /// The number of groups up to which they stay in memory: fewer where that is small.
    fn few_groups(&self) -> usize {
        FEW_GROUPS.min(self.memory.limit() >> 12)
    }
}

/// The rows of a batch that remain; `counted` counts from 0 up as far as a batch needed it.
fn rows<'a>(counted: &'a mut Vec<u32>, batch: &'a Batch) -> &'a [u32] {
    match &batch.selection {
        Selection::Rows(rows) => rows,
        Selection::All => {
            counted.extend(narrow(counted.len())..narrow(batch.rows));
            counted.get(..batch.rows).unwrap_or_default()
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
