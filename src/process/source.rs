//! Where records come from: opened inputs, or the table a stage gathered (`stored`).
//!
//! A [`Feed`] hands out numbered claims to all threads and loads them into batches. What ends an input (a fault, a read
//! error) is known to all later blocks of that input through a relay, which also numbers the rows, so the same rows come
//! out at any thread count.

use std::collections::{BTreeMap, VecDeque};
use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use crate::core::block::Origin;
use crate::core::data::batch::Batch;
use crate::core::data::value::Value;
use crate::core::error::{Error, Problem, Result};
use crate::core::exec::cancel::Cancel;
use crate::core::exec::ordered::Flow;
use crate::core::exec::relay::Relay;
use crate::core::format::{Decoder, Fault, Format, Projection, Scratch, StreamFault};
use crate::core::input::blocks::{Blocks, Bytes, Claim, position};
use crate::core::input::live::Stream;
use crate::core::output::writer::Writer;
use crate::core::registry::Row;
use crate::core::terminal::progress::{Bar, Unit};
use crate::process::ahead::Ahead;
use crate::process::irregular::{Lines, told};
use crate::process::prepared::{Data, Prepared, stream_problem};
use crate::process::sight::Sight;
use crate::process::stage::remarks::Remarks;
use crate::process::stage::{Locate, RIGHT};
use crate::process::verdict::Verdict;

/// Hands out work and loads it.
pub(crate) trait Feed: Sync {
    /// A piece of work.
    type Claim: Send;

    /// The next piece with its number, or none at the end.
    fn claim(&self, scratch: &mut Scratch) -> Result<Option<(u64, Self::Claim)>>;

    /// Makes a batch of it. Every number gives a batch, maybe an empty one.
    fn load(&self, seq: u64, claim: Self::Claim, scratch: &mut Scratch) -> Result<Loaded>;

    /// Told, in order, what was seen in each batch, and whether the drain wants more.
    fn drained(&self, sight: &Sight, flow: Flow) -> Result<()>;
}

/// A loaded batch.
pub(crate) struct Loaded {
    /// Its records.
    pub(crate) batch: Batch,
    /// What went wrong.
    pub(crate) problems: Vec<Problem>,
    /// What was seen in it.
    pub(crate) sight: Sight,
    /// What is to be told of its records.
    pub(crate) remarks: Remarks,
    /// What ends the run behind its records.
    pub(crate) failure: Option<Error>,
    /// Where its records are, where they are those of an input.
    pub(crate) places: Option<Places>,
}

/// Where the records of a block are.
pub(crate) struct Places {
    current: Arc<Current>,
    /// Newlines before the block, of inputs that cannot be read again.
    lines: u64,
}

impl Locate for Places {
    fn locate(&self, batch: &Batch, row: usize) -> Option<(String, u64)> {
        let start = batch.start_of(row)?;
        let (line, _) = self.current.blocks.place(&batch.block, self.lines, start);
        Some((self.current.blocks.origin().name.clone(), line))
    }
}

impl Loaded {
    /// A batch with which all is well.
    pub(crate) fn good(batch: Batch) -> Self {
        Self {
            batch,
            problems: Vec::new(),
            sight: Sight::default(),
            remarks: Remarks::default(),
            failure: None,
            places: None,
        }
    }
}

/// What all drained batches say about them.
#[derive(Debug, Default)]
struct Seen {
    rows: u64,
    columns: Vec<bool>,
    /// By input.
    irregular: BTreeMap<u32, (Arc<Origin>, Lines)>,
    /// The run ended before the input did: what comes later may have what was not seen.
    stopped: bool,
}

