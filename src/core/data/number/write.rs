//! Printing. An exact number prints every digit, without exponent or trailing zeros; a double prints in the shortest
//! form that reads back the same. Both are valid JSON.

use super::Number;

impl Number {
    /// Appends the number as printed.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        match self.normal() {
            Self::Exact { units, scale: 0 } => match i64::try_from(units) {
                Ok(small) => out.extend_from_slice(itoa::Buffer::new().format(small).as_bytes()),
                Err(_) => out.extend_from_slice(itoa::Buffer::new().format(units).as_bytes()),
            },
            Self::Exact { units, scale } => write_decimal(units, usize::from(scale), out),
            Self::Float(value) => write_double(value, out),
        }
    }

    /// Appends the number rounded to at most `digits` after the point, where a precision is asked for.
    pub(crate) fn write_rounded(&self, precision: Option<u8>, out: &mut Vec<u8>) {
        match precision {
            Some(digits) => self.round(i32::from(digits)).write(out),
            None => self.write(out),
        }
    }
}

/// Appends a decimal that has a fraction.
fn write_decimal(units: i128, scale: usize, out: &mut Vec<u8>) {
    let mut buffer = itoa::Buffer::new();
    let mut small = itoa::Buffer::new();
    let magnitude = units.unsigned_abs();
    let digits = match u64::try_from(magnitude) {
        Ok(magnitude) => small.format(magnitude).as_bytes(),
        Err(_) => buffer.format(magnitude).as_bytes(),
    };
    if units < 0 {
        out.push(b'-');
    }
    match digits.len().checked_sub(scale) {
        Some(whole) if whole > 0 => {
            let (whole, fraction) = digits.split_at(whole);
            out.extend_from_slice(whole);
            out.push(b'.');
            out.extend_from_slice(fraction);
        }
        _ => {
            out.extend_from_slice(b"0.");
            out.resize(out.len() + scale - digits.len(), b'0');
            out.extend_from_slice(digits);
        }
    }
}

/// Appends a double. Whole ones print without `.0`; infinity, which only text past the range of doubles makes, prints
/// as such a text.
fn write_double(value: f64, out: &mut Vec<u8>) {
    if value == 0.0 {
        out.push(b'0');
    } else if value.is_nan() {
        out.extend_from_slice(b"null");
    } else if value.is_infinite() {
        out.extend_from_slice(if value < 0.0 { b"-1e999" } else { b"1e999" });
    } else {
        let mut buffer = zmij::Buffer::new();
        let text = buffer.format_finite(value);
        out.extend_from_slice(text.strip_suffix(".0").unwrap_or(text).as_bytes());
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::core::data::number::Number;
    use crate::core::data::number::tests::{number, printed};

    #[test]
    fn prints_exact_numbers_in_full() {
        for (text, expected) in [
            ("1.10", "1.1"),
            ("100", "100"),
            ("-0.050", "-0.05"),
            ("0.00", "0"),
            ("1e20", "100000000000000000000"),
            ("12345678901234567890.0123456789", "12345678901234567890.0123456789"),
        ] {
            assert_eq!(printed(number(text)), expected);
        }
    }

    #[test]
    fn prints_doubles_shortest_and_as_json() {
        for (value, expected) in [(3.0, "3"), (0.1, "0.1"), (-0.0, "0"), (1.0 / 3.0, "0.3333333333333333")] {
            assert_eq!(printed(Number::Float(value)), expected);
        }
        for value in [1e16, 1.5e300, 1e-7, 1e21, 123_456_789.125, 5e-324, f64::MAX, 2.0_f64.powi(60)] {
            let text = printed(Number::Float(value));
            assert_eq!(text.parse::<f64>().unwrap().to_bits(), value.to_bits());
            assert!(serde_json::from_str::<f64>(&text).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_precision_rounds() {
        let mut out = Vec::new();
        Number::Float(2.0 / 3.0).write_rounded(Some(2), &mut out);
        assert_eq!(out, b"0.67");
    }
}
