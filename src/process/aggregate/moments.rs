//! The state of `var` and `stddev`: the count, the exact sum and the exact sum of squares of the numbers.
//!
//! The variance is (n Σx² - (Σx)²) / (n (n - 1)), which only works where nothing is rounded before the end: sums are
//! integers of 128 and 256 bits at the column's decimal scale, and what does not fit goes, as it is, to wide sums of
//! its group. The numerator is an integer, the quotient is rounded once.

use std::any::Any;

use crate::core::data::number::{Number, POW10};
use crate::core::data::value::Value;
use crate::core::integer::{low_word, words};
use crate::process::aggregate::intake::{Numbers, Small, each_number, touch};
use crate::process::aggregate::natural;
use crate::process::aggregate::superaccumulator::{
    SQUARE_FRACTION, Squares, Superaccumulator, TEN_19, divide, multiply, nearest,
};
use crate::process::aggregate::total::doubling;
use crate::process::aggregate::{Accumulator, Intake, NO_GROUP, Skipped, State, at_place, own};

pub(super) const STATE: State = State { name: "moments", build: || Box::new(Moments::default()) };

/// Finest scale of the fast sums.
const FINEST: u8 = 18;

/// Zero limbs that the numerator gets below, more than all divisors together take away.
const BELOW: usize = 9;

/// What variances are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// A sample: divided by n - 1.
    Sample,
    /// All there is: divided by n.
    Population,
}

/// Counts, sums and sums of squares.
#[derive(Default)]
pub(super) struct Moments {
    /// Digits after the point of all fast sums; squares have twice as many.
    scale: u8,
    slots: Vec<Slot>,
    /// What the slots cannot hold; as long as the highest group that needed one.
    wide: Vec<Option<Box<Wide>>>,
    skipped: Skipped,
}

/// The fast sums of a group.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    count: u64,
    sum: i128,
    /// Lowest limb first.
    squares: [u64; 4],
}

/// The wide sums of a group.
#[derive(Debug, Clone)]
struct Wide {
    sum: Superaccumulator,
    squares: Squares,
}

impl Wide {
    fn add(&mut self, number: Number) {
        self.sum.add(number);
        match number {
            Number::Exact { units, scale } => self.squares.add_exact(units, scale),
            Number::Float(value) => self.squares.add_double(value),
        }
    }

    fn merge(&mut self, other: &Self) {
        self.sum.merge(&other.sum);
        self.squares.merge(&other.squares);
    }
}

impl Slot {
    /// Adds a sum and a sum of squares, unless there is no room.
    #[inline]
    fn add(&mut self, sum: i128, squares: [u64; 4]) -> bool {
        let Some(sum) = self.sum.checked_add(sum) else { return false };
        let mut total = self.squares;
        let mut carry = false;
        for (limb, more) in total.iter_mut().zip(squares) {
            let (first, one) = limb.overflowing_add(more);
            let (second, two) = first.overflowing_add(u64::from(carry));
            (*limb, carry) = (second, one | two);
        }
        if !carry {
            (self.sum, self.squares) = (sum, total);
        }
        !carry
    }

    /// The sums at a scale that is `by` digits finer, where they fit.
    fn finer(&self, by: u8) -> Option<(i128, [u64; 4])> {
        if by == 0 {
            return Some((self.sum, self.squares));
        }
        let power = *POW10.get(usize::from(by))?;
        let sum = self.sum.checked_mul(power)?;
        let squares = natural::multiply(&self.squares, &natural::ten_to(2 * u32::from(by)));
        if squares.iter().skip(4).any(|limb| *limb != 0) {
            return None;
        }
        Some((sum, squares.first_chunk().copied()?))
    }
}

impl Moments {
    /// The variance of a group's numbers; null where it needs more of them.
    pub(super) fn variance(state: &dyn Accumulator, group: usize, of: Of) -> Option<f64> {
        let state = own::<Self>(state)?;
        let slot = state.slots.get(group)?;
        let least = if of == Of::Sample { 2 } else { 1 };
        if slot.count < least {
            return None;
        }
        let (sum, squares, fraction, divisors) = state.sums(group, *slot);
        let mut numerator = natural::multiply(&squares, &[slot.count]);
        numerator.resize(numerator.len().max(2 * sum.len()) + 1, 0);
        natural::subtract(&mut numerator, &natural::multiply(&sum, &sum));
        let mut quotient = vec![0; BELOW];
        quotient.extend(numerator);
        let mut sticky = false;
        let last = if of == Of::Sample { slot.count - 1 } else { slot.count };
        for divisor in divisors.into_iter().chain([slot.count, last]) {
            sticky |= divide(&mut quotient, divisor) != 0;
        }
        Some(nearest(&quotient, BELOW + fraction, sticky))
    }

    /// The sum without its sign and the sum of squares, how many limbs of the latter are below the point, and what
    /// that is still to be divided by. The sum is in units whose square is that of the squares.
    fn sums(&self, group: usize, slot: Slot) -> (Vec<u64>, Vec<u64>, usize, Vec<u64>) {
        let sum = slot.sum.unsigned_abs();
        let Some(Some(wide)) = self.wide.get(group) else {
            let mut divisors = vec![10_u64.pow(u32::from(self.scale)); 2];
            divisors.retain(|divisor| *divisor > 1);
            return (words(sum).to_vec(), slot.squares.to_vec(), 0, divisors);
        };
        let mut wide = Wide::clone(wide);
        wide.sum.add_exact(slot.sum, self.scale);
        wide.squares.add_scaled(&slot.squares, 2 * self.scale);
        (wide.sum.absolute(), wide.squares.limbs(), SQUARE_FRACTION, vec![TEN_19; 4])
    }

