//! Kernels for the common conditions: a column of cells against a literal, straight from the source text.
//!
//! Each gives one answer per row and agrees with the plain path over values; a test compares them on random cells.
//! A short number is compared without making a [`Number`]: for each scale, the literal gives the range of units that
//! satisfy the operator.

use std::cmp::Ordering;

use super::ast::Comparison;
use super::eval::decide;
use crate::core::data::batch::Batch;
use crate::core::data::cell::{Cell, Kind};
use crate::core::data::number::Number;

/// The greatest scale that the fast reader gives.
const SCALES: usize = 19;

/// Units that satisfy a comparison, both ends included, for each scale that was met; empty where the first is greater.
struct Ranges {
    operator: Comparison,
    literal: Number,
    of_scale: [Option<(i64, i64)>; SCALES],
}

impl Ranges {
    fn new(operator: Comparison, literal: Number) -> Self {
        Self { operator, literal, of_scale: [None; SCALES] }
    }

    #[inline]
    fn holds(&mut self, units: i64, scale: u8) -> bool {
        let (low, high) = match self.of_scale.get(usize::from(scale)) {
            Some(Some(range)) => *range,
            _ => self.find(scale),
        };
        // The rows wanted are those outside for `!=`.
        (low <= units && units <= high) != (self.operator == Comparison::NotEqual)
    }

    #[cold]
    #[inline(never)]
    fn find(&mut self, scale: u8) -> (i64, i64) {
        let range = range(self.operator, self.literal, scale);
        if let Some(known) = self.of_scale.get_mut(usize::from(scale)) {
            *known = Some(range);
        }
        range
    }
}

/// The units at one scale that satisfy the operator (equality for `!=`).
fn range(operator: Comparison, literal: Number, scale: u8) -> (i64, i64) {
    let number = |units: i64| Number::Exact { units: i128::from(units), scale };
    let holds = |units: i64, bound: fn(Ordering) -> bool| bound(number(units).compare(literal));
    // The least units that are not below (or that are above) the literal; past the range where there are none.
    let least = |bound: fn(Ordering) -> bool| {
        let (mut low, mut high) = (-(1_i64 << 62), 1_i64 << 62);
        while low < high {
            let middle = (low + high).div_euclid(2);
            if holds(middle, bound) { high = middle } else { low = middle + 1 }
        }
        low
    };
    let (from, past) = (least(Ordering::is_ge), least(Ordering::is_gt));
    match operator {
        Comparison::Equal | Comparison::NotEqual => (from, past - 1),
        Comparison::Less => (i64::MIN, from - 1),
        Comparison::LessEqual => (i64::MIN, past - 1),
        Comparison::Greater => (past, i64::MAX),
        Comparison::GreaterEqual => (from, i64::MAX),
    }
}

#[inline]
fn cell(cells: &[Cell], row: u32) -> Cell {
    cells.get(row as usize).copied().unwrap_or(Cell::MISSING)
}

/// A column against a number.
pub(super) fn compare_numbers(
    batch: &Batch,
    cells: &[Cell],
    rows: &[u32],
    operator: Comparison,
    literal: Number,
) -> Vec<bool> {
    let mut ranges = Ranges::new(operator, literal);
    let slow = |number: Option<Number>| decide(operator, number.map(|number| number.compare(literal)));
    rows.iter()
        .map(|row| {
            let cell = cell(cells, *row);
            match cell.kind() {
                Kind::Bare | Kind::Quoted | Kind::Number | Kind::Text => match batch.small(cell) {
                    Some((units, scale)) => ranges.holds(units, scale),
                    None => slow(Number::parse(batch.bytes(cell))),
                },
                Kind::QuotedRaw | Kind::TextRaw => slow(Number::parse(&batch.text(cell))),
                Kind::Missing | Kind::Null | Kind::True | Kind::False | Kind::Nested => slow(None),
            }
        })
        .collect()
}

/// A column against a string.
pub(super) fn compare_text(
    batch: &Batch,
    cells: &[Cell],
    rows: &[u32],
    operator: Comparison,
    literal: &[u8],
) -> Vec<bool> {
    let equality = matches!(operator, Comparison::Equal | Comparison::NotEqual);
    let of_null = decide(operator, (equality && literal.is_empty()).then_some(Ordering::Equal));
    let test = |row: &u32| {
        let cell = cell(cells, *row);
        match cell.kind() {
            Kind::Missing | Kind::Null => of_null,
            Kind::Bare | Kind::Quoted | Kind::Number | Kind::Text | Kind::Nested if equality => {
                (batch.bytes(cell) == literal) == (operator == Comparison::Equal)
            }
            _ => decide(operator, Some((*batch.text(cell)).cmp(literal))),
        }
    };
    rows.iter().map(test).collect()
}

/// A column against a list of strings and maybe null.
pub(super) fn one_of(batch: &Batch, cells: &[Cell], rows: &[u32], texts: &[Vec<u8>], null: bool) -> Vec<bool> {
    let of_null = null || texts.iter().any(Vec::is_empty);
    let test = |row: &u32| {
        let cell = cell(cells, *row);
        match cell.kind() {
            Kind::Missing | Kind::Null => of_null,
            _ => {
                let text = batch.text(cell);
                texts.iter().any(|other| **other == *text)
            }
        }
    };
    rows.iter().map(test).collect()
}

/// Whether a column is null.
pub(super) fn is_null(cells: &[Cell], rows: &[u32]) -> Vec<bool> {
    rows.iter().map(|row| cell(cells, *row).is_null()).collect()
}
