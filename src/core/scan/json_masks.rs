//! The structure of JSON text in masks of 64 bytes, for whoever looks for elements without reading them.
//!
//! Quotes that are not escaped give, by a running exclusive or, the bytes inside strings; what is outside and is a
//! bracket, a comma or the start of a scalar is structure (the technique of Langdale and Lemire, "Parsing Gigabytes of
//! JSON per Second", 2019).

#![allow(unsafe_code)]
#![expect(clippy::inline_always, reason = "vector code must be compiled inside the function that enables it")]

use std::ops::ControlFlow;

/// The structure of 64 bytes, lowest bit first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Masks {
    /// `[` and `{` outside strings.
    pub(crate) open: u64,
    /// `]` and `}` outside strings.
    pub(crate) close: u64,
    /// Commas outside strings.
    pub(crate) comma: u64,
    /// First bytes of strings, numbers, words, and anything else that is neither structure nor blank.
    pub(crate) start: u64,
}

/// What one block of 64 bytes must know of those before it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Carry {
    in_string: u64,
    escape: u64,
    scalar: u64,
}

/// Gets the masks of each block, and may change its bytes.
pub(crate) trait Visit {
    /// Sees the 64 bytes that start at `base`; `Break` ends the walk.
    fn block(&mut self, base: usize, masks: Masks, bytes: &mut [u8; 64]) -> ControlFlow<()>;
}

/// Walks over all whole blocks of `bytes` and returns how many bytes they are (or the start of the block at which the
/// visitor broke off).
pub(crate) fn walk<V: Visit>(bytes: &mut [u8], carry: &mut Carry, visitor: &mut V) -> usize {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        // SAFETY: AVX2 has just been found.
        return unsafe { x86::blocks(bytes, carry, visitor) };
    }
    blocks(bytes, carry, visitor, plain)
}

/// The bytes of each class in a block, inside strings too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Classes {
    quote: u64,
    slash: u64,
    open: u64,
    close: u64,
    comma: u64,
    colon: u64,
    blank: u64,
}

#[inline(always)]
fn blocks<V: Visit>(
    bytes: &mut [u8],
    carry: &mut Carry,
    visitor: &mut V,
    classes: impl Fn(&[u8; 64]) -> Classes,
) -> usize {
    let mut base = 0;
    for block in bytes.as_chunks_mut::<64>().0 {
        let masks = structure(&classes(block), carry);
        if visitor.block(base, masks, block).is_break() {
            return base;
        }
        base += 64;
    }
    base
}

#[inline(always)]
fn structure(classes: &Classes, carry: &mut Carry) -> Masks {
    let quote = classes.quote & !escaped(classes.slash, &mut carry.escape);
    let inside = running_xor(quote) ^ carry.in_string;
    carry.in_string = ((inside as i64) >> 63) as u64;
    let scalar = !(classes.open | classes.close | classes.comma | classes.colon | classes.blank);
    let unquoted = scalar & !quote;
    let follows = (unquoted << 1) | carry.scalar;
    carry.scalar = unquoted >> 63;
    Masks {
        open: classes.open & !inside,
        close: classes.close & !inside,
        comma: classes.comma & !inside,
        start: (scalar & !follows & !(inside ^ quote)) | (quote & inside),
    }
}

/// The bytes that a backslash escapes: those after an odd number of them.
#[inline(always)]
pub(super) fn escaped(slash: u64, carry: &mut u64) -> u64 {
    const EVEN: u64 = 0x5555_5555_5555_5555;
    if slash == 0 {
        return std::mem::take(carry);
    }
    let slash = slash & !*carry;
    let follows = (slash << 1) | *carry;
    let odd_starts = slash & !EVEN & !follows;
    let (even_sequences, overflow) = odd_starts.overflowing_add(slash);
    *carry = u64::from(overflow);
    (EVEN ^ (even_sequences << 1)) & follows
}

/// Bit i of the result is the exclusive or of bits 0 to i.
#[inline(always)]
fn running_xor(bits: u64) -> u64 {
    let bits = bits ^ (bits << 1);
    let bits = bits ^ (bits << 2);
    let bits = bits ^ (bits << 4);
    let bits = bits ^ (bits << 8);
    let bits = bits ^ (bits << 16);
    bits ^ (bits << 32)
}

