//! Numbers of groups on disk, and those at given ranks of each group: quantiles of more numbers than memory holds.
//!
//! Numbers are written as they come. To be read they are put in order, as many at a time as memory holds, written again
//! as runs, and merged: by group, then by value. Values are compared as doubles first, exactly only where those are equal.

use std::cmp::Ordering;
use std::sync::Arc;

use rayon::prelude::*;

use crate::core::data::number::Number;
use crate::core::error::Result;
use crate::core::exec::memory::Memory;
use crate::core::exec::spill::{Frame, Spill};
use crate::core::integer::{high, low};

/// Bytes of a number on disk: its group, its units, its weight, its scale.
const SIZE: usize = 17;
/// The scale of doubles.
const DOUBLE: u8 = u8::MAX;

/// A number of a group.
#[derive(Debug, Clone, Copy)]
struct Entry {
    group: u32,
    scale: u8,
    /// How often it came.
    weight: u32,
    /// The digits, or the bits of a double.
    units: u64,
    /// The value as a double, as an integer of the same order.
    order: u64,
}

impl Entry {
    fn new(group: u32, scale: u8, units: u64, weight: u32) -> Self {
        let mut entry = Self { group, scale, weight, units, order: 0 };
        let bits = (entry.number().to_f64() + 0.0).to_bits();
        entry.order = if bits >> 63 == 1 { !bits } else { bits | 1 << 63 };
        entry
    }

    fn number(&self) -> Number {
        match self.scale {
            DOUBLE => Number::Float(f64::from_bits(self.units)),
            scale => Number::Exact { units: i128::from(self.units.cast_signed()), scale },
        }
    }

    fn compare(&self, other: &Self) -> Ordering {
        let coarse = (self.group, self.order).cmp(&(other.group, other.order));
        coarse.then_with(|| {
            let same = (self.scale, self.units) == (other.scale, other.units);
            if same { Ordering::Equal } else { self.number().compare(other.number()) }
        })
    }
}

/// Numbers that were written.
#[derive(Debug, Clone)]
pub(super) struct Written {
    memory: Memory,
    spill: Arc<Spill>,
    frames: Vec<Frame>,
}

impl Written {
    /// None yet.
    pub(super) fn new(memory: &Memory) -> Result<Self> {
        Ok(Self { memory: memory.clone(), spill: memory.spill()?, frames: Vec::new() })
    }

    /// The memory that was too small.
    pub(super) fn memory(&self) -> &Memory {
        &self.memory
    }

    /// Hands the group of every number to `take`.
    pub(super) fn each_group(&self, mut take: impl FnMut(u32)) -> Result<()> {
        let mut bytes = Vec::new();
        for frame in &self.frames {
            self.spill.read(*frame, &mut bytes)?;
            let groups = bytes.as_chunks::<SIZE>().0.iter().filter_map(|record| record.first_chunk());
            groups.for_each(|group| take(u32::from_le_bytes(*group)));
        }
        Ok(())
    }

    /// Writes exact numbers of groups, each as often as its weight says.
    pub(super) fn write(&mut self, numbers: impl Iterator<Item = (u32, i64, u8, u32)>) -> Result<()> {
        self.write_units(numbers.map(|(group, units, scale, weight)| (group, units.cast_unsigned(), scale, weight)))
    }

    /// Writes doubles of groups, each as often as its weight says.
    pub(super) fn write_doubles(&mut self, numbers: impl Iterator<Item = (u32, f64, u32)>) -> Result<()> {
        self.write_units(numbers.map(|(group, number, weight)| (group, number.to_bits(), DOUBLE, weight)))
    }

    fn write_units(&mut self, numbers: impl Iterator<Item = (u32, u64, u8, u32)>) -> Result<()> {
        write(&self.spill, frame_size(&self.memory), numbers, &mut self.frames)
    }
}

/// Bytes of a frame.
fn frame_size(memory: &Memory) -> usize {
    (memory.limit() / 512).clamp(1 << 10, 256 << 10)
}

fn write(
    spill: &Spill,
    most: usize,
    numbers: impl Iterator<Item = (u32, u64, u8, u32)>,
    frames: &mut Vec<Frame>,
) -> Result<()> {
    let mut bytes = Vec::with_capacity(most + SIZE);
    for (group, units, scale, weight) in numbers {
        bytes.extend_from_slice(&group.to_le_bytes());
        bytes.extend_from_slice(&weight.to_le_bytes());
        bytes.extend_from_slice(&units.to_le_bytes());
        bytes.push(scale);
        if bytes.len() >= most {
            frames.push(spill.write(&bytes)?);
            bytes.clear();
        }
    }
    if !bytes.is_empty() {
        frames.push(spill.write(&bytes)?);
    }
    Ok(())
}

