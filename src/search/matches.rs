//! The matches in a printed line, for every printer: where they are, relative to the line.

use crate::core::pattern::matcher::{Matcher, Scratch};
use crate::search::context::Line;

/// The spans of the matches in a line, into `spans`. An empty match behind the last byte of the input is on no line.
pub(crate) fn find(matcher: &Matcher, scratch: &mut Scratch, line: &Line<'_>, spans: &mut Vec<(usize, usize)>) {
    spans.clear();
    matcher.spans(scratch, matcher.terminator.trim(line.bytes), |start, end| {
        if start < line.bytes.len() {
            spans.push((start, end));
        }
    });
}

/// How many matches are in a line.
pub(crate) fn count(matcher: &Matcher, scratch: &mut Scratch, line: &Line<'_>) -> u64 {
    let mut matches = 0;
    matcher.spans(scratch, matcher.terminator.trim(line.bytes), |start, _| {
        matches += u64::from(start < line.bytes.len());
    });
    matches
}
