//! Line-shaped formats: one record per line, read by a [`LineParser`] each. What they share is here: where lines end, the
//! decoder that runs a parser over a block, and the [`Fields`] that parsers fill.
//!
//! The same parsers read the text of a column (`--parse`): a [`CellParser`] is a parser as the stage sees it. Invariant:
//! cells are spans of the text that was parsed; only what had to be unescaped is copied.

pub(crate) mod boundary;
pub(crate) mod decoder;
pub(crate) mod fields;

use std::borrow::Cow;
use std::sync::Arc;

use crate::core::format::line::fields::Fields;
use crate::core::format::{Fault, Opening, ReadOptions, Unopened};
use crate::core::integer::narrow;

/// The flags that say how lines are read.
pub(crate) const FLAGS: &[&str] = &["skip-lines", "ragged", "rejects", "encoding"];

/// Parses one line, or the text of one cell.
pub(crate) trait LineParser: Send + Sync {
    /// What a thread keeps from line to line.
    type Worker;

    /// A new one.
    fn worker(&self) -> Self::Worker;

    /// The names of its fields.
    fn names(&self) -> Names;

    /// Bytes that [`Fields::word`] points into.
    fn lexicon(&self) -> &'static [u8] {
        b""
    }

    /// Whether a line has nothing in it.
    fn is_blank(&self, line: &[u8]) -> bool {
        line.trim_ascii().is_empty()
    }

    /// Reads a line without its end. Fields that are not put are null.
    fn parse(&self, worker: &mut Self::Worker, line: &[u8], fields: &mut Fields) -> Result<(), Miss>;
}

/// The names of the fields of a parser.
#[derive(Debug, Clone)]
pub(crate) enum Names {
    /// Every record has these, in this order.
    Fixed(Vec<Arc<str>>),
    /// Each record has names of its own.
    Open,
    /// There is one field, which takes the place of the column it was read from.
    Same,
}

impl Names {
    /// Fixed names.
    pub(crate) fn fixed(names: &[&str]) -> Self {
        Self::Fixed(names.iter().map(|name| Arc::from(*name)).collect())
    }
}

/// A line that is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Miss {
    /// Where in the line.
    pub(crate) at: usize,
    /// What is wrong, or was expected.
    pub(crate) message: Cow<'static, str>,
}

/// Shorthand for a line that does not fit.
#[cold]
pub(crate) fn miss<T>(at: usize, message: &'static str) -> Result<T, Miss> {
    Err(Miss { at, message: Cow::Borrowed(message) })
}

/// A parser of the text of cells.
pub(crate) trait CellParser: Send + Sync {
    /// The names of its fields.
    fn names(&self) -> Names;

    /// Bytes that [`Fields::word`] points into.
    fn lexicon(&self) -> &'static [u8];

    /// Parses texts, each a row of `fields`; a text that is none gives a row of nulls. Gives the rows that do not fit,
    /// which are null as well.
    fn parse_all(&self, texts: &mut dyn Iterator<Item = Option<Text<'_>>>, fields: &mut Fields) -> Vec<(u32, Miss)>;
}

/// A text to parse.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Text<'a> {
    /// The bytes.
    pub(crate) bytes: &'a [u8],
    /// Where they start in the block or the side buffer.
    pub(crate) start: usize,
    /// Which of the two.
    pub(crate) in_side: bool,
}

impl<P: LineParser> CellParser for P {
    fn names(&self) -> Names {
        LineParser::names(self)
    }

    fn lexicon(&self) -> &'static [u8] {
        LineParser::lexicon(self)
    }

    fn parse_all(&self, texts: &mut dyn Iterator<Item = Option<Text<'_>>>, fields: &mut Fields) -> Vec<(u32, Miss)> {
        let mut worker = self.worker();
        let mut misses = Vec::new();
        for (row, text) in texts.enumerate() {
            if let Some(text) = text {
                fields.begin(text.start, text.in_side);
                if let Err(miss) = self.parse(&mut worker, text.bytes, fields) {
                    fields.abandon();
                    misses.push((narrow(row), miss));
                }
            } else {
                fields.begin(0, false);
            }
            fields.end();
        }
        misses
    }
}

/// What an input's head says about its lines: how they end, where the first is after `--skip-lines`, and that line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Head<'a> {
    /// The byte that ends lines.
    pub(crate) terminator: u8,
    /// Where the lines that count begin.
    pub(crate) start: usize,
    /// The first line that is not blank, without its end; empty where there is none.
    pub(crate) first: &'a [u8],
    /// Where that line starts.
    pub(crate) first_start: usize,
    /// Where the line after it starts.
    pub(crate) next: usize,
}

/// Looks at the head of line-shaped text.
pub(crate) fn look<'a>(head: &'a [u8], whole: bool, options: &ReadOptions) -> Result<Head<'a>, Unopened> {
    let terminator = boundary::terminator(head);
    let enough = whole || head.len() >= crate::core::format::HEAD;
    if !enough && memchr::memchr(b'\n', head).is_none() {
        return Err(Unopened::More(Fault::new(0, "no line ends in the head")));
    }
    let start = skip(head, whole, terminator, options.skip_lines)?;
    let mut at = start;
    while let Some(rest) = head.get(at..).filter(|rest| !rest.is_empty()) {
        let end = memchr::memchr(terminator, rest);
        if end.is_none() && !whole {
            break;
        }
        let next = end.map_or(head.len(), |end| at + end + 1);
        let line = boundary::content(head, at, end.map_or(head.len(), |end| at + end), terminator);
        let text = head.get(at..line).unwrap_or_default();
        if !text.trim_ascii().is_empty() {
            return Ok(Head { terminator, start, first: text, first_start: at, next });
        }
        at = next;
    }
    if !whole {
        return Err(Unopened::More(Fault::new(at, format!("no line ends in the first {} bytes", head.len()))));
    }
    Ok(Head { terminator, start, first: b"", first_start: head.len(), next: head.len() })
}

/// Where the lines begin after the first `count`.
pub(crate) fn skip(head: &[u8], whole: bool, terminator: u8, count: u64) -> Result<usize, Unopened> {
    if count == 0 {
        return Ok(0);
    }
    let nth = usize::try_from(count - 1).unwrap_or(usize::MAX);
    match memchr::memchr_iter(terminator, head).nth(nth) {
        Some(end) => Ok(end + 1),
        None if whole => Ok(head.len()),
        None => Err(Unopened::More(Fault::new(0, format!("fewer lines than --skip-lines {count} in the head")))),
    }
}

/// The opening of an input whose lines this parser reads.
pub(crate) fn opening<P: LineParser + 'static>(
    parser: P,
    what: &'static str,
    data_start: usize,
    terminator: u8,
    options: &ReadOptions,
) -> Opening {
    let names = LineParser::names(&parser);
    let columns = match &names {
        Names::Fixed(names) => Some(names.clone()),
        Names::Open | Names::Same => None,
    };
    let decoder = decoder::LineDecoder::new(parser, what, terminator, options);
    Opening { decoder: Arc::new(decoder), data_start, columns, header: None, notes: Vec::new(), wrap: None }
}

#[cfg(test)]
mod tests;
