//! The state of `sum` and `mean`: how many numbers there were and their exact sum.
//!
//! A group is 16 bytes, of which four fill a line of the cache: the sum at the column's decimal scale, and the count. The
//! first sum past 64 bits gives all groups a second half of theirs, in a list of its own. A finer value rescales the column;
//! doubles, very fine values and sums past 128 bits go to a [`Superaccumulator`] of their group, so that the
//! result is that of unbounded arithmetic in any order.

use std::any::Any;

use crate::core::data::number::{Number, POW10};
use crate::core::data::value::Value;
use crate::core::integer::{low_word, words};
use crate::process::aggregate::intake::{Numbers, Small, each_number, touch};
use crate::process::aggregate::superaccumulator::{Superaccumulator, compose};
use crate::process::aggregate::{Accumulator, Intake, NO_GROUP, Skipped, State, at_place, own};

/// Finest scale of the fast sums; a 64-bit integer rescaled to it fits 128 bits.
const FINEST: u8 = 18;

pub(super) const STATE: State = State { name: "total", build: || Box::new(Total::default()) };

/// Counts and exact sums.
#[derive(Default)]
pub(super) struct Total {
    /// Digits after the point of all fast sums.
    scale: u8,
    slots: Vec<Slot>,
    /// The high halves of all sums; none while all sums have 64 bits.
    highs: Vec<i64>,
    /// What the slots cannot hold; as long as the highest group that needed one.
    wide: Vec<Option<Box<Superaccumulator>>>,
    skipped: Skipped,
}

/// A group's fast sum, or the low half of it, and its count of numbers.
#[derive(Clone, Copy, Default)]
struct Slot {
    sum: i64,
    count: u64,
}

impl Total {
    /// The accumulator of this kind.
    pub(super) fn of(accumulator: &dyn Accumulator) -> Option<&Self> {
        own(accumulator)
    }

    /// The sum, or null where there were no numbers.
    pub(super) fn sum(&self, group: usize) -> Value<'static> {
        let Some(slot) = self.slots.get(group).filter(|slot| slot.count > 0) else { return Value::Null };
        Value::Number(match self.wide_sum(group, *slot) {
            Some(wide) => match wide.number() {
                Number::Float(sum) if !sum.is_finite() => return Value::Null,
                sum => sum,
            },
            None => Number::Exact { units: self.fast(group, *slot), scale: self.scale },
        })
    }

    /// The mean, rounded once, or null where there were no numbers.
    pub(super) fn mean(&self, group: usize) -> Value<'static> {
        let Some(slot) = self.slots.get(group).filter(|slot| slot.count > 0) else { return Value::Null };
        let mean = match self.wide_sum(group, *slot) {
            Some(wide) => wide.quotient(slot.count),
            None => quotient(self.fast(group, *slot), self.scale, slot.count),
        };
        Value::Number(Number::Float(mean))
    }

    /// Adds a number to the first group, so many times.
    pub(super) fn add_times(&mut self, number: Number, times: u64) {
        self.count(0, times);
        if let Number::Exact { units, scale } = number
            && let Some(units) = units.checked_mul(i128::from(times))
        {
            return if scale == self.scale { self.add(0, units) } else { self.rescaled(0, units, scale) };
        }
        let mut power = Superaccumulator::new();
        power.add(number);
        doubling(times, &mut power, self.wide(0), Superaccumulator::merge);
    }

    /// The fast sum of a group whose slot this is.
    #[inline]
    fn fast(&self, group: usize, slot: Slot) -> i128 {
        let low = i128::from(slot.sum);
        self.highs.get(group).map_or(low, |high| (i128::from(*high) << 64) | i128::from(slot.sum.cast_unsigned()))
    }

    /// Replaces the fast sum of a group.
    fn set(&mut self, group: usize, sum: i128) {
        if self.highs.is_empty() && i64::try_from(sum).is_err() {
            self.highs = self.slots.iter().map(|slot| slot.sum >> 63).collect();
        }
        if let Some(slot) = self.slots.get_mut(group) {
            slot.sum = low_word(sum.cast_unsigned()).cast_signed();
        }
        if let Some(high) = self.highs.get_mut(group) {
            *high = low_word((sum >> 64).cast_unsigned()).cast_signed();
        }
    }

    /// The whole sum of a group that has a wide part.
    fn wide_sum(&self, group: usize, slot: Slot) -> Option<Superaccumulator> {
        let mut wide = Superaccumulator::clone(self.wide.get(group)?.as_deref()?);
        wide.add_exact(self.fast(group, slot), self.scale);
        Some(wide)
    }

    fn wide(&mut self, group: usize) -> &mut Superaccumulator {
        at_place(&mut self.wide, group).get_or_insert_with(|| Box::new(Superaccumulator::new()))
    }

    /// Adds `units` at a scale that is not the column's.
    #[cold]
    #[inline(never)]
    fn rescaled(&mut self, group: u32, units: i128, scale: u8) {
        if scale > self.scale && scale <= FINEST {
            self.refine(scale);
        }
        let power = self.scale.checked_sub(scale).and_then(|by| POW10.get(usize::from(by)));
        match power.and_then(|power| units.checked_mul(*power)) {
            Some(units) => self.add(group, units),
            None => self.wide(group as usize).add_exact(units, scale),
        }
    }

    /// Adds a number of `units * power` units of the column's scale.
    #[inline]
    fn take(&mut self, group: u32, units: i64, power: i64) {
        if let Some(slot) = self.slots.get_mut(group as usize)
            && self.highs.is_empty()
            && let Some(units) = units.checked_mul(power)
            && let Some(sum) = slot.sum.checked_add(units)
        {
            *slot = Slot { sum, count: slot.count + 1 };
        } else {
            self.count(group, 1);
            self.add(group, i128::from(units) * i128::from(power));
        }
    }

    /// Adds units of the column's scale, of any size.
    #[inline(never)]
    fn add(&mut self, group: u32, units: i128) {
        let group = group as usize;
        let Some(slot) = self.slots.get(group) else { return };
        match self.fast(group, *slot).checked_add(units) {
            Some(sum) => self.set(group, sum),
            None => self.spill(group, units),
        }
    }

    #[cold]
    fn spill(&mut self, group: usize, units: i128) {
        let scale = self.scale;
        self.wide(group).add_exact(units, scale);
    }

    /// Makes the column's scale finer. Sums that no longer fit move to their wide part.
    fn refine(&mut self, scale: u8) {
        let old = self.scale;
        let power = POW10.get(usize::from(scale - old)).copied().unwrap_or(1);
        self.scale = scale;
        for group in 0..self.slots.len() {
            let Some(sum) = self.slots.get(group).map(|slot| self.fast(group, *slot)) else { continue };
            if let Some(finer) = sum.checked_mul(power) {
                self.set(group, finer);
            } else {
                self.set(group, 0);
                self.wide(group).add_exact(sum, old);
            }
        }
    }

    fn count(&mut self, group: u32, numbers: u64) {
        if let Some(slot) = self.slots.get_mut(group as usize) {
            slot.count += numbers;
        }
    }
}

