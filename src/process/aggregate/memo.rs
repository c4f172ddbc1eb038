//! The numbers of values that came lately, for columns of few different values: told by a value's ends, so that neither a
//! hash of all its bytes nor a comparison in memory is needed, nor a branch on its length.

use crate::core::integer::{narrow, to_index, words};

/// Longest value that its ends cover, in bytes.
const LONGEST: usize = 32;
/// Pairs of places.
const PAIRS: usize = 256;

/// A value by its ends, with its number.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    ends: [u64; 4],
    /// One more than its length; 0 where there is no value.
    length: u32,
    number: u32,
}

/// Values and their numbers; each may be in one of two places, and one that comes again moves the older one out.
#[derive(Debug)]
pub(super) struct Memo {
    pairs: Vec<[Place; 2]>,
}

impl Memo {
    /// No values.
    pub(super) fn new() -> Self {
        Self { pairs: Vec::new() }
    }

    /// The number of a value; `find` is asked where it did not come lately, and always gives the same for the same value.
    #[inline]
    pub(super) fn number(&mut self, value: &[u8], find: impl FnOnce(&[u8]) -> u32) -> u32 {
        let Some(ends) = ends(value) else { return find(value) };
        if self.pairs.is_empty() {
            self.pairs.resize(PAIRS, [Place::default(); 2]);
        }
        let length = narrow(value.len()) + 1;
        let Some(pair) = self.pairs.get_mut(to_index(spread(ends)) % PAIRS) else { return find(value) };
        let [newer, older] = pair;
        let is = |place: &Place| place.ends == ends && place.length == length;
        if is(newer) {
            return newer.number;
        }
        if is(older) {
            return older.number;
        }
        let number = find(value);
        *older = std::mem::replace(newer, Place { ends, length, number });
        number
    }

    /// About the bytes of memory it takes.
    pub(super) fn memory(&self) -> usize {
        self.pairs.capacity() * size_of::<[Place; 2]>()
    }
}

/// What is left of a value of that length or more by its first and last `N` bytes.
#[inline]
fn both<const N: usize>(value: &[u8]) -> Option<([u8; N], [u8; N])> {
    Some((*value.first_chunk()?, *value.last_chunk()?))
}

/// All bytes of a value, some of them twice, if it is not too long.
#[inline]
fn ends(value: &[u8]) -> Option<[u64; 4]> {
    Some(match value.len() {
        16..=LONGEST => {
            let (first, last) = both::<16>(value)?;
            let [a, b] = words(u128::from_le_bytes(first));
            let [c, d] = words(u128::from_le_bytes(last));
            [a, b, c, d]
        }
        8..16 => {
            let (first, last) = both::<8>(value)?;
            [u64::from_le_bytes(first), u64::from_le_bytes(last), 0, 0]
        }
        4..8 => {
            let (first, last) = both::<4>(value)?;
            [u64::from(u32::from_le_bytes(first)), u64::from(u32::from_le_bytes(last)), 0, 0]
        }
        0..4 => [value.iter().fold(0, |word, byte| (word << 8) | u64::from(*byte)), 0, 0, 0],
        _ => return None,
    })
}

/// A mix of the ends' bits.
#[inline]
fn spread([a, b, c, d]: [u64; 4]) -> u64 {
    let mix = |word: u64, factor: u64| word.wrapping_mul(factor);
    let first = mix(a, 0x9E37_79B9_7F4A_7C15) ^ mix(b, 0xC2B2_AE3D_27D4_EB4F);
    let last = mix(c, 0x1656_67B1_9E37_79F9) ^ mix(d, 0xD6E8_FEB8_6659_FD93);
    (first ^ last.rotate_left(29)) >> 48
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::Memo;

    #[test]
    fn numbers_values_as_a_map_does() {
        let mut memo = Memo::new();
        let mut map: HashMap<Vec<u8>, u32> = HashMap::new();
        let (mut state, mut asked) = (21_u64, 0);
        for _ in 0..100_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let len = (state >> 33) as usize % 40;
            let at = (state >> 45) as usize % (len + 1);
            let value: Vec<u8> = (0..len).map(|byte| if byte == at { (state >> 61) as u8 } else { b'a' }).collect();
            let fresh = map.len() as u32;
            let number = memo.number(&value, |value| {
                asked += 1;
                *map.entry(value.to_vec()).or_insert(fresh)
            });
            assert_eq!(Some(&number), map.get(&value));
        }
        assert!(asked < 95_000, "{asked}");
    }
}
