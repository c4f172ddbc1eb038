//! Where JSON text may be cut between values, decided from a few bytes around the place.
//!
//! Inside a value, a comma, a colon or a bracket stands between any two tokens, and strings hold no raw newline. So a
//! run of blanks with a newline in it, after a byte that ends a value and before a byte that starts one, stands between
//! two top-level values. A record starts with that run's first byte: the byte before it and the bytes from it on tell,
//! wherever a range begins. Runs longer than [`LONGEST_RUN`] are not used. Streams of array elements are also cut
//! after each [`SEPARATOR`].

use crate::core::format::json::syntax::is_blank;
use crate::core::input::boundary::{Boundary, State, Summary, Window};

/// What [`crate::core::format::json::array`] puts between elements: the record separator of RFC 7464, which cannot occur
/// in JSON.
pub(crate) const SEPARATOR: u8 = 0x1E;

/// Longest run of blanks between two values that is used as a cut.
const LONGEST_RUN: usize = 256;

/// JSON values one after the other.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Values {
    /// Whether [`SEPARATOR`] stands between values too.
    pub(crate) separated: bool,
}

impl Boundary for Values {
    fn stateful(&self) -> bool {
        false
    }

    fn summarize(&self, _: &Window<'_>) -> Summary {
        0
    }

    fn resolve(&self, _: State, _: Summary, _: &Window<'_>) -> State {
        0
    }

    fn next_start(&self, _: State, window: &Window<'_>, from: usize) -> Option<usize> {
        let previous = match from {
            0 => window.before,
            _ => window.bytes.get(from - 1).copied(),
        };
        if previous.is_none_or(|byte| self.separated && byte == SEPARATOR) {
            return Some(from);
        }
        let rest = window.bytes.get(from..)?;
        let separator = if self.separated { memchr::memchr(SEPARATOR, rest) } else { None };
        let near = separator.map_or(rest, |at| rest.get(..at).unwrap_or_default());
        memchr::memchr_iter(b'\n', near)
            .find_map(|at| start_at(window, from + at, from))
            .or(separator.map(|at| from + at + 1))
    }

    /// A run of blanks that starts with the range's last byte, and the byte after it.
    fn lookahead(&self) -> usize {
        2 * LONGEST_RUN
    }

    fn last_start(&self, window: &Window<'_>) -> Option<usize> {
        let separator = if self.separated { memchr::memrchr(SEPARATOR, window.bytes).map(|at| at + 1) } else { None };
        let from = separator.unwrap_or(0);
        let near = window.bytes.get(from..).unwrap_or_default();
        memchr::memrchr_iter(b'\n', near).find_map(|at| start_at(window, from + at, from.max(1))).or(separator)
    }
}

/// The start of the run of blanks around a newline, if a record starts there, at or after `from`.
fn start_at(window: &Window<'_>, newline: usize, from: usize) -> Option<usize> {
    let bytes = window.bytes;
    let mut start = newline;
    while start > 0 && bytes.get(start - 1).is_some_and(|byte| is_blank(*byte)) {
        start -= 1;
        if newline - start > LONGEST_RUN {
            return None;
        }
    }
    let previous = if start == 0 { window.before } else { bytes.get(start - 1).copied() };
    if start < from || !previous.is_some_and(|byte| matches!(byte, b'}' | b']' | b'"') || byte.is_ascii_alphanumeric())
    {
        return None;
    }
    let after = bytes.get(newline..)?.iter().position(|byte| !is_blank(*byte))?;
    let starts = bytes
        .get(newline + after)
        .is_some_and(|byte| matches!(byte, b'{' | b'[' | b'"' | b'-') || byte.is_ascii_alphanumeric());
    (starts && newline + after - start <= LONGEST_RUN).then_some(start)
}
