//! The byte questions a JSON reader or writer asks most, answered 32 bytes at a time where the processor can.
//!
//! A loop that is generic over [`Scanner`] is run by [`dispatch`], which picks the instruction set once and compiles the
//! whole loop for it. All answers are the same on every machine; the tests hold the vector code to the plain code.

#![allow(unsafe_code)]
#![expect(clippy::inline_always, reason = "vector code must be compiled inside the function that enables it")]

/// A short text to compare with, padded to a vector.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Needle {
    text: [u8; 32],
    mask: u32,
}

impl Needle {
    /// The first 32 bytes of a text.
    pub(crate) fn new(text: &[u8]) -> Self {
        let mut padded = [0; 32];
        for (to, from) in padded.iter_mut().zip(text) {
            *to = *from;
        }
        let length = text.len().min(32) as u32;
        Self { text: padded, mask: u32::MAX.checked_shr(32 - length).unwrap_or(0) }
    }
}

/// The byte questions.
pub(crate) trait Scanner: Copy {
    /// The first position from `at` on with a quote, a backslash or a control character (below 0x20); the length of
    /// `bytes` where there is none.
    #[inline(always)]
    fn special(self, bytes: &[u8], at: usize) -> usize {
        self.special_before(bytes, at, bytes.len())
    }

    /// The same for `bytes[at..end]`, `end` being the answer where there is none. Bytes behind `end` may be looked at.
    fn special_before(self, bytes: &[u8], at: usize, end: usize) -> usize;

    /// Which of the 32 bytes from `at` on are digits, lowest bit first; none where fewer than 32 are left, or where the
    /// answer would not be fast.
    fn digits(self, bytes: &[u8], at: usize) -> Option<u32>;

    /// Whether the needle is at `at`.
    fn same(self, bytes: &[u8], at: usize, needle: &Needle) -> bool;
}

/// A loop to run with the best scanner.
pub(crate) trait Job {
    /// What it computes.
    type Output;

    /// Runs it. Implementations are `#[inline(always)]`, and so is every hot function they call.
    fn run<S: Scanner>(self, scanner: S) -> Self::Output;
}

/// Runs a loop, compiled for this machine.
pub(crate) fn dispatch<J: Job>(job: J) -> J::Output {
    #[cfg(target_arch = "x86_64")]
    if x86::supported() {
        // SAFETY: `supported` has just found the features that `run` is compiled for.
        return unsafe { x86::run(job) };
    }
    job.run(Portable)
}

/// Eight bytes at a time, on any machine.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Portable;

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

impl Scanner for Portable {
    #[inline]
    fn special_before(self, bytes: &[u8], at: usize, end: usize) -> usize {
        let bytes = bytes.get(..end).unwrap_or(bytes);
        let mut at = at;
        while let Some(word) = bytes.get(at..at + 8).and_then(|chunk| chunk.try_into().ok()) {
            let word = u64::from_le_bytes(word);
            let quotes = word ^ (ONES * u64::from(b'"'));
            let slashes = word ^ (ONES * u64::from(b'\\'));
            // A byte is zero, or below 0x20, where the subtraction borrows into its high bit and the byte had none.
            // Only bytes above a true hit can be wrong, and the lowest hit is what counts.
            let hits = ((quotes.wrapping_sub(ONES) & !quotes)
                | (slashes.wrapping_sub(ONES) & !slashes)
                | (word.wrapping_sub(ONES * 0x20) & !word))
                & HIGHS;
            if hits != 0 {
                return at + (hits.trailing_zeros() / 8) as usize;
            }
            at += 8;
        }
        let rest = bytes.get(at..).unwrap_or_default();
        let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
        rest.iter().position(special).map_or(bytes.len(), |found| at + found)
    }

    #[inline]
    fn digits(self, _: &[u8], _: usize) -> Option<u32> {
        None
    }

