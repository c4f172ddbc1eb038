//! Finds the lines that match, and the spans that match within a line.
//!
//! Whole blocks are searched: the next candidate anywhere in the block, then the bounds of its line, then, where the
//! candidate is not yet proof, the expression on that line alone. Invariant: the lines found are those the
//! expression finds when it is run on each line alone, whichever strategy was taken. Where a match may cross lines
//! ([`Matcher::crosses`]), runs of lines take the place of lines, and the whole text must be in one block.

mod across;
mod groups;

use std::ops::ControlFlow;

use regex_syntax::hir::Hir;

use crate::core::error::Result;
use crate::core::pattern::backtracker::Backtracker;
use crate::core::pattern::candidates::FAILURES;
use crate::core::pattern::conditions::{Asking, Conditions};
use crate::core::pattern::crossing::needs_lines;
use crate::core::pattern::engine::{Engine, Prefilters, State};
use crate::core::pattern::prefilter::{Payoff, Prefilter, Says};
use crate::core::pattern::steps::Steps;
use crate::core::pattern::syntax::{Parsed, Reach, Syntax, parse};
use crate::core::pattern::terminator::Terminator;

/// A compiled set of patterns, shared by all threads.
#[derive(Debug)]
pub(crate) struct Matcher {
    pub(super) engine: Engine,
    pub(super) prefilter: Option<Prefilter>,
    pub(super) strategy: Strategy,
    /// What ends a line.
    pub(crate) terminator: Terminator,
    /// Each pattern with its own groups, for who must know which one matched.
    each: Option<Engine>,
    /// What else a line must hold; a line that does not has no match.
    conditions: Option<Box<Conditions>>,
}

/// How lines are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Strategy {
    /// What the prefilter finds is a match.
    Literal,
    /// Whatever the prefilter finds is verified on its line; without one, the automaton runs over the block.
    Block,
    /// As `Block`, but without a prefilter the automaton would give up at every byte that is not ASCII.
    AsciiBlock,
    /// The expression looks at the ends of its haystack, so it gets one line at a time.
    Line,
    /// A match may cross lines.
    Cross,
}

/// What a thread needs to search.
#[derive(Debug)]
pub(crate) struct Scratch {
    pub(super) state: State,
    pub(super) payoff: Payoff,
    each: Option<State>,
    conditions: Option<Box<Asking>>,
    /// Where a search of lines gave up.
    pub(super) broken: Option<usize>,
    /// Offsets of lines in which a search for matches gave up.
    given_up: Vec<u64>,
}

impl Scratch {
    /// Start of the line at which the last search of lines gave up, if it did.
    pub(crate) fn take_broken(&mut self) -> Option<usize> {
        self.broken.take()
    }

    /// Notes the offset of a line if a search in it gave up since the last call.
    #[inline]
    pub(crate) fn note_gave_up(&mut self, offset: u64) {
        if self.take_gave_up() && self.given_up.last() != Some(&offset) {
            self.given_up.push(offset);
        }
    }

    /// Whether a search gave up since the last call, or one for the conditions.
    pub(super) fn take_gave_up(&mut self) -> bool {
        let each = self.each.as_mut().is_some_and(State::take_gave_up);
        let asked = self.conditions.as_mut().is_some_and(|asking| asking.take_gave_up());
        self.state.take_gave_up() || each || asked
    }

