//! Groups that memory does not hold: rows go to disk by the hash of their keys, and each partition is grouped by itself.
//!
//! What a thread had grouped when it was full stays as it is, and takes part in every partition by the groups that
//! belong there; states are commutative, so nothing depends on which rows were on disk. The groups of a partition are
//! written as a run in the order of the result, and the result is the merge of these runs.

use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use super::gather::{GroupGather, GroupGatherer, Groups};
use super::result::GroupedTable;
use super::{GroupOrder, Grouping};
use crate::core::data::batch::{Batch, Column, Values};
use crate::core::data::saved::{restore, save};
use crate::core::error::Result;
use crate::core::exec::partitions::{LEVELS, PARTITIONS, Partition, Partitions, partition_of};
use crate::core::format::Scratch;
use crate::core::integer::{narrow, whole};
use crate::process::aggregate::Skipped;
use crate::process::stage::Table;
use crate::process::stage::runs::{Merged, Order, Run, Size, Writing};

/// What partitions leave behind.
pub(super) struct Left {
    runs: Vec<Run>,
    /// For each state, what it left out.
    pub(super) skipped: Vec<Skipped>,
    /// For each state, how many results exceeded their digits.
    pub(super) exceeded: Vec<u64>,
}

/// Writes rows of a batch to their partitions: its keys and arguments, and the numbers of the rows.
pub(super) fn put(
    partitions: &mut Partitions,
    level: u32,
    groups: &mut Groups,
    (batch, rows): (&Batch, &[u32]),
    (inputs, keys): (&[&Values], usize),
    scratch: &mut Scratch,
) -> Result<()> {
    let mut hashes = Vec::with_capacity(rows.len());
    groups.table.hashes(batch, rows, inputs.get(..keys).unwrap_or_default(), &mut hashes);
    let mut listed: Vec<Vec<u32>> = vec![Vec::new(); PARTITIONS];
    for (row, hash) in rows.iter().zip(hashes) {
        if let Some(list) = listed.get_mut(partition_of(hash, level)) {
            list.push(*row);
        }
    }
    let mut saved = Vec::new();
    for (partition, rows) in listed.iter().enumerate().filter(|(_, rows)| !rows.is_empty()) {
        let mut part = extract_inputs(batch, inputs, rows, scratch);
        part.ids = Some(rows.iter().map(|row| batch.id(*row as usize)).collect());
        saved.clear();
        save(&part, &mut saved);
        partitions.push(partition, &saved)?;
        scratch.recycle(part);
    }
    Ok(())
}

/// The inputs of some rows as columns of a batch.
fn extract_inputs(batch: &Batch, inputs: &[&Values], rows: &[u32], scratch: &mut Scratch) -> Batch {
    let mut side = scratch.take_bytes();
    let mut columns = Vec::with_capacity(inputs.len());
    for values in inputs {
        let values = match values {
            Values::Numbers(numbers) => {
                Values::Numbers(rows.iter().map(|row| numbers.get(*row as usize).copied().flatten()).collect())
            }
            Values::Cells(cells) => {
                let cell = |row: &u32| {
                    let cell = cells.get(*row as usize).copied().unwrap_or_default();
                    cell.moved(batch.bytes(cell), &mut side)
                };
                Values::Cells(rows.iter().map(cell).collect())
            }
        };
        columns.push(Column { name: "".into(), values });
    }
    Batch { rows: rows.len(), side, columns, ..Batch::default() }
}

impl GroupGather {
    /// Groups all partitions and gives their merge.
    pub(super) fn merged(&self, mut gathered: Vec<GroupGatherer>) -> Result<(Box<dyn Table>, Left)> {
        let mut partitions: Vec<Vec<Partition>> = (0..PARTITIONS).map(|_| Vec::new()).collect();
        for gatherer in &mut gathered {
            let Some(written) = gatherer.partitions.take() else { continue };
            for (all, partition) in partitions.iter_mut().zip(written.finish()?) {
                all.push(partition);
            }
        }
        let states = self.grouping.states.len();
        let left = Left { runs: Vec::new(), skipped: vec![Skipped::default(); states], exceeded: vec![0; states] };
        let left = Mutex::new(left);
        let parts: Vec<&Groups> = gathered.iter().map(|gatherer| &gatherer.groups).collect();
        let numbered: Vec<(usize, Vec<Partition>)> = partitions.into_iter().enumerate().collect();
        numbered
            .into_par_iter()
            .map(|(index, partition)| self.partition_done(&parts, &[index], &partition, &left))
            .collect::<Result<()>>()?;
        let mut left = left.into_inner().unwrap_or_else(PoisonError::into_inner);
        let runs = std::mem::take(&mut left.runs);
        Ok((Box::new(Merged::new(runs, Order::default(), &self.memory, &self.cancel)?), left))
    }

