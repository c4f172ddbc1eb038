//! Where JSON text may be cut between values, decided from a few bytes around the place.
//!
//! Inside a value, a comma, a colon or a bracket stands between any two tokens, and strings hold no raw newline. So a
//! run of blanks with a newline in it, after a byte that ends a value and before a byte that starts one, stands between
//! two top-level values. A record starts with that run's first byte: the byte before it and the bytes from it on tell,
//! wherever a range begins. Runs longer than [`LONGEST_RUN`] are not used. Streams of array elements are also cut
//! after each [`SEPARATOR`].

use crate::core::format::json::syntax::is_blank;
use crate::core::input::boundary::{Boundary, State, Window};

/// What [`crate::core::format::json::array`] puts between elements: the record separator of RFC 7464, which cannot occur
/// in JSON.
pub(crate) const SEPARATOR: u8 = 0x1E;

/// Longest run of blanks between two values that is used as a cut.
const LONGEST_RUN: usize = 256;

/// Most bytes that are looked through for open brackets; a stream of longer values is followed value by value.
const LONGEST_LOOK: usize = 1 << 20;

/// JSON values one after the other.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Values {
    /// Whether [`SEPARATOR`] stands between values too.
    pub(crate) separated: bool,
}

impl Boundary for Values {
    fn next_start(&self, _: State, window: &Window<'_>, from: usize) -> Option<usize> {
        if window.byte_before(from).is_none_or(|byte| self.separated && byte == SEPARATOR) {
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

    /// The newline of a start may have come before the value that it starts.
    fn may_end(&self, window: &Window<'_>, from: usize) -> bool {
        let fresh = window.bytes.get(from.saturating_sub(LONGEST_RUN)..).unwrap_or_default();
        memchr::memchr2(b'\n', SEPARATOR, fresh).is_some()
    }

    /// A value that nothing follows yet may go on behind its newline, unless all its brackets are closed.
    fn is_whole(&self, window: &Window<'_>) -> bool {
        match window.bytes {
            [.., SEPARATOR] if self.separated => true,
            bytes @ [.., b'\n'] if bytes.len() <= LONGEST_LOOK => is_closed(bytes),
            _ => false,
        }
    }
}

/// Whether every bracket and string in these bytes is closed.
fn is_closed(bytes: &[u8]) -> bool {
    let (mut depth, mut quoted, mut escaped) = (0_i64, false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = quoted,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => depth += 1,
            b'}' | b']' if !quoted => depth -= 1,
            _ => {}
        }
    }
    depth == 0 && !quoted
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

#[cfg(test)]
mod tests {
    use super::Values;
    use crate::core::input::boundary::{Boundary, Window};

    #[test]
    fn whole_values_are_told_from_open_ones() {
        let whole = |text: &str| {
            let bytes = text.as_bytes();
            Values { separated: false }.is_whole(&Window { before: None, bytes, len: bytes.len(), at_end: false })
        };
        for text in ["{\"a\":1}\n", "{\"a\":\"}{\"}\n", "[1,\n2]\n\n", "1\n", "\"\\\"\"\n"] {
            assert!(whole(text), "{text}");
        }
        for text in ["{\"a\":1}", "{\"a\":{}\n", "[1,\n", "\"a\\\"\n", "{\"a\":\"}\n"] {
            assert!(!whole(text), "{text}");
        }
    }
}
