//! Where records come from: opened inputs, or the table a stage gathered.
//!
//! A [`Feed`] hands out numbered claims to all threads and loads them into batches. What ends an input (a fault, a read
//! error) is known to all later blocks of that input through a relay, which also numbers the rows, so the same rows come
//! out at any thread count.

use std::collections::VecDeque;
use std::fmt::Write;
use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::core::data::batch::{Batch, Values};
use crate::core::data::cell::Kind;
use crate::core::error::{Code, Error, Problem, Result};
use crate::core::exec::cancel::Cancel;
use crate::core::exec::relay::Relay;
use crate::core::format::{Decoder, Projection, Scratch, StreamFault};
use crate::core::input::blocks::{Blocks, Claim, position};
use crate::core::terminal::progress::Bar;
use crate::process::prepared::{Prepared, stream_problem};
use crate::process::stage::Table;

/// Hands out work and loads it.
pub(crate) trait Feed: Sync {
    /// A piece of work.
    type Claim: Send;

    /// The next piece with its number, or none at the end.
    fn claim(&self, scratch: &mut Scratch) -> Result<Option<(u64, Self::Claim)>>;

    /// Makes a batch of it. Every number gives a batch, maybe an empty one.
    fn load(&self, seq: u64, claim: Self::Claim, scratch: &mut Scratch, problems: &mut Vec<Problem>) -> Result<Batch>;
}

/// The inputs of a run as a feed.
pub(crate) struct Inputs {
    cursor: Mutex<Cursored>,
    projection: Projection,
    verdicts: Relay<Verdict>,
    block_size: usize,
    cancel: Cancel,
    /// Columns that only reading can tell, and whether they were seen.
    wanted: Vec<(String, AtomicBool)>,
    rows: AtomicU64,
    progress: Option<Arc<Bar>>,
}

struct Cursored {
    waiting: VecDeque<Prepared>,
    current: Option<Arc<Current>>,
    index: u64,
    seq: u64,
}

struct Current {
    blocks: Blocks,
    decoder: Arc<dyn Decoder>,
    recount: Option<(File, u64)>,
}

/// What all earlier blocks add up to.
#[derive(Debug, Default)]
struct Verdict {
    rows: u64,
    /// The input of the last block, and the rows before it.
    input: Option<(u32, u64)>,
    /// The input whose records are at an end.
    failed: Option<u32>,
}

/// A block of an input, or what kept it from being read.
pub(crate) struct InputClaim {
    current: Arc<Current>,
    block: Result<Claim, Problem>,
}

impl Inputs {
    /// A feed of these inputs, in order.
    pub(crate) fn new(
        inputs: Vec<Prepared>,
        projection: Projection,
        wanted: impl IntoIterator<Item = String>,
        block_size: usize,
        cancel: &Cancel,
    ) -> Self {
        Self {
            cursor: Mutex::new(Cursored { waiting: inputs.into(), current: None, index: 0, seq: 0 }),
            projection,
            verdicts: Relay::new(Verdict::default(), cancel.clone()),
            block_size,
            cancel: cancel.clone(),
            wanted: wanted.into_iter().map(|name| (name, AtomicBool::new(false))).collect(),
            rows: AtomicU64::new(0),
            progress: None,
        }
    }

    /// The same, telling this bar what was read.
    #[must_use]
    pub(crate) fn shown_by(mut self, bar: Option<Arc<Bar>>) -> Self {
        if let (Some(bar), Ok(cursor)) = (&bar, self.cursor.get_mut()) {
            bar.meter().expect(cursor.waiting.iter().map(Prepared::len).sum::<Option<u64>>().unwrap_or(0));
        }
        self.progress = bar;
        self
    }

    /// Columns that the plan names and no record had, where there were records.
    pub(crate) fn never_seen(&self) -> Vec<&str> {
        if self.rows.load(Ordering::Relaxed) == 0 {
            return Vec::new();
        }
        self.wanted.iter().filter(|(_, seen)| !seen.load(Ordering::Relaxed)).map(|(name, _)| name.as_str()).collect()
    }

    fn watch(&self, batch: &Batch) {
        self.rows.fetch_add(batch.rows as u64, Ordering::Relaxed);
        for (name, seen) in &self.wanted {
            if seen.load(Ordering::Relaxed) {
                continue;
            }
            let root = name.split(['.', '[']).next().unwrap_or(name);
            if let Some(column) = batch.find(name).or_else(|| batch.find(root))
                && has_value(&batch.columns[column].values)
            {
                seen.store(true, Ordering::Relaxed);
            }
        }
    }
}

fn has_value(values: &Values) -> bool {
    match values {
        Values::Cells(cells) => cells.iter().any(|cell| cell.kind() != Kind::Missing),
        Values::Numbers(_) => true,
    }
}

