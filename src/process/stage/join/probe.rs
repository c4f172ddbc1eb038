//! Matches batches with the other side of a join, and gives out its rows that nothing matched.

use std::sync::{Arc, OnceLock};

use crate::core::data::batch::{Batch, Column, RowFailure, Selection, Values, store};
use crate::core::data::cell::{Cell, Kind as CellKind};
use crate::core::data::number::Number;
use crate::core::error::{Code, Problem, Result};
use crate::core::format::Scratch;
use crate::core::integer::narrow;
use crate::process::aggregate::key_set::NONE;
use crate::process::stage::join::Kind;
use crate::process::stage::join::apart::Apart;
use crate::process::stage::join::asof::Reading;
use crate::process::stage::join::build::{Built, Pick, Shared, Side};
use crate::process::stage::join::naming::{Named, Naming, second};
use crate::process::stage::join::on::{On, each_key};
use crate::process::stage::join::pieces::{Hit, Pairs, Places};
use crate::process::stage::keys::found_value;
use crate::process::stage::names::Found;
use crate::process::stage::repeat::{check_size, repeat};
use crate::process::stage::{Rows, Scope, Setup, Table};

/// Stands for no row of the other side.
const NO_ROW: Pick = (NONE, NONE);

/// How records are matched with the rows of the other side.
pub(super) struct Matching {
    pub(super) on: Arc<On>,
    pub(super) kind: Kind,
    /// How many keys are compared for equality.
    pub(super) equal: usize,
    pub(super) asof: Option<(Reading, Option<Number>)>,
    pub(super) naming: Arc<Naming>,
    pub(super) named: OnceLock<Vec<Named>>,
    pub(super) shared: Shared,
}

impl Matching {
    /// What the records of a batch match, in order.
    pub(super) fn pairs(&self, batch: &mut Batch, built: &Built) -> Pairs {
        let names = self.on.left.get();
        let found: Vec<Found> = names.iter().take(self.equal).map(|name| name.find(batch)).collect();
        let ordered = names.get(self.equal).map(|name| name.find(batch));
        let keeps = matches!(self.kind, Kind::Left | Kind::Full | Kind::Asof);
        let marks = self.kind.adds_unmatched();
        let mut pairs = Pairs::new(batch.selected());
        each_key(batch, &found, |row, key| {
            let number = key.map_or(NONE, |key| built.find(key));
            let hit = match (&self.asof, &ordered) {
                (Some((reading, tolerance)), Some(ordered)) => {
                    let here = reading.of(&found_value(ordered, batch, row));
                    let moments = built.moments.get(number as usize);
                    moments.and_then(|moments| moments.last(here, *tolerance)).map(Hit::Row)
                }
                _ => (number != NONE).then_some(Hit::Key(number)),
            };
            if let Some(hit) = hit.or(keeps.then_some(Hit::Row(NO_ROW))) {
                pairs.push(row, hit);
            }
            if marks {
                built.mark(number);
            }
        });
        pairs
    }

    /// Keeps the records that have, or have not, a row on the other side.
    pub(super) fn filter(&self, batch: &mut Batch, built: &Built, scope: &mut Scope<'_>) {
        let found: Vec<Found> = self.on.left.get().iter().map(|name| name.find(batch)).collect();
        let mut kept = scope.scratch.take_indices();
        each_key(batch, &found, |row, key| {
            let there = key.is_some_and(|key| built.find(key) != NONE);
            if there == (self.kind == Kind::Semi) {
                kept.push(narrow(row));
            }
        });
        if let Selection::Rows(old) = std::mem::replace(&mut batch.selection, Selection::Rows(kept)) {
            scope.scratch.keep_indices(old);
        }
    }

    /// The columns of the other side in the output.
    fn named(&self, columns: &[Arc<str>]) -> &[Named] {
        self.named.get_or_init(|| self.naming.named(columns))
    }

    /// Adds the columns of the other side, with a row of it for each record. Gives the first record that would have two
    /// values for a column.
    pub(super) fn attach(&self, batch: &mut Batch, built: &Built, picks: &[Pick]) -> Result<Option<RowFailure>> {
        let named = self.named(&built.columns);
        let mut columns: Vec<Vec<Cell>> = named.iter().map(|_| Vec::with_capacity(picks.len())).collect();
        let mut side = std::mem::take(&mut batch.side);
        for pick in picks {
            for (named, cells) in named.iter().zip(&mut columns) {
                cells.push(if *pick == NO_ROW { Cell::NULL } else { built.copy(named.column, *pick, &mut side) });
            }
            check_size("join", 0, side.len())?;
        }
        batch.side = side;
        let mut failure: Option<RowFailure> = None;
        for (named, cells) in named.iter().zip(columns) {
            let found = add(batch, named, cells);
            if found.as_ref().is_some_and(|found| failure.as_ref().is_none_or(|first| found.row < first.row)) {
                failure = found;
            }
        }
        Ok(failure)
    }

    /// Leaves no record of a batch, and the columns as ever.
    fn empty(&self, batch: &mut Batch, columns: &[Arc<str>]) {
        if self.kind.only_filters() {
            batch.selection = Selection::Rows(Vec::new());
            return;
        }
        repeat(batch, &[]);
        for named in self.named(columns) {
            let _ = add(batch, named, Vec::new());
        }
    }

