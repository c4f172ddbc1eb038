//! The second input of a join: its rows by their keys.
//!
//! Threads copy what the plan needs of each batch, row by row, so that a match reads one place. Put together, keys are
//! numbered in the order of the input, and each number has the list of its rows. What memory does not hold goes to disk by
//! the hash of the key (`divide`).

use std::any::Any;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, OnceLock};

use crate::core::data::batch::{Batch, Column, Values, store};
use crate::core::data::cell::{Cell, Kind};
use crate::core::data::value::Value;
use crate::core::error::Result;
use crate::core::exec::memory::Share;
use crate::core::integer::narrow;
use crate::process::aggregate::key_set::{KeySet, NONE, Seed};
use crate::process::stage::join::asof::{Moments, Ordered, Reading};
use crate::process::stage::join::divide::{Budget, Divided, Dividing};
use crate::process::stage::join::on::each_key;
use crate::process::stage::keys::found_value;
use crate::process::stage::names::{Found, Name, Names};
use crate::process::stage::table::MemoryTable;
use crate::process::stage::{Gather, Gatherer, Scope, Table};

/// A row of the second input: the number of its batch and its index there.
pub(in crate::process::stage) type Pick = (u32, u32);

/// The rows of one batch, one behind the other.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) first_row: u64,
    /// The number of each row in the input, where they do not follow each other.
    ids: Option<Vec<u64>>,
    pub(super) columns: Vec<Arc<str>>,
    count: usize,
    cells: Vec<Cell>,
    side: Vec<u8>,
    /// The keys, one behind the other, until they are numbered.
    keys: Vec<u8>,
    /// Where each ends.
    ends: Vec<u32>,
    /// Which are null.
    nulls: Vec<bool>,
    /// What the rows of an asof join are ordered by.
    ordered: Vec<Ordered>,
}

/// The second input by key.
pub(in crate::process::stage) struct Built {
    rows: Vec<Rows>,
    /// All columns, in the order in which they were first seen.
    pub(in crate::process::stage) columns: Vec<Arc<str>>,
    /// For each batch, which of its columns each of all columns is.
    maps: Vec<Vec<Option<u32>>>,
    keys: KeySet,
    /// For each key, where its rows start; and the end.
    starts: Vec<u32>,
    picks: Vec<Pick>,
    /// For each batch, the number of each row's key.
    numbers: Vec<Vec<u32>>,
    /// For each key, whether a record had it.
    matched: Vec<AtomicU8>,
    /// The first row whose key an earlier one has.
    pub(in crate::process::stage) duplicate: Option<Pick>,
    /// For each key of an asof join, its rows in their order.
    pub(in crate::process::stage) moments: Vec<Moments>,
    /// The memory that all this takes, where it is counted.
    _shares: Vec<Share>,
}

/// Where the second input is.
pub(in crate::process::stage) enum Side {
    /// In memory.
    Held(Box<Built>),
    /// On disk.
    Divided(Box<Divided>),
}

impl Side {
    /// What is in memory.
    pub(in crate::process::stage) fn held(&self) -> Option<&Built> {
        match self {
            Self::Held(built) => Some(built),
            Self::Divided(_) => None,
        }
    }
}

/// What all who work on a join share.
pub(in crate::process::stage) type Shared = Arc<OnceLock<Side>>;

/// Takes the second input in.
pub(in crate::process::stage) struct Building {
    /// Equality keys.
    pub(in crate::process::stage) keys: Arc<Names>,
    /// How many of them are compared for equality; the one behind them orders.
    pub(in crate::process::stage) equal: usize,
    /// Reads what orders the rows of an asof join.
    pub(in crate::process::stage) moment: Option<Reading>,
    /// Where the result goes.
    pub(in crate::process::stage) shared: Shared,
    /// How rows that are too many go to disk; none where all are held.
    pub(in crate::process::stage) dividing: Option<Dividing>,
}

impl Building {
    /// Takes in rows of a partition whose level is given; 0 is the input itself.
    pub(super) fn builder(&self, level: u32) -> Builder {
        Builder {
            keys: self.keys.get().iter().take(self.equal).cloned().collect(),
            ordered: self.keys.get().get(self.equal).cloned().zip(self.moment.clone()),
            taken: Vec::new(),
            budget: self.dividing.as_ref().map(|dividing| Budget::new(dividing, level)),
        }
    }
}

