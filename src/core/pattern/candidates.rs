//! The next line that matches, for [`Matcher`]: by its prefilter and what must be checked behind it, or by the automaton.
//!
//! Invariant: whichever way is taken, the lines are those that the expression finds in each line alone.

use std::ops::ControlFlow;

use crate::core::pattern::engine::State;
use crate::core::pattern::matcher::{Matcher, Scratch, Strategy};
use crate::core::pattern::prefilter::{Prefilter, Says};

/// What checking for a match at one place costs, in bytes that the automaton looks through in that time.
const CHECK: usize = 64;

/// Places of one line at which no match starts before the rest of the line is looked through.
pub(super) const FAILURES: u32 = 4;

impl Matcher {
    /// As `lines`, whatever the conditions.
    pub(super) fn candidates(
        &self,
        scratch: &mut Scratch,
        block: &[u8],
        mut found: impl FnMut(usize, usize) -> ControlFlow<()>,
    ) {
        let kept = self.strategy == Strategy::Literal || scratch.payoff.pays(block.len());
        let prefilter = self.prefilter.as_ref().filter(|_| kept);
        let strategy = match (prefilter, self.strategy) {
            (None, Strategy::AsciiBlock) if !block.is_ascii() => Strategy::Line,
            (_, strategy) => strategy,
        };
        let mut at = 0;
        while at < block.len() {
            let next = match (prefilter, strategy) {
                (Some(prefilter), _) => self.next_candidate(prefilter, scratch, block, at),
                (None, Strategy::Line) => self.next_by_line(scratch, block, at),
                (None, _) => self.next_in_block(scratch, block, at),
            };
            let Some((start, end)) = next else { break };
            if found(start, end).is_break() {
                break;
            }
            at = end;
        }
    }

    /// Calls `found` with the line and the span of every match in `block`, both as places in the block: what `lines` finds,
    /// and then `spans` in each of them, at once. Says whether it did, which it does where the prefilter finds starts of
    /// matches and pays.
    pub(crate) fn matches(
        &self,
        scratch: &mut Scratch,
        block: &[u8],
        mut found: impl FnMut((usize, usize), (usize, usize)) -> ControlFlow<()>,
    ) -> bool {
        let Some(prefilter) = self.prefilter.as_ref().filter(|prefilter| prefilter.says != Says::Around) else {
            return false;
        };
        let literal = self.strategy == Strategy::Literal;
        if self.has_conditions() || !literal && !scratch.payoff.is_in_use() {
            return false;
        }
        let (mut at, mut start, mut end) = (0, 0, 0);
        let mut failed = 0;
        while at < block.len() {
            let Some((from, to)) = prefilter.find(block, at) else { break };
            if from >= end {
                (start, end) = self.line_around(block, end, (from, from));
                failed = 0;
            }
            let span = if literal {
                Some((from, to))
            } else {
                scratch.payoff.candidate(from - at, CHECK);
                let line = self.text(block, start, end);
                let span = self.span_of_start(&mut scratch.state, line, from - start, failed);
                span.map(|(from, to)| (start + from, start + to))
            };
            match span {
                Some(span) if found((start, end), span).is_break() => break,
                Some((_, to)) => at = to,
                None if failed < FAILURES => at = from + 1,
                None => at = end,
            }
            failed += u32::from(span.is_none());
        }
        true
    }

    /// The match that starts at `at`, where the prefilter says that one may; after some that were none, the first from
    /// there on.
    #[inline]
    pub(super) fn span_of_start(
        &self,
        state: &mut State,
        text: &[u8],
        at: usize,
        failed: u32,
    ) -> Option<(usize, usize)> {
        if failed < FAILURES {
            self.engine.end_of(state, text, at).map(|end| (at, end))
        } else {
            self.engine.find(state, text, at)
        }
    }

    /// The first matching line of `block[at..]`, in which a line starts, by the prefilter and what must be checked behind
    /// it.
    #[inline]
    fn next_candidate(
        &self,
        prefilter: &Prefilter,
        scratch: &mut Scratch,
        block: &[u8],
        at: usize,
    ) -> Option<(usize, usize)> {
        match prefilter.says {
            Says::Around => self.next_verified(prefilter, scratch, block, at),
            Says::Start => self.next_start(prefilter, scratch, block, at),
            Says::Match => Some(self.line_around(block, at, prefilter.find(block, at)?)),
        }
    }

    /// The line that holds a place, given that a line starts at `at`.
    #[inline]
    fn line_around(&self, block: &[u8], at: usize, (from, to): (usize, usize)) -> (usize, usize) {
        (self.terminator.line_start(block, at, from), self.terminator.line_end(block, to))
    }

    /// Prefilter, then the expression on the candidate's line.
    fn next_verified(
        &self,
        prefilter: &Prefilter,
        scratch: &mut Scratch,
        block: &[u8],
        mut at: usize,
    ) -> Option<(usize, usize)> {
        while at < block.len() {
            let (start, end) = self.line_around(block, at, prefilter.find(block, at)?);
            scratch.payoff.candidate(start - at, end - start);
            if self.is_candidate(scratch, self.text(block, start, end)) {
                return Some((start, end));
            }
            at = end;
        }
        None
    }

    /// Prefilter, then the expression from the candidate on. After some failures in one line the expression looks
    /// through the rest of it, so that the time stays linear.
    fn next_start(
        &self,
        prefilter: &Prefilter,
        scratch: &mut Scratch,
        block: &[u8],
        mut at: usize,
    ) -> Option<(usize, usize)> {
        let (mut start, mut end) = (at, at);
        let mut failed = 0;
        while at < block.len() {
            let (place, _) = prefilter.find(block, at)?;
            if place >= end {
                (start, end) = self.line_around(block, end, (place, place));
                failed = 0;
            }
            scratch.payoff.candidate(place - at, CHECK);
            let line = self.text(block, start, end);
            if failed == FAILURES {
                if self.engine.earliest(&mut scratch.state, line, place - start).is_some() {
                    return Some((start, end));
                }
                at = end;
            } else if self.engine.starts_at(&mut scratch.state, line, place - start) {
                return Some((start, end));
            } else {
                at = place + 1;
                failed += 1;
            }
        }
        None
    }

    /// The automaton over the whole block.
    fn next_in_block(&self, scratch: &mut Scratch, block: &[u8], at: usize) -> Option<(usize, usize)> {
        let end = self.engine.earliest(&mut scratch.state, block, at)?;
        let start = self.terminator.line_start(block, at, end);
        // An empty match behind the last terminator is not on any line.
        (start < block.len()).then(|| (start, self.terminator.line_end(block, end)))
    }

    /// The expression on one line after the other.
    fn next_by_line(&self, scratch: &mut Scratch, block: &[u8], mut at: usize) -> Option<(usize, usize)> {
        while at < block.len() {
            let end = self.terminator.line_end(block, at);
            if self.is_candidate(scratch, self.text(block, at, end)) {
                return Some((at, end));
            }
            if scratch.state.gave_up() {
                scratch.state.take_gave_up();
                scratch.broken = Some(at);
                return None;
            }
            at = end;
        }
        None
    }
}
