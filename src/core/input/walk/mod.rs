//! The walk: from a [`Select`] to runs of files in path order, claimed by all threads.
//!
//! [`Walk::claim`] hands out numbered runs of consecutive files. The order is that of `rg --sort path`: roots as given,
//! and in each directory by the bytes of the names, so that `s/a/b` comes before `s/a+`. What could not be read stands
//! in the run at its place in that order.

use std::path::PathBuf;

use crate::core::error::{Problem, Result};
use crate::core::input::select::Select;

/// A file to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The path as it is to be printed and opened; `-` for standard input.
    pub(crate) path: PathBuf,
    /// Whether the user named this very file.
    pub(crate) explicit: bool,
    /// Directories between the file and its root, counted from 1; 0 for what the user named.
    pub(crate) depth: usize,
    /// What it is.
    pub(crate) kind: Kind,
}

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A regular file.
    File,
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
    /// The files and problems, in order.
    pub(crate) items: Vec<Item>,
}

/// What a thread keeps between claims.
#[derive(Debug, Default)]
pub(crate) struct Walker {}

/// A walk that is shared by all threads.
#[derive(Debug)]
pub(crate) struct Walk {}

impl Walk {
    /// Prepares the walk. Fails where a glob or a type is wrong; what is wrong with files shows up in runs.
    pub(crate) fn new(_select: Select) -> Result<Self> {
        Ok(Self {})
    }

    /// The next run with its number, or none at the end. Numbers are 0, 1, 2, … in path order, without gaps.
    pub(crate) fn claim(&self, _walker: &mut Walker) -> Result<Option<(u64, Run)>> {
        Ok(None)
    }
}
