//! The state of `quantile`, `median` and `p50` to `p999`: all numbers of all groups.
//!
//! While rows come in, numbers are appended to one [`Log`] per thread, which packs them in chunks to a few bytes each.
//! Merging only takes note of the other log. Settling counts how often each group has each value where those are few
//! ([`histogram`]), else it sorts the numbers by group and selects ([`sorted`]), for both as offsets from the least of
//! all ([`span`]). Which numbers are at the ranks decides everything, so that threads and chunks leave no trace.

mod chunk;
mod histogram;
mod log;
mod ranked;
mod sorted;
mod span;
#[cfg(test)]
mod tests;

use std::any::Any;
use std::sync::Arc;

use crate::core::data::number::Number;
use crate::core::data::value::Value;
use crate::core::error::Result;
use crate::core::exec::memory::Memory;
use crate::core::integer::narrow;
use crate::process::aggregate::intake::{Numbers, Small, each_number};
use crate::process::aggregate::quantiles::log::{Large, Log, Placed};
use crate::process::aggregate::quantiles::sorted::ROOM;
use crate::process::aggregate::quantiles::span::Span;
use crate::process::aggregate::ranks::{self, Written};
use crate::process::aggregate::{Accumulator, Intake, NO_GROUP, Parameters, Skipped, State, own};

pub(super) use ranked::Ranked;

pub(super) const STATE: State = State { name: "quantiles", build: || Box::new(Quantiles::default()) };

/// All numbers, then the quantiles of each group.
#[derive(Default)]
pub(super) struct Quantiles {
    groups: usize,
    log: Arc<Log>,
    large: Arc<Large>,
    /// Logs of other threads.
    others: Vec<Placed>,
    /// For each group, the quantiles asked for.
    settled: Vec<Option<Number>>,
    /// How many were asked for.
    asked: usize,
    skipped: Skipped,
}

/// Reads a quantile.
pub(super) fn read(state: &dyn Accumulator, group: usize, asked: usize) -> Value<'static> {
    let found = own::<Quantiles>(state).and_then(|state| *state.settled.get(group * state.asked + asked)?);
    found.map_or(Value::Null, Value::Number)
}

impl Quantiles {
    /// The same as settling in memory, for numbers on disk.
    fn settle_written(&mut self, asked: &[Number], memory: &Memory) -> Result<()> {
        let logs = self.take_logs();
        // What is still in memory may be shared with others that settle, so it is written from a copy of its own.
        let mut written: Vec<(Written, &[u32])> = Vec::new();
        let (mut counts, mut rest) = (vec![0_usize; self.groups], Vec::new());
        for Placed { log, large, into } in &logs {
            let place = |group: u32| place(into, group);
            let mut more = Written::new(memory)?;
            log.write(&mut more)?;
            rest.extend(large.iter().filter_map(|(group, number)| Some((narrow(place(group)?), number, 1))));
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

    /// Takes all logs, each with the group here of each of its groups.
    fn take_logs(&mut self) -> Vec<Placed> {
        let mut logs = std::mem::take(&mut self.others);
        logs.push(Placed {
            log: std::mem::take(&mut self.log),
            large: std::mem::take(&mut self.large),
            into: (0..narrow(self.groups)).collect(),
        });
        logs
    }
}

/// The group here of a log's group.
#[inline]
fn place(into: &[u32], group: u32) -> Option<usize> {
    into.get(group as usize).filter(|group| **group != NO_GROUP).map(|group| *group as usize)
}

/// How many numbers each group here has but for large ones.
fn counts(logs: &[Placed], groups: usize) -> Vec<usize> {
    let mut counts = vec![0; groups];
    let mut add = |group: usize, more: usize| {
        if let Some(count) = counts.get_mut(group) {
            *count += more;
        }
    };
    for Placed { log, into, .. } in logs {
        // That of a group which is not taken is none here.
        log.sealed_counts().iter().zip(into).for_each(|(count, group)| add(*group as usize, *count));
        log.open_groups().iter().filter_map(|group| place(into, *group)).for_each(|group| add(group, 1));
    }
    counts
}

/// The large numbers of all logs by the group here. Those of each log are freed once all that settle took theirs.
fn take_large(logs: &mut [Placed]) -> Large {
    let mut all = Large::with_room_for(
        logs.iter()
            .flat_map(|Placed { large, into, .. }| large.iter().filter(|(group, _)| place(into, *group).is_some())),
    );
    for Placed { large, into, .. } in logs {
        for (group, number) in std::mem::take(large).iter() {
            if let Some(group) = place(into, group) {
                all.push(narrow(group), number);
            }
        }
    }
    all.sort();
    all
}

/// The log of a thread while it takes rows in.
struct Writing<'a> {
    log: &'a mut Log,
    large: &'a mut Large,
    skipped: &'a mut Skipped,
}

impl Numbers for Writing<'_> {
    #[inline]
    fn small(&mut self, run: &[Small]) {
        for small in run {
            self.log.push(small.group, small.units, small.scale);
        }
        self.log.seal_full();
    }

    #[inline]
    fn uniform(&mut self, groups: &[u32], units: &[i64], scale: u8) {
        self.log.extend(groups, units, scale);
        self.log.seal_full();
    }

    fn number(&mut self, group: u32, number: Number) {
        if let Number::Exact { units, scale } = number.normal()
            && let Some(units) = i64::try_from(units).ok().filter(|_| scale <= 18)
        {
            self.log.push(group, units, scale);
            return self.log.seal_full();
        }
        self.large.push(group, number);
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
        if let (Some(log), Some(large)) = (Arc::get_mut(&mut self.log), Arc::get_mut(&mut self.large)) {
            each_number(intake, &mut Writing { log, large, skipped: &mut self.skipped });
        }
    }

    fn merge(&mut self, other: &dyn Accumulator, into: &[u32]) {
        let Some(other) = own::<Self>(other) else { return };
        self.skipped.merge(&other.skipped);
        let (log, large) = (Arc::clone(&other.log), Arc::clone(&other.large));
        self.others.push(Placed { log, large, into: into.to_vec() });
    }

    fn settle(&mut self, asked: &[Parameters]) -> Result<()> {
        let share = |parameters: &Parameters| parameters.first().and_then(Value::to_number).unwrap_or(Number::ZERO);
        let asked: Vec<Number> = asked.iter().map(share).collect();
        self.asked = asked.len();
        let memory =
            self.others.iter().map(|placed| &placed.log).chain([&self.log]).find_map(|log| log.memory_of_written());
        if let Some(memory) = memory {
            return self.settle_written(&asked, &memory);
        }
        let mut logs = self.take_logs();
        let large = take_large(&mut logs);
        let (counts, span) = (counts(&logs, self.groups), Span::of(&logs));
        let counted = if large.is_empty() { histogram::quantiles(&logs, &counts, span, &asked) } else { None };
        self.settled = counted.unwrap_or_else(|| sorted::quantiles(&logs, (&counts, &large), span, &asked, ROOM));
        Ok(())
    }

    fn skipped(&self) -> Skipped {
        self.skipped.clone()
    }

    fn memory(&self) -> usize {
        self.log.memory() + self.large.memory()
    }

    fn spill(&mut self, memory: &Memory) -> Result<()> {
        match (Arc::get_mut(&mut self.log), Arc::get_mut(&mut self.large)) {
            (Some(log), Some(large)) => log.spill(large, memory),
            _ => Ok(()),
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
