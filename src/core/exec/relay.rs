//! A baton handed from block to block: the exchange between neighbours.
//!
//! A worker that must know what all earlier blocks add up to (lines so far, quote state, rows so far) calls
//! [`Relay::advance`] with its sequence number; it waits for its turn, sees the state its predecessors left, and
//! leaves the state for its successor. Work that does not need the state is done before the call, so that the
//! baton moves fast. Every sequence number must pass exactly once, also when its block failed.
//!
//! Waiting cannot lock up: numbers are handed out in order, each to a running thread, so the lowest one that has
//! not passed is always at work.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::core::error::{Error, Result};
use crate::core::exec::cancel::Cancel;

/// How often a waiting thread looks at the turn before it sleeps.
const SPINS: u32 = 2_000;

/// State that passes through all sequence numbers in order.
#[derive(Debug)]
pub(crate) struct Relay<S> {
    turn: AtomicU64,
    state: Mutex<Inside<S>>,
    moved: Condvar,
    cancel: Cancel,
}

#[derive(Debug)]
struct Inside<S> {
    state: S,
    /// Threads asleep; waking nobody would cost a system call each time.
    asleep: usize,
}

impl<S> Relay<S> {
    /// A relay whose number 0 sees `state`.
    pub(crate) fn new(state: S, cancel: Cancel) -> Self {
        let state = Mutex::new(Inside { state, asleep: 0 });
        Self { turn: AtomicU64::new(0), state, moved: Condvar::new(), cancel }
    }

    /// Waits until all numbers below `seq` have passed, lets `step` read and change the state, and passes on.
    ///
    /// Fails with [`Error::Cancelled`] where the run was stopped while waiting.
    pub(crate) fn advance<R>(&self, seq: u64, step: impl FnOnce(&mut S) -> R) -> Result<R> {
        let mut inside = self.reach(|turn| turn == seq)?;
        let result = step(&mut inside.state);
        self.turn.store(seq + 1, Ordering::Release);
        let sleepers = inside.asleep;
        drop(inside);
        if sleepers > 0 {
            self.moved.notify_all();
        }
        Ok(result)
    }

    /// Waits until all numbers below `seq` have passed, and leaves the state as it is.
    ///
    /// Fails with [`Error::Cancelled`] where the run was stopped while waiting.
    pub(crate) fn wait(&self, seq: u64) -> Result<()> {
        self.reach(|turn| turn >= seq).map(|_| ())
    }

    /// Waits for a turn.
    fn reach(&self, there: impl Fn(u64) -> bool) -> Result<MutexGuard<'_, Inside<S>>> {
        for _ in 0..SPINS {
            if there(self.turn.load(Ordering::Acquire)) {
                break;
            }
            std::hint::spin_loop();
        }
        let mut inside = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        while !there(self.turn.load(Ordering::Acquire)) {
            if self.cancel.stopped() {
                return Err(Error::Cancelled);
            }
            inside.asleep += 1;
            inside =
                self.moved.wait_timeout(inside, Duration::from_millis(20)).unwrap_or_else(PoisonError::into_inner).0;
            inside.asleep -= 1;
        }
        Ok(inside)
    }
}
