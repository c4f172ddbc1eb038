//! The columns of a batch while its records are read: which keys become which columns, and their cells.

use std::sync::Arc;

use hashbrown::HashMap;

use crate::core::data::batch::{Column, Values, unescape};
use crate::core::data::cell::{Cell, Kind, MAX_CELL};
use crate::core::data::value::Value;
use crate::core::format::json::fault::{Bad, What, bad};
use crate::core::format::json::path::{self, Segment};
use crate::core::format::json::shape::Action;
use crate::core::format::{Projection, Scratch};
use crate::core::integer::narrow;

/// The column of values that are not objects.
pub(crate) const VALUE: &str = "value";

/// Most cells of a batch (512 MiB): what bounds memory where every record has keys of its own.
const MAX_CELLS: usize = 1 << 26;

/// What a key's value is wanted for: the column of just that name, and columns of paths into it.
#[derive(Debug, Default)]
struct Targets {
    exact: Option<u32>,
    paths: Vec<(u32, Vec<Segment>)>,
}

/// The columns so far.
#[derive(Debug)]
pub(crate) struct Columns {
    names: Vec<Arc<str>>,
    cells: Vec<Vec<Cell>>,
    /// By the source text of a key, or by its unescaped text.
    actions: HashMap<Vec<u8>, Action, foldhash::fast::RandomState>,
    targets: Vec<Targets>,
    /// For columns of paths: one past the last record that has a key of exactly the column's name.
    exact: Vec<usize>,
    /// Whether keys make columns.
    open: bool,
}

impl Columns {
    /// The columns of a projection, or none yet.
    pub(crate) fn new(projection: &Projection, scratch: &mut Scratch) -> Self {
        let mut columns = Self {
            names: Vec::new(),
            cells: Vec::new(),
            actions: HashMap::default(),
            targets: Vec::new(),
            exact: Vec::new(),
            open: projection.columns.is_none(),
        };
        let mut wanted: HashMap<Vec<u8>, Targets, foldhash::fast::RandomState> = HashMap::default();
        for (index, name) in projection.columns.iter().flatten().enumerate() {
            columns.names.push(Arc::from(name.as_str()));
            columns.cells.push(scratch.take_cells());
            wanted.entry(name.clone().into_bytes()).or_default().exact = Some(narrow(index));
            if let Some(segments) = path::parse(name)
                && let Some((Segment::Key(key), rest)) = segments.split_first()
                && key != name
            {
                wanted.entry(key.clone().into_bytes()).or_default().paths.push((narrow(index), rest.to_vec()));
            }
        }
        columns.exact = vec![0; columns.names.len()];
        for (key, targets) in wanted {
            let exact_only = targets.exact.filter(|_| targets.paths.is_empty());
            // A column of a path must learn that a record has its exact name, so it goes the long way.
            let is_path = |column: u32| {
                columns
                    .names
                    .get(column as usize)
                    .is_some_and(|name| path::parse(name).is_some_and(|path| path.len() > 1))
            };
            let action = match exact_only {
                Some(column) if !is_path(column) => Action::Column(column),
                _ => {
                    columns.targets.push(targets);
                    Action::Targets(narrow(columns.targets.len()) - 1)
                }
            };
            columns.actions.insert(key, action);
        }
        columns
    }

    /// Number of columns.
    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    /// What to do with the value of a key, given the inside of its quotes. A new key makes a column where all are wanted.
    #[inline(never)]
    pub(crate) fn action(&mut self, source: &[u8], escaped: bool, scratch: &mut Scratch) -> Action {
        if let Some(action) = self.actions.get(source)
            && !escaped
        {
            return *action;
        }
        let text = if escaped { unescape(source) } else { source.to_vec() };
        if let Some(action) = self.actions.get(&text) {
            return *action;
        }
        if !self.open {
            return Action::Skip;
        }
        // Keys that are not UTF-8 may come out the same; columns have different names.
        let shown = String::from_utf8_lossy(&text);
        let known = self.actions.get(shown.as_bytes()).copied();
        let action = known.unwrap_or_else(|| {
            let action = Action::Column(narrow(self.names.len()));
            self.actions.insert(shown.as_bytes().to_vec(), action);
            self.names.push(Arc::from(&*shown));
            self.cells.push(scratch.take_cells());
            action
        });
        self.actions.insert(text, action);
        action
    }