    fn wide(&mut self, group: u32) -> &mut Wide {
        let wide = at_place(&mut self.wide, group as usize);
        wide.get_or_insert_with(|| Box::new(Wide { sum: Superaccumulator::new(), squares: Squares::new() }))
    }

    /// Adds a number to the first group, so many times.
    pub(super) fn add_times(&mut self, number: Number, times: u64) {
        self.count(0, times);
        if let Number::Exact { units, scale } = number.normal()
            && scale <= FINEST
            && let Ok(small) = i64::try_from(units)
            && let Some(sum) = units.checked_mul(i128::from(times))
        {
            // The square has two limbs, the product with the count three.
            let square = u128::from(small.unsigned_abs()) * u128::from(small.unsigned_abs());
            let low = u128::from(low_word(square)) * u128::from(times);
            let high = (square >> 64) * u128::from(times) + (low >> 64);
            let [middle, high] = words(high);
            let squares = [low_word(low), middle, high, 0];
            return self.add_sums(0, &Slot { count: times, sum, squares }, scale);
        }
        let mut power = Wide { sum: Superaccumulator::new(), squares: Squares::new() };
        power.add(number.normal());
        doubling(times, &mut power, self.wide(0), Wide::merge);
    }

    /// Adds `units / 10^scale`, the count left out.
    #[cold]
    #[inline(never)]
    fn rescaled(&mut self, group: u32, units: i128, scale: u8) {
        if scale > self.scale && scale <= FINEST {
            self.refine(scale);
        }
        let power = self.scale.checked_sub(scale).and_then(|by| POW10.get(usize::from(by)));
        if let Some(units) = power.and_then(|power| units.checked_mul(*power))
            && let Some(slot) = self.slots.get_mut(group as usize)
            && slot.add(units, multiply(units.unsigned_abs(), units.unsigned_abs()))
        {
            return;
        }
        self.wide(group).add(Number::Exact { units, scale });
    }

    /// Adds sums at a scale.
    fn add_sums(&mut self, group: u32, slot: &Slot, scale: u8) {
        if scale > self.scale {
            self.refine(scale);
        }
        let finer = slot.finer(self.scale - scale);
        if let (Some((sum, squares)), Some(mine)) = (finer, self.slots.get_mut(group as usize))
            && mine.add(sum, squares)
        {
            return;
        }
        let wide = self.wide(group);
        wide.sum.add_exact(slot.sum, scale);
        wide.squares.add_scaled(&slot.squares, 2 * scale);
    }

    /// Makes the column's scale finer. Sums that no longer fit move to their wide part.
    fn refine(&mut self, scale: u8) {
        let by = scale - self.scale;
        let old = std::mem::replace(&mut self.scale, scale);
        let mut slots = std::mem::take(&mut self.slots);
        for (group, slot) in (0..).zip(&mut slots) {
            if let Some((sum, squares)) = slot.finer(by) {
                *slot = Slot { sum, squares, ..*slot };
            } else {
                let large = std::mem::replace(slot, Slot { count: slot.count, ..Slot::default() });
                let wide = self.wide(group);
                wide.sum.add_exact(large.sum, old);
                wide.squares.add_scaled(&large.squares, 2 * old);
            }
        }
        self.slots = slots;
    }

    fn count(&mut self, group: u32, more: u64) {
        if let Some(slot) = self.slots.get_mut(group as usize) {
            slot.count += more;
        }
    }
}

impl Numbers for Moments {
    #[inline]
    fn small(&mut self, run: &[Small]) {
        touch(&self.slots, run.iter().map(|small| small.group), |slot| slot.count);
        for small in run {
            let square = u128::from(small.units.unsigned_abs()) * u128::from(small.units.unsigned_abs());
            let [low, high] = words(square);
            if small.scale == self.scale
                && let Some(slot) = self.slots.get_mut(small.group as usize)
                && slot.add(i128::from(small.units), [low, high, 0, 0])
            {
                slot.count += 1;
                continue;
            }
            self.count(small.group, 1);
            self.rescaled(small.group, i128::from(small.units), small.scale);
        }
    }

    fn number(&mut self, group: u32, number: Number) {
        self.count(group, 1);
        match number.normal() {
            Number::Exact { units, scale } => self.rescaled(group, units, scale),
            Number::Float(_) => self.wide(group).add(number),
        }
    }

    fn skips(&mut self) -> &mut Skipped {
        &mut self.skipped
    }
}

impl Accumulator for Moments {
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
        let Some(other) = own::<Self>(other) else { return };
        self.skipped.merge(&other.skipped);
        for ((theirs, slot), &group) in other.slots.iter().enumerate().zip(into) {
            if group == NO_GROUP {
                continue;
            }
            self.count(group, slot.count);
            self.add_sums(group, slot, other.scale);
            if let Some(Some(wide)) = other.wide.get(theirs) {
                self.wide(group).merge(wide);
            }
        }
    }

    fn skipped(&self) -> Skipped {
        self.skipped.clone()
    }

    fn memory(&self) -> usize {
        self.slots.capacity() * size_of::<Slot>() + self.wide.len() * size_of::<Option<Box<Wide>>>()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A computed double as a value; null where it is none or past the doubles.
pub(super) fn shown(value: Option<f64>) -> Value<'static> {
    value.and_then(Number::finite).map_or(Value::Null, Value::Number)
}
