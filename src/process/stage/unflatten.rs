//! `--unflatten`: columns named `a.b` as members of an object `a`, the inverse of `--flatten`.
//!
//! A name with an empty part (`.a`, `a.`, `a..b`) is left alone. Numbers and text of untyped formats become what they
//! would be in JSON output.

use std::sync::Arc;

use crate::core::data::batch::{Batch, Column, RowFailure, Shapes, Values};
use crate::core::data::cell::{Cell, Kind, MAX_CELL};
use crate::core::data::value::Value;
use crate::core::error::{Code, Problem, Result};
use crate::core::format::json::escape::{plain_is_number, quote};
use crate::core::integer::narrow;
use crate::core::registry::{Example, Row};
use crate::process::stage::{Columns, Needs, Operation, Rows, Scope, Stage, StageKind};

/// The row of the table.
pub(crate) const ROW: Row<StageKind> = Row {
    name: "unflatten",
    aliases: &[],
    usage: "--unflatten",
    summary: "Gather columns named a.b into an object a",
    examples: &[Example { input: "mytools process --unflatten", output: "{\"a\": {\"b\": 1}} of a column a.b" }],
    item: StageKind { short: None, value: None, attach: &[], build: |_, _| Ok(Box::new(Unflatten)) },
};

struct Unflatten;

/// The parts of a name that goes into an object; none where it stays as it is.
fn parts(name: &str) -> Option<Vec<&str>> {
    let parts: Vec<&str> = name.split('.').collect();
    (parts.len() > 1 && parts.iter().all(|part| !part.is_empty())).then_some(parts)
}

fn root(name: &str) -> &str {
    parts(name).and_then(|parts| parts.first().copied()).unwrap_or(name)
}

impl Stage for Unflatten {
    fn explain(&self) -> String {
        "unflatten columns".to_string()
    }

    fn columns(&self, before: &Columns) -> Result<Columns> {
        let mut after = before.clone();
        after.names.clear();
        for name in &before.names {
            let root = root(name);
            if !after.names.iter().any(|known| **known == *root) {
                after.names.push(Arc::from(root));
            }
        }
        Ok(after)
    }

    fn needs(&self, _: Needs) -> Needs {
        Needs::All
    }

    fn keeps_file(&self) -> bool {
        true
    }

    fn operation(&self) -> Result<Operation> {
        Ok(Operation::Rows(Box::new(Unflatten)))
    }
}

/// A column of the result: one that stays, or the members of an object.
struct Gathered {
    name: Arc<str>,
    whole: Option<usize>,
    members: Vec<(Vec<String>, usize)>,
}

impl Rows for Unflatten {
    fn apply(&self, batch: &mut Batch, scope: &mut Scope<'_>) -> Result<()> {
        if !batch.columns.iter().any(|column| parts(&column.name).is_some()) {
            return Ok(());
        }
        batch.raw = None;
        let mut gathered: Vec<Gathered> = Vec::new();
        let mut place_of = Vec::with_capacity(batch.columns.len());
        for (at, column) in batch.columns.iter().enumerate() {
            let root = root(&column.name);
            let known = gathered.iter().position(|old| *old.name == *root).unwrap_or(gathered.len());
            if known == gathered.len() {
                gathered.push(Gathered { name: Arc::from(root), whole: None, members: Vec::new() });
            }
            place_of.push(narrow(known));
            let Some(place) = gathered.get_mut(known) else { continue };
            match parts(&column.name) {
                Some(parts) => place.members.push((parts.iter().skip(1).map(ToString::to_string).collect(), at)),
                None => place.whole = Some(at),
            }
        }
        let rows: Vec<usize> = batch.rows().collect();
        let mut failure: Option<RowFailure> = None;
        let mut columns = Vec::with_capacity(gathered.len());
        for gathered in &gathered {
            let values = match (gathered.whole, gathered.members.is_empty()) {
                (Some(whole), true) => batch.columns.get(whole).map(|column| column.values.clone()),
                _ => None,
            };
            let values = values.unwrap_or_else(|| objects(gathered, batch, &rows, &mut failure));
            columns.push(Column { name: Arc::clone(&gathered.name), values });
        }
        if let Some(Shapes { orders, .. }) = &mut batch.shapes {
            for order in orders {
                let mut new: Vec<u32> = Vec::with_capacity(order.len());
                for place in order.iter().filter_map(|column| place_of.get(*column as usize).copied()) {
                    if !new.contains(&place) {
                        new.push(place);
                    }
                }
                *order = new;
            }
        }
        batch.columns = columns;
        if let Some(failure) = failure {
            scope.fail(batch, failure);
        }
        Ok(())
    }
}

