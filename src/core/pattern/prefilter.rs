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

/// Whether a prefilter pays: what it skips must be worth what verifying its candidates costs.
#[derive(Debug, Clone, Default)]
pub(crate) struct Payoff {
    candidates: u32,
    skipped: u64,
    verified: u64,
    dropped: bool,
}

/// Candidates to see before each decision.
const TRIAL: u32 = 256;

impl Payoff {
    /// Notes a candidate: how many bytes were skipped to reach its line, and how long the line is.
    #[inline]
    pub(crate) fn candidate(&mut self, skipped: usize, line: usize) {
        self.candidates += 1;
        self.skipped += skipped as u64;
        self.verified += line as u64;
        if self.candidates == TRIAL {
            // Running the automaton on one line after the other costs a little more than running it over the block, so
            // that less than a third skipped is no gain.
            self.dropped = self.skipped * 2 < self.verified;
            self.candidates = 0;
            self.skipped = 0;
            self.verified = 0;
        }
    }

    /// Whether the prefilter was found not to pay.
    #[inline]
    pub(crate) fn dropped(&self) -> bool {
        self.dropped
    }
}
