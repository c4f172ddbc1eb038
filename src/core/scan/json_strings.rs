//! Where the strings of JSON text are: its quotes that no backslash escapes, found for whole windows ahead of the reader.
//!
//! A reader that looks for the end of each string from its start waits for every answer before it can ask the next
//! question. Here the answers are written down 64 bytes at a time, whatever stands in them, and reading one is a load.
//! What is inside strings and needs a closer look, backslashes and control characters, is written down as well.

#![allow(unsafe_code)]
#![allow(clippy::inline_always, reason = "kernels must be inlined into the function that enables their features")]

use crate::core::scan::json_masks::escaped;
use crate::core::scan::lanes::{Lanes, Marks, Portable, each_chunk};
#[cfg(target_arch = "x86_64")]
use crate::core::scan::lanes::{avx2, avx512};

/// Bytes that are looked at in one go. Their quotes stay in the nearest cache until they are asked for.
const WINDOW: usize = 1 << 13;

const MARKS: Marks = Marks { delimiter: b'\\', quote: b'"', terminator: b'\n' };

/// The strings of a text that is read from front to back.
#[derive(Debug)]
pub(crate) struct Strings {
    /// Places of quotes, and how many of them the reader has passed.
    quotes: Vec<u32>,
    next: usize,
    /// Places of backslashes and control characters in strings, how many of them the reader has passed, and the next one
    /// (or the greatest number).
    odd: Vec<u32>,
    next_odd: usize,
    odd_at: u32,
    /// How far the text has been looked at.
    seen: usize,
    carry: Carry,
}

/// What a window must know of those before it.
#[derive(Debug, Clone, Copy, Default)]
struct Carry {
    /// All ones inside a string.
    inside: u64,
    /// Whether the next byte is escaped.
    escape: u64,
}

/// The end of a string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Closed {
    /// The place of the closing quote.
    pub(crate) stop: usize,
    /// The first backslash or control character inside.
    pub(crate) odd: Option<usize>,
}

impl Strings {
    /// For a text whose byte at `start` is outside strings, with two empty buffers.
    pub(crate) fn new(start: usize, quotes: Vec<u32>, odd: Vec<u32>) -> Self {
        Self { quotes, next: 0, odd, next_odd: 0, odd_at: u32::MAX, seen: start, carry: Carry::default() }
    }

    /// The buffers.
    pub(crate) fn into_buffers(self) -> [Vec<u32>; 2] {
        [self.quotes, self.odd]
    }

    /// The end of the string whose opening quote is at `open`; none where the text ends first, or where the byte at `open`
    /// opens no string. The text must be the same at every call and shorter than 4 GiB, and places must not go back.
    #[inline(always)]
    pub(crate) fn close(&mut self, bytes: &[u8], open: usize) -> Option<Closed> {
        if let Some([first, stop]) = self.quotes.get(self.next..).and_then(|rest| rest.first_chunk::<2>())
            && *first as usize == open
            && *stop < self.odd_at
        {
            self.next += 2;
            return Some(Closed { stop: *stop as usize, odd: None });
        }
        self.look(bytes, open)
    }

    /// Passes a string that the reader has seen by other means. It may be told so or not.
    #[inline(always)]
    pub(crate) fn pass(&mut self) {
        self.next += 2;
    }

    /// [`close`](Self::close) where the reader has skipped strings, where more must be looked at, or where something odd is
    /// in the way.
    #[inline(never)]
    fn look(&mut self, bytes: &[u8], open: usize) -> Option<Closed> {
        let stop = loop {
            while self.quotes.get(self.next).is_some_and(|quote| (*quote as usize) < open) {
                self.next += 1;
            }
            match self.quotes.get(self.next..).unwrap_or_default() {
                [first, ..] if *first as usize != open => return None,
                [_, stop, ..] => break *stop,
                _ if self.seen >= bytes.len() => return None,
                [] => self.more(bytes),
                [_] => {
                    // All odd bytes that are left are in this string, and only the first will be asked for.
                    self.pass_odd(open);
                    self.odd.truncate(self.next_odd + 1);
                    self.more(bytes);
                }
            }
        };
        self.next += 2;
        self.pass_odd(open);
        let first = self.odd.get(self.next_odd).filter(|odd| **odd < stop).map(|odd| *odd as usize);
        while self.odd.get(self.next_odd).is_some_and(|odd| *odd < stop) {
            self.next_odd += 1;
        }
        self.odd_at = self.odd.get(self.next_odd).copied().unwrap_or(u32::MAX);
        Some(Closed { stop: stop as usize, odd: first })
    }

