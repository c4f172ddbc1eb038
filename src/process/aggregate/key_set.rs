//! A set of byte strings with dense numbers: what group tables and distinct counts stand on.
//!
//! A slot of the hash table is 24 bytes and holds keys of up to 16 bytes whole, as two words, so that looking one up
//! touches one group of control bytes and one slot; longer keys are compared in the arena after their whole hash
//! agrees. The hash (foldhash) has a random seed per run, against inputs made to collide; numbers and results
//! must not depend on it.

use crate::core::integer::{low, narrow, words};
use std::hash::{BuildHasher, Hasher};

use hashbrown::HashTable;

/// The seed of the hash.
pub(crate) type Seed = foldhash::fast::RandomState;

/// Longest key that a slot holds whole, in bytes.
const SHORT: usize = 16;
/// Stands for the length of null, which is a key too.
const NULL: u32 = u32::MAX;

/// The number of no key.
pub(crate) const NONE: u32 = u32::MAX;

/// Byte strings, numbered in the order in which they came.
#[derive(Debug)]
pub(crate) struct KeySet {
    seed: Seed,
    table: HashTable<Slot>,
    arena: Vec<u8>,
    /// For each key, where it ends in the arena.
    ends: Vec<usize>,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    words: [u64; 2],
    len: u32,
    number: u32,
}

/// A key made ready for lookup: itself or, if it is long, its hash; together with its length that tells short
/// keys apart.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Packed {
    words: [u64; 2],
    len: u32,
    hash: u64,
}

impl Packed {
    /// The hash, for partitioning.
    pub(crate) fn hash(&self) -> u64 {
        self.hash
    }
}

impl KeySet {
    /// An empty set.
    pub(crate) fn new(seed: Seed) -> Self {
        Self { seed, table: HashTable::new(), arena: Vec::new(), ends: Vec::new() }
    }

    /// The seed of its hash.
    pub(crate) fn seed(&self) -> Seed {
        self.seed.clone()
    }

    /// Forgets all keys, and keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.table.clear();
        self.arena.clear();
        self.ends.clear();
    }

    /// All keys, in the order of their numbers.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let mut start = 0;
        self.ends.iter().map(move |end| self.arena.get(std::mem::replace(&mut start, *end)..*end).unwrap_or_default())
    }

    /// How many keys there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// About the bytes of memory it takes.
    pub(crate) fn memory(&self) -> usize {
        self.table.allocation_size() + self.arena.capacity() + self.ends.capacity() * size_of::<usize>()
    }

    /// The key of that number; null is empty.
    pub(crate) fn key(&self, number: usize) -> &[u8] {
        bytes_of(&self.arena, &self.ends, number)
    }

    /// Makes a key ready.
    pub(crate) fn pack(&self, key: &[u8]) -> Packed {
        match short_words(key) {
            Some(short) => self.packed(short, narrow(key.len())),
            None => self.pack_long(key),
        }
    }

    /// Makes the key `source[start..start + len]` ready. The bytes after it are read along and masked, so that keys of
    /// changing lengths cost no mispredicted branch.
    #[inline]
    pub(crate) fn pack_at(&self, source: &[u8], start: usize, len: usize) -> Packed {
        let window = source.get(start..).and_then(|rest| rest.first_chunk());
        match (window, MASKS.get(len)) {
            (Some(window), Some(mask)) => {
                // There is a mask for no more than 16 bytes.
                self.packed(words(u128::from_le_bytes(*window) & mask), low(len as u64))
            }
            _ => self.pack(source.get(start..start + len).unwrap_or_default()),
        }
    }

    /// Null as a key.
    pub(crate) fn pack_null(&self) -> Packed {
        self.packed([0; 2], NULL)
    }

    #[inline]
    fn packed(&self, words: [u64; 2], len: u32) -> Packed {
        Packed { words, len, hash: hash_words(&self.seed, words) }
    }

    fn pack_long(&self, key: &[u8]) -> Packed {
        let mut hasher = self.seed.build_hasher();
        hasher.write(key);
        let hash = hasher.finish();
        Packed { words: [hash, 0], len: narrow(key.len()), hash }
    }

    /// The number of a key as it is, a new one if it is new.
    pub(crate) fn number(&mut self, key: &[u8]) -> usize {
        self.insert(self.pack(key), || key) as usize
    }

    /// For each key of another set, its number in this one, a new one if it is new.
    pub(crate) fn number_all(&mut self, other: &Self) -> Vec<usize> {
        (0..other.len()).map(|number| self.number(other.key(number))).collect()
    }

    /// The number of a key, a new one if it is new. `key` is asked for the bytes of long keys and of new ones.
    #[inline]
    pub(crate) fn insert<'a>(&mut self, packed: Packed, key: impl Fn() -> &'a [u8]) -> u32 {
        let found = self.table.find(packed.hash, |slot| {
            slot.words == packed.words
                && slot.len == packed.len
                && (is_whole(slot.len) || bytes_of(&self.arena, &self.ends, slot.number as usize) == key())
        });
        match found {
            Some(slot) => slot.number,
            None => self.add(packed, key()),
        }
    }

    /// The number of a key; [`NONE`] where it is not there.
    #[inline]
    pub(crate) fn find(&self, packed: Packed, key: &[u8]) -> u32 {
        let found = self.table.find(packed.hash, |slot| {
            slot.words == packed.words
                && slot.len == packed.len
                && (is_whole(slot.len) || bytes_of(&self.arena, &self.ends, slot.number as usize) == key)
        });
        found.map_or(NONE, |slot| slot.number)
    }

    #[cold]
    #[inline(never)]
    fn add(&mut self, packed: Packed, key: &[u8]) -> u32 {
        let number = narrow(self.ends.len());
        self.arena.extend_from_slice(key);
        self.ends.push(self.arena.len());
        let seed = &self.seed;
        let slot = Slot { words: packed.words, len: packed.len, number };
        self.table.insert_unique(packed.hash, slot, |slot| match slot.words {
            words if is_whole(slot.len) => hash_words(seed, words),
            [hash, _] => hash,
        });
        number
    }
}

