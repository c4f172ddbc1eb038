//! Settles logs by sorting: numbers by group (a counting sort), and within each group the ranks that are asked for are
//! selected.
//!
//! Numbers are sorted as offsets from the least of all, at the finest scale of all, in the narrowest of 2, 4, 8 and 16
//! bytes that holds the greatest of them. The groups are sorted a range at a time, so that the sorted numbers never
//! take more than a few bytes or half of what all would ([`Room`]). A range costs one pass over the logs, in which each
//! number goes to where its group is (found by one cursor for each group of the log), or, without a branch, to one
//! place behind all where its group is not of the range.

use rayon::prelude::*;

use crate::core::data::number::Number;
use crate::core::integer::{low, narrow};
use crate::process::aggregate::NO_GROUP;
use crate::process::aggregate::quantiles::chunk::Run;
use crate::process::aggregate::quantiles::log::{Large, Log, Placed};
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

/// For each group, the quantiles at each of `asked`; `counts` are those of its numbers but for `large` ones, which are by
/// group.
pub(super) fn quantiles(
    logs: &[Placed],
    (counts, large): (&[usize], &Large),
    span: Span,
    asked: &[Number],
    room: Room,
) -> Vec<Option<Number>> {
    let Ok(width) = u64::try_from(span.width) else { return sort::<u128>(logs, (counts, large), span, asked, room) };
    if u16::try_from(width).is_ok() {
        sort::<u16>(logs, (counts, large), span, asked, room)
    } else if u32::try_from(width).is_ok() {
        sort::<u32>(logs, (counts, large), span, asked, room)
    } else {
        sort::<u64>(logs, (counts, large), span, asked, room)
    }
}

fn sort<T: Offset>(
    logs: &[Placed],
    (counts, large): (&[usize], &Large),
    span: Span,
    asked: &[Number],
    room: Room,
) -> Vec<Option<Number>> {
    let all: usize = counts.iter().sum();
    let most = (room.bytes / size_of::<T>()).max(all / 2).min(room.places);
    let mut settled = vec![None; counts.len() * asked.len()];
    let (mut start, mut open, mut slots) = (0, counts, settled.as_mut_slice());
    while !open.is_empty() {
        let (counts, after) = open.split_at(fitting(open, most));
        let (range, rest) = slots.split_at_mut(counts.len() * asked.len());
        let mut sorted = sorted::<T>(logs, start, counts, span, room);
        blocks(start, counts, &mut sorted, range, asked)
            .into_par_iter()
            .for_each(|block| block.settle(large, span, asked));
        (start, open, slots) = (start + counts.len(), after, rest);
    }
    settled
}

/// Groups that one thread settles.
struct Block<'a, T> {
    /// The first of them.
    start: usize,
    counts: &'a [usize],
    /// Their numbers, group by group.
    offsets: &'a mut [T],
    /// Where their quantiles go.
    slots: &'a mut [Option<Number>],
}

/// The groups of a range in blocks of a few, of one where there are few.
fn blocks<'a, T>(
    mut start: usize,
    counts: &'a [usize],
    mut offsets: &'a mut [T],
    slots: &'a mut [Option<Number>],
    asked: &[Number],
) -> Vec<Block<'a, T>> {
    let size = 64.min(1 + counts.len() / 64);
    let mut blocks = Vec::with_capacity(counts.len().div_ceil(size));
    for (counts, slots) in counts.chunks(size).zip(slots.chunks_mut((size * asked.len()).max(1))) {
        let (here, after) = offsets.split_at_mut(counts.iter().sum());
        blocks.push(Block { start, counts, offsets: here, slots });
        (start, offsets) = (start + counts.len(), after);
    }
    blocks
}

impl<T: Offset> Block<'_, T> {
    fn settle(self, large: &Large, span: Span, asked: &[Number]) {
        let mut rest = self.offsets;
        let groups = self.counts.iter().zip(self.slots.chunks_mut(asked.len().max(1)));
        for (group, (count, slots)) in (self.start..).zip(groups) {
            let (offsets, after) = rest.split_at_mut(*count);
            rest = after;
            let (large, more) = large.of_group(group);
            if offsets.is_empty() && more == 0 {
                continue;
            }
            let mut ranked = Ranked::new(asked, offsets.len() + more);
            if more == 0 {
                select(offsets, span, &mut ranked);
            } else {
                rank(offsets, span, large, &mut ranked);
            }
            slots.iter_mut().zip(ranked.quantiles()).for_each(|(slot, found)| *slot = found);
        }
    }
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

/// The numbers of the groups from `start` on that have these counts, by group, and one more that is none.
fn sorted<T: Offset>(logs: &[Placed], start: usize, counts: &[usize], span: Span, room: Room) -> Vec<T> {
    let all: usize = counts.iter().sum();
    if all > room.places {
        return of_one(logs, start, all, span);
    }
    let mut sorted = vec![T::default(); all + 1];
    let mut next: Vec<u32> = Vec::with_capacity(counts.len());
    let mut behind = 0;
    for count in counts {
        next.push(narrow(behind));
        behind += count;
    }
    for Placed { log, into, .. } in logs {
        let mut cursors = cursors(log, into, start, &mut next, narrow(all));
        log.each_run(|run| scatter(run, span, &mut cursors, &mut sorted));
    }
    sorted
}

/// For each group of a log, where its first number goes: behind those of the same group here that `next` counts, or to
/// `end` where the group is none of those from `start` on.
fn cursors(log: &Log, into: &[u32], start: usize, next: &mut [u32], end: u32) -> Vec<u32> {
    let mut cursors = vec![0_u32; into.len()];
    for group in log.open_groups() {
        if let Some(count) = cursors.get_mut(*group as usize) {
            *count += 1;
        }
    }
    let sealed = log.sealed_counts().iter().copied().chain(std::iter::repeat(0));
    for ((cursor, group), sealed) in cursors.iter_mut().zip(into).zip(sealed) {
        let place = (*group as usize).checked_sub(start).filter(|_| *group != NO_GROUP);
        let Some(next) = place.and_then(|place| next.get_mut(place)) else {
            *cursor = end;
            continue;
        };
        // All counts of these groups together are at most `end`.
        let count = *cursor + low(sealed as u64);
        *cursor = *next;
        *next += count;
    }
    cursors
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
    for Placed { log, into, .. } in logs {
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

/// Finds the numbers of a group at the ranks.
fn select<T: Offset>(offsets: &mut [T], span: Span, ranked: &mut Ranked) {
    // Each selection leaves a smaller rest for the next.
    let (mut rest, mut base) = (offsets, 0);
    for rank in ranked.ranks().to_vec() {
        let (_, offset, above) = rest.select_nth_unstable(rank - base);
        ranked.see(rank, 1, span.number(offset.wide()));
        (rest, base) = (above, rank + 1);
    }
}

/// The same where there are large numbers too.
fn rank<T: Offset>(offsets: &[T], span: Span, large: impl Iterator<Item = Number>, ranked: &mut Ranked) {
    let mut numbers: Vec<Number> = offsets.iter().map(|offset| span.number(offset.wide())).chain(large).collect();
    numbers.sort_unstable_by(|a, b| a.compare(*b));
    for (rank, number) in numbers.into_iter().enumerate() {
        ranked.see(rank, 1, number);
    }
}