    /// Passes the odd bytes before a string.
    fn pass_odd(&mut self, open: usize) {
        while self.odd.get(self.next_odd).is_some_and(|odd| (*odd as usize) < open) {
            self.next_odd += 1;
        }
    }

    /// Looks at one more window.
    fn more(&mut self, bytes: &[u8]) {
        // Of strings that were passed, the window may hold a part.
        let passed = self.next.min(self.quotes.len());
        self.quotes.drain(..passed);
        self.odd.drain(..self.next_odd);
        (self.next, self.next_odd) = (self.next - passed, 0);
        let to = bytes.len().min(self.seen.saturating_add(WINDOW));
        let window = bytes.get(self.seen..to).unwrap_or_default();
        index(window, self.seen as u32, &mut self.carry, &mut self.quotes, &mut self.odd);
        self.seen = to;
        self.odd_at = self.odd.first().copied().unwrap_or(u32::MAX);
    }
}

/// Appends the places of quotes and of odd bytes, `base` being the place of the first byte.
fn index(bytes: &[u8], base: u32, carry: &mut Carry, quotes: &mut Vec<u32>, odd: &mut Vec<u32>) {
    #[cfg(target_arch = "x86_64")]
    if avx512::available() {
        // SAFETY: the features were detected.
        return unsafe { index_avx512(bytes, base, carry, quotes, odd) };
    }
    #[cfg(target_arch = "x86_64")]
    if avx2::available() {
        // SAFETY: the features were detected.
        return unsafe { index_avx2(bytes, base, carry, quotes, odd) };
    }
    index_with(Portable::new(MARKS), bytes, base, carry, quotes, odd);
}

/// [`index`] on AVX-512.
///
/// # Safety
/// The features must be there.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,avx2,bmi1,bmi2,popcnt,pclmulqdq")]
unsafe fn index_avx512(bytes: &[u8], base: u32, carry: &mut Carry, quotes: &mut Vec<u32>, odd: &mut Vec<u32>) {
    // SAFETY: the caller has detected the features.
    index_with(unsafe { avx512::Avx512::new(MARKS) }, bytes, base, carry, quotes, odd);
}

/// [`index`] on AVX2.
///
/// # Safety
/// The features must be there.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt,pclmulqdq")]
unsafe fn index_avx2(bytes: &[u8], base: u32, carry: &mut Carry, quotes: &mut Vec<u32>, odd: &mut Vec<u32>) {
    // SAFETY: the caller has detected the features.
    index_with(unsafe { avx2::Avx2::new(MARKS) }, bytes, base, carry, quotes, odd);
}

