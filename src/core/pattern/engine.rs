//! The two regex engines behind one face: automata that take linear time, and the backtracker for `-P`.
//!
//! A search that gives up says so in its [`State`] and finds nothing; whoever searches asks afterwards.

use std::sync::Arc;

use regex_automata::meta::{self, Cache, Regex};
use regex_automata::util::captures::{Captures, GroupInfo};
use regex_automata::util::primitives::NonMaxUsize;
use regex_automata::{Anchored, Input, PatternID};
use regex_syntax::hir::Hir;

use crate::core::error::{Code, Problem, Result};
use crate::core::pattern::backtracker::{Backtracker, Groups, Subject};
use crate::core::pattern::syntax::Syntax;

/// A compiled set of patterns.
#[derive(Debug)]
pub(crate) enum Engine {
    /// Linear in the text.
    Automaton(Regex),
    /// With look-around, at the price of backtracking.
    Backtracker(Backtracker, GroupInfo),
}

/// What a thread needs to search with an engine.
#[derive(Debug)]
pub(crate) struct State {
    cache: Option<Cache>,
    captures: Captures,
    /// Whether a search gave up since this was last asked.
    gave_up: bool,
    /// The text that was prepared last.
    subject: Subject,
}

impl State {
    /// Whether a search gave up since the last call.
    pub(crate) fn take_gave_up(&mut self) -> bool {
        std::mem::take(&mut self.gave_up)
    }

    /// Whether a search gave up.
    #[inline]
    pub(crate) fn gave_up(&self) -> bool {
        self.gave_up
    }
}

impl Engine {
    /// Automata for expressions, of which the first that matches leftmost counts. With `Prefilters::Own` they look for
    /// literals themselves.
    pub(crate) fn automaton(hirs: &[&Hir], prefilters: Prefilters, syntax: Syntax) -> Result<Self> {
        let config = Regex::config()
            .utf8_empty(false)
            .auto_prefilter(prefilters == Prefilters::Own)
            .nfa_size_limit(Some(syntax.size_limit))
            .onepass_size_limit(Some(10 << 20))
            .dfa_size_limit(Some(1 << 20))
            .dfa_state_limit(Some(1_000))
            .hybrid_cache_capacity(syntax.cache_limit);
        Regex::builder()
            .configure(config)
            .build_many_from_hir(hirs)
            .map(Self::Automaton)
            .map_err(|error| too_large(&error).into())
    }

    /// The backtracker for some patterns.
    pub(crate) fn backtracker(backtracker: Backtracker) -> Result<Self> {
        let info = GroupInfo::new(backtracker.names())
            .map_err(|error| Problem::new(Code::Pattern, format!("the groups cannot be told apart: {error}")))?;
        Ok(Self::Backtracker(backtracker, info))
    }

    /// Whether a search may give up.
    #[inline]
    pub(crate) fn may_give_up(&self) -> bool {
        matches!(self, Self::Backtracker(..))
    }

    /// What a new thread needs.
    pub(crate) fn state(&self) -> State {
        let cache = match self {
            Self::Automaton(regex) => Some(regex.create_cache()),
            Self::Backtracker(..) => None,
        };
        State { cache, captures: Captures::all(self.info().clone()), gave_up: false, subject: Subject::default() }
    }

    /// Makes a text ready for several searches. Not needed before searches of a text that is the last one prepared.
    #[inline]
    pub(crate) fn prepare(&self, state: &mut State, text: &[u8]) {
        if self.may_give_up() {
            state.subject.prepare(text);
        }
    }

    /// The groups of the patterns.
    fn info(&self) -> &GroupInfo {
        match self {
            Self::Automaton(regex) => regex.group_info(),
            Self::Backtracker(_, info) => info,
        }
    }

    /// The names of each pattern's groups, the whole match left out; none is a numbered group.
    pub(crate) fn groups(&self) -> Vec<Vec<Option<Arc<str>>>> {
        let info = self.info();
        (0..info.pattern_len())
            .filter_map(|index| PatternID::new(index).ok())
            .map(|pattern| info.pattern_names(pattern).skip(1).map(|name| name.map(Arc::from)).collect())
            .collect()
    }

    /// The number of a named group of the first pattern.
    pub(crate) fn group_index(&self, name: &str) -> Option<usize> {
        self.info().to_index(PatternID::ZERO, name)
    }

