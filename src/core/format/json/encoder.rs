//! Encodes batches as JSON Lines or as one JSON array.
//!
//! Untouched JSON records are copied whole. Else names are escaped once per batch, valid UTF-8 is checked once per
//! batch, and each cell is one number check or one scan for escapes.

#![expect(clippy::inline_always, reason = "must be compiled into the loop that chose the instruction set")]

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::core::data::batch::{Batch, Dialect, Values};
use crate::core::data::cell::{Cell, Kind};
use crate::core::data::number::Number;
use crate::core::error::{Problem, Result};
use crate::core::format::json::deferred::{defer, settle};
use crate::core::format::json::escape::{escape, is_number, quote};
use crate::core::format::json::pretty::{compact, indented};
use crate::core::format::{Encoder, Infer, Layout, Spool, WriteOptions};
use crate::core::integer::narrow;
use crate::core::scan::append::append;
use crate::core::scan::json::{Job, Portable, Scanner, dispatch};

/// How records stand in the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Frame {
    /// One per line.
    Lines,
    /// As elements of one array.
    Array,
}

/// The encoder of both JSON and JSON Lines.
#[derive(Debug)]
pub(crate) struct JsonEncoder {
    frame: Frame,
    indent: Option<usize>,
    infer: Infer,
    text_columns: Vec<String>,
    precision: Option<u8>,
    /// Byte sequences that were not UTF-8.
    replaced: AtomicU64,
    /// For each column of untyped text: how often it came out as a number and as text.
    mixed: Mutex<BTreeMap<Arc<str>, (u64, u64)>>,
    /// The columns with numbers that wait for the last record, by number.
    deferred: Mutex<Vec<Arc<str>>>,
}

impl JsonEncoder {
    /// An encoder.
    pub(crate) fn new(options: &WriteOptions, frame: Frame) -> Self {
        Self {
            frame,
            indent: options.indent.filter(|_| frame == Frame::Array),
            infer: options.infer,
            text_columns: options.text_columns.clone(),
            precision: options.precision,
            replaced: AtomicU64::new(0),
            mixed: Mutex::default(),
            deferred: Mutex::default(),
        }
    }
}

impl Encoder for JsonEncoder {
    fn layout(&self) -> Layout {
        if self.infer == Infer::Column { Layout::Types } else { Layout::Stream }
    }

    fn copies_json(&self) -> bool {
        true
    }

    fn start(&self, _: &[Arc<str>], _: Option<&[u8]>, out: &mut Vec<u8>) {
        if self.frame == Frame::Array {
            out.push(b'[');
        }
    }

    fn records(&self, batch: &Batch, _: &[Arc<str>], out: &mut Vec<u8>) -> Result<()> {
        dispatch(Encode { encoder: self, batch, out });
        Ok(())
    }

    fn separator(&self) -> &'static [u8] {
        match self.frame {
            Frame::Lines => b"",
            Frame::Array => b",",
        }
    }

    fn unspool(&self, spool: &mut dyn Spool, _: usize, _: &[Arc<str>], out: &mut dyn Write) -> Result<()> {
        let mixed = self.mixed.lock().unwrap_or_else(PoisonError::into_inner);
        let deferred = self.deferred.lock().unwrap_or_else(PoisonError::into_inner);
        let bare: Vec<bool> =
            deferred.iter().map(|name| mixed.get(name).is_none_or(|(_, texts)| *texts == 0)).collect();
        settle(spool, &bare, out)
    }

    fn end(&self, records: u64, out: &mut Vec<u8>) {
        if self.frame == Frame::Array {
            out.extend_from_slice(if records == 0 { b"]\n" } else { b"\n]\n" });
        }
    }

    fn notes(&self) -> Vec<Problem> {
        let mut notes = Vec::new();
        let mixed = self.mixed.lock().unwrap_or_else(PoisonError::into_inner);
        let both = |(_, (numbers, texts)): &(_, &(u64, u64))| *numbers > 0 && *texts > 0;
        for (name, (numbers, texts)) in mixed.iter().filter(|_| self.infer != Infer::Column).filter(both) {
            notes.push(
                Problem::note(format!(
                    "{name}: {numbers} number{}, {texts} text",
                    if *numbers == 1 { "" } else { "s" }
                ))
                .hint(format!("--schema {name}:str")),
            );
        }
        let replaced = self.replaced.load(Ordering::Relaxed);
        if replaced > 0 {
            let times = if replaced == 1 { "once".to_string() } else { format!("{replaced} times") };
            notes.push(Problem::note(format!("invalid UTF-8 replaced by U+FFFD {times}")));
        }
        notes
    }
}

/// One column, ready to print.
struct Printed<'a> {
    values: &'a Values,
    /// `"name":`, somewhere in the names' buffer.
    name: (usize, usize),
    infer: Infer,
    /// Its number among columns whose numbers wait.
    id: usize,
    numbers: u64,
    texts: u64,
}

