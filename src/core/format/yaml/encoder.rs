//! Writes records as a YAML sequence of block mappings.
//!
//! A record is encoded as JSON first, so that types, precision and invalid UTF-8 are as in JSON, and its text is laid
//! out as YAML then. Strings stand plain only where YAML 1.1 and 1.2 readers alike take them for strings; all others are
//! double-quoted.

use std::fmt::Write as _;
use std::io::Write;
use std::sync::Arc;

use crate::core::data::batch::Batch;
use crate::core::error::{Problem, Result};
use crate::core::format::json::encoder::{Frame, JsonEncoder};
use crate::core::format::json::path::{element_spans, key_text, member_spans};
use crate::core::format::json::pretty::compact;
use crate::core::format::{Encoder, Layout, Spool, WriteOptions};

/// Levels that are laid out as blocks; what is deeper stays JSON, which YAML 1.2 reads as it is.
const LEVELS: usize = 64;

/// Makes the encoder.
#[expect(clippy::unnecessary_wraps, reason = "the signature of the table")]
pub(super) fn encoder(options: &WriteOptions) -> Result<Box<dyn Encoder>> {
    Ok(Box::new(Yaml { json: JsonEncoder::new(options, Frame::Lines) }))
}

struct Yaml {
    json: JsonEncoder,
}

impl Encoder for Yaml {
    fn layout(&self) -> Layout {
        self.json.layout()
    }

    fn start(&self, _: &[Arc<str>], _: Option<&[u8]>, _: &mut Vec<u8>) {}

    fn records(&self, batch: &Batch, columns: &[Arc<str>], out: &mut Vec<u8>) -> Result<()> {
        let mut lines = Vec::new();
        self.json.records(batch, columns, &mut lines)?;
        for line in lines.split_inclusive(|byte| *byte == b'\n') {
            out.extend_from_slice(b"- ");
            value(line.trim_ascii(), 1, out);
        }
        Ok(())
    }

    fn unspool(&self, spool: &mut dyn Spool, had: usize, columns: &[Arc<str>], out: &mut dyn Write) -> Result<()> {
        self.json.unspool(spool, had, columns, out)
    }

    fn end(&self, records: u64, out: &mut Vec<u8>) {
        if records == 0 {
            out.extend_from_slice(b"[]\n");
        }
    }

    fn notes(&self) -> Vec<Problem> {
        self.json.notes()
    }
}

/// Appends a value and a line end. The cursor stands behind `- ` or, for what is not a block, behind `key: `; lines of
/// blocks are indented by `level`.
fn value(json: &[u8], level: usize, out: &mut Vec<u8>) {
    match json.first() {
        Some(b'{') if level < LEVELS && member_spans(json).next().is_some() => mapping(json, level, out),
        Some(b'[') if level < LEVELS && element_spans(json).next().is_some() => sequence(json, level, out),
        Some(b'{' | b'[') => {
            compact(json, out);
            out.push(b'\n');
        }
        Some(b'"') => {
            scalar(&key_text(json.get(1..json.len() - 1).unwrap_or_default()), out);
            out.push(b'\n');
        }
        _ => {
            out.extend_from_slice(json);
            out.push(b'\n');
        }
    }
}

fn mapping(json: &[u8], level: usize, out: &mut Vec<u8>) {
    for (index, (name, member)) in member_spans(json).enumerate() {
        if index > 0 {
            indent(level, out);
        }
        scalar(&key_text(json.get(name).unwrap_or_default()), out);
        out.push(b':');
        let member = json.get(member).unwrap_or_default();
        if is_block(member, level) {
            out.push(b'\n');
            // Elements of a sequence stand at the level of its key.
            let inner = level + usize::from(member.starts_with(b"{"));
            indent(inner, out);
            value(member, inner, out);
        } else {
            out.push(b' ');
            // What is no block goes on one line, however deep it is.
            value(member, LEVELS, out);
        }
    }
}

fn sequence(json: &[u8], level: usize, out: &mut Vec<u8>) {
    for (index, element) in element_spans(json).enumerate() {
        if index > 0 {
            indent(level, out);
        }
        out.extend_from_slice(b"- ");
        value(json.get(element).unwrap_or_default(), level + 1, out);
    }
}

/// Whether a member of a mapping at this level takes lines of its own.
fn is_block(json: &[u8], level: usize) -> bool {
    match json.first() {
        Some(b'{') => level + 1 < LEVELS && member_spans(json).next().is_some(),
        Some(b'[') => level < LEVELS && element_spans(json).next().is_some(),
        _ => false,
    }
}

fn indent(level: usize, out: &mut Vec<u8>) {
    out.resize(out.len() + 2 * level, b' ');
}

