//! Lines that matches cross: each is printed for itself, with its part of the matches.

use crate::search::printer::page::{Around, Page, View};

impl Page<'_> {
    /// Prints several lines, whose columns and offsets of matches are counted from the first as ripgrep does.
    pub(super) fn block(&mut self, view: &View<'_>) {
        if self.style.per_match && !self.style.only_matching && !view.spans.is_empty() {
            self.each_match(view);
            return;
        }
        let terminator = self.style.terminator;
        let (mut at, mut number) = (0, view.number);
        while let Some(rest) = view.bytes.get(at..).filter(|rest| !rest.is_empty()) {
            let line = rest.get(..terminator.line_len(rest)).unwrap_or(rest);
            let text = terminator.trim(line);
            let part = |span: &(usize, usize)| part(*span, at, text.len()).map(|part| (span.0, part));
            let parts: Vec<(usize, (usize, usize))> = view.spans.iter().filter_map(part).collect();
            let own: Vec<(usize, usize)> = parts.iter().map(|(_, part)| *part).collect();
            let shown = View { bytes: line, spans: &own, number, ..*view };
            if view.spans.is_empty() {
                self.prelude(&shown, view.offset + at as u64, None);
                self.text(&shown, line);
            } else if self.style.only_matching {
                let shown = View { around: Around::Plain, ..shown };
                for (start, (from, to)) in parts {
                    self.prelude(&shown, view.offset + start as u64, Some(start));
                    self.marked(&shown, text.get(from..to).unwrap_or_default(), &[(0, to - from)]);
                }
            } else {
                self.prelude(&shown, view.offset + at as u64, view.column);
                self.marked(&shown, line, &own);
            }
            number += 1;
            at += line.len();
        }
    }

    /// Prints the first line of each match; as for ripgrep, empty ones at the start of a line are none, and nothing is
    /// highlighted.
    fn each_match(&mut self, view: &View<'_>) {
        let terminator = self.style.terminator;
        for &(start, end) in view.spans {
            let at = terminator.line_start(view.bytes, 0, start);
            if end == at {
                continue;
            }
            let Some(rest) = view.bytes.get(at..) else { continue };
            let text = terminator.trim(rest.get(..terminator.line_len(rest)).unwrap_or(rest));
            let number = view.number + terminator.count(view.bytes.get(..at).unwrap_or_default()) as u64;
            let own = [(start - at, (end - at).min(text.len()))];
            let shown = View { bytes: text, spans: &own, found: 1, number, around: Around::Plain, ..*view };
            self.prelude(&shown, view.offset + at as u64, Some(start - at));
            self.marked(&shown, text, &own);
        }
    }
}

/// The part of a span that is on the line at `at`, relative to it; none where it is empty.
fn part((start, end): (usize, usize), at: usize, len: usize) -> Option<(usize, usize)> {
    let (start, end) = (start.saturating_sub(at), end.saturating_sub(at).min(len));
    (start < end).then_some((start, end))
}
