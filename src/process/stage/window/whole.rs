//! Window functions that look ahead: all records are taken in, then computed call by call.

use std::any::Any;
use std::cmp::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use super::Plan;
use super::function::{Call, Function};
use super::state::State;
use crate::core::data::batch::{Batch, Values};
use crate::core::data::compare::SortOrder;
use crate::core::data::number::Number;
use crate::core::data::value::Value;
use crate::core::error::{Problem, Result};
use crate::core::format::Scratch;
use crate::process::aggregate::key_set::{KeySet, Seed};
use crate::process::aggregate::running::RunningSum;
use crate::process::expr::Tally;
use crate::process::stage::digits::{self, Doubles, digit, next};
use crate::process::stage::keys::{KeyOf, Keys};
use crate::process::stage::remarks::{Remarks, Tell, Told};
use crate::process::stage::{Gather, Gatherer, Scope, Table};

/// The operation.
pub(super) struct Gathering {
    plan: Arc<Plan>,
    of: KeyOf,
    told: Told<Vec<Tally>>,
}

impl Gathering {
    /// The operation.
    pub(super) fn new(plan: Arc<Plan>, of: KeyOf) -> Self {
        Self { plan, of, told: Told::default() }
    }
}

/// A batch with what is computed from.
struct Kept {
    batch: Batch,
    keys: Keys,
    arguments: Vec<Option<Values>>,
}

struct Taken {
    plan: Arc<Plan>,
    of: KeyOf,
    kept: Vec<Kept>,
    tallies: Vec<Tally>,
}

impl Gatherer for Taken {
    fn take(&mut self, mut batch: Batch, scope: &mut Scope<'_>) -> Result<()> {
        if batch.selected() == 0 {
            scope.scratch.recycle(batch);
            return Ok(());
        }
        let keys = Keys::new(&self.of, &mut batch);
        let arguments = self.plan.arguments(&mut batch, &mut self.tallies);
        self.tallies.settle(usize::MAX);
        self.kept.push(Kept { batch, keys, arguments });
        Ok(())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

impl Gather for Gathering {
    fn gatherer(&self) -> Result<Box<dyn Gatherer>> {
        let (plan, of, tallies) = (Arc::clone(&self.plan), self.of.clone(), self.plan.tallies());
        Ok(Box::new(Taken { plan, of, kept: Vec::new(), tallies }))
    }

    fn finish(&self, gathered: Vec<Box<dyn Gatherer>>) -> Result<Box<dyn Table>> {
        let mut kept = Vec::new();
        for gatherer in gathered {
            let Ok(taken) = gatherer.into_any().downcast::<Taken>() else { continue };
            kept.extend(taken.kept);
            self.told.merge(taken.tallies);
        }
        kept.sort_by_key(|kept| kept.batch.first_row);
        let mut table = KeySet::new(Seed::default());
        let groups: Vec<Vec<usize>> =
            kept.iter().map(|kept| kept.keys.iter().map(|key| table.number(key)).collect()).collect();
        let records = Records { kept: &kept, groups: &groups, count: table.len() };
        let by_call: Vec<Vec<Vec<Value<'static>>>> =
            self.plan.calls.iter().enumerate().map(|(at, call)| records.compute(at, call)).collect();
        let mut of_batch: Vec<Vec<Vec<Value<'static>>>> = kept.iter().map(|_| Vec::new()).collect();
        for call in by_call {
            for (results, of_batch) in call.into_iter().zip(&mut of_batch) {
                of_batch.push(results);
            }
        }
        let mut first_row = 0;
        let mut chunks = Vec::with_capacity(kept.len());
        for (kept, results) in kept.into_iter().zip(of_batch) {
            let mut batch = kept.batch;
            batch.first_row = first_row;
            first_row += batch.rows as u64;
            chunks.push(Mutex::new(Some((batch, results))));
        }
        Ok(Box::new(Computed { plan: Arc::clone(&self.plan), chunks, told: self.told.clone() }))
    }

    fn notes(&self) -> Vec<Problem> {
        self.told.look(|tallies| self.plan.notes(tallies))
    }
}

/// All records in order, with their groups.
struct Records<'a> {
    kept: &'a [Kept],
    groups: &'a [Vec<usize>],
    count: usize,
}

/// A record's batch and its place among the selected ones there, and its group.
#[derive(Debug, Clone, Copy)]
struct Place {
    batch: usize,
    at: usize,
    row: usize,
    group: usize,
}

impl<'a> Records<'a> {
    fn places(&self) -> Vec<Place> {
        let of_batch = |(batch, (kept, groups)): (usize, (&'a Kept, &'a Vec<usize>))| {
            let rows = kept.batch.rows().zip(groups).enumerate();
            rows.map(move |(at, (row, group))| Place { batch, at, row, group: *group })
        };
        self.kept.iter().zip(self.groups).enumerate().flat_map(of_batch).collect()
    }

