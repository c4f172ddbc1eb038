//! Looks at the head of a delimited input: its line ends, its header and so its columns.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::core::data::batch::{Delimited, unquote};
use crate::core::error::Problem;
use crate::core::format::csv::boundary::Quotes;
use crate::core::format::csv::decoder::CsvDecoder;
use crate::core::format::csv::machine::{self, Place};
use crate::core::format::csv::rewrite::{Rewrite, Rewritten};
use crate::core::format::csv::sniff;
use crate::core::format::line::skip;
use crate::core::format::{Fault, HEAD, Opening, Ragged, ReadOptions, Reader, Unopened, Wrap};
use crate::core::scan::lanes::Marks;

/// Reads delimited text.
#[derive(Debug)]
pub(super) struct CsvReader {
    /// Between cells.
    pub(super) delimiter: u8,
    /// Around cells.
    pub(super) quote: u8,
    /// The rest of what the user asked for.
    pub(super) options: ReadOptions,
}

/// The first record of an input.
#[derive(Debug)]
struct First {
    /// Its first byte.
    start: usize,
    /// One past its line end.
    end: usize,
    /// The values of its cells.
    values: Vec<Vec<u8>>,
}

impl Reader for CsvReader {
    fn open(&self, head: &[u8], whole: bool) -> Result<Opening, Unopened> {
        let terminator = self.terminator(head, whole || head.len() >= HEAD)?;
        let mut notes = Vec::new();
        let skipped = skip(head, whole, terminator, self.options.skip_lines)?;
        let delimiter = self.told(head.get(skipped..).unwrap_or_default(), whole, terminator, &mut notes)?;
        let marks = Marks { delimiter, quote: self.quote, terminator };
        let rewrites = self.options.escape.is_some() || self.options.comment.is_some();
        let (escape, comment) = (self.options.escape, self.options.comment);
        let first = if rewrites {
            rewritten_record(head, whole, marks, skipped, Rewrite::new(marks, escape, comment))?
        } else {
            let rest = head.get(skipped..).unwrap_or_default();
            let at = |first: First| First { start: first.start + skipped, end: first.end + skipped, ..first };
            first_record(rest, whole, marks).map_err(|unopened| unopened.moved(skipped))?.map(at)
        };
        let mut header = None;
        let mut data_start = skipped;
        let columns = match (&self.options.header, &first) {
            (Some(names), first) => {
                if let (Some(first), false) = (first, self.options.no_header) {
                    self.check_count(names, first)?;
                    data_start = first.end;
                }
                let given = names.iter().map(|name| Arc::from(name.as_str())).collect();
                distinct(given, &mut notes)
            }
            (None, None) => {
                data_start = head.len();
                Vec::new()
            }
            (None, Some(first)) if self.options.no_header => {
                (1..=first.values.len()).map(|number| Arc::from(format!("c{number}"))).collect()
            }
            (None, Some(first)) => {
                data_start = first.end;
                let found: Vec<Arc<str>> =
                    first.values.iter().map(|value| Arc::from(String::from_utf8_lossy(value))).collect();
                let columns = distinct(Vec::clone(&found), &mut notes);
                let source = head.get(first.start..first.end).unwrap_or_default();
                notes.extend(stray_return(source, marks).then(returns));
                if columns == found && terminator == b'\n' && escape.is_none() {
                    header = head.get(first.start..first.end).map(<[u8]>::to_vec);
                }
                columns
            }
        };
        let layout = Delimited { delimiter, quote: self.quote, columns: columns.clone() };
        let decoder = CsvDecoder {
            layout: Arc::new(layout),
            copyable: terminator == b'\n',
            boundary: Quotes { marks },
            null_value: self.options.null_value.as_ref().map(|text| text.as_bytes().to_vec()),
            ragged: self.options.ragged,
            rejects: self.options.rejects,
            comment: self.options.comment,
            authority: if self.options.no_header && self.options.header.is_none() {
                "the first record"
            } else {
                "the header"
            },
        };
        let wrap: Option<Wrap> = rewrites.then(|| -> Wrap {
            let rewrite = Rewrite::new(marks, escape, comment);
            Box::new(move |inner| Box::new(Rewritten::new(inner, rewrite)))
        });
        Ok(Opening { decoder: Arc::new(decoder), data_start, columns: Some(columns), header, notes, wrap })
    }
}

