//! The fast reader of short numbers: sign, at most 18 digits, at most one point, no exponent.
//!
//! Sums, predicates and sort keys read millions of these. Eight characters are read as one word, the point is squeezed
//! out with shifts and the digits are joined with two multiplications ("SIMD within a register"; D. Lemire, "Quickly
//! parsing eight digits", 2018). Whatever it refuses, `Number::parse` reads the plain way.

/// Eight characters `0`.
pub(super) const ZEROS: u64 = 0x3030_3030_3030_3030;
const HIGH_BITS: u64 = 0x8080_8080_8080_8080;

/// Powers of ten that a word's digits can need.
const POW10: [i64; 9] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

/// Digits of one word: their value, how many there are, and how many follow a point if there is one.
pub(super) struct Word {
    pub(super) value: u32,
    digits: usize,
    pub(super) fraction: Option<usize>,
}

/// Reads a number of at most 18 digits without exponent as `(units, scale)`: units by ten to the scale. `None` does
/// not say that the text is no number, only that this reader does not take it.
#[inline]
pub(crate) fn parse_small(text: &[u8]) -> Option<(i64, u8)> {
    let (negative, digits) = match text.split_first()? {
        (b'-', rest) => (true, rest),
        (b'+', rest) => (false, rest),
        _ => (false, text),
    };
    let (units, scale) = if digits.len() <= 8 { one_word(digits)? } else { words(digits)? };
    Some((if negative { -units } else { units }, scale))
}

/// The same of `source[start..start + len]`. The bytes before it are read along and masked, so that neither signs nor
/// changing lengths cost a mispredicted branch.
#[inline]
pub(crate) fn parse_small_at(source: &[u8], start: usize, len: usize) -> Option<(i64, u8)> {
    let end = start + len;
    let window: Option<&[u8; 8]> = end.checked_sub(8).and_then(|from| source.get(from..end)?.first_chunk());
    let first = source.get(start).copied().unwrap_or_default();
    let negative = first == b'-';
    let digits = len.wrapping_sub(usize::from(matches!(first, b'-' | b'+')));
    let Some(window) = window.filter(|_| digits.wrapping_sub(1) < 8) else {
        return parse_small(source.get(start..end)?);
    };
    let here = !0 << (8 * (8 - digits));
    let word = read((u64::from_le_bytes(*window) & here) | (ZEROS & !here), digits)?;
    if word.digits == 0 {
        return None;
    }
    let sign = -i64::from(negative);
    Some(((i64::from(word.value) ^ sign) - sign, word.fraction.unwrap_or(0) as u8))
}

#[inline]
fn one_word(text: &[u8]) -> Option<(i64, u8)> {
    let word = read(load(text)?, text.len())?;
    if word.digits == 0 {
        return None;
    }
    Some((i64::from(word.value), word.fraction.unwrap_or(0) as u8))
}

/// Reads 9 to 19 characters, eight at a time from the front, the short word first.
fn words(text: &[u8]) -> Option<(i64, u8)> {
    if text.len() > 19 {
        return None;
    }
    let (mut units, mut total, mut scale, mut point) = (0_i64, 0, 0, false);
    let (head, tail) = text.split_at(text.len() % 8);
    for chunk in std::iter::once(head).chain(tail.chunks_exact(8)) {
        if chunk.is_empty() {
            continue;
        }
        let word = read(load(chunk)?, chunk.len())?;
        units = units.checked_mul(*POW10.get(word.digits)?)?.checked_add(i64::from(word.value))?;
        total += word.digits;
        match word.fraction {
            Some(_) if point => return None,
            Some(fraction) => {
                point = true;
                scale = fraction;
            }
            None if point => scale += word.digits,
            None => {}
        }
    }
    if total == 0 || total > 18 { None } else { Some((units, scale as u8)) }
}

