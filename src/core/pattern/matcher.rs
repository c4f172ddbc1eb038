//! Finds the lines that match, and the spans that match within a line.
//!
//! Whole blocks are searched: the next candidate anywhere in the block, then the bounds of its line, then, where the
//! candidate is not yet proof, the expression on that line alone. Invariant: the lines found are those the
//! expression finds when it is run on each line alone, whichever strategy was taken.

use std::ops::ControlFlow;
use std::sync::Arc;

use regex_automata::Input;
use regex_automata::meta::{self, Cache, Regex};
use regex_automata::util::captures::Captures;
use regex_syntax::hir::Hir;

use crate::core::error::{Code, Problem, Result};
use crate::core::pattern::conditions::{Asking, Conditions};
use crate::core::pattern::literals;
use crate::core::pattern::prefilter::{Payoff, Prefilter};
use crate::core::pattern::syntax::{Parsed, Syntax, parse};
use crate::core::pattern::terminator::Terminator;

/// A compiled set of patterns, shared by all threads.
#[derive(Debug)]
pub(crate) struct Matcher {
    regex: Regex,
    prefilter: Option<Prefilter>,
    strategy: Strategy,
    /// What ends a line.
    pub(crate) terminator: Terminator,
    /// Each pattern with its own groups, for who must know which one matched.
    each: Option<Regex>,
    /// What else a line must hold; a line that does not has no match.
    conditions: Option<Box<Conditions>>,
}

/// How lines are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Strategy {
    /// What the prefilter finds is a match.
    Literal,
    /// Whatever the prefilter finds is verified on its line; without one, the automaton runs over the block.
    Block,
    /// As `Block`, but without a prefilter the automaton would give up at every byte that is not ASCII.
    AsciiBlock,
    /// The expression looks at the ends of its haystack, so it gets one line at a time.
    Line,
}

/// What a thread needs to search.
#[derive(Debug)]
pub(crate) struct Scratch {
    cache: Cache,
    payoff: Payoff,
    captures: Captures,
    each: Option<(Cache, Captures)>,
    conditions: Option<Box<Asking>>,
}

/// Whether the patterns must be told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    /// Lines and spans only.
    Spans,
    /// Which pattern matched, and its groups.
    Patterns,
}

impl Matcher {
    /// Compiles the patterns.
    pub(crate) fn new(patterns: &[String], syntax: Syntax, detail: Detail) -> Result<Self> {
        let Parsed { joined, each, exact } = parse(patterns, syntax)?;
        let looks = joined.properties().look_set();
        let literal = exact.and_then(|texts| Prefilter::new(&texts, true));
        let (prefilter, strategy) = if literal.is_some() {
            (literal, Strategy::Literal)
        } else {
            let prefilter = literals::required(&joined).and_then(|literals| Prefilter::new(&literals, false));
            let strategy = if needs_lines(&joined, syntax.terminator) {
                Strategy::Line
            } else if looks.contains_word_unicode() {
                Strategy::AsciiBlock
            } else {
                Strategy::Block
            };
            (prefilter, strategy)
        };
        let each = match detail {
            Detail::Spans => None,
            Detail::Patterns => Some(compile(|builder| builder.build_many_from_hir(&each).map_err(Box::new))?),
        };
        let regex = compile_one(&joined, strategy)?;
        Ok(Self { regex, prefilter, strategy, terminator: syntax.terminator, each, conditions: None })
    }

    /// The same, of lines that also match each of `and` and none of `not`. Other lines have no match.
    #[must_use]
    pub(crate) fn narrowed(mut self, and: Vec<Self>, not: Vec<Self>) -> Self {
        if !and.is_empty() || !not.is_empty() {
            self.conditions = Some(Box::new(Conditions::new(&self, and, not)));
        }
        self
    }

    /// Whether candidate lines are found without running an automaton over everything.
    pub(super) fn has_prefilter(&self) -> bool {
        self.prefilter.is_some()
    }

    /// What a new thread needs.
    pub(crate) fn scratch(&self) -> Scratch {
        Scratch {
            cache: self.regex.create_cache(),
            payoff: Payoff::default(),
            captures: self.regex.create_captures(),
            each: self.each.as_ref().map(|regex| (regex.create_cache(), regex.create_captures())),
            conditions: self.conditions.as_ref().map(|conditions| Box::new(conditions.asking())),
        }
    }