/// The inputs of a run as a feed.
pub(crate) struct Inputs {
    cursor: Mutex<Cursored>,
    projection: Projection,
    verdicts: Relay<Verdict>,
    block_size: usize,
    cancel: Cancel,
    /// Columns that only reading can tell.
    wanted: Vec<String>,
    seen: Mutex<Seen>,
    progress: Option<Arc<Bar>>,
    /// Bytes of all inputs; 0 where they are not known.
    size: u64,
    /// The column that names the input of each record.
    source_col: Option<Arc<str>>,
    /// Where records that break the rules go.
    rejects: Option<Mutex<Writer>>,
    /// Tells it from the other feeds of the run.
    number: u32,
    /// Streams that are read ahead, and how many inputs were begun.
    ahead: Ahead,
    begun: AtomicUsize,
    /// The format of the output.
    written: Option<&'static Row<Format>>,
    /// What inputs said that it does not.
    lost: Mutex<Vec<Problem>>,
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
    /// A fault ended it: its later blocks need not be read.
    dead: AtomicBool,
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
            wanted: wanted.into_iter().collect(),
            seen: Mutex::default(),
            progress: None,
            size: 0,
            source_col: None,
            rejects: None,
            number: 0,
            ahead: Ahead::default(),
            begun: AtomicUsize::new(0),
            written: None,
            lost: Mutex::default(),
        }
    }

    /// The same, for an output in this format.
    #[must_use]
    pub(crate) fn written_as(self, format: &'static Row<Format>) -> Self {
        Self { written: Some(format), ..self }
    }

    /// The same, with a column of this name in front that names the input of each record.
    #[must_use]
    pub(crate) fn naming_in(self, column: Option<Arc<str>>) -> Self {
        Self { source_col: column, ..self }
    }

    /// The same, keeping records that break the rules in this file.
    #[must_use]
    pub(crate) fn rejecting_to(self, writer: Option<Writer>) -> Self {
        Self { rejects: writer.map(Mutex::new), ..self }
    }

    /// Closes the file of records that break the rules.
    pub(crate) fn finish_rejects(&mut self) -> Result<()> {
        match self.rejects.take() {
            Some(writer) => writer.into_inner().unwrap_or_else(PoisonError::into_inner).finish(),
            None => Ok(()),
        }
    }

    /// The same, as this feed of several.
    #[must_use]
    pub(crate) fn numbered(mut self, number: u32) -> Self {
        self.number = number;
        self
    }

    /// The same, telling this bar what was read.
    #[must_use]
    pub(crate) fn shown_by(mut self, bar: Option<Arc<Bar>>) -> Self {
        if let Ok(cursor) = self.cursor.get_mut() {
            self.size = cursor.waiting.iter().map(Prepared::len).sum::<Option<u64>>().unwrap_or(0);
        }
        self.progress = bar;
        self
    }

    /// Says that it begins to be read.
    pub(crate) fn enter(&self) {
        if let Some(bar) = &self.progress {
            bar.meter().enter("reading", Unit::Bytes, self.size);
        }
    }

    /// Columns that the plan names and no record had, where all records were read and there were any.
    pub(crate) fn never_seen(&self) -> Vec<&str> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.rows == 0 || seen.stopped {
            return Vec::new();
        }
        let unseen = |index: &usize| !seen.columns.get(*index).is_some_and(|seen| *seen);
        (0..self.wanted.len()).filter(unseen).filter_map(|index| self.wanted.get(index)).map(String::as_str).collect()
    }

    /// What to tell about lines that did not become records as they are.
    pub(crate) fn notes(&self) -> Vec<Problem> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let lost = self.lost.lock().unwrap_or_else(PoisonError::into_inner);
        let irregular = seen.irregular.values().flat_map(|(origin, irregular)| told(&origin.name, *irregular));
        // How much was read past a limit is chance.
        irregular.chain(lost.iter().filter(|_| !seen.stopped).cloned()).collect()
    }

    /// The same, reading ahead in streams where threads would wait. `most` is how many bytes.
    #[must_use]
    pub(crate) fn ahead_with(mut self, threads: usize, most: usize) -> Self {
        if let Ok(cursor) = self.cursor.get_mut() {
            self.ahead = Ahead::new(&mut cursor.waiting, threads, most);
        }
        self
    }

    /// The turn at the current input; while another thread has it, this one reads ahead.
    fn turn(&self) -> MutexGuard<'_, Cursored> {
        loop {
            match self.cursor.try_lock() {
                Ok(cursor) => return cursor,
                Err(TryLockError::Poisoned(poisoned)) => return poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => {
                    if self.cancel.stopped() || !self.ahead.help(self.begun.load(Ordering::Relaxed)) {
                        return self.cursor.lock().unwrap_or_else(PoisonError::into_inner);
                    }
                }
            }
        }
    }

    /// Takes note of what an input said that the output does not.
    fn ended(&self, current: &Current) {
        let lost = self.written.map(|written| current.decoder.lost(written)).unwrap_or_default();
        if !lost.is_empty() {
            let name = &current.blocks.origin().name;
            let mut all = self.lost.lock().unwrap_or_else(PoisonError::into_inner);
            all.extend(lost.into_iter().map(|problem| problem.at_path(name)));
        }
    }

    /// Starts on an input, opening it again where it was closed.
    fn begin(&self, next: Prepared) -> (Arc<Current>, Option<Problem>) {
        let Prepared { origin, decoder, data, recount, most, longest, .. } = next;
        let (bytes, decoder, recount, failure) = match data {
            Data::Open(bytes) => (bytes, decoder, recount, None),
            Data::Closed(reopen) => match reopen() {
                Ok(Prepared { data: Data::Open(bytes), decoder, recount, .. }) => (bytes, decoder, recount, None),
                Ok(_) => (nothing(), decoder, None, None),
                Err(problem) => (nothing(), decoder, None, Some(problem)),
            },
        };
        let stateful = decoder.boundary().stateful();
        let blocks = Blocks::new(origin, bytes, self.block_size.min(most), stateful, &self.cancel).up_to(longest);
        (Arc::new(Current { blocks, decoder, recount, dead: AtomicBool::new(false) }), failure)
    }

    /// Which of the wanted columns a batch has.
    fn look(&self, batch: &Batch) -> Sight {
        let has = |name: &String| {
            let root = name.split(['.', '[']).next().unwrap_or(name);
            // What a join calls `x_right` is a column `x` here.
            let bare = name.strip_suffix(RIGHT).unwrap_or(name);
            let found = batch.find(name).or_else(|| batch.find(root)).or_else(|| batch.find(bare));
            let column = found.and_then(|index| batch.columns.get(index));
            column.is_some_and(|column| column.values.any())
        };
        let columns = self.wanted.iter().enumerate().filter(|(_, name)| has(name)).map(|(index, _)| index).collect();
        Sight { rows: batch.rows as u64, columns, ..Sight::default() }
    }
}

