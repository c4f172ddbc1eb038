//! The short plain numbers of an argument, read once for all aggregates that take it.

use crate::core::data::batch::{Batch, Values};
use crate::core::data::cell::Kind;

/// Stands for the scale of a value that is no short plain number. Theirs are at most 18.
const ODD: u8 = u8::MAX;

/// For each listed row, its short plain number.
#[derive(Debug, Default)]
pub(crate) struct Smalls {
    units: Vec<i64>,
    scales: Vec<u8>,
}

impl Smalls {
    /// Reads the numbers of the listed rows in place of those it held. Without cells there are none to read.
    pub(crate) fn read(&mut self, batch: &Batch, rows: &[u32], values: &Values) -> Option<&Self> {
        self.units.clear();
        self.scales.clear();
        let Values::Cells(cells) = values else { return None };
        self.units.reserve(rows.len());
        self.scales.reserve(rows.len());
        for row in rows {
            let number = cells.get(*row as usize).and_then(|cell| match cell.kind() {
                Kind::Bare | Kind::Quoted | Kind::Number | Kind::Text => batch.small(*cell),
                _ => None,
            });
            let (units, scale) = number.unwrap_or((0, ODD));
            self.units.push(units);
            self.scales.push(scale);
        }
        Some(self)
    }

    /// For each listed row its units and scale, where it has a short plain number.
    #[inline]
    pub(crate) fn iter(&self) -> impl Iterator<Item = Option<(i64, u8)>> {
        let small = |(units, scale): (&i64, &u8)| if *scale == ODD { None } else { Some((*units, *scale)) };
        self.units.iter().zip(&self.scales).map(small)
    }
}
