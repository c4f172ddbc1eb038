//! Sixty-four bytes at a time: which of them are one of three marks, as bit masks (bit *i* is byte *i*).
//!
//! [`Lanes`] hides the machine from the kernels built on it: AVX2 with carry-less multiply where the processor has them,
//! eight bytes to a word elsewhere. A kernel is one generic function, inlined into a twin for each.

#![allow(unsafe_code)]
#![allow(clippy::inline_always, reason = "kernels must be inlined into the function that enables their features")]

/// The bytes that give delimited text its structure. All differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Marks {
    /// Between cells.
    pub(crate) delimiter: u8,
    /// Around cells.
    pub(crate) quote: u8,
    /// After records: line feed, or carriage return in files that use it alone.
    pub(crate) terminator: u8,
}

/// Where the marks are among 64 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Masks {
    /// Delimiters, quoted or not.
    pub(super) delimiter: u64,
    /// Quotes.
    pub(super) quote: u64,
    /// Terminators, quoted or not.
    pub(super) terminator: u64,
}

/// What kernels need of the machine.
pub(super) trait Lanes: Copy {
    /// The mask of quotes only.
    fn quotes(self, chunk: &[u8; 64]) -> u64;

    /// All masks.
    fn masks(self, chunk: &[u8; 64]) -> Masks;

    /// Bit *i* of the result is the exclusive or of bits 0 to *i*: which bytes stand after an odd number of quotes.
    fn prefix_xor(self, mask: u64) -> u64;
}

/// Any machine: eight bytes to a word.
#[derive(Debug, Clone, Copy)]
pub(super) struct Portable {
    marks: Marks,
}

impl Portable {
    /// Lanes for these marks.
    pub(super) fn new(marks: Marks) -> Self {
        Self { marks }
    }
}

/// Which of 64 bytes equal `byte`. Per word: an exact zero-byte test that leaves one high bit per byte, gathered by a
/// multiplication.
#[inline(always)]
fn equal(chunk: &[u8; 64], byte: u8) -> u64 {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let pattern = u64::from_ne_bytes([byte; 8]);
    let mut mask = 0;
    for (at, word) in chunk.as_chunks::<8>().0.iter().enumerate() {
        let differs = u64::from_le_bytes(*word) ^ pattern;
        let high = !(((differs & LOW) + LOW) | differs | LOW);
        let bits = (high >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        mask |= bits << (at * 8);
    }
    mask
}

impl Lanes for Portable {
    #[inline(always)]
    fn quotes(self, chunk: &[u8; 64]) -> u64 {
        equal(chunk, self.marks.quote)
    }

    #[inline(always)]
    fn masks(self, chunk: &[u8; 64]) -> Masks {
        Masks {
            delimiter: equal(chunk, self.marks.delimiter),
            quote: equal(chunk, self.marks.quote),
            terminator: equal(chunk, self.marks.terminator),
        }
    }

    #[inline(always)]
    fn prefix_xor(self, mask: u64) -> u64 {
        let mut sum = mask;
        for shift in [1, 2, 4, 8, 16, 32] {
            sum ^= sum << shift;
        }
        sum
    }
}

/// AVX2 and carry-less multiply.
#[cfg(target_arch = "x86_64")]
pub(super) mod avx2 {
    use super::{Lanes, Marks, Masks};
    use std::arch::x86_64::{
        __m256i, _mm_clmulepi64_si128, _mm_cvtsi128_si64, _mm_set_epi64x, _mm_set1_epi8, _mm256_cmpeq_epi8,
        _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_set1_epi8,
    };

    /// Whether this processor has what [`Avx2`] uses. The standard library caches the answer.
    pub(crate) fn available() -> bool {
        is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("popcnt")
            && is_x86_feature_detected!("pclmulqdq")
    }

    /// Lanes of a processor for which [`available`] holds.
    #[derive(Debug, Clone, Copy)]
    pub(crate) struct Avx2 {
        delimiter: __m256i,
        quote: __m256i,
        terminator: __m256i,
    }

    impl Avx2 {
        /// Lanes for these marks.
        ///
        /// # Safety
        /// [`available`] must hold, and the value must only be used where its features are enabled.
        #[target_feature(enable = "avx2")]
        pub(crate) unsafe fn new(marks: Marks) -> Self {
            Self {
                delimiter: _mm256_set1_epi8(marks.delimiter.cast_signed()),
                quote: _mm256_set1_epi8(marks.quote.cast_signed()),
                terminator: _mm256_set1_epi8(marks.terminator.cast_signed()),
            }
        }
    }

    /// The two halves of a chunk.
    #[inline(always)]
    fn halves(chunk: &[u8; 64]) -> (__m256i, __m256i) {
        let from = chunk.as_ptr();
        // SAFETY: both unaligned loads lie inside the 64 bytes, and the `Avx2` value that leads here proves AVX2.
        unsafe { (_mm256_loadu_si256(from.cast()), _mm256_loadu_si256(from.add(32).cast())) }
    }

    /// Which bytes of the two halves equal those of `mark`.
    #[inline(always)]
    fn equal((low, high): (__m256i, __m256i), mark: __m256i) -> u64 {
        // SAFETY: these are register operations; the `Avx2` value that leads here proves AVX2.
        let (low, high) = unsafe {
            (
                _mm256_movemask_epi8(_mm256_cmpeq_epi8(low, mark)).cast_unsigned(),
                _mm256_movemask_epi8(_mm256_cmpeq_epi8(high, mark)).cast_unsigned(),
            )
        };
        u64::from(low) | (u64::from(high) << 32)
    }

    impl Lanes for Avx2 {
        #[inline(always)]
        fn quotes(self, chunk: &[u8; 64]) -> u64 {
            equal(halves(chunk), self.quote)
        }

        #[inline(always)]
        fn masks(self, chunk: &[u8; 64]) -> Masks {
            let halves = halves(chunk);
            Masks {
                delimiter: equal(halves, self.delimiter),
                quote: equal(halves, self.quote),
                terminator: equal(halves, self.terminator),
            }
        }

        #[inline(always)]
        fn prefix_xor(self, mask: u64) -> u64 {
            // SAFETY: a register operation; the value of this type proves the carry-less multiply.
            unsafe {
                let product = _mm_clmulepi64_si128::<0>(_mm_set_epi64x(0, mask.cast_signed()), _mm_set1_epi8(-1));
                _mm_cvtsi128_si64(product).cast_unsigned()
            }
        }
    }
}
