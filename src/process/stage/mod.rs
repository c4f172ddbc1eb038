//! Stages: what `process` does to records, one file and one row in [`STAGES`] each.
//!
//! A stage is made from one flag of the command line (and the flags that belong to it). It says which columns it needs
//! and leaves, so that the plan is checked before anything is read and only needed columns are decoded, and it
//! becomes one of three kinds of [`Operation`]: on the rows of each batch in any order, on all batches in order, or
//! gathering everything before anything comes out.

mod agg;
mod arrange;
mod best;
mod cast;
mod count;
mod derive;
mod describe;
mod diff;
mod digits;
mod distinct;
mod drop;
mod explode;
mod extract;
mod few;
mod fill;
mod fill_down;
mod filter;
mod flatten;
mod freq;
mod further;
mod group_by;
mod grouping;
mod join;
mod keys;
mod limit;
pub(crate) mod names;
mod numbering;
mod order;
mod parse;
mod parsing;
mod pivot;
mod promising;
mod quota;
pub(crate) mod remarks;
mod rename;
mod repeat;
mod runs;
mod sample;
mod select;
mod skip;
mod sort;
mod store;
pub(crate) mod table;
mod tail;
#[cfg(test)]
pub(crate) mod testing;
mod top;
mod unflatten;
mod union;
mod unpivot;
mod validate;
mod window;

use std::any::Any;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::sync::{Arc, Mutex, PoisonError};

use crate::core::data::batch::{Batch, RowFailure};
use crate::core::error::{Code, Error, Problem, Result};
use crate::core::exec::cancel::Cancel;
use crate::core::exec::memory::Memory;
use crate::core::exec::ordered::Flow;
use crate::core::format::Scratch;
use crate::core::registry::Row;
use crate::process::expr::FILE;
use crate::process::stage::remarks::Remarks;

/// Every stage, in the order of the help.
pub(crate) static STAGES: &[Row<StageKind>] = &[
    // Records.
    filter::ROW,
    sort::ROW,
    top::ROW,
    limit::ROW,
    skip::ROW,
    tail::ROW,
    sample::ROW,
    distinct::ROW,
    // Columns.
    select::ROW,
    drop::ROW,
    rename::ROW,
    derive::ROW,
    cast::ROW,
    fill::ROW,
    fill_down::ROW,
    window::ROW,
    // Shape.
    parse::ROW,
    extract::ROW,
    flatten::ROW,
    unflatten::ROW,
    explode::ROW,
    pivot::ROW,
    unpivot::ROW,
    // Summaries.
    group_by::ROW,
    agg::ROW,
    count::ROW,
    freq::ROW,
    describe::ROW,
    // Other files and rules.
    join::ROW,
    union::ROW,
    diff::ROW,
    validate::ROW,
];

pub(crate) use join::KINDS as JOIN_KINDS;
pub(crate) use window::functions as window_functions;

/// What stages are for: the tasks in the order of [`STAGES`], each with the first of its stages.
const TASKS: [(&str, &str); 5] = [
    ("Stages that choose and order records", "where"),
    ("Stages that choose and compute columns", "select"),
    ("Stages that change the shape of records", "parse"),
    ("Stages that sum up", "group-by"),
    ("Stages with another file, or with rules", "join"),
];

/// What a stage is for.
pub(crate) fn task(name: &str) -> &'static str {
    let mut task = "";
    for row in STAGES {
        task = TASKS.iter().find(|(_, first)| *first == row.name).map_or(task, |(title, _)| title);
        if row.name == name {
            break;
        }
    }
    task
}

/// What a join appends to the name of a column of the second input where the first has one of that name.
pub(crate) const RIGHT: &str = "_right";

/// How a kind of stage is written and made. The row's name is its long flag, its aliases are hidden long flags.
#[derive(Debug)]
pub(crate) struct StageKind {
    /// The one-letter flag.
    pub(crate) short: Option<char>,
    /// How help shows the value; none for a flag without one.
    pub(crate) value: Option<&'static str>,
    /// Long flags that belong to this stage where they directly follow it (`agg` after `group-by`).
    pub(crate) attach: &'static [&'static str],
    /// Makes the stage.
    pub(crate) build: fn(&Written, &Setup) -> Result<Box<dyn Stage>>,
}