    fn value(&self, call: usize, place: Place) -> Value<'a> {
        let Some(kept) = self.kept.get(place.batch) else { return Value::Null };
        match kept.arguments.get(call) {
            Some(Some(values)) => kept.batch.value_of(values, place.row),
            _ => Value::Null,
        }
    }

    /// The results of a call, for each batch and selected record.
    fn compute(&self, at: usize, call: &Call) -> Vec<Vec<Value<'static>>> {
        let mut results: Vec<Vec<Value<'static>>> =
            self.groups.iter().map(|groups| vec![Value::Null; groups.len()]).collect();
        let mut put = |place: Place, value: Value<'static>| {
            if let Some(slot) = results.get_mut(place.batch).and_then(|batch| batch.get_mut(place.at)) {
                *slot = value;
            }
        };
        let places = self.places();
        match call.function {
            Function::Rank | Function::DenseRank => self.rank(at, call, places, put),
            Function::Share | Function::Total => {
                let mut sums = vec![RunningSum::default(); self.count];
                for place in &places {
                    if let (Some(number), Some(sum)) = (self.value(at, *place).to_number(), sums.get_mut(place.group)) {
                        sum.add(number);
                    }
                }
                let sums: Vec<Option<Number>> = sums.iter().map(RunningSum::sum).collect();
                for place in places {
                    let sum = sums.get(place.group).copied().flatten();
                    let result = match call.function {
                        Function::Total => sum,
                        _ => self.value(at, place).to_number().zip(sum).and_then(|(number, sum)| number.divide(sum)),
                    };
                    put(place, result.map_or(Value::Null, Value::Number));
                }
            }
            _ => {
                let mut states: Vec<State> = (0..self.count).map(|_| State::new(call)).collect();
                let mut step = |place: Place| {
                    let value = self.value(at, place);
                    if let Some(state) = states.get_mut(place.group) {
                        put(place, state.step(call, value));
                    }
                };
                if call.function == Function::Lead {
                    places.into_iter().rev().for_each(step);
                } else {
                    places.into_iter().for_each(&mut step);
                }
            }
        }
        results
    }

    /// The places of values among those of their group; null has none.
    fn rank(&self, at: usize, call: &Call, places: Vec<Place>, mut put: impl FnMut(Place, Value<'static>)) {
        let order = SortOrder { descending: call.descending, ..SortOrder::default() };
        let mut doubles = Doubles::Exact;
        let ranked = places.into_iter().filter_map(|place| {
            let value = Some(self.value(at, place)).filter(|value| !value.is_null())?;
            Some((place.group, digit(order, &value, digits::Place::First, &mut doubles), place))
        });
        let mut ranked: Vec<(usize, u64, Place)> = ranked.collect();
        // Values whose first digits are equal are looked at again only where that does not decide.
        let compare = |x: &(usize, u64, Place), y: &(usize, u64, Place)| {
            x.1.cmp(&y.1).then_with(|| match next(order, x.1, digits::Place::First, doubles) {
                Some(_) => order.compare(&self.value(at, x.2), &self.value(at, y.2)),
                None => Ordering::Equal,
            })
        };
        ranked.par_sort_by(|x, y| x.0.cmp(&y.0).then_with(|| compare(x, y)));
        for group in ranked.chunk_by(|x, y| x.0 == y.0) {
            let (mut rank, mut before): (i128, Option<&(usize, u64, Place)>) = (0, None);
            for (number, ranked) in (1..).zip(group) {
                if before.is_none_or(|before| compare(before, ranked) != Ordering::Equal) {
                    rank = if call.function == Function::Rank { number } else { rank + 1 };
                }
                before = Some(ranked);
                put(ranked.2, Value::Number(Number::int(rank)));
            }
        }
    }
}

/// A batch and the results of all calls for it.
type Chunk = (Batch, Vec<Vec<Value<'static>>>);

/// The records with their results, batch by batch.
struct Computed {
    plan: Arc<Plan>,
    chunks: Vec<Mutex<Option<Chunk>>>,
    told: Told<Vec<Tally>>,
}

impl Table for Computed {
    fn chunks(&self) -> usize {
        self.chunks.len()
    }

    fn chunk(&self, index: usize, scratch: &mut Scratch) -> Result<Batch> {
        let mut remarks = Remarks::default();
        let batch = self.chunk_with(index, scratch, &mut remarks);
        remarks.settle();
        batch
    }

    fn chunk_with(&self, index: usize, _: &mut Scratch, remarks: &mut Remarks) -> Result<Batch> {
        let chunk = self.chunks.get(index).map(|chunk| chunk.lock().unwrap_or_else(PoisonError::into_inner).take());
        let Some(Some((mut batch, results))) = chunk else { return Ok(Batch::default()) };
        let mut tallies = self.plan.tallies();
        self.plan.finish(&mut batch, results, &mut tallies);
        self.told.add(tallies, remarks);
        Ok(batch)
    }
}
