//! A set of byte strings with dense numbers: what group tables and distinct counts stand on.
//!
//! A hash table of eight-byte entries, open addressing with linear probing and at most half full (a small one at most an
//! eighth, so that hardly a key is far from its home), leads from 32 bits of the hash to a key's number. Keys of up to 16
//! bytes are whole in a list by number, so that looking one up touches one place in each; longer keys are compared in the
//! arena after their whole hash agrees. Where many are looked up, [`seek`] does so for a run of them at once. The hash
//! (foldhash) has a random seed per run, against inputs made to collide; numbers and results must not depend on it.

mod seek;

pub(crate) use seek::{Keys, PLAIN, RUN, Scratch};

use crate::core::integer::{high, low, narrow, to_index, words};
use std::hash::{BuildHasher, Hasher};

/// The seed of the hash.
pub(crate) type Seed = foldhash::fast::RandomState;

/// Longest key that the list of keys holds whole, in bytes.
const SHORT: usize = 16;
/// Longest key that is hashed and compared as two words of 16 bytes. In the arena it takes as much.
const MIDDLE: usize = 2 * SHORT;
/// Stands for the length of null, which is a key too.
const NULL: u32 = u32::MAX;

/// The number of no key.
pub(crate) const NONE: u32 = u32::MAX;

/// No entry of the hash table.
const EMPTY: u64 = u64::MAX;
/// Entries of the smallest hash table.
const SMALLEST: usize = 16;

/// From so many keys on they are not all in the nearest caches.
const MUCH: usize = 1024;
/// Up to so many entries a hash table is small: all of it is in the nearest caches.
const SMALL: usize = 4096;

/// Byte strings, numbered in the order in which they came.
#[derive(Debug)]
pub(crate) struct KeySet {
    seed: Seed,
    /// The hash table: none, or a power of two of entries, the hash above and the number below.
    entries: Vec<u64>,
    keys: Vec<Key>,
    /// The bytes of long keys.
    arena: Vec<u8>,
}

/// A key: itself, or of a long key the hash and where it starts in the arena.
#[derive(Debug, Clone, Copy)]
struct Key {
    bytes: [u8; SHORT],
    len: u32,
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

    /// The part of the hash that entries hold.
    #[inline]
    fn tag(&self) -> u32 {
        low(self.hash)
    }
}

impl Key {
    /// Its bytes as words.
    #[inline]
    fn words(&self) -> [u64; 2] {
        words(u128::from_le_bytes(self.bytes))
    }

    /// Whether it is a short key and this one.
    #[inline]
    fn is(&self, packed: &Packed) -> bool {
        self.words() == packed.words && self.len == packed.len && is_whole(packed.len)
    }

    /// Whether it is the key `packed`, whose bytes are `key`.
    #[inline]
    fn is_long<'a>(&self, packed: &Packed, key: impl Fn() -> &'a [u8], arena: &[u8]) -> bool {
        let [hash, _] = self.words();
        self.len == packed.len && !is_whole(packed.len) && hash == packed.hash && self.in_arena(arena) == key()
    }

    fn in_arena<'a>(&self, arena: &'a [u8]) -> &'a [u8] {
        let [_, start] = self.words();
        arena.get(to_index(start)..).and_then(|rest| rest.get(..self.len as usize)).unwrap_or_default()
    }
}

impl KeySet {
    /// An empty set.
    pub(crate) fn new(seed: Seed) -> Self {
        Self { seed, entries: Vec::new(), keys: Vec::new(), arena: Vec::new() }
    }

    /// The seed of its hash.
    pub(crate) fn seed(&self) -> Seed {
        self.seed.clone()
    }

    /// Makes room for so many more keys.
    pub(crate) fn reserve(&mut self, more: usize) {
        self.keys.reserve(more);
        while self.most() < self.keys.len() + more {
            self.enlarge();
        }
    }

