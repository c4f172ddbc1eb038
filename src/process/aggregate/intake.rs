//! Loops over the rows of an intake: numbers for sums and quantiles, values for the rest.
//!
//! The loop over cells is compiled once for each sink, and decides per cell only between short numbers and everything else.

use std::borrow::Cow;
use std::hint::black_box;

use crate::core::data::batch::{Values, unescape, unquote};
use crate::core::data::cell::{Cell, Kind};
use crate::core::data::number::Number;
use crate::core::data::value::Value;
use crate::core::scan::numbers::REFUSED;
use crate::process::aggregate::smalls::{Smalls, uniform};
use crate::process::aggregate::{Intake, Skipped};

/// Takes numbers in, one call per row that has one.
pub(super) trait Numbers {
    /// Short plain numbers. They come in runs, parsed before the first is used, so that the accesses to the states of
    /// neighbours overlap in memory.
    fn small(&mut self, run: &[Small]);

    /// A run of them that all have the same scale, with the group of each.
    #[inline]
    fn uniform(&mut self, groups: &[u32], units: &[i64], scale: u8) {
        let mut run = [Small { units: 0, group: 0, scale }; RUN];
        for (small, (group, units)) in run.iter_mut().zip(groups.iter().zip(units)) {
            (small.group, small.units) = (*group, *units);
        }
        self.small(run.get(..groups.len().min(units.len())).unwrap_or_default());
    }

    /// Any finite number.
    fn number(&mut self, group: u32, number: Number);

    /// Where values that are not numbers are counted.
    fn skips(&mut self) -> &mut Skipped;
}

/// The value that source text of a form stands for.
pub(super) fn value(kind: Kind, bytes: &[u8]) -> Value<'_> {
    match kind {
        Kind::Missing | Kind::Null => Value::Null,
        Kind::True => Value::Bool(true),
        Kind::False => Value::Bool(false),
        Kind::Bare | Kind::Quoted => Value::Bare(Cow::Borrowed(bytes)),
        Kind::QuotedRaw => Value::Bare(Cow::Owned(unquote(bytes))),
        Kind::Number => Value::Literal(Cow::Borrowed(bytes)),
        Kind::Text => Value::Text(Cow::Borrowed(bytes)),
        Kind::TextRaw => Value::Text(Cow::Owned(unescape(bytes))),
        Kind::Nested => Value::Nested(Cow::Borrowed(bytes)),
    }
}

/// A short plain number: `units / 10^scale`, the scale at most 18.
#[derive(Clone, Copy)]
pub(super) struct Small {
    /// The digits without the point.
    pub(super) units: i64,
    /// The group it belongs to.
    pub(super) group: u32,
    /// Digits after the point.
    pub(super) scale: u8,
}

/// Rows whose numbers are parsed together.
pub(super) const RUN: usize = 256;
/// From so many states on they are not all in the nearest caches.
const MANY: usize = 2048;

/// Reads a word of each of the states that a run is about to change, where there are many, so that the processor waits for
/// all of them at once and not for one after the other.
#[inline]
pub(super) fn touch<T>(states: &[T], run: impl Iterator<Item = u32>, word: impl Fn(&T) -> u64) {
    if states.len() >= MANY {
        let words = run.filter_map(|group| states.get(group as usize)).map(word);
        black_box(words.fold(0, |all, word| all | word));
    }
}

/// Feeds the numbers of an intake to a sink: short ones where they were read already, all others one by one. Nulls are
/// passed over, other values counted as skipped.
#[inline]
pub(super) fn each_number(intake: &Intake<'_>, sink: &mut impl Numbers) {
    let Some(values) = intake.input else { return };
    match (values, intake.smalls) {
        (Values::Cells(cells), Some(smalls)) => each_read(intake, cells, smalls, sink),
        (Values::Cells(cells), None) => {
            for (&row, &group) in intake.rows.iter().zip(intake.groups) {
                if let Some(&cell) = cells.get(row as usize) {
                    slow_cell(intake, row, group, cell, sink);
                }
            }
        }
        (Values::Numbers(numbers), _) => {
            for (&row, &group) in intake.rows.iter().zip(intake.groups) {
                if let Some(Some(number)) = numbers.get(row as usize) {
                    sink.number(group, *number);
                }
            }
        }
    }
}

