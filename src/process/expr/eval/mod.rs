//! Runs bound expressions on the records of a batch, a whole column at a time.
//!
//! Every function takes the rows to compute and gives one result for each, in their order; conditions thin the rows
//! out, so that a branch that is not taken neither costs nor counts anything.

mod condition;
mod number;
mod time;

use std::borrow::Cow;

use super::node::{Call, Evaluate, Node, Op, Source, Type, text};
use super::tally::Tally;
use crate::core::data::batch::{Batch, Values};
use crate::core::data::cell::{Cell, Kind};
use crate::core::data::time::Zone;
use crate::core::data::value::Value;
use crate::core::format::json::path::{self, Segment};
use crate::core::integer::narrow;

pub(super) use condition::decide;

use time::shown;

/// Where a batch has a column of the program.
#[derive(Debug, Clone, Copy)]
enum Access<'b> {
    /// It is one of its columns.
    Column(usize),
    /// It is inside one, behind a path.
    Inside(usize, &'b [Segment]),
    /// It has none.
    Nowhere,
}

/// One run of an expression over a batch.
pub(super) struct Run<'b, 't> {
    batch: &'b Batch,
    access: Vec<Access<'b>>,
    zone: &'b Zone,
    tally: &'t mut Tally,
    /// Number of each record, by index; filled where it is asked for.
    numbering: Vec<u64>,
}

impl<'b, 't> Run<'b, 't> {
    /// Looks the program's columns up in the batch.
    pub(super) fn new(
        batch: &'b Batch,
        sources: &'b [Source],
        positions: &[(usize, usize)],
        zone: &'b Zone,
        tally: &'t mut Tally,
    ) -> Self {
        let mut access: Vec<Access<'b>> = sources.iter().map(|source| find(batch, source)).collect();
        for (index, position) in positions {
            if let (Some(slot), true) = (access.get_mut(*index), *position < batch.columns.len()) {
                *slot = Access::Column(*position);
            }
        }
        Self { batch, access, zone, tally, numbering: Vec::new() }
    }

    /// Where a row stands among all blocks.
    fn at(&self, row: u32) -> (u64, u64) {
        (self.batch.block.seq, u64::from(row))
    }