    /// Groups the partition at a path, one position for each level.
    fn partition_done(&self, parts: &[&Groups], path: &[usize], rows: &[Partition], left: &Mutex<Left>) -> Result<()> {
        let mut gatherer = self.thread(narrow(path.len()));
        let mut scratch = Scratch::default();
        for partition in rows {
            partition.each(|mut saved| {
                while let Some(batch) = restore(&mut saved)? {
                    gatherer.take_saved(batch, &mut scratch)?;
                }
                Ok(())
            })?;
        }
        {
            let mut left = left.lock().unwrap_or_else(PoisonError::into_inner);
            for (skipped, state) in left.skipped.iter_mut().zip(&gatherer.groups.states) {
                skipped.merge(&state.skipped());
            }
        }
        let written = gatherer.partitions.take();
        let parts: Vec<&Groups> = parts.iter().copied().chain([&gatherer.groups]).collect();
        if let Some(written) = written {
            for (index, partition) in written.finish()?.into_iter().enumerate() {
                let path: Vec<usize> = path.iter().copied().chain([index]).collect();
                self.partition_done(&parts, &path, &[partition], left)?;
            }
            return Ok(());
        }
        let here = |hash| path.iter().zip(0..).all(|(index, level)| partition_of(hash, level) == *index);
        let takes = |part: usize, group| parts.get(part).is_some_and(|part| here(part.table.hash(group)));
        let mut groups = self.put_together(&parts, takes, gatherer.groups.table.len());
        groups.settle(&self.grouping)?;
        drop(gatherer);
        let run = self.write(groups, &mut scratch, left)?;
        left.lock().unwrap_or_else(PoisonError::into_inner).runs.push(run);
        Ok(())
    }

    /// Writes groups as a run in the order of the result.
    fn write(&self, groups: Groups, scratch: &mut Scratch, left: &Mutex<Left>) -> Result<Run> {
        {
            let mut left = left.lock().unwrap_or_else(PoisonError::into_inner);
            for (exceeded, state) in left.exceeded.iter_mut().zip(&groups.states) {
                *exceeded += state.exceeded();
            }
        }
        let mut writing = Writing::new(&self.memory.spill()?);
        let rows = (Size::new(&self.memory).chunk / 64).clamp(16, 4096);
        let table = GroupedTable::new(Arc::clone(&self.grouping), vec![groups], self.told.clone()).in_chunks(rows);
        for index in 0..table.chunks() {
            let mut batch = table.chunk(index, scratch)?;
            let (marks, ids) = table.marks(index).into_iter().unzip::<u64, u64, Vec<u64>, Vec<u64>>();
            batch.ids = Some(ids);
            writing.push(&marks, &batch)?;
            scratch.recycle(batch);
        }
        writing.finish()
    }
}

/// What a group's place in the result is told by: marks, then numbers, rise.
pub(super) fn mark(grouping: &Grouping, groups: &Groups, group: usize) -> (u64, u64) {
    let first = groups.table.first_row(group);
    if grouping.order == GroupOrder::Appearance {
        return (first, first);
    }
    let count = grouping.outputs.first().and_then(|output| output.calls.first()).and_then(|call| {
        let state = groups.states.get(call.state)?;
        (call.read)(&**state, group, call.asked).to_number()
    });
    let count = count.map_or(0, |count| whole(count.to_f64()));
    (u64::MAX - count, first)
}

/// Whether rows at a level may go to partitions of their own.
pub(super) fn may_part(level: u32) -> bool {
    level < LEVELS
}
