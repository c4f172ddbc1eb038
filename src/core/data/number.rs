//! Exact numbers: integers and decimals as scaled 128-bit integers, doubles past that.
//!
//! Expressions, aggregates, sort and encoders share this type. Its parts: `parse` reads numeric text, `arithmetic` is
//! exact where 128 bits hold the result, `compare` orders exactly even between decimals and doubles, `write` prints.
//! Invariants: `scale` is at most [`MAX_SCALE`], `units` is never `i128::MIN`, a `Float` is never NaN.

mod arithmetic;
mod compare;
mod parse;
mod round;
mod write;

pub(crate) use arithmetic::Wide;

/// A number. `Exact` is `units / 10^scale`. Equality and order are by value: `1.0` equals `1`.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Number {
    /// `units / 10^scale`, exactly; `scale` is at most [`MAX_SCALE`].
    Exact {
        /// The digits without the point.
        units: i128,
        /// Digits after the point.
        scale: u8,
    },
    /// A double: the result of `/` or a function, or a number past 128 bits. Infinite where numeric text is past the
    /// range of doubles (`1e999`); never NaN.
    Float(f64),
}

/// The most digits after the point that an exact number has.
pub(crate) const MAX_SCALE: u8 = 38;

/// `POW10[n]` is 10 to the n, for every scale.
#[expect(clippy::indexing_slicing, reason = "computed when the program is built, which fails where it panics")]
pub(crate) static POW10: [i128; MAX_SCALE as usize + 1] = {
    let mut powers = [1_i128; MAX_SCALE as usize + 1];
    let mut n = 1;
    while n < powers.len() {
        powers[n] = powers[n - 1] * 10;
        n += 1;
    }
    powers
};

/// 10 to the n, where a 128-bit integer holds it.
#[inline]
pub(crate) fn pow10(n: u32) -> Option<i128> {
    POW10.get(n as usize).copied()
}

impl Number {
    /// Zero.
    pub(crate) const ZERO: Self = Self::Exact { units: 0, scale: 0 };

    /// An integer.
    #[inline]
    pub(crate) fn int(value: i128) -> Self {
        Self::Exact { units: value, scale: 0 }
    }

    /// A double, unless it is NaN or infinite: results of computing are finite or null.
    #[inline]
    pub(crate) fn finite(value: f64) -> Option<Self> {
        value.is_finite().then_some(Self::Float(value))
    }

    /// Reads numeric text: optional sign, digits with optional fraction (`.5` and `5.` too), optional exponent; leading
    /// zeros allowed; no hex, NaN, infinity, spaces or underscores. The whole text must be a number. Exact where 128
    /// bits and [`MAX_SCALE`] hold it, else the nearest double.
    #[inline]
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        match crate::core::scan::number::parse_small(text) {
            Some((units, scale)) => Some(Self::Exact { units: i128::from(units), scale }),
            None => parse::parse(text),
        }
    }

    /// The nearest double.
    #[expect(clippy::cast_precision_loss, reason = "the nearest double is what is asked for")]
    pub(crate) fn to_f64(self) -> f64 {
        match self {
            Self::Float(value) => value,
            Self::Exact { units, scale: 0 } => units as f64,
            Self::Exact { units, scale } => parse::nearest(units, scale),
        }
    }

    /// The number as an integer, where it is one that 128 bits hold.
    #[expect(clippy::cast_possible_truncation, reason = "a whole double below 10^38 is exact as an integer")]
    pub(crate) fn to_integer(self) -> Option<i128> {
        match self.normal() {
            Self::Exact { units, scale: 0 } => Some(units),
            Self::Exact { .. } => None,
            Self::Float(value) => (value.fract() == 0.0 && value.abs() < 1e38).then_some(value as i128),
        }
    }

    /// The same number without trailing zeros after the point.
    pub(crate) fn normal(self) -> Self {
        let Self::Exact { mut units, mut scale } = self else { return self };
        if let Ok(mut small) = i64::try_from(units) {
            while scale > 0 && small % 10 == 0 {
                small /= 10;
                scale -= 1;
            }
            return Self::Exact { units: i128::from(small), scale };
        }
        while scale > 0 && units % 10 == 0 {
            units /= 10;
            scale -= 1;
        }
        Self::Exact { units, scale }
    }

    /// Whether the number is zero.
    pub(crate) fn is_zero(self) -> bool {
        match self {
            Self::Exact { units, .. } => units == 0,
            Self::Float(value) => value == 0.0,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
pub(crate) mod tests {
    use super::Number;

    /// A number from text that is one.
    pub(crate) fn number(text: &str) -> Number {
        Number::parse(text.as_bytes()).unwrap()
    }

    /// A number as printed.
    pub(crate) fn printed(number: Number) -> String {
        let mut out = Vec::new();
        number.write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn converts_to_the_nearest_double() {
        for text in ["0.1", "123456789012345678901234567890.12345678", "9007199254740993", "1.005", "5e-38"] {
            assert_eq!(number(text).to_f64().to_bits(), text.parse::<f64>().unwrap().to_bits(), "{text}");
        }
    }

    #[test]
    fn integers_are_told_from_decimals() {
        assert_eq!(number("7.00").to_integer(), Some(7));
        assert_eq!(number("7.5").to_integer(), None);
        assert_eq!(Number::Float(3.0).to_integer(), Some(3));
    }
}
