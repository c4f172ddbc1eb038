//! The tolerant reader: what every fast path must agree with, and what runs where quoting is irregular. [`run`] goes byte by
//! byte and suits short texts; [`sweep`] goes from mark to mark and suits blocks.
//!
//! Its rules are those of most readers: a quote opens only at the start of a cell; inside, two quotes are one; after the
//! closing quote, and in cells that did not start with one, quotes are text like any other.

use std::ops::ControlFlow;

use crate::core::integer::narrow;
use crate::core::scan::delimited::{self, Structure};
use crate::core::scan::lanes::Marks;

/// Where the machine stands between two bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// At the start of a cell.
    Start,
    /// In a cell where quotes are text.
    Plain,
    /// Inside quotes.
    Quoted,
    /// After a quote inside quotes: the closing one, unless another follows.
    Closed,
}

impl Place {
    /// The place after a byte that is no mark.
    #[inline]
    fn after_text(self) -> Self {
        if self == Self::Quoted { Self::Quoted } else { Self::Plain }
    }

    /// The place after a quote.
    #[inline]
    fn after_quote(self) -> Self {
        match self {
            Self::Start | Self::Closed => Self::Quoted,
            Self::Quoted => Self::Closed,
            Self::Plain => Self::Plain,
        }
    }
}

/// Runs from `place` over `bytes` and calls `visit` with each position where a cell or record ends, and with its byte.
/// Returns where it stands after the last byte, or after the one at which `visit` broke off.
#[inline]
pub(super) fn run(
    bytes: &[u8],
    place: Place,
    marks: Marks,
    mut visit: impl FnMut(usize, u8) -> ControlFlow<()>,
) -> Place {
    let mut place = place;
    for (at, &byte) in bytes.iter().enumerate() {
        if byte == marks.quote {
            place = place.after_quote();
        } else if place != Place::Quoted && (byte == marks.delimiter || byte == marks.terminator) {
            place = Place::Start;
            if visit(at, byte).is_break() {
                return place;
            }
        } else {
            place = place.after_text();
        }
    }
    place
}

/// As [`run`], but from mark to mark and to the end; `bytes` are at most 4 GiB.
pub(super) fn sweep(bytes: &[u8], place: Place, marks: Marks, mut visit: impl FnMut(usize, u8)) -> Place {
    /// Bytes whose marks are listed at a time, so that the list stays in the first-level cache.
    const PIECE: usize = 8 << 10;
    let mut place = place;
    let mut next = 0;
    let mut positions = Vec::new();
    for (number, piece) in bytes.chunks(PIECE).enumerate() {
        positions.clear();
        delimited::all_marks(piece, marks, narrow(number * PIECE), &mut positions);
        for at in positions.iter().map(|at| *at as usize) {
            if at > next {
                place = place.after_text();
            }
            next = at + 1;
            let byte = bytes.get(at).copied().unwrap_or_default();
            if byte == marks.quote {
                place = place.after_quote();
            } else if place != Place::Quoted {
                place = Place::Start;
                visit(at, byte);
            }
        }
    }
    if bytes.len() > next { place.after_text() } else { place }
}

/// The position of the first record end, and where the machine stands after it or after the last byte.
pub(super) fn first_end(bytes: &[u8], place: Place, marks: Marks) -> (Option<usize>, Place) {
    let mut end = None;
    let place = run(bytes, place, marks, |at, byte| {
        if byte == marks.terminator {
            end = Some(at);
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    });
    (end, place)
}

/// As the kernel of the same name, for any quoting.
pub(super) fn index(bytes: &[u8], marks: Marks, base: u32, out: &mut Vec<u32>) -> Structure {
    let mut records = 0;
    let place = sweep(bytes, Place::Start, marks, |at, byte| {
        out.push(base.wrapping_add(narrow(at)));
        records += usize::from(byte == marks.terminator);
    });
    Structure { records, quoted: true, doubled: true, open: place == Place::Quoted }
}
