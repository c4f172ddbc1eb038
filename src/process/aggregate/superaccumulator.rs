//! An exact sum of decimals and doubles alike, for what the fast path of a sum cannot hold.
//!
//! The sum is one fixed-point integer of 2432 bits (after R. Neal, "Fast exact summation using small and large
//! superaccumulators", 2015, but with a decimal unit so that both kinds of number are exact): units of
//! 2⁻¹¹⁵² · 10⁻³⁸, two's complement, lowest limb first. It holds 2⁶⁴ of the largest doubles, so it cannot overflow, and
//! adding commutes. Reading rounds once, to the nearest double, ties to even.

use crate::core::data::number::{MAX_SCALE, Number, POW10};
use crate::core::integer::{float, low_word, narrow, words};
use crate::process::aggregate::natural;

const LIMBS: usize = 38;
/// Limbs below the binary point. They reach 78 bits below the smallest double, so that quotients round right.
const FRACTION: usize = 18;
/// 10 to the 19, the greatest power of ten that a limb holds.
pub(super) const TEN_19: u64 = 10_000_000_000_000_000_000;

/// An exact sum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Superaccumulator {
    limbs: [u64; LIMBS],
    /// Whether a double was added: then the sum is read as a double.
    doubles: bool,
}

impl Superaccumulator {
    /// Zero.
    pub(super) fn new() -> Self {
        Self { limbs: [0; LIMBS], doubles: false }
    }

    /// Adds a finite number.
    pub(super) fn add(&mut self, number: Number) {
        match number {
            Number::Exact { units, scale } => self.add_exact(units, scale),
            Number::Float(value) => self.add_double(value),
        }
    }

    /// Adds `units / 10^scale`.
    pub(super) fn add_exact(&mut self, units: i128, scale: u8) {
        let power = POW10.get(usize::from(MAX_SCALE.saturating_sub(scale))).copied().unwrap_or(1);
        let product = multiply(units.unsigned_abs(), power.unsigned_abs());
        self.add_limbs(FRACTION, product, units < 0);
    }

    /// Adds a double, which must be finite.
    fn add_double(&mut self, value: f64) {
        self.doubles = true;
        let (mantissa, exponent) = parts(value);
        let shift = 64 * FRACTION + exponent - 1075;
        let product = multiply(u128::from(mantissa), 10_u128.pow(u32::from(MAX_SCALE)));
        self.add_limbs(shift / 64, shift_left(product, narrow(shift) % 64), value < 0.0);
    }

    /// Adds another sum.
    pub(super) fn merge(&mut self, other: &Self) {
        self.doubles |= other.doubles;
        let mut carry = false;
        for (limb, more) in self.limbs.iter_mut().zip(other.limbs) {
            (*limb, carry) = add_with_carry(*limb, more, carry);
        }
    }

    /// Adds or subtracts 256 bits at a limb.
    fn add_limbs(&mut self, at: usize, product: [u64; 4], negative: bool) {
        let mut carry = false;
        for (index, limb) in self.limbs.iter_mut().skip(at).enumerate() {
            let more = product.get(index).copied().unwrap_or(0);
            if index >= product.len() && !carry {
                break;
            }
            (*limb, carry) =
                if negative { subtract_with_borrow(*limb, more, carry) } else { add_with_carry(*limb, more, carry) };
        }
    }

    /// The sum as a number: exact where no double was added and 128 bits hold it, else the nearest double.
    pub(super) fn number(&self) -> Number {
        if !self.doubles
            && let Some(exact) = self.exact()
        {
            return exact;
        }
        Number::Float(self.quotient(1))
    }

    /// Whether the sum is read as a double although only exact numbers were added, or is past the doubles.
    pub(super) fn exceeds(&self) -> bool {
        match self.number() {
            Number::Exact { .. } => false,
            Number::Float(sum) => !self.doubles || !sum.is_finite(),
        }
    }

