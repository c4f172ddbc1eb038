//! The numbers of the keys of a run of rows.
//!
//! Grouping spends much of its time here, so nothing in these loops is decided by a key: its length chooses a mask and not
//! a branch, and of the two entries where a key mostly is, the one that has its tag is taken without a jump. Where keys differ
//! in class (up to 16 bytes or up to 32, in the block or beside it), those of each class are gathered before any is looked
//! at. What is not seen that way (new keys, keys far from their home, very long ones, escapes, the end of a block) is
//! left to a search. In a large set each step is done for the whole run before the next, so that the processor waits for
//! all of memory at once.

use std::hint::black_box;

use super::{EMPTY, Key, KeySet, MIDDLE, MUCH, NONE, SHORT, hash_middle, hash_words};
use crate::core::data::cell::{Cell, Kind};
use crate::core::integer::{high, low, narrow, to_index, words};

/// Rows that are looked up together, at most.
pub(crate) const RUN: usize = 256;

/// The kinds of cells whose span is their text.
pub(crate) const PLAIN: u32 =
    Kind::Bare.bit() | Kind::Quoted.bit() | Kind::Number.bit() | Kind::Text.bit() | Kind::Nested.bit();

/// The keys of a run of rows.
#[derive(Clone, Copy)]
pub(crate) struct Keys<'a> {
    /// What cells point into.
    pub(crate) block: &'a [u8],
    /// What cells point into that say so.
    pub(crate) side: &'a [u8],
    /// The cells of all rows.
    pub(crate) cells: &'a [Cell],
    /// The rows.
    pub(crate) run: &'a [u32],
}

/// What is known of a run while its keys are looked up; kept from run to run for its memory.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    /// Cells that do not stand one after the other.
    gathered: Vec<Cell>,
    /// The class of each.
    classes: Vec<Class>,
    /// Which are of one class.
    places: Vec<u32>,
    picked: Vec<Cell>,
    found: Vec<u32>,
    packed: Vec<PackedCell>,
}

/// A key of up to 16 bytes as words, its length, and its hash.
type PackedCell = ([u64; 2], u32, u64);

/// What keys have in common that are looked up in one way: bit 0 where they are beside the block, bit 1 where they have more
/// than 16 bytes. Higher ones stand for keys that are searched for.
type Class = u32;

/// Bit 0 of a class.
const BESIDE: Class = 1;
/// Bit 1 of a class.
const MIDDLING: Class = 2;
/// How many classes of keys there are that are looked up.
const CLASSES: Class = 4;

/// The class of a cell's key.
#[inline]
fn class(cell: Cell) -> Class {
    let len = cell.len();
    let searched = u32::from(!cell.is_any(PLAIN)) | u32::from(len > MIDDLE);
    (u32::from(cell.in_side()) * BESIDE) | (u32::from(len > SHORT) * MIDDLING) | (searched * CLASSES)
}

impl KeySet {
    /// For each of at most [`RUN`] keys its number, where that is seen without a search; what `of_kind` says of its kind
    /// where there is no text of it in the source; else [`NONE`], which does not say that it is not there.
    pub(crate) fn seek(&self, keys: Keys<'_>, of_kind: &[u32; 16], scratch: &mut Scratch, numbers: &mut [u32]) {
        let Scratch { gathered, classes, places, picked, found, packed } = scratch;
        let cells = keys.in_a_row(gathered);
        let mut present = 0;
        classes.clear();
        classes.extend(cells.iter().map(|cell| {
            let class = class(*cell);
            present |= 1_u32 << class;
            class
        }));
        if present.is_power_of_two() && present.trailing_zeros() < CLASSES {
            return self.seek_class(present.trailing_zeros(), keys, cells, packed, numbers);
        }
        if present >= 1 << CLASSES {
            for (cell, number) in cells.iter().zip(numbers.iter_mut()) {
                *number = of_kind.get(cell.kind() as usize).copied().unwrap_or(NONE);
            }
        }
        places.resize(RUN, 0);
        for one in (0..CLASSES).filter(|class| present >> class & 1 == 1) {
            let mut count = 0;
            for (at, class) in (0_u32..).zip(classes.iter()) {
                if let Some(place) = places.get_mut(count) {
                    *place = at;
                }
                count += usize::from(*class == one);
            }
            let places = places.get(..count).unwrap_or_default();
            let source = keys.source(one);
            let cell = |place: &u32| cells.get(*place as usize).copied().unwrap_or(Cell::MISSING);
            if one & MIDDLING != 0 {
                put(places, numbers, |place| self.seek_middle(source, cell(place)));
            } else if self.keys.len() < MUCH {
                put(places, numbers, |place| self.seek_short(source, cell(place)));
            } else {
                picked.clear();
                picked.extend(places.iter().map(cell));
                found.resize(picked.len(), NONE);
                self.seek_far(source, picked, packed, found);
                let mut found = found.iter().copied();
                put(places, numbers, |_| found.next().unwrap_or(NONE));
            }
        }
    }

