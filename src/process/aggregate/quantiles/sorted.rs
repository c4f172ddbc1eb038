//! Settles logs by sorting: numbers by group (a counting sort), and within each group the ranks that are asked for are
//! selected.
//!
//! Numbers are sorted as offsets from the least of all, at the finest scale of all, in the narrowest of 2, 4, 8 and 16
//! bytes that holds the greatest of them. The groups are sorted a range at a time, so that the sorted numbers never
//! take more than a few bytes or half of what all would ([`Room`]). A range costs one pass over the logs, in which each number goes
//! to where its group is (found by one cursor for each group of the log), or, without a branch, to one place behind
//! all where its group is not of the range.

use std::ops::Range;

use rayon::prelude::*;

use crate::core::data::number::Number;
use crate::core::integer::{low, narrow};
use crate::process::aggregate::NO_GROUP;
use crate::process::aggregate::quantiles::chunk::Run;
use crate::process::aggregate::quantiles::log::Placed;
use crate::process::aggregate::quantiles::place;
use crate::process::aggregate::quantiles::ranked::Ranked;
use crate::process::aggregate::quantiles::span::{Offset, Span};

/// What a range of groups may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    /// Bytes of sorted numbers that are always fine.
    pub(super) bytes: usize,
    /// Most numbers of a range of more than one group.
    pub(super) places: usize,
}

/// What it is but in tests: 16 MiB, and no more places than 32 bits tell apart.
pub(super) const ROOM: Room = Room { bytes: 16 << 20, places: u32::MAX as usize - 1 };

/// For each group, the quantiles at each of `asked`; `counts` are those of its numbers but for large ones.
pub(super) fn quantiles(
    logs: &[Placed],
    counts: &[usize],
    span: Span,
    asked: &[Number],
    room: Room,
) -> Vec<Option<Number>> {
    let Ok(width) = u64::try_from(span.width) else { return sort::<u128>(logs, counts, span, asked, room) };
    if u16::try_from(width).is_ok() {
        sort::<u16>(logs, counts, span, asked, room)
    } else if u32::try_from(width).is_ok() {
        sort::<u32>(logs, counts, span, asked, room)
    } else {
        sort::<u64>(logs, counts, span, asked, room)
    }
}

fn sort<T: Offset>(logs: &[Placed], counts: &[usize], span: Span, asked: &[Number], room: Room) -> Vec<Option<Number>> {
    let large = large(logs);
    let all: usize = counts.iter().sum();
    let most = (room.bytes / size_of::<T>()).max(all / 2).min(room.places);
    let mut settled = Vec::with_capacity(counts.len() * asked.len());
    let mut start = 0;
    while start < counts.len() {
        let range = start..start + fitting(counts.get(start..).unwrap_or_default(), most);
        start = range.end;
        let ends: Vec<usize> = counts
            .get(range.clone())
            .unwrap_or_default()
            .iter()
            .scan(0, |end, count| {
                *end += count;
                Some(*end)
            })
            .collect();
        let mut sorted = sorted::<T>(logs, &range, &ends, span, room);
        let (mut groups, mut rest, mut from) = (Vec::with_capacity(range.len()), sorted.as_mut_slice(), 0);
        for (group, end) in range.zip(&ends) {
            let (offsets, after) = rest.split_at_mut((end - from).min(rest.len()));
            groups.push(Group { offsets, span, large: of_group(&large, group) });
            (rest, from) = (after, *end);
        }
        let found = groups
            .into_par_iter()
            .with_min_len(64.min(1 + counts.len() / 64))
            .flat_map_iter(|group| group.quantiles(asked));
        settled.par_extend(found);
    }
    settled
}

/// How many of the next groups have together at most so many numbers; one at least.
fn fitting(counts: &[usize], most: usize) -> usize {
    let mut all = 0_usize;
    let fits = |count: &&usize| {
        all = all.saturating_add(**count);
        all <= most
    };
    counts.iter().take_while(fits).count().max(1)
}

/// The large numbers by the group here.
fn large(logs: &[Placed]) -> Vec<(u32, Number)> {
    let each = |placed: &Placed| {
        let numbers = placed.log.large.iter();
        numbers.filter_map(|(group, number)| Some((narrow(place(&placed.into, *group)?), *number))).collect::<Vec<_>>()
    };
    let mut large: Vec<(u32, Number)> = logs.iter().flat_map(each).collect();
    large.sort_by_key(|(group, _)| *group);
    large
}

