//! The position of the walk: depth first through listed directories, and what to list next.
//!
//! Everything here runs under one lock and is short: no system call, no path is made.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use super::list::{Directory, Listing, What};

/// Files in a run, at most.
pub(super) const RUN: usize = 16;

/// Names that may be listed ahead of the cursor. Names take some 50 bytes each.
const AHEAD: usize = 64 << 10;

/// Consecutive names of one directory.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) listing: Arc<Listing>,
    pub(super) range: Range<usize>,
}

/// What the thread at the cursor is to do.
pub(super) enum Next {
    /// Read these files: the parts have been filled.
    Run(u64),
    /// List this directory and bring the result.
    List(Arc<Directory>),
    /// Bring the next paths that the user listed.
    Roots,
    /// Come back when something has been listed.
    Wait,
    /// There is nothing left.
    End,
}

/// How far a directory is.
#[derive(Debug, Default)]
pub(super) enum State {
    /// Nobody has looked at it.
    #[default]
    Unlisted,
    /// A thread is listing it.
    Listing,
    /// Its names are here.
    Listed(Arc<Listing>),
    /// The cursor has been or is in it.
    Entered,
}

/// Where the walk stands.
#[derive(Debug)]
pub(super) struct Cursor {
    /// The directories the cursor is in, outermost first, with the next name in each.
    stack: Vec<(Arc<Listing>, usize)>,
    /// Directories that wait to be listed; the last one is the nearest to the cursor.
    unlisted: Vec<Arc<Directory>>,
    /// Names listed that the cursor has not come to.
    ahead: usize,
    seq: u64,
    /// Whether roots come after those that are known.
    more: More,
    /// Threads that wait for a directory.
    pub(super) waiting: usize,
}

/// Whether further roots come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum More {
    /// No.
    No,
    /// They are to be brought.
    Yes,
    /// A thread is bringing them.
    Coming,
}

impl Cursor {
    /// A cursor before the first root.
    pub(super) fn new(roots: Listing, more: More) -> Self {
        let mut cursor = Self { stack: Vec::new(), unlisted: Vec::new(), ahead: 0, seq: 0, more, waiting: 0 };
        cursor.remember(&roots);
        cursor.stack.push((Arc::new(roots), 0));
        cursor
    }

    /// Moves on by one run, or says what stands in the way.
    pub(super) fn next(&mut self, parts: &mut Vec<Part>) -> Next {
        let mut files = 0;
        while files < RUN {
            let Some((listing, at)) = self.stack.last_mut() else {
                return if files > 0 { self.run() } else { self.end() };
            };
            match listing.names.get(*at).map(|name| &name.what) {
                None => {
                    self.stack.pop();
                }
                Some(What::Directory(directory)) => {
                    let directory = Arc::clone(directory);
                    let mut state = directory.state.lock().unwrap_or_else(PoisonError::into_inner);
                    match std::mem::replace(&mut *state, State::Entered) {
                        State::Listed(inner) => {
                            *at += 1;
                            self.ahead = self.ahead.saturating_sub(inner.names.len());
                            self.stack.push((inner, 0));
                        }
                        other if files > 0 => {
                            *state = other;
                            return self.run();
                        }
                        State::Unlisted => {
                            *state = State::Listing;
                            drop(state);
                            return Next::List(directory);
                        }
                        other => {
                            *state = other;
                            drop(state);
                            return self.look_ahead();
                        }
                    }
                }
                Some(_) => {
                    let room = RUN - files;
                    let same = listing.names.iter().skip(*at).take(room);
                    let count = same.take_while(|name| !matches!(name.what, What::Directory(_))).count();
                    parts.push(Part { listing: Arc::clone(listing), range: *at..*at + count });
                    *at += count;
                    files += count;
                }
            }
        }
        self.run()
    }

    /// What comes after the last name of the last root.
    fn end(&mut self) -> Next {
        match self.more {
            More::No => Next::End,
            More::Coming => Next::Wait,
            More::Yes => {
                self.more = More::Coming;
                Next::Roots
            }
        }
    }

    /// Takes in further roots, or that there are none.
    pub(super) fn roots(&mut self, roots: Option<Listing>) {
        let Some(roots) = roots else {
            self.more = More::No;
            return;
        };
        self.more = More::Yes;
        self.remember(&roots);
        self.stack.push((Arc::new(roots), 0));
    }

    /// Takes in a listed directory.
    pub(super) fn listed(&mut self, directory: &Directory, listing: Listing) {
        self.ahead += listing.names.len();
        self.remember(&listing);
        set(&directory.state, State::Listed(Arc::new(listing)));
    }

    fn run(&mut self) -> Next {
        let seq = self.seq;
        self.seq += 1;
        Next::Run(seq)
    }

    /// Something to list for a thread that would wait.
    fn look_ahead(&mut self) -> Next {
        if self.ahead >= AHEAD {
            return Next::Wait;
        }
        self.forget_listed();
        match self.unlisted.pop() {
            Some(directory) => {
                set(&directory.state, State::Listing);
                Next::List(directory)
            }
            None => Next::Wait,
        }
    }

    fn remember(&mut self, listing: &Listing) {
        self.forget_listed();
        let directories = listing.names.iter().rev().filter_map(|name| match &name.what {
            What::Directory(directory) => Some(Arc::clone(directory)),
            _ => None,
        });
        self.unlisted.extend(directories);
    }

    /// Drops what the cursor had listed itself, so that the stack stays as small as the walk is deep.
    fn forget_listed(&mut self) {
        while self.unlisted.pop_if(|directory| !is_unlisted(&directory.state)).is_some() {}
    }
}

fn set(state: &Mutex<State>, new: State) {
    *state.lock().unwrap_or_else(PoisonError::into_inner) = new;
}

fn is_unlisted(state: &Mutex<State>) -> bool {
    matches!(*state.lock().unwrap_or_else(PoisonError::into_inner), State::Unlisted)
}
