//! Turns a block of delimited records into a batch: index the structure, lay the grid over it, then make cells of the
//! wanted columns only, one column at a time.

use std::collections::HashSet;
use std::sync::Arc;

use crate::core::block::Block;
use crate::core::data::batch::{Batch, Column, Delimited, Dialect, Records, Values};
use crate::core::data::cell::{Cell, Kind};
use crate::core::format::csv::boundary::Quotes;
use crate::core::format::csv::grid::{self, Grid, Shape};
use crate::core::format::csv::machine;
use crate::core::format::{Decoder, Fault, Projection, Ragged, Scratch};
use crate::core::input::boundary::Boundary;
use crate::core::integer::narrow;
use crate::core::scan::delimited::{self, Structure};
use crate::core::scan::lanes::Marks;

/// Decodes the blocks of one input.
#[derive(Debug)]
pub(super) struct CsvDecoder {
    /// How the input is laid out.
    pub(super) layout: Arc<Delimited>,
    /// Whether raw records and source cells may be copied: not from files with lone carriage returns as record ends.
    pub(super) copyable: bool,
    /// How records end.
    pub(super) boundary: Quotes,
    /// Text that stands for null.
    pub(super) null_value: Option<Vec<u8>>,
    /// What to do with records of another length.
    pub(super) ragged: Ragged,
    /// Whether records of another length are kept elsewhere.
    pub(super) rejects: bool,
    /// The byte that starts comments.
    pub(super) comment: Option<u8>,
    /// What gave the number of columns, for messages.
    pub(super) authority: &'static str,
}

impl Decoder for CsvDecoder {
    fn boundary(&self) -> &dyn Boundary {
        &self.boundary
    }

    fn delimited(&self) -> Option<Arc<Delimited>> {
        self.copyable.then(|| Arc::clone(&self.layout))
    }

    fn decode(&self, block: Block, projection: &Projection, scratch: &mut Scratch) -> (Batch, Option<Fault>) {
        let delimited = self.delimited();
        if u32::try_from(block.bytes.len()).is_err() {
            let fault = Fault::new(block.start, "record is longer than 4 GiB");
            return (Batch { block, delimited, ..Batch::default() }, Some(fault));
        }
        if self.layout.columns.is_empty() {
            return (Batch { block, delimited, ..Batch::default() }, None);
        }
        let (grid, structure, fault) = self.grid(&block, scratch);
        // Records that were padded or cut cannot be copied, and if only their neighbours were, line ends would depend on
        // which records share a block.
        let copy = projection.raw && self.copyable && self.ragged != Ragged::Pad;
        let raw = copy.then(|| self.records(&block, &grid, scratch));
        let wanted = match &projection.columns {
            Some(names) if raw.is_some() || !projection.raw => Some(Names::new(names)),
            _ => None,
        };
        let mut columns = Vec::new();
        for (number, name) in self.layout.columns.iter().enumerate() {
            if wanted.as_ref().is_none_or(|names| names.contains(name)) {
                let mut cells = scratch.take_cells();
                self.cells(&block, &grid, structure, number, &mut cells);
                columns.push(Column { name: Arc::clone(name), values: Values::Cells(cells) });
            }
        }
        let rows = grid.rows;
        let Grid { irregular, rejected, index, .. } = grid;
        scratch.keep_indices(index);
        (Batch { block, rows, raw, delimited, columns, irregular, rejected, ..Batch::default() }, fault)
    }
}