    /// Cells that are all of a class.
    fn seek_class(
        &self,
        class: Class,
        keys: Keys<'_>,
        cells: &[Cell],
        packed: &mut Vec<PackedCell>,
        numbers: &mut [u32],
    ) {
        let source = keys.source(class);
        if class & MIDDLING != 0 {
            for (cell, number) in cells.iter().zip(numbers) {
                *number = self.seek_middle(source, *cell);
            }
        } else if self.keys.len() < MUCH {
            for (cell, number) in cells.iter().zip(numbers) {
                *number = self.seek_short(source, *cell);
            }
        } else {
            self.seek_far(source, cells, packed, numbers);
        }
    }

    /// The number of a key by the two entries from its home on, where one of them has its tag.
    #[inline]
    fn at_home(&self, hash: u64) -> u32 {
        let mask = self.entries.len().wrapping_sub(1);
        let (tag, home) = (low(hash), low(hash) as usize);
        let entry = |at: usize| self.entries.get(at & mask).copied().unwrap_or(EMPTY);
        // No entry has the number that stands for none, so the lesser of two is the one that is there.
        let tagged = |entry: u64| low(entry) | u32::from(high(entry) == tag).wrapping_sub(1);
        tagged(entry(home)).min(tagged(entry(home.wrapping_add(1))))
    }

    /// That number where it is the key's, else none.
    #[inline]
    fn checked(&self, number: u32, words: [u64; 2], len: u32) -> u32 {
        let Some(key) = self.keys.get(number as usize) else { return NONE };
        let [first, second] = key.words();
        let differs = (first ^ words[0]) | (second ^ words[1]) | u64::from(key.len ^ len);
        number | u32::from(differs == 0).wrapping_sub(1)
    }

    /// A key of up to 16 bytes in a small set.
    #[inline]
    fn seek_short(&self, source: &[u8], cell: Cell) -> u32 {
        match short(source, cell.start(), cell.len()) {
            Some((words, len)) => self.checked(self.at_home(hash_words(&self.seed, words)), words, len),
            None => NONE,
        }
    }

    /// Keys of up to 16 bytes in a large set.
    #[inline(never)]
    fn seek_far(&self, source: &[u8], cells: &[Cell], packed: &mut Vec<PackedCell>, numbers: &mut [u32]) {
        packed.clear();
        packed.extend(cells.iter().map(|cell| {
            // No key is as long as what stands for one at the end of the source.
            let (words, len) = short(source, cell.start(), cell.len()).unwrap_or(([0; 2], u32::MAX - 1));
            (words, len, hash_words(&self.seed, words))
        }));
        // The loops that touch memory do nothing else, so that as much of it as possible is on its way at once.
        let mask = self.entries.len().wrapping_sub(1);
        let entry = |hash: u64| self.entries.get(low(hash) as usize & mask).copied().unwrap_or(EMPTY);
        black_box(packed.iter().fold(0, |all, (_, _, hash)| all | entry(*hash)));
        for (number, (_, _, hash)) in numbers.iter_mut().zip(packed.iter()) {
            *number = self.at_home(*hash);
        }
        // A key may lie across two lines of the cache.
        let touched = |key: &Key| key.len | u32::from(key.bytes.first().copied().unwrap_or(0));
        let key = |number: &u32| self.keys.get(*number as usize).map_or(0, touched);
        black_box(numbers.iter().fold(0, |all, number| all | key(number)));
        for (number, (words, len, _)) in numbers.iter_mut().zip(packed.iter()) {
            *number = self.checked(*number, *words, *len);
        }
    }

    /// A key of 17 to 32 bytes.
    #[inline]
    fn seek_middle(&self, source: &[u8], cell: Cell) -> u32 {
        let Some((first, second)) = middle(source, cell) else { return NONE };
        let hash = hash_middle(&self.seed, [first, second]);
        let number = self.at_home(hash);
        let Some(key) = self.keys.get(number as usize) else { return NONE };
        let ([there, start], len) = (key.words(), narrow(cell.len()));
        let stored = self.arena.get(to_index(start)..).and_then(<[u8]>::first_chunk::<MIDDLE>);
        let Some((Some(a), Some(b))) = stored.map(|stored| (stored.first_chunk(), stored.last_chunk())) else {
            return NONE;
        };
        let differs = (u128::from_le_bytes(*a) ^ first) | (u128::from_le_bytes(*b) ^ second);
        let differs = u128::from(there ^ hash) | u128::from(key.len ^ len) | differs;
        number | u32::from(differs == 0).wrapping_sub(1)
    }
}

/// Puts a number at each of the places.
#[inline]
fn put(places: &[u32], numbers: &mut [u32], mut number: impl FnMut(&u32) -> u32) {
    for place in places {
        if let Some(to) = numbers.get_mut(*place as usize) {
            *to = number(place);
        }
    }
}

