//! Numbers of groups, packed: what a log holds of all but the last that came.
//!
//! An entry is a word of whole bytes, as few as hold what the entries of its chunk need: from the lowest bit on its
//! units, its group and its scale, each as the difference from the least of the chunk (a frame of reference), in the
//! bits of the greatest difference. Milliseconds of four regions take two bytes, those of 100,000 users four; 64 bits
//! of units with any group and scale take 13. Where all entries have the same group, or the same scale, that takes no
//! bits at all. Packing and unpacking are loops without branches, compiled for each number of bytes.

use std::ops::{BitAnd, BitOr, Shl, Shr};

use crate::core::integer::{low, low_word};

/// Entries that are unpacked together: they stay in the nearest cache.
const RUN: usize = 1024;

/// Bits of a word of 8 bytes, so that no shift is as long as the word.
const NARROW: u32 = 63;

/// Numbers with their groups: `units / 10^scale`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run<'a> {
    pub(super) groups: &'a [u32],
    /// As many.
    pub(super) units: &'a [i64],
    /// The scale of all `units`, as long as `scales` is empty; at most 18.
    pub(super) scale: u8,
    pub(super) scales: &'a [u8],
}

impl Run<'_> {
    /// The scale of an entry.
    pub(super) fn scale_of(&self, index: usize) -> u8 {
        self.scales.get(index).copied().unwrap_or(self.scale)
    }

    /// The entries one by one: group, units, scale.
    pub(super) fn entries(&self) -> impl Iterator<Item = (u32, i64, u8)> {
        let pairs = self.groups.iter().zip(self.units).enumerate();
        pairs.map(|(at, (group, units))| (*group, *units, self.scale_of(at)))
    }
}

/// The least and the greatest units and scale of some entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) units: (i64, i64),
    pub(super) scale: (u8, u8),
}

impl Bounds {
    /// Those of a run; none of an empty one.
    pub(super) fn of(run: Run<'_>) -> Option<Self> {
        let scale = if run.scales.is_empty() { (run.scale, run.scale) } else { extent(run.scales)? };
        Some(Self { units: extent(run.units)?, scale })
    }
}

/// The least and the greatest.
#[inline]
fn extent<T: Copy + Ord>(values: &[T]) -> Option<(T, T)> {
    let first = *values.first()?;
    Some(values.iter().fold((first, first), |(least, greatest), value| (least.min(*value), greatest.max(*value))))
}

/// Packed entries.
#[derive(Debug)]
pub(super) struct Chunk {
    shape: Shape,
    pub(super) bounds: Bounds,
    bytes: Box<[u8]>,
}

/// Where the parts of an entry are in its word, and what is added to them.
#[derive(Debug, Clone, Copy)]
struct Shape {
    /// Bytes of a word.
    width: usize,
    /// The least units, group and scale.
    units: i64,
    group: u32,
    scale: u8,
    /// The bits of each.
    unit_bits: u32,
    group_bits: u32,
    scale_bits: u32,
}

impl Shape {
    fn of(groups: (u32, u32), bounds: Bounds) -> Self {
        let (units, scale) = (bounds.units, bounds.scale);
        let unit_bits = bits(units.1.wrapping_sub(units.0).cast_unsigned());
        let group_bits = bits(u64::from(groups.1 - groups.0));
        let scale_bits = bits(u64::from(scale.1 - scale.0));
        let all = unit_bits + group_bits + scale_bits;
        let least = if all > NARROW { 9 } else { 1 };
        let width = (all.div_ceil(8) as usize).max(least);
        Self { width, units: units.0, group: groups.0, scale: scale.0, unit_bits, group_bits, scale_bits }
    }
}

/// The bits that a number needs.
fn bits(number: u64) -> u32 {
    u64::BITS - number.leading_zeros()
}

/// The highest number of so many bits.
fn mask(bits: u32) -> u64 {
    u64::MAX.checked_shr(u64::BITS - bits).unwrap_or(0)
}

/// Room for the entries that are unpacked.
pub(super) struct Scratch {
    groups: [u32; RUN],
    units: [i64; RUN],
    scales: [u8; RUN],
}

impl Scratch {
    pub(super) fn new() -> Self {
        Self { groups: [0; RUN], units: [0; RUN], scales: [0; RUN] }
    }
}

