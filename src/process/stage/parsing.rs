//! What `--parse` and `--extract` share: a parser of cells run on a column of each batch, whose fields become columns.
//!
//! Fields replace columns of their names in place and come behind the others where there are none. The column that was
//! parsed stays, except where its one value takes its place. A value that the parser cannot read gives nulls and is counted,
//! or ends the run under `--strict`.

use std::sync::{Arc, OnceLock};

use hashbrown::HashMap;

use crate::core::data::batch::{Batch, Column, RowFailure, Shapes, Values};
use crate::core::data::cell::{Cell, Kind};
use crate::core::data::value::Value;
use crate::core::error::{Code, Problem, Result};
use crate::core::format::line::fields::Fields;
use crate::core::format::line::{CellParser, Miss, Names, Text};
use crate::core::integer::narrow;
use crate::process::expr::Marks;
use crate::process::stage::derive::put;
use crate::process::stage::names::{Found, Name, root};
use crate::process::stage::remarks::{Tell, Told};
use crate::process::stage::{Columns, Needs, Operation, Rows, Scope, Stage};

/// A parser and the column it reads.
pub(crate) struct Parsing {
    /// The stage as written, for `--explain`.
    pub(crate) text: String,
    /// The column.
    pub(crate) source: Name,
    /// What its values should be, for messages: `combined`.
    pub(crate) what: String,
    /// The parser.
    pub(crate) parser: Arc<dyn CellParser>,
    /// What a value that does not fit is.
    pub(crate) misfits: Misfits,
    /// The columns before the stage.
    pub(crate) settled: OnceLock<Vec<Arc<str>>>,
    /// The fields that later stages want; all where none.
    pub(crate) wanted: OnceLock<Option<Vec<String>>>,
}

/// What a value that does not fit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Misfits {
    /// One of those that are left null without a word.
    Silent,
    /// Null, and counted.
    Counted,
    /// An error.
    Errors,
}

impl Stage for Parsing {
    fn explain(&self) -> String {
        self.text.clone()
    }

    fn columns(&self, before: &Columns) -> Result<Columns> {
        before.check(&self.source.text)?;
        let _ = self.settled.set(before.names.clone());
        let mut after = before.clone();
        match self.parser.names() {
            Names::Fixed(names) => {
                for name in names {
                    if !after.names.contains(&name) {
                        after.names.push(name);
                    }
                }
            }
            Names::Open => {
                after.open = true;
                // What is asked for from here on may be one of the fields, which no input knows of.
                after.asked = Arc::default();
            }
            Names::Same => {
                let known = before.names.iter().any(|name| **name == *self.source.text);
                if !known && before.names.iter().any(|name| **name == *root(&self.source.text)) {
                    let problem = Problem::new(Code::Plan, format!("'{}' is inside a column", self.source.text));
                    return Err(problem.hint("select it first, or parse the whole column").into());
                }
            }
        }
        Ok(after)
    }

    fn needs(&self, after: Needs) -> Needs {
        let Needs::Only(mut names) = after.decoded() else {
            let _ = self.wanted.set(None);
            return Needs::All;
        };
        if let Names::Fixed(fields) = self.parser.names() {
            let settled = self.settled.get();
            let exact = |path: &str| settled.is_some_and(|known| known.iter().any(|name| **name == *path));
            let field = |path: &str| fields.iter().any(|field| **field == *path);
            let made = |path: &str| field(path) || field(root(path)) && !exact(path);
            let wanted =
                fields.iter().filter(|field| names.iter().any(|path| **path == ***field || *root(path) == ***field));
            let _ = self.wanted.set(Some(wanted.map(ToString::to_string).collect()));
            names.retain(|path| !made(path));
        } else {
            let _ = self.wanted.set(None);
        }
        Needs::Only(names).and([self.source.text.clone()])
    }

    fn keeps_file(&self) -> bool {
        true
    }

    fn operation(&self) -> Result<Operation> {
        Ok(Operation::Rows(Box::new(Running {
            source: self.source.clone(),
            what: self.what.clone(),
            parser: Arc::clone(&self.parser),
            misfits: self.misfits,
            wanted: self.wanted.get().cloned().flatten(),
            told: Told::default(),
        })))
    }
}

struct Running {
    source: Name,
    what: String,
    parser: Arc<dyn CellParser>,
    misfits: Misfits,
    wanted: Option<Vec<String>>,
    told: Told<Tally>,
}

/// Values that did not fit.
#[derive(Default)]
struct Tally {
    seen: Marks,
    /// The first: where, what it is and what is wrong with it.
    first: Option<((u64, u32), String, Miss)>,
}

impl Tell for Tally {
    fn is_empty(&self) -> bool {
        self.seen.count() == 0
    }

