//! `--diff OLD --on id`: what has changed since an older version of the records.
//!
//! One record for each cell: `change` (`added`, `removed`, `changed`), the key columns, `column`, `old`, `new`. Cells of
//! added and removed records that are null are left out; such a record without any other cell is one record with a null
//! `column`. Records stand in the order of ours, removed ones behind them in theirs.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::sync::{Arc, OnceLock};

use crate::core::data::batch::{Batch, Column, Values, store};
use crate::core::data::cell::Cell;
use crate::core::data::value::Value;
use crate::core::error::{Code, Error, Problem, Result};
use crate::core::exec::cancel::Cancel;
use crate::core::exec::relay::Relay;
use crate::core::format::Scratch;
use crate::core::format::json::pretty::compact;
use crate::core::registry::{Example, Row};
use crate::process::aggregate::key_set::{KeySet, NONE, Seed};
use crate::process::stage::join::build::{Building, Built, Shared, Side};
use crate::process::stage::join::on::{On, each_key};
use crate::process::stage::keys::found_value;
use crate::process::stage::names::Found;
use crate::process::stage::repeat::{Renumber, check_size};
use crate::process::stage::{
    Columns, Gather, Needs, Operation, Rows, Scope, Second, Setup, Stage, StageKind, Table, Written,
};

/// The row of the table.
pub(crate) const ROW: Row<StageKind> = Row {
    name: "diff",
    aliases: &[],
    usage: "--diff OLD --on id",
    summary: "What changed since an old file; one record per cell: change, the key, column, old and new",
    examples: &[
        Example {
            input: "mytools process new.csv --diff old.csv --on id -t",
            output: "added, removed and changed cells",
        },
        Example {
            input: "mytools process new.csv --diff old.csv --on id -w \"column == 'price'\"",
            output: "the prices that changed",
        },
    ],
    item: StageKind { short: None, value: Some("OLD"), attach: &["on"], build },
};

fn build(written: &Written, setup: &Setup) -> Result<Box<dyn Stage>> {
    let on = Arc::new(On::new(written, &setup.env)?);
    Ok(Box::new(Diff {
        paths: vec![written.path()],
        on,
        cancel: setup.cancel.clone(),
        met: OnceLock::new(),
        compared: Arc::default(),
        shared: Shared::default(),
    }))
}

/// The columns that are compared, where both sides are known before reading, and what to tell about the others.
#[derive(Debug, Default)]
struct Compared {
    ours_only: BTreeSet<Arc<str>>,
    theirs_only: BTreeSet<Arc<str>>,
}

struct Diff {
    paths: Vec<OsString>,
    on: Arc<On>,
    cancel: Cancel,
    met: OnceLock<Columns>,
    compared: Arc<OnceLock<Compared>>,
    shared: Shared,
}

impl Diff {
    fn path(&self) -> Cow<'_, str> {
        self.paths.first().map_or(Cow::Borrowed(""), |path| path.to_string_lossy())
    }

    fn keys(&self) -> Vec<Arc<str>> {
        self.on.pairs().map(|(ours, _)| Arc::from(ours)).collect()
    }
}

impl Stage for Diff {
    fn explain(&self) -> String {
        format!("compare with {} on {}", self.path(), self.on.text())
    }

    fn columns(&self, before: &Columns) -> Result<Columns> {
        self.on.left.check(before)?;
        let met = self.met.get().cloned().unwrap_or_default();
        let mut names: Vec<Arc<str>> = vec!["change".into()];
        names.extend(self.keys());
        names.extend(["column", "old", "new"].map(Arc::from));
        if let Some(twice) = names.iter().enumerate().find(|(at, name)| names.iter().take(*at).any(|old| old == *name))
        {
            let problem = Problem::new(Code::Plan, format!("--diff makes a column '{}' of its own", twice.1));
            return Err(problem.hint(format!("--rename the key '{}' before --diff", twice.1)).into());
        }
        let mut compared = Compared::default();
        if !before.open && !met.open {
            let key = |name: &Arc<str>| self.on.pairs().any(|(a, b)| *a == **name || *b == **name);
            let only = |of: &[Arc<str>], not: &[Arc<str>]| {
                of.iter().filter(|name| !not.contains(name) && !key(name)).cloned().collect()
            };
            compared.ours_only = only(&before.names, &met.names);
            compared.theirs_only = only(&met.names, &before.names);
        }
        let _ = self.compared.set(compared);
        let gone = before.names.iter().map(|name| (Arc::clone(name), format!("--diff {}", self.path())));
        let removed = before.removed.iter().cloned().chain(gone).filter(|(name, _)| !names.contains(name)).collect();
        Ok(Columns { names, open: false, removed, asked: Arc::clone(&before.asked), ..Columns::default() })
    }

