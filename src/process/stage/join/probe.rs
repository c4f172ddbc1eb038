//! Matches batches with the other side of a join, and gives out its rows that nothing matched.

use std::sync::{Arc, OnceLock};

use crate::core::data::batch::{Batch, Column, Selection, Values, store};
use crate::core::data::cell::{Cell, Kind as CellKind};
use crate::core::data::number::Number;
use crate::core::error::{Code, Problem, Result};
use crate::core::exec::cancel::Cancel;
use crate::core::format::Scratch;
use crate::process::aggregate::key_set::NONE;
use crate::process::stage::join::Kind;
use crate::process::stage::join::asof::Reading;
use crate::process::stage::join::build::{Built, Pick, Shared};
use crate::process::stage::join::naming::{Named, Naming};
use crate::process::stage::join::on::{On, each_key};
use crate::process::stage::keys::found_value;
use crate::process::stage::names::Found;
use crate::process::stage::repeat::{Renumber, check_size, repeat};
use crate::process::stage::{Rows, Scope, Table};

/// Stands for no row of the other side.
const NO_ROW: Pick = (NONE, NONE);

/// Adds the other side's rows to records.
pub(super) struct Probe {
    on: Arc<On>,
    kind: Kind,
    equal: usize,
    asof: Option<(Reading, Option<Number>)>,
    naming: Arc<Naming>,
    named: OnceLock<Vec<Named>>,
    shared: Shared,
    renumber: Renumber,
}

impl Probe {
    /// A probe of what will be shared when the first batch comes.
    pub(super) fn new(
        on: Arc<On>,
        (kind, equal): (Kind, usize),
        asof: Option<(Reading, Option<Number>)>,
        naming: Arc<Naming>,
        (shared, cancel): (Shared, &Cancel),
    ) -> Self {
        Self { on, kind, equal, asof, naming, named: OnceLock::new(), shared, renumber: Renumber::new(cancel) }
    }

    /// Pairs of records and rows, in order.
    fn pairs(&self, batch: &mut Batch, built: &Built) -> (Vec<u32>, Vec<Pick>) {
        let names = self.on.left.get();
        let found: Vec<Found> = names.iter().take(self.equal).map(|name| name.find(batch)).collect();
        let ordered = names.get(self.equal).map(|name| name.find(batch));
        let mut from = Vec::with_capacity(batch.selected());
        let mut picks = Vec::with_capacity(batch.selected());
        let keeps = matches!(self.kind, Kind::Left | Kind::Full | Kind::Asof);
        let marks = matches!(self.kind, Kind::Right | Kind::Full);
        each_key(batch, &found, |row, key| {
            let number = key.map_or(NONE, |key| built.find(key));
            let before = from.len();
            match (&self.asof, &ordered) {
                (Some((reading, tolerance)), Some(ordered)) => {
                    let here = reading.of(&found_value(ordered, batch, row));
                    let moments = built.moments.get(number as usize);
                    if let Some(pick) = moments.and_then(|moments| moments.last(here, *tolerance)) {
                        from.push(row as u32);
                        picks.push(pick);
                    }
                }
                _ => {
                    for pick in built.rows_of(number) {
                        from.push(row as u32);
                        picks.push(*pick);
                    }
                }
            }
            if keeps && from.len() == before {
                from.push(row as u32);
                picks.push(NO_ROW);
            }
            if marks {
                built.mark(number);
            }
        });
        (from, picks)
    }

    /// Keeps the records that have, or have not, a row on the other side.
    fn filter(&self, batch: &mut Batch, built: &Built, scope: &mut Scope<'_>) {
        let found: Vec<Found> = self.on.left.get().iter().map(|name| name.find(batch)).collect();
        let mut kept = scope.scratch.take_indices();
        each_key(batch, &found, |row, key| {
            let there = key.is_some_and(|key| built.find(key) != NONE);
            if there == (self.kind == Kind::Semi) {
                kept.push(row as u32);
            }
        });
        if let Selection::Rows(old) = std::mem::replace(&mut batch.selection, Selection::Rows(kept)) {
            scope.scratch.keep_indices(old);
        }
    }
}

impl Rows for Probe {
    fn apply(&self, batch: &mut Batch, scope: &mut Scope<'_>) -> Result<()> {
        let Some(built) = self.shared.get() else {
            return Err(Problem::new(Code::Internal, "a join was run before its other side").into());
        };
        if self.kind.only_filters() {
            self.filter(batch, built, scope);
            return Ok(());
        }
        let (from, picks) = self.pairs(batch, built);
        check_size("join", from.len(), 0)?;
        repeat(batch, &from);
        let named = self.named.get_or_init(|| self.naming.named(&built.columns));
        let mut columns: Vec<Vec<Cell>> = named.iter().map(|_| Vec::with_capacity(picks.len())).collect();
        let mut side = std::mem::take(&mut batch.side);
        for pick in &picks {
            for (named, cells) in named.iter().zip(&mut columns) {
                cells.push(if *pick == NO_ROW { Cell::NULL } else { built.copy(named.column, *pick, &mut side) });
            }
            check_size("join", 0, side.len())?;
        }
        batch.side = side;
        for (named, cells) in named.iter().zip(columns) {
            add(batch, named, cells);
        }
        self.renumber.place(batch, scope.seq)
    }
}

/// Adds a column of the other side behind ours. Where our columns differ from record to record, it goes by the other name
/// in those that have its own.
fn add(batch: &mut Batch, named: &Named, mut cells: Vec<Cell>) {
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
        places.push(ours as u32);
        name = otherwise;
    }
    let there = batch.find(name);
    if let Some(Values::Cells(old)) = there.and_then(|at| batch.columns.get_mut(at)).map(|column| &mut column.values) {
        // A field of ours that has the suffix already is kept where there is one.
        for (old, cell) in old.iter_mut().zip(cells).filter(|(old, _)| old.kind() == CellKind::Missing) {
            *old = cell;
        }
        places.extend(there.map(|at| at as u32));
    } else {
        places.push(batch.columns.len() as u32);
        batch.columns.push(Column { name: Arc::clone(name), values: Values::Cells(cells) });
    }
    if let Some(shapes) = &mut batch.shapes {
        for order in &mut shapes.orders {
            order.extend(places.iter().filter(|place| !order.contains(place)).copied().collect::<Vec<_>>());
        }
    }
}

/// The rows of the other side that no record matched, in their order.
pub(super) struct Unmatched {
    /// What the join works on.
    pub(super) shared: Shared,
    /// The columns of both sides.
    pub(super) naming: Arc<Naming>,
}

impl Table for Unmatched {
    fn chunks(&self) -> usize {
        self.shared.get().map_or(0, Built::batches)
    }

    fn chunk(&self, index: usize, scratch: &mut Scratch) -> Result<Batch> {
        let Some(built) = self.shared.get() else { return Ok(Batch::default()) };
        let (first_row, picks) = built.unmatched(index);
        let mut batch = Batch { rows: picks.len(), side: scratch.take_bytes(), first_row, ..Batch::default() };
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
        Ok(batch)
    }
}