/// Whether a slot with that length holds the whole key.
#[inline]
fn is_whole(len: u32) -> bool {
    len as usize <= SHORT || len == NULL
}

fn bytes_of<'a>(arena: &'a [u8], ends: &[usize], number: usize) -> &'a [u8] {
    let start = number.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
    ends.get(number).and_then(|end| arena.get(start..*end)).unwrap_or_default()
}

/// For each length of a short key, the bytes of it.
#[expect(clippy::indexing_slicing, reason = "computed when the program is built, which fails where it panics")]
static MASKS: [u128; SHORT + 1] = {
    let mut masks = [u128::MAX; SHORT + 1];
    let mut len = 0;
    while len < SHORT {
        masks[len] = (1 << (8 * len)) - 1;
        len += 1;
    }
    masks
};

/// The bytes of a short key as two words, filled up with zeros.
fn short_words(key: &[u8]) -> Option<[u64; 2]> {
    let mut padded = [0; SHORT];
    padded.get_mut(..key.len())?.copy_from_slice(key);
    Some(words(u128::from_le_bytes(padded)))
}

#[inline]
fn hash_words(seed: &Seed, [first, second]: [u64; 2]) -> u64 {
    let mut hasher = seed.build_hasher();
    hasher.write_u128(u128::from(first) | (u128::from(second) << 64));
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::{KeySet, NONE, Seed};

    #[test]
    fn numbers_keys_as_a_map_does() {
        let mut set = KeySet::new(Seed::default());
        let mut map: HashMap<Option<Vec<u8>>, u32> = HashMap::new();
        let mut state = 99_u64;
        for _ in 0..60_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let len = (state >> 33) as usize % 24;
            let key: Vec<u8> = (0..len).map(|at| if at % 5 == 0 { (state >> 40) as u8 & 7 } else { 0 }).collect();
            let fresh = map.len() as u32;
            if state >> 60 == 0 {
                let packed = set.pack_null();
                assert_eq!(set.insert(packed, || b""), *map.entry(None).or_insert(fresh));
            } else {
                let packed = set.pack(&key);
                assert_eq!(set.find(packed, &key), map.get(&Some(key.clone())).copied().unwrap_or(NONE));
                assert_eq!(set.insert(packed, || &key), *map.entry(Some(key.clone())).or_insert(fresh));
            }
        }
        assert_eq!(set.len(), map.len());
        for (key, number) in map {
            assert_eq!(set.key(number as usize), key.unwrap_or_default());
        }
    }
}