/// A stage as written on the command line.
#[derive(Debug, Clone, Default)]
pub(crate) struct Written {
    /// The long flag.
    pub(crate) flag: String,
    /// Its value; empty for a flag without one.
    pub(crate) value: String,
    /// The attached flags with their values.
    pub(crate) attached: Vec<(String, String)>,
    /// Its value as it came, where it names a file and is no text; `value` shows it.
    pub(crate) odd: Option<OsString>,
}

impl Written {
    /// The file that its value names.
    pub(crate) fn path(&self) -> OsString {
        self.odd.clone().unwrap_or_else(|| self.value.clone().into())
    }
}

/// What stages need to know about the run.
#[derive(Debug, Clone, Default)]
pub(crate) struct Setup {
    /// What expressions see of the outside.
    pub(crate) env: Arc<crate::process::expr::Env>,
    /// Stops the run; for relays.
    pub(crate) cancel: Cancel,
    /// Number of threads.
    pub(crate) threads: usize,
    /// The memory that stages may hold.
    pub(crate) memory: Memory,
}

/// A planned stage.
pub(crate) trait Stage: Send + Sync {
    /// One line for `--explain`.
    fn explain(&self) -> String;

    /// Checks the columns it names against those before it, and says which columns there are after it.
    fn columns(&self, before: &Columns) -> Result<Columns>;

    /// Which columns it must be given so that those in `after` can be had.
    fn needs(&self, after: Needs) -> Needs;

    /// What it does.
    fn operation(&self) -> Result<Operation>;

    /// The same, where only this will be needed of its records.
    fn operation_for(&self, _after: &Needs) -> Result<Operation> {
        self.operation()
    }

    /// Whether the file that a record came from is still known behind it: it does not put records together anew.
    fn keeps_file(&self) -> bool {
        false
    }

    /// Its second input, for stages that have one.
    fn second(&self) -> Option<&dyn Second> {
        None
    }
}

/// The second input of a stage: `--join FILE`, `--union FILE`. Any readable format, told by its name or content; what the
/// command line says of the main inputs (`--from`, `--header`) does not concern it.
pub(crate) trait Second: Send + Sync {
    /// The files, globs, directories or `-`, as written.
    fn paths(&self) -> &[OsString];

    /// Told its columns, before [`Stage::columns`] is asked.
    fn meet(&self, columns: &Columns) -> Result<()>;

    /// Which of its columns must be read so that those in `after` can be had behind the stage.
    fn needs(&self, after: &Needs) -> Needs;

    /// What takes all of it in before the stage sees its first record; none where its records follow those of the main
    /// input.
    fn gather(&self) -> Option<Box<dyn Gather>>;
}

/// The columns at a place in the plan.
#[derive(Debug, Clone, Default)]
pub(crate) struct Columns {
    /// The known columns, in order.
    pub(crate) names: Vec<Arc<str>>,
    /// Whether records may have others (JSON before anything was read).
    pub(crate) open: bool,
    /// Columns that a stage took away, with the stage as written, for errors.
    pub(crate) removed: Vec<(Arc<str>, String)>,
    /// The stage from which on the files of records are not known, for errors.
    pub(crate) unfiled: Option<String>,
    /// What stages asked for that only reading can tell (where `open`); shared by all places of the plan.
    pub(crate) asked: Arc<Mutex<BTreeSet<String>>>,
}

/// Why there are no columns where no stage took any away.
const NO_INPUT: &str = "the input is empty, so it has no columns";

