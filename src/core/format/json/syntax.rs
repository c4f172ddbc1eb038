//! The grammar of RFC 8259, value by value, for the decoder: where a value ends, and that nothing in it is wrong.
//!
//! Strings are found ahead or scanned, numbers by a mask of digits; nesting is kept in a bit per level, so deep input costs
//! no stack. UTF-8 is not checked: bytes pass through as they came.

#![expect(clippy::inline_always, reason = "must be compiled into the loop that chose the instruction set")]

use crate::core::data::cell::Kind;
use crate::core::format::json::fault::{Bad, MAX_DEPTH, What, bad};
use crate::core::scan::json::{Portable, Scanner};
use crate::core::scan::json_strings::{Closed, Strings};

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
        Some(byte) if *byte <= b' ' => more_blanks(bytes, at),
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

/// How the ends of strings are found.
pub(crate) trait Ends {
    /// Reads the string whose inside starts at `at`: the place of its closing quote, and whether it has escapes.
    fn string(&mut self, bytes: &[u8], at: usize) -> Result<(usize, bool), Bad>;
}

/// By looking for them, for a text of which few strings are read.
#[derive(Debug)]
pub(crate) struct Look;

impl Ends for Look {
    #[inline]
    fn string(&mut self, bytes: &[u8], at: usize) -> Result<(usize, bool), Bad> {
        let end = Portable.special(bytes, at);
        if bytes.get(end) == Some(&b'"') { Ok((end, false)) } else { Ok((escaped(bytes, at, end)?, true)) }
    }
}

impl Ends for Strings {
    #[inline(always)]
    fn string(&mut self, bytes: &[u8], at: usize) -> Result<(usize, bool), Bad> {
        match self.close(bytes, at - 1) {
            Some(Closed { stop, odd: None }) => Ok((stop, false)),
            Some(Closed { odd: Some(odd), .. }) => Ok((escaped(bytes, at, odd)?, true)),
            None => Look.string(bytes, at),
        }
    }
}

/// Gets a value that was read: its form, and the span of its text.
pub(crate) trait Take {
    /// Takes it. Implementations are `#[inline(always)]`.
    fn take(&mut self, kind: Kind, start: usize, stop: usize) -> Result<(), Bad>;
}

/// Reads the value at `at`, which holds no blank, and hands it on: where it ends.
#[inline(always)]
pub(crate) fn each_value<S: Scanner>(
    scanner: S,
    ends: &mut impl Ends,
    bytes: &[u8],
    at: usize,
    nest: &mut Nest,
    taker: &mut impl Take,
) -> Result<usize, Bad> {
    match bytes.get(at) {
        Some(b'"') => {
            let (stop, escaped) = ends.string(bytes, at + 1)?;
            taker.take(if escaped { Kind::TextRaw } else { Kind::Text }, at + 1, stop)?;
            Ok(stop + 1)
        }
        Some(b'1'..=b'9') => {
            let end = positive(scanner, bytes, at)?;
            taker.take(Kind::Number, at, end)?;
            Ok(end)
        }
        Some(b'{' | b'[') => {
            let end = nested(scanner, ends, bytes, at, nest)?;
            taker.take(Kind::Nested, at, end)?;
            Ok(end)
        }
        Some(b'-' | b'0') => {
            let end = other_number(scanner, bytes, at)?;
            taker.take(Kind::Number, at, end)?;
            Ok(end)
        }
        _ => {
            let (kind, end) = word(bytes, at)?;
            taker.take(kind, at, end)?;
            Ok(end)
        }
    }
}

/// Reads the value at `at`, which holds no blank.
pub(crate) fn value(ends: &mut impl Ends, bytes: &[u8], at: usize, nest: &mut Nest) -> Result<Scanned, Bad> {
    let mut found = Scanned { kind: Kind::Null, start: at, stop: at, end: at };
    found.end = each_value(Portable, ends, bytes, at, nest, &mut found)?;
    Ok(found)
}

