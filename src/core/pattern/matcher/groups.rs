//! Matches with their groups, and the groups that there are.

use std::ops::ControlFlow;
use std::sync::Arc;

use regex_automata::util::captures::Captures;

use crate::core::pattern::engine::Engine;
use crate::core::pattern::matcher::{Matcher, Scratch, Strategy};
use crate::core::pattern::steps::each_capture;

impl Matcher {
    /// As `spans`, with the groups of each match; none where patterns are plain text and have no groups.
    pub(crate) fn captures(
        &self,
        scratch: &mut Scratch,
        text: &[u8],
        from: usize,
        mut found: impl FnMut((usize, usize), Option<&Captures>) -> ControlFlow<()>,
    ) {
        if !self.admits(scratch, text) {
            return;
        }
        if self.strategy == Strategy::Literal {
            self.spans(scratch, text, from, |start, end| found((start, end), None));
            return;
        }
        self.prepare_alone(scratch, text);
        let Scratch { state, conditions, .. } = scratch;
        let refused = |span| self.behind_refused(conditions, text, span);
        each_capture(&self.engine, state, text, from, refused, |captures| {
            let Some(span) = captures.get_match() else { return ControlFlow::Break(()) };
            found((span.start(), span.end()), Some(captures))
        });
    }

    /// Adds to the matches of a line those of the conditions that it must match, by their starts.
    pub(crate) fn mark_conditions(&self, scratch: &mut Scratch, line: &[u8], marks: &mut Vec<(usize, usize)>) {
        if let (Some(conditions), Some(asking)) = (&self.conditions, &mut scratch.conditions) {
            conditions.marks(asking, line, marks);
            marks.sort_unstable();
        }
    }

    /// As `captures`, with the pattern that matched in `Captures::pattern` and that pattern's own groups. Nothing
    /// where the matcher was not made for [`Detail::Patterns`].
    pub(crate) fn pattern_captures(
        &self,
        scratch: &mut Scratch,
        text: &[u8],
        from: usize,
        found: impl FnMut(&Captures) -> ControlFlow<()>,
    ) {
        if !self.admits(scratch, text) {
            return;
        }
        let Scratch { each, conditions, .. } = scratch;
        if let (Some(engine), Some(state)) = (&self.each, each) {
            if !self.crosses() {
                engine.prepare(state, text);
            }
            each_capture(engine, state, text, from, |span| self.behind_refused(conditions, text, span), found);
        }
    }

    /// The names of each pattern's groups, the whole match left out; none is a numbered group.
    pub(crate) fn groups(&self) -> Vec<Vec<Option<Arc<str>>>> {
        self.each.as_ref().map(Engine::groups).unwrap_or_default()
    }

    /// The number of a named group of the joined patterns.
    pub(crate) fn group_index(&self, name: &str) -> Option<usize> {
        self.engine.group_index(name)
    }
}
