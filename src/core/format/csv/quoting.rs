//! Writes one cell: when it is quoted, and how.

use crate::core::data::number::Number;
use crate::core::error::{Code, Problem, Result};
use crate::core::format::{Quoting, WriteOptions};

/// How cells are written.
#[derive(Debug)]
pub(super) struct Style {
    /// Between cells.
    pub(super) delimiter: u8,
    /// Around cells.
    pub(super) quote: u8,
    /// When cells are quoted.
    pub(super) quoting: Quoting,
    /// What is written for null; never quoted, so that it differs from the same text.
    pub(super) null: Vec<u8>,
    /// Whether cells that spreadsheets would run as formulas get an apostrophe in front.
    pub(super) escape_formulas: bool,
    /// Whether JSON numbers are written as they are, whichever they are.
    pub(super) bare_numbers: bool,
    /// For each byte, whether a cell with it needs quotes.
    special: [bool; 256],
}

impl Style {
    /// The style the options ask for.
    pub(super) fn new(options: &WriteOptions, delimiter: u8, quote: u8) -> Self {
        let apart = [delimiter, quote, b'\n', b'\r'].map(usize::from);
        let special = std::array::from_fn(|byte| apart.contains(&byte));
        let null = options.null_value.as_ref().map(|text| text.as_bytes().to_vec()).unwrap_or_default();
        let (quoting, escape_formulas) = (options.quoting, options.escape_formulas);
        let of_numbers = |byte: &u8| byte.is_ascii_digit() || b"+-.eE".contains(byte);
        let bare_numbers = !matches!(quoting, Quoting::All | Quoting::NonNumeric)
            && !escape_formulas
            && ![delimiter, quote].iter().any(of_numbers)
            && (null.is_empty() || !null.iter().all(of_numbers));
        Self { delimiter, quote, quoting, null, escape_formulas, bare_numbers, special }
    }

    /// Whether text without quotes would be read as something else: null, or more or less than one cell.
    pub(super) fn needs_quotes(&self, text: &[u8]) -> bool {
        text.iter().any(|byte| self.special.get(usize::from(*byte)).copied().unwrap_or(true))
            || text == self.null
            || text.is_empty()
    }

    /// Whether a text is one that spreadsheets would run and that must not be (CWE-1236).
    pub(super) fn guards(&self, text: &[u8]) -> bool {
        self.escape_formulas
            && matches!(text.first(), Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r' | b'\n'))
            && Number::parse(text).is_none()
    }

    /// Appends a text, quoted where the style says so. An error where it must not be quoted but has to.
    pub(super) fn text(&self, text: &[u8], out: &mut Vec<u8>) -> Result<()> {
        if self.guards(text) {
            return self.plain(&[b"'", text].concat(), out);
        }
        self.plain(text, out)
    }

    /// The same for a text that is written as it is.
    fn plain(&self, text: &[u8], out: &mut Vec<u8>) -> Result<()> {
        let quoted = match self.quoting {
            Quoting::Keep | Quoting::Minimal => self.needs_quotes(text),
            Quoting::All => true,
            Quoting::NonNumeric => self.needs_quotes(text) || Number::parse(text).is_none(),
            Quoting::Never if self.needs_quotes(text) => return Err(never(text)),
            Quoting::Never => false,
        };
        if quoted {
            self.quoted(text, out);
        } else {
            out.extend_from_slice(text);
        }
        Ok(())
    }

    /// Appends a column name. An empty name is written as nothing where it does not make a blank line.
    pub(super) fn name(&self, name: &str, alone: bool, out: &mut Vec<u8>) {
        let guarded = self.guards(name.as_bytes()).then(|| format!("'{name}"));
        let name = guarded.as_deref().unwrap_or(name);
        let needs_quotes = self.needs_quotes(name.as_bytes()) && (alone || !name.is_empty());
        if needs_quotes || matches!(self.quoting, Quoting::All | Quoting::NonNumeric) {
            self.quoted(name.as_bytes(), out);
        } else {
            out.extend_from_slice(name.as_bytes());
        }
    }

    /// Appends a text in quotes, with its quotes doubled.
    pub(super) fn quoted(&self, text: &[u8], out: &mut Vec<u8>) {
        out.push(self.quote);
        let mut from = 0;
        for at in memchr::memchr_iter(self.quote, text) {
            out.extend_from_slice(text.get(from..=at).unwrap_or_default());
            out.push(self.quote);
            from = at + 1;
        }
        out.extend_from_slice(text.get(from..).unwrap_or_default());
        out.push(self.quote);
    }
}

/// The error of `--quoting never`.
fn never(text: &[u8]) -> crate::core::error::Error {
    let shown: String = String::from_utf8_lossy(text).chars().take(40).flat_map(char::escape_default).collect();
    Problem::new(Code::Value, format!("cell '{shown}' would change without quotes"))
        .hint("--quoting minimal quotes only where needed")
        .into()
}
