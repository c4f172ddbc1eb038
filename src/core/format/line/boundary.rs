//! Where lines end: at a line feed, a carriage return before it being part of the end, or at carriage returns alone.

use crate::core::format::HEAD;

/// What ends lines: a line feed, or a carriage return where the head has one and no line feed.
pub(crate) fn terminator(head: &[u8]) -> u8 {
    let head = head.get(..HEAD).unwrap_or(head);
    match memchr::memchr2(b'\n', b'\r', head) {
        Some(at) if head.get(at) == Some(&b'\r') && memchr::memchr(b'\n', head).is_none() => b'\r',
        _ => b'\n',
    }
}

/// The end of the text of a line at `bytes[start..end]`, without the carriage return of its end.
#[inline]
pub(crate) fn content(bytes: &[u8], start: usize, end: usize, terminator: u8) -> usize {
    let returned = terminator == b'\n' && end > start && bytes.get(end - 1) == Some(&b'\r');
    end - usize::from(returned)
}
