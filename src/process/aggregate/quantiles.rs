//! The state of `quantile`, `median` and `p50` to `p999`: all numbers of all groups.
//!
//! While rows come in, numbers are appended to one log per thread, 12 bytes each (13 where their scales differ), in
//! whatever order. Merging only takes note of the other log. Settling sorts the numbers by group (a counting sort), and
//! within each group selects the ranks that are asked for. The quantile of n numbers at q lies at rank (n - 1) · q,
//! counted from 0; between two ranks it is interpolated linearly (type 7 of Hyndman and Fan, "Sample quantiles in
//! statistical packages", 1996; what `quantile_cont` of `DuckDB` and the default of `NumPy` compute), exactly where the numbers are decimals.

use std::any::Any;
use std::sync::Arc;

use rayon::prelude::*;

use crate::core::data::number::{Number, POW10};
use crate::core::data::value::Value;
use crate::core::error::Result;
use crate::core::exec::memory::Memory;
use crate::core::integer::narrow;
use crate::process::aggregate::intake::{Numbers, Small, each_number};
use crate::process::aggregate::ranks::{self, Written};
use crate::process::aggregate::{Accumulator, Intake, NO_GROUP, Parameters, Skipped, State, own};

pub(super) const STATE: State = State { name: "quantiles", build: || Box::new(Quantiles::default()) };

/// All numbers, then the quantiles of each group.
#[derive(Default)]
pub(super) struct Quantiles {
    groups: usize,
    log: Arc<Log>,
    /// Logs of other threads, each with the group here of each of its groups.
    others: Vec<(Arc<Log>, Vec<u32>)>,
    /// For each group, the quantiles asked for.
    settled: Vec<Option<Number>>,
    /// How many were asked for.
    asked: usize,
    skipped: Skipped,
}

/// Numbers with their groups.
#[derive(Default)]
struct Log {
    groups: Vec<u32>,
    units: Vec<i64>,
    /// The scale of all `units`, as long as `scales` is empty.
    scale: u8,
    scales: Vec<u8>,
    /// Numbers that are not 64-bit decimals.
    large: Vec<(u32, Number)>,
    /// Numbers that memory did not hold.
    written: Option<Written>,
}

impl Log {
    #[inline]
    fn push(&mut self, group: u32, units: i64, scale: u8) {
        if scale != self.scale || !self.scales.is_empty() {
            self.push_scale(scale);
        }
        self.groups.push(group);
        self.units.push(units);
    }

    fn push_scale(&mut self, scale: u8) {
        if self.units.is_empty() {
            self.scale = scale;
            return;
        }
        if self.scales.is_empty() {
            self.scales.resize(self.units.len(), self.scale);
        }
        self.scales.push(scale);
    }

    /// Writes all numbers but those that neither a 64-bit decimal nor a double holds.
    fn spill(&mut self, memory: &Memory) -> Result<()> {
        let mut written = match self.written.take() {
            Some(written) => written,
            None => Written::new(memory)?,
        };
        let exact = self.groups.iter().zip(&self.units).enumerate();
        written.write(exact.map(|(at, (group, units))| (*group, *units, self.scale_of(at), 1)))?;
        let (doubles, large): (Vec<_>, Vec<_>) =
            self.large.iter().partition(|(_, number)| matches!(number, Number::Float(_)));
        written.write_doubles(doubles.into_iter().map(|(group, number)| (group, number.to_f64(), 1)))?;
        *self = Self { large, written: Some(written), ..Self::default() };
        Ok(())
    }

    fn memory_of_written(&self) -> Option<Memory> {
        self.written.as_ref().map(|written| written.memory().clone())
    }

    fn memory(&self) -> usize {
        let large = self.large.capacity() * size_of::<(u32, Number)>();
        self.groups.capacity() * 4 + self.units.capacity() * 8 + self.scales.capacity() + large
    }

    fn scale_of(&self, index: usize) -> u8 {
        self.scales.get(index).copied().unwrap_or(self.scale)
    }
}

/// Reads a quantile.
pub(super) fn read(state: &dyn Accumulator, group: usize, asked: usize) -> Value<'static> {
    let found = own::<Quantiles>(state).and_then(|state| *state.settled.get(group * state.asked + asked)?);
    found.map_or(Value::Null, Value::Number)
}

/// The numbers of all groups, group by group.
struct Sorted {
    /// Where each group ends in `units`.
    ends: Vec<usize>,
    units: Vec<i64>,
    /// The scale of all units, or that of each.
    scale: u8,
    scales: Vec<u8>,
    /// By group.
    large: Vec<(u32, Number)>,
}