    /// Rows of the other side with the columns of both.
    pub(super) fn unmatched(&self, built: &Built, picks: &[Pick], scratch: &mut Scratch) -> Batch {
        let mut batch = Batch { rows: picks.len(), side: scratch.take_bytes(), ..Batch::default() };
        for name in self.naming.left_columns() {
            let theirs = built.columns.iter().position(|column| column == name).filter(|_| self.naming.is_same(name));
            let cells = match theirs {
                Some(column) => picks.iter().map(|pick| store(&mut batch.side, &built.value(column, *pick))).collect(),
                None => vec![Cell::NULL; picks.len()],
            };
            batch.columns.push(Column { name: Arc::clone(name), values: Values::Cells(cells) });
        }
        for named in self.naming.named(&built.columns) {
            let cells = picks.iter().map(|pick| built.copy(named.column, *pick, &mut batch.side)).collect();
            batch.columns.push(Column { name: named.name, values: Values::Cells(cells) });
        }
        batch
    }
}

/// Adds the other side's rows to records.
pub(super) struct Probe {
    matching: Arc<Matching>,
    apart: Arc<Apart>,
    places: Places,
}

impl Probe {
    /// A probe of what will be shared when the first batch comes.
    pub(super) fn new(matching: &Arc<Matching>, apart: &Arc<Apart>, setup: &Setup) -> Self {
        Self {
            matching: Arc::clone(matching),
            apart: Arc::clone(apart),
            places: Places::new(&setup.memory, &setup.cancel),
        }
    }
}

impl Rows for Probe {
    fn apply(&self, batch: &mut Batch, scope: &mut Scope<'_>) -> Result<()> {
        let matching = &*self.matching;
        let built = match matching.shared.get() {
            Some(Side::Held(built)) => built,
            Some(Side::Divided(divided)) => {
                self.apart.hold_back(batch, matching, &divided.dividing, scope)?;
                matching.empty(batch, &divided.columns);
                return Ok(());
            }
            None => return Err(Problem::new(Code::Internal, "a join was run before its other side").into()),
        };
        if matching.kind.only_filters() {
            matching.filter(batch, built, scope);
            return Ok(());
        }
        let mut pairs = matching.pairs(batch, built);
        let (from, picks) = pairs.next(built, self.places.most(batch));
        let made = pairs.is_done().then_some(from.len());
        let Some(first) = self.places.place(batch, made, scope.seq, scope.scratch)? else {
            matching.empty(batch, &built.columns);
            return Ok(());
        };
        repeat(batch, &from);
        scope.remarks.remade(&from);
        (batch.ids, batch.first_row) = (None, first);
        if let Some(failure) = matching.attach(batch, built, &picks)? {
            scope.fail(batch, failure);
        }
        Ok(())
    }

    fn may_hold_back(&self) -> bool {
        true
    }

    fn rest(&self) -> Result<Option<Box<dyn Table>>> {
        match self.matching.shared.get() {
            Some(Side::Divided(divided)) if !self.matching.kind.adds_unmatched() => {
                Ok(Some(Box::new(self.apart.joined(&self.matching, divided)?)))
            }
            Some(Side::Held(_)) => {
                Ok(self.places.rest(&self.matching)?.map(|pieces| Box::new(pieces) as Box<dyn Table>))
            }
            _ => Ok(None),
        }
    }
}

/// Adds a column of the other side behind ours. Where our columns differ from record to record, it goes by the other name
/// in those that have its own. Gives the first record that has a value under that name too.
fn add(batch: &mut Batch, named: &Named, mut cells: Vec<Cell>) -> Option<RowFailure> {
    let mut taken = None;
    let mut places = Vec::new();
    let mut name = &named.name;
    if let (Some(otherwise), Some(ours)) = (&named.otherwise, batch.find(name)) {
        if let Some(Values::Cells(old)) = batch.columns.get_mut(ours).map(|column| &mut column.values) {
            for (old, cell) in old.iter_mut().zip(&mut cells) {
                if old.kind() == CellKind::Missing {
                    std::mem::swap(old, cell);
                }
            }
        }
        places.push(narrow(ours));
        name = otherwise;
    }
    let there = batch.find(name);
    if let Some(Values::Cells(old)) = there.and_then(|at| batch.columns.get_mut(at)).map(|column| &mut column.values) {
        // A field that has the suffix already stays where there is nothing to put there.
        for (row, (old, cell)) in old.iter_mut().zip(cells).enumerate() {
            if old.kind() == CellKind::Missing {
                *old = cell;
            } else if !cell.is_null() {
                taken = taken.or(Some(row));
            }
        }
        places.extend(there.map(narrow));
    } else {
        places.push(narrow(batch.columns.len()));
        batch.columns.push(Column { name: Arc::clone(name), values: Values::Cells(cells) });
    }
    if let Some(shapes) = &mut batch.shapes {
        for order in &mut shapes.orders {
            order.extend(places.iter().filter(|place| !order.contains(place)).copied().collect::<Vec<_>>());
        }
    }
    taken.map(|row| RowFailure { row, error: second(name).into() })
}
