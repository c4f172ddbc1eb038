//! Aggregates: one file and one row in [`AGGREGATES`] each, and the table of groups they are kept for.
//!
//! An accumulator holds a state for all groups of one thread, indexed by group number. States are exact and
//! commutative: they are merged once, and the answer does not depend on who saw which rows. What depends on order
//! (first, last, ties of min and max) carries the row's number. Several aggregates may read the same state (`sum` and
//! `mean` of a column, all its quantiles), so a plan keeps one accumulator per [`State`] and input.

mod all;
mod any;
mod approx_count_distinct;
mod approx_quantile;
mod argmax;
mod argmin;
mod at_extreme;
mod bottom;
mod collect;
mod collect_distinct;
mod collected;
mod concat;
mod conditions;
mod count;
mod count_distinct;
mod count_if;
pub(crate) mod described;
mod extreme;
mod first;
mod foremost;
mod frequencies;
pub(crate) mod group_table;
mod intake;
mod kept;
pub(crate) mod key_set;
mod last;
mod marks;
mod max;
mod mean;
mod median;
mod memo;
mod min;
mod mode;
mod moments;
mod most_common;
pub(crate) mod multiset;
mod natural;
mod nth;
mod pairs;
mod percentile;
mod quantile;
mod quantiles;
mod range;
mod ranks;
mod ratio;
pub(crate) mod running;
pub(crate) mod smalls;
mod stddev;
mod stddev_pop;
mod sum;
mod superaccumulator;
#[cfg(test)]
mod tests;
mod top;
mod total;
mod var;
mod var_pop;

use std::any::Any;

use crate::core::data::batch::{Batch, Values};
use crate::core::data::number::Number;
use crate::core::data::value::Value;
use crate::core::error::Result;
use crate::core::exec::memory::Memory;
use crate::core::registry::{Row, did_you_mean, find, names};
use crate::process::aggregate::smalls::Smalls;

/// Every aggregate, in the order of the help.
pub(crate) static AGGREGATES: &[Row<Aggregate>] = &[
    count::ROW,
    count_if::ROW,
    count_distinct::ROW,
    approx_count_distinct::ROW,
    sum::ROW,
    mean::ROW,
    min::ROW,
    max::ROW,
    range::ROW,
    median::ROW,
    percentile::ROW,
    quantile::ROW,
    approx_quantile::ROW,
    stddev::ROW,
    var::ROW,
    stddev_pop::ROW,
    var_pop::ROW,
    first::ROW,
    last::ROW,
    nth::ROW,
    mode::ROW,
    most_common::ROW,
    top::ROW,
    bottom::ROW,
    argmin::ROW,
    argmax::ROW,
    collect::ROW,
    collect_distinct::ROW,
    concat::ROW,
    ratio::ROW,
    any::ROW,
    all::ROW,
];

/// How an aggregate is called and made.
#[derive(Debug)]
pub(crate) struct Aggregate {
    /// Its arguments in the order written.
    pub(crate) arguments: &'static [Argument],
    /// How many of them may be left out, from the last on.
    pub(crate) optional: usize,
    /// A parameter that it always has: the half of `median`.
    pub(crate) preset: Option<Number>,
    /// What it keeps.
    pub(crate) state: State,
    /// Its value for a group of a settled accumulator of that state. The last argument is the position of its
    /// parameters among those the accumulator was settled with.
    pub(crate) read: for<'a> fn(&'a dyn Accumulator, usize, usize) -> Value<'a>,
}

/// An argument of an aggregate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Argument {
    /// An expression that is evaluated for each row.
    Value,
    /// A condition that is asked of each row.
    Condition,
    /// A constant from 0 to 1.
    Share,
    /// A constant count, from 1.
    Count,
    /// Constant text.
    Text,
}

impl Argument {
    /// Whether it is evaluated for each row.
    pub(crate) fn is_input(self) -> bool {
        matches!(self, Self::Value | Self::Condition)
    }
}

/// The constants that one aggregate was called with.
pub(crate) type Parameters = Vec<Value<'static>>;

/// A kind of accumulator. Aggregates with the same kind and input share one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct State {
    /// Its name, which tells kinds apart.
    pub(crate) name: &'static str,
    /// Makes an accumulator without groups.
    pub(crate) build: fn() -> Box<dyn Accumulator>,
}

/// Rows to take in.
pub(crate) struct Intake<'a> {
    /// The batch they are of.
    pub(crate) batch: &'a Batch,
    /// Their indices in the batch.
    pub(crate) rows: &'a [u32],
    /// For each of them, its group.
    pub(crate) groups: &'a [u32],
    /// The argument, with one value per record of the batch (not per listed row); none for `count()`.
    pub(crate) input: Option<&'a Values>,
    /// The short plain numbers of the argument, where they were read already.
    pub(crate) smalls: Option<&'a Smalls>,
    /// The second argument, of aggregates that have one (`argmax(x, by)`).
    pub(crate) second: Option<&'a Values>,
}