    #[inline]
    fn same(self, bytes: &[u8], at: usize, needle: &Needle) -> bool {
        let length = needle.mask.count_ones() as usize;
        match (bytes.get(at..at + length), needle.text.get(..length)) {
            (Some(bytes), Some(text)) => bytes == text,
            _ => false,
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::{
        __m256i, _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_min_epu8, _mm256_movemask_epi8, _mm256_or_si256,
        _mm256_set1_epi8, _mm256_sub_epi8,
    };

    use super::{Job, Needle, Portable, Scanner};

    /// Whether this machine has what [`run`] is compiled for.
    pub(super) fn supported() -> bool {
        is_x86_feature_detected!("avx2") && is_x86_feature_detected!("bmi1") && is_x86_feature_detected!("bmi2")
    }

    /// Runs a job with 32-byte vectors.
    ///
    /// # Safety
    /// [`supported`] must hold.
    #[target_feature(enable = "avx2,bmi1,bmi2")]
    pub(super) unsafe fn run<J: Job>(job: J) -> J::Output {
        job.run(Avx2(()))
    }

    /// [`Scanner::same`] where fewer than 32 bytes are left.
    #[cold]
    #[inline(never)]
    fn same_near_the_end(bytes: &[u8], at: usize, needle: &Needle) -> bool {
        Portable.same(bytes, at, needle)
    }

    /// Thirty-two bytes at a time. Only [`run`] makes one, so having one proves that the machine has AVX2.
    #[derive(Debug, Clone, Copy)]
    pub(super) struct Avx2(());

    #[expect(clippy::unused_self, reason = "having one is what allows this")]
    impl Avx2 {
        /// The 32 bytes from `at` on, where there are as many.
        #[inline(always)]
        fn load(self, bytes: &[u8], at: usize) -> Option<__m256i> {
            let chunk = bytes.get(at..)?.first_chunk::<32>()?;
            // SAFETY: the 32 bytes of `chunk` are readable, and `self` proves AVX2.
            Some(unsafe { _mm256_loadu_si256(chunk.as_ptr().cast()) })
        }

        /// Which bytes are quotes, backslashes or control characters.
        #[inline(always)]
        fn specials(self, chunk: __m256i) -> u32 {
            // SAFETY: these are register operations, and `self` proves AVX2.
            unsafe {
                let quotes = _mm256_cmpeq_epi8(chunk, _mm256_set1_epi8(b'"' as i8));
                let slashes = _mm256_cmpeq_epi8(chunk, _mm256_set1_epi8(b'\\' as i8));
                let controls = _mm256_cmpeq_epi8(_mm256_min_epu8(chunk, _mm256_set1_epi8(0x1F)), chunk);
                _mm256_movemask_epi8(_mm256_or_si256(_mm256_or_si256(quotes, slashes), controls)) as u32
            }
        }
    }

    impl Scanner for Avx2 {
        #[inline(always)]
        fn special_before(self, bytes: &[u8], at: usize, end: usize) -> usize {
            let mut at = at;
            while at < end {
                let Some(chunk) = self.load(bytes, at) else {
                    return Portable.special_before(bytes, at, end);
                };
                let hits = self.specials(chunk);
                if hits != 0 {
                    return (at + hits.trailing_zeros() as usize).min(end);
                }
                at += 32;
            }
            end
        }

        #[inline(always)]
        fn digits(self, bytes: &[u8], at: usize) -> Option<u32> {
            let chunk = self.load(bytes, at)?;
            // SAFETY: these are register operations, and `self` proves AVX2.
            Some(unsafe {
                let digits = _mm256_sub_epi8(chunk, _mm256_set1_epi8(b'0' as i8));
                let digits = _mm256_cmpeq_epi8(_mm256_min_epu8(digits, _mm256_set1_epi8(9)), digits);
                _mm256_movemask_epi8(digits)
            } as u32)
        }

        #[inline(always)]
        fn same(self, bytes: &[u8], at: usize, needle: &Needle) -> bool {
            let Some(chunk) = self.load(bytes, at) else {
                return same_near_the_end(bytes, at, needle);
            };
            // SAFETY: the needle's 32 bytes are readable, and `self` proves AVX2.
            let equal = unsafe {
                let text = _mm256_loadu_si256(needle.text.as_ptr().cast());
                _mm256_movemask_epi8(_mm256_cmpeq_epi8(chunk, text))
            } as u32;
            equal & needle.mask == needle.mask
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Job, Needle, Portable, Scanner, dispatch};
    use crate::core::scan::testing::rounds;

    /// Compares a scanner with plain loops over text made of few different bytes.
    struct Compare(u64);

    impl Job for Compare {
        type Output = ();

        fn run<S: Scanner>(self, scanner: S) {
            let mut state = self.0;
            let mut random = move || {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                state
            };
            for _ in 0..rounds(3000) {
                let length = (random() % 100) as usize;
                let common = b"abcdefgh0123456789\x80\xff\x7f";
                let rare = b"\"\\\n\x1f\x20\x21\x00,.:";
                let bytes: Vec<u8> = (0..length)
                    .map(|_| {
                        let from: &[u8] = if random() % 20 == 0 { rare } else { common };
                        from[(random() as usize) % from.len()]
                    })
                    .collect();
                let at = (random() as usize) % (length + 1);
                let special = |byte: &u8| *byte < 0x20 || *byte == b'"' || *byte == b'\\';
                let expected = bytes[at..].iter().position(special).map_or(length, |found| at + found);
                assert_eq!(scanner.special(&bytes, at), expected);
                assert_eq!(Portable.special(&bytes, at), expected);
                let end = at + (random() as usize) % (length - at + 1);
                assert_eq!(scanner.special_before(&bytes, at, end), expected.min(end));
                assert_eq!(Portable.special_before(&bytes, at, end), expected.min(end));
                if let Some(mask) = scanner.digits(&bytes, at) {
                    for bit in 0..32 {
                        assert_eq!(mask >> bit & 1 == 1, bytes[at + bit].is_ascii_digit());
                    }
                }
                let size = (random() as usize) % 40;
                let mut needle = bytes[at..].iter().copied().take(size).collect::<Vec<u8>>();
                assert!(scanner.same(&bytes, at, &Needle::new(&needle)));
                if let Some(last) = needle.last_mut().filter(|_| size <= 32) {
                    *last ^= 1;
                    assert!(!scanner.same(&bytes, at, &Needle::new(&needle)));
                    assert!(!Portable.same(&bytes, at, &Needle::new(&needle)));
                }
            }
        }
    }

    #[test]
    fn vectors_answer_as_plain_loops() {
        dispatch(Compare(7));
        Compare(9).run(Portable);
    }
}