    /// Where the batch has a column of the program.
    fn access(&self, column: usize) -> Access<'b> {
        self.access.get(column).copied().unwrap_or(Access::Nowhere)
    }

    /// The batch's cells of a column, where it is one as it stands.
    pub(super) fn cells(&self, node: &Node) -> Option<&'b [Cell]> {
        let Op::Column(column) = node.op else { return None };
        let Access::Column(index) = self.access(column) else { return None };
        match &self.batch.columns.get(index)?.values {
            Values::Cells(cells) => Some(cells),
            Values::Numbers(_) => None,
        }
    }

    /// The batch's position of a column, where it is one as it stands.
    pub(super) fn column(&self, node: &Node) -> Option<usize> {
        match node.op {
            Op::Column(column) => match self.access(column) {
                Access::Column(index) => Some(index),
                _ => None,
            },
            _ => None,
        }
    }

    /// The values of a column.
    fn column_values(&self, column: usize, rows: &[u32]) -> Vec<Value<'b>> {
        let batch = self.batch;
        match self.access(column) {
            Access::Column(index) => rows.iter().map(|row| batch.value(index, *row as usize)).collect(),
            Access::Inside(index, path) => rows.iter().map(|row| inside(batch, index, *row, path)).collect(),
            Access::Nowhere => vec![Value::Missing; rows.len()],
        }
    }

    /// The values of a node.
    pub(super) fn values(&mut self, node: &'b Node, rows: &[u32]) -> Vec<Value<'b>> {
        match &node.op {
            Op::Constant(value) => vec![borrowed(value); rows.len()],
            Op::Column(column) => self.column_values(*column, rows),
            Op::File => vec![self.file(); rows.len()],
            Op::Concat(left, right) => self.concat(left, right, rows),
            Op::Coalesce(nodes) => self.coalesce(nodes, rows),
            Op::Case { branches, otherwise } => self.case(branches, otherwise.as_deref(), rows),
            Op::Call { evaluate, args } => self.call(evaluate, args, rows),
            _ => match node.kind {
                Type::Bool => self.test(node, rows).into_iter().map(Value::Bool).collect(),
                Type::Time => {
                    let zone = self.zone;
                    self.times(node, rows).into_iter().map(|time| shown(time, zone)).collect()
                }
                _ => {
                    let numbers = self.numbers(node, rows);
                    numbers.into_iter().map(|number| number.map_or(Value::Null, Value::Number)).collect()
                }
            },
        }
    }

    /// The name of the batch's input; null where it has none.
    fn file(&self) -> Value<'b> {
        self.batch.origin.as_ref().map_or(Value::Null, |origin| Value::Text(Cow::Borrowed(origin.name.as_bytes())))
    }

    /// Both sides as one text; null is empty.
    fn concat(&mut self, left: &'b Node, right: &'b Node, rows: &[u32]) -> Vec<Value<'b>> {
        let (left, right) = (self.values(left, rows), self.values(right, rows));
        let pairs = left.into_iter().zip(right);
        pairs
            .map(|(left, right)| {
                let mut joined = text(left).unwrap_or_default().into_owned();
                joined.extend_from_slice(&right.to_text());
                Value::Text(Cow::Owned(joined))
            })
            .collect()
    }

    /// The first value that is not null; later nodes are computed only for rows that still need one.
    fn coalesce(&mut self, nodes: &'b [Node], rows: &[u32]) -> Vec<Value<'b>> {
        let mut results = vec![Value::Null; rows.len()];
        let mut open: Vec<u32> = (0..narrow(rows.len())).collect();
        for node in nodes {
            let these = pick(rows, &open);
            let values = self.values(node, &these);
            let mut still = Vec::new();
            for (value, slot) in values.into_iter().zip(&open) {
                if value.is_null() {
                    still.push(*slot);
                } else if let Some(result) = results.get_mut(*slot as usize) {
                    *result = value;
                }
            }
            open = still;
            if open.is_empty() {
                break;
            }
        }
        results
    }

    /// The value of the first branch whose condition holds.
    fn case(&mut self, branches: &'b [(Node, Node)], otherwise: Option<&'b Node>, rows: &[u32]) -> Vec<Value<'b>> {
        let mut results = vec![Value::Null; rows.len()];
        let mut open: Vec<u32> = (0..narrow(rows.len())).collect();
        let place = |results: &mut Vec<Value<'b>>, slots: &[u32], values: Vec<Value<'b>>| {
            for (value, slot) in values.into_iter().zip(slots) {
                if let Some(result) = results.get_mut(*slot as usize) {
                    *result = value;
                }
            }
        };
        for (condition, value) in branches {
            if open.is_empty() {
                return results;
            }
            let holds = self.test(condition, &pick(rows, &open));
            let (taken, still) = part(&open, &holds);
            let values = self.values(value, &pick(rows, &taken));
            place(&mut results, &taken, values);
            open = still;
        }
        if let Some(otherwise) = otherwise {
            let values = self.values(otherwise, &pick(rows, &open));
            place(&mut results, &open, values);
        }
        results
    }

    /// The results of a function, one row after the other.
    fn call(&mut self, evaluate: &'b Evaluate, args: &'b [Node], rows: &[u32]) -> Vec<Value<'b>> {
        let sites: Vec<u32> = args.iter().map(|arg| arg.site).collect();
        let mut columns: Vec<_> = args.iter().map(|arg| self.values(arg, rows).into_iter()).collect();
        let mut these = Vec::with_capacity(args.len());
        let mut results = Vec::with_capacity(rows.len());
        for row in rows {
            these.clear();
            these.extend(columns.iter_mut().map(|column| column.next().unwrap_or(Value::Null)));
            let at = self.at(*row);
            let mut call = Call { args: &mut these, sites: &sites, tally: self.tally, at, zone: self.zone };
            results.push((evaluate.0)(&mut call));
        }
        results
    }
}

/// Where a batch has what a name may mean.
fn find<'b>(batch: &'b Batch, source: &'b Source) -> Access<'b> {
    if let Some(index) = batch.find(&source.name) {
        return Access::Column(index);
    }
    for (name, path) in &source.paths {
        if let Some(index) = batch.find(name) {
            return Access::Inside(index, path);
        }
    }
    Access::Nowhere
}

/// The value at a path inside a column.
fn inside<'b>(batch: &'b Batch, column: usize, row: u32, path: &[Segment]) -> Value<'b> {
    match batch.columns.get(column).map(|column| &column.values) {
        Some(Values::Cells(cells)) => match cells.get(row as usize) {
            Some(cell) if cell.kind() == Kind::Nested => path::get(batch.bytes(*cell), path).unwrap_or(Value::Missing),
            _ => Value::Missing,
        },
        _ => Value::Missing,
    }
}

/// A value that borrows from another.
fn borrowed<'v>(value: &'v Value<'_>) -> Value<'v> {
    match value {
        Value::Missing => Value::Missing,
        Value::Null => Value::Null,
        Value::Bool(value) => Value::Bool(*value),
        Value::Number(number) => Value::Number(*number),
        Value::Literal(text) => Value::Literal(Cow::Borrowed(text)),
        Value::Bare(text) => Value::Bare(Cow::Borrowed(text)),
        Value::Text(text) => Value::Text(Cow::Borrowed(text)),
        Value::Nested(text) => Value::Nested(Cow::Borrowed(text)),
    }
}

/// The rows at these slots.
fn pick(rows: &[u32], slots: &[u32]) -> Vec<u32> {
    slots.iter().filter_map(|slot| rows.get(*slot as usize).copied()).collect()
}

/// Parts slots into those where it holds and the others.
fn part(slots: &[u32], holds: &[bool]) -> (Vec<u32>, Vec<u32>) {
    let (mut yes, mut no) = (Vec::new(), Vec::new());
    for (slot, holds) in slots.iter().zip(holds) {
        if *holds { yes.push(*slot) } else { no.push(*slot) }
    }
    (yes, no)
}
