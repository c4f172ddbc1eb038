//! Writes batches as delimited records.
//!
//! What no stage touched keeps its bytes: whole raw records where the dialect and the columns are the same, and else single
//! cells, quotes included. Neighbouring raw records are copied in one piece.

use std::borrow::Cow;
use std::io::Write;
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::core::data::batch::{Batch, Delimited, Records, Values};
use crate::core::data::cell::{Cell, Kind};
use crate::core::data::number::Number;
use crate::core::error::Result;
use crate::core::format::csv::machine::{self, Place};
use crate::core::format::csv::quoting::Style;
use crate::core::format::csv::reader::header_values;
use crate::core::format::csv::spool;
use crate::core::format::{Encoder, Layout, Quoting, Spool};
use crate::core::scan::append::append;
use crate::core::scan::lanes::Marks;

/// Writes delimited text.
#[derive(Debug)]
pub(super) struct CsvEncoder {
    /// How cells are written.
    pub(super) style: Style,
    /// Whether records end in CRLF.
    pub(super) crlf: bool,
    /// Whether a byte order mark comes first.
    pub(super) bom: bool,
    /// Whether the header record is left out.
    pub(super) no_header: bool,
    /// Most digits after the point of computed numbers.
    pub(super) precision: Option<u8>,
}

/// Where a column of the output comes from.
#[derive(Debug, Clone, Copy)]
enum From<'a> {
    /// The batch does not have it.
    Nowhere,
    /// Spans.
    Cells(&'a [Cell]),
    /// Computed numbers.
    Numbers(&'a [Option<Number>]),
}

/// Which cells of a batch keep their source bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keep {
    /// None: another dialect, or a style that decides for each cell.
    Nothing,
    /// All, and plain ones need no look, since the block has no quotes: no part of it holds a delimiter or a line end.
    Unquoted,
    /// All, but plain ones may have quotes in them.
    Quoted,
}

impl Encoder for CsvEncoder {
    fn layout(&self) -> Layout {
        Layout::Header
    }

    fn copies(&self, source: &Delimited, columns: &[Arc<str>]) -> bool {
        let as_is = !self.crlf && self.style.null.is_empty() && !self.style.escape_formulas;
        as_is && self.keeps(source) && source.columns == columns
    }

    fn start(&self, columns: &[Arc<str>], header: Option<&[u8]>, out: &mut Vec<u8>) {
        if self.bom {
            out.extend_from_slice(b"\xEF\xBB\xBF");
        }
        if self.no_header || columns.is_empty() {
            return;
        }
        if let Some(header) = header
            && self.may_copy_header(columns, header)
        {
            out.extend_from_slice(header);
            if !header.ends_with(b"\n") {
                out.push(b'\n');
            }
            return;
        }
        for (number, name) in columns.iter().enumerate() {
            if number > 0 {
                out.push(self.style.delimiter);
            }
            self.style.name(name, columns.len() == 1, out);
        }
        out.extend_from_slice(self.line_end());
    }

    fn records(&self, batch: &Batch, columns: &[Arc<str>], out: &mut Vec<u8>) -> Result<()> {
        let source = batch.delimited.as_deref();
        if let (Some(raw), Some(source)) = (&batch.raw, source)
            && self.copies(source, columns)
        {
            copy_raw(batch, raw, out);
            return Ok(());
        }
        let keep = match source {
            Some(source) if self.keeps(source) => {
                if memchr::memchr(self.style.quote, batch.block.body()).is_none() {
                    Keep::Unquoted
                } else {
                    Keep::Quoted
                }
            }
            _ => Keep::Nothing,
        };
        let columns: Vec<From<'_>> = batch.find_all(columns).into_iter().map(|at| from(batch, at)).collect();
        let line_end = self.line_end();
        for row in batch.rows() {
            match keep {
                Keep::Nothing => self.fresh_record(batch, &columns, row, out)?,
                keep => self.record(batch, &columns, row, keep, out)?,
            }
            out.extend_from_slice(line_end);
        }
        Ok(())
    }