impl Columns {
    /// Checks that a column (or the path `a.b[0].c` into one) may exist.
    pub(crate) fn check(&self, path: &str) -> Result<()> {
        if path == FILE {
            return self.check_file();
        }
        let known = |name: &str| self.names.iter().any(|column| &**column == name);
        let root = path.split(['.', '[']).next().unwrap_or(path);
        if known(path) || known(root) {
            return Ok(());
        }
        if let Some(number) = names::position(path) {
            if self.open || number <= self.names.len() {
                return Ok(());
            }
            let problem = Problem::new(Code::UnknownColumn, format!("there is no column number {number}"));
            let hint = if self.names.is_empty() && self.removed.is_empty() {
                NO_INPUT.to_string()
            } else {
                format!("there are {}", self.names.len())
            };
            return Err(problem.hint(hint).into());
        }
        let removed = |name: &str| self.removed.iter().find(|(column, _)| &**column == name);
        if let Some((_, stage)) = removed(path).or_else(|| removed(root)) {
            return Err(Problem::new(Code::Plan, format!("column '{path}' is gone after '{stage}'"))
                .hint("move that stage behind this one")
                .into());
        }
        if self.open {
            self.asked.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_string());
            return Ok(());
        }
        let problem = Problem::new(Code::UnknownColumn, format!("unknown column '{path}'"));
        let none = if self.removed.is_empty() { NO_INPUT } else { "no column is left" };
        Err(problem.hint(names::suggestion(path, &self.names, none)).into())
    }
}

impl Columns {
    /// Checks that the files of records are known.
    fn check_file(&self) -> Result<()> {
        let Some(stage) = &self.unfiled else { return Ok(()) };
        let message = format!("the file of a record is not known from '{stage}' on");
        let problem = Problem::new(Code::Plan, message);
        Err(problem
            .hint("keep it in a column before that stage: --derive 'path = file()', or --source-col path")
            .into())
    }
}

/// Which columns are needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Needs {
    /// All of them.
    All,
    /// Only these names or paths.
    Only(BTreeSet<String>),
    /// All of them, but untouched: an encoder that can copy raw records needs only these decoded.
    Raw(BTreeSet<String>),
}

impl Needs {
    /// The same and these too.
    #[must_use]
    pub(crate) fn and(self, more: impl IntoIterator<Item = String>) -> Self {
        match self {
            Self::All => Self::All,
            Self::Only(mut names) => {
                names.extend(more);
                Self::Only(names)
            }
            Self::Raw(mut names) => {
                names.extend(more);
                Self::Raw(names)
            }
        }
    }

    /// Only these.
    pub(crate) fn only(names: impl IntoIterator<Item = String>) -> Self {
        Self::Only(names.into_iter().collect())
    }

    /// The needs of a stage that changes columns: raw records are of no use then.
    #[must_use]
    pub(crate) fn decoded(self) -> Self {
        match self {
            Self::Raw(_) => Self::All,
            other => other,
        }
    }
}

/// What a stage does when it runs.
pub(crate) enum Operation {
    /// Changes each batch by itself, on any thread.
    Rows(Box<dyn Rows>),
    /// Takes everything in before anything comes out.
    Gather(Box<dyn Gather>),
    /// Changes each batch by itself, and puts records of its own behind the last. Its chunks are made only after all
    /// batches have been changed; their number must not depend on that.
    Append(Box<dyn Rows>, Arc<dyn Table>),
    /// The records of the second input follow.
    Union,
}

/// What an operation is handed besides the batch.
pub(crate) struct Scope<'a> {
    /// Number of the batch in this part of the plan: 0, 1, 2, … without gaps.
    pub(crate) seq: u64,
    /// Buffers of the thread.
    pub(crate) scratch: &'a mut Scratch,
    /// Set to `Stop` where no later batch can matter.
    pub(crate) flow: Flow,
    /// What ends the run behind the records that are left of the batch.
    pub(crate) failure: Option<Error>,
    /// What is to be told of records of the batch.
    pub(crate) remarks: Remarks,
    /// Tells where the records of the batch are, where they are those of an input.
    pub(crate) places: Option<&'a dyn Locate>,
}

/// Tells where records are.
pub(crate) trait Locate {
    /// The name of the input and the line (from 1) of a record of a batch.
    fn locate(&self, batch: &Batch, row: usize) -> Option<(String, u64)>;
}

