//! Matches that may cross lines, and the lines that each covers: they stand together or fall together by the conditions.

use crate::core::pattern::conditions::Asking;
use crate::core::pattern::matcher::{Matcher, Scratch, Strategy};

/// A match that may cross lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Crossing {
    /// Start of its first line.
    pub(crate) start: usize,
    /// End of its last line, after the terminator.
    pub(crate) end: usize,
    /// Where to search on.
    pub(crate) next: usize,
}

impl Matcher {
    /// The first match of `text[at..]` that may cross lines, as the lines it is on. Lines of a match that do not fulfil
    /// the conditions are passed over.
    pub(crate) fn next_crossing(&self, scratch: &mut Scratch, text: &[u8], mut at: usize) -> Option<Crossing> {
        loop {
            let found = self.engine.find(&mut scratch.state, text, at);
            let lines = found.map(|(start, end)| self.lines_of(text, start, end));
            let held = lines.is_some_and(|(start, end)| self.fulfils(scratch, self.text(text, start, end)));
            if scratch.take_gave_up() {
                let place = lines.map_or(at, |(start, _)| start);
                scratch.broken = Some(self.terminator.line_start(text, 0, place));
                return None;
            }
            let ((from, to), (start, end)) = (found?, lines?);
            let next = if from == to { to + 1 } else { to };
            if held {
                return Some(Crossing { start, end, next });
            }
            at = end.max(next);
            if at > text.len() {
                return None;
            }
        }
    }

    /// Start and end of the lines that a match covers.
    fn lines_of(&self, text: &[u8], start: usize, end: usize) -> (usize, usize) {
        let first = self.terminator.line_start(text, 0, start);
        let ended = end > first && text.get(end - 1) == Some(&self.terminator.byte());
        (first, if ended { end } else { self.terminator.line_end(text, end) })
    }

    /// Where to search on behind the lines of a match that do not fulfil the conditions; none where they do.
    pub(super) fn behind_refused(
        &self,
        asking: &mut Option<Box<Asking>>,
        text: &[u8],
        (start, end): (usize, usize),
    ) -> Option<usize> {
        let (Strategy::Cross, Some(conditions), Some(asking)) = (self.strategy, &self.conditions, asking) else {
            return None;
        };
        let (start, end) = self.lines_of(text, start, end);
        (!conditions.hold(asking, self.text(text, start, end))).then_some(end)
    }
}
