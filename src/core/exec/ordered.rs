//! Claim, work, drain in order.
//!
//! `run` starts one claim loop per thread on rayon. Each loop claims a numbered piece of work, works on it, and
//! hands in the result; whoever hands in the head of the line drains it and all that follow it. Results that wait
//! for the head are bounded in bytes: past the budget no new claims are made, while the head, already claimed, goes
//! on, so nothing can lock up. A worker's error takes its place in the line, so what came before it is drained
//! first. The drained order, and so the output, is that of the claims, at any number of threads.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::core::error::{Code, Error, Problem, Result};
use crate::core::exec::cancel::Cancel;

/// Whether the drain wants more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flow {
    /// Go on.
    Continue,
    /// Enough: later results are dropped and no more claims are made.
    Stop,
}

/// What the engine runs.
pub(crate) trait Task: Sync {
    /// A piece of work.
    type Claim: Send;
    /// What a thread keeps between pieces: buffers, accumulators.
    type Worker: Send;
    /// What a piece of work hands to the drain.
    type Output: Send;

    /// The state of a new thread.
    fn worker(&self) -> Self::Worker;

    /// The next piece of work with its number, or none at the end. Numbers are 0, 1, 2, … in the order in which
    /// their results are to be drained, without gaps; this is called by all threads at once.
    fn claim(&self, worker: &mut Self::Worker) -> Result<Option<(u64, Self::Claim)>>;

    /// Does the work.
    fn work(&self, worker: &mut Self::Worker, seq: u64, claim: Self::Claim) -> Result<Self::Output>;

    /// How many bytes a result holds while it waits.
    fn weight(&self, output: &Self::Output) -> usize;
}

/// How a run is carried out.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    /// Number of threads, the caller's included; 1 runs inline.
    pub(crate) threads: usize,
    /// Bytes of results that may wait for the head of the line.
    pub(crate) budget: usize,
    /// Stops the run from outside, and wakes what waits in relays.
    pub(crate) cancel: Cancel,
}

/// Bytes of results that may wait, unless told otherwise.
pub(crate) const DEFAULT_BUDGET: usize = 64 << 20;

/// Runs a task to its end and returns the workers, in no particular order.
///
/// `drain` sees every result in order; its first error, or the first error of a worker in order, ends the run and
/// is returned.
pub(crate) fn run<T: Task>(
    task: &T,
    options: &Options,
    drain: impl FnMut(u64, T::Output) -> Result<Flow> + Send,
) -> Result<Vec<T::Worker>> {
    let line = Line {
        state: Mutex::new(State {
            next: 0,
            waiting: BTreeMap::new(),
            bytes: 0,
            draining: false,
            ended: false,
            failure: None,
        }),
        drain: Mutex::new(drain),
        moved: Condvar::new(),
        budget: options.budget,
        cancel: &options.cancel,
    };
    let workers = if options.threads <= 1 {
        vec![claim_loop(task, &line)]
    } else {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(options.threads)
            .build()
            .map_err(|error| Problem::new(Code::Limit, format!("cannot start {} threads: {error}", options.threads)))?;
        pool.broadcast(|_| claim_loop(task, &line))
    };
    let state = line.state.into_inner().unwrap_or_else(PoisonError::into_inner);
    match state.failure {
        Some(error) => Err(error),
        None => Ok(workers),
    }
}

struct State<O> {
    next: u64,
    waiting: BTreeMap<u64, (Result<O>, usize)>,
    bytes: usize,
    draining: bool,
    ended: bool,
    failure: Option<Error>,
}

struct Line<'a, O, D> {
    state: Mutex<State<O>>,
    drain: Mutex<D>,
    moved: Condvar,
    budget: usize,
    cancel: &'a Cancel,
}