impl<'a> Scope<'a> {
    /// The scope of a batch.
    pub(crate) fn new(seq: u64, scratch: &'a mut Scratch) -> Self {
        Self { seq, scratch, flow: Flow::Continue, failure: None, remarks: Remarks::default(), places: None }
    }

    /// Ends the run at a record: those before it are still good.
    pub(crate) fn fail(&mut self, batch: &mut Batch, failure: RowFailure) {
        self.failure = Some(match failure.error {
            Error::Problem(problem) if problem.path.is_none() => self.located(*problem, batch, failure.row).into(),
            error => error,
        });
        batch.truncate(failure.row);
        self.remarks.end_at(failure.row);
    }

    /// A problem with the place of the record that it is about, or with its number where there is none.
    pub(crate) fn located(&self, problem: Problem, batch: &Batch, row: usize) -> Problem {
        if let Some((name, line)) = self.places.and_then(|places| places.locate(batch, row)) {
            return problem.at_path(name).at_line(line);
        }
        let message = format!("record {}: {}", batch.id(row) + 1, problem.message);
        Problem { message, ..problem }
    }
}

/// An operation on each batch by itself. It sees every batch of its part of the plan exactly once, empty ones too, so
/// it may hold a relay.
pub(crate) trait Rows: Send + Sync {
    /// Changes the batch.
    fn apply(&self, batch: &mut Batch, scope: &mut Scope<'_>) -> Result<()>;

    /// Whether it may hold records back.
    fn may_hold_back(&self) -> bool {
        false
    }

    /// What it held back until it had seen every batch: records that go on behind it, after all others. Asked for
    /// once.
    fn rest(&self) -> Result<Option<Box<dyn Table>>> {
        Ok(None)
    }

    /// What to tell the user after the last batch (values that were not numbers).
    fn notes(&self) -> Vec<Problem> {
        Vec::new()
    }
}

/// An operation that takes everything in first: one gatherer per thread, put together once.
pub(crate) trait Gather: Send + Sync {
    /// The state of a new thread.
    fn gatherer(&self) -> Result<Box<dyn Gatherer>>;

    /// Puts the threads' states together. The result does not depend on which thread saw which batch.
    fn finish(&self, gathered: Vec<Box<dyn Gatherer>>) -> Result<Box<dyn Table>>;

    /// What to tell the user afterwards.
    fn notes(&self) -> Vec<Problem> {
        Vec::new()
    }
}

/// What one thread has taken in.
pub(crate) trait Gatherer: Send {
    /// Takes a batch; its buffers go back to the scratch where they are not kept. Rows are ordered by
    /// `batch.first_row` and index.
    fn take(&mut self, batch: Batch, scope: &mut Scope<'_>) -> Result<()>;

    /// The gatherer itself, for `finish`.
    fn into_any(self: Box<Self>) -> Box<dyn Any>;
}

/// Records held by mytools: the result of a gathering stage, read in chunks by the next part of the plan.
pub(crate) trait Table: Send + Sync {
    /// Number of chunks. Where only reading tells it is more than there are, until the last chunk was made.
    fn chunks(&self) -> usize;

    /// Makes a chunk; each is asked for once, by any thread, and claimed in order. `first_row` is set. Behind the last
    /// one chunks are empty.
    fn chunk(&self, index: usize, scratch: &mut Scratch) -> Result<Batch>;

    /// The same, where making it gives something to tell of its records.
    fn chunk_with(&self, index: usize, scratch: &mut Scratch, _: &mut Remarks) -> Result<Batch> {
        self.chunk(index, scratch)
    }

    /// Makes all chunks, for whoever needs them at once. The number is asked for again before each, because it may only
    /// become known on the way.
    fn all(&self, scratch: &mut Scratch) -> Result<Vec<Batch>> {
        let mut all = Vec::new();
        while all.len() < self.chunks() {
            all.push(self.chunk(all.len(), scratch)?);
        }
        Ok(all)
    }
}
