//! `--explode`: a record for each element of a list.
//!
//! Elements are copied as they stand in the source. A value that is no list stays one record, and so does an empty list,
//! with null: no record is lost.

use std::sync::Arc;

use crate::core::data::batch::{Batch, Column, RowFailure, Values, store};
use crate::core::data::cell::{Cell, Kind};
use crate::core::data::value::Value;
use crate::core::error::{Code, Problem, Result};
use crate::core::exec::cancel::Cancel;
use crate::core::format::flatten::cell_at;
use crate::core::format::json::path::{element_spans, is_json, member_spans};
use crate::core::integer::narrow;
use crate::core::registry::{Example, Row};
use crate::process::stage::names::{Found, Name, split_by, unquote};
use crate::process::stage::repeat::{Renumber, check_size, repeat};
use crate::process::stage::{Columns, Needs, Operation, Rows, Scope, Setup, Stage, StageKind, Written};

/// The row of the table.
pub(crate) const ROW: Row<StageKind> = Row {
    name: "explode",
    aliases: &[],
    usage: "--explode 'COLUMN [by \";\"]'",
    summary: "One record for each element of a list; text by a separator, an array, or an object as key and value",
    examples: &[
        Example { input: "mytools process --explode 'tags by \";\"'", output: "one record for each tag" },
        Example { input: "mytools process --explode items", output: "one record for each element of the array" },
    ],
    item: StageKind { short: None, value: Some("COLUMN"), attach: &[], build },
};

fn build(written: &Written, setup: &Setup) -> Result<Box<dyn Stage>> {
    let (column, by) = split_by(&written.value);
    let by = match by.map(|by| unquote(by).0.replace("\\t", "\t").replace("\\n", "\n")) {
        Some(by) if by.is_empty() => {
            let problem = Problem::new(Code::Usage, "the separator in --explode is empty");
            return Err(problem.hint("write --explode 'tags by \";\"'").into());
        }
        by => by.map(String::into_bytes),
    };
    let name = Name::new(column, &setup.env)?;
    Ok(Box::new(Explode { text: written.value.clone(), name, by, cancel: setup.cancel.clone() }))
}

struct Explode {
    text: String,
    name: Name,
    by: Option<Vec<u8>>,
    cancel: Cancel,
}

impl Stage for Explode {
    fn explain(&self) -> String {
        format!("explode {}", self.text)
    }

    fn columns(&self, before: &Columns) -> Result<Columns> {
        before.check(&self.name.text)?;
        let mut after = before.clone();
        let at = after.names.iter().position(|name| **name == *self.name.text);
        if at.is_none() && !after.open {
            after.names.push(Arc::from(self.name.text.as_str()));
        }
        if self.by.is_none() {
            // Only reading tells whether there are objects.
            after.open = true;
            for name in ["key", "value"] {
                if !after.names.iter().any(|known| **known == *name) {
                    after.names.push(Arc::from(name));
                }
            }
        }
        Ok(after)
    }

    fn needs(&self, after: Needs) -> Needs {
        after.decoded().and([self.name.text.clone()])
    }

    fn keeps_file(&self) -> bool {
        true
    }

    fn operation(&self) -> Result<Operation> {
        Ok(Operation::Rows(Box::new(Exploding {
            name: self.name.clone(),
            by: self.by.clone(),
            renumber: Renumber::new(&self.cancel),
        })))
    }
}

struct Exploding {
    name: Name,
    by: Option<Vec<u8>>,
    renumber: Renumber,
}

/// What comes out of the records of a batch.
#[derive(Default)]
struct Exploded {
    /// The record each is of.
    from: Vec<u32>,
    /// The column itself, and where it is an object, key and value.
    whole: Vec<Cell>,
    keys: Vec<Cell>,
    values: Vec<Cell>,
    /// Whether any was an object.
    objects: bool,
}

impl Exploded {
    fn push(&mut self, row: usize, cell: Cell) {
        self.from.push(narrow(row));
        self.whole.push(cell);
        self.keys.push(Cell::MISSING);
        self.values.push(Cell::MISSING);
    }

    fn push_member(&mut self, row: usize, key: Cell, value: Cell) {
        self.push(row, Cell::MISSING);
        if let (Some(last), Some(place)) = (self.keys.last_mut(), self.values.last_mut()) {
            (*last, *place) = (key, value);
        }
        self.objects = true;
    }
}

impl Exploding {
    fn explode(&self, batch: &mut Batch, cells: &[Cell]) -> Result<Exploded> {
        let mut out = Exploded::default();
        let mut side = std::mem::take(&mut batch.side);
        for row in batch.rows().collect::<Vec<_>>() {
            let cell = cells.get(row).copied().unwrap_or(Cell::MISSING);
            // Cells of the side buffer are copied to its end first, so that it may grow.
            let source = if cell.in_side() {
                side.get(cell.start()..cell.start() + cell.len()).unwrap_or_default().to_vec()
            } else {
                batch.text(cell).into_owned()
            };
            self.cell(row, cell, &source, &mut side, &mut out);
            check_size("explode", out.from.len(), side.len())?;
        }
        batch.side = side;
        Ok(out)
    }

