//! The type of a column by the forms of its values.

use crate::core::data::cell::Kind;
use crate::core::data::number::Number;
use crate::core::data::time::{Time, Zone};

const INT: u8 = 1;
const DECIMAL: u8 = 2;
const FLOAT: u8 = 4;
const BOOL: u8 = 8;
const DATE: u8 = 16;
const TIME: u8 = 32;
const TEXT: u8 = 64;
const NESTED: u8 = 128;

/// The type of values that have these forms.
pub(super) fn type_of(forms: u8) -> &'static str {
    match forms {
        0 => "null",
        INT => "int",
        _ if forms & !(INT | DECIMAL) == 0 => "decimal",
        _ if forms & !(INT | DECIMAL | FLOAT) == 0 => "float",
        BOOL => "bool",
        DATE => "date",
        _ if forms & !(DATE | TIME) == 0 => "time",
        TEXT => "text",
        NESTED => "nested",
        _ => "mixed",
    }
}

/// Whether more values could still change the type.
pub(super) fn is_open(forms: u8) -> bool {
    type_of(forms) != "mixed"
}

/// Whether a column of that type has a mean and quantiles.
pub(super) fn is_numeric(name: &str) -> bool {
    matches!(name, "int" | "decimal" | "float" | "mixed")
}

/// The form of a value.
pub(super) fn form(kind: Kind, text: &[u8]) -> u8 {
    match kind {
        Kind::True | Kind::False => BOOL,
        Kind::Nested => NESTED,
        Kind::Number => written(text),
        Kind::Text | Kind::TextRaw => time(text),
        _ => bare(text),
    }
}

/// The form of text in a format without types. Codes like `007` and `+49` are no numbers.
fn bare(text: &[u8]) -> u8 {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    let code = matches!(digits, [b'+', ..] | [b'0', b'0'..=b'9', ..]);
    match text {
        b"true" | b"false" => BOOL,
        _ if !code && Number::parse(text).is_some() => written(text),
        _ => time(text),
    }
}

/// The form of a number by how it is written.
fn written(text: &[u8]) -> u8 {
    if text.iter().any(|byte| matches!(byte, b'e' | b'E')) {
        FLOAT
    } else if text.contains(&b'.') {
        DECIMAL
    } else {
        INT
    }
}

/// The form of other text: dates and times are those that start with the year.
fn time(text: &[u8]) -> u8 {
    if text.get(4) != Some(&b'-') || Time::parse(text, &Zone::default()).is_none() {
        TEXT
    } else if text.len() == "2026-03-01".len() {
        DATE
    } else {
        TIME
    }
}

#[cfg(test)]
mod tests {
    use super::{DATE, DECIMAL, FLOAT, INT, TEXT, TIME, bare, type_of};

    #[test]
    fn forms_of_bare_text() {
        let cases = [
            ("0", INT),
            ("-12", INT),
            ("12345678901234567890", INT),
            ("1.10", DECIMAL),
            ("1e3", FLOAT),
            ("007", TEXT),
            ("-01", TEXT),
            ("+49", TEXT),
            ("2026-03-01", DATE),
            ("2026-13-01", TEXT),
            ("2026-03-01T12:00:00Z", TIME),
            ("abc", TEXT),
        ];
        for (text, form) in cases {
            assert_eq!(bare(text.as_bytes()), form, "{text}");
        }
    }

    #[test]
    fn types_take_in_narrower_ones() {
        let cases = [(0, "null"), (INT | DECIMAL, "decimal"), (INT | FLOAT, "float"), (DATE | TIME, "time")];
        for (forms, name) in cases.into_iter().chain([(INT | TEXT, "mixed"), (DATE | TEXT, "mixed")]) {
            assert_eq!(type_of(forms), name);
        }
    }
}
