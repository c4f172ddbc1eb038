//! Reads groups out in chunks: keys as they came, aggregates, and expressions over them.

use std::cmp::Ordering;
use std::sync::Arc;

use super::gather::Groups;
use super::partitioned::mark;
use super::{GroupOrder, Grouping, Output};
use rayon::prelude::*;

use crate::core::data::batch::{Batch, Column, Values, store};
use crate::core::data::cell::Cell;
use crate::core::data::value::Value;
use crate::core::error::Result;
use crate::core::exec::memory::Share;
use crate::core::format::Scratch;
use crate::core::integer::narrow;
use crate::process::expr::{Tally, slot_name};
use crate::process::stage::Table;
use crate::process::stage::remarks::{Remarks, Told};
use crate::process::stage::table::CHUNK;

/// The groups, put together.
pub(super) struct GroupedTable {
    grouping: Arc<Grouping>,
    groups: Vec<Groups>,
    /// Partition and number in it of each group, in the order of the result.
    order: Vec<(u32, u32)>,
    told: Told<Vec<Tally>>,
    /// Records of a chunk.
    rows: usize,
    /// The memory that the groups take, where it is counted.
    _share: Option<Share>,
}

impl GroupedTable {
    /// Puts the groups of all partitions in order.
    pub(super) fn new(grouping: Arc<Grouping>, groups: Vec<Groups>, told: Told<Vec<Tally>>) -> Self {
        let order = if grouping.keys.is_empty() { vec![(0, 0)] } else { order(&grouping, &groups) };
        Self { grouping, groups, order, told, rows: CHUNK, _share: None }
    }

    /// The same, giving back the memory of this share with its own.
    pub(super) fn holding(self, share: Share) -> Self {
        Self { _share: Some(share), ..self }
    }

    /// The same in chunks of so many records.
    pub(super) fn in_chunks(self, rows: usize) -> Self {
        Self { rows, ..self }
    }

    /// For each group of a chunk, what tells its place among those of other tables.
    pub(super) fn marks(&self, index: usize) -> Vec<(u64, u64)> {
        let mark = |(part, group): &(u32, u32)| match self.groups.get(*part as usize) {
            Some(groups) => mark(&self.grouping, groups, *group as usize),
            None => (u64::MAX, u64::MAX),
        };
        self.order_of(index).iter().map(mark).collect()
    }

    fn order_of(&self, index: usize) -> &[(u32, u32)] {
        let start = (index * self.rows).min(self.order.len());
        self.order.get(start..(start + self.rows).min(self.order.len())).unwrap_or_default()
    }

    /// Cells of the values that `value` gives for each group of a chunk.
    fn cells<'a>(
        &'a self,
        order: &[(u32, u32)],
        side: &mut Vec<u8>,
        value: impl Fn(&'a Groups, usize) -> Value<'a>,
    ) -> Values {
        let cell = |(part, group): &(u32, u32)| match self.groups.get(*part as usize) {
            Some(groups) => store(side, &value(groups, *group as usize)),
            None => Cell::NULL,
        };
        Values::Cells(order.iter().map(cell).collect())
    }

    /// The results of an aggregate for each group of a chunk: numbers where it computed them, else cells.
    fn results<'a>(
        &'a self,
        order: &[(u32, u32)],
        side: &mut Vec<u8>,
        value: impl Fn(&'a Groups, usize) -> Value<'a>,
    ) -> Values {
        let mut numbers = Vec::with_capacity(order.len());
        for (part, group) in order {
            match self.groups.get(*part as usize).map(|groups| value(groups, *group as usize)) {
                Some(Value::Number(number)) => numbers.push(Some(number)),
                Some(Value::Null) | None => numbers.push(None),
                Some(_) => return self.cells(order, side, value),
            }
        }
        Values::Numbers(numbers)
    }

    /// The values of an aggregate column. `batch` holds the keys, and is left so.
    fn output(&self, order: &[(u32, u32)], output: &Output, batch: &mut Batch, tally: &mut Tally) -> Values {
        let mut calls = Vec::with_capacity(output.calls.len());
        for call in &output.calls {
            calls.push(self.results(order, &mut batch.side, |groups, group| match groups.states.get(call.state) {
                Some(state) => (call.read)(&**state, group, call.asked),
                None => Value::Null,
            }));
        }
        let Some(rest) = &output.rest else {
            return calls.pop().unwrap_or_else(|| Values::Cells(vec![Cell::NULL; order.len()]));
        };
        let keys = batch.columns.len();
        let slots = calls.into_iter().enumerate();
        batch.columns.extend(slots.map(|(index, values)| Column { name: slot_name(index).into(), values }));
        let values = rest.values(batch, tally);
        batch.columns.truncate(keys);
        values
    }
}

/// The groups in the order of the result.
fn order(grouping: &Grouping, groups: &[Groups]) -> Vec<(u32, u32)> {
    let mut order: Vec<(u64, u32, u32)> = Vec::with_capacity(groups.iter().map(|part| part.table.len()).sum());
    for (part, groups) in (0_u32..).zip(groups) {
        order.extend((0..groups.table.len()).map(|group| (groups.table.first_row(group), part, narrow(group))));
    }
    // What one thread found is in order already, which a merge sort sees.
    order.par_sort_by_key(|(first, ..)| *first);
    if grouping.order == GroupOrder::Falling {
        let weight = |(_, part, group): &(u64, u32, u32)| {
            let call = grouping.outputs.first()?.calls.first()?;
            let state = groups.get(*part as usize)?.states.get(call.state)?;
            (call.read)(&**state, *group as usize, call.asked).to_number()
        };
        order.sort_by(|a, b| match (weight(a), weight(b)) {
            (Some(a), Some(b)) => b.compare(a),
            _ => Ordering::Equal,
        });
    }
    order.into_iter().map(|(_, part, group)| (part, group)).collect()
}

impl Table for GroupedTable {
    fn chunks(&self) -> usize {
        self.order.len().div_ceil(self.rows)
    }

    fn chunk(&self, index: usize, scratch: &mut Scratch) -> Result<Batch> {
        let mut remarks = Remarks::default();
        let batch = self.chunk_with(index, scratch, &mut remarks);
        remarks.settle();
        batch
    }

    fn chunk_with(&self, index: usize, scratch: &mut Scratch, remarks: &mut Remarks) -> Result<Batch> {
        let start = index * self.rows;
        let order = self.order_of(index);
        let mut batch =
            Batch { side: scratch.take_bytes(), rows: order.len(), first_row: start as u64, ..Batch::default() };
        for (column, key) in self.grouping.keys.iter().enumerate() {
            let values = self.cells(order, &mut batch.side, |groups, group| groups.table.key(group, column));
            batch.columns.push(Column { name: Arc::clone(&key.name), values });
        }
        let mut results = Vec::with_capacity(self.grouping.outputs.len());
        let mut tallies = Vec::with_capacity(self.grouping.outputs.len());
        for output in &self.grouping.outputs {
            let mut tally = Tally::default();
            let values = self.output(order, output, &mut batch, &mut tally);
            results.push(Column { name: Arc::clone(&output.name), values });
            tallies.push(tally);
        }
        self.told.add(tallies, remarks);
        batch.columns.extend(results);
        Ok(batch)
    }
}
