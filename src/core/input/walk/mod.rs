//! The walk: from a [`Select`] to runs of files in path order, claimed by all threads.
//!
//! [`Walk::claim`] hands out numbered runs of consecutive files. The order is that of `rg --sort path`: roots as given,
//! and in each directory by the bytes of the names, so that `s/a/b` comes before `s/a+`. What could not be read stands
//! in the run at its place in that order.
//!
//! One cursor goes depth first through listed directories ([`cursor`]). Whoever needs a directory lists it, filters it
//! by the rules and sorts it ([`list`], [`rules`]), outside the lock; a thread that meets a directory that is being
//! listed lists the next one, a bounded number of names ahead. No thread waits while there is something to list.

mod cursor;
mod identity;
mod list;
mod listed;
mod mistakes;
mod omission;
mod rules;
mod sorted;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::core::error::{Problem, Result};
use crate::core::exec::cancel::Cancel;
use crate::core::input::handle::Handle;
use crate::core::input::select::Select;

use cursor::{Cursor, More, Next};
pub(crate) use identity::{is_stdout, stdin_is_stdout};
use list::{Lister, Listing};
pub(crate) use listed::List;
use sorted::Sorted;

/// A file to read.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// The path as it is to be printed and opened; `-` for standard input.
    pub(crate) path: PathBuf,
    /// The directory it is in, if that is open.
    pub(crate) directory: Option<Arc<Handle>>,
    /// Whether the user named this very file.
    pub(crate) explicit: bool,
    /// What it is.
    pub(crate) kind: Kind,
}

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A regular file.
    File,
    /// A regular file that the globs and types leave out, unless it is an archive, whose members they may want.
    Archive,
    /// A pipe or a device, which only the user can name.
    Special,
    /// Standard input.
    Stdin,
}

/// One step of a run.
#[derive(Debug)]
pub(crate) enum Item {
    /// A file to read.
    File(Entry),
    /// Something that could not be read, at its place in the order.
    Problem(Problem),
}

/// Consecutive files of the walk.
#[derive(Debug, Default)]
pub(crate) struct Run {
    /// The files and problems, in order; at least one.
    pub(crate) items: Vec<Item>,
}

/// What a thread keeps between claims.
#[derive(Debug, Default)]
pub(crate) struct Walker {
    parts: Vec<cursor::Part>,
}

/// A walk that is shared by all threads.
#[derive(Debug)]
pub(crate) struct Walk {
    lister: Lister,
    cursor: Mutex<Cursor>,
    /// Signalled when a directory has been listed.
    listed: Condvar,
    /// Further roots.
    list: Option<Mutex<List>>,
    /// Files in another order than the walk's.
    sorted: Option<Sorted>,
    /// Ends the wait of those for whom nobody will list any more.
    cancel: Cancel,
}

impl Walk {
    /// Prepares the walk. Fails where a glob, a type or an ignore file of the command line is wrong; what is wrong with
    /// the files themselves shows up in runs.
    pub(crate) fn new(select: Select) -> Result<Self> {
        let list = select.listed.as_ref().map(List::open).transpose()?;
        let more = if list.is_some() { More::Yes } else { More::No };
        let sorted = select.order.map(Sorted::new);
        let (lister, roots) = Lister::new(select)?;
        Ok(Self {
            lister,
            cursor: Mutex::new(Cursor::new(roots, more)),
            listed: Condvar::new(),
            list: list.map(Mutex::new),
            sorted,
            cancel: Cancel::default(),
        })
    }

    /// The same, ended by this flag.
    #[must_use]
    pub(crate) fn ended_by(self, cancel: Cancel) -> Self {
        Self { cancel, ..self }
    }

    /// Whether the globs and types want a member of an archive, given its path in there.
    pub(crate) fn wants_member(&self, path: &Path) -> bool {
        self.lister.rules.wants_member(path)
    }

    /// The next run with its number, or none at the end. Numbers are 0, 1, 2, … in order, without gaps.
    pub(crate) fn claim(&self, walker: &mut Walker) -> Result<Option<(u64, Run)>> {
        match &self.sorted {
            Some(sorted) => sorted.claim(&self.cancel, || Ok(self.next(walker))),
            None => Ok(self.next(walker)),
        }
    }

    /// The next run of the walk.
    fn next(&self, walker: &mut Walker) -> Option<(u64, Run)> {
        let mut cursor = self.lock();
        loop {
            let directory = match cursor.next(&mut walker.parts) {
                Next::Run(seq) => {
                    drop(cursor);
                    return Some((seq, Run::from_parts(&mut walker.parts)));
                }
                Next::End => {
                    self.wake(&cursor);
                    return None;
                }
                Next::Roots => {
                    drop(cursor);
                    let roots = self.next_roots();
                    cursor = self.lock();
                    cursor.roots(roots);
                    self.wake(&cursor);
                    continue;
                }
                Next::List(directory) => directory,
                Next::Wait if self.cancel.stopped() => return None,
                Next::Wait => {
                    cursor.waiting += 1;
                    let waited = self.listed.wait_timeout(cursor, Duration::from_millis(20));
                    cursor = waited.unwrap_or_else(PoisonError::into_inner).0;
                    cursor.waiting -= 1;
                    continue;
                }
            };
            drop(cursor);
            let listing = self.lister.list(&directory);
            cursor = self.lock();
            cursor.listed(&directory, listing);
            self.wake(&cursor);
        }
    }

    /// The next paths of the list; a list that cannot be read on ends with a problem.
    fn next_roots(&self) -> Option<Listing> {
        let mut list = self.list.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner);
        match list.next() {
            Ok(paths) => paths.map(|paths| self.lister.roots(paths)),
            Err(problem) => Some(Listing::of_problem(problem)),
        }
    }

    /// Wakes the threads that wait for a directory; waking nobody would cost a system call each time.
    fn wake(&self, cursor: &Cursor) {
        if cursor.waiting > 0 {
            self.listed.notify_all();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Cursor> {
        self.cursor.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Run {
    /// Makes the paths, which the cursor's lock should not wait for.
    fn from_parts(parts: &mut Vec<cursor::Part>) -> Self {
        let mut items = Vec::with_capacity(cursor::RUN);
        for part in parts.drain(..) {
            items.extend(part.range.filter_map(|at| part.listing.item(at)));
        }
        Self { items }
    }
}

#[cfg(test)]
mod tests;
