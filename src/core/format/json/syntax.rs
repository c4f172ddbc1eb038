//! The grammar of RFC 8259, value by value, for the decoder: where a value ends, and that nothing in it is wrong.
//!
//! Strings are scanned by vector, numbers by a mask of digits; nesting is kept in a bit per level, so deep input costs
//! no stack. UTF-8 is not checked: bytes pass through as they came.

#![expect(clippy::inline_always, reason = "must be compiled into the loop that chose the instruction set")]

use crate::core::data::cell::Kind;
use crate::core::format::json::fault::{Bad, MAX_DEPTH, What, bad};
use crate::core::scan::json::{Portable, Scanner};

/// A value that was read: its form, the span of its text (inside the quotes of strings), and where it ends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scanned {
    /// The form.
    pub(crate) kind: Kind,
    /// First byte of the text.
    pub(crate) start: usize,
    /// One past the last byte of the text.
    pub(crate) stop: usize,
    /// One past the value.
    pub(crate) end: usize,
}

/// The kinds of the open containers, one bit each: set for objects.
#[derive(Debug, Default)]
pub(crate) struct Nest {
    bits: Vec<u64>,
    depth: usize,
}

impl Nest {
    #[inline(always)]
    fn push(&mut self, object: bool, at: usize) -> Result<(), Bad> {
        if self.depth == MAX_DEPTH {
            return bad(at, What::Depth);
        }
        let (word, bit) = (self.depth / 64, self.depth % 64);
        if word == self.bits.len() {
            self.bits.push(0);
        }
        if let Some(word) = self.bits.get_mut(word) {
            *word = (*word & !(1 << bit)) | (u64::from(object) << bit);
        }
        self.depth += 1;
        Ok(())
    }

    #[inline(always)]
    fn pop(&mut self) {
        self.depth -= 1;
    }

    #[inline(always)]
    fn in_object(&self) -> bool {
        let top = self.depth.wrapping_sub(1);
        self.bits.get(top / 64).is_some_and(|word| word >> (top % 64) & 1 == 1)
    }
}

/// Whether a byte is one of JSON's four blanks.
#[inline(always)]
pub(crate) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\r' | b'\t')
}

/// The first position from `at` on that holds no blank.
#[inline(always)]
pub(crate) fn blanks(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at) {
        Some(byte) if is_blank(*byte) => more_blanks(bytes, at + 1),
        _ => at,
    }
}

#[inline(never)]
fn more_blanks(bytes: &[u8], at: usize) -> usize {
    let mut at = at;
    while let Some(word) = bytes.get(at..at + 8)
        && word == b"        "
    {
        at += 8;
    }
    while bytes.get(at).is_some_and(|byte| is_blank(*byte)) {
        at += 1;
    }
    at
}

/// Reads the value at `at`, which holds no blank.
#[inline(always)]
pub(crate) fn value<S: Scanner>(scanner: S, bytes: &[u8], at: usize, nest: &mut Nest) -> Result<Scanned, Bad> {
    match bytes.get(at) {
        Some(b'"') => {
            let (stop, escaped) = string(scanner, bytes, at + 1)?;
            let kind = if escaped { Kind::TextRaw } else { Kind::Text };
            Ok(Scanned { kind, start: at + 1, stop, end: stop + 1 })
        }
        Some(b'-' | b'0'..=b'9') => {
            let end = number(scanner, bytes, at)?;
            Ok(Scanned { kind: Kind::Number, start: at, stop: end, end })
        }
        Some(b'{' | b'[') => {
            let end = nested(scanner, bytes, at, nest)?;
            Ok(Scanned { kind: Kind::Nested, start: at, stop: end, end })
        }
        _ => {
            let (kind, end) = word(bytes, at)?;
            Ok(Scanned { kind, start: at, stop: end, end })
        }
    }
}

/// Reads `true`, `false` or `null`.
#[inline(always)]
fn word(bytes: &[u8], at: usize) -> Result<(Kind, usize), Bad> {
    match bytes.get(at..at + 4) {
        Some(b"true") => Ok((Kind::True, at + 4)),
        Some(b"null") => Ok((Kind::Null, at + 4)),
        Some(b"fals") if bytes.get(at + 4) == Some(&b'e') => Ok((Kind::False, at + 5)),
        _ => bad(at, What::Value),
    }
}

/// Reads the string whose inside starts at `at`: the place of its closing quote, and whether it has escapes.
#[inline(always)]
pub(crate) fn string<S: Scanner>(scanner: S, bytes: &[u8], at: usize) -> Result<(usize, bool), Bad> {
    let end = scanner.special(bytes, at);
    if bytes.get(end) == Some(&b'"') { Ok((end, false)) } else { Ok((escaped(bytes, at, end)?, true)) }
}