impl<'a> Keys<'a> {
    /// What cells of a class point into.
    fn source(&self, class: Class) -> &'a [u8] {
        if class & BESIDE == 0 { self.block } else { self.side }
    }

    /// The cells of the run, gathered where they do not stand one after the other.
    fn in_a_row<'b>(&self, gathered: &'b mut Vec<Cell>) -> &'b [Cell]
    where
        'a: 'b,
    {
        if let (Some(first), Some(last)) = (self.run.first(), self.run.last())
            && (last.wrapping_sub(*first) as usize) + 1 == self.run.len()
            && self.run.iter().zip(*first..).fold(0, |apart, (row, next)| apart | (row ^ next)) == 0
            && let Some(cells) = self.cells.get(*first as usize..=*last as usize)
        {
            return cells;
        }
        gathered.clear();
        gathered.extend(self.run.iter().map(|row| self.cells.get(*row as usize).copied().unwrap_or(Cell::MISSING)));
        gathered
    }
}

/// For each length below 32, the bytes of that many.
#[expect(clippy::indexing_slicing, reason = "computed when the program is built, which fails where it panics")]
static MASKS: [u128; 32] = {
    let mut masks = [u128::MAX; 32];
    let mut len = 0;
    while len < SHORT {
        masks[len] = (1 << (8 * len)) - 1;
        len += 1;
    }
    masks
};

#[inline]
fn masked(window: [u8; SHORT], len: usize) -> u128 {
    u128::from_le_bytes(window) & MASKS.get(len % 32).copied().unwrap_or(0)
}

/// The key `source[start..start + len]` of up to 16 bytes as words, and its length; none at the end of the source.
#[inline]
pub(super) fn short(source: &[u8], start: usize, len: usize) -> Option<([u64; 2], u32)> {
    let window = source.get(start..start + SHORT)?.first_chunk()?;
    Some((words(masked(*window, len)), low(len as u64)))
}

/// A key of 17 to 32 bytes; none at the end of the source.
#[inline]
fn middle(source: &[u8], cell: Cell) -> Option<(u128, u128)> {
    let window = source.get(cell.start()..cell.start() + MIDDLE)?;
    let (first, second) = (window.first_chunk()?, window.last_chunk()?);
    // A whole second window has a length of 16.
    Some((u128::from_le_bytes(*first), masked(*second, cell.len() - SHORT)))
}

#[cfg(test)]
mod tests {
    use super::{Keys, RUN, Scratch};
    use crate::core::data::cell::{Cell, Kind};
    use crate::process::aggregate::key_set::{KeySet, NONE, Seed};

    #[test]
    fn sees_what_a_search_finds() {
        let mut state = 77_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state >> 33
        };
        let kinds = [Kind::Bare, Kind::Quoted, Kind::Number, Kind::Text, Kind::Nested, Kind::Null, Kind::TextRaw];
        for (variety, least) in [(3, 0.95), (40, 0.9), (3000, 0.5)] {
            let mut set = KeySet::new(Seed::default());
            let null = {
                let null = set.pack_null();
                set.insert(null, || b"")
            };
            let mut of_kind = [NONE; 16];
            of_kind[Kind::Null as usize] = null;
            let (mut known, mut seen, mut scratch) = (0, 0, Scratch::default());
            for _ in 0..300 {
                let texts: Vec<Vec<u8>> = (0..=next() as usize % RUN)
                    .map(|_| {
                        let text = (next() % variety * 0x9E37_79B9) % 1_000_003;
                        format!("{text}-{}", "ab".repeat(text as usize % 18)).into_bytes()
                    })
                    .collect();
                let (mut block, mut side, mut cells) = (Vec::new(), Vec::new(), Vec::new());
                for text in &texts {
                    let kind = kinds[next() as usize % kinds.len()];
                    if next() % 4 == 0 {
                        cells.push(Cell::side(kind, side.len(), text.len()));
                        side.extend_from_slice(text);
                    } else {
                        cells.push(Cell::new(kind, block.len(), text.len()));
                        block.extend_from_slice(text);
                    }
                }
                let mut run: Vec<u32> = (0..cells.len() as u32).collect();
                match next() % 4 {
                    0 => run.retain(|row| row % 3 > 0),
                    1 => run.rotate_left(cells.len() / 2),
                    // The ends are where they would be in order.
                    2 if run.len() > 3 => run[1..cells.len() - 1].reverse(),
                    _ => {}
                }
                let mut numbers = vec![7; run.len()];
                let keys = Keys { block: &block, side: &side, cells: &cells, run: &run };
                set.seek(keys, &of_kind, &mut scratch, &mut numbers);
                for (row, number) in run.iter().zip(numbers) {
                    let (text, kind) = (&texts[*row as usize], cells[*row as usize].kind());
                    let found = set.find(set.pack(text), text);
                    match kind {
                        Kind::Null => assert_eq!(number, null),
                        Kind::TextRaw => assert_eq!(number, NONE),
                        _ => {
                            assert!([found, NONE].contains(&number), "{number} for {found}");
                            known += u32::from(found != NONE && text.len() <= 32);
                            seen += u32::from(found != NONE && number == found);
                        }
                    }
                }
                for text in &texts {
                    set.number(text);
                }
            }
            assert!(f64::from(seen) > least * f64::from(known), "{seen} of {known}");
        }
    }
}