    fn needs(&self, _: Needs) -> Needs {
        Needs::All
    }

    fn operation(&self) -> Result<Operation> {
        let state = Arc::new(Comparing {
            on: Arc::clone(&self.on),
            keys: self.keys(),
            compared: Arc::clone(&self.compared),
            path: self.path().to_string(),
            shared: Arc::clone(&self.shared),
        });
        let changes = Changes {
            state: Arc::clone(&state),
            seen: Relay::new(KeySet::new(Seed::default()), self.cancel.clone()),
            renumber: Renumber::new(&self.cancel),
        };
        Ok(Operation::Append(Box::new(changes), state))
    }

    fn second(&self) -> Option<&dyn Second> {
        Some(self)
    }
}

impl Second for Diff {
    fn paths(&self) -> &[OsString] {
        &self.paths
    }

    fn meet(&self, columns: &Columns) -> Result<()> {
        self.on.meet(columns, &self.path())?;
        let _ = self.met.set(columns.clone());
        Ok(())
    }

    fn needs(&self, _: &Needs) -> Needs {
        Needs::All
    }

    fn gather(&self) -> Option<Box<dyn Gather>> {
        Some(Box::new(Building {
            keys: Arc::clone(&self.on.right),
            equal: self.on.right.get().len(),
            moment: None,
            shared: Arc::clone(&self.shared),
            dividing: None,
        }))
    }
}

/// What both halves of a comparison share.
struct Comparing {
    on: Arc<On>,
    /// Names of the key columns in the output.
    keys: Vec<Arc<str>>,
    compared: Arc<OnceLock<Compared>>,
    path: String,
    shared: Shared,
}

/// The changes found so far, column by column of the output.
#[derive(Default)]
struct Told {
    columns: Vec<Vec<Cell>>,
    side: Vec<u8>,
}

impl Told {
    fn new(keys: usize, side: Vec<u8>) -> Self {
        Self { columns: vec![Vec::new(); keys + 4], side }
    }

    fn rows(&self) -> usize {
        self.columns.first().map_or(0, Vec::len)
    }

    fn push(&mut self, change: &str, keys: &[Value<'_>], [column, old, new]: [&Value<'_>; 3]) {
        let change = Value::Text(change.as_bytes().into());
        let values = std::iter::once(&change).chain(keys).chain([column, old, new]);
        for (cells, value) in self.columns.iter_mut().zip(values) {
            cells.push(store(&mut self.side, value));
        }
    }

    fn batch(self, keys: &[Arc<str>]) -> Batch {
        let names = std::iter::once(Arc::from("change")).chain(keys.iter().cloned());
        let names = names.chain(["column", "old", "new"].map(Arc::from));
        Batch {
            rows: self.rows(),
            columns: names
                .zip(self.columns)
                .map(|(name, cells)| Column { name, values: Values::Cells(cells) })
                .collect(),
            side: self.side,
            ..Batch::default()
        }
    }
}

impl Comparing {
    fn built(&self) -> Result<&Built> {
        let side = self.shared.get();
        side.and_then(Side::held)
            .ok_or_else(|| Problem::new(Code::Internal, "a comparison was run before its other side").into())
    }

    /// Whether a column is compared, not only listed.
    fn compares(&self, name: &Arc<str>) -> bool {
        self.compared.get().is_none_or(|known| !known.ours_only.contains(name) && !known.theirs_only.contains(name))
    }

