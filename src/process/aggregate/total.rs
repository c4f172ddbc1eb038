//! The state of `sum` and `mean`: how many numbers there were and their exact sum.
//!
//! A group is 24 bytes: a 128-bit sum at the column's decimal scale, and the count. A finer value rescales the column;
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
    /// What the slots cannot hold; as long as the highest group that needed one.
    wide: Vec<Option<Box<Superaccumulator>>>,
    skipped: Skipped,
}

/// A group's fast sum in two halves, so that it needs no more than eight-byte alignment, and its count of numbers.
#[derive(Clone, Copy, Default)]
struct Slot {
    low: u64,
    high: i64,
    count: u64,
}

impl Slot {
    #[inline]
    fn sum(self) -> i128 {
        (i128::from(self.high) << 64) | i128::from(self.low)
    }

    #[inline]
    fn set(&mut self, sum: i128) {
        self.low = low_word(sum.cast_unsigned());
        self.high = low_word((sum >> 64).cast_unsigned()).cast_signed();
    }
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
            None => Number::Exact { units: slot.sum(), scale: self.scale },
        })
    }

    /// The mean, rounded once, or null where there were no numbers.
    pub(super) fn mean(&self, group: usize) -> Value<'static> {
        let Some(slot) = self.slots.get(group).filter(|slot| slot.count > 0) else { return Value::Null };
        let mean = match self.wide_sum(group, *slot) {
            Some(wide) => wide.quotient(slot.count),
            None => quotient(slot.sum(), self.scale, slot.count),
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

    /// The whole sum of a group that has a wide part.
    fn wide_sum(&self, group: usize, slot: Slot) -> Option<Superaccumulator> {
        let mut wide = Superaccumulator::clone(self.wide.get(group)?.as_deref()?);
        wide.add_exact(slot.sum(), self.scale);
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

    /// Adds units of the column's scale.
    #[inline]
    fn add(&mut self, group: u32, units: i128) {
        self.add_counted(group, units, 0);
    }

    /// Adds a number's units of the column's scale.
    #[inline]
    fn take(&mut self, group: u32, units: i128) {
        self.add_counted(group, units, 1);
    }

    #[inline]
    fn add_counted(&mut self, group: u32, units: i128, numbers: u64) {
        let Some(slot) = self.slots.get_mut(group as usize) else { return };
        slot.count += numbers;
        if let Some(sum) = slot.sum().checked_add(units) {
            slot.set(sum);
        } else {
            self.spill(group as usize, units);
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
        let mut slots = std::mem::take(&mut self.slots);
        for (group, slot) in slots.iter_mut().enumerate() {
            let sum = slot.sum();
            if let Some(finer) = sum.checked_mul(power) {
                slot.set(finer);
            } else {
                slot.set(0);
                self.wide(group).add_exact(sum, old);
            }
        }
        self.slots = slots;
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
            self.take(small.group, i128::from(small.units) * i128::from(power));
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
            self.take(group, i128::from(units) * i128::from(power));
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
            if other.scale == self.scale {
                self.add(group, slot.sum());
            } else {
                self.rescaled(group, slot.sum(), other.scale);
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
        self.slots.capacity() * size_of::<Slot>() + self.wide.len() * 8
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
