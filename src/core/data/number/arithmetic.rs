//! Arithmetic: exact for `+ - * // %` where 128 bits hold the result, doubles otherwise and for `/`.
//!
//! Every operation gives `None` where there is no finite result (division by zero, overflow of a double); callers make
//! that null.

use std::cmp::Ordering;

use super::{MAX_SCALE, Number, pow10};

/// Counts results that 128 bits could not hold, so that they were computed with doubles.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Wide(pub(crate) u64);

/// Units of two exact numbers at their common scale.
#[inline]
fn align(a: (i128, u8), b: (i128, u8)) -> Option<(i128, i128, u8)> {
    match a.1.cmp(&b.1) {
        Ordering::Equal => Some((a.0, b.0, a.1)),
        Ordering::Less => Some((a.0.checked_mul(pow10(u32::from(b.1 - a.1))?)?, b.0, b.1)),
        Ordering::Greater => Some((a.0, b.0.checked_mul(pow10(u32::from(a.1 - b.1))?)?, a.1)),
    }
}

/// An exact number, unless `units` is the one value that cannot be negated.
#[inline]
fn exact(units: i128, scale: u8) -> Option<Number> {
    (units != i128::MIN).then_some(Number::Exact { units, scale })
}

/// Tries an exact operation on two exact numbers, a second time without trailing zeros.
#[inline]
#[expect(clippy::many_single_char_names, reason = "units and scales of a and b, as in the text books")]
fn exactly(a: Number, b: Number, operation: impl Fn((i128, u8), (i128, u8)) -> Option<Number>) -> Option<Number> {
    let (Number::Exact { units: x, scale: s }, Number::Exact { units: y, scale: t }) = (a, b) else { return None };
    operation((x, s), (y, t)).or_else(|| match (a.normal(), b.normal()) {
        (Number::Exact { units: x, scale: s }, Number::Exact { units: y, scale: t }) => operation((x, s), (y, t)),
        _ => None,
    })
}

/// Runs the double version where the exact one could not, and counts it where both operands were exact.
fn fall_back(a: Number, b: Number, wide: &mut Wide, operation: impl Fn(f64, f64) -> f64) -> Option<Number> {
    if matches!((a, b), (Number::Exact { .. }, Number::Exact { .. })) {
        wide.0 += 1;
    }
    Number::finite(operation(a.to_f64(), b.to_f64()))
}

impl Number {
    /// The exact sum, where both are exact and 128 bits hold it.
    #[inline]
    pub(crate) fn checked_add(self, other: Self) -> Option<Self> {
        exactly(self, other, |a, b| {
            let (x, y, scale) = align(a, b)?;
            exact(x.checked_add(y)?, scale)
        })
    }

    /// The exact product, where both are exact and 128 bits hold it.
    #[inline]
    pub(crate) fn checked_mul(self, other: Self) -> Option<Self> {
        exactly(self, other, |(x, s), (y, t)| {
            let (mut units, mut scale) = (x.checked_mul(y)?, s + t);
            while scale > MAX_SCALE && units % 10 == 0 {
                units /= 10;
                scale -= 1;
            }
            if scale > MAX_SCALE { None } else { exact(units, scale) }
        })
    }

    /// The sum.
    #[inline]
    pub(crate) fn add(self, other: Self, wide: &mut Wide) -> Option<Self> {
        self.checked_add(other).or_else(|| fall_back(self, other, wide, |a, b| a + b))
    }

    /// The difference.
    #[inline]
    pub(crate) fn subtract(self, other: Self, wide: &mut Wide) -> Option<Self> {
        self.add(other.negate(), wide)
    }

    /// The product.
    #[inline]
    pub(crate) fn multiply(self, other: Self, wide: &mut Wide) -> Option<Self> {
        self.checked_mul(other).or_else(|| fall_back(self, other, wide, |a, b| a * b))
    }

    /// The quotient as a double; none for division by zero. Decimals are divided as the integers they scale to, so
    /// `0.3 / 0.1` is 3.
    #[expect(clippy::cast_precision_loss, reason = "integers up to 2^53 are exact as doubles")]
    pub(crate) fn divide(self, other: Self) -> Option<Self> {
        if other.is_zero() {
            return None;
        }
        if let (Self::Exact { units: x, scale: s }, Self::Exact { units: y, scale: t }) = (self, other)
            && let Some((x, y, _)) = align((x, s), (y, t))
            && x.unsigned_abs() <= 1 << 53
            && y.unsigned_abs() <= 1 << 53
        {
            return Self::finite(x as f64 / y as f64);
        }
        Self::finite(self.to_f64() / other.to_f64())
    }