    /// Puts a value into a column for record `row`. A second value of a record replaces the first.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "part of the hot loop")]
    pub(crate) fn set(&mut self, column: u32, row: usize, kind: Kind, start: usize, stop: usize) -> Result<(), Bad> {
        let length = stop - start;
        if length > MAX_CELL {
            return bad(start, What::Length);
        }
        if let Some(cells) = self.cells.get_mut(column as usize) {
            put(cells, row, Cell::new(kind, start, length));
        }
        Ok(())
    }

    /// Puts a value, and parts of it, into the columns of a list of targets.
    #[inline(never)]
    pub(crate) fn set_targets(
        &mut self,
        list: u32,
        row: usize,
        kind: Kind,
        start: usize,
        stop: usize,
        bytes: &[u8],
    ) -> Result<(), Bad> {
        let length = stop - start;
        if length > MAX_CELL {
            return bad(start, What::Length);
        }
        let Some(targets) = self.targets.get(list as usize) else {
            return Ok(());
        };
        if let Some(column) = targets.exact
            && let Some(cells) = self.cells.get_mut(column as usize)
        {
            put(cells, row, Cell::new(kind, start, length));
            if let Some(exact) = self.exact.get_mut(column as usize) {
                *exact = row + 1;
            }
        }
        for (column, path) in &targets.paths {
            if self.exact.get(*column as usize) == Some(&(row + 1)) {
                continue;
            }
            let text = bytes.get(start..stop).unwrap_or_default();
            let span = if kind == Kind::Nested { path::span(text, path) } else { None };
            let cell = span.map_or(Cell::MISSING, |span| cell_of(bytes, start + span.start, start + span.end));
            if let Some(cells) = self.cells.get_mut(*column as usize) {
                put(cells, row, cell);
            }
        }
        Ok(())
    }

    /// Whether the cells of so many records would be too many.
    #[inline]
    pub(crate) fn overflow(&self, rows: usize) -> bool {
        self.names.len().saturating_mul(rows) > MAX_CELLS
    }

    /// The finished columns of `rows` records; columns from `known` on came with a record that failed.
    pub(crate) fn finish(mut self, rows: usize, known: usize) -> Vec<Column> {
        if self.open {
            self.names.truncate(known);
        }
        for cells in &mut self.cells {
            cells.resize(rows, Cell::MISSING);
        }
        let columns = self.names.into_iter().zip(self.cells);
        columns.map(|(name, cells)| Column { name, values: Values::Cells(cells) }).collect()
    }
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "part of the hot loop")]
fn put(cells: &mut Vec<Cell>, row: usize, cell: Cell) {
    if cells.len() < row {
        cells.resize(row, Cell::MISSING);
    }
    if cells.len() == row {
        cells.push(cell);
    } else if let Some(last) = cells.get_mut(row) {
        *last = cell;
    }
}

/// The cell over a valid value at `bytes[start..end]`.
pub(crate) fn cell_of(bytes: &[u8], start: usize, end: usize) -> Cell {
    let text = bytes.get(start..end).unwrap_or_default();
    if text.len() > MAX_CELL {
        return Cell::NULL;
    }
    match path::value(text) {
        Value::Missing => Cell::MISSING,
        Value::Null => Cell::NULL,
        Value::Bool(true) => Cell::new(Kind::True, start, text.len()),
        Value::Bool(false) => Cell::new(Kind::False, start, text.len()),
        Value::Text(_) => {
            let inside = text.get(1..text.len() - 1).unwrap_or_default();
            let kind = if memchr::memchr(b'\\', inside).is_some() { Kind::TextRaw } else { Kind::Text };
            Cell::new(kind, start + 1, inside.len())
        }
        Value::Nested(_) => Cell::new(Kind::Nested, start, text.len()),
        _ => Cell::new(Kind::Number, start, text.len()),
    }
}
