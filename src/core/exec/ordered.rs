//! Claim, work, drain in order.
//!
//! `run` starts one claim loop per thread on rayon. Each loop claims a numbered piece of work, works on it, and
//! hands in the result; whoever hands in the head of the line drains it and all that follow it. Results that wait
//! for the head are bounded in bytes: past the budget no new claims are made, while the head, already claimed, goes
//! on, so nothing can lock up. A worker's error takes its place in the line, so what came before it is drained
//! first; an error of a claim, which has no place, comes after all that was claimed. The drained order, and so the output, is that of the claims, at any number of threads.
//!
//! A worker that finds its claim too big for one thread (a huge file in a run of small ones) splits it: the parts
//! take the claim's place in the line, and idle threads take them, lowest first, before they claim anything new.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::core::error::{Code, Error, Problem, Result};
use crate::core::exec::cancel::Cancel;
use crate::core::exec::fault::{Fault, Site};
use crate::core::integer::narrow;

/// Whether the drain wants more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flow {
    /// Go on.
    Continue,
    /// Enough: later results are dropped and no more claims are made.
    Stop,
    /// Stop, but work on what was claimed to its end, so that its numbers pass all relays.
    Finish,
}

/// What became of a claim.
#[derive(Debug)]
pub(crate) enum Step<C, O> {
    /// It is done.
    Done(O),
    /// A first part is done; the others take its place in the line, in this order.
    Split(O, Vec<C>),
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
    fn work(&self, worker: &mut Self::Worker, claim: Self::Claim) -> Result<Step<Self::Claim, Self::Output>>;

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
    /// Where it is to panic, for tests.
    pub(crate) fault: Fault,
}

/// Bytes of results that may wait, unless told otherwise.
pub(crate) const DEFAULT_BUDGET: usize = 64 << 20;

/// Starts threads. What runs on them (`install`) shares them with every run of the engine and every parallel loop in it;
/// without them each run of the engine starts its own.
pub(crate) fn pool(threads: usize) -> Result<rayon::ThreadPool> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.max(1)).build();
    // Where the system has no room for more threads, there is the one that asks. Those that did start need a moment to
    // give back what they took.
    let pool = pool.or_else(|error| {
        std::thread::sleep(Duration::from_millis(100));
        let alone = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build();
        alone.map_err(|_| error)
    });
    Ok(pool.map_err(|error| Problem::new(Code::Limit, format!("cannot start {threads} threads: {error}")))?)
}

/// Runs a task to its end and returns the workers, in no particular order.
///
/// `drain` sees every result in order; its first error, or the first error of a worker in order, ends the run and
/// is returned.
pub(crate) fn run<T: Task>(
    task: &T,
    options: &Options,
    drain: impl FnMut(T::Output) -> Result<Flow> + Send,
) -> Result<Vec<T::Worker>> {
    let line = Line {
        state: Mutex::new(State {
            next: 0,
            parts: BTreeMap::new(),
            pending: BTreeSet::new(),
            working: 0,
            asleep: 0,
            bytes: 0,
            draining: false,
            ended: false,
            failure: None,
            refused: None,
        }),
        drain: Mutex::new(drain),
        moved: Condvar::new(),
        budget: options.budget,
        cancel: &options.cancel,
        fault: options.fault,
    };
    let workers = if options.threads <= 1 {
        vec![claim_loop(task, &line)]
    } else if rayon::current_thread_index().is_some() && rayon::current_num_threads() == options.threads {
        rayon::broadcast(|_| claim_loop(task, &line))
    } else {
        match pool(options.threads) {
            Ok(pool) => pool.broadcast(|_| claim_loop(task, &line)),
            Err(_) => vec![claim_loop(task, &line)],
        }
    };
    options.fault.reach(Site::End, 0);
    let state = line.state.into_inner().unwrap_or_else(PoisonError::into_inner);
    let refused = state.refused.filter(|_| !state.ended);
    match state.failure.or(refused) {
        Some(error) => Err(error),
        None => Ok(workers),
    }
}

/// A place in the line: the number of the claim, then the positions in each split of it.
type Place = (u64, Vec<u32>);

enum Part<C, O> {
    Pending(C),
    Running,
    Ready(Result<O>, usize),
}

struct State<C, O> {
    /// Claims below this number are drained.
    next: u64,
    /// Everything that waits, and everything that came from a split.
    parts: BTreeMap<Place, Part<C, O>>,
    /// The places of parts that nobody works on.
    pending: BTreeSet<Place>,
    /// Threads between a claim and its hand-in; they may still split.
    working: usize,
    /// Threads asleep; waking nobody would cost a system call each time.
    asleep: usize,
    bytes: usize,
    draining: bool,
    ended: bool,
    failure: Option<Error>,
    /// Why no more claims are made. What was claimed is still worked on and drained.
    refused: Option<Error>,
}

