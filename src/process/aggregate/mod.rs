//! Aggregates: one file and one row in [`AGGREGATES`] each, and the table of groups they are kept for.
//!
//! An accumulator holds the state of one aggregate for all groups of one thread, indexed by group number. States are
//! exact and commutative: they are merged once, and the answer does not depend on who saw which rows. What depends on
//! order (first, last, ties of min and max) carries the row's number.

use std::any::Any;

use crate::core::data::batch::{Batch, Values};
use crate::core::data::value::Value;
use crate::core::error::Result;
use crate::core::registry::Row;

/// Every aggregate, in the order of the help.
pub(crate) static AGGREGATES: &[Row<Aggregate>] = &[];

/// How an aggregate is called and made.
#[derive(Debug)]
pub(crate) struct Aggregate {
    /// Least and most number of column arguments (expressions evaluated per row).
    pub(crate) inputs: (usize, usize),
    /// Number of constant parameters after them (the `q` of `quantile(x, q)`).
    pub(crate) parameters: usize,
    /// Makes an accumulator without groups.
    pub(crate) build: fn(&[Value<'static>]) -> Result<Box<dyn Accumulator>>,
}

/// Rows to take in.
pub(crate) struct Intake<'a> {
    /// The batch they are of.
    pub(crate) batch: &'a Batch,
    /// Their indices in the batch.
    pub(crate) rows: &'a [u32],
    /// For each of them, its group.
    pub(crate) groups: &'a [u32],
    /// The arguments, each with one value per record of the batch (not per listed row).
    pub(crate) inputs: &'a [&'a Values],
}

/// The state of one aggregate for all groups.
pub(crate) trait Accumulator: Send {
    /// Makes room for this many groups.
    fn grow(&mut self, groups: usize);

    /// Takes rows in.
    fn update(&mut self, intake: &Intake<'_>);

    /// Takes over the state of another accumulator of the same kind; its group `i` is our group `into[i]`.
    fn merge(&mut self, other: Box<dyn Accumulator>, into: &[u32]);

    /// The result for a group.
    fn value(&self, group: usize) -> Value<'static>;

    /// How many values were not numbers and so were left out, with the first of them.
    fn skipped(&self) -> Option<(u64, String)> {
        None
    }

    /// The accumulator itself, for `merge`.
    fn into_any(self: Box<Self>) -> Box<dyn Any>;
}
