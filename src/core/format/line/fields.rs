//! The fields of lines, as columns of cells while they are read.

use std::sync::Arc;

use hashbrown::HashMap;

use crate::core::data::batch::{Column, Shapes, Values};
use crate::core::data::cell::{Cell, Kind, MAX_CELL};
use crate::core::format::Scratch;
use crate::core::format::line::Names;
use crate::core::integer::narrow;

/// Most cells of a batch (128 MiB): what bounds memory where every record has names of its own.
const MAX_CELLS: usize = 1 << 24;

/// The fields of the lines read so far. Rows begin with [`Fields::begin`] and end with [`Fields::end`].
pub(crate) struct Fields {
    columns: Vec<Filling>,
    /// Where the line starts in the text, and in which text.
    origin: usize,
    in_side: bool,
    /// Bytes made for cells, which will stand in the side buffer from `base` on.
    fresh: Vec<u8>,
    base: usize,
    /// Rows that have ended.
    rows: usize,
    keyed: Option<Keyed>,
}

/// A column while it is filled.
struct Filling {
    name: Arc<str>,
    /// None where nobody wants it.
    cells: Option<Vec<Cell>>,
}

/// What names are known, where each record has its own.
struct Keyed {
    /// Whether new names make columns.
    grows: bool,
    by_name: HashMap<Vec<u8>, u32, foldhash::fast::RandomState>,
    /// The columns of the row that is being read, in its order.
    order: Vec<u32>,
    orders: Vec<Vec<u32>>,
    known: HashMap<Vec<u32>, u32, foldhash::fast::RandomState>,
    of_row: Vec<u32>,
    /// The column after the last one, which mostly comes next.
    next: u32,
}

impl Fields {
    /// Fields of these names. Of fixed names only the `wanted` are kept; of open ones the batch has just the wanted. Made
    /// bytes will stand in the side buffer from `base` on; they start with the `lexicon`.
    pub(crate) fn new(
        names: &Names,
        wanted: Option<&[String]>,
        lexicon: &[u8],
        base: usize,
        scratch: &mut Scratch,
    ) -> Self {
        let mut fresh = scratch.take_bytes();
        fresh.extend_from_slice(lexicon);
        let mut columns = Vec::new();
        let mut keyed = None;
        match (names, wanted) {
            (Names::Fixed(names), wanted) => {
                for name in names {
                    let kept = wanted.is_none_or(|wanted| wanted.iter().any(|wanted| **wanted == **name));
                    columns.push(Filling { name: Arc::clone(name), cells: kept.then(|| scratch.take_cells()) });
                }
            }
            (Names::Same, _) => {
                columns.push(Filling { name: Arc::from(""), cells: Some(scratch.take_cells()) });
            }
            (Names::Open, wanted) => {
                let mut known = Keyed::new(wanted.is_none());
                for name in wanted.unwrap_or_default() {
                    known.by_name.insert(name.clone().into_bytes(), narrow(columns.len()));
                    columns.push(Filling { name: Arc::from(name.as_str()), cells: Some(scratch.take_cells()) });
                }
                keyed = Some(known);
            }
        }
        Self { columns, origin: 0, in_side: false, fresh, base, rows: 0, keyed }
    }

    /// Starts a row, whose text stands at `origin` of the block or of the side buffer.
    #[inline]
    pub(crate) fn begin(&mut self, origin: usize, in_side: bool) {
        self.origin = origin;
        self.in_side = in_side;
        if let Some(keyed) = &mut self.keyed {
            keyed.order.clear();
            keyed.next = 0;
        }
    }

    /// Puts the bytes `start..end` of the line into a column; empty ones are null.
    #[inline]
    pub(crate) fn put(&mut self, column: usize, kind: Kind, start: usize, end: usize) {
        let len = end.saturating_sub(start).min(MAX_CELL);
        let kind = if len == 0 { Kind::Null } else { kind };
        let at = self.origin + start;
        self.set(column, if self.in_side { Cell::side(kind, at, len) } else { Cell::new(kind, at, len) });
    }

    /// Puts the text `start..end` of the line into a column, also where it is empty.
    #[inline]
    pub(crate) fn text(&mut self, column: usize, start: usize, end: usize) {
        let len = end.saturating_sub(start).min(MAX_CELL);
        let at = self.origin + start;
        self.set(column, if self.in_side { Cell::side(Kind::Text, at, len) } else { Cell::new(Kind::Text, at, len) });
    }

    /// Puts bytes of the lexicon into a column.
    #[inline]
    pub(crate) fn word(&mut self, column: usize, start: usize, len: usize) {
        self.set(column, Cell::side(Kind::Text, self.base + start, len));
    }

    /// Puts a cell without text into a column.
    #[inline]
    pub(crate) fn cell(&mut self, column: usize, cell: Cell) {
        self.set(column, cell);
    }

    /// Whether anybody wants a column.
    #[inline]
    pub(crate) fn wants(&self, column: usize) -> bool {
        self.columns.get(column).is_some_and(|column| column.cells.is_some())
    }

