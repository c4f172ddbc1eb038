//! Runs a plan: part by part, each part one pass of the ordered engine over a feed.
//!
//! A part is a feed, operations on rows, and an end: records are encoded, or gathered into a table that feeds the next
//! part. All of it happens in the workers; what needs the order of batches passes it on by relay.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use crate::core::diagnostics::Diagnostics;
use crate::core::error::{Code, Error, Level, Problem, Result};
use crate::core::exec::cancel::Cancel;
use crate::core::exec::memory::Memory;
use crate::core::exec::ordered::{DEFAULT_BUDGET, Flow, Options, Step, Task, run};
use crate::core::format::Scratch;
use crate::core::terminal::progress::{Bar, Unit};
use crate::process::sight::Sight;
use crate::process::sink::{Encoded, Encoding};
use crate::process::source::{Feed, Loaded};
use crate::process::split::Output;
use crate::process::stage::remarks::Remarks;
use crate::process::stage::{Gather, Gatherer, Locate, Rows, Scope, Table};
use crate::process::stored::Stored;

/// How a part is run.
pub(crate) struct Running<'a> {
    /// Number of threads.
    pub(crate) threads: usize,
    /// The memory of the run.
    pub(crate) memory: Memory,
    /// Stops the part.
    pub(crate) cancel: Cancel,
    /// Where problems go.
    pub(crate) diagnostics: &'a Diagnostics,
    /// Whether each piece is handed to the system at once, for outputs that somebody watches.
    pub(crate) prompt: bool,
    /// Shows how far the run is.
    pub(crate) progress: Option<Arc<Bar>>,
}

impl Running<'_> {
    /// Says what the run is at from now on.
    pub(crate) fn enter(&self, what: &str, unit: Unit, total: u64) {
        if let Some(bar) = &self.progress {
            bar.meter().enter(what, unit, total);
        }
    }
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
    rows: &[Box<dyn Rows>],
    encoding: &Encoding,
    output: &mut Output<'_>,
    running: &Running<'_>,
) -> Result<()> {
    let drained = run_all(feed, rows, End::Encode(encoding), running, |mut piece: Piece| {
        feed.drained(&piece.sight, piece.flow)?;
        report(&mut piece, running.diagnostics);
        let written = piece.encoded.records > 0;
        output.put(piece.encoded)?;
        // Whoever follows the input through us must not wait for what comes after it.
        if (running.prompt && written) || piece.sight.live {
            output.flush()?;
        }
        Ok(piece.flow)
    });
    notes(rows, running.diagnostics);
    drained.map(|_| ())
}

/// Runs a part whose records are gathered.
pub(crate) fn gather<F: Feed>(
    feed: &F,
    rows: &[Box<dyn Rows>],
    gather: &dyn Gather,
    what: &str,
    running: &Running<'_>,
) -> Result<(Box<dyn Table>, Reading)> {
    let mut reading = Reading::Whole;
    let workers = run_all(feed, rows, End::Gather(gather), running, |mut piece: Piece| {
        feed.drained(&piece.sight, piece.flow)?;
        if report(&mut piece, running.diagnostics) == Reading::Broken {
            reading = Reading::Broken;
        }
        Ok(piece.flow)
    })?;
    notes(rows, running.diagnostics);
    let gathered = workers.into_iter().filter_map(|worker| worker.gatherer).collect();
    running.enter(what, Unit::Nothing, 0);
    let table = gather.finish(gathered)?;
    gather.notes().iter().for_each(|note| running.diagnostics.emit(note));
    Ok((table, reading))
}

/// Runs a feed through operations, and then what each of them held back through those behind it.
fn run_all<F: Feed>(
    feed: &F,
    rows: &[Box<dyn Rows>],
    end: End<'_>,
    running: &Running<'_>,
    mut drain: impl FnMut(Piece) -> Result<Flow> + Send,
) -> Result<Vec<Worker>> {
    let stopped = AtomicUsize::new(0);
    // Where there may be another pass, its numbers follow those of this one, all of which must have passed by then.
    let holds_back = rows.iter().any(|rows| rows.may_hold_back());
    let mut drain = |piece: Piece| {
        stopped.fetch_max(piece.stopped, Ordering::Relaxed);
        drain(piece).map(|flow| if holds_back && flow == Flow::Stop { Flow::Finish } else { flow })
    };
    let part = Part { feed, rows, end, before: 0, first: 0, claimed: AtomicU64::new(0) };
    let mut workers = run(&part, &options(running), &mut drain)?;
    let mut claimed = part.claimed.into_inner();
    let end_of_pass = || {
        if stopped.load(Ordering::Relaxed) > 0 {
            running.cancel.stop();
        }
    };
    end_of_pass();
    for (before, held_back) in (1..).zip(rows) {
        // Who wants no more records wants none that were held back in front of it, and those behind it all the same.
        if stopped.load(Ordering::Relaxed) > before {
            continue;
        }
        running.cancel.reset();
        let Some(table) = held_back.rest()? else { continue };
        let part = Part {
            feed: &Stored::new(Arc::from(table)).numbered_from(claimed),
            rows: rows.get(before..).unwrap_or_default(),
            end,
            before,
            first: claimed,
            claimed: AtomicU64::new(claimed),
        };
        workers.extend(run(&part, &options(running), &mut drain)?);
        claimed = part.claimed.into_inner();
        end_of_pass();
    }
    Ok(workers)
}

