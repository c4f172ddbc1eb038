//! The fast reader of many short numbers: a sign, at most eight characters that are digits and at most one point.
//!
//! Sums of columns spend their time here. What [`number`] does to one word, this does to the words of four numbers at once
//! with AVX2: the point is found by comparison and squeezed out with masks made by subtraction, and multiply-adds join
//! the digits (W. Mula, "SIMD-ized parsing of series of integers", 2014).

#![allow(unsafe_code)]
#![expect(clippy::needless_bitwise_bool, reason = "what numbers look like must not decide about a jump")]

use crate::core::scan::number;

/// The scale of what this reader does not take, which may be a number all the same.
pub(crate) const REFUSED: u8 = u8::MAX;

/// The characters of a short number.
#[derive(Debug, Clone, Copy)]
struct Window {
    /// The characters, the last in the highest byte, filled up with zeros in front.
    word: u64,
    /// -1 where it is negative, else 0.
    sign: i64,
}

impl Window {
    /// Stands for what is no short number.
    const NONE: Self = Self { word: u64::MAX, sign: 0 };

    /// Those of `source[start..start + len]`. The bytes before them are read along and masked, so that neither signs nor
    /// changing lengths cost a mispredicted branch.
    #[inline]
    fn at(source: &[u8], start: usize, len: usize) -> Self {
        let end = start + len;
        let window = end.checked_sub(8).and_then(|from| source.get(from..end)?.first_chunk());
        let (Some(window), Some(first)) = (window, source.get(start)) else { return Self::NONE };
        let negative = *first == b'-';
        let digits = len.wrapping_sub(usize::from(negative | (*first == b'+')));
        // A point alone is no number.
        let refused = (digits.wrapping_sub(1) >= 8) | ((digits == 1) & (window[7] == b'.'));
        let here = HERE[digits % 16];
        let word = (u64::from_le_bytes(*window) & here) | (number::ZEROS & !here);
        Self { word: word | u64::from(!refused).wrapping_sub(1), sign: -i64::from(negative) }
    }
}

/// For each number of characters, where they are in a word.
const HERE: [u64; 16] = {
    let mut masks = [u64::MAX; 16];
    let mut count = 1;
    while count < 8 {
        masks[count] = !0 << (8 * (8 - count));
        count += 1;
    }
    masks
};

/// Where numbers are: spans of `source`, written as cells are. From the lowest bit on 32 bits of start, 27 of length, and
/// five that must be the number of a bit in `kinds`; spans of which they are not are no numbers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spans<'a> {
    /// What the spans are of.
    pub(crate) source: &'a [u8],
    /// The spans, one after the other.
    pub(crate) list: &'a [u64],
    /// The numbers of what may be read, a bit each.
    pub(crate) kinds: u32,
}

impl Spans<'_> {
    /// The eight bytes before the end of a span; all ones where there are not as many.
    #[inline]
    fn word(&self, span: u64) -> u64 {
        let end = (span as u32 as usize) + ((span >> 32) as usize & ((1 << 27) - 1));
        let bytes = self.source.get(..end).and_then(|before| before.last_chunk::<8>());
        bytes.map_or(u64::MAX, |bytes| u64::from_le_bytes(*bytes))
    }

    /// The window of a span.
    #[inline]
    fn window(&self, span: u64) -> Window {
        let wanted = self.kinds >> (span >> 59) & 1 == 1;
        let (start, len) = (span as u32 as usize, (span >> 32) as usize & ((1 << 27) - 1));
        if wanted { Window::at(self.source, start, len) } else { Window::NONE }
    }
}

/// Reads each span as `(units, scale)`, units by ten to the scale; the scale is [`REFUSED`] where it is no number.
/// What is read are as many as the shortest of the slices has. Whether all of them are numbers.
pub(crate) fn read(spans: Spans<'_>, units: &mut [i64], scales: &mut [u8]) -> bool {
    let count = spans.list.len().min(units.len()).min(scales.len());
    let (units, scales) = (&mut units[..count], &mut scales[..count]);
    let spans = Spans { list: &spans.list[..count], ..spans };
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        // SAFETY: the feature was detected.
        return unsafe { avx2::read(spans, units, scales) };
    }
    read_plain(spans, units, scales)
}