impl Quantiles {
    /// The same as settling in memory, for numbers on disk.
    fn settle_written(&mut self, asked: &[Number], memory: &Memory) -> Result<()> {
        let mut logs = std::mem::take(&mut self.others);
        logs.push((std::mem::take(&mut self.log), (0..narrow(self.groups)).collect()));
        // What is still in memory may be shared with others that settle, so it is written from a copy of its own.
        let mut written: Vec<(Written, &[u32])> = Vec::new();
        let (mut counts, mut rest) = (vec![0_usize; self.groups], Vec::new());
        for (log, into) in &logs {
            let place = |group: u32| place(into, group);
            let mut more = Written::new(memory)?;
            let exact = log.groups.iter().zip(&log.units).enumerate();
            more.write(exact.map(|(at, (group, units))| (*group, *units, log.scale_of(at), 1)))?;
            rest.extend(log.large.iter().filter_map(|(group, number)| Some((narrow(place(*group)?), *number, 1))));
            written.extend([more].into_iter().chain(log.written.clone()).map(|written| (written, into.as_slice())));
        }
        let number = |into: &[u32], group: u32| place(into, group).map(narrow);
        for (written, into) in &written {
            written.each_group(|group| {
                if let Some(count) = place(into, group).and_then(|group| counts.get_mut(group)) {
                    *count += 1;
                }
            })?;
        }
        for (group, ..) in &rest {
            if let Some(count) = counts.get_mut(*group as usize) {
                *count += 1;
            }
        }
        self.settled = vec![None; self.groups * asked.len()];
        let (mut current, mut at, mut ranked) = (None, 0, Ranked::default());
        let settled = &mut self.settled;
        let mut done = |group: Option<u32>, ranked: &Ranked| {
            let Some(group) = group else { return };
            for (slot, quantile) in settled.iter_mut().skip(group as usize * asked.len()).zip(ranked.quantiles()) {
                *slot = quantile;
            }
        };
        ranks::each(&written, number, rest, |group, number, _| {
            if current != Some(group) {
                done(current, &ranked);
                (current, at) = (Some(group), 0);
                ranked = Ranked::new(asked, counts.get(group as usize).copied().unwrap_or(0));
            }
            ranked.see(at, 1, number);
            at += 1;
        })?;
        done(current, &ranked);
        Ok(())
    }

    /// Sorts the numbers by group and frees the logs.
    fn sort(&mut self) -> Sorted {
        let mut logs = std::mem::take(&mut self.others);
        logs.push((std::mem::take(&mut self.log), (0..narrow(self.groups)).collect()));
        let mut next = vec![0_usize; self.groups + 1];
        for (log, into) in &logs {
            for group in &log.groups {
                if let Some(count) = place(into, *group).and_then(|group| next.get_mut(group + 1)) {
                    *count += 1;
                }
            }
        }
        let mut total = 0;
        for end in &mut next {
            total += *end;
            *end = total;
        }
        let scale = logs.iter().find(|(log, _)| !log.units.is_empty()).map_or(0, |(log, _)| log.scale);
        let uniform = logs.iter().all(|(log, _)| log.scales.is_empty() && (log.scale == scale || log.units.is_empty()));
        let mut sorted = Sorted {
            ends: Vec::new(),
            units: vec![0; total],
            scale,
            scales: if uniform { Vec::new() } else { vec![0; total] },
            large: Vec::new(),
        };
        for (log, into) in logs {
            for (index, (group, units)) in log.groups.iter().zip(&log.units).enumerate() {
                let Some(at) = place(&into, *group).and_then(|group| next.get_mut(group)) else { continue };
                if let Some(to) = sorted.units.get_mut(*at) {
                    *to = *units;
                }
                // There are none where all are the same.
                if let Some(to) = sorted.scales.get_mut(*at) {
                    *to = log.scale_of(index);
                }
                *at += 1;
            }
            let large = log.large.iter().filter_map(|(group, number)| Some((narrow(place(&into, *group)?), *number)));
            sorted.large.extend(large);
        }
        sorted.large.sort_by_key(|(group, _)| *group);
        // Each group's start has moved to its end.
        next.pop();
        sorted.ends = next;
        sorted
    }
}

/// The group here of a log's group.
#[inline]
fn place(into: &[u32], group: u32) -> Option<usize> {
    into.get(group as usize).filter(|group| **group != NO_GROUP).map(|group| *group as usize)
}

/// The log of a thread while it takes rows in.
struct Writing<'a> {
    log: &'a mut Log,
    skipped: &'a mut Skipped,
}

