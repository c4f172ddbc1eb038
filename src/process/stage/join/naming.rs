//! What the columns of the other side of a join are called, and where a needed column comes from.
//!
//! Where our columns are known before reading, a name is settled once. Where they are not (JSON), it is settled record by
//! record: the suffix is added where the record has a field of that name.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::core::error::{Code, Problem, Result};
use crate::process::stage::join::on::On;
use crate::process::stage::names::root;
use crate::process::stage::{Columns, Needs, RIGHT};

/// The columns of both sides.
#[derive(Debug, Default)]
pub(super) struct Naming {
    left: Vec<Arc<str>>,
    left_open: bool,
    right: Vec<Arc<str>>,
    right_open: bool,
    /// Key columns of one name on both sides.
    same: Vec<Arc<str>>,
}

/// A column of the other side in the output.
#[derive(Debug, Clone)]
pub(super) struct Named {
    /// Its number among the columns of the other side.
    pub(super) column: usize,
    /// Its name.
    pub(super) name: Arc<str>,
    /// Its name in records that have a field called `name`.
    pub(super) otherwise: Option<Arc<str>>,
}

impl Naming {
    /// The columns of both sides. The first `equal` keys are equal on both sides of a match.
    pub(super) fn new(left: &Columns, right: &Columns, on: &On, equal: usize) -> Self {
        let same = on.pairs().take(equal).filter(|(ours, theirs)| ours == theirs).map(|(name, _)| Arc::from(name));
        Self {
            left: left.names.clone(),
            left_open: left.open,
            right: right.names.clone(),
            right_open: right.open,
            same: same.collect(),
        }
    }

    /// What a column of the other side is called; none where it is not repeated.
    fn name(&self, right: &Arc<str>) -> Option<Arc<str>> {
        if self.same.contains(right) {
            return None;
        }
        let taken = !self.left_open && self.left.contains(right);
        Some(if taken { Arc::from(format!("{right}{RIGHT}")) } else { Arc::clone(right) })
    }

    /// The names of the other side's columns, as far as they are known.
    pub(super) fn outputs(&self) -> Result<Vec<Arc<str>>> {
        let mut names = Vec::new();
        for right in &self.right {
            let Some(name) = self.name(right) else { continue };
            let suffixed = name != *right && (self.left.contains(&name) || self.right.contains(&name));
            if suffixed {
                return Err(second(&name).into());
            }
            names.push(name);
        }
        Ok(names)
    }

    /// The columns that the other side turned out to have, but keys that are not repeated.
    pub(super) fn named(&self, columns: &[Arc<str>]) -> Vec<Named> {
        let named = columns.iter().enumerate().filter_map(|(column, right)| {
            let name = self.name(right)?;
            let otherwise = self.left_open.then(|| Arc::from(format!("{right}{RIGHT}")));
            Some(Named { column, name, otherwise })
        });
        named.collect()
    }

    /// Which of our columns are needed so that those in `after` can be had.
    pub(super) fn left_needs(&self, after: Needs) -> Needs {
        let Needs::Only(names) = after else { return Needs::All };
        if !self.left_open {
            let ours = |path: &String| self.has(path) || self.has(root(path));
            return Needs::only(names.into_iter().filter(ours));
        }
        if plain(&names) { Needs::only(names.iter().flat_map(|name| both(name))) } else { Needs::All }
    }

    fn has(&self, name: &str) -> bool {
        self.left.iter().any(|left| **left == *name)
    }

    /// Which of the other side's columns are needed so that those in `after` can be had.
    pub(super) fn right_needs(&self, after: Needs) -> Needs {
        let Needs::Only(names) = after else { return Needs::All };
        if self.left_open || self.right_open {
            let all = || names.iter().flat_map(|name| both(name));
            return if plain(&names) { Needs::only(all()) } else { Needs::All };
        }
        let wanted = |right: &&Arc<str>| {
            self.name(right).is_some_and(|name| names.iter().any(|path| **path == *name || root(path) == &*name))
        };
        Needs::only(self.right.iter().filter(wanted).map(ToString::to_string))
    }

    /// Our columns, where they are known, and the keys that are not repeated, for rows that no record of ours matched.
    pub(super) fn left_columns(&self) -> &[Arc<str>] {
        if self.left_open { &self.same } else { &self.left }
    }

    /// Whether a column is a key of one name on both sides.
    pub(super) fn is_same(&self, name: &Arc<str>) -> bool {
        self.same.contains(name)
    }
}

/// The error for a column of both sides whose other name is taken as well.
pub(super) fn second(name: &str) -> Problem {
    let problem = Problem::new(Code::Plan, format!("the join would make a second column '{name}'"));
    problem.hint("--rename it, or --drop it, before --join")
}

/// Whether all names are those of whole columns.
fn plain(names: &BTreeSet<String>) -> bool {
    names.iter().all(|name| root(name) == name)
}

/// A name, and what it is without the suffix.
fn both(name: &str) -> impl Iterator<Item = String> {
    std::iter::once(name.to_string()).chain(name.strip_suffix(RIGHT).map(ToString::to_string))
}
