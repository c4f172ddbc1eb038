//! Settles logs by counting: how often each group has each value, where groups and values are few.
//!
//! A count takes four bytes, and there may be one for every [`PER_COUNT`] numbers, so that all of them take no
//! more than a byte for each number. It costs one pass over the logs, shared by all threads, and no number is moved.

use rayon::prelude::*;

use crate::core::data::number::Number;
use crate::core::integer::to_index;
use crate::process::aggregate::quantiles::chunk::Scratch;
use crate::process::aggregate::quantiles::log::{Part, Placed};
use crate::process::aggregate::quantiles::ranked::Ranked;
use crate::process::aggregate::quantiles::span::Span;

/// Numbers for each count of a thread.
const PER_COUNT: usize = 4;

/// For each group, the quantiles at each of `asked`; `counts` are those of its numbers. None where there are too many
/// groups or values.
pub(super) fn quantiles(
    logs: &[Placed],
    counts: &[usize],
    span: Span,
    asked: &[Number],
) -> Option<Vec<Option<Number>>> {
    let all: usize = counts.iter().sum();
    let values = usize::try_from(span.width).ok()?.checked_add(1)?;
    let size = values.checked_mul(counts.len()).filter(|size| *size > 0)?;
    let threads = (all / PER_COUNT / size).min(rayon::current_num_threads());
    if threads == 0 || u32::try_from(all).is_err() {
        return None;
    }
    let parts: Vec<(Part<'_>, &[u32])> =
        logs.iter().flat_map(|Placed { log, into, .. }| log.parts().map(|part| (part, into.as_slice()))).collect();
    let counted = |parts: &[(Part<'_>, &[u32])]| counted(parts, span, values, size);
    let histograms = parts.par_chunks(parts.len().div_ceil(threads)).map(counted);
    let histogram = histograms.reduce_with(|mut all, more| {
        all.iter_mut().zip(more).for_each(|(times, more)| *times += more);
        all
    })?;
    let groups = histogram.par_chunks(values).zip(counts);
    Some(groups.flat_map_iter(|(times, count)| of_group(times, *count, span, asked)).collect())
}

/// How often each group has each value, in parts of logs. A group that is not taken has no place.
fn counted(parts: &[(Part<'_>, &[u32])], span: Span, values: usize, size: usize) -> Vec<u32> {
    let mut histogram = vec![0_u32; size];
    let mut scratch = Scratch::new();
    for (part, into) in parts {
        part.each_run(&mut scratch, |run| {
            span.each_offset(run, |group, value: u64| {
                let Some(group) = into.get(group as usize) else { return };
                if let Some(times) = histogram.get_mut(*group as usize * values + to_index(value)) {
                    *times += 1;
                }
            });
        });
    }
    histogram
}

/// The quantiles of a group from how often it has each value, none of no numbers.
fn of_group(times: &[u32], count: usize, span: Span, asked: &[Number]) -> Vec<Option<Number>> {
    if count == 0 {
        return vec![None; asked.len()];
    }
    let (mut ranked, mut rank) = (Ranked::new(asked, count), 0);
    for (value, times) in (0..).zip(times) {
        let times = *times as usize;
        if times > 0 {
            ranked.see(rank, times, span.number(value));
        }
        rank += times;
    }
    ranked.quantiles().collect()
}