/// The classes of a block, byte by byte.
fn plain(block: &[u8; 64]) -> Classes {
    let mut classes = Classes::default();
    for (bit, byte) in block.iter().enumerate() {
        let bit = 1_u64 << bit;
        match byte {
            b'"' => classes.quote |= bit,
            b'\\' => classes.slash |= bit,
            b'[' | b'{' => classes.open |= bit,
            b']' | b'}' => classes.close |= bit,
            b',' => classes.comma |= bit,
            b':' => classes.colon |= bit,
            b' ' | b'\n' | b'\r' | b'\t' => classes.blank |= bit,
            _ => {}
        }
    }
    classes
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::{
        __m256i, _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_or_si256, _mm256_set1_epi8,
    };

    use super::{Carry, Classes, Visit};

    /// The walk with 32-byte vectors.
    ///
    /// # Safety
    /// The processor must have AVX2.
    #[target_feature(enable = "avx2")]
    pub(super) unsafe fn blocks<V: Visit>(bytes: &mut [u8], carry: &mut Carry, visitor: &mut V) -> usize {
        // SAFETY: this function is compiled for AVX2, and so runs only where it is there.
        super::blocks(bytes, carry, visitor, |block| unsafe { classes(block) })
    }

    /// The classes of a block.
    ///
    /// # Safety
    /// The processor must have AVX2.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(super) unsafe fn classes(block: &[u8; 64]) -> Classes {
        // SAFETY: both loads lie in the 64 bytes of the block.
        let (low, high) =
            unsafe { (_mm256_loadu_si256(block.as_ptr().cast()), _mm256_loadu_si256(block.as_ptr().add(32).cast())) };
        let both = |low: __m256i, high: __m256i| {
            let (low, high) = (_mm256_movemask_epi8(low) as u32, _mm256_movemask_epi8(high) as u32);
            u64::from(low) | (u64::from(high) << 32)
        };
        let is = |low: __m256i, high: __m256i, byte: u8| {
            let byte = _mm256_set1_epi8(byte as i8);
            both(_mm256_cmpeq_epi8(low, byte), _mm256_cmpeq_epi8(high, byte))
        };
        let space = _mm256_set1_epi8(0x20);
        // The bit 0x20 tells `[` from `{` and `]` from `}`, and nothing else from them.
        let (low_case, high_case) = (_mm256_or_si256(low, space), _mm256_or_si256(high, space));
        Classes {
            quote: is(low, high, b'"'),
            slash: is(low, high, b'\\'),
            open: is(low_case, high_case, b'{'),
            close: is(low_case, high_case, b'}'),
            comma: is(low, high, b','),
            colon: is(low, high, b':'),
            blank: is(low, high, b' ') | is(low, high, b'\n') | is(low, high, b'\r') | is(low, high, b'\t'),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::{Carry, Masks, Visit, blocks, plain, walk};
    use crate::core::scan::testing::{Random, rounds};

    #[derive(Default)]
    struct Collect(Vec<Masks>);

    impl Visit for Collect {
        fn block(&mut self, _: usize, masks: Masks, _: &mut [u8; 64]) -> ControlFlow<()> {
            self.0.push(masks);
            ControlFlow::Continue(())
        }
    }

    /// The structure by a byte-by-byte machine.
    fn slow(bytes: &[u8]) -> Vec<Masks> {
        let (mut string, mut escape, mut scalar) = (false, false, false);
        let mut all = Vec::new();
        for block in bytes.chunks(64) {
            let mut masks = Masks::default();
            for (bit, byte) in block.iter().enumerate() {
                let bit = 1 << bit;
                if string {
                    scalar = false;
                    // A backslash escapes outside strings too, as far as masks can tell.
                    string = *byte != b'"' || escape;
                    escape = *byte == b'\\' && !escape;
                    continue;
                }
                match byte {
                    b'[' | b'{' => masks.open |= bit,
                    b']' | b'}' => masks.close |= bit,
                    b',' => masks.comma |= bit,
                    b'"' if !escape => {
                        string = true;
                        masks.start |= bit;
                    }
                    b':' | b' ' | b'\n' | b'\r' | b'\t' => {}
                    _ if scalar => {}
                    _ => masks.start |= bit,
                }
                scalar =
                    !string && !matches!(byte, b'[' | b'{' | b']' | b'}' | b',' | b':' | b' ' | b'\n' | b'\r' | b'\t');
                escape = *byte == b'\\' && !escape;
            }
            all.push(masks);
        }
        all
    }

    #[test]
    fn vectors_see_what_a_machine_sees() {
        let mut random = Random(99);
        let every: Vec<u8> = (0..=255).collect();
        for round in 0..rounds(1000) {
            let alphabet = if round % 4 == 0 { &every } else { b"\"\"\\\\[]{},: \nab1{[;".as_slice() };
            let mut bytes = random.text(alphabet, 256);
            let (mut fast, mut portable) = (Collect::default(), Collect::default());
            assert_eq!(walk(&mut bytes, &mut Carry::default(), &mut fast), 256);
            blocks(&mut bytes, &mut Carry::default(), &mut portable, plain);
            assert_eq!(fast.0, portable.0);
            assert_eq!(fast.0, slow(&bytes), "{}", String::from_utf8_lossy(&bytes));
        }
    }

    /// Overwrites the first byte of each block and breaks off at one.
    struct Break(usize);

    impl Visit for Break {
        fn block(&mut self, base: usize, _: Masks, bytes: &mut [u8; 64]) -> ControlFlow<()> {
            bytes[0] = b'!';
            if base == self.0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        }
    }

    #[test]
    fn a_walk_is_over_whole_blocks_until_somebody_breaks_off() {
        let mut random = Random(5);
        for _ in 0..rounds(1000) {
            let length = random.below(400);
            let bytes = random.text(b"a\"[", length);
            let at = random.below(8) * 64;
            let (mut fast, mut portable) = (bytes.clone(), bytes.clone());
            let walked = walk(&mut fast, &mut Carry::default(), &mut Break(at));
            assert_eq!(walked, blocks(&mut portable, &mut Carry::default(), &mut Break(at), plain));
            assert_eq!(walked, at.min(length / 64 * 64));
            assert_eq!(fast, portable);
            let expected = bytes.iter().enumerate().map(|(place, byte)| {
                let changed = place % 64 == 0 && place <= at && place + 64 <= length;
                if changed { b'!' } else { *byte }
            });
            assert!(fast.iter().copied().eq(expected));
        }
    }
}
