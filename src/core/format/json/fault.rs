//! What can be wrong with JSON, as one byte while parsing and as a message once it is reported.

use crate::core::block::Block;
use crate::core::format::Fault;

/// Deepest nesting of arrays and objects that is read.
pub(crate) const MAX_DEPTH: usize = 10_000;

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// A value must stand here.
    Value,
    /// A key must stand here.
    Key,
    /// A key or the end of the object must stand here.
    KeyOrEnd,
    /// A colon must stand here.
    Colon,
    /// The object must go on or end here.
    CommaOrBrace,
    /// The array must go on or end here.
    CommaOrBracket,
    /// A top-level number or word runs into what follows.
    AfterScalar,
    /// A string without an end; the place is its opening quote.
    OpenString,
    /// A raw control character in a string.
    Control,
    /// A backslash before something that cannot be escaped.
    Escape,
    /// A number with a leading zero.
    LeadingZero,
    /// A digit must stand here.
    Digit,
    /// More than [`MAX_DEPTH`] levels.
    Depth,
    /// A value longer than a cell can hold.
    Length,
    /// More different keys than a batch can hold.
    Keys,
    /// The path of `--root` leads to two values.
    Twice,
}

/// What is wrong, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bad {
    /// Offset in the text that was parsed.
    pub(crate) at: usize,
    /// What.
    pub(crate) what: What,
}

/// Shorthand for a failed parse.
pub(crate) fn bad<T>(at: usize, what: What) -> Result<T, Bad> {
    Err(Bad { at, what })
}

/// The fault to report. Where the block's own records end before the input does, what follows them decides, so that
/// the message does not depend on where blocks end.
pub(crate) fn report(bad: Bad, block: &Block) -> Fault {
    let bytes = &block.bytes;
    let mut at = bad.at;
    if block.last && (at >= block.end || bad.what == What::OpenString) {
        return at_end(bad, block.end);
    }
    if bad.what == What::OpenString {
        let rest = bytes.get(block.end..).unwrap_or_default();
        let newline = block.end + memchr::memchr(b'\n', rest).unwrap_or(0);
        return Fault::new(newline, "a string holds a raw newline").hint("write it as \\n, or close the string");
    }
    if at >= block.end {
        let rest = bytes.get(at..).unwrap_or_default();
        at += rest.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).unwrap_or(0);
    }
    message(bad.what, at, bytes)
}

/// The fault where the input ends too early.
pub(crate) fn at_end(bad: Bad, end: usize) -> Fault {
    let place = match bad.what {
        What::OpenString => return Fault::new(bad.at, "a string has no closing quote").hint("is the input cut short?"),
        What::Key | What::KeyOrEnd | What::Colon | What::CommaOrBrace => "inside an object",
        What::CommaOrBracket => "inside an array",
        _ => "inside a value",
    };
    Fault::new(end, format!("the input ends {place}")).hint("is it cut short?")
}

/// The fault at a byte that should not be there.
pub(crate) fn message(what: What, at: usize, bytes: &[u8]) -> Fault {
    let rest = bytes.get(at..).unwrap_or_default();
    let next = rest.first().copied().unwrap_or(b' ');
    let found = shown(next);
    match what {
        What::Value => value(at, bytes, &found),
        What::Key | What::KeyOrEnd => match next {
            b'}' => Fault::new(at, "a comma before '}'").hint("JSON allows no trailing comma"),
            b'\'' => Fault::new(at, "a key in single quotes").hint("JSON keys stand in double quotes"),
            _ => Fault::new(at, format!("expected a key in double quotes, found {found}")),
        },
        What::Colon => Fault::new(at, format!("expected ':' after the key, found {found}")),
        What::CommaOrBrace => Fault::new(at, format!("expected ',' or '}}' after the value, found {found}")),
        What::CommaOrBracket => Fault::new(at, format!("expected ',' or ']' after the value, found {found}")),
        What::AfterScalar => Fault::new(at, format!("expected the end of the value, found {found}")),
        What::OpenString => Fault::new(at, "a string has no closing quote"),
        What::Control if next == b'\n' || next == b'\r' => {
            Fault::new(at, "a string holds a raw newline").hint("write it as \\n, or close the string")
        }
        What::Control => Fault::new(at, format!("a string holds the control character 0x{next:02x}"))
            .hint(format!("write it as \\u{next:04x}")),
        What::Escape => Fault::new(at, "an escape that JSON does not have")
            .hint("it has \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u with four hex digits"),
        What::LeadingZero => Fault::new(at, "a number with a leading zero").hint("write it as a string"),
        What::Digit if next == b'I' => no_such(at, "Infinity"),
        What::Digit => Fault::new(at, format!("expected a digit, found {found}")),
        What::Depth => Fault::new(at, format!("more than {MAX_DEPTH} levels of arrays and objects")),
        What::Length => Fault::new(at, "a value of more than 128 MiB"),
        What::Twice => Fault::new(at, "a second value at the path of --root").hint("its keys must be unique"),
        What::Keys => Fault::new(at, "too many different keys to read as columns")
            .hint("name the columns that you need with --select"),
    }
}

fn value(at: usize, bytes: &[u8], found: &str) -> Fault {
    let rest = bytes.get(at..).unwrap_or_default();
    let before = bytes.get(..at).unwrap_or_default().trim_ascii_end().last();
    match rest.first() {
        Some(b'N') if rest.starts_with(b"NaN") => no_such(at, "NaN"),
        Some(b'I') => no_such(at, "Infinity"),
        Some(b'+') => Fault::new(at, "a number that starts with '+'").hint("JSON numbers have no plus sign"),
        Some(b'.') => Fault::new(at, "a number that starts with '.'").hint("write 0.5, not .5"),
        Some(b'\'') => Fault::new(at, "a string in single quotes").hint("JSON strings stand in double quotes"),
        Some(b'/' | b'#') => Fault::new(at, "a comment").hint("JSON has none"),
        Some(b']' | b'}') if before == Some(&b',') => {
            Fault::new(at, format!("expected a value, found {found}")).hint("JSON allows no trailing comma")
        }
        Some(byte) if byte.is_ascii_alphabetic() => {
            let word: String = rest
                .iter()
                .take(12)
                .take_while(|byte| byte.is_ascii_alphanumeric())
                .map(|byte| *byte as char)
                .collect();
            Fault::new(at, format!("'{word}' is not a value"))
                .hint("JSON has true, false and null; text stands in double quotes")
        }
        _ => Fault::new(at, format!("expected a value, found {found}")),
    }
}

fn no_such(at: usize, name: &str) -> Fault {
    Fault::new(at, format!("JSON has no {name}")).hint("write null or a string")
}

fn shown(byte: u8) -> String {
    match byte {
        b'\n' => "a newline".to_string(),
        0x21..0x7F => format!("'{}'", byte as char),
        _ => format!("byte 0x{byte:02x}"),
    }
}