/// The names of wanted columns: few are looked through, many are looked up.
enum Names<'a> {
    Few(&'a [String]),
    Many(HashSet<&'a str>),
}

impl<'a> Names<'a> {
    fn new(names: &'a [String]) -> Self {
        if names.len() < 16 { Self::Few(names) } else { Self::Many(names.iter().map(String::as_str).collect()) }
    }

    fn contains(&self, name: &str) -> bool {
        match self {
            Self::Few(names) => names.iter().any(|wanted| wanted == name),
            Self::Many(names) => names.contains(name),
        }
    }
}

impl CsvDecoder {
    fn marks(&self) -> Marks {
        self.boundary.marks
    }

    /// Finds the records and cells of a block.
    fn grid(&self, block: &Block, scratch: &mut Scratch) -> (Grid, Structure, Option<Fault>) {
        let body = block.body();
        let start = narrow(block.start);
        let mut index = scratch.take_indices();
        index.push(start.wrapping_sub(1));
        let structure = delimited::index(body, self.marks(), start, &mut index).unwrap_or_else(|| {
            index.truncate(1);
            machine::index(body, self.marks(), start, &mut index)
        });
        let shape = Shape {
            columns: self.layout.columns.len(),
            terminator: self.marks().terminator,
            ragged: self.ragged,
            rejects: self.rejects,
            comment: self.comment,
            authority: self.authority,
        };
        let mut spare = scratch.take_indices();
        let end = block.start + body.len();
        let (grid, fault) = grid::build(index, &mut spare, structure, &block.bytes, end, shape);
        scratch.keep_indices(spare);
        (grid, structure, fault)
    }

    /// The raw spans of the records.
    fn records(&self, block: &Block, grid: &Grid, scratch: &mut Scratch) -> Records {
        let mut spans = scratch.take_spans();
        let columns = self.layout.columns.len();
        let end = narrow(block.end);
        let position = |at: usize| grid.index.get(at).copied().unwrap_or(end).wrapping_add(1);
        spans.extend((0..grid.rows).map(|row| {
            let front = row * grid.stride;
            (position(front), end.min(position(front + columns)))
        }));
        let dialect = Dialect::Delimited { delimiter: self.layout.delimiter, quote: self.layout.quote };
        Records { dialect, spans }
    }

    /// The cells of one column. The `if`s about the block are decided here, once; the loops have none of them.
    fn cells(&self, block: &Block, grid: &Grid, structure: Structure, column: usize, cells: &mut Vec<Cell>) {
        let bytes = block.bytes.as_slice();
        let quote = self.marks().quote;
        let returns = column + 1 == self.layout.columns.len() && self.marks().terminator == b'\n';
        let trim = |start: usize, end: usize| if returns { without_return(bytes, block.end, start, end) } else { end };
        match (&self.null_value, structure.quoted) {
            (None, false) if !returns => fill(grid, column, cells, bare),
            (None, false) => fill(grid, column, cells, |start, end| bare(start, trim(start, end))),
            (None, true) => {
                fill(grid, column, cells, |start, end| any(bytes, quote, structure.doubled, start, trim(start, end)));
            }
            (Some(null), _) => fill(grid, column, cells, |start, end| {
                let end = trim(start, end);
                if bytes.get(start..end) == Some(null.as_slice()) && bytes.get(start) != Some(&quote) {
                    return Cell::new(Kind::Null, start, end - start);
                }
                any(bytes, quote, structure.doubled, start, end)
            }),
        }
    }
}

/// Appends a cell for each record, made from its first byte and the position after its last. A loop over a range, since
/// its length is known: stepping iterators measured half as fast.
#[inline]
fn fill(grid: &Grid, column: usize, cells: &mut Vec<Cell>, make: impl Fn(usize, usize) -> Cell) {
    let (index, stride) = (grid.index.as_slice(), grid.stride);
    cells.extend((0..grid.rows).map(|row| {
        let at = row * stride + column;
        match index.get(at..at + 2) {
            Some(&[front, end]) => {
                // In a padded record the start of a missing cell lies after its end.
                let start = front.wrapping_add(1);
                make(start as usize, end.max(start) as usize)
            }
            _ => Cell::NULL,
        }
    }));
}

/// A cell of a block without quotes.
#[inline]
fn bare(start: usize, end: usize) -> Cell {
    let len = end - start;
    Cell::new(if len == 0 { Kind::Null } else { Kind::Bare }, start, len)
}

/// Any cell. `doubled` says whether it may have quotes inside its outer ones.
#[inline]
fn any(bytes: &[u8], quote: u8, doubled: bool, start: usize, end: usize) -> Cell {
    let source = bytes.get(start..end).unwrap_or_default();
    match source {
        [first, ..] if *first != quote => Cell::new(Kind::Bare, start, end - start),
        [] => Cell::new(Kind::Null, start, 0),
        [_, inner @ .., last] if *last == quote && !(doubled && memchr::memchr(quote, inner).is_some()) => {
            Cell::new(Kind::Quoted, start + 1, end - start - 2)
        }
        _ => Cell::new(Kind::QuotedRaw, start, end - start),
    }
}

/// The end of a record's last cell without the carriage return of its line end. At the end of the data a carriage
/// return is taken for the first half of one.
#[inline]
fn without_return(bytes: &[u8], block_end: usize, start: usize, end: usize) -> usize {
    let returned =
        end > start && bytes.get(end - 1) == Some(&b'\r') && (end >= block_end || bytes.get(end) == Some(&b'\n'));
    end - usize::from(returned)
}
