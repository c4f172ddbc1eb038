//! Sort keys as 64-bit digits: sorting by digits, one after the other, is sorting by [`SortOrder`].
//!
//! A value is a sequence of digits, compared as numbers. Most numbers are one digit, the double's bits made to order as
//! integers. Text is chunks of bytes with their count below, so that a digit also says whether text follows. In
//! [`SortMode::Auto`] the first digit of text carries a class above every double. Null is above everything, or below.
//! Descending digits are inverted.

use crate::core::data::compare::{Rank, SortMode, SortOrder};
use crate::core::data::number::Number;
use crate::core::data::value::Value;
use crate::core::integer::narrow;

/// What the digit of text starts with where numbers come before it: above the bits of infinity.
const TEXT: u64 = 0xFFF1;
/// Bytes of text in the first digit of [`SortMode::Auto`].
const SHORT: usize = 5;
/// Bytes of text in any other digit.
const LONG: usize = 7;

/// Which digit of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The first.
    First,
    /// Text from this byte on.
    Text(usize),
    /// The order of numbers that are the same as doubles, which is no digit: they must be compared.
    Exact,
}

/// Whether numbers with equal digits were equal so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Doubles {
    /// They were.
    Exact,
    /// Some need a closer look.
    Rounded,
}

/// The digit of a value at a place; notes where doubles do not tell numbers apart.
pub(crate) fn digit(order: SortOrder, value: &Value<'_>, place: Place, doubles: &mut Doubles) -> u64 {
    let rank = order.rank(value);
    let digit = match (&rank, place) {
        (Rank::Null, _) => return if order.nulls_first { 0 } else { u64::MAX },
        (Rank::Number(number), _) => {
            if !is_told_by_double(*number) {
                *doubles = Doubles::Rounded;
            }
            order_bits(number.to_f64())
        }
        (Rank::Text(text), Place::First | Place::Exact) if order.mode == SortMode::Auto => {
            TEXT << 48 | chunk(text, 0, SHORT)
        }
        (Rank::Text(text), place) => {
            let from = if let Place::Text(from) = place { from } else { 0 };
            if order.mode == SortMode::Natural { chunk(&natural(text), from, LONG) } else { chunk(text, from, LONG) }
        }
    };
    if order.descending { !digit } else { digit }
}

/// The place of the digit that decides between values with the same digit at `place`; none where they are equal.
pub(crate) fn next(order: SortOrder, digit: u64, place: Place, doubles: Doubles) -> Option<Place> {
    if digit == 0 || digit == u64::MAX || place == Place::Exact {
        return None;
    }
    let digit = if order.descending { !digit } else { digit };
    let (size, from) = match (place, order.mode) {
        (Place::Text(from), _) => (LONG, from),
        (_, SortMode::Text | SortMode::Natural) => (LONG, 0),
        (_, SortMode::Auto) if digit >> 48 >= TEXT => (SHORT, 0),
        _ => return (doubles == Doubles::Rounded).then_some(Place::Exact),
    };
    (digit & 0xFF > size as u64 + 1).then_some(Place::Text(from + size))
}

/// The bits of a double as an integer of the same order; zeros are one.
fn order_bits(value: f64) -> u64 {
    let bits = (value + 0.0).to_bits();
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

/// Whether different numbers of this kind have different doubles: up to 15 significant digits they do (IEEE 754).
fn is_told_by_double(number: Number) -> bool {
    match number {
        Number::Exact { units, scale } => scale <= 22 && units.unsigned_abs() < 1_000_000_000_000_000,
        Number::Float(_) => false,
    }
}

/// Up to `size` bytes of text from `from` on, above their count plus one; one more where text follows.
fn chunk(text: &[u8], from: usize, size: usize) -> u64 {
    let rest = text.get(from..).unwrap_or_default();
    let here = rest.get(..size.min(rest.len())).unwrap_or_default();
    let mut digit = here.iter().fold(0, |digit: u64, byte| digit << 8 | u64::from(*byte));
    digit <<= 8 * (size - here.len());
    digit << 8 | (rest.len().min(size + 1) as u64 + 1)
}

/// Text whose order by bytes is the natural order of the original: runs of digits are led by their length.
fn natural(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() * 2 + 8);
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        if byte.is_ascii_digit() {
            let end = rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
            let (run, after) = rest.split_at(end);
            let zeros = run.iter().position(|byte| *byte != b'0').unwrap_or(run.len());
            let run = run.get(zeros..).unwrap_or_default();
            out.push(b'0');
            out.extend_from_slice(&narrow(run.len()).to_be_bytes());
            out.extend_from_slice(run);
            rest = after;
        } else {
            out.push(byte);
            if byte == 0 {
                out.push(0xFF);
            }
            rest = after;
        }
    }
    // An end below every other byte, then what breaks ties: the text itself.
    out.extend_from_slice(&[0, 0]);
    out.extend_from_slice(text);
    out
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use super::{Doubles, Place, digit, next};
    use crate::core::data::compare::{SortMode, SortOrder};
    use crate::core::data::value::Value;

    /// Compares by digits alone.
    fn by_digits(order: SortOrder, a: &Value<'_>, b: &Value<'_>) -> Ordering {
        let mut place = Place::First;
        loop {
            let mut doubles = Doubles::Exact;
            let (x, y) = (digit(order, a, place, &mut doubles), digit(order, b, place, &mut doubles));
            if x != y {
                return x.cmp(&y);
            }
            match next(order, x, place, doubles) {
                None => return Ordering::Equal,
                Some(Place::Exact) => return order.compare(a, b),
                Some(further) => place = further,
            }
        }
    }

    #[test]
    fn digits_order_as_values_do() {
        let texts = [
            "",
            "0",
            "-0",
            "00",
            "1",
            "-1",
            "1.0",
            "10",
            "9",
            "1e3",
            "1000",
            "999999999999999999",
            "1000000000000000000",
            "0.1",
            "0.10000000000000000001",
            "-5.25",
            "1e400",
            "-1e400",
            "a",
            "a\0",
            "ab",
            "abcde",
            "abcdef",
            "abcdefg",
            "abcdefgh",
            "abcdefghijklmn",
            "abcdefghijklmno",
            "abcde\0",
            "file2",
            "file10",
            "file010",
            "file",
            "é",
            "\u{10FFFF}",
        ];
        let mut values: Vec<Value<'_>> = texts.iter().map(|text| Value::Bare(text.as_bytes().into())).collect();
        values.extend([Value::Null, Value::Missing, Value::Bool(true), Value::Bare(vec![0xFF; 9].into())]);
        for mode in [SortMode::Auto, SortMode::Text, SortMode::Number, SortMode::Natural] {
            for (descending, nulls_first) in [(false, false), (false, true), (true, false), (true, true)] {
                let order = SortOrder { mode, descending, nulls_first };
                for a in &values {
                    for b in &values {
                        assert_eq!(by_digits(order, a, b), order.compare(a, b), "{order:?} {a:?} {b:?}");
                    }
                }
            }
        }
    }
}
