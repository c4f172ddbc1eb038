//! Text as JSON strings, and which untyped text is a JSON number.

#![expect(clippy::inline_always, reason = "must be compiled into the loop that chose the instruction set")]

use crate::core::format::json::syntax::plain_number;
use crate::core::integer::narrow;
use crate::core::scan::append::append;
use crate::core::scan::json::{Portable, Scanner};

/// Appends the inside of a string literal for `bytes[start..end]`, which is valid UTF-8.
#[inline(always)]
pub(crate) fn escape<S: Scanner>(scanner: S, bytes: &[u8], start: usize, end: usize, out: &mut Vec<u8>) {
    let stop = scanner.special_before(bytes, start, end);
    append(out, bytes, start, stop - start);
    if stop < end {
        escape_rest(bytes.get(stop..end).unwrap_or_default(), out);
    }
}

#[inline(never)]
fn escape_rest(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    loop {
        let stop = Portable.special(rest, 0);
        out.extend_from_slice(rest.get(..stop).unwrap_or_default());
        let Some(byte) = rest.get(stop) else {
            return;
        };
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            8 => out.extend_from_slice(b"\\b"),
            12 => out.extend_from_slice(b"\\f"),
            control => {
                out.extend_from_slice(b"\\u00");
                out.extend(
                    [control >> 4, control & 15]
                        .map(|digit| b"0123456789abcdef".get(digit as usize).copied().unwrap_or(b'0')),
                );
            }
        }
        rest = rest.get(stop + 1..).unwrap_or_default();
    }
}

/// Appends text as a whole string literal.
pub(crate) fn quote(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    escape_rest(text.as_bytes(), out);
    out.push(b'"');
}

/// Whether untyped text at `bytes[start..end]` is written bare: exactly a JSON number, and an `i64` or a decimal of at
/// most 17 significant digits, so that no reader loses anything.
#[inline(always)]
pub(crate) fn is_number<S: Scanner>(scanner: S, bytes: &[u8], start: usize, end: usize) -> bool {
    let length = end.saturating_sub(start);
    let Some(first) = bytes.get(start).filter(|first| length > 0 && (first.is_ascii_digit() || **first == b'-')) else {
        return false;
    };
    let Some(mask) = scanner.digits(bytes, start).filter(|_| length < 20) else {
        return plain_is_number(bytes.get(start..end).unwrap_or_default());
    };
    let sign = usize::from(*first == b'-');
    let length = narrow(length - sign);
    let digits = (mask >> sign) & ((1 << length) - 1);
    let whole = (!digits).trailing_zeros();
    if whole == 0 || (whole > 1 && bytes.get(start + sign) == Some(&b'0')) {
        return false;
    }
    if whole == length {
        return whole <= 18 || plain_is_number(bytes.get(start..end).unwrap_or_default());
    }
    if bytes.get(start + sign + whole as usize) != Some(&b'.') {
        return false;
    }
    let fraction = length - whole - 1;
    if fraction == 0 || (!(digits >> (whole + 1))).trailing_zeros() != fraction {
        return false;
    }
    whole + fraction <= 17 || plain_is_number(bytes.get(start..end).unwrap_or_default())
}

/// The same, byte by byte.
#[inline(never)]
pub(crate) fn plain_is_number(text: &[u8]) -> bool {
    if plain_number(text, 0) != Ok(text.len()) || text.iter().any(|byte| matches!(byte, b'e' | b'E')) {
        return false;
    }
    if text.contains(&b'.') {
        let digits = text.iter().filter(|byte| byte.is_ascii_digit());
        return digits.skip_while(|digit| **digit == b'0').count() <= 17;
    }
    std::str::from_utf8(text).is_ok_and(|text| text.parse::<i64>().is_ok())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{escape, is_number, plain_is_number, quote};
    use crate::core::scan::json::{Job, Portable, Scanner, dispatch};

    struct Check<'a>(&'a [u8]);

    impl Job for Check<'_> {
        type Output = (bool, Vec<u8>);

        fn run<S: Scanner>(self, scanner: S) -> (bool, Vec<u8>) {
            let mut padded = b"12".to_vec();
            padded.extend_from_slice(self.0);
            padded.extend_from_slice(b"3.4e5\"678901234567890123456789012345678901234567890");
            let mut out = Vec::new();
            escape(scanner, &padded, 2, 2 + self.0.len(), &mut out);
            (is_number(scanner, &padded, 2, 2 + self.0.len()), out)
        }
    }

    #[test]
    fn numbers_that_lose_nothing() {
        for yes in [
            "0",
            "-1",
            "1.10",
            "-0.5",
            "9223372036854775807",
            "-9223372036854775808",
            "1234567.8901234567",
            "0.00012345678901234567",
        ] {
            assert!(plain_is_number(yes.as_bytes()), "{yes}");
            assert!(dispatch(Check(yes.as_bytes())).0, "{yes}");
        }
        for no in [
            "",
            "-",
            "007",
            "+1",
            "0xff",
            "NaN",
            "1e5",
            "1.",
            ".5",
            "9223372036854775808",
            "12345678.9012345678",
            "1.2.3",
            "1 ",
            " 1",
            "-01",
            "1-2",
        ] {
            assert!(!plain_is_number(no.as_bytes()), "{no}");
            assert!(!dispatch(Check(no.as_bytes())).0, "{no}");
        }
    }

    #[test]
    fn vectors_agree_with_plain_loops_and_serde() {
        let mut state = 5_u64;
        for _ in 0..20_000 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let length = state % 40;
            let text: String = (0..length)
                .map(|i| b"0123456789.-e\"\\\n\tab\x01"[(state.rotate_left(i as u32 * 7) % 20) as usize] as char)
                .collect();
            let (fast, slow) = (dispatch(Check(text.as_bytes())), Check(text.as_bytes()).run(Portable));
            assert_eq!(fast, slow);
            assert_eq!(fast.0, plain_is_number(text.as_bytes()), "{text}");
            let mut quoted = Vec::new();
            quote(&text, &mut quoted);
            assert_eq!(quoted[1..quoted.len() - 1], fast.1);
            assert_eq!(String::from_utf8(quoted).unwrap(), serde_json::to_string(&text).unwrap());
        }
    }
}
