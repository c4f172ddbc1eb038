//! Stepping through the matches of a text: leftmost first, not overlapping, an empty one not right behind another.

use std::ops::ControlFlow;

use regex_automata::util::captures::Captures;

use crate::core::pattern::engine::{Engine, State};

/// Calls `found` with the groups of every match, stepping as `Matcher::spans` does. `refused` says of a match that is none
/// where to search on.
pub(super) fn each_capture(
    engine: &Engine,
    state: &mut State,
    text: &[u8],
    from: usize,
    mut refused: impl FnMut((usize, usize)) -> Option<usize>,
    mut found: impl FnMut(&Captures) -> ControlFlow<()>,
) {
    let mut steps = Steps::from(from);
    while steps.next <= text.len() {
        let Some(captures) = engine.captures(state, text, steps.next) else { break };
        let Some(span) = captures.get_match() else { break };
        let counts = steps.take(span.start(), span.end());
        if let Some(behind) = refused((span.start(), span.end())) {
            steps.skip_to(behind);
        } else if counts && found(captures).is_break() {
            break;
        }
    }
}

/// Steps through the matches of a text.
pub(super) struct Steps {
    /// Where to search on.
    pub(super) next: usize,
    last: Option<usize>,
}

impl Steps {
    /// Steps from here on.
    pub(super) fn from(next: usize) -> Self {
        Self { next, last: None }
    }

    /// Steps over a match; says whether it counts.
    pub(super) fn take(&mut self, start: usize, end: usize) -> bool {
        if start == end {
            self.next = end + 1;
            if self.last == Some(end) {
                return false;
            }
        } else {
            self.next = end;
        }
        self.last = Some(end);
        true
    }

    /// Steps on to a place behind a match that is none.
    pub(super) fn skip_to(&mut self, place: usize) {
        self.next = self.next.max(place);
        self.last = None;
    }
}
