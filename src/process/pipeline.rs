//! Runs a plan: part by part, each part one pass of the ordered engine over a feed.
//!
//! A part is a feed, operations on rows (in the workers), maybe operations that need all batches in order (in the
//! drain), and an end: records are encoded, or gathered into a table that feeds the next part.

use std::sync::Mutex;

use crate::core::data::batch::Batch;
use crate::core::diagnostics::Diagnostics;
use crate::core::error::{Code, Error, Level, Problem, Result};
use crate::core::exec::cancel::Cancel;
use crate::core::exec::ordered::{DEFAULT_BUDGET, Flow, Options, Step, Task, run};
use crate::core::format::Scratch;
use crate::process::sink::{Encoded, Encoding, Sink};
use crate::process::source::Feed;
use crate::process::stage::{Gather, Gatherer, Rows, Scope, Serial, Table};

/// An operation that runs in the drain.
pub(crate) enum InOrder {
    /// One that needs the order.
    Serial(Box<dyn Serial>),
    /// One that comes after such a one.
    Rows(Box<dyn Rows>),
}

/// What is done to batches before a part's end.
#[derive(Default)]
pub(crate) struct Operations {
    /// In the workers, any batch at any time.
    pub(crate) parallel: Vec<Box<dyn Rows>>,
    /// In the drain, batch after batch.
    pub(crate) in_order: Vec<InOrder>,
}

/// How a part is run.
pub(crate) struct Running<'a> {
    /// Number of threads.
    pub(crate) threads: usize,
    /// Stops the part.
    pub(crate) cancel: Cancel,
    /// Where problems go.
    pub(crate) diagnostics: &'a Diagnostics,
    /// Whether each piece is handed to the system at once, for outputs that somebody watches.
    pub(crate) prompt: bool,
}

/// Whether a part's inputs were read to their ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// All of them, or as far as was asked.
    Whole,
    /// A fault ended one of them.
    Broken,
}

/// Runs a part whose records are written.
pub(crate) fn write<F: Feed>(
    feed: &F,
    operations: &mut Operations,
    encoding: &Encoding,
    sink: &mut Sink<'_>,
    running: &Running<'_>,
) -> Result<Reading> {
    let mut in_order = std::mem::take(&mut operations.in_order);
    let encode_late = !in_order.is_empty();
    let part = Part { feed, rows: &operations.parallel, encoding: (!encode_late).then_some(encoding), gather: None };
    let mut reading = Reading::Whole;
    let mut scratch = Scratch::default();
    let drained = run(&part, &options(running), |mut piece: Piece| {
        if report(&mut piece.problems, running.diagnostics) == Reading::Broken {
            reading = Reading::Broken;
        }
        if let Some(batch) = &mut piece.batch {
            apply_in_order(&mut in_order, batch, piece.seq, &mut piece.flow, &mut scratch, running.diagnostics)?;
            piece.encoded = encoding.encode(piece.seq, batch)?;
        }
        let written = piece.encoded.records > 0;
        sink.put(std::mem::take(&mut piece.encoded))?;
        if running.prompt && written {
            sink.flush()?;
        }
        Ok(piece.flow)
    });
    let result = drained.map(|_| reading);
    notes(&operations.parallel, &in_order, running.diagnostics);
    result
}

/// Runs a part whose records are gathered.
pub(crate) fn gather<F: Feed>(
    feed: &F,
    operations: &mut Operations,
    gather: &dyn Gather,
    running: &Running<'_>,
) -> Result<(Box<dyn Table>, Reading)> {
    let mut in_order = std::mem::take(&mut operations.in_order);
    let late = !in_order.is_empty();
    let part = Part { feed, rows: &operations.parallel, encoding: None, gather: (!late).then_some(gather) };
    let mut reading = Reading::Whole;
    let mut scratch = Scratch::default();
    let mut last = if late { Some(gather.gatherer()?) } else { None };
    let workers = run(&part, &options(running), |mut piece: Piece| {
        if report(&mut piece.problems, running.diagnostics) == Reading::Broken {
            reading = Reading::Broken;
        }
        if let (Some(mut batch), Some(gatherer)) = (piece.batch.take(), &mut last) {
            apply_in_order(&mut in_order, &mut batch, piece.seq, &mut piece.flow, &mut scratch, running.diagnostics)?;
            take(gatherer.as_mut(), batch, piece.seq, &mut scratch, running.diagnostics)?;
        }
        Ok(piece.flow)
    })?;
    notes(&operations.parallel, &in_order, running.diagnostics);
    let gathered = workers.into_iter().filter_map(|worker| worker.gatherer).chain(last).collect();
    let table = gather.finish(gathered)?;
    gather.notes().iter().for_each(|note| running.diagnostics.emit(note));
    Ok((table, reading))
}

