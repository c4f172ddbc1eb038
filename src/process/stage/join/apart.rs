//! A join whose second input is on disk: records follow it there by the hash of their keys, partitions are joined one by
//! one, and what comes of them is merged by input order (`runs`), rows that nothing matched behind all others.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rayon::prelude::*;

use crate::core::data::batch::{Batch, Selection};
use crate::core::data::saved::{restore, save};
use crate::core::error::{Error, Result};
use crate::core::exec::cancel::Cancel;
use crate::core::exec::partitions::{PARTITIONS, Partition, Partitions};
use crate::core::exec::relay::Relay;
use crate::core::format::Scratch;
use crate::core::integer::narrow;
use crate::process::stage::join::build::{Building, Built, Pick, Shared, Side};
use crate::process::stage::join::divide::{Budget, Divided, Dividing};
use crate::process::stage::join::on::each_key;
use crate::process::stage::join::probe::Matching;
use crate::process::stage::names::Found;
use crate::process::stage::runs::{Merged, Order, Run, Writing};
use crate::process::stage::store::extract;
use crate::process::stage::{Gatherer, Scope, Table};

/// What is added to the numbers of the second input's rows, so that they come behind all records.
const BEHIND: u64 = 1 << 63;
/// Most records that are made at once of those of a batch.
pub(super) const PIECE: usize = 1 << 14;

/// Records on disk that wait for their join.
pub(super) struct Apart {
    /// Keeps them in order.
    turn: Relay<()>,
    parts: Mutex<Option<Partitions>>,
    cancel: Cancel,
}

impl Apart {
    /// Nothing yet.
    pub(super) fn new(cancel: &Cancel) -> Self {
        Self { turn: Relay::new((), cancel.clone()), parts: Mutex::new(None), cancel: cancel.clone() }
    }

    /// Takes the records of a batch.
    pub(super) fn hold_back(
        &self,
        batch: &mut Batch,
        matching: &Matching,
        dividing: &Dividing,
        scope: &mut Scope<'_>,
    ) -> Result<()> {
        let sorted = sort(batch, matching, dividing, 0, scope.scratch);
        self.turn.advance(scope.seq, |()| {
            let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
            let mut now = match parts.take() {
                Some(parts) => parts,
                None => dividing.partitions()?,
            };
            sorted.iter().try_for_each(|(partition, bytes)| now.push(*partition, bytes))?;
            *parts = Some(now);
            Ok::<(), Error>(())
        })?
    }

    /// Joins all that was held back.
    pub(super) fn joined(&self, matching: &Matching, divided: &Divided) -> Result<Merged> {
        let parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner).take();
        let ours = match parts {
            Some(parts) => parts,
            None => divided.dividing.partitions()?,
        };
        let joining = Joining { matching, divided };
        let both: Vec<_> = ours.finish()?.into_iter().zip(divided.take()).collect();
        let runs = both.into_par_iter().map(|(ours, theirs)| joining.partition(&ours, &theirs, 0));
        let runs = runs.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect();
        let merged = Merged::new(runs, Order::default(), &divided.dividing.memory, &self.cancel)?;
        Ok(if matching.kind.only_filters() { merged.numbered_as_they_were() } else { merged })
    }
}

/// The selected records of a batch as bytes, by partition.
fn sort(
    batch: &mut Batch,
    matching: &Matching,
    dividing: &Dividing,
    level: u32,
    scratch: &mut Scratch,
) -> Vec<(usize, Vec<u8>)> {
    let found: Vec<Found> = matching.on.left.get().iter().map(|name| name.find(batch)).collect();
    let mut lists: Vec<Vec<u32>> = vec![Vec::new(); PARTITIONS];
    let by = dividing.by(level);
    each_key(batch, &found, |row, key| {
        if let Some(list) = lists.get_mut(by(batch.id(row), key)) {
            list.push(narrow(row));
        }
    });
    let lists = lists.into_iter().enumerate().filter(|(_, rows)| !rows.is_empty());
    let saved = lists.map(|(partition, rows)| {
        let part = some(batch, &rows, scratch);
        let mut bytes = Vec::new();
        save(&part, &mut bytes);
        scratch.recycle(part);
        (partition, bytes)
    });
    saved.collect()
}

/// Copies of some records, with their numbers.
pub(super) fn some(batch: &Batch, rows: &[u32], scratch: &mut Scratch) -> Batch {
    let mut some = extract(batch, rows, scratch);
    some.ids = Some(rows.iter().map(|row| batch.id(*row as usize)).collect());
    some
}

/// Joins partitions.
struct Joining<'a> {
    matching: &'a Matching,
    divided: &'a Divided,
}