impl Gather for Building {
    fn gatherer(&self) -> Result<Box<dyn Gatherer>> {
        Ok(Box::new(self.builder(0)))
    }

    fn finish(&self, gathered: Vec<Box<dyn Gatherer>>) -> Result<Box<dyn Table>> {
        let builders = gathered.into_iter().filter_map(|gatherer| gatherer.into_any().downcast::<Builder>().ok());
        let builders: Vec<Box<Builder>> = builders.collect();
        let side = match &self.dividing {
            Some(dividing) if builders.iter().any(|builder| builder.is_divided()) => {
                let divided = builders.into_iter().filter_map(|builder| builder.divided().transpose());
                Side::Divided(Box::new(Divided::new(dividing, divided.collect::<Result<Vec<_>>>()?)?))
            }
            _ => {
                let all = builders.into_iter().fold(Gathered::default(), |all, builder| all.and(*builder));
                Side::Held(Box::new(all.built(&[])))
            }
        };
        let _ = self.shared.set(side);
        Ok(Box::new(MemoryTable::new(Vec::new())))
    }
}

/// What threads have taken in.
#[derive(Default)]
struct Gathered {
    rows: Vec<Rows>,
    shares: Vec<Share>,
}

impl Gathered {
    fn and(mut self, builder: Builder) -> Self {
        self.rows.extend(builder.taken);
        self.shares.extend(builder.budget.map(Budget::into_share));
        self
    }

    fn built(mut self, columns: &[Arc<str>]) -> Built {
        self.rows.sort_by_key(|rows| rows.first_row);
        Built { _shares: self.shares, ..Built::new(self.rows, columns) }
    }
}

/// What one thread has taken in.
pub(super) struct Builder {
    keys: Vec<Name>,
    ordered: Option<(Name, Reading)>,
    taken: Vec<Rows>,
    budget: Option<Budget>,
}

impl Builder {
    /// Whether something went to disk.
    pub(super) fn is_divided(&self) -> bool {
        self.budget.as_ref().is_some_and(Budget::is_divided)
    }

    /// Everything on disk.
    pub(super) fn divided(mut self: Box<Self>) -> Result<Option<Budget>> {
        if let Some(budget) = &mut self.budget {
            budget.divide(&mut self.taken)?;
        }
        Ok(self.budget)
    }

    /// All that was taken in by key, with columns that others have too.
    pub(super) fn built(self, columns: &[Arc<str>]) -> Built {
        Gathered::default().and(self).built(columns)
    }
}