type Pack = fn(&Shape, Run<'_>, &mut [u8]);
type Unpack = fn(&Shape, &[u8], &mut Scratch);

/// How words are made and read, by their bytes.
const WIDTHS: [(Pack, Unpack); 13] = [
    (pack::<u64, 1>, unpack::<u64, 1>),
    (pack::<u64, 2>, unpack::<u64, 2>),
    (pack::<u64, 3>, unpack::<u64, 3>),
    (pack::<u64, 4>, unpack::<u64, 4>),
    (pack::<u64, 5>, unpack::<u64, 5>),
    (pack::<u64, 6>, unpack::<u64, 6>),
    (pack::<u64, 7>, unpack::<u64, 7>),
    (pack::<u64, 8>, unpack::<u64, 8>),
    (pack::<u128, 9>, unpack::<u128, 9>),
    (pack::<u128, 10>, unpack::<u128, 10>),
    (pack::<u128, 11>, unpack::<u128, 11>),
    (pack::<u128, 12>, unpack::<u128, 12>),
    (pack::<u128, 13>, unpack::<u128, 13>),
];

impl Chunk {
    /// The entries of a run; none of an empty one.
    pub(super) fn of(run: Run<'_>) -> Option<Self> {
        let bounds = Bounds::of(run)?;
        let shape = Shape::of(extent(run.groups)?, bounds);
        let mut bytes = vec![0; run.groups.len() * shape.width].into_boxed_slice();
        let (pack, _) = WIDTHS.get(shape.width - 1)?;
        pack(&shape, run, &mut bytes);
        Some(Self { shape, bounds, bytes })
    }

    /// Bytes of memory besides itself.
    pub(super) fn memory(&self) -> usize {
        self.bytes.len()
    }

    /// Hands the entries to `take`, in runs and in their order.
    #[inline]
    pub(super) fn each_run(&self, scratch: &mut Scratch, mut take: impl FnMut(Run<'_>)) {
        let shape = &self.shape;
        let Some((_, unpack)) = WIDTHS.get(shape.width - 1) else { return };
        for words in self.bytes.chunks(RUN * shape.width) {
            unpack(shape, words, scratch);
            let count = words.len() / shape.width;
            take(Run {
                groups: scratch.groups.get(..count).unwrap_or_default(),
                units: scratch.units.get(..count).unwrap_or_default(),
                scale: shape.scale,
                scales: scratch.scales.get(..if shape.scale_bits > 0 { count } else { 0 }).unwrap_or_default(),
            });
        }
    }
}

/// A word that holds an entry.
trait Word:
    Copy
    + From<u32>
    + From<u64>
    + Shl<u32, Output = Self>
    + Shr<u32, Output = Self>
    + BitOr<Output = Self>
    + BitAnd<Output = Self>
{
    /// Its lowest bytes; there must be so many.
    fn bytes<const W: usize>(self) -> [u8; W];

    /// The word of these bytes, with zeros above.
    fn from_bytes<const W: usize>(bytes: [u8; W]) -> Self;

    /// Its lowest 64 bits.
    fn lowest(self) -> u64;
}

/// A macro because the widths of byte arrays are not generic.
macro_rules! word {
    ($word:ty, $lowest:expr) => {
        impl Word for $word {
            #[inline]
            fn bytes<const W: usize>(self) -> [u8; W] {
                self.to_le_bytes().first_chunk().copied().unwrap_or([0; W])
            }

            #[inline]
            fn from_bytes<const W: usize>(bytes: [u8; W]) -> Self {
                let mut all = Self::MIN.to_le_bytes();
                if let Some(first) = all.first_chunk_mut() {
                    *first = bytes;
                }
                Self::from_le_bytes(all)
            }

            #[inline]
            fn lowest(self) -> u64 {
                $lowest(self)
            }
        }
    };
}

word!(u64, u64::from);
word!(u128, low_word);

/// Writes the words of a run.
fn pack<T: Word, const W: usize>(shape: &Shape, run: Run<'_>, bytes: &mut [u8]) {
    let Shape { units, group, scale, unit_bits, group_bits, .. } = *shape;
    let words = bytes.as_chunks_mut::<W>().0.iter_mut().zip(run.groups.iter().zip(run.units));
    let word = |of: u32, more: i64| {
        T::from(more.wrapping_sub(units).cast_unsigned()) | (T::from(of.wrapping_sub(group)) << unit_bits)
    };
    if run.scales.is_empty() {
        for (to, (of, more)) in words {
            *to = word(*of, *more).bytes();
        }
    } else {
        for ((to, (of, more)), digits) in words.zip(run.scales) {
            let digits = T::from(u32::from(digits.wrapping_sub(scale))) << (unit_bits + group_bits);
            *to = (word(*of, *more) | digits).bytes();
        }
    }
}

/// Reads words, at most a run of them. Scales are only read where they differ.
fn unpack<T: Word, const W: usize>(shape: &Shape, bytes: &[u8], scratch: &mut Scratch) {
    let Shape { units, group, scale, unit_bits, group_bits, scale_bits, .. } = *shape;
    let words = bytes.as_chunks::<W>().0;
    let (unit_mask, group_mask) = (T::from(mask(unit_bits)), T::from(mask(group_bits)));
    for (word, (of, more)) in words.iter().zip(scratch.groups.iter_mut().zip(&mut scratch.units)) {
        let word = T::from_bytes(*word);
        *more = units.wrapping_add((word & unit_mask).lowest().cast_signed());
        *of = group.wrapping_add(low(((word >> unit_bits) & group_mask).lowest()));
    }
    if scale_bits > 0 {
        for (word, digits) in words.iter().zip(&mut scratch.scales) {
            let [more, ..] = (T::from_bytes(*word) >> (unit_bits + group_bits)).bytes::<1>();
            *digits = scale.wrapping_add(more);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Chunk, Run, Scratch};

    /// Packs and unpacks, and gives the bytes of an entry.
    fn width(groups: &[u32], units: &[i64], scales: &[u8]) -> usize {
        let run = Run { groups, units, scale: 7, scales };
        let chunk = Chunk::of(run).unwrap();
        let mut found = Vec::new();
        chunk.each_run(&mut Scratch::new(), |run| found.extend(run.entries()));
        assert!(found.into_iter().eq(run.entries()), "{:?}", chunk.shape);
        assert_eq!(chunk.memory(), groups.len() * chunk.shape.width);
        chunk.shape.width
    }

    #[test]
    fn entries_are_the_same_packed_and_take_the_fewest_bytes() {
        let mut state = 5_u64;
        let mut next = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state ^ state >> 31
        };
        let mut widths = [false; 14];
        for unit_bits in 0..=64 {
            for group_bits in [0, 1, 2, 7, 8, 17, 31, 32] {
                for scales in [1, 2, 19] {
                    let count = 1 + next() % 1500;
                    let most = u64::MAX.checked_shr(64 - unit_bits).unwrap_or(0);
                    let base = if unit_bits < 62 { next().cast_signed() >> 2 } else { i64::MIN };
                    let units: Vec<i64> = (0..count).map(|_| base.wrapping_add_unsigned(next() & most)).collect();
                    let first = u32::MAX >> 1 >> group_bits.min(1);
                    let mask = u32::MAX.checked_shr(32 - group_bits).unwrap_or(0);
                    let groups: Vec<u32> =
                        (0..count).map(|_| if group_bits < 31 { first } else { 0 } + (next() as u32 & mask)).collect();
                    let digits: Vec<u8> = (0..count).map(|_| (next() % scales) as u8).collect();
                    let found = width(&groups, &units, if scales == 1 { &[] } else { &digits });
                    let bits = unit_bits + group_bits + [0, 1, 5][(scales / 2).min(2) as usize];
                    assert!(found as u32 <= bits.div_ceil(8).max(if bits > 63 { 9 } else { 1 }));
                    widths[found] = true;
                }
            }
        }
        assert!(widths[1..].iter().all(|seen| *seen), "{widths:?}");
    }

    #[test]
    fn what_is_the_same_takes_no_bits() {
        assert_eq!(width(&[70_000; 5], &[1 << 60; 5], &[]), 1);
        assert_eq!(width(&[70_000, 70_255], &[i64::MIN; 2], &[18; 2]), 1);
        assert_eq!(width(&[0, 1], &[i64::MIN, i64::MAX], &[]), 9);
        assert_eq!(width(&[0, u32::MAX], &[i64::MIN, i64::MAX], &[0, 18]), 13);
        assert_eq!(width(&[0, 99_999], &[1, 7400], &[]), 4);
        assert!(Chunk::of(Run { groups: &[], units: &[], scale: 0, scales: &[] }).is_none());
    }
}
