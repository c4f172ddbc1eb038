//! The expression language of `process`: from text to values of batches.
//!
//! `lexer`, `cursor`, `column` and `parser` make the tree in `ast`; `split` takes aggregates out of it; `program` binds it
//! to columns and functions and runs it on batches: `eval` by whole columns, `predicate` with kernels for the common
//! filters.
//! Conversions that fail make null and are counted in a [`Tally`].

mod ast;
mod bind;
mod column;
mod cursor;
mod eval;
pub(crate) mod function;
pub(crate) mod language;
mod lexer;
mod node;
mod parser;
mod predicate;
mod program;
mod split;
mod tally;
mod template;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod url;

use crate::core::data::time::Time;

pub(crate) use ast::{Kind, Parsed, as_number, columns, replace_column, visit};
pub(crate) use parser::{Item, parse, parse_list};
pub(crate) use program::{FILE, Program, check_columns};
pub(crate) use split::{AggregateCall, Split, slot_name, split, split_calls};
pub(crate) use tally::{Marks, Tally};

/// What expressions see of the outside.
#[derive(Debug, Clone, Default)]
pub(crate) struct Env {
    /// The zone of times without one, `UTC` by default.
    pub(crate) tz: Option<String>,
    /// `--arg name=value`.
    pub(crate) args: Vec<(String, String)>,
    /// The process environment.
    pub(crate) vars: Vec<(String, String)>,
    /// Whether a value that is not a number is an error.
    pub(crate) strict: bool,
    /// What random picks depend on.
    pub(crate) seed: u64,
    /// When the run began, for `now()`.
    pub(crate) now: Option<Time>,
    /// The year of syslog times, which have none. Without it they are not read as times.
    pub(crate) year: Option<i16>,
}
