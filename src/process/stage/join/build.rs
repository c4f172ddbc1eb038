//! The second input of a join, held in memory: its rows by their keys.
//!
//! Threads copy what the plan needs of each batch, row by row, so that a match reads one place. Put together, keys are
//! numbered in the order of the input, and each number has the list of its rows.

use std::any::Any;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, OnceLock};

use crate::core::data::batch::{Batch, store};
use crate::core::data::cell::{Cell, Kind};
use crate::core::data::value::Value;
use crate::core::error::Result;
use crate::process::aggregate::key_set::{KeySet, NONE, Seed};
use crate::process::stage::join::asof::{Moments, Ordered, Reading};
use crate::process::stage::join::on::each_key;
use crate::process::stage::keys::found_value;
use crate::process::stage::names::{Found, Name, Names};
use crate::process::stage::table::MemoryTable;
use crate::process::stage::{Gather, Gatherer, Scope, Table};

/// A row of the second input: the number of its batch and its index there.
pub(in crate::process::stage) type Pick = (u32, u32);

/// The rows of one batch, one behind the other.
#[derive(Debug, Default)]
struct Rows {
    first_row: u64,
    columns: Vec<Arc<str>>,
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
}

/// What all who work on a join share.
pub(in crate::process::stage) type Shared = Arc<OnceLock<Built>>;

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
}

impl Gather for Building {
    fn gatherer(&self) -> Result<Box<dyn Gatherer>> {
        Ok(Box::new(Builder {
            keys: self.keys.get().iter().take(self.equal).cloned().collect(),
            ordered: self.keys.get().get(self.equal).cloned().zip(self.moment.clone()),
            taken: Vec::new(),
        }))
    }

    fn finish(&self, gathered: Vec<Box<dyn Gatherer>>) -> Result<Box<dyn Table>> {
        let mut rows = Vec::new();
        for gatherer in gathered {
            if let Ok(builder) = gatherer.into_any().downcast::<Builder>() {
                rows.extend(builder.taken);
            }
        }
        rows.sort_by_key(|rows| rows.first_row);
        let _ = self.shared.set(Built::new(rows));
        Ok(Box::new(MemoryTable::new(Vec::new())))
    }
}

/// What one thread has taken in.
struct Builder {
    keys: Vec<Name>,
    ordered: Option<(Name, Reading)>,
    taken: Vec<Rows>,
}

impl Gatherer for Builder {
    fn take(&mut self, mut batch: Batch, scope: &mut Scope<'_>) -> Result<()> {
        let found: Vec<Found> = self.keys.iter().map(|key| key.find(&mut batch)).collect();
        let mut rows = Rows { first_row: batch.first_row, count: batch.rows, ..Rows::default() };
        each_key(&batch, &found, |_, key| {
            rows.keys.extend_from_slice(key.unwrap_or_default());
            rows.ends.push(rows.keys.len() as u32);
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
        if rows.count > 0 {
            self.taken.push(rows);
        }
        scope.scratch.recycle(batch);
        Ok(())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

impl Built {
    fn new(mut rows: Vec<Rows>) -> Self {
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
                        duplicate.get_or_insert((numbers.len() as u32, of.len() as u32));
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
        let (columns, maps) = united(&rows);
        let matched = counts.iter().map(|_| AtomicU8::new(0)).collect();
        let mut built =
            Self { rows, columns, maps, keys, starts, picks, numbers, matched, duplicate, moments: Vec::new() };
        if built.rows.iter().any(|rows| !rows.ordered.is_empty()) {
            built.moments = (0..counts.len()).map(|number| built.moments_of(number as u32)).collect();
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
        let rows = (0_u32..).zip(numbers).filter(|(_, number)| !had(number)).map(|(row, _)| (batch as u32, row));
        (self.rows.get(batch).map_or(0, |rows| rows.first_row), rows.collect())
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
        let Some((rows, cell)) = self.cell(column, pick) else { return Cell::MISSING };
        if !cell.in_side() {
            return cell;
        }
        let start = side.len();
        side.extend_from_slice(rows.text(cell));
        Cell::side(cell.kind(), start, cell.len())
    }
}

impl Rows {
    #[inline]
    fn text(&self, cell: Cell) -> &[u8] {
        self.side.get(cell.start()..cell.start() + cell.len()).unwrap_or_default()
    }
}

/// All columns, and for each batch which of its columns they are.
fn united(rows: &[Rows]) -> (Vec<Arc<str>>, Vec<Vec<Option<u32>>>) {
    let mut columns: Vec<Arc<str>> = Vec::new();
    let mut last: &[Arc<str>] = &[];
    for batch in rows.iter().filter(|batch| std::mem::replace(&mut last, &batch.columns) != batch.columns) {
        for name in &batch.columns {
            if !columns.contains(name) {
                columns.push(Arc::clone(name));
            }
        }
    }
    let place = |batch: &Rows, name: &Arc<str>| batch.columns.iter().position(|old| old == name).map(|at| at as u32);
    let maps = rows.iter().map(|batch| columns.iter().map(|name| place(batch, name)).collect()).collect();
    (columns, maps)
}