/// [`read`], one after the other.
fn read_plain(spans: Spans<'_>, units: &mut [i64], scales: &mut [u8]) -> bool {
    let mut all = true;
    for ((span, units), scale) in spans.list.iter().zip(units).zip(scales) {
        let window = spans.window(*span);
        (*units, *scale) = match number::read(window.word, 8) {
            Some(word) => ((i64::from(word.value) ^ window.sign) - window.sign, word.fraction.unwrap_or(0) as u8),
            None => (0, REFUSED),
        };
        all &= *scale != REFUSED;
    }
    all
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use super::{Spans, Window, read_plain};
    use std::arch::x86_64::{
        __m256i, _mm256_add_epi64, _mm256_and_si256, _mm256_andnot_si256, _mm256_cmpeq_epi8, _mm256_cmpeq_epi64,
        _mm256_cmpgt_epi64, _mm256_loadu_si256, _mm256_madd_epi16, _mm256_maddubs_epi16, _mm256_max_epu8,
        _mm256_movemask_epi8, _mm256_mul_epu32, _mm256_or_si256, _mm256_sad_epu8, _mm256_set_epi64x, _mm256_set1_epi8,
        _mm256_set1_epi32, _mm256_set1_epi64x, _mm256_setzero_si256, _mm256_slli_epi64, _mm256_sllv_epi64,
        _mm256_srli_epi64, _mm256_srlv_epi64, _mm256_storeu_si256, _mm256_sub_epi64, _mm256_xor_si256,
    };

    /// [`super::read`] of slices that are equally long.
    ///
    /// # Safety
    /// AVX2 must be there.
    #[target_feature(enable = "avx2")]
    pub(super) unsafe fn read(spans: Spans<'_>, units: &mut [i64], scales: &mut [u8]) -> bool {
        let (fours, rest) = spans.list.as_chunks::<4>();
        let (unit_fours, unit_rest) = units.as_chunks_mut::<4>();
        let (scale_fours, scale_rest) = scales.as_chunks_mut::<4>();
        let mut any = _mm256_setzero_si256();
        for ((four_spans, units), scales) in fours.iter().zip(unit_fours).zip(scale_fours) {
            let (words, sign) = match windows(spans, four_spans) {
                Some(windows) => windows,
                None => one_by_one(four_spans.map(|span| spans.window(span))),
            };
            let (values, scale) = four(words);
            let values = _mm256_sub_epi64(_mm256_xor_si256(values, sign), sign);
            any = _mm256_or_si256(any, scale);
            let mut four_scales = [0_u64; 4];
            // SAFETY: both unaligned stores fill an array of four words.
            unsafe {
                _mm256_storeu_si256(units.as_mut_ptr().cast(), values);
                _mm256_storeu_si256(four_scales.as_mut_ptr().cast(), scale);
            }
            *scales = four_scales.map(|scale| scale as u8);
        }
        // No scale but that of what is refused has a sign.
        let refused = _mm256_movemask_epi8(any) != 0;
        read_plain(Spans { list: rest, ..spans }, unit_rest, scale_rest) & !refused
    }

    /// The words and signs of four windows.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn one_by_one(windows: [Window; 4]) -> (__m256i, __m256i) {
        let [a, b, c, d] = windows.map(|window| window.word.cast_signed());
        let sign = _mm256_set_epi64x(windows[3].sign, windows[2].sign, windows[1].sign, windows[0].sign);
        (_mm256_set_epi64x(d, c, b, a), sign)
    }

    /// The words and signs of the windows of four spans; none where a span is of nine characters, the first of which is
    /// in no word.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn windows(spans: Spans<'_>, four: &[u64; 4]) -> Option<(__m256i, __m256i)> {
        let number = |number: i64| _mm256_set1_epi64x(number);
        let ones = _mm256_set1_epi8(-1);
        // SAFETY: the unaligned load is of the four spans.
        let bits = unsafe { _mm256_loadu_si256(four.as_ptr().cast()) };
        let len = _mm256_and_si256(_mm256_srli_epi64::<32>(bits), number((1 << 27) - 1));
        if _mm256_movemask_epi8(_mm256_cmpeq_epi64(len, number(9))) != 0 {
            return None;
        }
        let [a, b, c, d] = four.map(|span| spans.word(span).cast_signed());
        let words = _mm256_set_epi64x(d, c, b, a);
        // The first character, for spans that a word holds; the shift of others is too long and leaves zero.
        let before = _mm256_slli_epi64::<3>(_mm256_sub_epi64(number(8), len));
        let first = _mm256_and_si256(_mm256_srlv_epi64(words, before), number(0xFF));
        let negative = _mm256_cmpeq_epi64(first, number(i64::from(b'-')));
        let signed = _mm256_or_si256(negative, _mm256_cmpeq_epi64(first, number(i64::from(b'+'))));
        let digits = _mm256_add_epi64(len, signed);
        let last = _mm256_srli_epi64::<56>(words);
        let point = _mm256_cmpeq_epi64(last, number(i64::from(b'.')));
        let lone = _mm256_and_si256(_mm256_cmpeq_epi64(digits, number(1)), point);
        let none = _mm256_cmpgt_epi64(number(1), digits);
        let many = _mm256_cmpgt_epi64(digits, number(8));
        let skip = _mm256_slli_epi64::<3>(_mm256_sub_epi64(number(8), digits));
        let here = _mm256_sllv_epi64(ones, skip);
        let zeros = _mm256_andnot_si256(here, _mm256_set1_epi8(b'0'.cast_signed()));
        let words = _mm256_or_si256(_mm256_and_si256(words, here), zeros);
        let kind = _mm256_srlv_epi64(number(i64::from(spans.kinds)), _mm256_srli_epi64::<59>(bits));
        let unwanted = _mm256_cmpeq_epi64(_mm256_and_si256(kind, number(1)), _mm256_setzero_si256());
        let refused = _mm256_or_si256(_mm256_or_si256(lone, none), _mm256_or_si256(many, unwanted));
        Some((_mm256_or_si256(words, refused), negative))
    }

    /// The values of four words without their signs, and their scales: all ones where a word is no number.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn four(words: __m256i) -> (__m256i, __m256i) {
        let (zero, one) = (_mm256_setzero_si256(), _mm256_set1_epi64x(1));
        let digits = _mm256_xor_si256(words, _mm256_set1_epi8(b'0'.cast_signed()));
        let nine = _mm256_set1_epi8(9);
        let is_digit = _mm256_cmpeq_epi8(_mm256_max_epu8(digits, nine), nine);
        let point = _mm256_cmpeq_epi8(digits, _mm256_set1_epi8((b'.' ^ b'0').cast_signed()));
        let whole = _mm256_cmpeq_epi64(point, zero);
        // The lowest bit of the first point; all below it are before it, all above its byte are behind it.
        let lowest = _mm256_and_si256(point, _mm256_sub_epi64(zero, point));
        let before = _mm256_andnot_si256(whole, _mm256_sub_epi64(lowest, one));
        let up_to = _mm256_sub_epi64(_mm256_slli_epi64::<8>(lowest), one);
        let behind = _mm256_andnot_si256(up_to, _mm256_set1_epi8(-1));
        // Without a point there is none to be squeezed out.
        let kept = _mm256_or_si256(behind, whole);
        // A number: each byte is a digit or the point, and no second one is behind it.
        let known = _mm256_or_si256(is_digit, _mm256_andnot_si256(behind, point));
        let number = _mm256_cmpeq_epi64(known, _mm256_set1_epi8(-1));
        let moved = _mm256_slli_epi64::<8>(_mm256_and_si256(digits, before));
        let digits = _mm256_or_si256(_mm256_and_si256(digits, kept), moved);
        let pairs = _mm256_maddubs_epi16(digits, _mm256_set1_epi32(0x010A_010A));
        let fours = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x0001_0064));
        let high = _mm256_mul_epu32(fours, _mm256_set1_epi64x(10_000));
        let values = _mm256_add_epi64(high, _mm256_srli_epi64::<32>(fours));
        let behind = _mm256_andnot_si256(whole, _mm256_and_si256(behind, _mm256_set1_epi8(1)));
        let scales = _mm256_sad_epu8(behind, zero);
        (values, _mm256_or_si256(scales, _mm256_xor_si256(number, _mm256_set1_epi8(-1))))
    }
}

