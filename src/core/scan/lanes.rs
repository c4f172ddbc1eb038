//! Sixty-four bytes at a time: which of them are one of three marks, or control characters, as bit masks (bit *i* is byte *i*).
//!
//! [`Lanes`] hides the machine from the kernels built on it: AVX-512 with its byte compression or AVX2, each with carry-less
//! multiply, where the processor has them, eight bytes to a word elsewhere. A kernel is one generic function, inlined into a
//! twin for each.

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

    /// The mask of control characters, which are below the blank.
    fn controls(self, chunk: &[u8; 64]) -> u64;

    /// Bit *i* of the result is the exclusive or of bits 0 to *i*: which bytes stand after an odd number of quotes.
    fn prefix_xor(self, mask: u64) -> u64;

    /// Appends `at` plus the position of each set bit. Writes in groups of eight without looking how many are left, since
    /// most chunks hold fewer than nine marks.
    #[inline(always)]
    fn push_positions(self, out: &mut Vec<u32>, mask: u64, at: u32) {
        let count = mask.count_ones() as usize;
        make_room(out);
        let len = out.len();
        let mut rest = mask;
        // SAFETY: there is room for 64 values after `len`, at most 64 are written, and the first `count` of them are
        // initialised: each group of eight is written in full, and groups are written until `count` is covered.
        unsafe {
            let mut slot = out.as_mut_ptr().add(len);
            let mut written = 0;
            loop {
                for offset in 0..8 {
                    slot.add(offset).write(at.wrapping_add(rest.trailing_zeros()));
                    rest &= rest.wrapping_sub(1);
                }
                written += 8;
                if written >= count {
                    break;
                }
                slot = slot.add(8);
            }
            out.set_len(len + count);
        }
    }
}

/// Makes room for the positions of 64 bytes.
#[inline(always)]
fn make_room(out: &mut Vec<u32>) {
    if out.capacity() - out.len() < 64 {
        grow(out);
    }
}

#[cold]
#[inline(never)]
fn grow(out: &mut Vec<u32>) {
    out.reserve(out.len().max(1 << 12));
}

