//! Cells for people: the text of a value as tables, Markdown and vertical output show it, with its width on a screen.
//!
//! What could move the cursor or hide text is escaped, invalid UTF-8 is replaced, and JSON in a cell is one line.

use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::core::data::batch::Batch;
use crate::core::data::number::Number;
use crate::core::data::value::Value;

/// Bold, for headers.
pub(crate) const BOLD: &[u8] = b"\x1b[1m";
/// Dim, for nulls and rules.
pub(crate) const DIM: &[u8] = b"\x1b[2m";
/// Ends bold and dim.
pub(crate) const PLAIN: &[u8] = b"\x1b[0m";

/// What a shown cell is, as far as alignment and colour care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// The record has no such field.
    Missing,
    /// Null.
    Null,
    /// A number, or text that is one.
    Number,
    /// Anything else.
    Text,
}

/// Which further characters a format must escape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Escape {
    /// Control characters only.
    Control,
    /// Those of a table cell of GitHub Flavored Markdown too: pipes, and line ends as `<br>`.
    Markdown,
    /// Those of HTML text too: `&`, `<` and `>`, and line ends as `<br>`.
    Html,
}

impl Escape {
    /// The printable ASCII characters that are escaped.
    fn special(self) -> &'static [u8] {
        match self {
            Self::Control => b"",
            Self::Markdown => b"|\\",
            Self::Html => b"&<>",
        }
    }
}

/// How values are shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    /// What is escaped.
    pub(crate) escape: Escape,
    /// Digits after the point of computed numbers; all that they have where none.
    pub(crate) precision: Option<u8>,
}

/// Appends the shown form of a value and returns its class and its width in columns of the screen.
pub(crate) fn show(value: &Value<'_>, look: Look, out: &mut Vec<u8>) -> (Class, usize) {
    match value {
        Value::Missing => (Class::Missing, 0),
        Value::Null => (Class::Null, 0),
        Value::Bool(truth) => (Class::Text, append(if *truth { b"true" } else { b"false" }, look.escape, out)),
        Value::Number(number) => {
            let start = out.len();
            number.write_rounded(look.precision, out);
            (Class::Number, out.len() - start)
        }
        Value::Literal(text) => (Class::Number, append(text, look.escape, out)),
        Value::Bare(text) => {
            let numeric = looks_numeric(text) && Number::parse(text).is_some();
            (if numeric { Class::Number } else { Class::Text }, append(text, look.escape, out))
        }
        Value::Text(text) => (Class::Text, append(text, look.escape, out)),
        Value::Nested(text) => (Class::Text, append(&one_line(text), look.escape, out)),
    }
}

/// Appends the shown form of the value of a column in a record; a column the batch does not have is missing.
pub(crate) fn show_cell(
    batch: &Batch,
    column: Option<usize>,
    row: usize,
    look: Look,
    out: &mut Vec<u8>,
) -> (Class, usize) {
    match column {
        Some(column) => show(&batch.value(column, row), look, out),
        None => (Class::Missing, 0),
    }
}

/// Appends text in its shown form and returns its width.
pub(crate) fn append(text: &[u8], escape: Escape, out: &mut Vec<u8>) -> usize {
    let plain = |byte: &u8| (b' '..0x7F).contains(byte) && !escape.special().contains(byte);
    if text.iter().all(plain) {
        out.extend_from_slice(text);
        return text.len();
    }
    let start = out.len();
    let text = String::from_utf8_lossy(text);
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        let next = rest.peek().copied();
        append_character(character, next, escape, out);
        if character == '\r' && next == Some('\n') && escape != Escape::Control {
            rest.next();
        }
    }
    out.get(start..).and_then(|shown| std::str::from_utf8(shown).ok()).map_or(0, UnicodeWidthStr::width)
}

fn append_character(character: char, next: Option<char>, escape: Escape, out: &mut Vec<u8>) {
    let (markdown, html) = (escape == Escape::Markdown, escape == Escape::Html);
    match character {
        '&' if html => out.extend_from_slice(b"&amp;"),
        '<' if html => out.extend_from_slice(b"&lt;"),
        '>' if html => out.extend_from_slice(b"&gt;"),
        '\n' | '\r' if markdown || html => out.extend_from_slice(b"<br>"),
        '|' if markdown => out.extend_from_slice(b"\\|"),
        // A backslash would take the escape of the pipe (or of the cell's end) for itself.
        '\\' if markdown && matches!(next, None | Some('|' | '\\')) => out.extend_from_slice(b"\\\\"),
        '\n' => out.extend_from_slice(b"\\n"),
        '\r' => out.extend_from_slice(b"\\r"),
        '\t' => out.extend_from_slice(b"\\t"),
        _ if character.is_ascii_control() => {
            out.extend_from_slice(format!("\\x{:02x}", u32::from(character)).as_bytes());
        }
        _ if is_unprintable(character) => {
            out.extend_from_slice(format!("\\u{{{:x}}}", u32::from(character)).as_bytes());
        }
        _ => out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
    }
}