    /// Calls `found` with the start and end of every matching line of `block`, which holds whole lines; the end is
    /// after the line's terminator.
    pub(crate) fn lines(
        &self,
        scratch: &mut Scratch,
        block: &[u8],
        found: impl FnMut(usize, usize) -> ControlFlow<()>,
    ) {
        match (&self.conditions, scratch.conditions.take()) {
            (Some(conditions), Some(mut asking)) => {
                conditions.lines(self, scratch, &mut asking, block, found);
                scratch.conditions = Some(asking);
            }
            _ => self.candidates(scratch, block, found),
        }
    }

    /// As `lines`, whatever the conditions.
    pub(super) fn candidates(
        &self,
        scratch: &mut Scratch,
        block: &[u8],
        mut found: impl FnMut(usize, usize) -> ControlFlow<()>,
    ) {
        let strategy = match (&self.prefilter, self.strategy) {
            (None, Strategy::AsciiBlock) if !block.is_ascii() => Strategy::Line,
            (_, strategy) => strategy,
        };
        let mut at = 0;
        while at < block.len() {
            let Some((start, end)) = self.next_line(strategy, scratch, block, at) else { break };
            if found(start, end).is_break() {
                break;
            }
            at = end;
        }
    }

    /// The first matching line of `block[at..]`; a line starts at `at`.
    #[inline]
    fn next_line(&self, strategy: Strategy, scratch: &mut Scratch, block: &[u8], at: usize) -> Option<(usize, usize)> {
        match (&self.prefilter, strategy) {
            (Some(prefilter), Strategy::Literal) => {
                let (start, end) = prefilter.find(block, at)?;
                Some((self.terminator.line_start(block, at, start), self.terminator.line_end(block, end)))
            }
            (None, Strategy::Line) => self.next_by_line(scratch, block, at),
            (Some(prefilter), _) => self.next_candidate(prefilter, scratch, block, at),
            (None, _) => self.next_in_block(scratch, block, at),
        }
    }

    /// Prefilter, then the expression on the candidate's line.
    fn next_candidate(
        &self,
        prefilter: &Prefilter,
        scratch: &mut Scratch,
        block: &[u8],
        mut at: usize,
    ) -> Option<(usize, usize)> {
        while at < block.len() {
            if scratch.payoff.dropped() && self.strategy == Strategy::Block {
                return self.next_in_block(scratch, block, at);
            }
            let (from, to) = prefilter.find(block, at)?;
            let (start, end) = (self.terminator.line_start(block, at, from), self.terminator.line_end(block, to));
            scratch.payoff.candidate(start - at, end - start);
            if self.is_candidate(scratch, self.text(block, start, end)) {
                return Some((start, end));
            }
            at = end;
        }
        None
    }