    /// Puts what `make` appends into a column.
    pub(crate) fn made(&mut self, column: usize, kind: Kind, make: impl FnOnce(&mut Vec<u8>)) {
        if !self.wants(column) {
            return;
        }
        let start = self.fresh.len();
        make(&mut self.fresh);
        let len = (self.fresh.len() - start).min(MAX_CELL);
        self.set(column, Cell::side(kind, self.base + start, len));
    }

    /// The column of a name, where records have names of their own; none where nobody wants it.
    pub(crate) fn named(&mut self, name: &[u8]) -> Option<usize> {
        let keyed = self.keyed.as_mut()?;
        let next = keyed.next as usize;
        let column = match self.columns.get(next) {
            Some(column) if column.name.as_bytes() == name => narrow(next),
            _ => match keyed.by_name.get(name) {
                Some(column) => *column,
                None if keyed.grows => {
                    // Names that are not UTF-8 may come out the same; columns have different ones.
                    let shown = String::from_utf8_lossy(name);
                    let column = keyed.by_name.get(shown.as_bytes()).copied().unwrap_or(narrow(self.columns.len()));
                    keyed.by_name.insert(name.to_vec(), column);
                    if column as usize == self.columns.len() {
                        keyed.by_name.insert(shown.as_bytes().to_vec(), column);
                        self.columns.push(Filling { name: Arc::from(shown), cells: Some(Vec::new()) });
                    }
                    column
                }
                None => return None,
            },
        };
        keyed.next = column + 1;
        if !keyed.order.contains(&column) {
            keyed.order.push(column);
        }
        Some(column as usize)
    }

    #[inline]
    fn set(&mut self, column: usize, cell: Cell) {
        let filler = if self.keyed.is_some() { Cell::MISSING } else { Cell::NULL };
        if let Some(Filling { cells: Some(cells), .. }) = self.columns.get_mut(column) {
            if cells.len() < self.rows {
                cells.resize(self.rows, filler);
            }
            match cells.get_mut(self.rows) {
                Some(there) => *there = cell,
                None => cells.push(cell),
            }
        }
    }

    /// Takes back what was put since the row began; the row itself may still end, as one of nulls.
    pub(crate) fn abandon(&mut self) {
        for cells in self.columns.iter_mut().filter_map(|column| column.cells.as_mut()) {
            cells.truncate(self.rows);
        }
        if let Some(keyed) = &mut self.keyed {
            keyed.order.clear();
        }
    }

    /// Ends the row.
    #[inline]
    pub(crate) fn end(&mut self) {
        self.rows += 1;
        if let Some(keyed) = &mut self.keyed {
            keyed.end();
        }
    }

    /// Number of rows that have ended.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// Whether there are more cells than a batch may have, because records have too many names of their own.
    pub(crate) fn overflow(&self) -> bool {
        self.keyed.is_some() && self.columns.len().saturating_mul(self.rows) > MAX_CELLS
    }

    /// Whether the made bytes leave no room for another line's.
    pub(crate) fn full(&self) -> bool {
        self.base + self.fresh.len() > u32::MAX as usize - MAX_CELL
    }

    /// The columns, their order in each row where rows differ, and the made bytes.
    pub(crate) fn finish(self) -> (Vec<Column>, Option<Shapes>, Vec<u8>) {
        let rows = self.rows;
        let filler = if self.keyed.is_some() { Cell::MISSING } else { Cell::NULL };
        let mut columns = Vec::with_capacity(self.columns.len());
        for Filling { name, cells } in self.columns {
            if let Some(mut cells) = cells {
                cells.resize(rows, filler);
                columns.push(Column { name, values: Values::Cells(cells) });
            }
        }
        // A line that was taken back may have left columns in front of those that all records have in one order.
        let differs = |keyed: &Keyed| match keyed.orders.as_slice() {
            [order] => !order.iter().copied().eq(0..narrow(columns.len())),
            orders => !orders.is_empty(),
        };
        let shapes = self.keyed.filter(|keyed| keyed.grows && differs(keyed)).map(|keyed| {
            let Keyed { orders, of_row, .. } = keyed;
            Shapes { orders, of_row }
        });
        (columns, shapes, self.fresh)
    }
}

impl Keyed {
    fn new(grows: bool) -> Self {
        Self {
            grows,
            by_name: HashMap::default(),
            order: Vec::new(),
            orders: Vec::new(),
            known: HashMap::default(),
            of_row: Vec::new(),
            next: 0,
        }
    }

    /// Files the order of the row that ends.
    fn end(&mut self) {
        if !self.grows {
            return;
        }
        let last = self.of_row.last().copied();
        if let Some(last) = last.filter(|last| self.orders.get(*last as usize) == Some(&self.order)) {
            self.of_row.push(last);
            return;
        }
        let index = self.known.get(&self.order).copied().unwrap_or_else(|| {
            let index = narrow(self.orders.len());
            self.orders.push(self.order.clone());
            self.known.insert(self.order.clone(), index);
            index
        });
        self.of_row.push(index);
    }
}