/// Calls `work` with every 64 bytes and a mask of those that are real (the last chunk is padded). There is one call, so
/// that `work` is inlined.
#[inline(always)]
pub(super) fn each_chunk(bytes: &[u8], mut work: impl FnMut(&[u8; 64], u64)) {
    let (chunks, rest) = bytes.as_chunks::<64>();
    let mut padded = [0; 64];
    for (to, from) in padded.iter_mut().zip(rest) {
        *to = *from;
    }
    for number in 0..chunks.len() + usize::from(!rest.is_empty()) {
        let (chunk, real) = match chunks.get(number) {
            Some(chunk) => (chunk, !0),
            None => (&padded, (1 << rest.len()) - 1),
        };
        work(chunk, real);
    }
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

/// Which of 64 bytes equal `byte` in the bits of `care`. Per word: an exact zero-byte test that leaves one high bit per byte,
/// gathered by a multiplication.
#[inline(always)]
fn equal(chunk: &[u8; 64], byte: u8, care: u8) -> u64 {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let (pattern, care) = (u64::from_ne_bytes([byte; 8]), u64::from_ne_bytes([care; 8]));
    let mut mask = 0;
    for (at, word) in chunk.as_chunks::<8>().0.iter().enumerate() {
        let differs = (u64::from_le_bytes(*word) ^ pattern) & care;
        let high = !(((differs & LOW) + LOW) | differs | LOW);
        let bits = (high >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        mask |= bits << (at * 8);
    }
    mask
}

impl Lanes for Portable {
    #[inline(always)]
    fn quotes(self, chunk: &[u8; 64]) -> u64 {
        equal(chunk, self.marks.quote, 0xff)
    }

    #[inline(always)]
    fn masks(self, chunk: &[u8; 64]) -> Masks {
        Masks {
            delimiter: equal(chunk, self.marks.delimiter, 0xff),
            quote: equal(chunk, self.marks.quote, 0xff),
            terminator: equal(chunk, self.marks.terminator, 0xff),
        }
    }

    #[inline(always)]
    fn controls(self, chunk: &[u8; 64]) -> u64 {
        equal(chunk, 0, 0xe0)
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
        _mm256_loadu_si256, _mm256_min_epu8, _mm256_movemask_epi8, _mm256_set1_epi8,
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
        fn controls(self, chunk: &[u8; 64]) -> u64 {
            let (low, high) = halves(chunk);
            // SAFETY: register operations; the value of this type proves AVX2.
            let (low, high) = unsafe {
                let last = _mm256_set1_epi8(0x1f);
                let mask =
                    |half| _mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_min_epu8(half, last), half)).cast_unsigned();
                (mask(low), mask(high))
            };
            u64::from(low) | (u64::from(high) << 32)
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

/// AVX-512 with byte compression, and carry-less multiply.
#[cfg(target_arch = "x86_64")]
pub(super) mod avx512 {
    use super::{Lanes, Marks, Masks, avx2, make_room};
    use std::arch::x86_64::{
        __m512i, _mm512_add_epi32, _mm512_cmpeq_epi8_mask, _mm512_cmplt_epu8_mask, _mm512_cvtepu8_epi32,
        _mm512_extracti32x4_epi32, _mm512_loadu_si512, _mm512_maskz_compress_epi8, _mm512_set1_epi8, _mm512_set1_epi32,
        _mm512_storeu_si512,
    };

    /// The positions of 64 bytes.
    static PLACES: [u8; 64] = {
        let mut places = [0; 64];
        let mut place = 0;
        while place < 64 {
            places[place] = place as u8;
            place += 1;
        }
        places
    };

    /// Whether this processor has what [`Avx512`] uses. The standard library caches the answer.
    pub(crate) fn available() -> bool {
        avx2::available()
            && is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512vbmi2")
    }

    /// Lanes of a processor for which [`available`] holds.
    #[derive(Debug, Clone, Copy)]
    pub(crate) struct Avx512 {
        delimiter: __m512i,
        quote: __m512i,
        terminator: __m512i,
        narrow: avx2::Avx2,
    }

    impl Avx512 {
        /// Lanes for these marks.
        ///
        /// # Safety
        /// [`available`] must hold, and the value must only be used where its features are enabled.
        #[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,avx2")]
        pub(crate) unsafe fn new(marks: Marks) -> Self {
            Self {
                delimiter: _mm512_set1_epi8(marks.delimiter.cast_signed()),
                quote: _mm512_set1_epi8(marks.quote.cast_signed()),
                terminator: _mm512_set1_epi8(marks.terminator.cast_signed()),
                // SAFETY: what is available here includes what is asked for there.
                narrow: unsafe { avx2::Avx2::new(marks) },
            }
        }
    }

    #[inline(always)]
    fn load(chunk: &[u8; 64]) -> __m512i {
        // SAFETY: the unaligned load is of the 64 bytes, and the `Avx512` value that leads here proves AVX-512.
        unsafe { _mm512_loadu_si512(chunk.as_ptr().cast()) }
    }

    #[inline(always)]
    fn equal(bytes: __m512i, mark: __m512i) -> u64 {
        // SAFETY: a register operation; the `Avx512` value that leads here proves AVX-512.
        unsafe { _mm512_cmpeq_epi8_mask(bytes, mark) }
    }

    impl Lanes for Avx512 {
        #[inline(always)]
        fn quotes(self, chunk: &[u8; 64]) -> u64 {
            equal(load(chunk), self.quote)
        }

        #[inline(always)]
        fn masks(self, chunk: &[u8; 64]) -> Masks {
            let bytes = load(chunk);
            Masks {
                delimiter: equal(bytes, self.delimiter),
                quote: equal(bytes, self.quote),
                terminator: equal(bytes, self.terminator),
            }
        }

        #[inline(always)]
        fn controls(self, chunk: &[u8; 64]) -> u64 {
            // SAFETY: register operations; the value of this type proves AVX-512.
            unsafe { _mm512_cmplt_epu8_mask(load(chunk), _mm512_set1_epi8(0x20)) }
        }

        #[inline(always)]
        fn prefix_xor(self, mask: u64) -> u64 {
            self.narrow.prefix_xor(mask)
        }

        /// Compresses the numbers 0 to 63 by the mask, and widens sixteen of what is left at a time.
        #[inline(always)]
        fn push_positions(self, out: &mut Vec<u32>, mask: u64, at: u32) {
            let count = mask.count_ones() as usize;
            make_room(out);
            let len = out.len();
            // SAFETY: there is room for 64 values after `len`; each store is of 16, at most four are made, and they are
            // made until `count` is covered. The value of this type proves the features.
            unsafe {
                let slot = out.as_mut_ptr().add(len);
                let places = _mm512_maskz_compress_epi8(mask, load(&PLACES));
                let base = _mm512_set1_epi32(at.cast_signed());
                let widened = |quarter| _mm512_add_epi32(_mm512_cvtepu8_epi32(quarter), base);
                _mm512_storeu_si512(slot.cast(), widened(_mm512_extracti32x4_epi32::<0>(places)));
                if count > 16 {
                    _mm512_storeu_si512(slot.add(16).cast(), widened(_mm512_extracti32x4_epi32::<1>(places)));
                    if count > 32 {
                        _mm512_storeu_si512(slot.add(32).cast(), widened(_mm512_extracti32x4_epi32::<2>(places)));
                        _mm512_storeu_si512(slot.add(48).cast(), widened(_mm512_extracti32x4_epi32::<3>(places)));
                    }
                }
                out.set_len(len + count);
            }
        }
    }
}