impl Gatherer for Builder {
    fn take(&mut self, mut batch: Batch, scope: &mut Scope<'_>) -> Result<()> {
        let found: Vec<Found> = self.keys.iter().map(|key| key.find(&mut batch)).collect();
        let mut rows = Rows { first_row: batch.first_row, count: batch.rows, ..Rows::default() };
        each_key(&batch, &found, |_, key| {
            rows.keys.extend_from_slice(key.unwrap_or_default());
            rows.ends.push(narrow(rows.keys.len()));
            rows.nulls.push(key.is_none());
        });
        if let Some((name, reading)) = &self.ordered {
            let found = name.find(&mut batch);
            rows.ordered = batch.rows().map(|row| reading.of(&found_value(&found, &batch, row))).collect();
        }
        rows.columns = batch.columns.iter().map(|column| Arc::clone(&column.name)).collect();
        rows.cells.reserve(batch.rows * batch.columns.len());
        for row in 0..batch.rows {
            for column in 0..batch.columns.len() {
                rows.cells.push(store(&mut rows.side, &batch.value(column, row)));
            }
        }
        rows.side.shrink_to_fit();
        rows.ids = batch.ids.take();
        scope.scratch.recycle(batch);
        if rows.count == 0 {
            return Ok(());
        }
        let size = rows.memory();
        self.taken.push(rows);
        match &mut self.budget {
            Some(budget) => budget.hold(size, &mut self.taken),
            None => Ok(()),
        }
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

impl Built {
    fn new(mut rows: Vec<Rows>, columns: &[Arc<str>]) -> Self {
        let mut keys = KeySet::new(Seed::default());
        let mut numbers: Vec<Vec<u32>> = Vec::with_capacity(rows.len());
        let mut counts: Vec<u32> = Vec::new();
        let mut duplicate = None;
        for batch in &mut rows {
            let mut start = 0;
            let mut of = Vec::with_capacity(batch.count);
            for (end, null) in batch.ends.iter().zip(&batch.nulls) {
                let key = batch.keys.get(start..*end as usize).unwrap_or_default();
                start = *end as usize;
                if *null {
                    of.push(NONE);
                    continue;
                }
                let number = keys.insert(keys.pack(key), || key);
                if number as usize == counts.len() {
                    counts.push(0);
                }
                if let Some(count) = counts.get_mut(number as usize) {
                    *count += 1;
                    if *count == 2 {
                        duplicate.get_or_insert((narrow(numbers.len()), narrow(of.len())));
                    }
                }
                of.push(number);
            }
            numbers.push(of);
            (batch.keys, batch.ends, batch.nulls) = (Vec::new(), Vec::new(), Vec::new());
        }
        let mut starts = Vec::with_capacity(counts.len() + 1);
        let mut total = 0;
        for count in &counts {
            starts.push(total);
            total += count;
        }
        let mut next = starts.clone();
        starts.push(total);
        let mut picks = vec![(0, 0); total as usize];
        for (batch, of) in (0_u32..).zip(&numbers) {
            for (row, number) in (0_u32..).zip(of) {
                let Some(next) = next.get_mut(*number as usize) else { continue };
                if let Some(pick) = picks.get_mut(*next as usize) {
                    *pick = (batch, row);
                }
                *next += 1;
            }
        }
        let (columns, maps) = united(&rows, columns);
        let matched = counts.iter().map(|_| AtomicU8::new(0)).collect();
        let (moments, shares) = (Vec::new(), Vec::new());
        let mut built =
            Self { rows, columns, maps, keys, starts, picks, numbers, matched, duplicate, moments, _shares: shares };
        if built.rows.iter().any(|rows| !rows.ordered.is_empty()) {
            built.moments = (0..counts.len()).map(|number| built.moments_of(narrow(number))).collect();
        }
        built
    }

    fn moments_of(&self, number: u32) -> Moments {
        let of = |pick: &Pick| self.rows.get(pick.0 as usize).and_then(|rows| rows.ordered.get(pick.1 as usize));
        Moments::new(self.rows_of(number).iter().map(|pick| (of(pick).copied().unwrap_or(Ordered::Nothing), *pick)))
    }

    /// The number of a key; `NONE` where no row has it.
    #[inline]
    pub(in crate::process::stage) fn find(&self, key: &[u8]) -> u32 {
        self.keys.find(self.keys.pack(key), key)
    }

    /// The rows with that key, in the order of the input.
    #[inline]
    pub(in crate::process::stage) fn rows_of(&self, number: u32) -> &[Pick] {
        let number = number as usize;
        let (Some(start), Some(end)) = (self.starts.get(number), self.starts.get(number + 1)) else { return &[] };
        self.picks.get(*start as usize..*end as usize).unwrap_or_default()
    }

    /// Notes that a record has the key of that number.
    #[inline]
    pub(in crate::process::stage) fn mark(&self, number: u32) {
        if let Some(matched) = self.matched.get(number as usize)
            && matched.load(Ordering::Relaxed) == 0
        {
            matched.store(1, Ordering::Relaxed);
        }
    }

    /// Number of batches.
    pub(in crate::process::stage) fn batches(&self) -> usize {
        self.rows.len()
    }

    /// The rows of a batch whose key no record had, and the records before the batch.
    pub(in crate::process::stage) fn unmatched(&self, batch: usize) -> (u64, Vec<Pick>) {
        let had = |number: &u32| self.matched.get(*number as usize).is_some_and(|had| had.load(Ordering::Relaxed) > 0);
        let numbers = self.numbers.get(batch).map_or(&[][..], Vec::as_slice);
        let rows = (0_u32..).zip(numbers).filter(|(_, number)| !had(number)).map(|(row, _)| (narrow(batch), row));
        (self.rows.get(batch).map_or(0, |rows| rows.first_row), rows.collect())
    }

    /// The number of a row in the input.
    pub(super) fn id(&self, pick: Pick) -> u64 {
        self.rows.get(pick.0 as usize).map_or(u64::MAX, |rows| rows.id(pick.1 as usize))
    }

    /// The value of one of all columns in a row.
    pub(in crate::process::stage) fn value(&self, column: usize, pick: Pick) -> Value<'_> {
        let Some((rows, cell)) = self.cell(column, pick) else { return Value::Missing };
        let text = || std::borrow::Cow::Borrowed(rows.text(cell));
        match cell.kind() {
            Kind::Missing => Value::Missing,
            Kind::Null => Value::Null,
            Kind::True => Value::Bool(true),
            Kind::False => Value::Bool(false),
            Kind::Number => Value::Literal(text()),
            Kind::Text | Kind::TextRaw => Value::Text(text()),
            Kind::Nested => Value::Nested(text()),
            Kind::Bare | Kind::Quoted | Kind::QuotedRaw => Value::Bare(text()),
        }
    }

    #[inline]
    fn cell(&self, column: usize, pick: Pick) -> Option<(&Rows, Cell)> {
        let rows = self.rows.get(pick.0 as usize)?;
        let column = (*self.maps.get(pick.0 as usize)?.get(column)?)? as usize;
        let cell = rows.cells.get(pick.1 as usize * rows.columns.len() + column)?;
        Some((rows, *cell))
    }

    /// Copies the value of one of all columns in a row to a side buffer.
    #[inline]
    pub(in crate::process::stage) fn copy(&self, column: usize, pick: Pick, side: &mut Vec<u8>) -> Cell {
        self.cell(column, pick).map_or(Cell::MISSING, |(rows, cell)| rows.copy(cell, side))
    }
}

impl Rows {
    /// The number of a row in the input.
    pub(super) fn id(&self, row: usize) -> u64 {
        match &self.ids {
            Some(ids) => ids.get(row).copied().unwrap_or(u64::MAX),
            None => self.first_row + row as u64,
        }
    }

