//! The plain reader of numeric text: every form, checked byte by byte. [`Number::parse`] tries the fast kernel first.

use super::{MAX_SCALE, Number, pow10};

/// The parts of numeric text.
struct Parts {
    negative: bool,
    /// Digits before the exponent, without the point and without leading zeros, as far as 128 bits hold them.
    units: Option<u128>,
    /// Digits after the point.
    fraction: i64,
    /// The exponent, clipped to a range past every double.
    exponent: i64,
}

/// Reads any numeric text.
pub(super) fn parse(text: &[u8]) -> Option<Number> {
    let parts = parts(text)?;
    if let Some(exact) = exact(&parts) {
        return Some(exact);
    }
    let text = text.strip_prefix(b"+").unwrap_or(text);
    std::str::from_utf8(text).ok()?.parse().ok().map(Number::Float)
}

/// Checks the grammar and takes the text apart.
fn parts(text: &[u8]) -> Option<Parts> {
    let (negative, mut rest) = match text.split_first()? {
        (b'-', rest) => (true, rest),
        (b'+', rest) => (false, rest),
        _ => (false, text),
    };
    let mut units = Some(0_u128);
    let mut digits = 0_usize;
    let mut fraction = 0_i64;
    let mut zeros = 0_u32; // fraction zeros not yet taken into units: trailing ones must not cost bits
    let mut in_fraction = false;
    while let Some((&byte, after)) = rest.split_first() {
        match byte {
            b'0' if in_fraction => {
                digits += 1;
                zeros += 1;
            }
            b'0'..=b'9' => {
                digits += 1;
                if in_fraction {
                    fraction += i64::from(zeros) + 1;
                }
                units = units.and_then(|units| push(units, zeros, byte - b'0'));
                zeros = 0;
            }
            b'.' if !in_fraction => in_fraction = true,
            _ => break,
        }
        rest = after;
    }
    if digits == 0 {
        return None;
    }
    let exponent = match rest.split_first() {
        None => 0,
        Some((b'e' | b'E', rest)) => exponent(rest)?,
        Some(_) => return None,
    };
    Some(Parts { negative, units, fraction, exponent })
}

/// Appends zeros and a digit.
fn push(units: u128, zeros: u32, digit: u8) -> Option<u128> {
    if units == 0 {
        return Some(u128::from(digit));
    }
    let power = 10_u128.checked_pow(zeros + 1)?;
    units.checked_mul(power)?.checked_add(u128::from(digit))
}

/// Reads an exponent: optional sign and digits, to the end.
fn exponent(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text.split_first()? {
        (b'-', rest) => (true, rest),
        (b'+', rest) => (false, rest),
        _ => (false, text),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let value = digits.iter().fold(0_i64, |value, byte| (value * 10 + i64::from(byte - b'0')).min(1_000_000_000));
    Some(if negative { -value } else { value })
}

/// The exact number, where 128 bits and the scale hold it.
fn exact(parts: &Parts) -> Option<Number> {
    let mut units = parts.units?;
    if units == 0 {
        return Some(Number::ZERO);
    }
    let mut scale = parts.fraction - parts.exponent;
    while scale > i64::from(MAX_SCALE) && units.is_multiple_of(10) {
        units /= 10;
        scale -= 1;
    }
    if scale > i64::from(MAX_SCALE) {
        return None;
    }
    let mut units = i128::try_from(units).ok()?;
    if scale < 0 {
        units = units.checked_mul(pow10(u32::try_from(-scale).ok()?)?)?;
        scale = 0;
    }
    Some(Number::Exact { units: if parts.negative { -units } else { units }, scale: u8::try_from(scale).ok()? })
}

/// The double nearest to `units / 10^scale`.
#[expect(clippy::cast_precision_loss, reason = "integers up to 2^53 are exact as doubles")]
pub(super) fn nearest(units: i128, scale: u8) -> f64 {
    const EXACT: [f64; 23] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ];
    // Both are exact as doubles, so one division rounds once (Clinger's fast path).
    if let Some(power) = EXACT.get(usize::from(scale))
        && units.unsigned_abs() <= 1 << 53
    {
        return units as f64 / power;
    }
    let mut text = itoa::Buffer::new().format(units).to_string();
    text.push_str("e-");
    text.push_str(itoa::Buffer::new().format(scale));
    text.parse().unwrap_or(0.0)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::parse;
    use crate::core::data::number::Number;
    use crate::core::data::number::tests::printed;

    #[test]
    fn reads_what_is_numeric_and_nothing_else() {
        let cases = [
            ("0", "0"),
            ("007", "7"),
            ("+1", "1"),
            ("-1.50", "-1.5"),
            (".5", "0.5"),
            ("5.", "5"),
            ("-.5e1", "-5"),
            ("1e5", "100000"),
            ("1E+2", "100"),
            ("1.5e-3", "0.0015"),
            ("-0", "0"),
            ("-0.00", "0"),
            ("0e999999999999", "0"),
            ("170141183460469231731687303715884105727", "170141183460469231731687303715884105727"),
            ("12345678901234567890", "12345678901234567890"),
            ("100e-40", "0.00000000000000000000000000000000000001"),
            ("1.00000000000000000000000000000000000000000000000000000000", "1"),
            ("000000000000000000000000000000000000000000000000000000000001", "1"),
            ("0.10000000000000000000000000000000000000000000000000000000", "0.1"),
        ];
        for (text, expected) in cases {
            let number = parse(text.as_bytes()).unwrap();
            assert!(matches!(number, Number::Exact { .. }), "{text}");
            assert_eq!(printed(number), expected, "{text}");
        }
        for text in [
            "", "+", "-", ".", "-.", "e5", "1e", "1e+", "1 ", " 1", "0x1f", "1_000", "1,000", "nan", "inf", "Infinity",
            "--1", "1.2.3", "1e5.0", "١", "+-1", "1f",
        ] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
            assert_eq!(Number::parse(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn falls_to_the_nearest_double_past_the_range() {
        for text in ["1e39", "1e-40", "340282366920938463463374607431768211456", "1e400", "-1e400", "+2e300"] {
            assert!(
                matches!(parse(text.as_bytes()), Some(Number::Float(value)) if value.to_bits() == text.parse::<f64>().unwrap().to_bits())
            );
        }
    }
}
