//! Prefilters: fast ways to say where the next match may be.
//!
//! A [`Prefilter`] answers one question: where at or after `from` is the next candidate? [`Says`] is what that means.
//! [`Payoff`] watches whether asking is worth it on the data at hand.

use memchr::memmem;
use regex_automata::util::prefilter::Prefilter as Several;
use regex_automata::{MatchKind, Span};
use regex_syntax::hir::Hir;

use crate::core::pattern::literals;
use crate::core::pattern::terminator::Terminator;
use crate::core::pattern::window::{self, Required};
use crate::core::scan::window::Window;

/// A way to find candidates.
#[derive(Debug, Clone)]
pub(crate) struct Prefilter {
    finder: Finder,
    /// What a candidate says of a match.
    pub(crate) says: Says,
}

/// What finding a candidate says of a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Says {
    /// A match starts there.
    Match,
    /// A match may start there, and no match starts where nothing was found.
    Start,
    /// A match may be around there.
    Around,
}

/// What looks for candidates.
#[derive(Debug, Clone)]
enum Finder {
    /// One literal.
    One(Box<memmem::Finder<'static>>),
    /// Several literals, the earlier ones preferred.
    Several(Several),
    /// Sets of bytes.
    Window(Box<Window>),
}

impl Prefilter {
    /// The best prefilter of an expression. Literals are found faster than windows, unless they are short and common.
    pub(crate) fn of(hir: &Hir, terminator: Terminator) -> Option<Self> {
        let literals = literals::required(hir);
        let window = window::required(hir, terminator);
        let rarer = match (&literals, &window) {
            (Some((texts, _)), Some(window)) => window.bits > literals::bits(texts) + RARER,
            _ => false,
        };
        let literals = literals.filter(|_| !rarer).and_then(|(texts, says)| Self::literals(&texts, says));
        literals.or_else(|| window.map(|Required { window, says, .. }| Self::window(window, says)))
    }

    /// The fastest finder of texts that are all there is to find, if there is one.
    pub(crate) fn exact(literals: &[Vec<u8>]) -> Option<Self> {
        Some(Self { finder: Finder::of(literals)?, says: Says::Match })
    }

    /// The fastest finder of literals that a match needs, or none where there is no fast one.
    fn literals(literals: &[Vec<u8>], says: Says) -> Option<Self> {
        let finder = Finder::of(literals)?;
        let fast = !matches!(&finder, Finder::Several(several) if !several.is_fast());
        fast.then_some(Self { finder, says })
    }

    /// A finder of sets of bytes.
    fn window(window: Window, says: Says) -> Self {
        Self { finder: Finder::Window(Box::new(window)), says }
    }

    /// The next candidate in `haystack[from..]` as start and end; a window has the place where it starts for both.
    #[inline]
    pub(crate) fn find(&self, haystack: &[u8], from: usize) -> Option<(usize, usize)> {
        match &self.finder {
            Finder::One(finder) => {
                let start = from + finder.find(haystack.get(from..)?)?;
                Some((start, start + finder.needle().len()))
            }
            Finder::Several(several) => {
                let span = several.find(haystack, Span { start: from, end: haystack.len() })?;
                Some((span.start, span.end))
            }
            Finder::Window(window) => window.find(haystack, from).map(|start| (start, start)),
        }
    }
}

impl Finder {
    fn of(literals: &[Vec<u8>]) -> Option<Self> {
        match literals {
            [one] if one.len() > 1 => Some(Self::One(Box::new(memmem::Finder::new(one).into_owned()))),
            _ => Several::new(MatchKind::LeftmostFirst, literals).map(Self::Several),
        }
    }
}

/// How much rarer a window must be than literals, in bits.
const RARER: f64 = 2.0;

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

    /// Whether `pays` would say so now.
    #[inline]
    pub(crate) fn is_in_use(&self) -> bool {
        self.pause == 0
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