impl Numbers for Total {
    #[inline]
    fn small(&mut self, run: &[Small]) {
        touch(&self.slots, run.iter().map(|small| small.group), |slot| slot.count);
        for small in run {
            // Scales that change from row to row are evened out by a multiplication rather than a branch.
            let by = usize::from(self.scale.wrapping_sub(small.scale));
            let Some(power) = POW10.get(by) else {
                self.count(small.group, 1);
                self.rescaled(small.group, i128::from(small.units), small.scale);
                continue;
            };
            // At the finest scale a power has no more than one word, and so the product is one multiplication.
            let power = low_word(power.cast_unsigned()).cast_signed();
            self.take(small.group, small.units, power);
        }
    }

    #[inline]
    fn uniform(&mut self, groups: &[u32], units: &[i64], scale: u8) {
        if scale > self.scale {
            self.refine(scale);
        }
        let by = usize::from(self.scale - scale);
        let Some(power) = POW10.get(by).map(|power| low_word(power.cast_unsigned()).cast_signed()) else { return };
        touch(&self.slots, groups.iter().copied(), |slot| slot.count);
        for (&group, &units) in groups.iter().zip(units) {
            self.take(group, units, power);
        }
    }

    fn number(&mut self, group: u32, number: Number) {
        self.count(group, 1);
        match number {
            Number::Exact { units, scale } if scale == self.scale => self.add(group, units),
            Number::Exact { units, scale } => self.rescaled(group, units, scale),
            Number::Float(_) => self.wide(group as usize).add(number),
        }
    }

    fn skips(&mut self) -> &mut Skipped {
        &mut self.skipped
    }
}

impl Accumulator for Total {
    fn reads_numbers(&self) -> bool {
        true
    }

    fn grow(&mut self, groups: usize) {
        self.slots.resize(groups, Slot::default());
        if !self.highs.is_empty() {
            self.highs.resize(groups, 0);
        }
    }

    fn update(&mut self, intake: &Intake<'_>) {
        each_number(intake, self);
    }

    fn merge(&mut self, other: &dyn Accumulator, into: &[u32]) {
        let Some(other) = Self::of(other) else { return };
        self.skipped.merge(&other.skipped);
        for ((theirs, slot), &group) in other.slots.iter().enumerate().zip(into) {
            if group == NO_GROUP {
                continue;
            }
            self.count(group, slot.count);
            let sum = other.fast(theirs, *slot);
            if other.scale == self.scale {
                self.add(group, sum);
            } else {
                self.rescaled(group, sum, other.scale);
            }
            if let Some(Some(wide)) = other.wide.get(theirs) {
                self.wide(group as usize).merge(wide);
            }
        }
    }

    fn skipped(&self) -> Skipped {
        self.skipped.clone()
    }

    fn exceeded(&self) -> u64 {
        let sums = self.slots.iter().enumerate().filter_map(|(group, slot)| self.wide_sum(group, *slot));
        sums.filter(Superaccumulator::exceeds).count() as u64
    }

