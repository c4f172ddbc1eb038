//! Replacements whose matches may cross lines: what becomes of the lines they are on.
//!
//! The whole file is one text. Matches that share a line, or of which one takes away the line end before the next, make
//! one [`Change`], so that a change is whole lines before and after, as those of single lines are.

use crate::core::error::Result;
use crate::core::pattern::matcher::{Matcher, Scratch};
use crate::core::pattern::terminator::Terminator;
use crate::search::context::Line;
use crate::search::matches;
use crate::search::replace::Replacer;
use crate::search::rewrite::editor::Change;

/// What the replacements of a text do to it.
#[derive(Debug, Default)]
pub(crate) struct Edits {
    /// The new text of all matches, one after the other.
    new: Vec<u8>,
    /// Each match that differs from its replacement, with the end of that in `new`.
    spans: Vec<((usize, usize), usize)>,
    /// Whether there was any match.
    pub(crate) matched: bool,
}

impl Edits {
    /// Finds the first `most` matches of a text, and what is put in their place.
    pub(crate) fn find(matcher: &Matcher, scratch: &mut Scratch, replacer: &Replacer, text: &[u8], most: u64) -> Self {
        let mut edits = Self::default();
        let mut left = most;
        matcher.prepare(scratch, text);
        let line = Line { bytes: text, offset: 0, number: 1, within: Some((text, 0)), spans: None };
        matches::captures(matcher, scratch, &line, |(start, end), groups| {
            if left == 0 {
                return;
            }
            left -= 1;
            edits.matched = true;
            let from = edits.new.len();
            replacer.expand(matcher, text, (start, end), groups, &mut edits.new);
            if text.get(start..end) == edits.new.get(from..) {
                edits.new.truncate(from);
            } else {
                edits.spans.push(((start, end), edits.new.len()));
            }
        });
        edits
    }

    /// How many matches are changed.
    pub(crate) fn count(&self) -> u64 {
        self.spans.len() as u64
    }

    /// Calls `take` with each change, in order. In front of the text there are `mark` bytes that stay, which must have a
    /// line to stand in.
    pub(crate) fn changes(
        &self,
        text: &[u8],
        mark: u64,
        terminator: Terminator,
        mut take: impl FnMut(&Change<'_>) -> Result<()>,
    ) -> Result<()> {
        let mut new = Vec::new();
        let mut spans = self.spans.iter().peekable();
        let (mut written, mut counted, mut line) = (0, 0, 0);
        while let Some(((start, _), _)) = spans.peek() {
            let first = terminator.line_start(text, counted, *start);
            line += terminator.count(text.get(counted..first).unwrap_or_default()) as u64;
            new.clear();
            let (mut at, mut end) = (first, usize::MAX);
            while let Some(((start, stop), upto)) = spans.next_if(|((start, _), _)| *start < end) {
                new.extend_from_slice(text.get(at..*start).unwrap_or_default());
                new.extend_from_slice(self.new.get(written..*upto).unwrap_or_default());
                (at, written) = (*stop, *upto);
                let may_vanish = new.is_empty() && (first > 0 || mark == 0);
                // What is put in front of the first line comes behind the mark, which that line loses.
                let starts = starts_line(text, at, terminator) && (at > 0 || mark == 0);
                let is_whole = (may_vanish || terminator.ends(&new)) && starts;
                // Otherwise the next line is joined.
                end = if is_whole { at } else { terminator.line_end(text, at) };
            }
            new.extend_from_slice(text.get(at..end).unwrap_or_default());
            take(&Change { start: first, end, line, new: &new })?;
            counted = first;
        }
        Ok(())
    }
}

/// Whether a line starts at a place.
fn starts_line(text: &[u8], at: usize, terminator: Terminator) -> bool {
    at == 0 || text.get(at - 1) == Some(&terminator.byte())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::ops::ControlFlow;

    use super::Edits;
    use crate::core::pattern::matcher::{Detail, Matcher};
    use crate::core::pattern::syntax::{Reach, Syntax};
    use crate::core::pattern::terminator::Terminator;
    use crate::search::replace::Replacer;

    #[test]
    fn changes_are_whole_lines_and_make_the_replaced_text() {
        let mut state = 0x9E37_79B9_7F4A_7C15_u64;
        let mut next = |below: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state % below as u64) as usize
        };
        let patterns = ["\\n", "a\\n", "\\na", "a\\s*b", "^", "$", "(?s)a.", "\\s+", "b?", "\\n\\n", "[^b]+", "a\\z"];
        let templates = ["", "x", "\n", "x\n", "\nx", "a\nb"];
        for round in 0..4000 {
            let text: Vec<u8> = (0..next(14)).map(|_| b"aab\n\n"[next(5)]).collect();
            let (pattern, template) = (patterns[round % patterns.len()], templates[next(templates.len())]);
            let syntax = Syntax { reach: Reach::Lines, ..Syntax::default() };
            let matcher = Matcher::new(&[pattern.to_string()], syntax, Detail::Spans).unwrap();
            let (mut scratch, most) = (matcher.scratch(), [1, 2, u64::MAX][next(3)]);
            let (mut plain, mut at, mut left) = (Vec::new(), 0, most);
            matcher.spans(&mut scratch, &text, 0, |start, end| {
                if start == text.len() || left == 0 {
                    return ControlFlow::Break(());
                }
                left -= 1;
                plain.extend([&text[at..start], template.as_bytes()].concat());
                at = end;
                ControlFlow::Continue(())
            });
            plain.extend_from_slice(&text[at..]);
            let edits = Edits::find(&matcher, &mut scratch, &Replacer::new(template), &text, most);
            let (mut made, mut at) = (Vec::new(), 0);
            let whole = |bytes: &[u8]| bytes.is_empty() || bytes.ends_with(b"\n");
            edits
                .changes(&text, 0, Terminator::Lf, |change| {
                    made.extend([&text[at..change.start], change.new].concat());
                    at = change.end;
                    assert!(whole(&text[..change.start]), "{pattern} by {template:?} in {text:?}");
                    let ends = whole(&text[..change.end]) && whole(change.new);
                    assert!(ends || change.end == text.len(), "{pattern} by {template:?} in {text:?}");
                    let line = Terminator::Lf.count(&text[..change.start]) as u64;
                    assert_eq!(change.line, line);
                    Ok(())
                })
                .unwrap();
            made.extend_from_slice(&text[at..]);
            assert_eq!(made, plain, "{pattern} by {template:?} in {text:?}");
        }
    }
}