/// The rest of a string from its first special byte on.
#[inline(never)]
fn escaped(bytes: &[u8], start: usize, at: usize) -> Result<usize, Bad> {
    let mut at = at;
    loop {
        match bytes.get(at) {
            Some(b'"') => return Ok(at),
            Some(b'\\') => match bytes.get(at + 1) {
                Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => at += 2,
                Some(b'u') => {
                    let hex = bytes.get(at + 2..at + 6);
                    if !hex.is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)) {
                        return bad(at, What::Escape);
                    }
                    at += 6;
                }
                Some(_) => return bad(at, What::Escape),
                None => return bad(start - 1, What::OpenString),
            },
            Some(_) => return bad(at, What::Control),
            None => return bad(start - 1, What::OpenString),
        }
        at = Portable.special(bytes, at);
    }
}

/// The end of the number at `at`.
#[inline(always)]
pub(crate) fn number<S: Scanner>(scanner: S, bytes: &[u8], at: usize) -> Result<usize, Bad> {
    if let Some(mask) = scanner.digits(bytes, at) {
        let sign = u32::from(bytes.get(at) == Some(&b'-'));
        let digits = mask >> sign;
        let whole = (!digits).trailing_zeros();
        let zero = whole > 1 && bytes.get(at + sign as usize) == Some(&b'0');
        if (1..20).contains(&whole) && !zero {
            let end = at + (sign + whole) as usize;
            match bytes.get(end) {
                Some(b'.') => {
                    let fraction = (!(digits >> (whole + 1))).trailing_zeros();
                    let length = sign + whole + 1 + fraction;
                    let end = at + length as usize;
                    if fraction > 0 && length < 32 && !matches!(bytes.get(end), Some(b'e' | b'E')) {
                        return Ok(end);
                    }
                }
                Some(b'e' | b'E') => {}
                _ => return Ok(end),
            }
        }
    }
    plain_number(bytes, at)
}

/// The end of the number at `at`, byte by byte.
#[inline(never)]
pub(crate) fn plain_number(bytes: &[u8], at: usize) -> Result<usize, Bad> {
    let mut at = at + usize::from(bytes.get(at) == Some(&b'-'));
    let whole = digits(bytes, at)?;
    if whole > at + 1 && bytes.get(at) == Some(&b'0') {
        return bad(at, What::LeadingZero);
    }
    at = whole;
    if bytes.get(at) == Some(&b'.') {
        at = digits(bytes, at + 1)?;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        at += 1;
        at += usize::from(matches!(bytes.get(at), Some(b'+' | b'-')));
        at = digits(bytes, at)?;
    }
    Ok(at)
}

/// The end of a run of digits, of which there must be one.
fn digits(bytes: &[u8], at: usize) -> Result<usize, Bad> {
    let rest = bytes.get(at..).unwrap_or_default();
    match rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len()) {
        0 => bad(at, What::Digit),
        length => Ok(at + length),
    }
}

/// What a container expects next.
#[derive(Clone, Copy)]
enum Next {
    Open,
    Value,
    Key,
    After,
}

/// The end of the array or object at `at`.
#[inline(always)]
fn nested<S: Scanner>(scanner: S, bytes: &[u8], at: usize, nest: &mut Nest) -> Result<usize, Bad> {
    nest.depth = 0;
    let mut at = at;
    let mut next = Next::Open;
    loop {
        match next {
            Next::Open => {
                let object = bytes.get(at) == Some(&b'{');
                nest.push(object, at)?;
                at = blanks(bytes, at + 1);
                next = match bytes.get(at) {
                    Some(b'}') if object => Next::After,
                    Some(b']') if !object => Next::After,
                    Some(b'"') if object => Next::Key,
                    _ if object => return bad(at, What::KeyOrEnd),
                    _ => Next::Value,
                };
            }
            Next::Key => {
                if bytes.get(at) != Some(&b'"') {
                    return bad(at, What::Key);
                }
                let (end, _) = string(scanner, bytes, at + 1)?;
                at = blanks(bytes, end + 1);
                if bytes.get(at) != Some(&b':') {
                    return bad(at, What::Colon);
                }
                at = blanks(bytes, at + 1);
                next = Next::Value;
            }
            Next::Value => {
                next = Next::After;
                at = match bytes.get(at) {
                    Some(b'"') => string(scanner, bytes, at + 1)?.0 + 1,
                    Some(b'-' | b'0'..=b'9') => number(scanner, bytes, at)?,
                    Some(b'{' | b'[') => {
                        next = Next::Open;
                        continue;
                    }
                    _ => word(bytes, at)?.1,
                };
                at = blanks(bytes, at);
            }
            Next::After => match (bytes.get(at), nest.in_object()) {
                (Some(b','), object) => {
                    at = blanks(bytes, at + 1);
                    next = if object { Next::Key } else { Next::Value };
                }
                (Some(b'}'), true) | (Some(b']'), false) => {
                    nest.pop();
                    if nest.depth == 0 {
                        return Ok(at + 1);
                    }
                    at = blanks(bytes, at + 1);
                }
                (_, true) => return bad(at, What::CommaOrBrace),
                (_, false) => return bad(at, What::CommaOrBracket),
            },
        }
    }
}