    /// The sum as a decimal of at most 128 bits.
    fn exact(&self) -> Option<Number> {
        let (mut limbs, negative) = self.magnitude();
        let whole = limbs.get_mut(FRACTION..)?;
        let mut scale = MAX_SCALE;
        loop {
            let mut tenth = [0; LIMBS - FRACTION];
            tenth.copy_from_slice(whole);
            if scale == 0 || divide(&mut tenth, 10) != 0 {
                break;
            }
            whole.copy_from_slice(&tenth);
            scale -= 1;
        }
        if whole.iter().skip(2).any(|limb| *limb != 0) {
            return None;
        }
        let units = (u128::from(*whole.get(1)?) << 64) | u128::from(*whole.first()?);
        let units = i128::try_from(units).ok()?;
        Some(Number::Exact { units: if negative { -units } else { units }, scale })
    }

    /// The sum divided by `divisor`, which is not 0, rounded once.
    pub(super) fn quotient(&self, divisor: u64) -> f64 {
        let (mut limbs, negative) = self.magnitude();
        // 10³⁸ is (10¹⁹)².
        let mut sticky = false;
        for part in [TEN_19, TEN_19, divisor.max(1)] {
            sticky |= divide(&mut limbs, part) != 0;
        }
        let magnitude = nearest(&limbs, FRACTION, sticky);
        if negative { -magnitude } else { magnitude }
    }

    /// The sum without its sign, in units of 2⁻¹¹⁵² · 10⁻³⁸.
    pub(super) fn absolute(&self) -> Vec<u64> {
        self.magnitude().0.to_vec()
    }

    /// The absolute value and whether the sum is negative.
    fn magnitude(&self) -> ([u64; LIMBS], bool) {
        let negative = self.limbs.last().is_some_and(|limb| limb >> 63 == 1);
        let mut limbs = self.limbs;
        if negative {
            let mut carry = true;
            for limb in &mut limbs {
                (*limb, carry) = add_with_carry(!*limb, 0, carry);
            }
        }
        (limbs, negative)
    }
}

/// A double without its sign as mantissa · 2^(exponent - 1075).
fn parts(value: f64) -> (u64, usize) {
    let bits = value.to_bits();
    let exponent = (bits >> 52) as usize & 0x7FF;
    let fraction = bits & ((1 << 52) - 1);
    (if exponent == 0 { fraction } else { fraction | (1 << 52) }, exponent.max(1))
}

/// Limbs of [`Squares`] below the binary point.
pub(super) const SQUARE_FRACTION: usize = 2 * FRACTION;

/// An exact sum of squares, in the square of the unit of a [`Superaccumulator`], 2⁻²³⁰⁴ · 10⁻⁷⁶. It holds 2⁶⁴ squares of
/// the largest doubles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Squares {
    limbs: Box<[u64; 2 * LIMBS]>,
}

impl Squares {
    /// Zero.
    pub(super) fn new() -> Self {
        Self { limbs: Box::new([0; 2 * LIMBS]) }
    }

    /// Adds the square of `units / 10^scale`.
    pub(super) fn add_exact(&mut self, units: i128, scale: u8) {
        self.add_scaled(&multiply(units.unsigned_abs(), units.unsigned_abs()), 2 * scale);
    }

    /// Adds `units / 10^scale`, a sum of squares.
    pub(super) fn add_scaled(&mut self, units: &[u64], scale: u8) {
        let power = natural::ten_to(u32::from((2 * MAX_SCALE).saturating_sub(scale)));
        natural::add(&mut *self.limbs, SQUARE_FRACTION, &natural::multiply(units, &power));
    }

    /// Adds the square of a double, which must be finite.
    pub(super) fn add_double(&mut self, value: f64) {
        let (mantissa, exponent) = parts(value);
        let square = natural::multiply(&natural::multiply(&[mantissa], &[mantissa]), &natural::ten_to(76));
        let shift = 64 * SQUARE_FRACTION + 2 * exponent - 2 * 1075;
        natural::add(&mut *self.limbs, shift / 64, &natural::shift_left(&square, shift % 64));
    }