impl<O, D: FnMut(u64, O) -> Result<Flow>> Line<'_, O, D> {
    fn lock(&self) -> MutexGuard<'_, State<O>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits while too much is undrained. Returns false where the run has ended.
    fn ready(&self) -> bool {
        let mut state = self.lock();
        while state.bytes > self.budget && !state.ended && !self.cancel.stopped() {
            state = self.moved.wait_timeout(state, Duration::from_millis(20)).unwrap_or_else(PoisonError::into_inner).0;
        }
        !state.ended && !self.cancel.stopped()
    }

    /// Hands in a result; drains the head of the line if it is there and nobody else does.
    fn hand_in(&self, seq: u64, output: Result<O>, weight: usize) {
        let mut state = self.lock();
        state.waiting.insert(seq, (output, weight));
        state.bytes += weight;
        if state.draining {
            return;
        }
        state.draining = true;
        loop {
            let next = state.next;
            if state.ended {
                break;
            }
            let Some((output, weight)) = state.waiting.remove(&next) else {
                break;
            };
            drop(state);
            let flow = match output {
                Ok(output) => {
                    let mut drain = self.drain.lock().unwrap_or_else(PoisonError::into_inner);
                    catch_unwind(AssertUnwindSafe(|| drain(next, output))).unwrap_or_else(|_| Err(bug()))
                }
                Err(error) => Err(error),
            };
            state = self.lock();
            state.next += 1;
            state.bytes = state.bytes.saturating_sub(weight);
            match flow {
                Ok(Flow::Continue) => {}
                Ok(Flow::Stop) => self.end(&mut state, None),
                Err(error) => self.end(&mut state, Some(error)),
            }
            self.moved.notify_all();
        }
        state.draining = false;
    }

    fn end(&self, state: &mut State<O>, failure: Option<Error>) {
        if !state.ended {
            state.ended = true;
            state.failure = failure;
        }
        state.waiting.clear();
        state.bytes = 0;
        self.cancel.stop();
        self.moved.notify_all();
    }
}

fn claim_loop<T: Task, D: FnMut(u64, T::Output) -> Result<Flow>>(task: &T, line: &Line<'_, T::Output, D>) -> T::Worker {
    let mut worker = task.worker();
    while line.ready() {
        let claimed = catch_unwind(AssertUnwindSafe(|| task.claim(&mut worker))).unwrap_or_else(|_| Err(bug()));
        let (seq, claim) = match claimed {
            Ok(Some(claimed)) => claimed,
            Ok(None) => break,
            Err(error) => {
                line.end(&mut line.lock(), Some(error));
                break;
            }
        };
        let output =
            catch_unwind(AssertUnwindSafe(|| task.work(&mut worker, seq, claim))).unwrap_or_else(|_| Err(bug()));
        let weight = output.as_ref().map_or(0, |output| task.weight(output));
        line.hand_in(seq, output, weight);
    }
    worker
}

fn bug() -> Error {
    Problem::new(Code::Internal, "a worker failed unexpectedly")
        .hint("this is a defect of mytools; please report it")
        .into()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::{Cancel, Flow, Options, Result, Task, run};
    use crate::core::exec::relay::Relay;

    struct Squares {
        next: AtomicU64,
        end: u64,
        sum: Relay<u64>,
    }

    impl Task for Squares {
        type Claim = u64;
        type Worker = u64;
        type Output = (u64, u64);

        fn worker(&self) -> u64 {
            0
        }

        fn claim(&self, _: &mut u64) -> Result<Option<(u64, u64)>> {
            let n = self.next.fetch_add(1, Ordering::Relaxed);
            Ok((n < self.end).then_some((n, n)))
        }

        fn work(&self, worker: &mut u64, seq: u64, n: u64) -> Result<(u64, u64)> {
            *worker += 1;
            let before = self.sum.advance(seq, |sum| {
                let before = *sum;
                *sum += n;
                before
            })?;
            Ok((n * n, before))
        }

        fn weight(&self, _: &(u64, u64)) -> usize {
            8
        }
    }

    fn squares(threads: usize, end: u64, stop_after: u64) -> (Vec<(u64, u64)>, u64) {
        let cancel = Cancel::default();
        let task = Squares { next: AtomicU64::new(0), end, sum: Relay::new(0, cancel.clone()) };
        let mut seen = Vec::new();
        let workers = run(&task, &Options { threads, budget: 64, cancel }, |_, square| {
            seen.push(square);
            Ok(if seen.len() as u64 == stop_after { Flow::Stop } else { Flow::Continue })
        })
        .unwrap();
        (seen, workers.into_iter().sum())
    }

    #[test]
    fn drains_in_order_at_any_thread_count() {
        let (plain, _) = squares(1, 500, u64::MAX);
        for threads in [2, 3, 8] {
            let (seen, worked) = squares(threads, 500, u64::MAX);
            assert_eq!(seen, plain);
            assert_eq!(worked, 500);
        }
    }

    #[test]
    fn stops_where_the_drain_says() {
        for threads in [1, 4] {
            let (seen, worked) = squares(threads, 1_000_000, 10);
            assert_eq!(seen.len(), 10);
            assert!(worked < 1_000_000);
        }
    }
}
