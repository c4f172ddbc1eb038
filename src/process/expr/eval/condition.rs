//! Conditions of expressions: comparisons, lists, regexes, and what joins them.

use std::cmp::Ordering;

use super::number::Misfits;
use super::{Run, pick};
use crate::core::data::compare;
use crate::core::data::number::Number;
use crate::core::data::value::Value;
use crate::core::integer::narrow;
use crate::process::expr::ast::Comparison;
use crate::process::expr::node::{Mode, Node, Op};
use crate::process::expr::{bind, predicate};

impl<'b> Run<'b, '_> {
    /// Whether a condition holds.
    pub(in crate::process::expr) fn test(&mut self, node: &'b Node, rows: &[u32]) -> Vec<bool> {
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

    /// `and`: the right side is asked only where the left one holds.
    fn both(&mut self, left: &'b Node, right: &'b Node, rows: &[u32]) -> Vec<bool> {
        let mut holds = self.test(left, rows);
        let open = slots(&holds, true);
        let right = self.test(right, &pick(rows, &open));
        put(&mut holds, &open, &right);
        holds
    }

    /// `or`: the right side is asked only where the left one does not hold.
    fn either(&mut self, left: &'b Node, right: &'b Node, rows: &[u32]) -> Vec<bool> {
        let mut holds = self.test(left, rows);
        let open = slots(&holds, false);
        let right = self.test(right, &pick(rows, &open));
        put(&mut holds, &open, &right);
        holds
    }

    /// A comparison of two nodes, by kernels where there is one for it.
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
                if let (Some(cells), Some(number)) = (self.cells(left), bind::constant_number(right)) {
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
pub(in crate::process::expr) fn decide(operator: Comparison, order: Option<Ordering>) -> bool {
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
fn is_within(value: &Value<'_>, numbers: &[Number], texts: &[Vec<u8>], null: bool) -> bool {
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

/// The slots that hold this.
fn slots(holds: &[bool], wanted: bool) -> Vec<u32> {
    holds.iter().enumerate().filter(|(_, holds)| **holds == wanted).map(|(slot, _)| narrow(slot)).collect()
}

/// Writes values to their slots.
fn put(holds: &mut [bool], slots: &[u32], values: &[bool]) {
    for (slot, value) in slots.iter().zip(values) {
        if let Some(held) = holds.get_mut(*slot as usize) {
            *held = *value;
        }
    }
}