fn entries(bytes: &[u8]) -> impl Iterator<Item = Entry> {
    bytes.as_chunks::<SIZE>().0.iter().map(|record| {
        let [head @ .., scale] = record;
        let words = head.as_chunks().0;
        let word = |at: usize| words.get(at).map_or(0, |word| u64::from_le_bytes(*word));
        // The group is the lower half of the first word, the weight the upper.
        Entry::new(low(word(0)), *scale, word(1), high(word(0)))
    })
}

/// Hands all numbers to `take`, by group and by value. Those of `written` have the group `place` gives their own, or are
/// left out; `rest` are numbers that were not written. The last argument is how often the number comes.
pub(super) fn each(
    written: &[(Written, &[u32])],
    place: impl Fn(&[u32], u32) -> Option<u32>,
    mut rest: Vec<(u32, Number, u64)>,
    mut take: impl FnMut(u32, Number, u64),
) -> Result<()> {
    let Some((Written { memory, spill, .. }, _)) = written.first() else { return Ok(()) };
    let most = (memory.limit() / 4 / size_of::<Entry>()).max(1 << 10);
    let (mut runs, mut buffer, mut bytes) = (Vec::new(), Vec::new(), Vec::new());
    let flush = |buffer: &mut Vec<Entry>, runs: &mut Vec<Run>| {
        buffer.par_sort_unstable_by(Entry::compare);
        let mut frames = Vec::new();
        let numbers = buffer.drain(..).map(|entry| (entry.group, entry.units, entry.scale, entry.weight));
        write(spill, frame_size(memory), numbers, &mut frames)?;
        runs.push(Run { frames: frames.into_iter(), entries: Vec::new().into_iter(), head: None });
        Ok::<(), crate::core::error::Error>(())
    };
    for (Written { spill, frames, .. }, into) in written {
        for frame in frames {
            spill.read(*frame, &mut bytes)?;
            let placed = |entry: Entry| place(into, entry.group).map(|group| Entry { group, ..entry });
            buffer.extend(entries(&bytes).filter_map(placed));
            if buffer.len() >= most {
                flush(&mut buffer, &mut runs)?;
            }
        }
    }
    flush(&mut buffer, &mut runs)?;
    drop(buffer);
    rest.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.compare(b.1)));
    merge(spill, runs, rest.into_iter().peekable(), &mut take)
}

/// A run that is being read.
struct Run {
    frames: std::vec::IntoIter<Frame>,
    entries: std::vec::IntoIter<Entry>,
    head: Option<Entry>,
}

impl Run {
    fn advance(&mut self, spill: &Spill, bytes: &mut Vec<u8>) -> Result<()> {
        self.head = self.entries.next();
        while self.head.is_none()
            && let Some(frame) = self.frames.next()
        {
            spill.read(frame, bytes)?;
            self.entries = entries(bytes).collect::<Vec<_>>().into_iter();
            self.head = self.entries.next();
        }
        Ok(())
    }
}

fn merge(
    spill: &Spill,
    mut runs: Vec<Run>,
    mut rest: std::iter::Peekable<std::vec::IntoIter<(u32, Number, u64)>>,
    take: &mut impl FnMut(u32, Number, u64),
) -> Result<()> {
    let mut bytes = Vec::new();
    for run in &mut runs {
        run.advance(spill, &mut bytes)?;
    }
    runs.retain(|run| run.head.is_some());
    loop {
        let heads = runs.iter().enumerate().filter_map(|(at, run)| Some((at, run.head?)));
        let Some((at, least)) = heads.min_by(|(_, a), (_, b)| a.compare(b)) else { break };
        let number = least.number();
        while let Some((group, before, weight)) =
            rest.next_if(|(group, other, _)| group.cmp(&least.group).then_with(|| other.compare(number)).is_lt())
        {
            take(group, before, weight);
        }
        take(least.group, number, u64::from(least.weight));
        if let Some(run) = runs.get_mut(at) {
            run.advance(spill, &mut bytes)?;
            if run.head.is_none() {
                runs.swap_remove(at);
            }
        }
    }
    rest.for_each(|(group, number, weight)| take(group, number, weight));
    Ok(())
}