    fn memory(&self) -> usize {
        self.slots.capacity() * size_of::<Slot>() + self.highs.capacity() * 8 + self.wide.len() * 8
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Adds `power` to `sum` so many times, by its doubles; `power` is used up.
pub(super) fn doubling<T: Clone>(mut times: u64, power: &mut T, sum: &mut T, add: impl Fn(&mut T, &T)) {
    while times > 0 {
        if times & 1 == 1 {
            add(sum, power);
        }
        times >>= 1;
        let same = power.clone();
        add(power, &same);
    }
}

/// `units / 10^scale / count`, rounded once.
fn quotient(units: i128, scale: u8, count: u64) -> f64 {
    let magnitude = units.unsigned_abs();
    let divisor = POW10.get(usize::from(scale)).and_then(|power| power.unsigned_abs().checked_mul(u128::from(count)));
    let Some(divisor) = divisor.filter(|divisor| magnitude != 0 && *divisor <= u128::from(u64::MAX)) else {
        let mut sum = Superaccumulator::new();
        sum.add_exact(units, scale);
        return sum.quotient(count);
    };
    // With its highest bit set the dividend gives a quotient of at least 64 bits, so one word and a sticky bit round
    // it correctly.
    let up = magnitude.leading_zeros();
    let (whole, rest) = ((magnitude << up) / divisor, (magnitude << up) % divisor);
    let zeros = whole.leading_zeros();
    let cut = 64 - zeros.min(64);
    let [below, word] = words(whole << zeros);
    let value = compose(word, cut.cast_signed() - up.cast_signed(), rest != 0 || below != 0);
    if units < 0 { -value } else { value }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::{Numbers, Total};
    use crate::core::data::number::Number;
    use crate::core::data::value::Value;
    use crate::process::aggregate::Accumulator;

    /// Sums of changing size and scale, in one order and in another, against 128-bit integers: with one half, with the
    /// second from some row on, and in groups that come after it.
    #[test]
    fn a_second_half_comes_when_it_is_needed() {
        let mut state = 99_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state >> 20
        };
        let mut halved = 0;
        for round in 0..200 {
            let (mut total, mut plain) = (Total::default(), Vec::<i128>::new());
            let mut other = Total::default();
            let runs = 1 + next() % 6;
            for run in 0..runs {
                let groups = (1 + run * 5) as usize;
                plain.resize(groups, 0);
                let size = next() % 64;
                let scale = (next() % 4) as u8;
                let units: Vec<i64> = (0..40).map(|_| ((next() << 40 | next()).cast_signed()) >> size).collect();
                let into: Vec<u32> = (0..40).map(|_| (next() % groups as u64) as u32).collect();
                let to = if next() % 3 == 0 { &mut other } else { &mut total };
                to.grow(groups);
                if next() % 2 == 0 {
                    to.uniform(&into, &units, scale);
                } else {
                    for (group, units) in into.iter().zip(&units) {
                        to.number(*group, Number::Exact { units: i128::from(*units), scale });
                    }
                }
                for (group, units) in into.iter().zip(&units) {
                    plain[*group as usize] += i128::from(*units) * 10_i128.pow(3 - u32::from(scale));
                }
            }
            total.grow(plain.len());
            other.grow(plain.len());
            let all: Vec<u32> = (0..plain.len() as u32).collect();
            total.merge(&other, &all);
            halved += u32::from(!total.highs.is_empty());
            for (group, plain) in plain.iter().enumerate() {
                let sum = match total.sum(group) {
                    Value::Null => 0,
                    Value::Number(Number::Exact { units, scale }) => units * 10_i128.pow(3 - u32::from(scale)),
                    other => panic!("{other:?}"),
                };
                assert_eq!(sum, *plain, "round {round}, group {group}");
            }
        }
        assert!((20..180).contains(&halved), "{halved}");
    }

    #[test]
    fn sums_grow_past_64_and_128_bits() {
        for units in [3_i128, -5, i128::from(i64::MAX), i128::from(i64::MIN), 1 << 70, i128::MIN] {
            let mut total = Total::default();
            total.grow(2);
            total.number(1, Number::Exact { units, scale: 2 });
            let mut plain = num_bigint::BigInt::from(units);
            // More would not fit the count.
            for _ in 0..62 {
                let mut double = Total::default();
                double.grow(2);
                double.merge(&total, &[0, 1]);
                double.merge(&total, &[0, 1]);
                (total, plain) = (double, plain * 2);
                match total.sum(1) {
                    Value::Number(Number::Exact { units, scale: 2 }) => {
                        assert_eq!(num_bigint::BigInt::from(units), plain);
                    }
                    Value::Number(Number::Float(sum)) => {
                        assert!(plain.bits() > 126);
                        let text = plain.to_string().parse::<f64>().unwrap() / 100.0;
                        assert!((sum / text - 1.0).abs() < 1e-12, "{sum} {text}");
                    }
                    other => panic!("{other:?}"),
                }
            }
        }
    }
}
