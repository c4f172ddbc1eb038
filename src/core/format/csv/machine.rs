//! The tolerant reader, one byte at a time: what every fast path must agree with, and what runs where quoting is irregular.
//!
//! Its rules are those of most readers: a quote opens only at the start of a cell; inside, two quotes are one; after the
//! closing quote, and in cells that did not start with one, quotes are text like any other.

use std::ops::ControlFlow;

use crate::core::scan::delimited::Structure;
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
        if place == Place::Quoted {
            if byte == marks.quote {
                place = Place::Closed;
            }
        } else if byte == marks.delimiter || byte == marks.terminator {
            place = Place::Start;
            if visit(at, byte).is_break() {
                return place;
            }
        } else if byte == marks.quote {
            place = match place {
                Place::Start | Place::Closed => Place::Quoted,
                Place::Plain | Place::Quoted => Place::Plain,
            };
        } else {
            place = Place::Plain;
        }
    }
    place
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
    let place = run(bytes, Place::Start, marks, |at, byte| {
        out.push(base.wrapping_add(at as u32));
        records += usize::from(byte == marks.terminator);
        ControlFlow::Continue(())
    });
    Structure { records, quoted: true, doubled: true, open: place == Place::Quoted }
}