    fn settle(&mut self, records: usize) {
        self.seen.settle(records);
        if self.seen.count() == 0 {
            self.first = None;
        }
    }

    fn merge(&mut self, other: Self) {
        self.seen.merge(&other.seen);
        let is_before = |known: &Self| match (&other.first, &known.first) {
            (Some((at, ..)), Some((first, ..))) => at < first,
            (first, _) => first.is_some(),
        };
        if is_before(self) {
            self.first = other.first;
        }
    }
}

/// Where the text of a value stands.
#[derive(Debug, Clone, Copy)]
struct Place {
    start: usize,
    len: usize,
    in_side: bool,
}

impl Rows for Running {
    fn apply(&self, batch: &mut Batch, scope: &mut Scope<'_>) -> Result<()> {
        batch.raw = None;
        let values = match self.source.find(batch) {
            Found::Column(column) => batch.columns.get(column).map(|column| column.values.clone()),
            Found::Values(values) => Some(values),
            Found::Absent => None,
        };
        let places = places(batch, &values.unwrap_or(Values::Cells(Vec::new())));
        let names = self.parser.names();
        let wanted = self.wanted.as_deref();
        let base = batch.side.len();
        let mut fields = Fields::new(&names, wanted, self.parser.lexicon(), base, scope.scratch);
        let (block, side) = (batch.block.bytes.as_slice(), batch.side.as_slice());
        let mut texts = places.iter().map(|place| {
            let Place { start, len, in_side } = (*place)?;
            let from = if in_side { side } else { block };
            Some(Text { bytes: from.get(start..start + len)?, start, in_side })
        });
        let misses = self.parser.parse_all(&mut texts, &mut fields);
        let example = misses.first().and_then(|(row, _)| places.get(*row as usize).copied().flatten());
        let example = example.map(|place| {
            let from = if place.in_side { side } else { block };
            shown(from.get(place.start..place.start + place.len).unwrap_or_default())
        });
        let (columns, shapes, fresh) = fields.finish();
        if base == 0 {
            batch.side = fresh;
        } else {
            batch.side.extend_from_slice(&fresh);
        }
        match names {
            Names::Fixed(_) => columns.into_iter().for_each(|column| put(batch, &column.name, column.values)),
            Names::Same => {
                let values = columns.into_iter().next().map(|column| column.values);
                if let (Some(values), Some(at)) = (values, batch.find(&self.source.text)) {
                    replace(batch, at, values, &places);
                }
            }
            Names::Open => merge(batch, columns, shapes),
        }
        self.count(batch, misses, example, scope);
        Ok(())
    }

    fn notes(&self) -> Vec<Problem> {
        let note = |tally: &Tally| {
            let (_, example, miss) = tally.first.as_ref()?;
            let count = tally.seen.count();
            let values = if count == 1 { "1 value is".to_string() } else { format!("{count} values are") };
            let what = format!("{}: {values} not {}, as in '{example}': {}", self.source.text, self.what, miss.message);
            Some(Problem::note(what).hint("they are null; --strict makes that an error"))
        };
        self.told.look(note).into_iter().collect()
    }
}

impl Running {
    /// Counts what did not fit, or ends the run there.
    fn count(&self, batch: &mut Batch, misses: Vec<(u32, Miss)>, example: Option<String>, scope: &mut Scope<'_>) {
        let mut seen = Marks::default();
        for (row, _) in &misses {
            seen.add(*row);
        }
        let (Some((row, miss)), Some(example)) = (misses.into_iter().next(), example) else { return };
        match self.misfits {
            Misfits::Silent => {}
            Misfits::Errors => {
                let message =
                    format!("'{example}' in column '{}' is not {}: {}", self.source.text, self.what, miss.message);
                let error = Problem::new(Code::Value, message).hint("without --strict such values give null").into();
                scope.fail(batch, RowFailure { row: row as usize, error });
            }
            Misfits::Counted => {
                let first = Some(((batch.first_row, row), example, miss));
                self.told.add(Tally { seen, first }, &mut scope.remarks);
            }
        }
    }
}

/// A value as messages show it.
fn shown(text: &[u8]) -> String {
    const MOST: usize = 40;
    let text = String::from_utf8_lossy(text);
    match text.char_indices().find(|(at, _)| *at >= MOST) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.into_owned(),
    }
}

