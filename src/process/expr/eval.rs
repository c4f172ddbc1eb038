//! Runs bound expressions on the records of a batch, a whole column at a time.
//!
//! Every function takes the rows to compute and gives one result for each, in their order; conditions thin the rows
//! out, so that a branch that is not taken neither costs nor counts anything.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::ast::{Arithmetic, Comparison};
use super::node::{Call, Evaluate, Mode, Node, Op, Source, Type, text, time};
use super::predicate;
use super::tally::{Tally, Wanted};
use crate::core::data::batch::{Batch, Values};
use crate::core::data::cell::{Cell, Kind};
use crate::core::data::compare;
use crate::core::data::number::Number;
use crate::core::data::time::{Time, Zone};
use crate::core::data::value::Value;
use crate::core::format::json::path::{self, Segment};

/// Where a batch has a column of the program.
#[derive(Debug, Clone, Copy)]
enum Access<'b> {
    Column(usize),
    Inside(usize, &'b [Segment]),
    Nowhere,
}

/// Whether values that are not numbers or times are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Misfits {
    Count,
    Ignore,
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

    fn at(&self, row: u32) -> (u64, u64) {
        (self.batch.block.seq, u64::from(row))
    }

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

    /// The numbers of a node; what is none is null and counted.
    pub(super) fn numbers(&mut self, node: &'b Node, rows: &[u32]) -> Vec<Option<Number>> {
        self.numbers_of(node, rows, Misfits::Count)
    }

    fn numbers_of(&mut self, node: &'b Node, rows: &[u32], misfits: Misfits) -> Vec<Option<Number>> {
        match &node.op {
            Op::Constant(value) => vec![value.to_number(); rows.len()],
            Op::Row => self.row_numbers(rows),
            Op::Negate(inner) => {
                let mut numbers = self.numbers(inner, rows);
                for number in &mut numbers {
                    *number = number.map(Number::negate);
                }
                numbers
            }
            Op::Arithmetic(operator, left, right) => self.arithmetic(*operator, left, right, rows),
            Op::Difference(left, right) => {
                let (left, right) = (self.times(left, rows), self.times(right, rows));
                left.iter().zip(right).map(|(left, right)| Some((*left)?.since(right?))).collect()
            }
            Op::Column(_) if self.cells(node).is_some() => self.cell_numbers(node, rows, misfits),
            _ => {
                let values = self.values(node, rows);
                let mut numbers = Vec::with_capacity(rows.len());
                for (value, row) in values.iter().zip(rows) {
                    let number = value.to_number();
                    if number.is_none() && misfits == Misfits::Count && !value.is_null() {
                        self.tally.misfit(node.site, Wanted::Number, self.at(*row), &value.to_text());
                    }
                    numbers.push(number);
                }
                numbers
            }
        }
    }

    /// The numbers of a column of cells, read without making values.
    fn cell_numbers(&mut self, node: &'b Node, rows: &[u32], misfits: Misfits) -> Vec<Option<Number>> {
        let cells = self.cells(node).unwrap_or_default();
        let mut numbers = Vec::with_capacity(rows.len());
        for row in rows {
            let cell = cells.get(*row as usize).copied().unwrap_or(Cell::MISSING);
            let number = match cell.kind() {
                Kind::Bare | Kind::Quoted | Kind::Number | Kind::Text => Number::parse(self.batch.bytes(cell)),
                Kind::Missing | Kind::Null => {
                    numbers.push(None);
                    continue;
                }
                _ => self.batch.cell_value(cell).to_number(),
            };
            if number.is_none() && misfits == Misfits::Count {
                self.tally.misfit(node.site, Wanted::Number, self.at(*row), &self.batch.text(cell));
            }
            numbers.push(number);
        }
        numbers
    }

    fn row_numbers(&mut self, rows: &[u32]) -> Vec<Option<Number>> {
        if self.numbering.is_empty() {
            self.numbering = vec![0; self.batch.rows];
            for (ordinal, row) in self.batch.rows().enumerate() {
                if let Some(number) = self.numbering.get_mut(row) {
                    *number = self.batch.first_row + ordinal as u64 + 1;
                }
            }
        }
        let number = |row: &u32| self.numbering.get(*row as usize).copied().unwrap_or(0);
        rows.iter().map(|row| Some(Number::int(i128::from(number(row))))).collect()
    }

    fn arithmetic(
        &mut self,
        operator: Arithmetic,
        left: &'b Node,
        right: &'b Node,
        rows: &[u32],
    ) -> Vec<Option<Number>> {
        let mut results = self.numbers(left, rows);
        let right = self.numbers(right, rows);
        let wide = &mut self.tally.wide;
        for (left, right) in results.iter_mut().zip(right) {
            *left = match (*left, right) {
                (Some(a), Some(b)) => match operator {
                    Arithmetic::Add => a.add(b, wide),
                    Arithmetic::Subtract => a.subtract(b, wide),
                    Arithmetic::Multiply => a.multiply(b, wide),
                    Arithmetic::Divide => a.divide(b),
                    Arithmetic::FloorDivide => a.floor_divide(b, wide),
                    Arithmetic::Remainder => a.remainder(b, wide),
                },
                _ => None,
            };
        }
        results
    }

    /// The times of a node; what is none is null and counted.
    fn times(&mut self, node: &'b Node, rows: &[u32]) -> Vec<Option<Time>> {
        match &node.op {
            Op::Constant(value) => {
                let time = time(value, self.zone);
                if let (None, false, Some(row)) = (time, value.is_null(), rows.first()) {
                    self.tally.misfit(node.site, Wanted::Time, self.at(*row), &value.to_text());
                }
                vec![time; rows.len()]
            }
            Op::Date(inner) => self.times(inner, rows),
            Op::Bin { time, width } => {
                let zone = self.zone;
                self.times(time, rows).into_iter().map(|time| time?.bin(*width, zone)).collect()
            }
            Op::Shift { time, seconds, back } => {
                let times = self.times(time, rows);
                let seconds = self.numbers(seconds, rows);
                let signed = |seconds: Number| if *back { seconds.negate() } else { seconds };
                times.iter().zip(seconds).map(|(time, seconds)| (*time)?.plus(signed(seconds?))).collect()
            }
            _ => {
                let values = self.values(node, rows);
                let mut times = Vec::with_capacity(rows.len());
                for (value, row) in values.iter().zip(rows) {
                    let time = time(value, self.zone);
                    if time.is_none() && !value.is_null() {
                        self.tally.misfit(node.site, Wanted::Time, self.at(*row), &value.to_text());
                    }
                    times.push(time);
                }
                times
            }
        }
    }

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

    fn coalesce(&mut self, nodes: &'b [Node], rows: &[u32]) -> Vec<Value<'b>> {
        let mut results = vec![Value::Null; rows.len()];
        let mut open: Vec<u32> = (0..rows.len() as u32).collect();
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

    fn case(&mut self, branches: &'b [(Node, Node)], otherwise: Option<&'b Node>, rows: &[u32]) -> Vec<Value<'b>> {
        let mut results = vec![Value::Null; rows.len()];
        let mut open: Vec<u32> = (0..rows.len() as u32).collect();
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

    /// Whether a condition holds.
    pub(super) fn test(&mut self, node: &'b Node, rows: &[u32]) -> Vec<bool> {
        match &node.op {
            Op::Not(inner) => {
                let mut holds = self.test(inner, rows);
                for holds in &mut holds {
                    *holds = !*holds;
                }
                holds
            }
            Op::And(left, right) => self.both(left, right, rows),
            Op::Or(left, right) => self.either(left, right, rows),
            Op::Compare { mode, operator, left, right } => self.compare(*mode, *operator, left, right, rows),
            Op::Match { subject, regex, negated } => {
                let values = self.values(subject, rows);
                values.iter().map(|value| (!value.is_null() && regex.is_match(&value.to_text())) != *negated).collect()
            }
            Op::In { subject, numbers, texts, null } => {
                if let Some(cells) = self.cells(subject)
                    && numbers.is_empty()
                {
                    return predicate::one_of(self.batch, cells, rows, texts, *null);
                }
                let values = self.values(subject, rows);
                values.iter().map(|value| is_within(value, numbers, texts, *null)).collect()
            }
            Op::IsNull(subject) => match self.cells(subject) {
                Some(cells) => predicate::is_null(cells, rows),
                None => self.values(subject, rows).iter().map(Value::is_null).collect(),
            },
            _ => self.values(node, rows).iter().map(|value| matches!(value, Value::Bool(true))).collect(),
        }
    }

    fn both(&mut self, left: &'b Node, right: &'b Node, rows: &[u32]) -> Vec<bool> {
        let mut holds = self.test(left, rows);
        let open = slots(&holds, true);
        let right = self.test(right, &pick(rows, &open));
        put(&mut holds, &open, &right);
        holds
    }

    fn either(&mut self, left: &'b Node, right: &'b Node, rows: &[u32]) -> Vec<bool> {
        let mut holds = self.test(left, rows);
        let open = slots(&holds, false);
        let right = self.test(right, &pick(rows, &open));
        put(&mut holds, &open, &right);
        holds
    }

    fn compare(
        &mut self,
        mode: Mode,
        operator: Comparison,
        left: &'b Node,
        right: &'b Node,
        rows: &[u32],
    ) -> Vec<bool> {
        match mode {
            Mode::Number => {
                if let (Some(cells), Some(number)) = (self.cells(left), super::bind::constant_number(right)) {
                    return predicate::compare_numbers(self.batch, cells, rows, operator, number);
                }
                let left = self.numbers_of(left, rows, Misfits::Ignore);
                let right = self.numbers_of(right, rows, Misfits::Ignore);
                let both = left.into_iter().zip(right);
                both.map(|(left, right)| decide(operator, left.zip(right).map(|(a, b)| a.compare(b)))).collect()
            }
            Mode::Time => {
                let (left, right) = (self.times(left, rows), self.times(right, rows));
                let both = left.into_iter().zip(right);
                both.map(|(left, right)| decide(operator, left.zip(right).map(|(a, b)| a.cmp(&b)))).collect()
            }
            Mode::Text => {
                if let (Some(cells), Op::Constant(value)) = (self.cells(left), &right.op) {
                    return predicate::compare_text(self.batch, cells, rows, operator, &value.to_text());
                }
                let (left, right) = (self.values(left, rows), self.values(right, rows));
                left.iter().zip(&right).map(|(left, right)| compare_text(operator, left, right)).collect()
            }
            Mode::Dynamic => {
                let (left, right) = (self.values(left, rows), self.values(right, rows));
                let both = left.iter().zip(&right);
                both.map(|(left, right)| match operator {
                    Comparison::Equal => compare::equal(left, right),
                    Comparison::NotEqual => !compare::equal(left, right),
                    _ => decide(operator, compare::compare(left, right)),
                })
                .collect()
            }
        }
    }
}

/// Whether an order satisfies an operator. Without an order (a null, something that is no number) only `!=` holds.
pub(super) fn decide(operator: Comparison, order: Option<Ordering>) -> bool {
    match (operator, order) {
        (Comparison::NotEqual, order) => order != Some(Ordering::Equal),
        (_, None) => false,
        (Comparison::Equal, Some(order)) => order.is_eq(),
        (Comparison::Less, Some(order)) => order.is_lt(),
        (Comparison::LessEqual, Some(order)) => order.is_le(),
        (Comparison::Greater, Some(order)) => order.is_gt(),
        (Comparison::GreaterEqual, Some(order)) => order.is_ge(),
    }
}

/// Compares a value with a string literal (or with what stands for one). Null is blank for `==` and `!=`, so that
/// `!= ""` drops both.
fn compare_text(operator: Comparison, left: &Value<'_>, right: &Value<'_>) -> bool {
    let blank = matches!(operator, Comparison::Equal | Comparison::NotEqual)
        && (left.is_null() && right.to_text().is_empty() || right.is_null() && left.to_text().is_empty());
    if blank {
        return operator == Comparison::Equal;
    }
    let known = !left.is_null() && !right.is_null();
    decide(operator, known.then(|| left.to_text().cmp(&right.to_text())))
}

/// Whether a value equals one of the literals.
pub(super) fn is_within(value: &Value<'_>, numbers: &[Number], texts: &[Vec<u8>], null: bool) -> bool {
    if value.is_null() {
        return null || texts.iter().any(Vec::is_empty);
    }
    if !texts.is_empty() {
        let text = value.to_text();
        if texts.iter().any(|other| **other == *text) {
            return true;
        }
    }
    !numbers.is_empty() && value.to_number().is_some_and(|number| numbers.contains(&number))
}

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
pub(super) fn borrowed<'v>(value: &'v Value<'_>) -> Value<'v> {
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

fn shown<'v>(time: Option<Time>, zone: &Zone) -> Value<'v> {
    time.map_or(Value::Null, |time| {
        let mut text = Vec::with_capacity(25);
        time.write(zone, &mut text);
        Value::Text(Cow::Owned(text))
    })
}

/// The slots that hold this.
fn slots(holds: &[bool], wanted: bool) -> Vec<u32> {
    holds.iter().enumerate().filter(|(_, holds)| **holds == wanted).map(|(slot, _)| slot as u32).collect()
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

fn put(holds: &mut [bool], slots: &[u32], values: &[bool]) {
    for (slot, value) in slots.iter().zip(values) {
        if let Some(held) = holds.get_mut(*slot as usize) {
            *held = *value;
        }
    }
}