#[inline(always)]
fn index_with<L: Lanes>(
    lanes: L,
    bytes: &[u8],
    base: u32,
    carry: &mut Carry,
    quotes: &mut Vec<u32>,
    odd: &mut Vec<u32>,
) {
    let mut at = base;
    let Carry { mut inside, mut escape } = *carry;
    each_chunk(bytes, |chunk, real| {
        let masks = lanes.masks(chunk);
        let (mut quote, slash) = (masks.quote & real, masks.delimiter & real);
        if slash | escape != 0 {
            quote &= !escaped(slash, &mut escape);
        }
        let within = lanes.prefix_xor(quote) ^ inside;
        inside = (within.cast_signed() >> 63).cast_unsigned();
        let look = (lanes.controls(chunk) & real | slash) & within;
        lanes.push_positions(quotes, quote, at);
        if look != 0 {
            lanes.push_positions(odd, look, at);
        }
        at = at.wrapping_add(64);
    });
    *carry = Carry { inside, escape };
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Carry, Closed, MARKS, Strings, index, index_with};
    use crate::core::scan::lanes::Portable;
    use crate::core::scan::testing::{Random, rounds};

    /// Quotes and odd bytes by a byte-by-byte machine.
    fn slow(bytes: &[u8]) -> (Vec<u32>, Vec<u32>) {
        let (mut quotes, mut odd) = (Vec::new(), Vec::new());
        let (mut inside, mut escape) = (false, false);
        for (at, byte) in bytes.iter().enumerate() {
            let quote = *byte == b'"' && !escape;
            if quote {
                quotes.push(at as u32);
            } else if inside && (*byte < 0x20 || *byte == b'\\') {
                odd.push(at as u32);
            }
            inside ^= quote;
            // A backslash escapes outside strings too, as far as masks can tell.
            escape = *byte == b'\\' && !escape;
        }
        (quotes, odd)
    }

    #[test]
    fn every_machine_sees_what_a_loop_sees() {
        let mut random = Random(31);
        let every: Vec<u8> = (0..=255).collect();
        for round in 0..rounds(2000) {
            let alphabet = if round % 4 == 0 { &every } else { b"\"\"\\\\[]{},: \nab\x00\x1f\x20".as_slice() };
            let length = random.below(400);
            let bytes = random.text(alphabet, length);
            let expected = slow(&bytes);
            let cut = random.below(length / 64 + 1) * 64;
            let (first, second) = bytes.split_at(cut);
            let (mut carry, mut quotes, mut odd) = (Carry::default(), Vec::new(), Vec::new());
            index(first, 0, &mut carry, &mut quotes, &mut odd);
            index(second, cut as u32, &mut carry, &mut quotes, &mut odd);
            assert_eq!((&quotes, &odd), (&expected.0, &expected.1), "{}", bytes.escape_ascii());
            let (mut carry, mut quotes, mut odd) = (Carry::default(), Vec::new(), Vec::new());
            index_with(Portable::new(MARKS), &bytes, 0, &mut carry, &mut quotes, &mut odd);
            assert_eq!((quotes, odd), expected);
            #[cfg(target_arch = "x86_64")]
            if super::avx2::available() {
                let (mut carry, mut quotes, mut odd) = (Carry::default(), Vec::new(), Vec::new());
                // SAFETY: the features were detected.
                unsafe { super::index_avx2(&bytes, 0, &mut carry, &mut quotes, &mut odd) };
                assert_eq!((quotes, odd), expected);
            }
        }
    }

    #[test]
    fn strings_are_closed_whichever_are_asked_for() {
        let mut random = Random(8);
        for _ in 0..rounds(300) {
            let start = random.below(100);
            let length = random.below(40_000);
            let mut bytes = random.text(b"\"", start);
            bytes.extend(random.text(b"\"abcdefghijkl\\mnop\nqrstuvwxyz0123456789", length));
            let (quotes, odd) = slow(&bytes[start..]);
            let places = |places: Vec<u32>| places.iter().map(|at| *at as usize + start).collect::<Vec<_>>();
            let (quotes, odd) = (places(quotes), places(odd));
            let mut strings = Strings::new(start, Vec::new(), Vec::new());
            for pair in quotes.chunks(2) {
                if random.below(4) == 0 {
                    continue;
                }
                let expected = pair.get(1).map(|stop| Closed {
                    stop: *stop,
                    odd: odd.iter().copied().find(|odd| pair[0] < *odd && odd < stop),
                });
                assert_eq!(strings.close(&bytes, pair[0]), expected);
            }
            assert_eq!(strings.close(&bytes, bytes.len()), None);
        }
    }
}