/// Whether a record that ends in a line feed has a carriage return outside quotes that is no part of its line end.
fn stray_return(record: &[u8], marks: Marks) -> bool {
    let content = record.strip_suffix(b"\n").unwrap_or(record);
    let content = content.strip_suffix(b"\r").unwrap_or(content);
    marks.terminator == b'\n'
        && memchr::memchr(b'\r', content).is_some()
        && machine::first_end(content, Place::Start, Marks { terminator: b'\r', ..marks }).0.is_some()
}

/// What is said of it.
fn returns() -> Problem {
    Problem::note("the header has a carriage return in it, which is text where line feeds end records")
        .hint("where it should end one: tr '\\r' '\\n' <FILE | mytools process --from csv")
}

/// The first record of text that is rewritten, with its place in the text as it is.
fn rewritten_record(
    head: &[u8],
    whole: bool,
    marks: Marks,
    skipped: usize,
    mut rewrite: Rewrite,
) -> Result<Option<First>, Unopened> {
    let mut start = skipped;
    for (at, byte) in head.iter().enumerate().skip(skipped) {
        let record = rewrite.push(*byte);
        if *byte != marks.terminator || !record && !rewrite.at_record() {
            continue;
        }
        let text = std::mem::take(&mut rewrite.out);
        rewrite.restart();
        if record && !text.trim_ascii().is_empty() {
            let first = first_record(&text, true, marks)?;
            return Ok(first.map(|first| First { start, end: at + 1, ..first }));
        }
        start = at + 1;
    }
    if !whole {
        let message = format!("the header record is longer than {} bytes", head.len());
        return Err(Unopened::More(Fault::new(start, message)));
    }
    let comment = rewrite.in_comment();
    rewrite.finish();
    if comment || rewrite.out.trim_ascii().is_empty() {
        return Ok(None);
    }
    let first = first_record(&rewrite.out, true, marks)?;
    Ok(first.map(|first| First { start, end: head.len(), ..first }))
}

impl CsvReader {
    /// The delimiter: as named, or as the text shows it.
    fn told(&self, head: &[u8], whole: bool, terminator: u8, notes: &mut Vec<Problem>) -> Result<u8, Unopened> {
        if self.options.delimiter.is_some() || self.delimiter != b',' {
            return Ok(self.delimiter);
        }
        let (escape, comment) = (self.options.escape, self.options.comment);
        let told = if escape.is_some() || comment.is_some() {
            let (plain, whole) = sniff::plain(head, whole, terminator, (escape, comment));
            sniff::delimiter(&plain, whole, self.quote, terminator)?
        } else {
            sniff::delimiter(head, whole, self.quote, terminator)?
        };
        let Some(told) = told else { return Ok(self.delimiter) };
        let shown = if told == b'\t' { "a tab".to_string() } else { format!("'{}'", told as char) };
        notes.push(Problem::debug(format!("the delimiter is {shown}, told by the records; -d , keeps the comma")));
        Ok(told)
    }

    /// What ends records: a carriage return where the head has one outside quotes and no line feed there, else a line
    /// feed. `enough` says that no line feed will come.
    fn terminator(&self, head: &[u8], enough: bool) -> Result<u8, Unopened> {
        let marks = |terminator| Marks { delimiter: self.delimiter, quote: self.quote, terminator };
        let ends = |terminator| machine::first_end(head, Place::Start, marks(terminator)).0;
        match (ends(b'\n'), ends(b'\r')) {
            (None, Some(_)) if enough => Ok(b'\r'),
            (None, Some(at)) => {
                Err(Unopened::More(Fault::new(at, "a carriage return may end the first record or not")))
            }
            _ => Ok(b'\n'),
        }
    }