impl<C, O> State<C, O> {
    /// Whether nothing follows a part in the split that made it. Its own parts may then be numbered on from it, so that
    /// a stream that splits off chunk after chunk does not nest ever deeper.
    fn is_last_sibling(&self, place: &Place) -> bool {
        let Some((_, parents)) = place.1.split_last() else { return false };
        let next = self.parts.range((Bound::Excluded(place), Bound::Unbounded)).next();
        next.is_none_or(|((seq, path), _)| *seq != place.0 || !path.starts_with(parents))
    }

    /// Takes the lowest part that nobody works on.
    fn take_pending(&mut self) -> Option<(Place, C)> {
        let place = self.pending.pop_first()?;
        match self.parts.insert(place.clone(), Part::Running) {
            Some(Part::Pending(claim)) => Some((place, claim)),
            _ => None,
        }
    }

    /// Whether the head of the line waits for somebody to work on it.
    fn head_pending(&self) -> bool {
        matches!(self.parts.first_key_value(), Some(((seq, _), Part::Pending(_))) if *seq == self.next)
    }

    /// Takes the head of the line if it is ready, and moves the line on.
    fn take_ready(&mut self) -> Option<(Result<O>, usize)> {
        let entry = self.parts.first_entry()?;
        if entry.key().0 != self.next || !matches!(entry.get(), Part::Ready(..)) {
            return None;
        }
        let Part::Ready(output, weight) = entry.remove() else { return None };
        if self.parts.first_key_value().is_none_or(|((seq, _), _)| *seq != self.next) {
            self.next += 1;
        }
        Some((output, weight))
    }
}

struct Line<'a, C, O, D> {
    state: Mutex<State<C, O>>,
    drain: Mutex<D>,
    moved: Condvar,
    budget: usize,
    cancel: &'a Cancel,
    fault: Fault,
}

/// What a thread is to do next.
enum Turn<C> {
    /// Work on this part of a split.
    Part(Place, C),
    /// Make a new claim.
    Claim,
    /// Nothing is left to do.
    End,
}

impl<C, O, D: FnMut(O) -> Result<Flow>> Line<'_, C, O, D> {
    fn lock(&self) -> MutexGuard<'_, State<C, O>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Decides what the calling thread does next; waits while too much is undrained, or, once the claims are
    /// exhausted, while others may still split.
    fn turn(&self, exhausted: bool) -> Turn<C> {
        let mut state = self.lock();
        loop {
            if state.ended || self.cancel.stopped() {
                return Turn::End;
            }
            let exhausted = exhausted || state.refused.is_some();
            let full = state.bytes > self.budget;
            if !full || state.head_pending() {
                if let Some((place, claim)) = state.take_pending() {
                    state.working += 1;
                    return Turn::Part(place, claim);
                }
                if !exhausted && !full {
                    state.working += 1;
                    return Turn::Claim;
                }
            }
            if exhausted && state.working == 0 && state.pending.is_empty() {
                return Turn::End;
            }
            state.asleep += 1;
            state = self.moved.wait_timeout(state, Duration::from_millis(20)).unwrap_or_else(PoisonError::into_inner).0;
            state.asleep -= 1;
        }
    }

    /// Wakes the threads that sleep.
    fn wake(&self, state: &State<C, O>) {
        if state.asleep > 0 {
            self.moved.notify_all();
        }
    }

    /// The claiming thread found nothing to claim, or what keeps everybody from claiming more.
    fn give_up(&self, refused: Option<Error>) {
        let mut state = self.lock();
        state.working -= 1;
        if state.refused.is_none() {
            state.refused = refused;
        }
        self.wake(&state);
    }

    /// Hands in a result and its further parts; drains the head of the line if it is there and nobody else does.
    fn hand_in(&self, place: Place, output: Result<O>, weight: usize, rest: Vec<C>) {
        let mut state = self.lock();
        state.working -= 1;
        if state.ended {
            return;
        }
        let flat = state.is_last_sibling(&place);
        for (at, claim) in rest.into_iter().enumerate() {
            let mut part = place.clone();
            match part.1.last_mut().filter(|_| flat) {
                Some(last) => *last += narrow(at) + 1,
                None => part.1.push(narrow(at)),
            }
            state.pending.insert(part.clone());
            state.parts.insert(part, Part::Pending(claim));
        }
        state.parts.insert(place, Part::Ready(output, weight));
        state.bytes += weight;
        if !state.pending.is_empty() || state.working == 0 {
            self.wake(&state);
        }
        if state.draining {
            return;
        }
        state.draining = true;
        while !state.ended {
            let number = state.next;
            let Some((output, weight)) = state.take_ready() else { break };
            drop(state);
            let flow = match output {
                Ok(output) => {
                    let mut drain = self.drain.lock().unwrap_or_else(PoisonError::into_inner);
                    let drain = || {
                        self.fault.reach(Site::Drain, number);
                        drain(output)
                    };
                    catch_unwind(AssertUnwindSafe(drain)).unwrap_or_else(|_| Err(Problem::defect().into()))
                }
                Err(error) => Err(error),
            };
            state = self.lock();
            let was_full = state.bytes > self.budget;
            state.bytes = state.bytes.saturating_sub(weight);
            match flow {
                Ok(Flow::Continue) => {}
                Ok(Flow::Stop) => self.end(&mut state, None),
                Ok(Flow::Finish) => self.close(&mut state, None),
                Err(error) => self.end(&mut state, Some(error)),
            }
            if was_full {
                self.wake(&state);
            }
        }
        state.draining = false;
    }

    fn end(&self, state: &mut State<C, O>, failure: Option<Error>) {
        self.cancel.stop();
        self.close(state, failure);
    }

    /// The same without stopping what is at work.
    fn close(&self, state: &mut State<C, O>, failure: Option<Error>) {
        if !state.ended {
            state.ended = true;
            state.failure = failure;
        }
        state.parts.clear();
        state.pending.clear();
        state.bytes = 0;
        self.moved.notify_all();
    }
}