    /// The automaton over the whole block.
    fn next_in_block(&self, scratch: &mut Scratch, block: &[u8], at: usize) -> Option<(usize, usize)> {
        let input = Input::new(block).range(at..).earliest(true);
        let end = self.regex.search_half_with(&mut scratch.cache, &input)?.offset();
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
            at = end;
        }
        None
    }

    /// The text of a line.
    #[inline]
    pub(super) fn text<'b>(&self, block: &'b [u8], start: usize, end: usize) -> &'b [u8] {
        self.terminator.trim(block.get(start..end).unwrap_or_default())
    }

    /// Whether a line, without its terminator, matches.
    #[inline]
    pub(crate) fn is_match(&self, scratch: &mut Scratch, line: &[u8]) -> bool {
        self.is_candidate(scratch, line) && self.fulfils(scratch, line)
    }

    /// Whether a line fulfils the conditions.
    #[inline]
    fn fulfils(&self, scratch: &mut Scratch, line: &[u8]) -> bool {
        match (&self.conditions, &mut scratch.conditions) {
            (Some(conditions), Some(asking)) => conditions.hold(asking, line),
            _ => true,
        }
    }

    /// As `is_match`, whatever the conditions.
    #[inline]
    pub(super) fn is_candidate(&self, scratch: &mut Scratch, line: &[u8]) -> bool {
        if let (Some(prefilter), Strategy::Literal) = (&self.prefilter, self.strategy) {
            return prefilter.find(line, 0).is_some();
        }
        self.regex.search_half_with(&mut scratch.cache, &Input::new(line).earliest(true)).is_some()
    }

    /// Calls `found` with every match in a line, which has no terminator: leftmost first, not overlapping, an empty
    /// match not right behind another.
    #[inline]
    pub(crate) fn spans(&self, scratch: &mut Scratch, line: &[u8], mut found: impl FnMut(usize, usize)) {
        if !self.fulfils(scratch, line) {
            return;
        }
        if let (Some(prefilter), Strategy::Literal) = (&self.prefilter, self.strategy) {
            let mut at = 0;
            while let Some((start, end)) = prefilter.find(line, at) {
                found(start, end);
                at = end;
            }
            return;
        }
        let mut steps = Steps::default();
        while let Some(input) = steps.input(line) {
            let Some(span) = self.regex.search_with(&mut scratch.cache, &input) else { break };
            if steps.take(span.start(), span.end()) {
                found(span.start(), span.end());
            }
        }
    }

    /// Adds to the matches of a line those of the conditions that it must match, by their starts.
    pub(crate) fn mark_conditions(&self, scratch: &mut Scratch, line: &[u8], marks: &mut Vec<(usize, usize)>) {
        if let (Some(conditions), Some(asking)) = (&self.conditions, &mut scratch.conditions) {
            conditions.marks(asking, line, marks);
            marks.sort_unstable();
        }
    }

    /// Calls `found` with every match in a line, as `spans` finds them, and its groups; none where patterns are plain
    /// text and have no groups.
    pub(crate) fn captures(
        &self,
        scratch: &mut Scratch,
        line: &[u8],
        mut found: impl FnMut((usize, usize), Option<&Captures>),
    ) {
        if !self.fulfils(scratch, line) {
            return;
        }
        if self.strategy == Strategy::Literal {
            self.spans(scratch, line, |start, end| found((start, end), None));
            return;
        }
        let mut steps = Steps::default();
        while let Some(input) = steps.input(line) {
            self.regex.search_captures_with(&mut scratch.cache, &input, &mut scratch.captures);
            let Some(span) = scratch.captures.get_match() else { break };
            if steps.take(span.start(), span.end()) {
                found((span.start(), span.end()), Some(&scratch.captures));
            }
        }
    }

    /// As `captures`, with the pattern that matched in `Captures::pattern` and that pattern's own groups. Nothing
    /// where the matcher was not made for [`Detail::Patterns`].
    pub(crate) fn pattern_captures(&self, scratch: &mut Scratch, line: &[u8], mut found: impl FnMut(&Captures)) {
        if !self.fulfils(scratch, line) {
            return;
        }
        let (Some(regex), Some((cache, captures))) = (&self.each, &mut scratch.each) else { return };
        let mut steps = Steps::default();
        while let Some(input) = steps.input(line) {
            regex.search_captures_with(cache, &input, captures);
            let Some(span) = captures.get_match() else { break };
            if steps.take(span.start(), span.end()) {
                found(captures);
            }
        }
    }

    /// The names of each pattern's groups, the whole match left out; none is a numbered group.
    pub(crate) fn groups(&self) -> Vec<Vec<Option<Arc<str>>>> {
        let Some(regex) = &self.each else { return Vec::new() };
        let info = regex.group_info();
        (0..regex.pattern_len())
            .filter_map(|index| regex_automata::PatternID::new(index).ok())
            .map(|pattern| info.pattern_names(pattern).skip(1).map(|name| name.map(Arc::from)).collect())
            .collect()
    }

    /// The number of a named group of the joined patterns.
    pub(crate) fn group_index(&self, name: &str) -> Option<usize> {
        self.regex.group_info().to_index(regex_automata::PatternID::ZERO, name)
    }
}

/// Steps through the matches of a line.
#[derive(Default)]
struct Steps {
    next: usize,
    last: Option<usize>,
}

impl Steps {
    /// Where to search now; none at the end of the line.
    fn input<'h>(&self, line: &'h [u8]) -> Option<Input<'h>> {
        (self.next <= line.len()).then(|| Input::new(line).range(self.next..))
    }

    /// Steps over a match; says whether it counts.
    fn take(&mut self, start: usize, end: usize) -> bool {
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
}

/// Whether the expression sees in a block what it would not see in a line alone: the ends of the haystack; lines in
/// lines that end with NUL; the place between `\r` and `\n`, for an expression that matches nothing but places.
fn needs_lines(hir: &Hir, terminator: Terminator) -> bool {
    let properties = hir.properties();
    let looks = properties.look_set();
    looks.contains_anchor_haystack()
        || match terminator {
            Terminator::Lf => false,
            Terminator::CrLf => properties.minimum_len().is_none_or(|least| least == 0) && !looks.is_empty(),
            Terminator::Nul => looks.contains_anchor(),
        }
}

/// Compiles the joined expression. Its own prefilters are off: ours work on lines and can be dropped.
fn compile_one(hir: &Hir, strategy: Strategy) -> Result<Regex> {
    // Literals need no automaton: the finder answers everything, and thousands of words would take long to compile.
    let never = Hir::fail();
    compile(|builder| {
        builder.build_from_hir(if strategy == Strategy::Literal { &never } else { hir }).map_err(Box::new)
    })
}

