//! The short plain numbers of an argument, read once for all aggregates that take it.

use crate::core::data::batch::{Batch, Values};
use crate::core::data::cell::{Cell, Kind};
use crate::core::scan::numbers::{REFUSED, Spans, read};

/// Values that are read together.
const RUN: usize = 256;

/// The kinds of cells whose span may be a number.
const NUMBERS: u32 = Kind::Bare.bit() | Kind::Quoted.bit() | Kind::Number.bit() | Kind::Text.bit();

/// For each listed row, its short plain number.
#[derive(Debug, Default)]
pub(crate) struct Smalls {
    units: Vec<i64>,
    /// [`REFUSED`] where a value is no short plain number; the scales of others are at most 18.
    scales: Vec<u8>,
}

/// The scale of all these numbers, where they have the same and all are read.
#[inline]
pub(crate) fn uniform(scales: &[u8]) -> Option<u8> {
    let first = *scales.first()?;
    let differ = scales.iter().fold(0, |differ, scale| differ | (scale ^ first));
    (differ == 0 && first != REFUSED).then_some(first)
}

impl Smalls {
    /// Reads the numbers of the listed rows in place of those it held. Without cells there are none to read.
    pub(crate) fn read(&mut self, batch: &Batch, rows: &[u32], values: &Values) -> Option<&Self> {
        let Values::Cells(cells) = values else { return None };
        self.units.clear();
        self.scales.clear();
        self.units.resize(rows.len(), 0);
        self.scales.resize(rows.len(), REFUSED);
        let mut spans = [0; RUN];
        // Numbers of more than eight characters are read twice; where most are, they are read at once.
        let mut long = false;
        let runs = rows.chunks(RUN).zip(self.units.chunks_mut(RUN)).zip(self.scales.chunks_mut(RUN));
        for ((rows, units), scales) in runs {
            if !long {
                for (row, span) in rows.iter().zip(&mut spans) {
                    *span = cells.get(*row as usize).copied().unwrap_or(Cell::MISSING).to_bits();
                }
                // Cells of the side buffer have one more bit than these kinds, and are looked at below.
                let spans = Spans { source: &batch.block.bytes, list: &spans, kinds: NUMBERS };
                if read(spans, units, scales) {
                    continue;
                }
            }
            let mut refused = 0;
            for ((row, units), scale) in rows.iter().zip(units).zip(scales) {
                if *scale == REFUSED
                    && let Some(cell) = cells.get(*row as usize).filter(|cell| cell.is_any(NUMBERS))
                    && let Some(small) = batch.small(*cell)
                {
                    (*units, *scale) = small;
                    refused += 1;
                }
            }
            long = refused > RUN / 2;
        }
        Some(self)
    }

    /// The same in slices of `size` rows: their units, and their scales.
    pub(crate) fn chunks(&self, size: usize) -> impl Iterator<Item = (&[i64], &[u8])> {
        self.units.chunks(size).zip(self.scales.chunks(size))
    }

    /// For each listed row its units and scale, where it has a short plain number.
    #[inline]
    pub(crate) fn iter(&self) -> impl Iterator<Item = Option<(i64, u8)>> {
        let small = |(units, scale): (&i64, &u8)| if *scale == REFUSED { None } else { Some((*units, *scale)) };
        self.units.iter().zip(&self.scales).map(small)
    }
}