    /// A key as messages show it.
    fn shown<'a>(&'a self, values: impl Iterator<Item = Value<'a>>) -> String {
        let pairs = self.keys.iter().zip(values);
        let shown = pairs.map(|(name, value)| format!("{name}={}", String::from_utf8_lossy(&value.to_text())));
        shown.collect::<Vec<_>>().join(", ")
    }

    /// The column of the other side of that name.
    fn theirs(built: &Built, name: &str) -> Option<usize> {
        built.columns.iter().position(|column| **column == *name)
    }

    fn is_their_key(&self, name: &str) -> bool {
        self.on.pairs().any(|(_, theirs)| theirs == name)
    }

    /// Tells of a row that is on one side only.
    fn whole<'a>(
        told: &mut Told,
        change: &str,
        keys: &[Value<'_>],
        cells: impl Iterator<Item = (&'a Arc<str>, Value<'a>)>,
    ) {
        let before = told.rows();
        for (name, value) in cells.filter(|(_, value)| !value.is_null()) {
            let name = Value::Text(name.as_bytes().into());
            let sides = if change == "added" { [&name, &Value::Null, &value] } else { [&name, &value, &Value::Null] };
            told.push(change, keys, sides);
        }
        if told.rows() == before {
            told.push(change, keys, [&Value::Null; 3]);
        }
    }

    /// The error for a key that two rows of the other side have.
    fn duplicate(&self, built: &Built) -> Option<Problem> {
        let twice = built.duplicate?;
        let values = self.on.right.get().iter().map(|name| match Self::theirs(built, &name.text) {
            Some(column) => built.value(column, twice),
            None => Value::Null,
        });
        Some(repeated(&self.shown(values)).at_path(&self.path))
    }
}

fn repeated(key: &str) -> Problem {
    let problem = Problem::new(Code::Data, format!("two records have the key {key}"));
    problem.hint("--on needs columns that tell records apart; --distinct keeps one of each")
}

/// Compares batches with the other side.
struct Changes {
    state: Arc<Comparing>,
    /// The keys of all records so far.
    seen: Relay<KeySet>,
    renumber: Renumber,
}

impl Changes {
    /// The first record whose key an earlier one has.
    fn repeated(&self, batch: &Batch, found: &[Found], seq: u64) -> Result<Option<usize>> {
        let mut keys: Vec<(usize, Vec<u8>)> = Vec::with_capacity(batch.selected());
        each_key(batch, found, |row, key| keys.extend(key.map(|key| (row, key.to_vec()))));
        self.seen
            .advance(seq, |seen| {
                keys.iter().find(|(_, key)| {
                    let before = seen.len();
                    (seen.insert(seen.pack(key), || key) as usize) < before
                })
            })
            .map(|twice| twice.map(|(row, _)| *row))
    }

