//! Orders for which all files must be known first: the whole walk is gathered, on all threads, then handed out in runs.

use std::cmp::Ordering;
use std::collections::VecDeque;
use std::fs;
use std::path::Path;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use crate::core::error::Result;
use crate::core::exec::cancel::Cancel;
use crate::core::input::select::{Key, Order};

use super::cursor::RUN;
use super::{Entry, Item, Run};

/// The files of a walk in another order.
#[derive(Debug)]
pub(super) struct Sorted {
    order: Order,
    state: Mutex<State>,
    ready: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// What was gathered, with the number of its run.
    gathered: Vec<(u64, Vec<(Value, Item)>)>,
    /// Threads that gather.
    busy: usize,
    /// What is left to hand out, once all is known.
    left: Option<VecDeque<Item>>,
    seq: u64,
}

/// What a file is compared by; none where the system does not tell.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    Path,
    Time(Option<SystemTime>),
    Size(Option<u64>),
}

impl Sorted {
    /// Nothing is gathered yet.
    pub(super) fn new(order: Order) -> Self {
        Self { order, state: Mutex::default(), ready: Condvar::new() }
    }

    /// The next run in order; `walk` gives those of the walk, and is asked until it gives none. Every thread that comes
    /// while files are being gathered helps.
    pub(super) fn claim(
        &self,
        cancel: &Cancel,
        mut walk: impl FnMut() -> Result<Option<(u64, Run)>>,
    ) -> Result<Option<(u64, Run)>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.left.is_none() {
            state.busy += 1;
            drop(state);
            let mut own = Vec::new();
            let outcome = loop {
                match walk() {
                    Ok(Some((seq, run))) => own.push((seq, self.valued(run))),
                    Ok(None) => break Ok(()),
                    Err(error) => break Err(error),
                }
            };
            state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.gathered.append(&mut own);
            state.busy -= 1;
            outcome?;
            if state.busy == 0 {
                let gathered = std::mem::take(&mut state.gathered);
                state.left = Some(self.sort(gathered));
                self.ready.notify_all();
            }
            while state.left.is_none() {
                if cancel.stopped() {
                    return Ok(None);
                }
                let waited = self.ready.wait_timeout(state, Duration::from_millis(20));
                state = waited.unwrap_or_else(PoisonError::into_inner).0;
            }
        }
        let Some(left) = &mut state.left else { return Ok(None) };
        let items: Vec<Item> = left.drain(..left.len().min(RUN)).collect();
        if items.is_empty() {
            return Ok(None);
        }
        let seq = state.seq;
        state.seq += 1;
        Ok(Some((seq, Run { items })))
    }

    fn valued(&self, run: Run) -> Vec<(Value, Item)> {
        let value = |item: &Item| match item {
            Item::File(entry) => self.value(entry),
            Item::Problem(_) => Value::Path,
        };
        run.items.into_iter().map(|item| (value(&item), item)).collect()
    }

    fn value(&self, entry: &Entry) -> Value {
        let metadata = || fs::metadata(&entry.path).ok();
        match self.order.by {
            Key::Path => Value::Path,
            Key::Modified => Value::Time(metadata().and_then(|metadata| metadata.modified().ok())),
            Key::Accessed => Value::Time(metadata().and_then(|metadata| metadata.accessed().ok())),
            Key::Created => Value::Time(metadata().and_then(|metadata| metadata.created().ok())),
            Key::Size => Value::Size(metadata().map(|metadata| metadata.len())),
        }
    }

    /// Problems first, in the order of the walk, then the files.
    fn sort(&self, mut gathered: Vec<(u64, Vec<(Value, Item)>)>) -> VecDeque<Item> {
        gathered.sort_by_key(|(seq, _)| *seq);
        let (mut items, mut files) = (VecDeque::new(), Vec::new());
        for (value, item) in gathered.into_iter().flat_map(|(_, items)| items) {
            match item {
                Item::File(entry) => files.push((value, entry)),
                problem @ Item::Problem(_) => items.push_back(problem),
            }
        }
        files.sort_by(|a, b| {
            let order = compare((&a.0, &a.1.path), (&b.0, &b.1.path));
            if self.order.falling { order.reverse() } else { order }
        });
        items.extend(files.into_iter().map(|(_, entry)| Item::File(entry)));
        items
    }
}

/// What cannot be told comes after what can.
fn compare(a: (&Value, &Path), b: (&Value, &Path)) -> Ordering {
    fn known<T: Ord>(a: Option<&T>, b: Option<&T>) -> Ordering {
        match (a, b) {
            (Some(a), Some(b)) => a.cmp(b),
            (a, b) => b.is_some().cmp(&a.is_some()),
        }
    }
    match (a.0, b.0) {
        (Value::Time(a), Value::Time(b)) => known(a.as_ref(), b.as_ref()),
        (Value::Size(a), Value::Size(b)) => known(a.as_ref(), b.as_ref()),
        _ => a.1.cmp(b.1),
    }
}