fn of_group(large: &[(u32, Number)], group: usize) -> &[(u32, Number)] {
    let from = large.partition_point(|(of, _)| (*of as usize) < group);
    let to = large.partition_point(|(of, _)| (*of as usize) <= group);
    large.get(from..to).unwrap_or_default()
}

/// The numbers of a range of groups by group, and one more that is none; `ends` are the ends of each of these groups.
fn sorted<T: Offset>(logs: &[Placed], range: &Range<usize>, ends: &[usize], span: Span, room: Room) -> Vec<T> {
    let all = ends.last().copied().unwrap_or(0);
    if all > room.places {
        return of_one(logs, range.start, all, span);
    }
    let mut sorted = vec![T::default(); all + 1];
    let starts = [0].into_iter().chain(ends.iter().copied());
    let mut next: Vec<u32> = starts.map(narrow).take(range.len()).collect();
    for Placed { log, into } in logs {
        let mut cursors = cursors(&log.counts(), into, range, &mut next, narrow(all));
        log.each_run(|run| scatter(run, span, &mut cursors, &mut sorted));
    }
    sorted
}

/// For each group of a log, where its first number goes: behind those of the same group here that `next` counts, or to
/// `end` where the group is none of the range.
fn cursors(counts: &[usize], into: &[u32], range: &Range<usize>, next: &mut [u32], end: u32) -> Vec<u32> {
    let cursor = |(count, group): (&usize, &u32)| {
        let group = (*group as usize).checked_sub(range.start).filter(|_| *group != NO_GROUP);
        let Some(next) = group.and_then(|group| next.get_mut(group)) else { return end };
        let cursor = *next;
        // All counts of the range together are at most `end`.
        *next += low(*count as u64);
        cursor
    };
    counts.iter().zip(into).map(cursor).collect()
}

/// Puts the numbers of a run where the cursors of their groups are, and moves those but at the last place.
fn scatter<T: Offset>(run: Run<'_>, span: Span, cursors: &mut [u32], sorted: &mut [T]) {
    let last = sorted.len() - 1;
    span.each_offset(run, |group, offset| {
        let Some(cursor) = cursors.get_mut(group as usize) else { return };
        let at = *cursor as usize;
        *cursor += u32::from(at < last);
        if let Some(to) = sorted.get_mut(at) {
            *to = offset;
        }
    });
}

/// The numbers of a group that has more than there are places.
fn of_one<T: Offset>(logs: &[Placed], group: usize, count: usize, span: Span) -> Vec<T> {
    let mut numbers = Vec::with_capacity(count);
    for Placed { log, into } in logs {
        log.each_run(|run| {
            span.each_offset(run, |theirs, offset| {
                if place(into, theirs) == Some(group) {
                    numbers.push(offset);
                }
            });
        });
    }
    numbers
}

/// The numbers of one group.
struct Group<'a, T> {
    offsets: &'a mut [T],
    span: Span,
    large: &'a [(u32, Number)],
}

impl<T: Offset> Group<'_, T> {
    /// The quantiles at each of `asked`, none of no numbers.
    fn quantiles(self, asked: &[Number]) -> Vec<Option<Number>> {
        let count = self.offsets.len() + self.large.len();
        if count == 0 {
            return vec![None; asked.len()];
        }
        let mut ranked = Ranked::new(asked, count);
        self.select(&mut ranked);
        ranked.quantiles().collect()
    }

    /// Finds the numbers at the ranks.
    fn select(self, ranked: &mut Ranked) {
        let Self { offsets, span, large } = self;
        let exact = |offset: T| span.number(offset.wide());
        if large.is_empty() {
            // Each selection leaves a smaller rest for the next.
            let (mut rest, mut base) = (offsets, 0);
            for rank in ranked.ranks().to_vec() {
                let (_, offset, above) = rest.select_nth_unstable(rank - base);
                ranked.see(rank, 1, exact(*offset));
                (rest, base) = (above, rank + 1);
            }
            return;
        }
        let mut numbers: Vec<Number> = offsets.iter().copied().map(exact).collect();
        numbers.extend(large.iter().map(|(_, number)| *number));
        numbers.sort_unstable_by(|a, b| a.compare(*b));
        for (rank, number) in numbers.into_iter().enumerate() {
            ranked.see(rank, 1, number);
        }
    }
}
