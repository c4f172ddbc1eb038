//! Rounding. Halves round away from zero; a double is rounded as the shortest decimal it prints as, so that
//! `round(2.675, 2)` is `2.68`.

use super::{MAX_SCALE, Number, pow10};

/// Which way to round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Nearest,
    Down,
    Up,
}

impl Number {
    /// Rounds to `digits` after the point (before it where negative).
    pub(crate) fn round(self, digits: i32) -> Self {
        self.rounded(digits, Way::Nearest)
    }

    /// Rounds down to `digits` after the point.
    pub(crate) fn floor(self, digits: i32) -> Self {
        self.rounded(digits, Way::Down)
    }

    /// Rounds up to `digits` after the point.
    pub(crate) fn ceil(self, digits: i32) -> Self {
        self.rounded(digits, Way::Up)
    }

    /// The integer towards zero.
    pub(crate) fn truncate(self) -> Self {
        if self < Self::ZERO { self.ceil(0) } else { self.floor(0) }
    }

    fn rounded(self, digits: i32, way: Way) -> Self {
        let (units, scale) = match self {
            Self::Exact { units, scale } => (units, scale),
            Self::Float(value) => match shortest(value) {
                Some(exact) => exact,
                None => return self,
            },
        };
        let drop = i32::from(scale).saturating_sub(digits);
        if drop <= 0 {
            return Self::Exact { units, scale };
        }
        let Some(power) = pow10(drop.unsigned_abs()) else {
            return Self::ZERO;
        };
        let (whole, rest) = (units.div_euclid(power), units.rem_euclid(power));
        let up = match way {
            Way::Down => false,
            Way::Up => rest != 0,
            // `rest` counts from below, so a half of a negative number must stay below to go away from zero.
            Way::Nearest => rest > power - rest || (rest == power - rest && units > 0),
        };
        let whole = whole + i128::from(up);
        match u8::try_from(digits) {
            Ok(scale) => Self::Exact { units: whole, scale: scale.min(MAX_SCALE) },
            Err(_) => match pow10(digits.unsigned_abs()).and_then(|power| whole.checked_mul(power)) {
                Some(units) => Self::int(units),
                None => self,
            },
        }
    }
}

/// The decimal a double prints as, where 128 bits hold it.
fn shortest(value: f64) -> Option<(i128, u8)> {
    match Number::parse(zmij::Buffer::new().format(value).as_bytes()) {
        Some(Number::Exact { units, scale }) => Some((units, scale)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::core::data::number::Number;
    use crate::core::data::number::tests::{number, printed};

    #[test]
    fn rounds_halves_away_from_zero() {
        for (text, digits, expected) in [
            ("2.5", 0, "3"),
            ("-2.5", 0, "-3"),
            ("2.49", 0, "2"),
            ("-2.51", 0, "-3"),
            ("-2.4", 0, "-2"),
            ("1.005", 2, "1.01"),
            ("1234", -2, "1200"),
            ("1250", -2, "1300"),
            ("1.5", 5, "1.5"),
            ("1.5", -60, "0"),
        ] {
            assert_eq!(printed(number(text).round(digits)), expected, "{text} {digits}");
        }
        assert_eq!(printed(Number::Float(2.675).round(2)), "2.68");
        assert_eq!(printed(Number::Float(2.0 / 3.0).round(2)), "0.67");
    }

    #[test]
    fn floors_and_ceils_negative_numbers() {
        assert_eq!(printed(number("-1.5").floor(0)), "-2");
        assert_eq!(printed(number("-1.5").ceil(0)), "-1");
        assert_eq!(printed(number("1.25").floor(1)), "1.2");
        assert_eq!(printed(number("1.21").ceil(1)), "1.3");
        assert_eq!(printed(number("-1.9").truncate()), "-1");
        assert_eq!(printed(Number::Float(1e300).floor(0)), "1e+300");
    }
}