    /// Holds a given header against the record it replaces.
    fn check_count(&self, names: &[String], first: &First) -> Result<(), Fault> {
        let (given, found) = (names.len(), first.values.len());
        if given == found || self.options.ragged != Ragged::Error {
            return Ok(());
        }
        Err(Fault::new(first.start, format!("--header names {given} columns, the header record has {found}"))
            .hint("with --no-header the first record is data"))
    }
}

/// The first record that is not a blank line; none where there is none.
fn first_record(head: &[u8], whole: bool, marks: Marks) -> Result<Option<First>, Unopened> {
    let start = head.iter().position(|byte| !matches!(byte, b'\n' | b'\r')).unwrap_or(head.len());
    let rest = head.get(start..).unwrap_or_default();
    if rest.is_empty() && whole {
        return Ok(None);
    }
    let mut values = Vec::new();
    let mut from = 0;
    let mut end = None;
    let place = machine::run(rest, Place::Start, marks, |at, byte| {
        let last = byte == marks.terminator;
        values.push(cell_value(rest.get(from..at).unwrap_or_default(), last, marks));
        from = at + 1;
        if last {
            end = Some(from);
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    });
    match end {
        Some(end) => Ok(Some(First { start, end: start + end, values })),
        None if whole && place == Place::Quoted => {
            let fault = Fault::new(start + from, "quoted cell is never closed");
            Err(Unopened::Fault(fault.hint("the header is read with this quote; --quote CHAR names another")))
        }
        None if whole => {
            values.push(cell_value(rest.get(from..).unwrap_or_default(), true, marks));
            Ok(Some(First { start, end: head.len(), values }))
        }
        None => Err(Unopened::More(
            Fault::new(start, format!("the header record is longer than {} bytes", head.len()))
                .hint("is the input delimited text? --quote CHAR names another quote"),
        )),
    }
}

/// The values of the first record in `header`, for an encoder that holds it against its own columns.
pub(super) fn header_values(header: &[u8], marks: Marks) -> Vec<Vec<u8>> {
    match first_record(header, true, marks) {
        Ok(Some(first)) if first.end == header.len() => first.values,
        _ => Vec::new(),
    }
}

/// The value of a header cell.
fn cell_value(source: &[u8], last: bool, marks: Marks) -> Vec<u8> {
    let source = match source {
        [rest @ .., b'\r'] if last && marks.terminator == b'\n' => rest,
        _ => source,
    };
    if source.first() == Some(&marks.quote) { unquote(source) } else { source.to_vec() }
}

/// Makes names distinct: the second `a` becomes `a_2`, or the next number that is free.
pub(crate) fn distinct(names: Vec<Arc<str>>, notes: &mut Vec<Problem>) -> Vec<Arc<str>> {
    let mut taken: HashSet<Arc<str>> = names.iter().cloned().collect();
    if taken.len() == names.len() {
        return names;
    }
    let mut seen: HashSet<Arc<str>> = HashSet::new();
    let mut renamed = Vec::new();
    let mut result = Vec::with_capacity(names.len());
    for name in names {
        if seen.insert(Arc::clone(&name)) {
            result.push(name);
            continue;
        }
        let last = taken.len() as u64 + 2;
        let free = (2..=last).map(|number| format!("{name}_{number}")).find(|free| !taken.contains(free.as_str()));
        let free: Arc<str> = Arc::from(free.unwrap_or_default());
        taken.insert(Arc::clone(&free));
        renamed.push(format!("'{name}' as '{free}'"));
        result.push(free);
    }
    let shown = renamed.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
    let more = if renamed.len() > 5 { format!(" and {} more", renamed.len() - 5) } else { String::new() };
    notes
        .push(Problem::note(format!("the header repeats names; later columns are read under new ones: {shown}{more}")));
    result
}
