//! Numbers of expressions: columns read as numbers, arithmetic, record numbers.

use super::Run;
use crate::core::data::cell::{Cell, Kind};
use crate::core::data::number::Number;
use crate::core::data::number::Wide;
use crate::process::expr::ast::Arithmetic;
use crate::process::expr::node::{Node, Op};
use crate::process::expr::tally::Wanted;

/// Whether values that are not numbers or times are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Misfits {
    /// They are.
    Count,
    /// They are not.
    Ignore,
}

impl<'b> Run<'b, '_> {
    /// The numbers of a node; what is none is null and counted.
    pub(in crate::process::expr) fn numbers(&mut self, node: &'b Node, rows: &[u32]) -> Vec<Option<Number>> {
        self.numbers_of(node, rows, Misfits::Count)
    }

    /// The numbers of a node; `misfits` says what becomes of values that are none.
    pub(super) fn numbers_of(&mut self, node: &'b Node, rows: &[u32], misfits: Misfits) -> Vec<Option<Number>> {
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
            numbers.push(if misfits == Misfits::Count { self.usable(node, *row, cell, number) } else { number });
        }
        numbers
    }

    /// A cell's number for arithmetic, for which it must be finite; counts what is none, or has lost digits.
    fn usable(&mut self, node: &Node, row: u32, cell: Cell, number: Option<Number>) -> Option<Number> {
        match number {
            Some(Number::Exact { .. }) => return number,
            Some(Number::Float(float)) if float.is_finite() => {
                self.tally.wide.add(row);
                return number;
            }
            _ => {}
        }
        self.tally.misfit(node.site, Wanted::Number, self.at(row), &self.batch.text(cell));
        None
    }

    /// The numbers of the records.
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

    /// The results of an operator; null where a side is.
    fn arithmetic(
        &mut self,
        operator: Arithmetic,
        left: &'b Node,
        right: &'b Node,
        rows: &[u32],
    ) -> Vec<Option<Number>> {
        let mut results = self.numbers(left, rows);
        let right = self.numbers(right, rows);
        let wide = &mut Wide::default();
        for ((left, right), row) in results.iter_mut().zip(right).zip(rows) {
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
            if wide.0 > 0 {
                *wide = Wide::default();
                self.tally.wide.add(*row);
            }
        }
        results
    }
}