    /// The offsets that were noted.
    pub(crate) fn take_given_up(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.given_up)
    }
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
    /// Compiles the patterns for the automata.
    pub(crate) fn new(patterns: &[String], syntax: Syntax, detail: Detail) -> Result<Self> {
        let Parsed { joined, each, exact, crosses } = parse(patterns, syntax)?;
        let looks = joined.properties().look_set();
        let literal = exact.and_then(|texts| Prefilter::exact(&texts));
        let (prefilter, strategy) = if crosses {
            (None, Strategy::Cross)
        } else if literal.is_some() {
            (literal, Strategy::Literal)
        } else {
            let prefilter = Prefilter::of(&joined, syntax.terminator);
            let strategy = if needs_lines(&joined, syntax.terminator) {
                Strategy::Line
            } else if looks.contains_word_unicode() {
                Strategy::AsciiBlock
            } else {
                Strategy::Block
            };
            (prefilter, strategy)
        };
        // Literals need no automaton: the finder answers everything, and thousands of words would take long to compile.
        let never = Hir::fail();
        let hir = if strategy == Strategy::Literal { &never } else { &joined };
        // What our prefilter finds inside a match, the automaton's own can find the start of.
        let inside = prefilter.as_ref().is_some_and(|prefilter| prefilter.says == Says::Around);
        let prefilters = if crosses || inside { Prefilters::Own } else { Prefilters::Ours };
        let engine = Engine::automaton(&[hir], prefilters, syntax)?;
        let each: Vec<&Hir> = each.iter().collect();
        let each = match detail {
            Detail::Spans => None,
            Detail::Patterns => Some(Engine::automaton(&each, Prefilters::Ours, syntax)?),
        };
        Ok(Self { engine, prefilter, strategy, terminator: syntax.terminator, each, conditions: None })
    }

    /// Compiles the patterns for the backtracker.
    pub(crate) fn backtracking(patterns: &[String], syntax: Syntax, detail: Detail) -> Result<Self> {
        let strategy = if syntax.reach == Reach::Line { Strategy::Line } else { Strategy::Cross };
        let each = match detail {
            Detail::Spans => None,
            Detail::Patterns => Some(Engine::backtracker(Backtracker::each(patterns, syntax)?)?),
        };
        let engine = Engine::backtracker(Backtracker::joined(patterns, syntax)?)?;
        Ok(Self { engine, prefilter: None, strategy, terminator: syntax.terminator, each, conditions: None })
    }

    /// The same, of lines that also match each of `and` and none of `not`. Other lines have no match.
    #[must_use]
    pub(crate) fn narrowed(mut self, and: Vec<Self>, not: Vec<Self>) -> Self {
        if !and.is_empty() || !not.is_empty() {
            self.conditions = Some(Box::new(Conditions::new(&self, and, not)));
        }
        self
    }

    /// Whether lines must hold or not hold something else.
    pub(super) fn has_conditions(&self) -> bool {
        self.conditions.is_some()
    }

    /// Whether candidate lines are found without running an automaton over everything.
    pub(super) fn has_prefilter(&self) -> bool {
        self.prefilter.is_some()
    }

    /// Whether a match may reach over several lines.
    #[inline]
    pub(crate) fn crosses(&self) -> bool {
        self.strategy == Strategy::Cross
    }

    /// Whether a search may give up.
    pub(crate) fn may_give_up(&self) -> bool {
        self.engine.may_give_up() || self.conditions.as_ref().is_some_and(|conditions| conditions.may_give_up())
    }

    /// What a new thread needs.
    pub(crate) fn scratch(&self) -> Scratch {
        Scratch {
            state: self.engine.state(),
            payoff: Payoff::default(),
            each: self.each.as_ref().map(Engine::state),
            conditions: self.conditions.as_ref().map(|conditions| Box::new(conditions.asking())),
            broken: None,
            given_up: Vec::new(),
        }
    }

    /// Calls `found` with the start and end of every matching line of `block`, which holds whole lines; the end is
    /// after the line's terminator. Not for matches that cross lines.
    pub(crate) fn lines(
        &self,
        scratch: &mut Scratch,
        block: &[u8],
        found: impl FnMut(usize, usize) -> ControlFlow<()>,
    ) {
        match (&self.conditions, scratch.conditions.take()) {
            (Some(conditions), Some(mut asking)) => {
                let broken = conditions.lines(self, scratch, &mut asking, block, found);
                scratch.broken = broken.or(scratch.broken);
                scratch.conditions = Some(asking);
            }
            _ => self.candidates(scratch, block, found),
        }
    }

    /// Makes a text ready in which matches may cross lines, and lines of it will be looked at.
    pub(crate) fn prepare(&self, scratch: &mut Scratch, text: &[u8]) {
        self.engine.prepare(&mut scratch.state, text);
        if let (Some(engine), Some(state)) = (&self.each, &mut scratch.each) {
            engine.prepare(state, text);
        }
    }

    /// Makes a text ready, unless the whole was.
    #[inline]
    fn prepare_alone(&self, scratch: &mut Scratch, text: &[u8]) {
        if !self.crosses() {
            self.engine.prepare(&mut scratch.state, text);
        }
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

    /// Whether the conditions hold of a text in which matches are looked for. Where matches cross lines, the lines of each
    /// are asked.
    #[inline]
    fn admits(&self, scratch: &mut Scratch, text: &[u8]) -> bool {
        self.crosses() || self.fulfils(scratch, text)
    }

    /// As `is_match`, whatever the conditions.
    #[inline]
    pub(super) fn is_candidate(&self, scratch: &mut Scratch, line: &[u8]) -> bool {
        if let (Some(prefilter), Strategy::Literal) = (&self.prefilter, self.strategy) {
            return prefilter.find(line, 0).is_some();
        }
        self.engine.prepare(&mut scratch.state, line);
        self.engine.earliest(&mut scratch.state, line, 0).is_some()
    }

    /// Calls `found` with every match in `text` at or after `from`, until it breaks off: leftmost first, not
    /// overlapping, an empty match not right behind another.
    #[inline]
    pub(crate) fn spans(
        &self,
        scratch: &mut Scratch,
        text: &[u8],
        from: usize,
        mut found: impl FnMut(usize, usize) -> ControlFlow<()>,
    ) {
        if !self.admits(scratch, text) {
            return;
        }
        if let (Some(prefilter), Strategy::Literal) = (&self.prefilter, self.strategy) {
            let mut at = from;
            while let Some((start, end)) = prefilter.find(text, at) {
                if found(start, end).is_break() {
                    break;
                }
                at = end;
            }
            return;
        }
        if let Some(prefilter) = self.prefilter.as_ref().filter(|prefilter| prefilter.says != Says::Around) {
            return self.spans_of_starts(prefilter, &mut scratch.state, text, from, found);
        }
        self.prepare_alone(scratch, text);
        let mut steps = Steps::from(from);
        while steps.next <= text.len() {
            let Some((start, end)) = self.engine.find(&mut scratch.state, text, steps.next) else { break };
            let counts = steps.take(start, end);
            if let Some(behind) = self.behind_refused(&mut scratch.conditions, text, (start, end)) {
                steps.skip_to(behind);
            } else if counts && found(start, end).is_break() {
                break;
            }
        }
    }

    /// As `spans`, where the prefilter finds starts of matches: what is between them is not looked at. After some that
    /// were none the expression looks for starts itself, so that the time stays linear.
    #[inline]
    fn spans_of_starts(
        &self,
        prefilter: &Prefilter,
        state: &mut State,
        text: &[u8],
        mut at: usize,
        mut found: impl FnMut(usize, usize) -> ControlFlow<()>,
    ) {
        let mut failed = 0;
        while let Some((start, _)) = prefilter.find(text, at) {
            let span = self.span_of_start(state, text, start, failed);
            at = match span {
                Some((start, end)) if found(start, end).is_continue() => end,
                None if failed < FAILURES => start + 1,
                _ => return,
            };
            failed += u32::from(span.is_none());
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::ops::ControlFlow;

    use super::{Detail, Matcher, Steps, Strategy};
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

    fn spans(matcher: &Matcher, line: &[u8]) -> Vec<(usize, usize)> {
        let mut spans = Vec::new();
        matcher.spans(&mut matcher.scratch(), line, 0, |start, end| {
            spans.push((start, end));
            ControlFlow::Continue(())
        });
        spans
    }

    /// The spans that the engine finds without a prefilter.
    fn plain_spans(matcher: &Matcher, line: &[u8]) -> Vec<(usize, usize)> {
        if matcher.strategy == Strategy::Literal {
            return spans(matcher, line);
        }
        let mut state = matcher.engine.state();
        let (mut spans, mut steps) = (Vec::new(), Steps::from(0));
        while let Some((start, end)) = matcher.engine.find(&mut state, line, steps.next) {
            if steps.take(start, end) {
                spans.push((start, end));
            }
            if steps.next > line.len() {
                break;
            }
        }
        spans
    }

    /// A line with the spans in it.
    type Spans = (Vec<u8>, Vec<(usize, usize)>);

    /// The spans in each line that are found with the lines, where they are.
    fn matches(matcher: &Matcher, text: &[u8]) -> Option<Vec<Spans>> {
        let mut lines: Vec<Spans> = Vec::new();
        let mut last = usize::MAX;
        let known = matcher.matches(&mut matcher.scratch(), text, |(start, end), (from, to)| {
            if last != start {
                last = start;
                lines.push((matcher.text(text, start, end).to_vec(), Vec::new()));
            }
            lines.last_mut().unwrap().1.push((from - start, to - start));
            ControlFlow::Continue(())
        });
        known.then_some(lines)
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
        let alphabet: [&[u8]; 11] =
            [b"a", b"b", b"c", b"d", b" ", b"\n", b"\r\n", b"\r", b"\0", "é".as_bytes(), b"\xff"];
        finds_lines(&patterns, &alphabet, 60);
    }

    #[test]
    fn finds_the_lines_in_which_a_window_is() {
        let patterns = [
            "[0-3]{3}",
            r"\d{3}",
            r"[0-3]{2}:\d",
            r"\d+:[ab]",
            r"\b[a-c]{3}\b",
            "[0-3]{2,}$",
            "^[ab]{3}[0-3]",
            r"(?i)[ab][0-3]:?[ab]",
            "[ab]+[0-3]{2}",
            r".*[0-3]{3}",
            r"([ab]{2})([0-3]|:)",
            r"[^a\n]{4}",
            r"(?-u)[\x80-\xff0]{2}",
            r"\A[0-3]{2}",
            r"[0-3]{17}",
        ];
        let alphabet: [&[u8]; 11] = [b"a", b"b", b"A", b"0", b"1", b"3", b":", b"\n", b"\r\n", "३".as_bytes(), b"\xff"];
        finds_lines(&patterns, &alphabet, 300);
    }

    /// Compares the lines found in random texts with those of which each matches alone.
    fn finds_lines(patterns: &[&str], alphabet: &[&[u8]], most: u64) {
        let mut state = 0x2545_F491_4F6C_DD1D_u64;
        let mut next = |below: u64| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state % below
        };
        let mut known = 0;
        let terminators = [Terminator::Lf, Terminator::CrLf, Terminator::Nul];
        for (pattern, terminator) in patterns.iter().flat_map(|pattern| terminators.map(|ends| (pattern, ends))) {
            for bounds in [Bounds::None, Bounds::Word, Bounds::Line] {
                let syntax = Syntax { bounds, case: Case::Sensitive, terminator, ..Syntax::default() };
                let matcher = Matcher::new(&[(*pattern).to_string()], syntax, Detail::Spans).unwrap();
                for _ in 0..30 {
                    let mut text = Vec::new();
                    for _ in 0..=next(most) {
                        text.extend_from_slice(alphabet[next(alphabet.len() as u64) as usize]);
                    }
                    let about = format!("{pattern} {bounds:?} {terminator:?} {text:?}");
                    assert_eq!(found(&matcher, &text), plain(&matcher, &text), "{about}");
                    let with_spans = found(&matcher, &text).into_iter().map(|line| {
                        let spans = spans(&matcher, &line);
                        (line, spans)
                    });
                    if let Some(matches) = matches(&matcher, &text) {
                        assert_eq!(matches, with_spans.collect::<Vec<_>>(), "{about}");
                        known += 1;
                    }
                    for line in found(&matcher, &text) {
                        assert_eq!(spans(&matcher, &line), plain_spans(&matcher, &line), "{about}");
                    }
                }
            }
        }
        assert!(known > 100, "spans are found with lines");
    }

    #[test]
    fn spans_step_over_empty_matches() {
        let spans_of = |pattern: &str, line: &[u8]| {
            spans(&Matcher::new(&[pattern.to_string()], Syntax::default(), Detail::Spans).unwrap(), line)
        };
        assert_eq!(spans_of("a*", b"baac"), vec![(0, 0), (1, 3), (4, 4)]);
        assert_eq!(spans_of("sam|samwise", b"samwise sam"), vec![(0, 3), (8, 11)]);
    }

    #[test]
    fn a_prefilter_that_does_not_pay_is_dropped() {
        let matcher = Matcher::new(&[r"ab\d?".to_string()], Syntax::default(), Detail::Spans).unwrap();
        let text = b"ab\n".repeat(10_000);
        assert_eq!(found(&matcher, &text).len(), 10_000);
    }
}