    fn cell(&self, row: usize, cell: Cell, source: &[u8], side: &mut Vec<u8>, out: &mut Exploded) {
        let untyped = matches!(cell.kind(), Kind::Bare | Kind::Quoted | Kind::QuotedRaw);
        let text = untyped || matches!(cell.kind(), Kind::Text | Kind::TextRaw);
        if text && let Some(by) = &self.by {
            let mut rest = source;
            loop {
                let end = memchr::memmem::find(rest, by);
                let piece = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
                let value = if untyped { Value::Bare(piece.into()) } else { Value::Text(piece.into()) };
                out.push(row, store(side, &value));
                match end {
                    Some(end) => rest = rest.get(end + by.len()..).unwrap_or_default(),
                    None => return,
                }
            }
        }
        let array = source.first() == Some(&b'[') && (cell.kind() == Kind::Nested || untyped && is_json(source));
        let object = source.first() == Some(&b'{') && self.by.is_none();
        let object = object && (cell.kind() == Kind::Nested || untyped && is_json(source));
        let start = side.len();
        let before = out.from.len();
        if array || object {
            side.extend_from_slice(source);
        }
        if array {
            element_spans(source).for_each(|span| out.push(row, cell_at(true, source, start, span)));
        } else if object {
            for (key, value) in member_spans(source) {
                let escaped = source.get(key.clone()).is_some_and(|key| key.contains(&b'\\'));
                let kind = if escaped { Kind::TextRaw } else { Kind::Text };
                let name = Cell::side(kind, start + key.start, key.len());
                out.push_member(row, name, cell_at(true, source, start, value));
            }
        } else {
            out.push(row, cell);
        }
        if out.from.len() == before {
            out.push(row, Cell::NULL);
        }
    }
}

impl Rows for Exploding {
    fn apply(&self, batch: &mut Batch, scope: &mut Scope<'_>) -> Result<()> {
        let (at, cells) = match self.name.find(batch) {
            Found::Column(at) => match batch.columns.get(at).map(|column| &column.values) {
                Some(Values::Cells(cells)) => (Some(at), cells.clone()),
                _ => (None, Vec::new()),
            },
            Found::Values(Values::Cells(cells)) => (None, cells),
            _ => (None, Vec::new()),
        };
        if !cells.is_empty() {
            let exploded = self.explode(batch, &cells)?;
            repeat(batch, &exploded.from);
            scope.remarks.remade(&exploded.from);
            if let Some(failure) = put(batch, at, &self.name.text, exploded) {
                scope.fail(batch, failure);
            }
        }
        batch.raw = None;
        self.renumber.place(batch, scope.seq)
    }
}

/// Puts the elements in the column's place, and keys and values behind it. Gives the first record that has a field of
/// its own of such a name.
fn put(batch: &mut Batch, at: Option<usize>, name: &str, exploded: Exploded) -> Option<RowFailure> {
    let Exploded { whole, keys, values, objects, .. } = exploded;
    let is = |cells: &[Cell], row: usize| cells.get(row).is_some_and(|cell| cell.kind() != Kind::Missing);
    let at = at.unwrap_or(batch.columns.len());
    let mut width = batch.columns.len().max(at + 1);
    let mut others = Vec::new();
    for name in ["key", "value"].into_iter().filter(|_| objects) {
        let there = batch.find(name).unwrap_or(width);
        width = width.max(there + 1);
        others.push((there, name));
    }
    order(batch, at, &others, |row| match (is(&keys, row), is(&whole, row)) {
        (true, _) => MEMBER,
        (_, true) => ELEMENT,
        _ => NEITHER,
    });
    match batch.columns.get_mut(at) {
        Some(column) => column.values = Values::Cells(whole),
        None => batch.columns.push(Column { name: Arc::from(name), values: Values::Cells(whole) }),
    }
    let mut taken: Option<(usize, &str)> = None;
    for ((there, name), cells) in others.into_iter().zip([keys, values]) {
        let Some(column) = batch.columns.get_mut(there) else {
            batch.columns.push(Column { name: Arc::from(name), values: Values::Cells(cells) });
            continue;
        };
        let own = |row: usize| match &column.values {
            Values::Cells(old) => is(old, row),
            Values::Numbers(_) => true,
        };
        let clash = (0..cells.len()).filter(|row| is(&cells, *row)).find(|row| own(*row)).filter(|_| there != at);
        if let Some(row) = clash.filter(|row| taken.is_none_or(|(first, _)| *row < first)) {
            taken = Some((row, name));
        }
        if let Values::Cells(old) = &mut column.values {
            let cells = old.iter_mut().zip(cells);
            cells.filter(|(_, cell)| cell.kind() != Kind::Missing).for_each(|(old, cell)| *old = cell);
        }
    }
    taken.map(|(row, name)| {
        let problem = Problem::new(Code::Data, format!("--explode gives a record a second column '{name}'"));
        RowFailure { row, error: problem.hint(format!("--rename or --drop '{name}' before")).into() }
    })
}

/// What a record has of an exploded column: nothing, an element, or a member of an object.
const NEITHER: u8 = 0;
const ELEMENT: u8 = 1;
const MEMBER: u8 = 2;

/// Gives the column to the records that have it, and key and value, directly behind it, to those of objects.
fn order(batch: &mut Batch, at: usize, others: &[(usize, &str)], has: impl Fn(usize) -> u8) {
    if others.is_empty() && batch.shapes.is_none() && at < batch.columns.len() {
        return;
    }
    let at = narrow(at);
    let others: Vec<u32> = others.iter().map(|(there, _)| narrow(*there)).collect();
    batch.reorder(has, |has, order| {
        if has != NEITHER && !order.contains(&at) {
            order.push(at);
        }
        if has == MEMBER {
            order.retain(|column| *column == at || !others.contains(column));
            let behind = order.iter().position(|column| *column == at).map_or(order.len(), |at| at + 1);
            order.splice(behind..behind, others.iter().copied().filter(|other| *other != at));
        }
    });
}