    fn unspool(&self, spool: &mut dyn Spool, had: usize, columns: &[Arc<str>], out: &mut dyn Write) -> Result<()> {
        let mut padding = Vec::new();
        for number in had..columns.len() {
            if number > 0 {
                padding.push(self.style.delimiter);
            }
            padding.extend_from_slice(&self.style.null);
        }
        spool::pad(spool, self.marks(), &padding, out)
    }

    fn end(&self, _: u64, _: &mut Vec<u8>) {}
}

impl CsvEncoder {
    fn line_end(&self) -> &'static [u8] {
        if self.crlf { b"\r\n" } else { b"\n" }
    }

    fn marks(&self) -> Marks {
        Marks { delimiter: self.style.delimiter, quote: self.style.quote, terminator: b'\n' }
    }

    /// Whether source cells of this layout keep their bytes.
    fn keeps(&self, source: &Delimited) -> bool {
        self.style.quoting == Quoting::Keep
            && source.delimiter == self.style.delimiter
            && source.quote == self.style.quote
    }

    /// Whether the input's header record says just what ours would: it is read in our dialect to find out.
    fn may_copy_header(&self, columns: &[Arc<str>], header: &[u8]) -> bool {
        if self.style.quoting != Quoting::Keep || self.crlf {
            return false;
        }
        let values = header_values(header, self.marks());
        values.len() == columns.len()
            && values
                .iter()
                .zip(columns)
                .all(|(value, name)| String::from_utf8_lossy(value) == **name && !self.style.guards(value))
    }

    /// Appends one record without its line end. Cells that keep their bytes and are neighbours in the source are copied
    /// in one piece, delimiters included.
    fn record(&self, batch: &Batch, columns: &[From<'_>], row: usize, keep: Keep, out: &mut Vec<u8>) -> Result<()> {
        let block = batch.block.bytes.as_slice();
        // The piece that is still to be copied.
        let (mut from, mut to) = (0, 0);
        for (number, column) in columns.iter().enumerate() {
            if let From::Cells(cells) = column
                && let Some((start, end)) = cells.get(row).and_then(|cell| self.source(batch, *cell, keep))
            {
                if number == 0 || start != to + 1 || block.get(to) != Some(&self.style.delimiter) {
                    append(out, block, from, to - from);
                    if number > 0 {
                        out.push(self.style.delimiter);
                    }
                    from = start;
                }
                to = end;
                continue;
            }
            append(out, block, from, to - from);
            (from, to) = (0, 0);
            self.fresh(batch, (number, column), row, out)?;
        }
        append(out, block, from, to - from);
        Ok(())
    }

    /// The same where no cell keeps its bytes.
    fn fresh_record(&self, batch: &Batch, columns: &[From<'_>], row: usize, out: &mut Vec<u8>) -> Result<()> {
        columns.iter().enumerate().try_for_each(|column| self.fresh(batch, column, row, out))
    }

    /// Appends a column's cell, which does not keep its bytes, with the delimiter in front of it.
    #[inline]
    fn fresh(&self, batch: &Batch, (number, column): (usize, &From<'_>), row: usize, out: &mut Vec<u8>) -> Result<()> {
        if number > 0 {
            out.push(self.style.delimiter);
        }
        match column {
            From::Nowhere => out.extend_from_slice(&self.style.null),
            From::Cells(cells) => match cells.get(row).copied().unwrap_or(Cell::MISSING) {
                cell if cell.kind() == Kind::Number && self.style.bare_numbers && !cell.in_side() => {
                    append(out, &batch.block.bytes, cell.start(), cell.len());
                }
                cell => self.cell(batch, cell, out)?,
            },
            From::Numbers(numbers) => match numbers.get(row) {
                Some(Some(number)) => self.number(*number, out)?,
                _ => out.extend_from_slice(&self.style.null),
            },
        }
        Ok(())
    }

    /// Appends one cell that does not keep its bytes.
    fn cell(&self, batch: &Batch, cell: Cell, out: &mut Vec<u8>) -> Result<()> {
        if cell.is_null() {
            out.extend_from_slice(&self.style.null);
            return Ok(());
        }
        match batch.text(cell) {
            Cow::Borrowed(text) => self.style.text(text, out),
            Cow::Owned(text) => self.style.text(&text, out),
        }
    }

    /// The source bytes of a cell, quotes included, if it keeps them: they mean the same anywhere in a record of our
    /// dialect, but for a cell that ends in a carriage return, or that a stage cut out of a longer one.
    #[inline]
    fn source(&self, batch: &Batch, cell: Cell, keep: Keep) -> Option<(usize, usize)> {
        if keep == Keep::Nothing || cell.in_side() {
            return None;
        }
        let (start, end) = (cell.start(), cell.start() + cell.len());
        let bytes = batch.bytes(cell);
        let kept = match cell.kind() {
            Kind::Null => !bytes.is_empty() || self.style.null.is_empty(),
            Kind::Bare | Kind::Quoted if self.style.guards(bytes) => false,
            Kind::QuotedRaw if self.style.escape_formulas => false,
            Kind::Bare if keep == Keep::Unquoted => bytes.last() != Some(&b'\r') && *bytes != *self.style.null,
            Kind::Bare => !self.style.needs_quotes(bytes) || self.reads_back(bytes),
            Kind::QuotedRaw => self.reads_back(bytes),
            Kind::Quoted => {
                let quoted = start.checked_sub(1).and_then(|start| batch.block.bytes.get(start..=end));
                return match quoted {
                    Some([first, .., last]) if *first == self.style.quote && first == last => {
                        Some((start - 1, end + 1))
                    }
                    _ => None,
                };
            }
            _ => false,
        };
        kept.then_some((start, end))
    }

    /// Whether bytes with quotes or carriage returns in them are one cell, the same wherever it stands.
    fn reads_back(&self, bytes: &[u8]) -> bool {
        let mut whole = *bytes != *self.style.null && !bytes.ends_with(b"\r");
        let place = machine::run(bytes, Place::Start, self.marks(), |_, _| {
            whole = false;
            ControlFlow::Break(())
        });
        whole && place != Place::Quoted
    }

    /// Appends a computed number.
    fn number(&self, number: Number, out: &mut Vec<u8>) -> Result<()> {
        let start = out.len();
        number.write_rounded(self.precision, out);
        let written = out.get(start..).unwrap_or_default();
        if self.style.quoting == Quoting::All || self.style.needs_quotes(written) {
            let text = out.split_off(start);
            return self.style.text(&text, out);
        }
        Ok(())
    }
}

/// The column at that position.
fn from(batch: &Batch, at: Option<usize>) -> From<'_> {
    match at.and_then(|at| batch.columns.get(at)).map(|column| &column.values) {
        Some(Values::Cells(cells)) => From::Cells(cells),
        Some(Values::Numbers(numbers)) => From::Numbers(numbers),
        None => From::Nowhere,
    }
}

/// Copies the raw text of the selected records; the very last one gets a line feed if the input ends without.
fn copy_raw(batch: &Batch, raw: &Records, out: &mut Vec<u8>) {
    let bytes = batch.block.bytes.as_slice();
    let mut copy = |start: u32, end: u32| {
        let piece = bytes.get(start as usize..end as usize).unwrap_or_default();
        out.extend_from_slice(piece);
        if !piece.is_empty() && !piece.ends_with(b"\n") {
            out.push(b'\n');
        }
    };
    let (mut from, mut to) = (0, 0);
    for (start, end) in batch.rows().filter_map(|row| raw.spans.get(row).copied()) {
        if start != to {
            copy(from, to);
            from = start;
        }
        to = end;
    }
    copy(from, to);
}