impl Numbers for Writing<'_> {
    #[inline]
    fn small(&mut self, run: &[Small]) {
        for small in run {
            self.log.push(small.group, small.units, small.scale);
        }
    }

    #[inline]
    fn uniform(&mut self, groups: &[u32], units: &[i64], scale: u8) {
        if scale == self.log.scale && self.log.scales.is_empty() {
            self.log.groups.extend_from_slice(groups);
            self.log.units.extend_from_slice(units);
        } else {
            groups.iter().zip(units).for_each(|(group, units)| self.log.push(*group, *units, scale));
        }
    }

    fn number(&mut self, group: u32, number: Number) {
        if let Number::Exact { units, scale } = number.normal()
            && let Some(units) = i64::try_from(units).ok().filter(|_| scale <= 18)
        {
            return self.log.push(group, units, scale);
        }
        self.log.large.push((group, number));
    }

    fn skips(&mut self) -> &mut Skipped {
        self.skipped
    }
}

impl Accumulator for Quantiles {
    fn reads_numbers(&self) -> bool {
        true
    }

    fn grow(&mut self, groups: usize) {
        self.groups = groups;
    }

    fn update(&mut self, intake: &Intake<'_>) {
        if let Some(log) = Arc::get_mut(&mut self.log) {
            each_number(intake, &mut Writing { log, skipped: &mut self.skipped });
        }
    }

    fn merge(&mut self, other: &dyn Accumulator, into: &[u32]) {
        let Some(other) = own::<Self>(other) else { return };
        self.skipped.merge(&other.skipped);
        self.others.push((Arc::clone(&other.log), into.to_vec()));
    }

    fn settle(&mut self, asked: &[Parameters]) -> Result<()> {
        let share = |parameters: &Parameters| parameters.first().and_then(Value::to_number).unwrap_or(Number::ZERO);
        let asked: Vec<Number> = asked.iter().map(share).collect();
        self.asked = asked.len();
        let memory = self.others.iter().map(|(log, _)| log).chain([&self.log]).find_map(|log| log.memory_of_written());
        if let Some(memory) = memory {
            return self.settle_written(&asked, &memory);
        }
        let mut sorted = self.sort();
        let (mut groups, mut rest, mut start) = (Vec::with_capacity(self.groups), sorted.units.as_mut_slice(), 0);
        for (group, end) in sorted.ends.iter().enumerate() {
            let (units, after) = rest.split_at_mut(end - start);
            let from = sorted.large.partition_point(|(of, _)| (*of as usize) < group);
            let to = sorted.large.partition_point(|(of, _)| (*of as usize) <= group);
            let scales = sorted.scales.get(start..*end).unwrap_or_default();
            groups.push(Group {
                units,
                scale: sorted.scale,
                scales,
                large: sorted.large.get(from..to).unwrap_or_default(),
            });
            (rest, start) = (after, *end);
        }
        self.settled = groups
            .into_par_iter()
            .with_min_len(64.min(1 + self.groups / 64))
            .flat_map_iter(|group| group.quantiles(&asked))
            .collect();
        Ok(())
    }

    fn skipped(&self) -> Skipped {
        self.skipped.clone()
    }

    fn memory(&self) -> usize {
        self.log.memory()
    }

    fn spill(&mut self, memory: &Memory) -> Result<()> {
        Arc::get_mut(&mut self.log).map_or(Ok(()), |log| log.spill(memory))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// The numbers of one group.
struct Group<'a> {
    units: &'a mut [i64],
    scale: u8,
    /// The scale of each; empty where `scale` is that of all.
    scales: &'a [u8],
    large: &'a [(u32, Number)],
}

impl Group<'_> {
    /// The quantiles at each of `asked`, none of no numbers.
    fn quantiles(self, asked: &[Number]) -> Vec<Option<Number>> {
        let count = self.units.len() + self.large.len();
        if count == 0 {
            return vec![None; asked.len()];
        }
        let mut ranked = Ranked::new(asked, count);
        ranked.numbers = self.select(&ranked.ranks);
        ranked.quantiles().collect()
    }

