//! Prefilters: fast ways to say where the next match may be.
//!
//! Each kind is a variant of [`Prefilter`] and answers one question: where at or after `from` is the next candidate?
//! [`Payoff`] watches whether asking is worth it on the data at hand.

use memchr::memmem;
use regex_automata::util::prefilter::Prefilter as Several;
use regex_automata::{MatchKind, Span};

use crate::core::pattern::window::{Required, Says};

/// A way to find candidates.
#[derive(Debug, Clone)]
pub(crate) enum Prefilter {
    /// One literal.
    One(Box<memmem::Finder<'static>>),
    /// Several literals, the earlier ones preferred.
    Several(Several),
    /// Sets of bytes.
    Window(Box<Required>),
}

impl Prefilter {
    /// The fastest finder of these literals, or none where there is no fast one. A finder that is not fast is still
    /// returned where `exact` says that finding is all there is to do.
    pub(crate) fn new(literals: &[Vec<u8>], exact: bool) -> Option<Self> {
        match literals {
            [one] if one.len() > 1 => Some(Self::One(Box::new(memmem::Finder::new(one).into_owned()))),
            _ => {
                let several = Several::new(MatchKind::LeftmostFirst, literals)?;
                (exact || several.is_fast()).then_some(Self::Several(several))
            }
        }
    }

    /// What a candidate says of a match.
    #[inline]
    pub(crate) fn says(&self) -> Says {
        match self {
            Self::One(_) | Self::Several(_) => Says::Around,
            Self::Window(required) => required.says,
        }
    }

    /// The next candidate in `haystack[from..]` as start and end; a window has the place where it starts for both.
    #[inline]
    pub(crate) fn find(&self, haystack: &[u8], from: usize) -> Option<(usize, usize)> {
        match self {
            Self::One(finder) => {
                let start = from + finder.find(haystack.get(from..)?)?;
                Some((start, start + finder.needle().len()))
            }
            Self::Several(several) => {
                let span = several.find(haystack, Span { start: from, end: haystack.len() })?;
                Some((span.start, span.end))
            }
            Self::Window(required) => required.window.find(haystack, from).map(|start| (start, start)),
        }
    }
}

/// Whether a prefilter pays: what it skips must be worth what verifying its candidates costs. One that does not is left
/// out for a while, longer each time in a row: logs have stretches of like lines.
#[derive(Debug, Clone)]
pub(crate) struct Payoff {
    candidates: u32,
    skipped: u64,
    verified: u64,
    /// Bytes to do without.
    pause: usize,
    /// Bytes to do without when it next does not pay.
    penalty: usize,
}

/// Candidates to see before each decision.
const TRIAL: u32 = 256;

/// Bytes to do without a prefilter that did not pay, the first time and at most.
const PENALTY: (usize, usize) = (1 << 20, 1 << 28);

impl Default for Payoff {
    fn default() -> Self {
        Self { candidates: 0, skipped: 0, verified: 0, pause: 0, penalty: PENALTY.0 }
    }
}

impl Payoff {
    /// Whether to use the prefilter on a block of that many bytes.
    #[inline]
    pub(crate) fn pays(&mut self, block: usize) -> bool {
        let pays = self.pause == 0;
        self.pause = self.pause.saturating_sub(block);
        pays
    }

    /// Notes a candidate: how many bytes were skipped to reach it, and how many verifying it costs.
    #[inline]
    pub(crate) fn candidate(&mut self, skipped: usize, verified: usize) {
        self.candidates += 1;
        self.skipped += skipped as u64;
        self.verified += verified as u64;
        if self.candidates == TRIAL {
            // Running the automaton on one line after the other costs a little more than running it over the block, so
            // that less than a third skipped is no gain.
            if self.skipped * 2 < self.verified {
                self.pause = self.penalty;
                self.penalty = (self.penalty * 2).min(PENALTY.1);
            } else {
                self.penalty = PENALTY.0;
            }
            self.candidates = 0;
            self.skipped = 0;
            self.verified = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{PENALTY, Payoff};

    #[test]
    fn what_does_not_pay_is_left_out_for_longer_and_longer() {
        let mut payoff = Payoff::default();
        let trial = |payoff: &mut Payoff, skipped| (0..256).for_each(|_| payoff.candidate(skipped, 100));
        for pause in [PENALTY.0, PENALTY.0 * 2, PENALTY.0 * 4] {
            assert!(payoff.pays(10));
            trial(&mut payoff, 10);
            assert!(!payoff.pays(pause - 1));
            assert!(!payoff.pays(1));
        }
        trial(&mut payoff, 200);
        trial(&mut payoff, 10);
        assert!(!payoff.pays(PENALTY.0));
        assert!(payoff.pays(1));
    }
}