    /// Forgets all keys, and keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.entries.fill(EMPTY);
        self.arena.clear();
        self.keys.clear();
    }

    /// All keys, in the order of their numbers.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.keys.iter().map(|key| self.bytes(key))
    }

    /// How many keys there are.
    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    /// About the bytes of memory it takes.
    pub(crate) fn memory(&self) -> usize {
        let entries = self.entries.capacity() * size_of::<u64>();
        entries + self.keys.capacity() * size_of::<Key>() + self.arena.capacity()
    }

    /// The key of that number; null is empty.
    pub(crate) fn key(&self, number: usize) -> &[u8] {
        self.keys.get(number).map_or(&[], |key| self.bytes(key))
    }

    fn bytes<'a>(&'a self, key: &'a Key) -> &'a [u8] {
        match key.len {
            NULL => &[],
            len => key.bytes.get(..len as usize).unwrap_or_else(|| key.in_arena(&self.arena)),
        }
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
        match seek::short(source, start, len).filter(|_| len <= SHORT) {
            Some((words, len)) => self.packed(words, len),
            None => self.pack(source.get(start..start + len).unwrap_or_default()),
        }
    }

    /// The key of that number, ready for another set of the same seed: of a short one nothing is copied, of a long one the
    /// hash is known.
    pub(crate) fn pack_again(&self, number: usize) -> Packed {
        let Some(key) = self.keys.get(number) else { return self.pack_null() };
        let words = key.words();
        if is_whole(key.len) {
            return self.packed(words, key.len);
        }
        Packed { words: [words[0], 0], len: key.len, hash: words[0] }
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
        let hash = middle_words(key).map_or_else(
            || {
                let mut hasher = self.seed.build_hasher();
                hasher.write(key);
                hasher.finish()
            },
            |words| hash_middle(&self.seed, words),
        );
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
        match self.look_up(&packed, &key) {
            NONE => self.add(packed, key()),
            number => number,
        }
    }

    /// The number of a key; [`NONE`] where it is not there.
    #[inline]
    pub(crate) fn find(&self, packed: Packed, key: &[u8]) -> u32 {
        self.look_up(&packed, &|| key)
    }

    #[inline]
    fn look_up<'a>(&self, packed: &Packed, key: &impl Fn() -> &'a [u8]) -> u32 {
        let mask = self.entries.len().wrapping_sub(1);
        let mut at = packed.tag() as usize & mask;
        while let Some(entry) = self.entries.get(at).filter(|entry| **entry != EMPTY) {
            if high(*entry) == packed.tag()
                && let Some(there) = self.keys.get(low(*entry) as usize)
                && (there.is(packed) || there.is_long(packed, key, &self.arena))
            {
                return low(*entry);
            }
            at = (at + 1) & mask;
        }
        NONE
    }

    #[cold]
    #[inline(never)]
    fn add(&mut self, packed: Packed, key: &[u8]) -> u32 {
        let number = narrow(self.keys.len());
        let [first, second] = packed.words;
        let second = if is_whole(packed.len) { second } else { self.arena.len() as u64 };
        if !is_whole(packed.len) {
            self.arena.extend_from_slice(key);
            self.arena.resize(self.arena.len() + MIDDLE.saturating_sub(key.len()), 0);
        }
        let bytes = (u128::from(first) | (u128::from(second) << 64)).to_le_bytes();
        self.keys.push(Key { bytes, len: packed.len });
        if self.keys.len() > self.most() {
            self.enlarge();
        }
        enter(&mut self.entries, (u64::from(packed.tag()) << 32) | u64::from(number));
        number
    }

    /// How many keys the hash table is for.
    fn most(&self) -> usize {
        let entries = self.entries.len();
        if entries <= SMALL { entries / 8 } else { entries / 2 }
    }

    /// Makes the hash table twice as large.
    fn enlarge(&mut self) {
        let mut entries = vec![EMPTY; (2 * self.entries.len()).max(SMALLEST)];
        self.entries.iter().filter(|entry| **entry != EMPTY).for_each(|entry| enter(&mut entries, *entry));
        self.entries = entries;
    }
}

/// Puts an entry in the next free place.
#[inline]
fn enter(entries: &mut [u64], entry: u64) {
    let mask = entries.len().wrapping_sub(1);
    let mut at = high(entry) as usize & mask;
    while entries.get(at).is_some_and(|taken| *taken != EMPTY) {
        at = (at + 1) & mask;
    }
    if let Some(free) = entries.get_mut(at) {
        *free = entry;
    }
}

/// Whether a key of that length is whole in the list of keys.
#[inline]
fn is_whole(len: u32) -> bool {
    len as usize <= SHORT || len == NULL
}

/// The bytes of a short key as two words, filled up with zeros.
fn short_words(key: &[u8]) -> Option<[u64; 2]> {
    let mut padded = [0; SHORT];
    padded.get_mut(..key.len())?.copy_from_slice(key);
    Some(words(u128::from_le_bytes(padded)))
}

/// The bytes of a key that is neither short nor long, filled up with zeros.
fn middle_words(key: &[u8]) -> Option<[u128; 2]> {
    let mut padded = [0; MIDDLE];
    padded.get_mut(..key.len())?.copy_from_slice(key);
    let (first, second) = (padded.first_chunk()?, padded.last_chunk()?);
    Some([u128::from_le_bytes(*first), u128::from_le_bytes(*second)])
}

#[inline]
fn hash_middle(seed: &Seed, [first, second]: [u128; 2]) -> u64 {
    let mut hasher = seed.build_hasher();
    hasher.write_u128(first);
    hasher.write_u128(second);
    hasher.finish()
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
    fn keys_that_collide_in_one_run_do_not_in_another() {
        // Whoever knew the seed of a run would have these; short keys and long ones are hashed in two ways.
        for prefix in ["", "a key that is longer than a slot holds "] {
            let (known, other) = (KeySet::new(Seed::default()), KeySet::new(Seed::default()));
            let bits = |set: &KeySet, key: &str| set.pack(key.as_bytes()).hash() & 0xFFF;
            let all = (0..400_000).map(|n| format!("{prefix}{n}"));
            let collide: Vec<String> = all.filter(|key| bits(&known, key) == 7).collect();
            assert!(collide.len() > 50, "{}", collide.len());
            let mut places: Vec<u64> = collide.iter().map(|key| bits(&other, key)).collect();
            places.sort_unstable();
            places.dedup();
            assert!(places.len() > collide.len() / 2, "{} of {}", places.len(), collide.len());
        }
    }

    #[test]
    fn numbers_keys_as_a_map_does() {
        let mut set = KeySet::new(Seed::default());
        let mut map: HashMap<Option<Vec<u8>>, u32> = HashMap::new();
        let mut state = 99_u64;
        for _ in 0..60_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let len = (state >> 33) as usize % 40;
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
        assert_eq!(set.iter().count(), map.len());
        assert_eq!(set.len(), map.len());
        for (key, number) in map {
            assert_eq!(set.key(number as usize), key.unwrap_or_default());
        }
    }
}