#[cfg(test)]
mod tests {
    use super::{REFUSED, Spans, read, read_plain};
    use crate::core::scan::number::parse_small_at;
    use crate::core::scan::testing::{Random, rounds};

    #[test]
    fn agrees_with_the_reader_of_one() {
        let mut random = Random(0x9E37_79B9_7F4A_7C15);
        for round in 0..rounds(60_000) {
            let (mut source, mut spans) = (random.text(b"1.-", 8), Vec::new());
            for _ in 0..random.below(12) {
                let len = random.below(11);
                let mut text = random.text(b"0123456789", len);
                if len > 0 && round % 2 == 0 {
                    let at = random.below(len);
                    text[at] = b'.';
                }
                if len > 0 && round % 3 == 0 {
                    text[0] = random.of(b"+-");
                }
                if len > 0 && round % 5 == 0 {
                    let at = random.below(len);
                    text[at] = random.any() as u8;
                }
                spans.push((source.len(), len, random.below(4)));
                source.extend(text);
                let between = random.below(3);
                source.extend(random.text(b",.-+7 ", between));
            }
            let bits = |(start, len, kind): &(usize, usize, usize)| {
                *start as u64 | (*len as u64) << 32 | (if *kind == 0 { 16 + 3 } else { *kind } as u64) << 59
            };
            let written: Vec<u64> = spans.iter().map(bits).collect();
            let all_spans = Spans { source: &source, list: &written, kinds: 0b110 };
            let (mut units, mut scales) = (vec![7; spans.len()], vec![7; spans.len()]);
            let all = read(all_spans, &mut units, &mut scales);
            assert_eq!(all, !scales.contains(&REFUSED));
            let (mut plain_units, mut plain_scales) = (vec![8; spans.len()], vec![8; spans.len()]);
            assert_eq!(read_plain(all_spans, &mut plain_units, &mut plain_scales), all);
            for (at, (start, len, kind)) in spans.into_iter().enumerate() {
                let text = source[start..start + len].escape_ascii();
                let signed = matches!(source.get(start), Some(b'+' | b'-')) && len > 0;
                let expected = parse_small_at(&source, start, len)
                    .filter(|_| len - usize::from(signed) <= 8 && (kind == 1 || kind == 2));
                let found = |units: &[i64], scales: &[u8]| (scales[at] != REFUSED).then_some((units[at], scales[at]));
                assert_eq!(found(&units, &scales), expected, "{text}");
                assert_eq!(found(&plain_units, &plain_scales), expected, "{text}");
            }
        }
    }

    #[test]
    fn spans_at_the_edges_of_a_source_are_left_to_others() {
        let span = |start: u64, len: u64| start | len << 32 | 1 << 59;
        let read_of = |source: &[u8], spans: &[u64]| {
            let mut scales = vec![0; spans.len()];
            let spans = Spans { source, list: spans, kinds: 0b10 };
            assert!(!read(spans, &mut vec![0; spans.list.len()], &mut scales));
            scales
        };
        let here = span(0, 7);
        assert_eq!(read_of(b"1234567", &[here, here, here, here, here]), [REFUSED; 5]);
        let beyond = [span(7, 2), span(8, 1), span(4_000_000_000, 3), span(1, 8), span(100, 0)];
        assert_eq!(read_of(b"12345678", &beyond), [REFUSED; 5]);
        assert_eq!(read_of(b"", &[0, 0, u64::MAX, span(0, 8)]), [REFUSED; 4]);
    }
}