    /// Where some match at or after `from` can be told to end, as early as can be.
    #[inline]
    pub(crate) fn earliest(&self, state: &mut State, haystack: &[u8], from: usize) -> Option<usize> {
        match (self, &mut state.cache) {
            (Self::Automaton(regex), Some(cache)) => {
                let input = Input::new(haystack).range(from..).earliest(true);
                Some(regex.search_half_with(cache, &input)?.offset())
            }
            _ => self.find(state, haystack, from).map(|(_, end)| end),
        }
    }

    /// Whether a match starts at `at`.
    #[inline]
    pub(crate) fn starts_at(&self, state: &mut State, haystack: &[u8], at: usize) -> bool {
        self.anchored(state, Input::new(haystack).range(at..).earliest(true)).is_some()
    }

    /// The end of the match that starts at `at`.
    #[inline]
    pub(crate) fn end_of(&self, state: &mut State, haystack: &[u8], at: usize) -> Option<usize> {
        self.anchored(state, Input::new(haystack).range(at..))
    }

    /// The end of a match at the start of the input's range.
    #[inline]
    fn anchored(&self, state: &mut State, input: Input<'_>) -> Option<usize> {
        if let (Self::Automaton(regex), Some(cache)) = (self, &mut state.cache) {
            return Some(regex.search_half_with(cache, &input.anchored(Anchored::Yes))?.offset());
        }
        let found = self.find(state, input.haystack(), input.start());
        found.filter(|(start, _)| *start == input.start()).map(|(_, end)| end)
    }

    /// The first match at or after `from`.
    #[inline]
    pub(crate) fn find(&self, state: &mut State, haystack: &[u8], from: usize) -> Option<(usize, usize)> {
        match (self, &mut state.cache) {
            (Self::Automaton(regex), Some(cache)) => {
                let found = regex.search_with(cache, &Input::new(haystack).range(from..))?;
                Some((found.start(), found.end()))
            }
            (Self::Backtracker(backtracker, _), _) => {
                let found = backtracker.find(state.subject.of(haystack), from);
                found.unwrap_or_else(|_| {
                    state.gave_up = true;
                    None
                })
            }
            (Self::Automaton(_), None) => None,
        }
    }

    /// The first match at or after `from` with its groups.
    pub(crate) fn captures<'s>(&self, state: &'s mut State, haystack: &[u8], from: usize) -> Option<&'s Captures> {
        let State { cache, captures, gave_up, subject } = state;
        match (self, cache) {
            (Self::Automaton(regex), Some(cache)) => {
                regex.search_captures_with(cache, &Input::new(haystack).range(from..), captures);
            }
            (Self::Backtracker(backtracker, _), _) => {
                captures.set_pattern(None);
                match backtracker.captures(subject.of(haystack), from) {
                    Ok(Some((pattern, groups))) => fill(captures, pattern, &groups),
                    Ok(None) => {}
                    Err(_) => *gave_up = true,
                }
            }
            (Self::Automaton(_), None) => captures.set_pattern(None),
        }
        captures.is_match().then_some(&*captures)
    }
}

/// Whether an automaton looks for literals itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prefilters {
    /// It does.
    Own,
    /// Ours do, which work on lines and can be dropped.
    Ours,
}

/// Puts the groups of a match where those of the other engine are.
fn fill(captures: &mut Captures, pattern: usize, groups: &Groups) {
    let Ok(pattern) = PatternID::new(pattern) else { return };
    captures.set_pattern(Some(pattern));
    let info = captures.group_info().clone();
    let slots = captures.slots_mut();
    for (index, group) in groups.iter().enumerate() {
        let Some((first, last)) = info.slots(pattern, index) else { continue };
        for (slot, place) in [(first, group.map(|group| group.0)), (last, group.map(|group| group.1))] {
            if let Some(slot) = slots.get_mut(slot) {
                *slot = place.and_then(NonMaxUsize::new);
            }
        }
    }
}

fn too_large(error: &meta::BuildError) -> Problem {
    match error.size_limit() {
        Some(limit) => Problem::new(Code::Pattern, format!("the pattern needs more than {limit} bytes when compiled"))
            .hint("make its repetitions smaller, or allow more with --regex-size-limit"),
        None => Problem::new(Code::Pattern, format!("the pattern cannot be compiled: {error}")),
    }
}