fn compile(
    build: impl FnOnce(&mut meta::Builder) -> std::result::Result<Regex, Box<meta::BuildError>>,
) -> Result<Regex> {
    let config = Regex::config()
        .utf8_empty(false)
        .auto_prefilter(false)
        .nfa_size_limit(Some(100 << 20))
        .onepass_size_limit(Some(10 << 20))
        .dfa_size_limit(Some(1 << 20))
        .dfa_state_limit(Some(1_000))
        .hybrid_cache_capacity(100 << 20);
    build(Regex::builder().configure(config)).map_err(|error| {
        let what = match error.size_limit() {
            Some(limit) => format!("the pattern needs more than {limit} bytes when compiled"),
            None => format!("the pattern cannot be compiled: {error}"),
        };
        Problem::new(Code::Pattern, what).hint("make its repetitions smaller").into()
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::ops::ControlFlow;

    use super::{Detail, Matcher};
    use crate::core::pattern::syntax::{Bounds, Case, Syntax};
    use crate::core::pattern::terminator::Terminator;

    fn found(matcher: &Matcher, text: &[u8]) -> Vec<Vec<u8>> {
        let mut lines = Vec::new();
        matcher.lines(&mut matcher.scratch(), text, |start, end| {
            lines.push(matcher.text(text, start, end).to_vec());
            ControlFlow::Continue(())
        });
        lines
    }

    fn plain(matcher: &Matcher, text: &[u8]) -> Vec<Vec<u8>> {
        let mut scratch = matcher.scratch();
        text.split_inclusive(|byte| *byte == matcher.terminator.byte())
            .map(|line| matcher.terminator.trim(line))
            .filter(|line| matcher.is_match(&mut scratch, line))
            .map(<[u8]>::to_vec)
            .collect()
    }

    #[test]
    fn finds_the_lines_that_match_alone() {
        let patterns = [
            "a",
            "ab",
            "a|b",
            "ab|cd",
            "^",
            "$",
            "^$",
            "a$",
            "^b",
            r"\bb",
            r"a\b",
            r"\w+b",
            r"[ab]+c",
            "c*",
            r"\Aa",
            r"b\z",
            "(?i)AB",
            r"é",
            r"\B",
            r"(?-u)\xff",
            ".",
            r"[^a]",
            r"a.*c",
            r"(a|b)+é",
        ];
        let mut state = 0x2545_F491_4F6C_DD1D_u64;
        let mut next = |below: u64| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state % below
        };
        let alphabet: [&[u8]; 11] =
            [b"a", b"b", b"c", b"d", b" ", b"\n", b"\r\n", b"\r", b"\0", "é".as_bytes(), b"\xff"];
        let terminators = [Terminator::Lf, Terminator::CrLf, Terminator::Nul];
        for (pattern, terminator) in patterns.iter().flat_map(|pattern| terminators.map(|ends| (pattern, ends))) {
            for bounds in [Bounds::None, Bounds::Word, Bounds::Line] {
                let syntax = Syntax { bounds, case: Case::Sensitive, terminator, ..Syntax::default() };
                let matcher = Matcher::new(&[(*pattern).to_string()], syntax, Detail::Spans).unwrap();
                for _ in 0..30 {
                    let mut text = Vec::new();
                    for _ in 0..=next(60) {
                        text.extend_from_slice(alphabet[next(11) as usize]);
                    }
                    assert_eq!(
                        found(&matcher, &text),
                        plain(&matcher, &text),
                        "{pattern} {bounds:?} {terminator:?} {text:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn spans_step_over_empty_matches() {
        let spans = |pattern: &str, line: &[u8]| {
            let matcher = Matcher::new(&[pattern.to_string()], Syntax::default(), Detail::Spans).unwrap();
            let mut spans = Vec::new();
            matcher.spans(&mut matcher.scratch(), line, |start, end| spans.push((start, end)));
            spans
        };
        assert_eq!(spans("a*", b"baac"), vec![(0, 0), (1, 3), (4, 4)]);
        assert_eq!(spans("sam|samwise", b"samwise sam"), vec![(0, 3), (8, 11)]);
    }

    #[test]
    fn a_prefilter_that_does_not_pay_is_dropped() {
        let matcher = Matcher::new(&[r"ab\d?".to_string()], Syntax::default(), Detail::Spans).unwrap();
        let text = b"ab\n".repeat(10_000);
        assert_eq!(found(&matcher, &text).len(), 10_000);
    }
}
