//! Prefilters: fast ways to say where the next match may be.
//!
//! Each kind is a variant of [`Prefilter`] and answers one question: where at or after `from` is the next candidate?
//! [`Payoff`] watches whether asking is worth it on the data at hand.

use memchr::memmem;
use regex_automata::util::prefilter::Prefilter as Several;
use regex_automata::{MatchKind, Span};

/// A way to find candidates.
#[derive(Debug, Clone)]
pub(crate) enum Prefilter {
    /// One literal.
    One(Box<memmem::Finder<'static>>),
    /// Several literals, the earlier ones preferred.
    Several(Several),
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

    /// The next candidate in `haystack[from..]` as start and end.
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
        }
    }
}

/// Whether a prefilter pays: it must skip enough bytes for each candidate that then has to be verified.
#[derive(Debug, Clone, Default)]
pub(crate) struct Payoff {
    candidates: u32,
    bytes: u64,
    dropped: bool,
}

/// Candidates to see before a decision.
const TRIAL: u32 = 256;
/// Fewer bytes than this between candidates, and verifying each line costs more than a plain run of the automaton.
const LEAST_STEP: u64 = 48;

impl Payoff {
    /// Notes a candidate that was found after skipping so many bytes.
    #[inline]
    pub(crate) fn candidate(&mut self, skipped: usize) {
        self.candidates += 1;
        self.bytes += skipped as u64;
        if self.candidates == TRIAL {
            self.dropped = self.bytes < u64::from(TRIAL) * LEAST_STEP;
            self.candidates = 0;
            self.bytes = 0;
        }
    }

    /// Whether the prefilter was found not to pay.
    #[inline]
    pub(crate) fn dropped(&self) -> bool {
        self.dropped
    }
}