/// Numbers of which the short ones were read already.
#[inline]
fn each_read(intake: &Intake<'_>, cells: &[Cell], smalls: &Smalls, sink: &mut impl Numbers) {
    let mut run = [Small { units: 0, group: 0, scale: 0 }; RUN];
    let runs = intake.rows.chunks(RUN).zip(intake.groups.chunks(RUN)).zip(smalls.chunks(RUN));
    for ((rows, groups), (units, scales)) in runs {
        if let Some(scale) = uniform(scales) {
            sink.uniform(groups, units, scale);
            continue;
        }
        let mut count = 0;
        for ((&row, &group), (&units, &scale)) in rows.iter().zip(groups).zip(units.iter().zip(scales)) {
            if scale != REFUSED
                && let Some(small) = run.get_mut(count)
            {
                *small = Small { units, group, scale };
                count += 1;
            } else if let Some(&cell) = cells.get(row as usize) {
                slow_cell(intake, row, group, cell, sink);
            }
        }
        sink.small(run.get(..count).unwrap_or_default());
    }
}

/// A cell that is not a short plain number.
#[cold]
#[inline(never)]
fn slow_cell(intake: &Intake<'_>, row: u32, group: u32, cell: Cell, sink: &mut impl Numbers) {
    if cell.is_null() {
        return;
    }
    let value = value(cell.kind(), intake.batch.bytes(cell));
    match value.to_number() {
        Some(Number::Float(float)) if !float.is_finite() => {}
        Some(number) => {
            if matches!(number, Number::Float(_)) {
                sink.skips().rounded += 1;
            }
            return sink.number(group, number);
        }
        None => {}
    }
    let skips = sink.skips();
    skips.count += 1;
    let id = intake.batch.id(row as usize);
    if skips.first.as_ref().is_none_or(|(first, _)| id < *first) {
        let text: String = String::from_utf8_lossy(&value.to_text()).chars().take(40).collect();
        skips.first = Some((id, text));
    }
}

/// Feeds the values of an intake that are not null to `take`, with their group and row id.
#[inline]
pub(super) fn each_value(intake: &Intake<'_>, mut take: impl FnMut(u32, u64, Item<'_>)) {
    match &intake.batch.ids {
        None => each_place(intake, |group, row, item| take(group, intake.batch.first_row + u64::from(row), item)),
        Some(_) => each_place(intake, |group, row, item| take(group, intake.batch.id(row as usize), item)),
    }
}

/// The same with the row's index in the batch.
#[inline]
pub(super) fn each_place(intake: &Intake<'_>, mut take: impl FnMut(u32, u32, Item<'_>)) {
    let Some(values) = intake.input else { return };
    match values {
        Values::Cells(cells) => {
            for (&row, &group) in intake.rows.iter().zip(intake.groups) {
                let Some(&cell) = cells.get(row as usize) else { continue };
                if !cell.is_null() {
                    take(group, row, Item::Cell { kind: cell.kind(), bytes: intake.batch.bytes(cell) });
                }
            }
        }
        Values::Numbers(numbers) => {
            for (&row, &group) in intake.rows.iter().zip(intake.groups) {
                if let Some(Some(number)) = numbers.get(row as usize) {
                    take(group, row, Item::Number(*number));
                }
            }
        }
    }
}

/// One value that is not null.
#[derive(Clone, Copy)]
pub(super) enum Item<'a> {
    /// Source text and its form.
    Cell {
        /// The form.
        kind: Kind,
        /// The cell's span.
        bytes: &'a [u8],
    },
    /// A computed number.
    Number(Number),
}