    /// About the bytes of memory it takes, the place of its keys among all others included.
    fn memory(&self) -> usize {
        const PER_ROW: usize = 96;
        let ids = self.ids.as_ref().map_or(0, Vec::len);
        self.cells.capacity() * size_of::<Cell>()
            + self.side.capacity()
            + 2 * self.keys.len()
            + 8 * ids
            + self.count * (PER_ROW + self.ordered.len().min(1) * 2 * size_of::<Ordered>())
    }

    /// The key of each row; none where a part of it is null.
    pub(super) fn keys(&self) -> impl Iterator<Item = Option<&[u8]>> {
        let starts = std::iter::once(&0).chain(&self.ends);
        let spans = starts.zip(&self.ends).zip(&self.nulls);
        spans.map(|((start, end), null)| {
            (!null).then(|| self.keys.get(*start as usize..*end as usize).unwrap_or_default())
        })
    }

    /// Some of the rows as a batch.
    pub(super) fn batch(&self, picks: &[u32]) -> Batch {
        let ids: Vec<u64> = picks.iter().map(|row| self.id(*row as usize)).collect();
        let first_row = ids.first().copied().unwrap_or(0);
        let mut batch = Batch { rows: picks.len(), first_row, ids: Some(ids), ..Batch::default() };
        for (at, name) in self.columns.iter().enumerate() {
            let cells = picks.iter().map(|row| {
                let cell = self.cells.get(*row as usize * self.columns.len() + at).copied().unwrap_or(Cell::MISSING);
                self.copy(cell, &mut batch.side)
            });
            let values = Values::Cells(cells.collect());
            batch.columns.push(Column { name: Arc::clone(name), values });
        }
        batch
    }

    /// Copies a cell's text to a side buffer.
    #[inline]
    fn copy(&self, cell: Cell, side: &mut Vec<u8>) -> Cell {
        if !cell.in_side() {
            return cell;
        }
        let start = side.len();
        side.extend_from_slice(self.text(cell));
        Cell::side(cell.kind(), start, cell.len())
    }

    #[inline]
    fn text(&self, cell: Cell) -> &[u8] {
        self.side.get(cell.start()..cell.start() + cell.len()).unwrap_or_default()
    }
}

/// All columns, behind those that are known, and for each batch which of its columns they are.
fn united(rows: &[Rows], known: &[Arc<str>]) -> (Vec<Arc<str>>, Vec<Vec<Option<u32>>>) {
    let mut columns = known.to_vec();
    let mut last: &[Arc<str>] = &[];
    for batch in rows.iter().filter(|batch| std::mem::replace(&mut last, &batch.columns) != batch.columns) {
        for name in &batch.columns {
            if !columns.contains(name) {
                columns.push(Arc::clone(name));
            }
        }
    }
    let place = |batch: &Rows, name: &Arc<str>| batch.columns.iter().position(|old| old == name).map(narrow);
    let maps = rows.iter().map(|batch| columns.iter().map(|name| place(batch, name)).collect()).collect();
    (columns, maps)
}