struct Encode<'a> {
    encoder: &'a JsonEncoder,
    batch: &'a Batch,
    out: &'a mut Vec<u8>,
}

impl Job for Encode<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Scanner>(self, scanner: S) {
        let Self { encoder, batch, out } = self;
        if let Some(raw) = batch.raw.as_ref().filter(|raw| raw.dialect == Dialect::Json) {
            for row in batch.rows() {
                let (start, end) = raw.spans.get(row).copied().unwrap_or_default();
                encoder.copy(batch.block.bytes.get(start as usize..end as usize).unwrap_or_default(), out);
            }
            return;
        }
        let mut names = Vec::new();
        let mut columns = encoder.columns(batch, &mut names);
        let text = Text::of(encoder, batch);
        let mut spare = Vec::new();
        let all: Vec<u32> = (0..narrow(columns.len())).collect();
        for row in batch.rows() {
            let order = match &batch.shapes {
                Some(shapes) => {
                    let shape = shapes.of_row.get(row).copied().unwrap_or_default();
                    shapes.orders.get(shape as usize).unwrap_or(&all)
                }
                None => &all,
            };
            if encoder.frame == Frame::Array {
                out.extend_from_slice(b",\n");
            }
            let to = if encoder.indent.is_some() { &mut spare } else { &mut *out };
            let start = to.len();
            to.push(b'{');
            for column in order {
                let Some(column) = columns.get_mut(*column as usize) else { continue };
                let (name, length) = column.name;
                if text.field(scanner, row, column, (&names, name, length), to) {
                    to.push(b',');
                }
            }
            if to.len() > start + 1 {
                to.pop();
            }
            to.push(b'}');
            if let Some(indent) = encoder.indent {
                out.resize(out.len() + indent, b' ');
                indented(&spare, indent, 1, out);
                spare.clear();
            } else if encoder.frame == Frame::Lines {
                out.push(b'\n');
            }
        }
        encoder.count(batch, &columns);
    }
}

impl JsonEncoder {
    /// Copies an untouched record.
    fn copy(&self, json: &[u8], out: &mut Vec<u8>) {
        if self.frame == Frame::Lines {
            if memchr::memchr2(b'\n', b'\r', json).is_some() {
                compact(json, out);
            } else {
                out.extend_from_slice(json);
            }
            out.push(b'\n');
            return;
        }
        out.extend_from_slice(b",\n");
        let valid = self.valid(json);
        match self.indent {
            Some(indent) => {
                out.resize(out.len() + indent, b' ');
                indented(&valid, indent, 1, out);
            }
            None => out.extend_from_slice(&valid),
        }
    }

    /// The text with what is not UTF-8 replaced and counted.
    fn valid<'a>(&self, text: &'a [u8]) -> std::borrow::Cow<'a, [u8]> {
        if std::str::from_utf8(text).is_ok() {
            return text.into();
        }
        let mut valid = Vec::with_capacity(text.len() + 16);
        for chunk in text.utf8_chunks() {
            valid.extend_from_slice(chunk.valid().as_bytes());
            if !chunk.invalid().is_empty() {
                valid.extend_from_slice("\u{FFFD}".as_bytes());
                self.replaced.fetch_add(1, Ordering::Relaxed);
            }
        }
        valid.into()
    }

    fn columns<'a>(&self, batch: &'a Batch, names: &mut Vec<u8>) -> Vec<Printed<'a>> {
        let mut columns = Vec::with_capacity(batch.columns.len());
        for column in &batch.columns {
            let start = names.len();
            quote(&column.name, names);
            names.push(b':');
            let text = self.text_columns.iter().any(|name| **name == *column.name);
            let infer = if text { Infer::None } else { self.infer };
            let name = (start, names.len() - start);
            let id = if infer == Infer::Column { self.id(&column.name) } else { 0 };
            columns.push(Printed { values: &column.values, name, infer, id, numbers: 0, texts: 0 });
        }
        // Room behind the last name, so that it too is copied in one move.
        names.resize(names.len() + 32, b' ');
        columns
    }

    /// The number of a column whose numbers wait.
    fn id(&self, name: &Arc<str>) -> usize {
        let mut deferred = self.deferred.lock().unwrap_or_else(PoisonError::into_inner);
        deferred.iter().position(|known| known == name).unwrap_or_else(|| {
            deferred.push(Arc::clone(name));
            deferred.len() - 1
        })
    }

    fn number(&self, number: Number, out: &mut Vec<u8>) {
        match number {
            Number::Float(value) if !value.is_finite() => out.extend_from_slice(b"null"),
            _ => number.write_rounded(self.precision, out),
        }
    }

    fn count(&self, batch: &Batch, columns: &[Printed<'_>]) {
        let mut mixed = self.mixed.lock().unwrap_or_else(PoisonError::into_inner);
        for (column, printed) in batch.columns.iter().zip(columns) {
            if printed.numbers + printed.texts > 0 && printed.infer != Infer::None {
                let (numbers, texts) = mixed.entry(Arc::clone(&column.name)).or_default();
                *numbers += printed.numbers;
                *texts += printed.texts;
            }
        }
    }
}

