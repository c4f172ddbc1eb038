//! logfmt: `key=value key="quoted value" flag`, one record per line, each with keys of its own.
//!
//! A key without `=` is a flag and true; one with nothing behind its `=` is null, `""` the empty string. Escapes in quotes
//! are those of JSON strings. Of a key that comes twice the last value counts, in the first position.

use crate::core::data::batch::unescape;
use crate::core::data::cell::{Cell, Kind};
use crate::core::error::Result;
use crate::core::format::line::fields::Fields;
use crate::core::format::line::{LineParser, Miss, Names, look, miss, opening};
use crate::core::format::{Opening, ReadOptions, Reader, Unopened};

/// A reader.
#[expect(clippy::unnecessary_wraps, reason = "the signature of the table")]
pub(super) fn reader(options: &ReadOptions) -> Result<Box<dyn Reader>> {
    Ok(Box::new(LogfmtReader { options: options.clone() }))
}

struct LogfmtReader {
    options: ReadOptions,
}

impl Reader for LogfmtReader {
    fn open(&self, head: &[u8], whole: bool) -> Result<Opening, Unopened> {
        let look = look(head, whole, &self.options)?;
        Ok(opening(Logfmt, "a logfmt line", look.start, look.terminator, &self.options))
    }
}

/// Parses logfmt.
pub(super) struct Logfmt;

impl LineParser for Logfmt {
    type Worker = ();

    fn worker(&self) {}

    fn names(&self) -> Names {
        Names::Open
    }

    /// What stands between pairs makes no record by itself.
    fn is_blank(&self, line: &[u8]) -> bool {
        line.iter().all(|byte| *byte <= b' ')
    }

    #[inline]
    fn parse(&self, (): &mut (), line: &[u8], fields: &mut Fields) -> Result<(), Miss> {
        let mut at = 0;
        while let Some(pair) = pair(line, at)? {
            at = pair.next;
            let name = line.get(pair.key.0..pair.key.1).unwrap_or_default();
            let Some(column) = fields.named(name) else { continue };
            let (start, end) = pair.value;
            match pair.form {
                Form::Flag => fields.cell(column, Cell::boolean(true)),
                Form::Bare => fields.put(column, Kind::Bare, start, end),
                Form::Quoted => fields.text(column, start, end),
                Form::Escaped => {
                    let source = line.get(start..end).unwrap_or_default();
                    fields.made(column, Kind::Text, |out| out.extend_from_slice(&unescape(source)));
                }
            }
        }
        Ok(())
    }
}

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Flag,
    Bare,
    Quoted,
    Escaped,
}

/// A pair: the places of its key and value, and where the next may start.
struct Pair {
    key: (usize, usize),
    value: (usize, usize),
    form: Form,
    next: usize,
}

/// The pair at or after `at`, if there is one.
#[inline]
fn pair(line: &[u8], at: usize) -> Result<Option<Pair>, Miss> {
    let rest = line.get(at..).unwrap_or_default();
    let Some(blanks) = rest.iter().position(|byte| *byte > b' ') else { return Ok(None) };
    let start = at + blanks;
    let rest = line.get(start..).unwrap_or_default();
    let len = rest.iter().position(|byte| matches!(byte, b'=' | b'"' | 0..=b' ')).unwrap_or(rest.len());
    if len == 0 {
        return miss(start, "expected a key");
    }
    let key = (start, start + len);
    match rest.get(len) {
        Some(b'=') => {}
        Some(b'"') => return miss(start + len, "a quote in a key"),
        _ => return Ok(Some(Pair { key, value: (0, 0), form: Form::Flag, next: start + len })),
    }
    let value = start + len + 1;
    let rest = line.get(value..).unwrap_or_default();
    if rest.first() != Some(&b'"') {
        let len = rest.iter().position(|byte| *byte <= b' ').unwrap_or(rest.len());
        return Ok(Some(Pair { key, value: (value, value + len), form: Form::Bare, next: value + len }));
    }
    let mut end = value + 1;
    let mut form = Form::Quoted;
    loop {
        match memchr::memchr2(b'"', b'\\', line.get(end..).unwrap_or_default()) {
            None => return miss(value, "a quote that is never closed"),
            Some(found) if line.get(end + found) == Some(&b'\\') => {
                form = Form::Escaped;
                end += found + 2;
            }
            Some(found) => {
                end += found;
                break;
            }
        }
    }
    if line.get(end + 1).is_some_and(|byte| *byte > b' ') {
        return miss(end + 1, "expected a space behind the closing quote");
    }
    Ok(Some(Pair { key, value: (value + 1, end), form, next: end + 1 }))
}

/// Whether the first line is nothing but pairs, at least two, whose keys are names.
pub(super) fn sniff(head: &[u8]) -> bool {
    let line = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).find(|line| !line.is_empty());
    let line = line.unwrap_or_default();
    let (mut at, mut pairs) = (0, 0);
    loop {
        match pair(line, at) {
            Ok(Some(pair)) => {
                let name = line.get(pair.key.0..pair.key.1).unwrap_or_default();
                let is_name = name.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_')
                    && name.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'));
                if !is_name || pair.form == Form::Flag {
                    return false;
                }
                pairs += 1;
                at = pair.next;
            }
            Ok(None) => return pairs >= 2,
            Err(_) => return false,
        }
    }
}