fn options(running: &Running<'_>) -> Options {
    Options { threads: running.threads, budget: DEFAULT_BUDGET, cancel: running.cancel.clone() }
}

/// Reports what came with a piece; a data or read error ends its input.
fn report(problems: &mut Vec<Problem>, diagnostics: &Diagnostics) -> Reading {
    let mut reading = Reading::Whole;
    for problem in problems.drain(..) {
        if problem.level == Level::Error && problem.code != Code::Value {
            reading = Reading::Broken;
        }
        diagnostics.emit(&problem);
    }
    reading
}

fn notes(rows: &[Box<dyn Rows>], in_order: &[InOrder], diagnostics: &Diagnostics) {
    let late = in_order.iter().filter_map(|operation| match operation {
        InOrder::Rows(rows) => Some(rows),
        InOrder::Serial(_) => None,
    });
    rows.iter().chain(late).flat_map(|rows| rows.notes()).for_each(|note| diagnostics.emit(&note));
}

fn apply_in_order(
    operations: &mut [InOrder],
    batch: &mut Batch,
    seq: u64,
    flow: &mut Flow,
    scratch: &mut Scratch,
    diagnostics: &Diagnostics,
) -> Result<()> {
    let mut problems = Vec::new();
    let mut scope = Scope { seq, scratch, problems: &mut problems, flow: *flow };
    for operation in operations {
        match operation {
            InOrder::Serial(serial) => serial.apply(batch, &mut scope)?,
            InOrder::Rows(rows) => rows.apply(batch, &mut scope)?,
        }
    }
    *flow = scope.flow;
    report(&mut problems, diagnostics);
    Ok(())
}

fn take(
    gatherer: &mut dyn Gatherer,
    batch: Batch,
    seq: u64,
    scratch: &mut Scratch,
    diagnostics: &Diagnostics,
) -> Result<()> {
    let mut problems = Vec::new();
    gatherer.take(batch, &mut Scope { seq, scratch, problems: &mut problems, flow: Flow::Continue })?;
    report(&mut problems, diagnostics);
    Ok(())
}

/// One pass over a feed, as the engine sees it.
struct Part<'a, F> {
    feed: &'a F,
    rows: &'a [Box<dyn Rows>],
    /// Records are encoded in the workers.
    encoding: Option<&'a Encoding>,
    /// Records are gathered in the workers.
    gather: Option<&'a dyn Gather>,
}

/// What a thread keeps.
struct Worker {
    scratch: Scratch,
    gatherer: Option<Box<dyn Gatherer>>,
    failure: Mutex<Option<Error>>,
}

/// What a batch leaves for the drain.
struct Piece {
    seq: u64,
    encoded: Encoded,
    /// The batch itself, where something in the drain needs it.
    batch: Option<Batch>,
    problems: Vec<Problem>,
    flow: Flow,
}

impl<F: Feed> Task for Part<'_, F> {
    type Claim = (u64, F::Claim);
    type Worker = Worker;
    type Output = Piece;

    fn worker(&self) -> Worker {
        let (gatherer, failure) = match self.gather.map(Gather::gatherer).transpose() {
            Ok(gatherer) => (gatherer, None),
            Err(error) => (None, Some(error)),
        };
        Worker { scratch: Scratch::default(), gatherer, failure: Mutex::new(failure) }
    }

    fn claim(&self, worker: &mut Worker) -> Result<Option<(u64, Self::Claim)>> {
        if let Ok(failure) = worker.failure.get_mut()
            && let Some(error) = failure.take()
        {
            return Err(error);
        }
        Ok(self.feed.claim(&mut worker.scratch)?.map(|(seq, claim)| (seq, (seq, claim))))
    }

    fn work(&self, worker: &mut Worker, (seq, claim): Self::Claim) -> Result<Step<Self::Claim, Piece>> {
        let mut problems = Vec::new();
        let mut batch = self.feed.load(seq, claim, &mut worker.scratch, &mut problems)?;
        let mut scope = Scope { seq, scratch: &mut worker.scratch, problems: &mut problems, flow: Flow::Continue };
        for rows in self.rows {
            rows.apply(&mut batch, &mut scope)?;
        }
        let mut piece = Piece { seq, encoded: Encoded::default(), batch: None, problems: Vec::new(), flow: scope.flow };
        if let Some(encoding) = self.encoding {
            piece.encoded = encoding.encode(seq, &mut batch)?;
            worker.scratch.recycle(batch);
        } else if let Some(gatherer) = &mut worker.gatherer {
            gatherer.take(batch, &mut scope)?;
        } else {
            piece.batch = Some(batch);
        }
        piece.problems = problems;
        Ok(Step::Done(piece))
    }

    fn weight(&self, piece: &Piece) -> usize {
        piece.encoded.bytes.len() + piece.batch.as_ref().map_or(0, |batch| batch.block.bytes.len() + batch.side.len())
    }
}
