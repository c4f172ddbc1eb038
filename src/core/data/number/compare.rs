//! Exact order between numbers, decimals and doubles alike.

use std::cmp::Ordering;

use super::{Number, pow10};

impl Number {
    /// Compares by value.
    #[inline]
    pub(crate) fn compare(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Exact { units: a, scale: s }, Self::Exact { units: b, scale: t }) if s == t => a.cmp(&b),
            (Self::Exact { units: a, scale: s }, Self::Exact { units: b, scale: t }) => exact_exact(a, s, b, t),
            (Self::Exact { units, scale }, Self::Float(value)) => exact_float(units, scale, value),
            (Self::Float(value), Self::Exact { units, scale }) => exact_float(units, scale, value).reverse(),
            (Self::Float(a), Self::Float(b)) => a.partial_cmp(&b).unwrap_or(Ordering::Equal),
        }
    }
}

/// Compares decimals of different scales.
fn exact_exact(a: i128, s: u8, b: i128, t: u8) -> Ordering {
    if s > t {
        return exact_exact(b, t, a, s).reverse();
    }
    match pow10(u32::from(t - s)).and_then(|power| a.checked_mul(power)) {
        Some(a) => a.cmp(&b),
        // Past 128 bits, so farther from zero than `b` is.
        None => a.cmp(&0),
    }
}

/// Compares a decimal with a double. Rounding to a double keeps order, so only a tie needs the digits.
fn exact_float(units: i128, scale: u8, value: f64) -> Ordering {
    let rounded = Number::Exact { units, scale }.to_f64();
    match rounded.partial_cmp(&value) {
        Some(Ordering::Equal) | None => {}
        Some(order) => return order,
    }
    if units < 0 {
        return tie(units.unsigned_abs(), scale, -value).reverse();
    }
    tie(units.unsigned_abs(), scale, value)
}

/// Compares a decimal and a double that are both zero or more and nearly equal: first the whole parts, then the
/// fractions one binary digit at a time.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "by the near tie it is below 2^128")]
fn tie(units: u128, scale: u8, value: f64) -> Ordering {
    let power = pow10(u32::from(scale)).unwrap_or(1).unsigned_abs();
    let (whole, mut rest) = (units / power, units % power);
    let order = whole.cmp(&(value.trunc() as u128));
    if order != Ordering::Equal {
        return order;
    }
    let mut fraction = value.fract();
    while rest != 0 || fraction != 0.0 {
        rest *= 2;
        fraction *= 2.0;
        match (rest >= power, fraction >= 1.0) {
            (true, false) => return Ordering::Greater,
            (false, true) => return Ordering::Less,
            (true, true) => {
                rest -= power;
                fraction -= 1.0;
            }
            (false, false) => {}
        }
    }
    Ordering::Equal
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.compare(*other) == Ordering::Equal
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        self.compare(*other)
    }
}

#[cfg(test)]
mod tests {
    use crate::core::data::number::Number;
    use crate::core::data::number::tests::number;

    #[test]
    fn orders_by_value_across_scales_and_kinds() {
        let rising = [
            number("-1e400"),
            number("-1e39"),
            number("-170141183460469231731687303715884105727"),
            number("-2.5"),
            number("-0.1"),
            number("0"),
            number("1e-60"),
            number("0.00000000000000000000000000000000000001"),
            number("0.1"),
            Number::Float(0.1), // a little more than a tenth
            number("0.10000000000000001"),
            number("1"),
            number("9007199254740992"),
            number("9007199254740993"),
            number("1e39"),
            number("1e400"),
        ];
        for (i, a) in rising.iter().enumerate() {
            for (j, b) in rising.iter().enumerate() {
                assert_eq!(a.compare(*b), i.cmp(&j), "{a:?} {b:?}");
            }
        }
        assert_eq!(number("1.10"), number("1.1"));
        assert_eq!(number("0.5"), Number::Float(0.5));
        assert_eq!(number("-0.5"), Number::Float(-0.5));
        assert_eq!(number("9007199254740992"), Number::Float(9_007_199_254_740_992.0));
    }
}