    /// The numbers at rising ranks.
    fn select(self, ranks: &[usize]) -> Vec<Number> {
        let scale = self.scales.first().copied().unwrap_or(self.scale);
        let same = self.scales.iter().all(|other| *other == scale);
        if self.large.is_empty() && same {
            let exact = |units: i64| Number::Exact { units: i128::from(units), scale };
            return select(self.units, ranks).into_iter().map(exact).collect();
        }
        let scale_of = |index: usize| self.scales.get(index).copied().unwrap_or(scale);
        if self.large.is_empty() {
            let finest = self.scales.iter().copied().max().unwrap_or(scale);
            let rescaled = |(index, units): (usize, &i64)| {
                i128::from(*units) * POW10.get(usize::from(finest - scale_of(index))).copied().unwrap_or(1)
            };
            let mut units: Vec<i128> = self.units.iter().enumerate().map(rescaled).collect();
            return select(&mut units, ranks).into_iter().map(|units| Number::Exact { units, scale: finest }).collect();
        }
        let exact = |(index, units): (usize, &i64)| Number::Exact { units: i128::from(*units), scale: scale_of(index) };
        let mut numbers: Vec<Number> = self.units.iter().enumerate().map(exact).collect();
        numbers.extend(self.large.iter().map(|(_, number)| *number));
        numbers.sort_unstable_by(|a, b| a.compare(*b));
        ranks.iter().filter_map(|rank| numbers.get(*rank)).copied().collect()
    }
}

/// The values at rising ranks; each selection leaves a smaller rest for the next.
fn select<T: Copy + Ord>(values: &mut [T], ranks: &[usize]) -> Vec<T> {
    let (mut rest, mut base) = (values, 0);
    let mut found = Vec::with_capacity(ranks.len());
    for rank in ranks {
        let (_, value, above) = rest.select_nth_unstable(rank - base);
        found.push(*value);
        (rest, base) = (above, rank + 1);
    }
    found
}

/// The quantiles of one group, and the ranks they need.
#[derive(Default)]
pub(super) struct Ranked {
    places: Vec<Place>,
    /// Rising.
    ranks: Vec<usize>,
    /// The number at each rank, as far as they are known.
    numbers: Vec<Number>,
}

impl Ranked {
    /// The ranks for the quantiles at each of `asked` among `count` numbers, one at least.
    pub(super) fn new(asked: &[Number], count: usize) -> Self {
        let places: Vec<Place> = asked.iter().map(|q| Place::of(*q, count)).collect();
        let both = |place: &Place| [place.rank, (place.rank + 1).min(count.saturating_sub(1))];
        let mut ranks: Vec<usize> = places.iter().flat_map(both).collect();
        ranks.sort_unstable();
        ranks.dedup();
        Self { places, ranks, numbers: Vec::new() }
    }

    /// The ranks that are needed, rising.
    pub(super) fn ranks(&self) -> &[usize] {
        &self.ranks
    }

    /// Takes the number at a rank and at those behind it, `times` in all; ranks rise from 0.
    pub(super) fn see(&mut self, rank: usize, times: usize, number: Number) {
        while self.ranks.get(self.numbers.len()).is_some_and(|wanted| *wanted >= rank && *wanted - rank < times) {
            self.numbers.push(number);
        }
    }

    fn number(&self, rank: usize) -> Option<Number> {
        self.ranks.binary_search(&rank).ok().and_then(|at| self.numbers.get(at)).copied()
    }

    /// The quantiles, once all needed numbers were seen.
    pub(super) fn quantiles(&self) -> impl Iterator<Item = Option<Number>> {
        self.places.iter().map(|place| match self.number(place.rank + 1) {
            Some(above) if !place.rest.is_zero() => Some(between(self.number(place.rank)?, above, place.rest)),
            _ => self.number(place.rank).map(Number::normal),
        })
    }
}

/// Where a quantile lies: at a rank and a part of the way to the next.
struct Place {
    rank: usize,
    rest: Number,
}

impl Place {
    /// The place of quantile `q` (exact, from 0 to 1) among `count` numbers.
    fn of(q: Number, count: usize) -> Self {
        let Number::Exact { units, scale } = q else { return Self { rank: 0, rest: Number::ZERO } };
        let power = POW10.get(usize::from(scale)).copied().unwrap_or(1);
        let last = count as i128 - 1;
        let place = last.saturating_mul(units.clamp(0, power));
        Self { rank: usize::try_from(place / power).unwrap_or(0), rest: Number::Exact { units: place % power, scale } }
    }
}

/// The number a part of the way from `below` to `above`.
fn between(below: Number, above: Number, part: Number) -> Number {
    let exact = || above.checked_add(below.negate())?.checked_mul(part)?.checked_add(below);
    exact().map_or_else(
        || {
            let (low, high, part) = (below.to_f64(), above.to_f64(), part.to_f64());
            Number::Float(low * (1.0 - part) + high * part)
        },
        Number::normal,
    )
}