fn claim_loop<T, D>(task: &T, line: &Line<'_, T::Claim, T::Output, D>) -> T::Worker
where
    T: Task,
    D: FnMut(T::Output) -> Result<Flow>,
{
    let mut worker = task.worker();
    let mut exhausted = false;
    loop {
        let (place, claim) = match line.turn(exhausted) {
            Turn::End => break,
            Turn::Part(place, claim) => (place, claim),
            Turn::Claim => {
                let claim = || {
                    let claimed = task.claim(&mut worker);
                    if let Ok(Some((seq, _))) = &claimed {
                        line.fault.reach(Site::Claim, *seq);
                    }
                    claimed
                };
                match catch_unwind(AssertUnwindSafe(claim)) {
                    Ok(Ok(Some((seq, claim)))) => ((seq, Vec::new()), claim),
                    Ok(claimed) => {
                        exhausted = true;
                        line.give_up(claimed.err());
                        continue;
                    }
                    Err(_) => {
                        // A number may be lost, for which everything would wait.
                        line.give_up(None);
                        line.end(&mut line.lock(), Some(Problem::defect().into()));
                        break;
                    }
                }
            }
        };
        let work = || {
            line.fault.reach(Site::Work, place.0);
            task.work(&mut worker, claim)
        };
        let step = catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(Problem::defect().into()));
        let (output, rest) = match step {
            Ok(Step::Done(output)) => (Ok(output), Vec::new()),
            Ok(Step::Split(output, rest)) => (Ok(output), rest),
            Err(error) => (Err(error), Vec::new()),
        };
        let weight = output.as_ref().map_or(0, |output| task.weight(output));
        line.hand_in(place, output, weight, rest);
    }
    worker
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::{Cancel, Code, Flow, Options, Problem, Result, Step, Task, run};
    use crate::core::exec::relay::Relay;

    /// Squares numbers; every multiple of 7 splits into itself and the ten that follow it, nested ones further.
    struct Squares {
        next: AtomicU64,
        end: u64,
        sum: Relay<u64>,
    }

    enum Claim {
        Top(u64),
        Part(u64, u32),
    }

    impl Task for Squares {
        type Claim = Claim;
        type Worker = u64;
        type Output = (u64, u64);

        fn worker(&self) -> u64 {
            0
        }

        fn claim(&self, _: &mut u64) -> Result<Option<(u64, Claim)>> {
            let n = self.next.fetch_add(1, Ordering::Relaxed);
            Ok((n < self.end).then_some((n, Claim::Top(n))))
        }

        fn work(&self, worker: &mut u64, claim: Claim) -> Result<Step<Claim, (u64, u64)>> {
            *worker += 1;
            let (n, depth) = match claim {
                Claim::Top(n) => {
                    let before = self.sum.advance(n, |sum| std::mem::replace(sum, *sum + n))?;
                    assert_eq!(before, n * n.saturating_sub(1) / 2);
                    (n, 0)
                }
                Claim::Part(n, depth) => (n, depth),
            };
            let output = (n, n * n);
            if n % 7 == 0 && depth < 2 {
                return Ok(Step::Split(output, (n..n + 10).map(|part| Claim::Part(part, depth + 1)).collect()));
            }
            Ok(Step::Done(output))
        }

        fn weight(&self, _: &(u64, u64)) -> usize {
            8
        }
    }

    fn squares(threads: usize, end: u64, stop_after: usize) -> (Vec<(u64, u64)>, u64) {
        let cancel = Cancel::default();
        let task = Squares { next: AtomicU64::new(0), end, sum: Relay::new(0, cancel.clone()) };
        let mut seen = Vec::new();
        let workers = run(&task, &Options { threads, budget: 64, cancel, fault: super::Fault::default() }, |square| {
            seen.push(square);
            Ok(if seen.len() == stop_after { Flow::Stop } else { Flow::Continue })
        })
        .unwrap();
        (seen, workers.into_iter().sum())
    }

    #[test]
    fn drains_in_order_at_any_thread_count() {
        let (plain, _) = squares(1, 500, usize::MAX);
        assert_eq!(&plain[..13].iter().map(|x| x.0).collect::<Vec<_>>(), &[0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1]);
        for threads in [2, 3, 8] {
            let (seen, worked) = squares(threads, 500, usize::MAX);
            assert_eq!(seen, plain);
            assert_eq!(worked as usize, plain.len());
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

    /// Fails when it is asked for one claim too many.
    struct Refusing {
        next: AtomicU64,
    }

    impl Task for Refusing {
        type Claim = u64;
        type Worker = ();
        type Output = u64;

        fn worker(&self) {}

        fn claim(&self, (): &mut ()) -> Result<Option<(u64, u64)>> {
            let n = self.next.fetch_add(1, Ordering::Relaxed);
            if n < 100 { Ok(Some((n, n))) } else { Err(Problem::new(Code::Io, "no more").into()) }
        }

        fn work(&self, (): &mut (), claim: u64) -> Result<Step<u64, u64>> {
            std::thread::sleep(std::time::Duration::from_micros(100 - claim));
            Ok(Step::Done(claim))
        }

        fn weight(&self, _: &u64) -> usize {
            1
        }
    }

    #[test]
    fn an_error_of_a_claim_comes_after_what_was_claimed() {
        for threads in [1, 2, 8] {
            let task = Refusing { next: AtomicU64::new(0) };
            let options = Options { threads, budget: 10, cancel: Cancel::default(), fault: super::Fault::default() };
            let mut drained = Vec::new();
            let error = run(&task, &options, |n| {
                drained.push(n);
                Ok(Flow::Continue)
            })
            .unwrap_err();
            assert_eq!(error.to_string(), "no more");
            assert_eq!(drained, (0..100).collect::<Vec<_>>(), "{threads} threads");
        }
    }

    /// Where a task panics.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum Fault {
        Claiming,
        Working,
        Draining,
    }

    /// Panics at its fiftieth claim. Its workers wait for each other, as those of search do.
    struct Faulty {
        next: AtomicU64,
        fault: Fault,
        passed: Relay<u64>,
    }

    impl Task for Faulty {
        type Claim = u64;
        type Worker = ();
        type Output = u64;

        fn worker(&self) {}

        fn claim(&self, (): &mut ()) -> Result<Option<(u64, u64)>> {
            let n = self.next.fetch_add(1, Ordering::Relaxed);
            assert!(n != 50 || self.fault != Fault::Claiming, "as the test wants it");
            Ok(Some((n, n)))
        }

        fn work(&self, (): &mut (), claim: u64) -> Result<Step<u64, u64>> {
            assert!(claim != 50 || self.fault != Fault::Working, "as the test wants it");
            self.passed.advance(claim, |passed| *passed += 1)?;
            Ok(Step::Done(claim))
        }

        fn weight(&self, _: &u64) -> usize {
            1
        }
    }

    #[test]
    fn a_panic_ends_the_run_with_an_error_and_nobody_waits() {
        for (fault, threads) in [Fault::Claiming, Fault::Working, Fault::Draining]
            .into_iter()
            .flat_map(|fault| [1, 2, 8].map(|n| (fault, n)))
        {
            let cancel = Cancel::default();
            let task = Faulty { next: AtomicU64::new(0), fault, passed: Relay::new(0, cancel.clone()) };
            let mut drained = Vec::new();
            let error =
                run(&task, &Options { threads, budget: 1 << 20, cancel, fault: super::Fault::default() }, |n| {
                    assert!(n != 50 || fault != Fault::Draining, "as the test wants it");
                    drained.push(n);
                    Ok(Flow::Continue)
                })
                .unwrap_err();
            assert!(error.to_string().starts_with("a worker failed unexpectedly; "), "{error}");
            // What could not be claimed has no place, so that it ends the run at once.
            let all: Vec<u64> = (0..50).collect();
            assert!(all.starts_with(&drained), "{drained:?}");
            assert!(fault == Fault::Claiming || drained.len() == 50, "{fault:?} with {threads} threads: {drained:?}");
        }
    }
}
