//! Where delimited records end, exactly, for ranges that are cut anywhere.
//!
//! The state between two bytes is one of three; with the byte before it tells where the tolerant reader stands:
//! - 0, outside quotes: at the start of a cell after a delimiter or terminator, behind a closing quote after a quote,
//!   else in a plain cell;
//! - 1, inside quotes;
//! - 2, in a plain cell whose last byte is a quote.
//!
//! A range without quotes keeps the state (2 becomes 0), which costs one search for a quote. In a range with quotes parity
//! answers for each start state under which the quoting is regular; the tolerant reader answers for the others, ahead of
//! time only where no start state is regular, since otherwise the irregular one is most likely the wrong guess.

use crate::core::format::csv::machine::{self, Place};
use crate::core::input::boundary::{Boundary, State, Summary, Window};
use crate::core::integer::byte;
use crate::core::scan::delimited;
use crate::core::scan::lanes::Marks;

const OUTSIDE: State = 0;
const INSIDE: State = 1;
const LITERAL: State = 2;

/// In a summary, two bits per start state: its end state, or this where it is not known yet.
const UNKNOWN: Summary = 3;

/// Records with quotes in them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quotes {
    /// The bytes that matter.
    pub(super) marks: Marks,
}

impl Quotes {
    /// Where the tolerant reader stands.
    fn place(self, state: State, before: Option<u8>) -> Place {
        match (state, before) {
            (INSIDE, _) => Place::Quoted,
            (LITERAL, _) => Place::Plain,
            (_, None) => Place::Start,
            (_, Some(byte)) if byte == self.marks.delimiter || byte == self.marks.terminator => Place::Start,
            (_, Some(byte)) if byte == self.marks.quote => Place::Closed,
            _ => Place::Plain,
        }
    }

    /// The end state of the tolerant reader.
    fn walk(self, bytes: &[u8], start: State, before: Option<u8>) -> State {
        let Some(&last) = bytes.last() else {
            return start;
        };
        match machine::sweep(bytes, self.place(start, before), self.marks, |_, _| {}) {
            Place::Quoted => INSIDE,
            Place::Plain if last == self.marks.quote => LITERAL,
            _ => OUTSIDE,
        }
    }

    /// The byte in front of an offset.
    fn before(window: &Window<'_>, at: usize) -> Option<u8> {
        match at {
            0 => window.before,
            _ => window.bytes.get(at - 1).copied(),
        }
    }

    /// The last record start when parity is exact and `odd` says whether the bytes end inside quotes: a walk back over
    /// quotes and terminators.
    fn last_start_by_parity(self, bytes: &[u8], odd: bool) -> Option<usize> {
        let mut inside = odd;
        for at in memchr::memrchr2_iter(self.marks.quote, self.marks.terminator, bytes) {
            if bytes.get(at) == Some(&self.marks.quote) {
                inside = !inside;
            } else if !inside {
                return Some(at + 1);
            }
        }
        None
    }
}

/// A summary from the end states of the three start states.
fn pack(ends: [Summary; 3]) -> Summary {
    ends[0] | (ends[1] << 2) | (ends[2] << 4)
}

impl Boundary for Quotes {
    fn stateful(&self) -> bool {
        true
    }

    fn summarize(&self, window: &Window<'_>) -> Summary {
        let bytes = window.bytes.get(..window.len).unwrap_or(window.bytes);
        if bytes.is_empty() {
            return pack([OUTSIDE.into(), INSIDE.into(), LITERAL.into()]);
        }
        let Some(first) = memchr::memchr(self.marks.quote, bytes) else {
            return pack([OUTSIDE.into(), INSIDE.into(), OUTSIDE.into()]);
        };
        let rest = bytes.get(first..).unwrap_or_default();
        let quoting = delimited::quoting(rest, Self::before(window, first), self.marks);
        let odd = Summary::from(quoting.odd);
        let known = |state: State, regular: bool, end: Summary| match (regular, quoting) {
            (true, _) => end,
            (false, quoting) if !quoting.regular_outside && !quoting.regular_inside => {
                self.walk(bytes, state, window.before).into()
            }
            _ => UNKNOWN,
        };
        pack([known(OUTSIDE, quoting.regular_outside, odd), known(INSIDE, quoting.regular_inside, 1 - odd), UNKNOWN])
    }

    fn resolve(&self, start: State, summary: Summary, window: &Window<'_>) -> State {
        match (summary >> (2 * u32::from(start.min(LITERAL)))) & 3 {
            UNKNOWN => {
                let bytes = window.bytes.get(..window.len).unwrap_or(window.bytes);
                self.walk(bytes, start, window.before)
            }
            end => byte(end),
        }
    }

    fn next_start(&self, state: State, window: &Window<'_>, from: usize) -> Option<usize> {
        let before = Self::before(window, from);
        if state == OUTSIDE && before.is_none_or(|byte| byte == self.marks.terminator) {
            return Some(from);
        }
        let bytes = window.bytes.get(from..)?;
        machine::first_end(bytes, self.place(state, before), self.marks).0.map(|at| from + at + 1)
    }

    fn may_end(&self, window: &Window<'_>, from: usize) -> bool {
        window.bytes.get(from..).is_some_and(|fresh| memchr::memchr(self.marks.terminator, fresh).is_some())
    }

    fn last_start(&self, window: &Window<'_>) -> Option<usize> {
        let bytes = window.bytes;
        if memchr::memchr(self.marks.quote, bytes).is_none() {
            return memchr::memrchr(self.marks.terminator, bytes).map(|at| at + 1);
        }
        let quoting = delimited::quoting(bytes, None, self.marks);
        if quoting.regular_outside {
            return self.last_start_by_parity(bytes, quoting.odd);
        }
        let mut last = None;
        machine::sweep(bytes, Place::Start, self.marks, |at, byte| {
            if byte == self.marks.terminator {
                last = Some(at + 1);
            }
        });
        last
    }
}