    /// The quotient rounded down; none for division by zero.
    pub(crate) fn floor_divide(self, other: Self, wide: &mut Wide) -> Option<Self> {
        if other.is_zero() {
            return None;
        }
        let whole = exactly(self, other, |a, b| {
            let (x, y, _) = align(a, b)?;
            exact(x.checked_div(y)?.checked_sub(i128::from(x % y != 0 && (x < 0) != (y < 0)))?, 0)
        });
        whole.or_else(|| fall_back(self, other, wide, |a, b| (a / b).floor()))
    }

    /// What is left after `floor_divide`: it has the divisor's sign. None for division by zero.
    pub(crate) fn remainder(self, other: Self, wide: &mut Wide) -> Option<Self> {
        if other.is_zero() {
            return None;
        }
        let rest = exactly(self, other, |a, b| {
            let (x, y, scale) = align(a, b)?;
            let rest = x.checked_rem(y)?;
            exact(if rest != 0 && (rest < 0) != (y < 0) { rest + y } else { rest }, scale)
        });
        rest.or_else(|| {
            fall_back(self, other, wide, |a, b| {
                let rest = a % b;
                if rest != 0.0 && (rest < 0.0) != (b < 0.0) { rest + b } else { rest }
            })
        })
    }

    /// The number with the other sign.
    #[inline]
    pub(crate) fn negate(self) -> Self {
        match self {
            Self::Exact { units, scale } => Self::Exact { units: -units, scale },
            Self::Float(value) => Self::Float(-value),
        }
    }

    /// The number without its sign.
    pub(crate) fn abs(self) -> Self {
        match self {
            Self::Exact { units, scale } => Self::Exact { units: units.abs(), scale },
            Self::Float(value) => Self::Float(value.abs()),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::Wide;
    use crate::core::data::number::Number;
    use crate::core::data::number::tests::{number, printed};

    fn run(operation: fn(Number, Number, &mut Wide) -> Option<Number>, a: &str, b: &str) -> (String, u64) {
        let mut wide = Wide::default();
        let result = operation(number(a), number(b), &mut wide);
        (result.map_or("null".to_string(), printed), wide.0)
    }

    #[test]
    fn adds_and_multiplies_exactly() {
        assert_eq!(run(Number::add, "0.1", "0.2").0, "0.3");
        assert_eq!(run(Number::subtract, "1", "0.9").0, "0.1");
        assert_eq!(run(Number::multiply, "1.10", "3").0, "3.3");
        assert_eq!(run(Number::add, "12345678901234567890", "1").0, "12345678901234567891");
        assert_eq!(run(Number::multiply, "1e-30", "1e-30"), ("1.0000000000000001e-60".to_string(), 1));
        assert_eq!(run(Number::multiply, "1e30", "1e30"), ("1.0000000000000001e+60".to_string(), 1));
        assert_eq!(run(Number::multiply, "0.5000000000000000000000", "2.000000000000000000").0, "1");
        assert_eq!(run(Number::add, "1e300", "1"), ("1e+300".to_string(), 0));
        assert_eq!(run(Number::multiply, "1e300", "1e300"), ("null".to_string(), 0));
    }

    #[test]
    fn divides_as_python_does() {
        for (a, b, quotient, floor, rest) in [
            ("7", "2", "3.5", "3", "1"),
            ("-7", "2", "-3.5", "-4", "1"),
            ("7", "-2", "-3.5", "-4", "-1"),
            ("-7", "-2", "3.5", "3", "-1"),
            ("6", "2", "3", "3", "0"),
            ("0.3", "0.1", "3", "3", "0"),
            ("5.5", "2", "2.75", "2", "1.5"),
            ("1", "0", "null", "null", "null"),
            ("1", "0.0", "null", "null", "null"),
        ] {
            assert_eq!(run(|a, b, _| a.divide(b), a, b).0, quotient, "{a}/{b}");
            assert_eq!(run(Number::floor_divide, a, b).0, floor, "{a}//{b}");
            assert_eq!(run(Number::remainder, a, b).0, rest, "{a}%{b}");
        }
    }
}