impl Feed for Inputs {
    type Claim = InputClaim;

    fn claim(&self, scratch: &mut Scratch) -> Result<Option<(u64, InputClaim)>> {
        let mut cursor = self.cursor.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let current = match &cursor.current {
                Some(current) => Arc::clone(current),
                None => match cursor.waiting.pop_front() {
                    Some(next) => {
                        let stateful = next.decoder.boundary().stateful();
                        let blocks = Blocks::new(next.origin, next.bytes, self.block_size, stateful, &self.cancel);
                        let current = Arc::new(Current { blocks, decoder: next.decoder, recount: next.recount });
                        cursor.current = Some(Arc::clone(&current));
                        cursor.index = 0;
                        current
                    }
                    None => return Ok(None),
                },
            };
            let claimed = current.blocks.claim(cursor.index, current.decoder.boundary(), || scratch.take_block());
            let block = match claimed {
                Ok(Some(claim)) => Ok(claim),
                Ok(None) => {
                    cursor.current = None;
                    continue;
                }
                Err(error) => {
                    cursor.current = None;
                    let offset = offset_of(&error);
                    let problem = stream_problem(&current.blocks.origin().name, error);
                    Err(match (offset, &current.recount) {
                        (Some(offset), Some((file, start))) => {
                            let (line, column) = position(file, start + offset);
                            problem.at_line(line).at_column(column)
                        }
                        (Some(offset), None) => {
                            let message = format!("{} (at byte {})", problem.message, offset + 1);
                            Problem { message, ..problem }
                        }
                        (None, _) => problem,
                    })
                }
            };
            cursor.index += 1;
            let seq = cursor.seq;
            cursor.seq += 1;
            return Ok(Some((seq, InputClaim { current, block })));
        }
    }

    fn load(&self, seq: u64, claim: InputClaim, scratch: &mut Scratch, problems: &mut Vec<Problem>) -> Result<Batch> {
        let InputClaim { current, block } = claim;
        let lines = match &block {
            Ok(Claim::Chunk { lines, .. }) => *lines,
            _ => 0,
        };
        let loaded = block
            .map_err(Error::from)
            .and_then(|claim| current.blocks.load(claim, current.decoder.boundary(), || scratch.take_block()));
        let (mut batch, mut failure) = match loaded {
            Ok(block) => {
                if let Some(bar) = &self.progress {
                    bar.meter().add(block.body().len() as u64);
                }
                let (batch, fault) = current.decoder.decode(block, &self.projection, scratch);
                let problem = fault.map(|fault| {
                    let (line, column) = current.blocks.place(&batch.block, lines, fault.at);
                    fault.problem().at_path(&current.blocks.origin().name).at_line(line).at_column(column)
                });
                (batch, problem)
            }
            Err(Error::Problem(problem)) => (Batch::default(), Some(*problem)),
            Err(other) => return Err(other),
        };
        let input = current.blocks.origin().index;
        let dead = self.verdicts.advance(seq, |verdict| {
            if verdict.failed == Some(input) {
                return true;
            }
            let before = match verdict.input {
                Some((last, before)) if last == input => before,
                _ => verdict.rows,
            };
            verdict.input = Some((input, before));
            batch.first_row = verdict.rows;
            verdict.rows += batch.rows as u64;
            if let Some(problem) = &mut failure {
                verdict.failed = Some(input);
                if problem.code == Code::Data && problem.line.is_some() {
                    // Writing to a string cannot fail.
                    let _ = write!(problem.message, " (record {})", verdict.rows - before + 1);
                }
            }
            false
        })?;
        if dead {
            scratch.recycle(std::mem::take(&mut batch));
            return Ok(batch);
        }
        if !self.wanted.is_empty() {
            self.watch(&batch);
        }
        problems.extend(failure);
        Ok(batch)
    }
}

/// Where in the input a record finder met its fault.
fn offset_of(error: &io::Error) -> Option<u64> {
    error.get_ref()?.downcast_ref::<StreamFault>().map(|found| found.offset)
}

/// A gathered table as a feed.
pub(crate) struct Stored {
    table: Box<dyn Table>,
    next: AtomicU64,
}

impl Stored {
    /// A feed of this table's chunks.
    pub(crate) fn new(table: Box<dyn Table>) -> Self {
        Self { table, next: AtomicU64::new(0) }
    }
}

impl Feed for Stored {
    type Claim = usize;

    fn claim(&self, _: &mut Scratch) -> Result<Option<(u64, usize)>> {
        let index = self.next.fetch_add(1, Ordering::Relaxed);
        Ok(((index as usize) < self.table.chunks()).then_some((index, index as usize)))
    }

    fn load(&self, _: u64, claim: usize, scratch: &mut Scratch, _: &mut Vec<Problem>) -> Result<Batch> {
        self.table.chunk(claim, scratch)
    }
}
