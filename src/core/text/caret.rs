//! A line of the user's own text with the part in question marked below it.

use std::ops::Range;

use unicode_width::UnicodeWidthChar;

/// Columns of text shown on either side of the mark.
const CONTEXT: usize = 60;

/// What stands for text that is cut off.
const CUT: char = '…';

/// A line and its marks, to be printed one above the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Snippet {
    /// The line that the mark starts in, shortened around it, without control characters.
    pub(crate) line: String,
    /// Spaces up to the mark, then `^~~~`.
    pub(crate) marks: String,
}

/// The snippet for bytes `start..end` of `text`. An empty range marks the place in front of `start`.
pub(crate) fn snippet(text: &str, start: usize, end: usize) -> Snippet {
    let start = floor(text, start);
    let from = text.get(..start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let to = text.get(start..).and_then(|after| after.find('\n')).map_or(text.len(), |at| start + at);
    let end = floor(text, end).clamp(start, to);
    let shown = window(text, from..to, start..end);

    let mut line = String::new();
    let mut marks = String::new();
    let mut width_of_mark = 0;
    if shown.start > from {
        line.push(CUT);
        marks.push(' ');
    }
    for (at, character) in text.get(shown.clone()).unwrap_or_default().char_indices() {
        let character = if character.is_control() { ' ' } else { character };
        let width = character.width().unwrap_or(0);
        line.push(character);
        match shown.start + at {
            at if at < start => marks.extend(std::iter::repeat_n(' ', width)),
            at if at < end => width_of_mark += width,
            _ => {}
        }
    }
    if shown.end < to {
        line.push(CUT);
    }
    marks.push('^');
    marks.extend(std::iter::repeat_n('~', width_of_mark.saturating_sub(1)));
    Snippet { line, marks }
}

/// The part of the line to show: the mark and some text around it.
fn window(text: &str, line: Range<usize>, mark: Range<usize>) -> Range<usize> {
    let before = text.get(line.start..mark.start).unwrap_or_default();
    let after = text.get(mark.start..line.end).unwrap_or_default();
    let start = before
        .char_indices()
        .rev()
        .nth(CONTEXT)
        .map_or(line.start, |(at, character)| line.start + at + character.len_utf8());
    let wanted = text.get(mark).map_or(0, |marked| marked.chars().count()).min(CONTEXT) + CONTEXT;
    let end = after.char_indices().nth(wanted).map_or(line.end, |(at, _)| line.end - after.len() + at);
    start..end
}

/// The last character boundary at or before an offset.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::snippet;

    #[test]
    fn marks_a_stretch() {
        let snippet = snippet("a == 10 and b", 2, 4);
        assert_eq!(snippet.line, "a == 10 and b");
        assert_eq!(snippet.marks, "  ^~");
    }

    #[test]
    fn marks_the_end_and_wide_characters() {
        assert_eq!(snippet("ab", 2, 2).marks, "  ^");
        assert_eq!(snippet("東京 x", 7, 8).marks, "     ^");
        assert_eq!(snippet("東京", 0, 3).marks, "^~");
    }

    #[test]
    fn shows_only_the_line_of_the_mark_and_cuts_long_ones() {
        let shown = snippet("one\ntwo three\nfour", 8, 13);
        assert_eq!((shown.line.as_str(), shown.marks.as_str()), ("two three", "    ^~~~~"));
        let long = format!("{}HERE{}", "a".repeat(500), "b".repeat(500));
        let shown = snippet(&long, 500, 504);
        assert_eq!(shown.line, format!("…{}HERE{}…", "a".repeat(60), "b".repeat(60)));
        assert_eq!(shown.marks.find('^').unwrap(), 61);
    }

    #[test]
    fn takes_any_offsets() {
        for text in ["", "ä\nö", "x"] {
            for start in 0..8 {
                for end in 0..8 {
                    snippet(text, start, end);
                }
            }
        }
    }
}