impl Joining<'_> {
    /// The runs of what comes of a partition.
    fn partition(&self, ours: &Partition, theirs: &[Partition], level: u32) -> Result<Vec<Run>> {
        let (matching, dividing) = (self.matching, &self.divided.dividing);
        let building = Building {
            keys: Arc::clone(&matching.on.right),
            equal: matching.equal,
            moment: None,
            shared: Shared::default(),
            dividing: Some(dividing.clone()),
        };
        let mut builder = Box::new(building.builder(level + 1));
        let mut scratch = Scratch::default();
        for partition in theirs {
            partition.each(|mut saved| {
                while let Some(batch) = restore(&mut saved)? {
                    builder.take(batch, &mut Scope::new(0, &mut scratch))?;
                }
                Ok(())
            })?;
        }
        if builder.is_divided() {
            let theirs = builder.divided()?.map_or_else(|| Ok(Vec::new()), Budget::finish)?;
            return self.again(ours, theirs, level + 1);
        }
        let built = builder.built(&self.divided.columns);
        let mut writing = Writing::appending(&dividing.memory.spill()?, &dividing.memory);
        ours.each(|mut saved| {
            while let Some(batch) = restore(&mut saved)? {
                self.batch(batch, &built, &mut writing, &mut scratch)?;
            }
            Ok(())
        })?;
        for index in (0..built.batches()).filter(|_| matching.kind.adds_unmatched()) {
            let (_, picks) = built.unmatched(index);
            for picks in picks.chunks(PIECE) {
                let mut batch = matching.unmatched(&built, picks, &mut scratch);
                batch.ids = Some(picks.iter().map(|pick| BEHIND | built.id(*pick)).collect());
                writing.append(batch)?;
            }
        }
        Ok(vec![writing.finish()?])
    }

    /// The same of one that is too large, divided by further bits.
    fn again(&self, ours: &Partition, theirs: Vec<Partition>, level: u32) -> Result<Vec<Run>> {
        let dividing = &self.divided.dividing;
        let (mut parts, mut scratch) = (dividing.partitions()?, Scratch::default());
        ours.each(|mut saved| {
            while let Some(mut batch) = restore(&mut saved)? {
                let sorted = sort(&mut batch, self.matching, dividing, level, &mut scratch);
                sorted.iter().try_for_each(|(partition, bytes)| parts.push(*partition, bytes))?;
                scratch.recycle(batch);
            }
            Ok(())
        })?;
        let mut runs = Vec::new();
        for (ours, theirs) in parts.finish()?.into_iter().zip(theirs) {
            runs.extend(self.partition(&ours, &[theirs], level)?);
        }
        Ok(runs)
    }

    /// Appends what comes of a batch to a run.
    fn batch(&self, mut batch: Batch, built: &Built, writing: &mut Writing, scratch: &mut Scratch) -> Result<()> {
        let matching = self.matching;
        if matching.kind.only_filters() {
            matching.filter(&mut batch, built, &mut Scope::new(0, scratch));
            let Selection::Rows(rows) = &batch.selection else { return writing.append(batch) };
            let kept = some(&batch, rows, scratch);
            return if kept.rows > 0 { writing.append(kept) } else { Ok(()) };
        }
        let mut pairs = matching.pairs(&mut batch, built);
        while !pairs.is_done() {
            let (from, picks) = pairs.next(built, PIECE);
            let mut joined = some(&batch, &from, scratch);
            joined.raw = None;
            if let Some(failure) = matching.attach(&mut joined, built, &picks)? {
                return Err(failure.error);
            }
            writing.append(joined)?;
        }
        scratch.recycle(batch);
        Ok(())
    }
}

/// The rows of the other side that no record matched, in their order; where it is on disk, behind what was held back.
pub(super) struct Behind {
    /// What the join works on.
    pub(super) matching: Arc<Matching>,
    /// What was held back.
    pub(super) apart: Arc<Apart>,
    /// What came of it.
    pub(super) joined: OnceLock<Result<Merged, Mutex<Option<Error>>>>,
}

impl Behind {
    /// What was held back, joined when the first chunk is asked for.
    fn merged(&self, divided: &Divided) -> Result<Option<&Merged>> {
        let joined = self
            .joined
            .get_or_init(|| self.apart.joined(&self.matching, divided).map_err(|error| Mutex::new(Some(error))));
        match joined {
            Ok(merged) => Ok(Some(merged)),
            // Whoever comes first tells it.
            Err(error) => error.lock().unwrap_or_else(PoisonError::into_inner).take().map_or(Ok(None), Err),
        }
    }
}

impl Table for Behind {
    fn chunks(&self) -> usize {
        match self.matching.shared.get() {
            None => 0,
            Some(Side::Held(built)) => built.batches(),
            Some(Side::Divided(_)) => match self.joined.get() {
                Some(Ok(merged)) => merged.chunks(),
                _ => usize::MAX,
            },
        }
    }

    fn chunk(&self, index: usize, scratch: &mut Scratch) -> Result<Batch> {
        match self.matching.shared.get() {
            None => Ok(Batch::default()),
            Some(Side::Held(built)) => {
                let (first_row, picks): (u64, Vec<Pick>) = built.unmatched(index);
                Ok(Batch { first_row, ..self.matching.unmatched(built, &picks, scratch) })
            }
            Some(Side::Divided(divided)) => match self.merged(divided)? {
                Some(merged) => merged.chunk(index, scratch),
                None => Ok(Batch::default()),
            },
        }
    }
}
