//! Grouping: keys, aggregates per group, and expressions over them. What `--group-by`, `--agg` and `--freq` have in
//! common.
//!
//! `bind` makes a [`Grouping`] from what was written; `gather` takes batches in on each thread and puts the threads
//! together, `partitioned` where memory does not hold the groups; `result` reads the groups out in chunks.

mod bind;
mod gather;
mod partitioned;
mod result;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::core::data::value::Value;
use crate::core::error::Result;
use crate::process::aggregate::{Accumulator, Parameters, State};
use crate::process::expr::{Parsed, Program, check_columns};
use crate::process::stage::{Columns, Needs};

pub(super) use bind::{Written, bind};
pub(super) use gather::GroupGather;

/// In which order groups come out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GroupOrder {
    /// By first appearance.
    Appearance,
    /// By falling value of the first aggregate, then by first appearance.
    Falling,
}

/// A bound grouping. All threads share it.
#[derive(Debug)]
pub(super) struct Grouping {
    /// The key columns; none makes one group of all rows.
    pub(super) keys: Vec<Key>,
    /// The distinct arguments of aggregates.
    arguments: Vec<Program>,
    /// What is read from records, keys and arguments as parsed, to check their columns.
    read: Vec<Parsed>,
    /// The distinct accumulators.
    states: Vec<StatePlan>,
    /// The aggregate columns.
    outputs: Vec<Output>,
    order: GroupOrder,
    /// Whether a value that is not a number is an error.
    strict: bool,
}

/// A key column.
#[derive(Debug)]
pub(super) struct Key {
    name: Arc<str>,
    program: Program,
}

/// One accumulator.
#[derive(Debug)]
struct StatePlan {
    state: State,
    /// Which of the arguments it takes.
    argument: Option<usize>,
    /// Which it takes beside that one.
    second: Option<usize>,
    /// The parameters of each aggregate that reads it.
    asked: Vec<Parameters>,
    /// The first call that reads a sum off it, as written, for notes about digits.
    pub(super) sum: Option<String>,
    /// The call that asked for it first, as written, for notes.
    call: String,
}

/// One aggregate column.
#[derive(Debug)]
struct Output {
    name: Arc<str>,
    /// The aggregates it is made of.
    calls: Vec<Reader>,
    /// The expression over them, where it is more than the one call.
    rest: Option<Program>,
}

/// Reads an aggregate's value from its accumulator.
#[derive(Debug, Clone, Copy)]
struct Reader {
    state: usize,
    asked: usize,
    read: for<'a> fn(&'a dyn Accumulator, usize, usize) -> Value<'a>,
}

impl Grouping {
    /// Names of the result's columns.
    fn names(&self) -> Vec<Arc<str>> {
        let keys = self.keys.iter().map(|key| &key.name);
        keys.chain(self.outputs.iter().map(|output| &output.name)).cloned().collect()
    }

    /// Every expression that is evaluated on rows.
    fn programs(&self) -> impl Iterator<Item = &Program> {
        self.keys.iter().map(|key| &key.program).chain(&self.arguments)
    }

    /// Checks the columns it reads, and says which come out. `written` is the stage for errors about columns that are
    /// gone behind it.
    pub(super) fn columns(&self, before: &Columns, written: &str) -> Result<Columns> {
        for parsed in &self.read {
            check_columns(parsed, |column| before.check(column))?;
        }
        let names = self.names();
        let gone = before.names.iter().map(|name| (Arc::clone(name), written.to_string()));
        let removed = before.removed.iter().cloned().chain(gone).filter(|(name, _)| !names.contains(name)).collect();
        Ok(Columns { names, open: false, removed, asked: Arc::clone(&before.asked), ..Columns::default() })
    }

    /// The columns it reads.
    pub(super) fn needs(&self) -> Needs {
        let mut columns = Vec::new();
        for program in self.programs() {
            match program.columns() {
                Some(names) => columns.extend(names.iter().cloned()),
                None => return Needs::All,
            }
        }
        Needs::only(columns)
    }
}