fn options(running: &Running<'_>) -> Options {
    Options {
        threads: running.threads,
        budget: DEFAULT_BUDGET.min(running.memory.limit() / 4),
        cancel: running.cancel.clone(),
        fault: running.memory.fault(),
    }
}

/// Reports what came with a piece; a data or read error ends its input.
fn report(piece: &mut Piece, diagnostics: &Diagnostics) -> Reading {
    let mut reading = Reading::Whole;
    let told = std::mem::take(&mut piece.remarks).settle();
    for problem in told.into_iter().chain(piece.problems.drain(..)) {
        if problem.level == Level::Error && !matches!(problem.code, Code::Value | Code::Violation) {
            reading = Reading::Broken;
        }
        diagnostics.emit(&problem);
    }
    reading
}

/// Tells what operations have to say after the last batch.
pub(crate) fn notes(rows: &[Box<dyn Rows>], diagnostics: &Diagnostics) {
    rows.iter().flat_map(|rows| rows.notes()).for_each(|note| diagnostics.emit(&note));
}

/// One pass over a feed, as the engine sees it.
struct Part<'a, F> {
    feed: &'a F,
    rows: &'a [Box<dyn Rows>],
    end: End<'a>,
    /// How many operations were in front of them in the pass before.
    before: usize,
    /// The number of the first claim.
    first: u64,
    /// One more than the highest number of a claim.
    claimed: AtomicU64,
}

/// What becomes of the records of a part.
#[derive(Clone, Copy)]
enum End<'a> {
    Encode(&'a Encoding),
    Gather(&'a dyn Gather),
}

/// What a thread keeps.
struct Worker {
    scratch: Scratch,
    gatherer: Option<Box<dyn Gatherer>>,
    /// Why there is no gatherer where there should be one.
    failure: Option<Error>,
}

/// What a batch leaves for the drain.
struct Piece {
    encoded: Encoded,
    remarks: Remarks,
    problems: Vec<Problem>,
    sight: Sight,
    flow: Flow,
    /// One more than the place of the last operation that wants no more records; 0 where all go on.
    stopped: usize,
}

impl<F: Feed> Task for Part<'_, F> {
    type Claim = (u64, F::Claim);
    type Worker = Worker;
    type Output = Piece;

    fn worker(&self) -> Worker {
        let (gatherer, failure) = match &self.end {
            End::Encode(_) => (None, None),
            End::Gather(gather) => match gather.gatherer() {
                Ok(gatherer) => (Some(gatherer), None),
                Err(error) => (None, Some(error)),
            },
        };
        Worker { scratch: Scratch::default(), gatherer, failure }
    }

    fn claim(&self, worker: &mut Worker) -> Result<Option<(u64, Self::Claim)>> {
        if let Some(error) = worker.failure.take() {
            return Err(error);
        }
        let claim = self.feed.claim(&mut worker.scratch)?;
        if let Some((seq, _)) = &claim {
            self.claimed.fetch_max(seq + 1, Ordering::Relaxed);
        }
        // The engine counts from 0 in each run, operations over all of them.
        Ok(claim.map(|(seq, claim)| (seq - self.first, (seq, claim))))
    }

    fn work(&self, worker: &mut Worker, (seq, claim): Self::Claim) -> Result<Step<Self::Claim, Piece>> {
        let Loaded { mut batch, mut problems, mut sight, remarks, failure, places } =
            self.feed.load(seq, claim, &mut worker.scratch)?;
        let mut scope = Scope::new(seq, &mut worker.scratch);
        scope.failure = failure;
        scope.remarks = remarks;
        scope.places = places.as_ref().map(|places| places as &dyn Locate);
        let mut stopped = 0;
        for (place, rows) in (self.before + 1..).zip(self.rows) {
            scope.flow = Flow::Continue;
            rows.apply(&mut batch, &mut scope)?;
            if scope.flow == Flow::Stop {
                stopped = place;
            }
        }
        if stopped > 0 {
            scope.flow = Flow::Stop;
            // Faults stand behind the records that were enough: whether they are met at all would depend on where the
            // block ends.
            problems.clear();
            sight.end_at(scope.remarks.records());
            scope.failure = None;
        }
        let remarks = std::mem::take(&mut scope.remarks);
        let mut piece = Piece { encoded: Encoded::default(), remarks, problems, sight, flow: scope.flow, stopped };
        match (&self.end, &mut worker.gatherer) {
            (End::Gather(_), Some(gatherer)) => {
                gatherer.take(batch, &mut scope)?;
                if let Some(error) = scope.failure {
                    return Err(error);
                }
            }
            (End::Gather(_), None) => {}
            (End::Encode(encoding), _) => {
                let failure = scope.failure;
                piece.encoded = encoding.encode(seq, &mut batch)?;
                // What kept a record from being encoded comes before what kept a later one from being computed.
                piece.encoded.failure = piece.encoded.failure.or(failure);
                if piece.encoded.failure.is_some() {
                    // The same holds for what ends the run.
                    piece.problems.clear();
                }
                worker.scratch.recycle(batch);
            }
        }
        Ok(Step::Done(piece))
    }

    fn weight(&self, piece: &Piece) -> usize {
        piece.encoded.weight()
    }
}