/// Control characters, line and paragraph separators, and those that reorder text (Unicode bidirectional algorithm,
/// UAX #9 §2).
fn is_unprintable(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// Sorts out most text without parsing it.
fn looks_numeric(text: &[u8]) -> bool {
    matches!(text.first(), Some(b'0'..=b'9' | b'+' | b'-' | b'.')) && matches!(text.last(), Some(b'0'..=b'9' | b'.'))
}

/// JSON text without the white space between its tokens.
fn one_line(json: &[u8]) -> Cow<'_, [u8]> {
    if !json.iter().any(|byte| matches!(byte, b'\n' | b'\r' | b'\t')) {
        return Cow::Borrowed(json);
    }
    let mut line = Vec::with_capacity(json.len());
    let mut in_string = false;
    let mut escaped = false;
    for &byte in json {
        if in_string || !byte.is_ascii_whitespace() {
            line.push(byte);
        }
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_string,
            b'"' => in_string = !in_string,
            _ => {}
        }
    }
    Cow::Owned(line)
}

/// The longest beginning of shown text that fits `width` columns, and its width.
fn prefix(text: &str, width: usize) -> (&str, usize) {
    if text.is_ascii() {
        let end = width.min(text.len());
        return (text.get(..end).unwrap_or(text), end);
    }
    let mut end = 0;
    let mut total = 0;
    for (at, character) in text.char_indices() {
        total += UnicodeWidthChar::width(character).unwrap_or(0);
        if total > width {
            break;
        }
        end = at + character.len_utf8();
    }
    let head = text.get(..end).unwrap_or_default();
    // Joined characters may be narrower than their sum.
    (head, head.width())
}

/// Shown text of a known width, made to fit `room` columns with an ellipsis where it does not, and its width then.
pub(crate) fn shorten(text: &str, width: usize, room: usize) -> (Cow<'_, str>, usize) {
    if width <= room {
        return (Cow::Borrowed(text), width);
    }
    let (head, width) = prefix(text, room.saturating_sub(1));
    (Cow::Owned(format!("{head}…")), width + 1)
}

/// Appends `count` spaces.
pub(crate) fn pad(count: usize, out: &mut Vec<u8>) {
    out.resize(out.len() + count, b' ');
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Class, Escape, Look, append, one_line, prefix, show};
    use crate::core::data::value::Value;

    fn shown(text: &str, escape: Escape) -> (String, usize) {
        let mut out = Vec::new();
        let width = append(text.as_bytes(), escape, &mut out);
        (String::from_utf8(out).unwrap(), width)
    }

    #[test]
    fn escapes_what_could_move_the_cursor() {
        assert_eq!(shown("a\nb\x1b[1m", Escape::Control), ("a\\nb\\x1b[1m".into(), 11));
        assert_eq!(shown("日本\u{202e}x", Escape::Control), ("日本\\u{202e}x".into(), 13));
        assert_eq!(shown("a|b\\|c\\", Escape::Control), ("a|b\\|c\\".into(), 7));
    }

    #[test]
    fn escapes_for_markdown() {
        assert_eq!(shown("a|b", Escape::Markdown).0, "a\\|b");
        assert_eq!(shown("a\\|b", Escape::Markdown).0, "a\\\\\\|b");
        assert_eq!(shown("c:\\dir\r\nx\\", Escape::Markdown).0, "c:\\dir<br>x\\\\");
    }

    #[test]
    fn escapes_for_html() {
        assert_eq!(shown("<a href=\"x\">&\n|</a>", Escape::Html).0, "&lt;a href=\"x\"&gt;&amp;<br>|&lt;/a&gt;");
    }

    #[test]
    fn replaces_invalid_text() {
        let mut out = Vec::new();
        assert_eq!(append(b"a\xFFb", Escape::Control, &mut out), 3);
        assert_eq!(out, "a\u{FFFD}b".as_bytes());
    }

    #[test]
    fn knows_numbers_by_their_text_only_where_text_has_no_type() {
        let look = Look { escape: Escape::Control, precision: None };
        let class = |value: &Value<'_>| show(value, look, &mut Vec::new()).0;
        assert_eq!(class(&Value::Bare(b"1.5".into())), Class::Number);
        assert_eq!(class(&Value::Bare(b"-".into())), Class::Text);
        assert_eq!(class(&Value::Text(b"1.5".into())), Class::Text);
        assert_eq!(class(&Value::Null), Class::Null);
    }

    #[test]
    fn puts_json_on_one_line() {
        assert_eq!(&*one_line(b"{\n  \"a b\": [1,\t\"x\\\" y\"]\n}"), b"{\"a b\":[1,\"x\\\" y\"]}");
        assert_eq!(&*one_line(b"{\"a\": 1}"), b"{\"a\": 1}");
    }

    #[test]
    fn cuts_at_whole_characters() {
        assert_eq!(prefix("hello", 3), ("hel", 3));
        assert_eq!(prefix("日本語", 5), ("日本", 4));
        assert_eq!(prefix("é", 0), ("", 0));
    }
}
