//! Where lines end: at a line feed, a carriage return before it being part of the end, or at carriage returns alone.

use crate::core::format::HEAD;
use crate::core::input::boundary::{Boundary, State, Summary, Window};

/// Lines that end at a byte.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lines {
    /// The byte.
    pub(crate) terminator: u8,
}

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

impl Boundary for Lines {
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
        if previous.is_none_or(|byte| byte == self.terminator) {
            return Some(from);
        }
        memchr::memchr(self.terminator, window.bytes.get(from..)?).map(|at| from + at + 1)
    }

    fn last_start(&self, window: &Window<'_>) -> Option<usize> {
        memchr::memrchr(self.terminator, window.bytes).map(|at| at + 1)
    }
}
