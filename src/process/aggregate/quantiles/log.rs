//! The log of a thread: all numbers that it took in, with their groups, in the order in which they came.
//!
//! The last of them are as they came, 12 bytes each, 13 where their scales differ. Every [`CHUNK`] of them are packed
//! into a [`Chunk`] of a few bytes each, and counted by group while they are in the caches: settling then knows where
//! each group goes without reading the log for it.

use std::sync::Arc;

use crate::core::data::number::Number;
use crate::core::error::Result;
use crate::core::exec::memory::Memory;
use crate::process::aggregate::quantiles::chunk::{Bounds, Chunk, Run, Scratch};
use crate::process::aggregate::ranks::Written;

/// Numbers that are packed together. As they came, they fit into the second cache; packed, what a chunk needs besides
/// them does not count.
pub(super) const CHUNK: usize = 1 << 14;

/// Numbers that are not 64-bit decimals, with their groups. They are apart from the log because they are freed before it.
#[derive(Default)]
pub(super) struct Large {
    /// A third of the bytes that they would take as numbers.
    doubles: Vec<(u32, f64)>,
    exact: Vec<(u32, Number)>,
}

impl Large {
    /// Room for as many numbers as these.
    pub(super) fn with_room_for<'a>(numbers: impl Iterator<Item = (u32, Number)> + 'a) -> Self {
        let (mut doubles, mut exact) = (0, 0);
        numbers
            .for_each(|(_, number)| *if matches!(number, Number::Float(_)) { &mut doubles } else { &mut exact } += 1);
        Self { doubles: Vec::with_capacity(doubles), exact: Vec::with_capacity(exact) }
    }

    pub(super) fn push(&mut self, group: u32, number: Number) {
        match number {
            Number::Float(double) => self.doubles.push((group, double)),
            number @ Number::Exact { .. } => self.exact.push((group, number)),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.doubles.is_empty() && self.exact.is_empty()
    }

    /// All of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, Number)> {
        numbers(&self.doubles, &self.exact)
    }

    /// Puts those of each group together.
    pub(super) fn sort(&mut self) {
        self.doubles.sort_unstable_by_key(|(group, _)| *group);
        self.exact.sort_unstable_by_key(|(group, _)| *group);
    }

    /// Those of a group, and how many they are, once they are sorted.
    pub(super) fn of_group(&self, group: usize) -> (impl Iterator<Item = Number>, usize) {
        let (doubles, exact) = (of_group(&self.doubles, group), of_group(&self.exact, group));
        (numbers(doubles, exact).map(|(_, number)| number), doubles.len() + exact.len())
    }

    /// About the bytes of memory they take.
    pub(super) fn memory(&self) -> usize {
        self.doubles.capacity() * size_of::<(u32, f64)>() + self.exact.capacity() * size_of::<(u32, Number)>()
    }
}

fn numbers(doubles: &[(u32, f64)], exact: &[(u32, Number)]) -> impl Iterator<Item = (u32, Number)> {
    let doubles = doubles.iter().map(|(group, double)| (*group, Number::Float(*double)));
    doubles.chain(exact.iter().copied())
}

/// The numbers of a group among those of all, which are by group.
fn of_group<T>(numbers: &[(u32, T)], group: usize) -> &[(u32, T)] {
    let from = numbers.partition_point(|(of, _)| (*of as usize) < group);
    let to = numbers.partition_point(|(of, _)| (*of as usize) <= group);
    numbers.get(from..to).unwrap_or_default()
}

/// Numbers with their groups.
#[derive(Default)]
pub(super) struct Log {
    sealed: Vec<Chunk>,
    /// Bytes of the sealed chunks.
    packed: usize,
    /// How many sealed numbers each group has, as far as groups have some.
    counts: Vec<usize>,
    open: Open,
    /// Numbers that memory did not hold.
    pub(super) written: Option<Written>,
}

/// The last numbers.
#[derive(Default)]
struct Open {
    groups: Vec<u32>,
    units: Vec<i64>,
    /// The scale of all `units`, as long as `scales` is empty.
    scale: u8,
    scales: Vec<u8>,
}

impl Open {
    fn run(&self) -> Run<'_> {
        Run { groups: &self.groups, units: &self.units, scale: self.scale, scales: &self.scales }
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
}

impl Log {
    /// Appends a number; [`Log::seal_full`] is due at the latest after [`CHUNK`] of them.
    #[inline]
    pub(super) fn push(&mut self, group: u32, units: i64, scale: u8) {
        let open = &mut self.open;
        if scale != open.scale || !open.scales.is_empty() {
            open.push_scale(scale);
        }
        open.groups.push(group);
        open.units.push(units);
    }