/// Appends a string, plain where that is safe.
fn scalar(text: &[u8], out: &mut Vec<u8>) {
    let text = String::from_utf8_lossy(text);
    if is_plain(&text) {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            _ if is_printable(character) => quoted.push(character),
            _ => {
                let code = u32::from(character);
                // Writing to a string cannot fail.
                let _ = match code {
                    0..=0xFF => write!(quoted, "\\x{code:02x}"),
                    0x100..=0xFFFF => write!(quoted, "\\u{code:04x}"),
                    _ => write!(quoted, "\\U{code:08x}"),
                };
            }
        }
    }
    quoted.push('"');
    out.extend_from_slice(quoted.as_bytes());
}

/// Whether a character may stand in YAML as it is (YAML 1.2.2 §5.1), on one line and visibly.
fn is_printable(character: char) -> bool {
    !character.is_control() && !matches!(character, '\u{2028}' | '\u{2029}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}')
}

/// Words that stand for something else than themselves in YAML 1.1 or 1.2.
const WORDS: [&str; 12] = ["null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf", "~"];

/// Whether text is read back as the same string without quotes, by readers of YAML 1.1 too.
fn is_plain(text: &str) -> bool {
    let Some(first) = text.chars().next() else { return false };
    let starts = first.is_alphanumeric() || matches!(first, '_' | '/' | '.' | '+');
    let inside = |character: char| {
        character == ' '
            || character.is_alphanumeric()
            || (character.is_ascii_graphic() && !matches!(character, '"' | '\'' | '`' | '{' | '}' | '[' | ']'))
    };
    starts
        && text.chars().all(inside)
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
        && !looks_typed(text)
}

/// Whether text is a number, a date, a time or a word with a meaning somewhere, or near enough to be doubtful.
fn looks_typed(text: &str) -> bool {
    let numeric = |byte: u8| byte.is_ascii_hexdigit() || b"xXoO_.:+-tTzZ ".contains(&byte);
    let starts = text.starts_with(|first: char| first.is_ascii_digit() || first == '.' || first == '+');
    (starts && text.bytes().all(numeric))
        || WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
        || (text.starts_with(['.', '+']) && text.to_ascii_lowercase().ends_with("inf"))
        || text.eq_ignore_ascii_case(".nan")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{LEVELS, encoder, is_plain, value};
    use crate::core::data::testing::{csv, json};
    use crate::core::format::WriteOptions;

    fn laid_out(json: &str) -> String {
        let mut out = b"- ".to_vec();
        value(json.as_bytes(), 1, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn lays_out_blocks() {
        assert_eq!(laid_out(r#"{"a":1,"b":{"c":[],"d":{}}}"#), "- a: 1\n  b:\n    c: []\n    d: {}\n");
        assert_eq!(
            laid_out(r#"{"a":[1,[2,3],{"x":1,"z":"no"}]}"#),
            "- a:\n  - 1\n  - - 2\n    - 3\n  - x: 1\n    z: \"no\"\n"
        );
        assert_eq!(laid_out("{}"), "- {}\n");
        let deep = format!("{}1{}", "[".repeat(LEVELS + 5), "]".repeat(LEVELS + 5));
        assert!(laid_out(&deep).contains("[[[[[1]]]]]"), "what is too deep stays JSON");
        let deep = format!("{}1{}", r#"{"a":"#.repeat(9000), "}".repeat(9000));
        assert!(laid_out(&deep).contains(r#"{"a":{"a":1}}"#), "what is too deep stays JSON");
    }

    #[test]
    fn quotes_what_would_change() {
        for text in
            ["", "no", "Null", "~", "12", "1.5", "0x1F", "1_000", "12:30", "2026-03-01", ".inf", "+.5", "- a", "a: b"]
        {
            assert!(!is_plain(text), "{text}");
        }
        for text in [
            "a #b", "a:", " a", "a ", "#a", "*a", "&a", "!a", "a\nb", "%a", "@a", "?", "a{b", "=", "<<", "|", ">",
            "\u{85}",
        ] {
            assert!(!is_plain(text), "{text}");
        }
        for text in ["ann", "été", "a.b", "a b", "/var/log", "user@example.com", "a:b", "a#b", "node-1", "1st of may"]
        {
            assert!(is_plain(text), "{text}");
        }
        assert_eq!(laid_out(r#"{"x":"a\"\\\n\u0007\ud83d\ude00\u2028"}"#), "- x: \"a\\\"\\\\\\n\\x07😀\\u2028\"\n");
    }

    #[test]
    fn types_are_those_of_json() {
        let encoder = encoder(&WriteOptions::default()).unwrap();
        let mut out = Vec::new();
        encoder.records(&csv("zip,qty\n007,1.10\n,\n", 0), &[], &mut out).unwrap();
        encoder.records(&json(&[&[("x", "\"5\""), ("y", "true")]], 2), &[], &mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "- zip: \"007\"\n  qty: 1.10\n- zip: null\n  qty: null\n- x: \"5\"\n  \"y\": true\n"
        );
    }
}
