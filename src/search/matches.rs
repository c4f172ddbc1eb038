//! The matches in a printed line, for every printer: where they are, relative to the line.
//!
//! A line is searched alone, without its end. Lines that a match crosses are searched in the whole text, so that what
//! stands around them is seen; a match belongs to them where it starts in them.

use std::ops::ControlFlow;

use regex_automata::util::captures::Captures;

use crate::core::pattern::matcher::{Matcher, Scratch};
use crate::search::context::Line;

/// The spans of the matches in a line, into `spans`.
pub(crate) fn find(matcher: &Matcher, scratch: &mut Scratch, line: &Line<'_>, spans: &mut Vec<(usize, usize)>) {
    spans.clear();
    if let Some(known) = line.spans {
        spans.extend(known.iter().map(|&(start, end)| (start as usize, end as usize)));
        return;
    }
    let (text, from) = line.haystack(matcher.terminator);
    matcher.spans(scratch, text, from, |start, end| {
        let span = within(line, from, start, end)?;
        spans.push(span);
        ControlFlow::Continue(())
    });
    scratch.note_gave_up(line.offset);
}

/// How many matches are in a line.
pub(crate) fn count(matcher: &Matcher, scratch: &mut Scratch, line: &Line<'_>) -> u64 {
    if let Some(known) = line.spans {
        return known.len() as u64;
    }
    let mut matches = 0;
    let (text, from) = line.haystack(matcher.terminator);
    matcher.spans(scratch, text, from, |start, end| {
        within(line, from, start, end)?;
        matches += 1;
        ControlFlow::Continue(())
    });
    scratch.note_gave_up(line.offset);
    matches
}

/// Calls `found` with the span of each match in a line, and its groups as spans of the text that `Line::haystack` gives.
pub(crate) fn captures(
    matcher: &Matcher,
    scratch: &mut Scratch,
    line: &Line<'_>,
    mut found: impl FnMut((usize, usize), Option<&Captures>),
) {
    let (text, from) = line.haystack(matcher.terminator);
    matcher.captures(scratch, text, from, |(start, end), groups| {
        found(within(line, from, start, end)?, groups);
        ControlFlow::Continue(())
    });
    scratch.note_gave_up(line.offset);
}

/// As `captures`, with each pattern's own groups.
pub(crate) fn pattern_captures(
    matcher: &Matcher,
    scratch: &mut Scratch,
    line: &Line<'_>,
    mut found: impl FnMut((usize, usize), &Captures),
) {
    let (text, from) = line.haystack(matcher.terminator);
    matcher.pattern_captures(scratch, text, from, |groups| {
        let Some(span) = groups.get_match() else { return ControlFlow::Break(()) };
        found(within(line, from, span.start(), span.end())?, groups);
        ControlFlow::Continue(())
    });
    scratch.note_gave_up(line.offset);
}

/// A match as a span of its line. One that starts behind the line ends the search: it is on the next line, or, empty
/// and behind the last byte of the input, on none.
fn within(line: &Line<'_>, from: usize, start: usize, end: usize) -> ControlFlow<(), (usize, usize)> {
    let (start, end) = (start - from, (end - from).min(line.bytes.len()));
    if start < line.bytes.len() { ControlFlow::Continue((start, end)) } else { ControlFlow::Break(()) }
}