    /// Appends numbers of the same scale.
    #[inline]
    pub(super) fn extend(&mut self, groups: &[u32], units: &[i64], scale: u8) {
        let open = &mut self.open;
        if open.units.is_empty() {
            open.scale = scale;
        }
        if scale == open.scale && open.scales.is_empty() {
            open.groups.extend_from_slice(groups);
            open.units.extend_from_slice(units);
        } else {
            groups.iter().zip(units).for_each(|(group, units)| self.push(*group, *units, scale));
        }
    }

    /// Packs the last numbers once there are enough.
    #[inline]
    pub(super) fn seal_full(&mut self) {
        if self.open.groups.len() >= CHUNK {
            self.seal();
        }
    }

    #[inline(never)]
    fn seal(&mut self) {
        let Some(chunk) = Chunk::of(self.open.run()) else { return };
        let groups = self.open.groups.iter().max().map_or(0, |greatest| *greatest as usize + 1);
        if groups > self.counts.len() {
            self.counts.resize(groups, 0);
        }
        for group in &self.open.groups {
            if let Some(count) = self.counts.get_mut(*group as usize) {
                *count += 1;
            }
        }
        self.packed += chunk.memory();
        self.sealed.push(chunk);
        self.open.groups.clear();
        self.open.units.clear();
        self.open.scales.clear();
    }

    /// Hands all numbers to `take`, in runs.
    pub(super) fn each_run(&self, mut take: impl FnMut(Run<'_>)) {
        let mut scratch = Scratch::new();
        self.parts().for_each(|part| part.each_run(&mut scratch, &mut take));
    }

    /// Its parts, to be read by several threads: chunks and what is not packed.
    pub(super) fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        self.sealed.iter().map(Part::Sealed).chain([Part::Open(self.open.run())])
    }

    /// How many of the packed numbers each group has, as far as groups have some.
    pub(super) fn sealed_counts(&self) -> &[usize] {
        &self.counts
    }

    /// The group of each number that is not packed.
    pub(super) fn open_groups(&self) -> &[u32] {
        &self.open.groups
    }

    /// Writes all numbers, and those of `large` that are doubles.
    pub(super) fn spill(&mut self, large: &mut Large, memory: &Memory) -> Result<()> {
        let mut written = match self.written.take() {
            Some(written) => written,
            None => Written::new(memory)?,
        };
        self.write(&mut written)?;
        let doubles = std::mem::take(&mut large.doubles);
        written.write_doubles(doubles.into_iter().map(|(group, double)| (group, double, 1)))?;
        *self = Self { written: Some(written), ..Self::default() };
        Ok(())
    }

    /// Writes all numbers that are in memory.
    pub(super) fn write(&self, written: &mut Written) -> Result<()> {
        let mut scratch = Scratch::new();
        for part in self.parts() {
            let mut result = Ok(());
            part.each_run(&mut scratch, |run| {
                if result.is_ok() {
                    result = written.write(run.entries().map(|(group, units, scale)| (group, units, scale, 1)));
                }
            });
            result?;
        }
        Ok(())
    }

    pub(super) fn memory_of_written(&self) -> Option<Memory> {
        self.written.as_ref().map(|written| written.memory().clone())
    }

    /// About the bytes of memory it takes.
    pub(super) fn memory(&self) -> usize {
        let Open { groups, units, scales, .. } = &self.open;
        let open = groups.capacity() * 4 + units.capacity() * 8 + scales.capacity();
        let sealed = self.packed + self.sealed.capacity() * size_of::<Chunk>();
        sealed + open + self.counts.capacity() * size_of::<usize>()
    }
}

/// A part of a log.
#[derive(Clone, Copy)]
pub(super) enum Part<'a> {
    /// Packed numbers.
    Sealed(&'a Chunk),
    /// Numbers as they came.
    Open(Run<'a>),
}

impl Part<'_> {
    /// Hands its numbers to `take`, in runs.
    pub(super) fn each_run(self, scratch: &mut Scratch, mut take: impl FnMut(Run<'_>)) {
        match self {
            Self::Sealed(chunk) => chunk.each_run(scratch, take),
            Self::Open(run) => take(run),
        }
    }

    /// What its numbers are between; none where there are none.
    pub(super) fn bounds(self) -> Option<Bounds> {
        match self {
            Self::Sealed(chunk) => Some(chunk.bounds),
            Self::Open(run) => Bounds::of(run),
        }
    }
}

/// A log and its large numbers, and for each of its groups the group here, or [`NO_GROUP`](crate::process::aggregate::NO_GROUP).
pub(super) struct Placed {
    pub(super) log: Arc<Log>,
    pub(super) large: Arc<Large>,
    pub(super) into: Vec<u32>,
}