    /// Adds another sum.
    pub(super) fn merge(&mut self, other: &Self) {
        natural::add(&mut *self.limbs, 0, &*other.limbs);
    }

    /// The sum.
    pub(super) fn limbs(&self) -> Vec<u64> {
        self.limbs.to_vec()
    }
}

/// The nearest double to limbs of which `fraction` are below the point; `sticky` says that something below was cut off.
pub(super) fn nearest(limbs: &[u64], fraction: usize, mut sticky: bool) -> f64 {
    let Some(top) = limbs.iter().rposition(|limb| *limb != 0) else { return 0.0 };
    let below = |distance: usize| top.checked_sub(distance).and_then(|at| limbs.get(at)).copied().unwrap_or(0);
    let zeros = below(0).leading_zeros();
    let word = if zeros == 0 { below(0) } else { (below(0) << zeros) | (below(1) >> (64 - zeros)) };
    sticky |= zeros < 64 && (below(1) << zeros) != 0;
    sticky |= limbs.iter().take(top.saturating_sub(1)).any(|limb| *limb != 0);
    // Exponent of the word's lowest bit.
    let exponent = 64 * (limb_number(top) - limb_number(fraction)) - zeros.cast_signed();
    compose(word, exponent, sticky)
}

/// The number of a limb to calculate with; there are a few dozen.
fn limb_number(at: usize) -> i32 {
    i32::try_from(at).unwrap_or(i32::MAX)
}

/// `word · 2^exponent` as the nearest double, ties to even; the word's highest bit is set.
pub(super) fn compose(word: u64, exponent: i32, sticky: bool) -> f64 {
    let highest = exponent + 63;
    // Doubles have 53 bits, subnormal ones fewer.
    let cut = 11 + (-1022 - highest).max(0);
    if cut > 64 {
        return 0.0;
    }
    let (kept, rest) = if cut == 64 { (0, word) } else { (word >> cut, word << (64 - cut)) };
    let half = 1 << 63;
    let up = rest > half || (rest == half && (sticky || kept & 1 == 1));
    let power = exponent + cut;
    if power > 971 {
        return f64::INFINITY;
    }
    let unit = if power >= -1022 {
        f64::from_bits(u64::from((power + 1023).cast_unsigned()) << 52)
    } else {
        f64::from_bits(1 << (power + 1074))
    };
    float(kept + u64::from(up)) * unit
}

/// The 256-bit product, lowest limb first.
pub(super) fn multiply(a: u128, b: u128) -> [u64; 4] {
    const MASK: u128 = u64::MAX as u128;
    let (a0, a1, b0, b1) = (a & MASK, a >> 64, b & MASK, b >> 64);
    let (low, cross, other, high) = (a0 * b0, a0 * b1, a1 * b0, a1 * b1);
    let middle = (low >> 64) + (cross & MASK) + (other & MASK);
    let high = high + (cross >> 64) + (other >> 64) + (middle >> 64);
    let [third, fourth] = words(high);
    [low_word(low), low_word(middle), third, fourth]
}

/// Shifts 256 bits by less than 64; what is shifted out must be zero.
fn shift_left(limbs: [u64; 4], by: u32) -> [u64; 4] {
    if by == 0 {
        return limbs;
    }
    let [a, b, c, d] = limbs;
    let back = 64 - by;
    [a << by, (b << by) | (a >> back), (c << by) | (b >> back), (d << by) | (c >> back)]
}

/// Divides in place and returns the remainder.
pub(super) fn divide(limbs: &mut [u64], divisor: u64) -> u64 {
    let divisor = u128::from(divisor);
    let mut rest = 0_u128;
    for limb in limbs.iter_mut().rev() {
        if rest == 0 && *limb == 0 {
            continue;
        }
        let part = (rest << 64) | u128::from(*limb);
        *limb = low_word(part / divisor);
        rest = part % divisor;
    }
    low_word(rest)
}