/// Where the texts of the selected records are; what has escapes or no source text is written to the side buffer.
fn places(batch: &mut Batch, values: &Values) -> Vec<Option<Place>> {
    let mut places = vec![None; batch.rows];
    for row in batch.rows().collect::<Vec<_>>() {
        let place = match values {
            Values::Cells(cells) => {
                let cell = cells.get(row).copied().unwrap_or(Cell::MISSING);
                match cell.kind() {
                    Kind::Missing | Kind::Null => continue,
                    Kind::Bare | Kind::Quoted | Kind::Number | Kind::Text | Kind::Nested => {
                        Place { start: cell.start(), len: cell.len(), in_side: cell.in_side() }
                    }
                    Kind::QuotedRaw | Kind::TextRaw | Kind::True | Kind::False => {
                        let text = batch.text(cell).into_owned();
                        stored(batch, &Value::Text(text.into()))
                    }
                }
            }
            Values::Numbers(numbers) => match numbers.get(row) {
                Some(Some(number)) => stored(batch, &Value::Number(*number)),
                _ => continue,
            },
        };
        if let Some(slot) = places.get_mut(row) {
            *slot = Some(place);
        }
    }
    places
}

fn stored(batch: &mut Batch, value: &Value<'_>) -> Place {
    let cell = batch.store(value);
    Place { start: cell.start(), len: cell.len(), in_side: true }
}

/// Puts parsed values in the place of their texts; nulls and fields that are not there stay what they are.
fn replace(batch: &mut Batch, at: usize, values: Values, places: &[Option<Place>]) {
    let (Some(column), Values::Cells(parsed)) = (batch.columns.get_mut(at), values) else { return };
    match &mut column.values {
        Values::Cells(cells) => {
            for ((cell, parsed), place) in cells.iter_mut().zip(parsed).zip(places) {
                if place.is_some() {
                    *cell = parsed;
                }
            }
        }
        numbers @ Values::Numbers(_) => *numbers = Values::Cells(parsed),
    }
}

/// Adds fields that each record has or has not: a record's own come behind its others, or replace them.
fn merge(batch: &mut Batch, columns: Vec<Column>, shapes: Option<Shapes>) {
    let mut target = Vec::with_capacity(columns.len());
    let had = narrow(batch.columns.len());
    for Column { name, values } in columns {
        if let Some(at) = batch.find(&name) {
            overlay(batch, at, values);
            target.push(narrow(at));
        } else {
            target.push(narrow(batch.columns.len()));
            batch.columns.push(Column { name, values });
        }
    }
    let all = |count: u32| -> Vec<u32> { (0..count).collect() };
    let (added, added_of) = match shapes {
        Some(shapes) => (shapes.orders, shapes.of_row),
        None => (vec![all(narrow(target.len()))], vec![0; batch.rows]),
    };
    let old = batch.shapes.take().unwrap_or_else(|| Shapes { orders: vec![all(had)], of_row: vec![0; batch.rows] });
    let mut known: HashMap<(u32, u32), u32> = HashMap::new();
    let mut merged = Shapes { orders: Vec::new(), of_row: Vec::with_capacity(batch.rows) };
    for row in 0..batch.rows {
        let pair = (old.of_row.get(row).copied().unwrap_or(0), added_of.get(row).copied().unwrap_or(0));
        let shape = *known.entry(pair).or_insert_with(|| {
            let mut order = old.orders.get(pair.0 as usize).cloned().unwrap_or_default();
            for field in added.get(pair.1 as usize).into_iter().flatten() {
                if let Some(column) = target.get(*field as usize)
                    && !order.contains(column)
                {
                    order.push(*column);
                }
            }
            merged.orders.push(order);
            narrow(merged.orders.len()) - 1
        });
        merged.of_row.push(shape);
    }
    batch.shapes = Some(merged);
}

/// Lays fields that are there over the values of a column.
fn overlay(batch: &mut Batch, at: usize, values: Values) {
    let Values::Cells(fields) = values else { return };
    let Some(column) = batch.columns.get_mut(at) else { return };
    if let Values::Cells(cells) = &mut column.values {
        cells.resize(fields.len().max(cells.len()), Cell::MISSING);
        for (cell, field) in cells.iter_mut().zip(fields) {
            if field.kind() != Kind::Missing {
                *cell = field;
            }
        }
        return;
    }
    // Computed numbers become text next to fields.
    let numbers = std::mem::replace(&mut column.values, Values::Cells(Vec::new()));
    let count = batch.rows;
    let mut cells = Vec::with_capacity(count);
    for row in 0..count {
        let field = fields.get(row).copied().unwrap_or(Cell::MISSING);
        cells.push(match &numbers {
            Values::Numbers(numbers) if field.kind() == Kind::Missing => match numbers.get(row) {
                Some(Some(number)) => batch.store(&Value::Number(*number)),
                _ => Cell::NULL,
            },
            _ => field,
        });
    }
    if let Some(column) = batch.columns.get_mut(at) {
        column.values = Values::Cells(cells);
    }
}
