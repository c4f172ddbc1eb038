//! A bound expression: what stages and aggregates run on batches.

use super::Env;
use super::ast::Parsed;
use super::tally::Tally;
use crate::core::data::batch::{Batch, Values};
use crate::core::data::value::Value;
use crate::core::error::{Code, Problem, Result};

/// A bound expression. It is shared by all threads.
#[derive(Debug)]
pub(crate) struct Program {
    names: Vec<String>,
}

impl Program {
    /// Binds an expression. `aggregates` are names to tell apart from unknown functions in errors.
    pub(crate) fn bind(parsed: &Parsed, env: &Env, aggregates: &[&str]) -> Result<Self> {
        let _ = (env, aggregates);
        Ok(Self { names: super::ast::columns(&parsed.expr) })
    }

    /// Binds the expression of a filter, which must be a condition.
    pub(crate) fn predicate(parsed: &Parsed, env: &Env, aggregates: &[&str]) -> Result<Self> {
        Self::bind(parsed, env, aggregates)
    }

    /// The columns (or paths) it reads, as written; none where it reads columns by position and so needs all.
    pub(crate) fn columns(&self) -> Option<&[String]> {
        Some(&self.names)
    }

    /// Whether it asks for row numbers: then `Batch::first_row` must count the records that reach the stage, and record
    /// `i` of the selection has number `first_row + i + 1`.
    pub(crate) fn counts_rows(&self) -> bool {
        false
    }

    /// The value, where it is the same for all records.
    pub(crate) fn constant(&self) -> Option<Value<'static>> {
        None
    }

    /// The position of the column in a batch, where the expression is nothing but a column that the batch has: then its
    /// values need no computing.
    pub(crate) fn column(&self, batch: &Batch) -> Option<usize> {
        let _ = batch;
        None
    }

    /// Keeps the selected records for which the condition holds. Fails only under `--strict`.
    pub(crate) fn filter(&self, batch: &mut Batch, tally: &mut Tally) -> Result<()> {
        let _ = (batch, tally);
        Err(Problem::new(Code::Internal, "not bound").into())
    }

    /// The values for all records of a batch, null for those not selected. Texts go to the batch's side buffer. Fails
    /// only under `--strict`.
    pub(crate) fn values(&self, batch: &mut Batch, tally: &mut Tally) -> Result<Values> {
        let _ = (batch, tally);
        Err(Problem::new(Code::Internal, "not bound").into())
    }

    /// What to tell the user at the end.
    pub(crate) fn notes(&self, tally: &Tally) -> Vec<Problem> {
        let _ = tally;
        Vec::new()
    }
}