/// Stands for "not taken" in the lists that map another accumulator's groups to ours.
pub(crate) const NO_GROUP: u32 = u32::MAX;

/// The state of one aggregate for all groups.
pub(crate) trait Accumulator: Send + Sync {
    /// Told once, before any row, the parameters of each aggregate that will read.
    fn prepare(&mut self, asked: &[Parameters]) {
        let _ = asked;
    }

    /// Whether it reads its argument as numbers, which may then be read once for several accumulators.
    fn reads_numbers(&self) -> bool {
        false
    }

    /// Makes room for this many groups.
    fn grow(&mut self, groups: usize);

    /// Takes rows in.
    fn update(&mut self, intake: &Intake<'_>);

    /// Takes over states of another accumulator of the same kind: its group `i` goes into our group `into[i]`, or
    /// stays where that is [`NO_GROUP`]. Each group of it is taken by exactly one accumulator.
    fn merge(&mut self, other: &dyn Accumulator, into: &[u32]);

    /// Computes what cannot be read off the states directly, once, after everything was merged. `asked` holds the
    /// parameters of each aggregate that will read.
    fn settle(&mut self, asked: &[Parameters]) -> Result<()> {
        let _ = asked;
        Ok(())
    }

    /// About the bytes of memory it takes.
    fn memory(&self) -> usize;

    /// Writes to disk what it can do without until it is settled: what grows with the rows, not with the groups.
    fn spill(&mut self, memory: &Memory) -> Result<()> {
        let _ = memory;
        Ok(())
    }

    /// The values that were left out because they were not numbers.
    fn skipped(&self) -> Skipped {
        Skipped::default()
    }

    /// How many groups have a sum that 128 bits cannot hold, though every number in it was exact, or that no double holds.
    fn exceeded(&self) -> u64 {
        0
    }

    /// The accumulator itself, for `merge` and for readers.
    fn as_any(&self) -> &dyn Any;
}

/// Values that were left out because they were not numbers, and those that were taken with fewer digits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Skipped {
    /// How many.
    pub(crate) count: u64,
    /// The first of them: its row and the start of its text.
    pub(crate) first: Option<(u64, String)>,
    /// How many numbers past 128 bits were taken as doubles.
    pub(crate) rounded: u64,
}

impl Skipped {
    /// Adds another count.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.rounded += other.rounded;
        if let Some((row, text)) = &other.first
            && self.first.as_ref().is_none_or(|(first, _)| row < first)
        {
            self.first = Some((*row, text.clone()));
        }
    }
}

/// An aggregate as named in an expression.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    /// The aggregate.
    pub(crate) row: &'static Row<Aggregate>,
    /// Parameters that the name carries: 0.99 for `p99`.
    pub(crate) preset: Option<Number>,
}

/// The aggregate of that name. `p` and digits are a quantile: `p5` is 0.05, `p50` is 0.5, `p999` is 0.999.
pub(crate) fn resolve(name: &str) -> Option<Named> {
    if let Some(preset) = percentile::parse(name) {
        return Some(Named { row: &percentile::ROW_REF, preset: Some(preset) });
    }
    find(AGGREGATES, name).map(|row| Named { row, preset: row.item.preset })
}

/// Every name of an aggregate.
pub(crate) fn known_names() -> Vec<&'static str> {
    names(AGGREGATES).collect()
}

/// What a mistyped aggregate may have been meant to be, for a hint.
pub(crate) fn suggest(name: &str) -> String {
    did_you_mean(name, names(AGGREGATES)).unwrap_or_else(|| {
        format!("aggregates: {}", AGGREGATES.iter().map(|row| row.name).collect::<Vec<_>>().join(", "))
    })
}

/// The count among the parameters of an aggregate.
fn count_of(parameters: &[Value<'static>]) -> usize {
    let count = parameters.iter().find_map(Value::to_number).and_then(Number::to_integer);
    count.and_then(|count| usize::try_from(count).ok()).unwrap_or(usize::MAX)
}

/// The place of a group in a list that is only as long as the highest group that needed one.
#[expect(clippy::indexing_slicing, reason = "the list has just got this place")]
fn at_place<T>(list: &mut Vec<Option<T>>, group: usize) -> &mut Option<T> {
    if list.len() <= group {
        list.resize_with(group + 1, || None);
    }
    &mut list[group]
}

/// The accumulator as its own type, for readers.
fn own<T: 'static>(accumulator: &dyn Accumulator) -> Option<&T> {
    accumulator.as_any().downcast_ref()
}