    /// Tells what became of one row.
    fn row(&self, batch: &Batch, row: usize, (keys, number): (&[Value<'_>], u32), built: &Built, told: &mut Told) {
        let state = &*self.state;
        let order: Vec<usize> = match &batch.shapes {
            Some(shapes) => {
                let shape = shapes.of_row.get(row).copied().unwrap_or(0);
                shapes.orders.get(shape as usize).into_iter().flatten().map(|column| *column as usize).collect()
            }
            None => (0..batch.columns.len()).collect(),
        };
        let columns = order.iter().filter_map(|at| Some((*at, &batch.columns.get(*at)?.name)));
        let columns: Vec<_> = columns.filter(|(_, name)| !state.keys.contains(name)).collect();
        let Some(pick) = built.rows_of(number).first().copied() else {
            let cells = columns.iter().map(|(at, name)| (*name, batch.value(*at, row)));
            return Comparing::whole(told, "added", keys, cells);
        };
        built.mark(number);
        for (at, name) in columns.iter().filter(|(_, name)| state.compares(name)) {
            let new = batch.value(*at, row);
            let old = Comparing::theirs(built, name).map_or(Value::Missing, |column| built.value(column, pick));
            if !same(&old, &new) {
                told.push("changed", keys, [&Value::Text(name.as_bytes().into()), &nulled(old), &nulled(new)]);
            }
        }
        for (column, name) in built.columns.iter().enumerate() {
            let ours = columns.iter().any(|(_, ours)| *ours == name);
            if ours || state.is_their_key(name) || !state.compares(name) {
                continue;
            }
            let old = built.value(column, pick);
            if !old.is_null() {
                told.push("changed", keys, [&Value::Text(name.as_bytes().into()), &old, &Value::Null]);
            }
        }
    }
}

/// A field that is not there is null in a comparison.
fn nulled(value: Value<'_>) -> Value<'_> {
    if value == Value::Missing { Value::Null } else { value }
}

/// Whether two cells are the same: their text, and where both have a type, that.
fn same(old: &Value<'_>, new: &Value<'_>) -> bool {
    let typed = |value: &Value<'_>| !matches!(value, Value::Bare(_));
    match (old, new) {
        _ if old.is_null() || new.is_null() => old.is_null() && new.is_null(),
        (Value::Nested(a), Value::Nested(b)) => {
            let tight = |text: &[u8]| {
                let mut out = Vec::new();
                compact(text, &mut out);
                out
            };
            a == b || tight(a) == tight(b)
        }
        (Value::Text(_), other) | (other, Value::Text(_)) if typed(other) && !matches!(other, Value::Text(_)) => false,
        _ => old.to_text() == new.to_text(),
    }
}

impl Rows for Changes {
    fn apply(&self, batch: &mut Batch, scope: &mut Scope<'_>) -> Result<()> {
        let state = &*self.state;
        let built = state.built()?;
        if let Some(problem) = state.duplicate(built) {
            return Err(problem.into());
        }
        let names = state.on.left.get();
        let found: Vec<Found> = names.iter().map(|name| name.find(batch)).collect();
        let twice = self.repeated(batch, &found, scope.seq)?;
        let mut numbers = Vec::with_capacity(batch.selected());
        each_key(batch, &found, |row, key| numbers.push((row, key.map_or(NONE, |key| built.find(key)))));
        let mut told = Told::new(state.keys.len(), scope.scratch.take_bytes());
        for (row, number) in numbers {
            let keys: Vec<Value<'_>> = found.iter().map(|found| nulled(found_value(found, batch, row))).collect();
            if twice == Some(row) {
                scope.failure = Some(repeated(&state.shown(keys.into_iter())).into());
                break;
            }
            self.row(batch, row, (&keys, number), built, &mut told);
            check_size("diff", told.rows(), told.side.len())?;
        }
        let old = std::mem::replace(batch, told.batch(&state.keys));
        scope.scratch.recycle(old);
        self.renumber.place(batch, scope.seq)
    }

    fn notes(&self) -> Vec<Problem> {
        let Some(compared) = self.state.compared.get() else { return Vec::new() };
        let list = |names: &BTreeSet<Arc<str>>| names.iter().map(|name| &**name).collect::<Vec<_>>().join(", ");
        let mut notes = Vec::new();
        if !compared.ours_only.is_empty() {
            notes.push(Problem::note(format!(
                "not compared, as not in {}: {}",
                self.state.path,
                list(&compared.ours_only)
            )));
        }
        if !compared.theirs_only.is_empty() {
            notes.push(Problem::note(format!(
                "not compared, as only in {}: {}",
                self.state.path,
                list(&compared.theirs_only)
            )));
        }
        notes
    }
}

/// The removed rows.
impl Table for Comparing {
    fn chunks(&self) -> usize {
        self.shared.get().and_then(Side::held).map_or(0, Built::batches)
    }

    fn chunk(&self, index: usize, scratch: &mut Scratch) -> Result<Batch> {
        let built = self.built()?;
        if let Some(problem) = self.duplicate(built) {
            return Err(Error::from(problem));
        }
        let (first_row, picks) = built.unmatched(index);
        let mut told = Told::new(self.keys.len(), scratch.take_bytes());
        let key_columns: Vec<Option<usize>> =
            self.on.right.get().iter().map(|name| Self::theirs(built, &name.text)).collect();
        for pick in picks {
            let value = |column: Option<usize>| column.map_or(Value::Null, |column| nulled(built.value(column, pick)));
            let keys: Vec<Value<'_>> = key_columns.iter().map(|column| value(*column)).collect();
            let cells = built.columns.iter().enumerate().filter(|(_, name)| !self.is_their_key(name));
            Self::whole(&mut told, "removed", &keys, cells.map(|(column, name)| (name, built.value(column, pick))));
        }
        Ok(Batch { first_row, ..told.batch(&self.keys) })
    }
}