impl Take for Scanned {
    #[inline(always)]
    fn take(&mut self, kind: Kind, start: usize, stop: usize) -> Result<(), Bad> {
        (self.kind, self.start, self.stop) = (kind, start, stop);
        Ok(())
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

/// The end of the number at `at`, whose first byte is a digit but zero.
#[inline(always)]
fn positive<S: Scanner>(scanner: S, bytes: &[u8], at: usize) -> Result<usize, Bad> {
    if let Some(digits) = scanner.digits(bytes, at) {
        let whole = (!digits).trailing_zeros();
        let end = at + whole as usize;
        match bytes.get(end) {
            Some(b',' | b'}' | b']') => return Ok(end),
            Some(b'.') if whole < 31 => {
                // Zeros come in from above, so only bytes that were seen are counted.
                let fraction = (!(digits >> (whole + 1))).trailing_zeros();
                let end = end + 1 + fraction as usize;
                if fraction > 0 && matches!(bytes.get(end), Some(b',' | b'}' | b']')) {
                    return Ok(end);
                }
            }
            _ => {}
        }
    }
    plain_number(bytes, at)
}

/// The end of the number at `at`, whose first byte is a minus or zero.
#[inline(always)]
fn other_number<S: Scanner>(scanner: S, bytes: &[u8], at: usize) -> Result<usize, Bad> {
    let zero = at + usize::from(bytes.get(at) == Some(&b'-'));
    match bytes.get(zero) {
        Some(b'1'..=b'9') => return positive(scanner, bytes, zero),
        Some(b'0') => match bytes.get(zero + 1) {
            Some(b',' | b'}' | b']') => return Ok(zero + 1),
            Some(b'.') => {
                if let Some(digits) = scanner.digits(bytes, zero + 2) {
                    let fraction = (!digits).trailing_zeros();
                    let end = zero + 2 + fraction as usize;
                    if fraction > 0 && matches!(bytes.get(end), Some(b',' | b'}' | b']')) {
                        return Ok(end);
                    }
                }
            }
            _ => {}
        },
        _ => {}
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

/// The end of the array or object at `at`.
#[inline(always)]
fn nested<S: Scanner>(
    scanner: S,
    ends: &mut impl Ends,
    bytes: &[u8],
    at: usize,
    nest: &mut Nest,
) -> Result<usize, Bad> {
    nest.depth = 0;
    let mut at = at;
    // Whether the innermost container is an object.
    let mut object = false;
    loop {
        // A value stands here.
        at = match bytes.get(at) {
            Some(b'"') => ends.string(bytes, at + 1)?.0 + 1,
            Some(b'1'..=b'9') => positive(scanner, bytes, at)?,
            Some(b'-' | b'0') => other_number(scanner, bytes, at)?,
            Some(open @ (b'{' | b'[')) => {
                object = *open == b'{';
                nest.push(object, at)?;
                at = blanks(bytes, at + 1);
                match bytes.get(at) {
                    Some(b'}') if object => {}
                    Some(b']') if !object => {}
                    Some(b'"') if object => {
                        at = key(ends, bytes, at)?;
                        continue;
                    }
                    _ if object => return bad(at, What::KeyOrEnd),
                    _ => continue,
                }
                at
            }
            _ => word(bytes, at)?.1,
        };
        // Behind it, what closes containers, or a comma.
        loop {
            let mut next = bytes.get(at);
            if next.is_some_and(|byte| *byte <= b' ') {
                at = blanks(bytes, at);
                next = bytes.get(at);
            }
            match (next, object) {
                (Some(b','), _) => break,
                (Some(b'}'), true) | (Some(b']'), false) => {
                    at += 1;
                    nest.pop();
                    if nest.depth == 0 {
                        return Ok(at);
                    }
                    object = nest.in_object();
                }
                (_, true) => return bad(at, What::CommaOrBrace),
                (_, false) => return bad(at, What::CommaOrBracket),
            }
        }
        at = blanks(bytes, at + 1);
        if object {
            at = key(ends, bytes, at)?;
        }
    }
}

/// Reads the key at `at` and its colon: where its value starts.
#[inline(always)]
fn key(ends: &mut impl Ends, bytes: &[u8], at: usize) -> Result<usize, Bad> {
    if bytes.get(at) != Some(&b'"') {
        return bad(at, What::Key);
    }
    let (end, _) = ends.string(bytes, at + 1)?;
    let at = blanks(bytes, end + 1);
    if bytes.get(at) != Some(&b':') {
        return bad(at, What::Colon);
    }
    Ok(blanks(bytes, at + 1))
}