/// The objects of a column, one for each record.
fn objects(gathered: &Gathered, batch: &mut Batch, rows: &[usize], failure: &mut Option<RowFailure>) -> Values {
    let mut cells = vec![Cell::MISSING; batch.rows];
    let mut fail = |row: usize, problem: Problem| {
        if failure.as_ref().is_none_or(|first| row < first.row) {
            *failure = Some(RowFailure { row, error: problem.into() });
        }
    };
    for &row in rows {
        let mut tree = Tree::default();
        let mut clash = false;
        for (path, column) in &gathered.members {
            let value = batch.value(*column, row);
            if value != Value::Missing {
                clash |= !tree.put(path, *column);
            }
        }
        let own = gathered.whole.and_then(|whole| batch.columns.get(whole)).map(|column| match &column.values {
            Values::Cells(cells) => cells.get(row).copied().unwrap_or(Cell::MISSING),
            Values::Numbers(_) => Cell::NULL,
        });
        let own = own.unwrap_or(Cell::MISSING);
        let value = |whole: usize| batch.value(whole, row);
        let cell = match (tree.members.is_empty(), gathered.whole.map(value)) {
            (true, _) => own,
            (false, Some(whole)) if !whole.is_null() => {
                clash = true;
                own
            }
            _ => {
                let mut text = Vec::new();
                tree.write(batch, row, &mut text);
                if text.len() > MAX_CELL {
                    fail(row, crate::core::data::batch::too_long());
                }
                let start = batch.side.len();
                batch.side.append(&mut text);
                Cell::side(Kind::Nested, start, (batch.side.len() - start).min(MAX_CELL))
            }
        };
        if clash {
            let message = format!("'{}' is a value and an object in one record", gathered.name);
            fail(
                row,
                Problem::new(Code::Data, message).hint("--rename or --drop one of its columns before --unflatten"),
            );
        }
        if let Some(place) = cells.get_mut(row) {
            *place = cell;
        }
    }
    Values::Cells(cells)
}

/// Members by name, in the order in which they come.
#[derive(Default)]
struct Tree {
    members: Vec<(String, Member)>,
}

enum Member {
    Column(usize),
    Object(Tree),
}

impl Tree {
    /// Puts a column at a path. False where something else is there.
    fn put(&mut self, path: &[String], column: usize) -> bool {
        let Some((name, rest)) = path.split_first() else { return false };
        let there = self.members.iter_mut().find(|(known, _)| known == name).map(|(_, member)| member);
        match (there, rest.is_empty()) {
            (None, true) => self.members.push((name.clone(), Member::Column(column))),
            (None, false) => {
                let mut tree = Self::default();
                tree.put(rest, column);
                self.members.push((name.clone(), Member::Object(tree)));
            }
            (Some(Member::Object(tree)), false) => return tree.put(rest, column),
            _ => return false,
        }
        true
    }

    fn write(&self, batch: &Batch, row: usize, out: &mut Vec<u8>) {
        out.push(b'{');
        for (at, (name, member)) in self.members.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            quote(name, out);
            out.push(b':');
            match member {
                Member::Object(tree) => tree.write(batch, row, out),
                Member::Column(column) => write_value(&batch.value(*column, row), out),
            }
        }
        out.push(b'}');
    }
}

/// Appends a value as JSON.
fn write_value(value: &Value<'_>, out: &mut Vec<u8>) {
    match value {
        Value::Missing | Value::Null => out.extend_from_slice(b"null"),
        Value::Literal(text) | Value::Nested(text) => out.extend_from_slice(text),
        Value::Bare(text) if plain_is_number(text) => out.extend_from_slice(text),
        Value::Bare(text) | Value::Text(text) => quote(&String::from_utf8_lossy(text), out),
        Value::Bool(_) | Value::Number(_) => out.extend_from_slice(&value.to_text()),
    }
}