/// The data of an input that could not be opened again.
fn nothing() -> Bytes {
    Bytes::Stream { reader: Stream::of(io::empty()), start: 0, lines: 0 }
}

impl Feed for Inputs {
    type Claim = InputClaim;

    fn claim(&self, scratch: &mut Scratch) -> Result<Option<(u64, InputClaim)>> {
        let mut cursor = self.turn();
        loop {
            let current = match &cursor.current {
                Some(current) => Arc::clone(current),
                None => match cursor.waiting.pop_front() {
                    Some(next) => {
                        let (current, failure) = self.begin(next);
                        self.begun.fetch_add(1, Ordering::Relaxed);
                        if let Some(problem) = failure {
                            let seq = cursor.seq;
                            cursor.seq += 1;
                            return Ok(Some((seq, InputClaim { current, block: Err(problem) })));
                        }
                        cursor.current = Some(Arc::clone(&current));
                        cursor.index = 0;
                        current
                    }
                    None => return Ok(None),
                },
            };
            if current.dead.load(Ordering::Relaxed) {
                cursor.current = None;
                continue;
            }
            let claimed = current.blocks.claim(cursor.index, current.decoder.boundary(), || scratch.take_block());
            let block = match claimed {
                Ok(Some(claim)) => Ok(claim),
                Ok(None) => {
                    self.ended(&current);
                    cursor.current = None;
                    continue;
                }
                Err(error) => {
                    self.ended(&current);
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

    fn load(&self, seq: u64, claim: InputClaim, scratch: &mut Scratch) -> Result<Loaded> {
        let InputClaim { current, block } = claim;
        let (lines, live) = match &block {
            Ok(Claim::Chunk { lines, live, .. }) => (*lines, *live),
            _ => (0, false),
        };
        let loaded = block
            .map_err(Error::from)
            .and_then(|claim| current.blocks.load(claim, current.decoder.boundary(), || scratch.take_block()));
        let (mut batch, failure) = match loaded {
            Ok(block) => {
                if let Some(bar) = &self.progress {
                    bar.meter().add(block.body().len() as u64);
                }
                let (batch, fault) = current.decoder.decode(block, &self.projection, scratch);
                (batch, fault.map(Failure::Fault))
            }
            Err(Error::Problem(problem)) => (Batch::default(), Some(Failure::Problem(*problem))),
            Err(other) => return Err(other),
        };
        let input = current.blocks.origin().index;
        let rows = batch.rows as u64;
        let record = self.verdicts.advance(seq, |verdict| verdict.pass(input, rows, failure.is_some()))?;
        let Some((first_row, record)) = record else {
            scratch.recycle(batch);
            return Ok(Loaded::good(Batch::default()));
        };
        batch.first_row = first_row;
        batch.origin = Some(Arc::clone(current.blocks.origin()));
        if let Some(name) = &self.source_col {
            batch.put_first(name, &Value::Text(current.blocks.origin().name.as_bytes().into()));
        }
        let mut sight = if self.wanted.is_empty() { Sight::default() } else { self.look(&batch) };
        (sight.feed, sight.live) = (self.number, live);
        let rejected = std::mem::take(&mut batch.rejected);
        sight.keep(&rejected, &batch.block.bytes);
        if !batch.irregular.is_empty() || !sight.rejected.1.is_empty() {
            let irregular = std::mem::take(&mut batch.irregular);
            sight.irregular = Some((Arc::clone(current.blocks.origin()), irregular));
        }
        let problem = failure.map(|failure| {
            current.dead.store(true, Ordering::Relaxed);
            failure.problem(&current, &batch, lines, record)
        });
        let places = Some(Places { current, lines });
        Ok(Loaded { problems: problem.into_iter().collect(), sight, places, ..Loaded::good(batch) })
    }

    fn drained(&self, sight: &Sight, flow: Flow) -> Result<()> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.stopped |= flow == Flow::Stop;
        if sight.feed != self.number {
            return Ok(());
        }
        if let (Some(writer), (bytes, [_, ..])) = (&self.rejects, (&sight.rejected.0, sight.rejected.1.as_slice())) {
            writer.lock().unwrap_or_else(PoisonError::into_inner).put(bytes)?;
        }
        seen.rows += sight.rows;
        if let Some((origin, irregular)) = &sight.irregular {
            let (_, lines) = seen.irregular.entry(origin.index).or_insert((Arc::clone(origin), Lines::default()));
            irregular.oddities().for_each(|oddity| lines.add(oddity));
            lines.reject(sight.rejected.1.len());
        }
        seen.columns.resize(self.wanted.len(), false);
        for column in &sight.columns {
            if let Some(seen) = seen.columns.get_mut(*column) {
                *seen = true;
            }
        }
        Ok(())
    }
}

/// Why an input ends before its end.
enum Failure {
    Fault(Fault),
    Problem(Problem),
}

impl Failure {
    /// The problem to report, behind record number `record` of the input. Lines are counted only here, once per input.
    fn problem(self, current: &Current, batch: &Batch, lines: u64, record: u64) -> Problem {
        let fault = match self {
            Self::Problem(problem) => return problem,
            Self::Fault(fault) => fault,
        };
        let (line, column) = current.blocks.place(&batch.block, lines, fault.at);
        let problem = fault.problem();
        let message = format!("{} (record {})", problem.message, record + 1);
        Problem { message, ..problem }.at_path(&current.blocks.origin().name).at_line(line).at_column(column)
    }
}

/// Where in the input a record finder met its fault.
fn offset_of(error: &io::Error) -> Option<u64> {
    error.get_ref()?.downcast_ref::<StreamFault>().map(|found| found.offset)
}