/// The texts of a batch, and whether they are known to be UTF-8.
struct Text<'a> {
    encoder: &'a JsonEncoder,
    batch: &'a Batch,
    block_valid: bool,
    side_valid: bool,
}

impl<'a> Text<'a> {
    fn of(encoder: &'a JsonEncoder, batch: &'a Batch) -> Self {
        let block_valid = std::str::from_utf8(batch.block.body()).is_ok();
        let side_valid = std::str::from_utf8(&batch.side).is_ok();
        Self { encoder, batch, block_valid, side_valid }
    }

    /// Appends a field of a record, name and value; false where the record does not have it.
    #[inline(always)]
    fn field<S: Scanner>(
        &self,
        scanner: S,
        row: usize,
        column: &mut Printed<'_>,
        (names, name, length): (&[u8], usize, usize),
        out: &mut Vec<u8>,
    ) -> bool {
        match column.values {
            Values::Cells(cells) => {
                let cell = cells.get(row).copied().unwrap_or(Cell::MISSING);
                if cell.kind() == Kind::Missing {
                    return false;
                }
                append(out, names, name, length);
                self.cell(scanner, cell, column, out);
            }
            Values::Numbers(numbers) => {
                append(out, names, name, length);
                match numbers.get(row) {
                    Some(Some(number)) => self.encoder.number(*number, out),
                    _ => out.extend_from_slice(b"null"),
                }
            }
        }
        true
    }

    /// Appends a cell.
    #[inline(always)]
    fn cell<S: Scanner>(&self, scanner: S, cell: Cell, column: &mut Printed<'_>, out: &mut Vec<u8>) {
        let (start, end) = (cell.start(), cell.start() + cell.len());
        let block = &self.batch.block;
        let (bytes, valid) = if cell.in_side() {
            (&self.batch.side, self.side_valid)
        } else {
            (&block.bytes, self.block_valid && start >= block.start && end <= block.end)
        };
        let bytes: &[u8] = if end <= bytes.len() { bytes } else { b"" };
        match cell.kind() {
            Kind::Bare | Kind::Quoted => {
                if column.infer != Infer::None && is_number(scanner, bytes, start, end) {
                    column.numbers += 1;
                    if column.infer == Infer::Column {
                        return defer(column.id, bytes.get(start..end).unwrap_or_default(), out);
                    }
                    return append(out, bytes, start, end - start);
                }
                let text = bytes.get(start..end).unwrap_or_default();
                if column.infer == Infer::Bool && matches!(text, b"true" | b"false") {
                    out.extend_from_slice(text);
                    return;
                }
                column.texts += 1;
            }
            Kind::Text => {}
            Kind::Number => return append(out, bytes, start, end - start),
            Kind::Null => return append(out, NULL, 0, 4),
            _ => return self.other(cell, column, out),
        }
        if !valid {
            return self.doubtful(bytes.get(start..end).unwrap_or_default(), out);
        }
        out.push(b'"');
        escape(scanner, bytes, start, end, out);
        out.push(b'"');
    }

    /// Appends text that may not be UTF-8.
    #[inline(never)]
    fn doubtful(&self, text: &[u8], out: &mut Vec<u8>) {
        quote(&String::from_utf8_lossy(&self.encoder.valid(text)), out);
    }

    /// Appends a cell of one of the rarer kinds.
    #[inline(never)]
    fn other(&self, cell: Cell, column: &mut Printed<'_>, out: &mut Vec<u8>) {
        let bytes = self.batch.bytes(cell);
        match cell.kind() {
            Kind::True => out.extend_from_slice(b"true"),
            Kind::False => out.extend_from_slice(b"false"),
            Kind::TextRaw => {
                out.push(b'"');
                out.extend_from_slice(&self.encoder.valid(bytes));
                out.push(b'"');
            }
            Kind::Nested => {
                let valid = self.encoder.valid(bytes);
                if memchr::memchr2(b'\n', b'\r', &valid).is_some() {
                    compact(&valid, out);
                } else {
                    out.extend_from_slice(&valid);
                }
            }
            Kind::QuotedRaw => {
                let text = self.batch.text(cell);
                if column.infer != Infer::None && is_number(Portable, &text, 0, text.len()) {
                    column.numbers += 1;
                    match column.infer {
                        Infer::Column => defer(column.id, &text, out),
                        _ => out.extend_from_slice(&text),
                    }
                } else {
                    column.texts += 1;
                    self.doubtful(&text, out);
                }
            }
            _ => out.extend_from_slice(b"null"),
        }
    }
}

/// The word, with room behind it for a wide copy.
const NULL: &[u8; 32] = b"null                            ";