fn add_with_carry(a: u64, b: u64, carry: bool) -> (u64, bool) {
    let (sum, first) = a.overflowing_add(b);
    let (sum, second) = sum.overflowing_add(u64::from(carry));
    (sum, first | second)
}

fn subtract_with_borrow(a: u64, b: u64, borrow: bool) -> (u64, bool) {
    let (rest, first) = a.overflowing_sub(b);
    let (rest, second) = rest.overflowing_sub(u64::from(borrow));
    (rest, first | second)
}

#[cfg(test)]
mod tests {
    use super::Superaccumulator;
    use crate::core::data::number::Number;

    fn sum(numbers: impl IntoIterator<Item = Number>) -> Superaccumulator {
        let mut sum = Superaccumulator::new();
        for number in numbers {
            sum.add(number);
        }
        sum
    }

    #[test]
    fn doubles_round_once() {
        let read = |values: &[f64]| sum(values.iter().map(|value| Number::Float(*value))).number().to_f64();
        assert_eq!(read(&[1e300, 1.0, -1e300]).to_bits(), 1.0_f64.to_bits());
        assert_eq!(read(&[0.1; 10]).to_bits(), 1.0_f64.to_bits());
        assert_eq!(read(&[f64::MAX, f64::MAX, -f64::MAX]).to_bits(), f64::MAX.to_bits());
        assert_eq!(read(&[5e-324, 5e-324]).to_bits(), 1e-323_f64.to_bits());
        assert_eq!(read(&[1e-300, -1e-300]).to_bits(), 0.0_f64.to_bits());
        for value in [1e300, -2.5e-310, 0.1, -7.0, 4.9e-324, 1.797e308, 123_456.789] {
            assert_eq!(read(&[value]).to_bits(), value.to_bits());
        }
    }

    #[test]
    fn decimals_stay_exact_past_128_bits() {
        let big = Number::int(i128::MAX);
        let tiny = Number::Exact { units: 1, scale: 38 };
        assert_eq!(sum([big, big, tiny, Number::int(-i128::MAX)]).quotient(1).to_bits(), (i128::MAX as f64).to_bits());
        let back = sum([big, big, tiny, Number::int(-i128::MAX), Number::int(-i128::MAX)]).number();
        assert!(matches!(back, Number::Exact { units: 1, scale: 38 }), "{back:?}");
        let mixed = sum([Number::Exact { units: 15, scale: 1 }, Number::Exact { units: 250, scale: 2 }]).number();
        assert!(matches!(mixed, Number::Exact { units: 4, scale: 0 }), "{mixed:?}");
    }

    #[test]
    fn quotients_round_as_doubles_do() {
        let mut state = 7_u64;
        for _ in 0..20_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let (units, divisor) = ((state >> 12) as i64 - (1 << 50), (state >> 40) | 1);
            let quotient = sum([Number::int(i128::from(units))]).quotient(divisor);
            assert_eq!(quotient.to_bits(), (units as f64 / divisor as f64).to_bits());
        }
    }

    #[test]
    fn order_does_not_matter() {
        let numbers: Vec<Number> = (0..200)
            .map(|n: i32| match n % 3 {
                0 => Number::Float((f64::from(n) - 77.7) * 10_f64.powi(n * 3 - 300)),
                1 => Number::Exact { units: i128::MAX / i128::from(n + 1), scale: (n % 39) as u8 },
                _ => Number::Float(-f64::from(n) * 10_f64.powi(n * 3 - 300)),
            })
            .collect();
        let forward = sum(numbers.iter().copied());
        assert_eq!(forward, sum(numbers.iter().rev().copied()));
        let mut merged = sum(numbers.iter().skip(60).copied());
        merged.merge(&sum(numbers.iter().take(60).copied()));
        assert_eq!(forward, merged);
    }
}
