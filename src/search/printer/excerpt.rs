//! Lines longer than `--max-columns`: a word in their place, their start, or what is around their first match.

use bstr::ByteSlice;

use crate::search::look::Excerpt;
use crate::search::printer::page::{Page, View};
use crate::search::printer::prelude::Kind;

/// What stands where an excerpt leaves something out.
const CUT: &str = "…";

impl Page<'_> {
    /// Prints what there is to see of a line that is too long; `from` is where its text starts.
    pub(super) fn excerpt(&mut self, view: &View<'_>, line: &[u8], from: usize, spans: &[(usize, usize)]) {
        let most = usize::try_from(self.style.max_columns.unwrap_or(0)).unwrap_or(usize::MAX);
        match self.style.excerpt {
            Excerpt::Nothing => self.omitted(view),
            Excerpt::Start => {
                let end = from + first_graphemes(line.get(from..).unwrap_or_default(), most);
                self.painted(view, line, (from, end), spans);
                if spans.is_empty() {
                    self.out.extend_from_slice(b" [... omitted end of long line]");
                } else {
                    let more = spans.iter().filter(|(start, _)| (end..line.len()).contains(start)).count();
                    self.more(more);
                }
            }
            Excerpt::Centered => {
                let text = from + self.style.terminator.trim(line.get(from..).unwrap_or_default()).len();
                let (start, end) = around(line, (from, text), spans.first().copied(), most);
                if start > from {
                    self.out.extend_from_slice(CUT.as_bytes());
                }
                self.painted(view, line, (start, end), spans);
                if end < text {
                    self.out.extend_from_slice(CUT.as_bytes());
                }
                let more = spans
                    .iter()
                    .filter(|span| span.0 < start && span.1 <= start || span.0 >= end && span.0 < text)
                    .count();
                if more > 0 {
                    self.more(more);
                }
            }
        }
        self.end_line();
    }

    fn more(&mut self, more: usize) {
        let what = if more == 1 { "match" } else { "matches" };
        self.out.extend_from_slice(format!(" [... {more} more {what}]").as_bytes());
    }

    fn omitted(&mut self, view: &View<'_>) {
        let text = if view.found > 0 && !self.style.only_matching {
            format!("[Omitted long line with {} matches]", view.found)
        } else if view.kind != Kind::Match {
            "[Omitted long context line]".to_string()
        } else {
            "[Omitted long matching line]".to_string()
        };
        self.out.extend_from_slice(text.as_bytes());
    }
}

/// Bytes of the first `most` user-perceived characters of a text.
fn first_graphemes(text: &[u8], most: usize) -> usize {
    text.grapheme_indices().take(most).last().map_or(0, |(_, end, _)| end)
}

/// At most `most` bytes of `text` with the first match in their middle, no character cut in two. Of a match that is
/// longer, its start.
fn around(line: &[u8], text: (usize, usize), span: Option<(usize, usize)>, most: usize) -> (usize, usize) {
    let (from, to) = text;
    let (start, end) = span.unwrap_or((from, from));
    let (start, end) = (start.clamp(from, to), end.clamp(from, to));
    let room = most.saturating_sub(end - start);
    let mut low = start.saturating_sub(room / 2).max(from);
    let mut high = low.saturating_add(most).min(to);
    // What is not needed behind the match is of use before it.
    low = low.min(high.saturating_sub(most).max(from));
    while low < start && is_inside(line, low) {
        low += 1;
    }
    while high > low && high < to && is_inside(line, high) {
        high -= 1;
    }
    (low, high)
}

/// Whether a place is inside a UTF-8 character.
fn is_inside(line: &[u8], at: usize) -> bool {
    line.get(at).is_some_and(|byte| byte & 0xc0 == 0x80)
}

#[cfg(test)]
mod tests {
    use super::{around, first_graphemes};

    #[test]
    fn an_excerpt_has_the_match_in_its_middle() {
        let line = b"0123456789abcdefghij";
        assert_eq!(around(line, (0, 20), Some((10, 12)), 6), (8, 14));
        assert_eq!(around(line, (0, 20), Some((0, 2)), 6), (0, 6));
        assert_eq!(around(line, (0, 20), Some((18, 20)), 6), (14, 20));
        assert_eq!(around(line, (0, 20), Some((5, 15)), 6), (5, 11));
        assert_eq!(around(line, (0, 20), None, 6), (0, 6));
        assert_eq!(around(line, (2, 20), Some((3, 4)), 9), (2, 11));
    }

    #[test]
    fn characters_stay_whole() {
        let line = "ééééXéééé".as_bytes();
        let (low, high) = around(line, (0, line.len()), Some((8, 9)), 6);
        assert!(std::str::from_utf8(&line[low..high]).is_ok());
        assert!(low <= 8 && high >= 9);
        assert_eq!(first_graphemes("e\u{301}x\u{ff}".as_bytes(), 2), 4);
        assert_eq!(first_graphemes(b"\xffab", 2), 2);
    }
}