/// At most eight characters as a word, the last in the highest byte, zeros in front.
#[inline]
fn load(text: &[u8]) -> Option<u64> {
    let len = text.len();
    let pad = 8 * (8 - len as u32);
    let raw = if len >= 4 {
        let first = u64::from(u32::from_le_bytes(*text.first_chunk()?));
        let last = u64::from(u32::from_le_bytes(*text.last_chunk()?));
        (last << 32) | (first << pad)
    } else {
        let (first, middle, last) = (*text.first()?, *text.get(len / 2)?, *text.get(len - 1)?);
        (u64::from(last) << 56) | (u64::from(middle) << (pad + 8 * (len as u32 / 2))) | (u64::from(first) << pad)
    };
    if pad == 0 { Some(raw) } else { Some(raw | (ZEROS >> (64 - pad))) }
}

/// Reads a word of `len` characters that are digits and at most one point.
#[inline]
pub(super) fn read(word: u64, len: usize) -> Option<Word> {
    let mut digits = word ^ ZEROS;
    let odd = (((digits & !HIGH_BITS) + 0x7676_7676_7676_7676) | digits) & HIGH_BITS;
    if odd == 0 {
        return Some(Word { value: join(digits), digits: len, fraction: None });
    }
    let at = odd.trailing_zeros() / 8;
    if odd & (odd - 1) != 0 || (digits >> (8 * at)) as u8 != b'.' ^ b'0' {
        return None;
    }
    let before = (1_u64 << (8 * at)) - 1;
    let after = if at == 7 { 0 } else { !0 << (8 * (at + 1)) };
    digits = (digits & after) | ((digits & before) << 8);
    Some(Word { value: join(digits), digits: len - 1, fraction: Some(7 - at as usize) })
}

/// The value of eight digits, the first in the lowest byte.
#[inline]
fn join(digits: u64) -> u32 {
    const MASK: u64 = 0x0000_00FF_0000_00FF;
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    let fours = (pairs & MASK).wrapping_mul(100 + (1_000_000 << 32));
    let rest = ((pairs >> 16) & MASK).wrapping_mul(1 + (10_000 << 32));
    (fours.wrapping_add(rest) >> 32) as u32
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{parse_small, parse_small_at};
    use crate::core::scan::testing::rounds;

    /// The same rule, one byte at a time.
    fn plain(text: &str) -> Option<(i64, u8)> {
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all = format!("{whole}{fraction}");
        if all.is_empty() || all.len() > 18 || !all.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let units: i64 = all.parse().unwrap();
        Some((if text.starts_with('-') { -units } else { units }, fraction.len() as u8))
    }

    #[test]
    fn agrees_with_the_plain_reader() {
        let mut state = 0x9E37_79B9_7F4A_7C15_u64;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        for round in 0..rounds(400_000) {
            let len = next() as usize % 22;
            let mut text: Vec<u8> = (0..len).map(|_| b'0' + (next() % 10) as u8).collect();
            if len > 0 && round % 2 == 0 {
                let at = next() as usize % len;
                text[at] = b'.';
            }
            if len > 0 && round % 3 == 0 {
                text[0] = b"+-"[next() as usize % 2];
            }
            if len > 0 && round % 7 == 0 {
                let at = next() as usize % len;
                text[at] = (next() % 128) as u8;
            }
            let text = String::from_utf8(text).unwrap();
            assert_eq!(parse_small(text.as_bytes()), plain(&text), "{text}");
            // Whatever stands around it.
            let before: Vec<u8> = (0..next() % 10).map(|_| b"1.-x,0"[next() as usize % 6]).collect();
            let around = [before.as_slice(), text.as_bytes(), &before].concat();
            assert_eq!(parse_small_at(&around, before.len(), text.len()), plain(&text), "{text} in {around:?}");
        }
        assert_eq!(parse_small(b"\xB0\xB1"), None);
        assert_eq!(parse_small_at(b"12345678", 7, 2), None);
        assert_eq!(parse_small("1234567\u{bb}".as_bytes()), None);
    }
}
