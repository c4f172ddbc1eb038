//! Which values each group has, where they are few: a bit for each of them in each group.
//!
//! Taking a value in is a lookup among the few values and a bit to set, so pairs that come again and again cost no
//! memory and hardly time. It is given up for pairs of group and value where bits would take more than they do.

use std::hint::black_box;

use crate::core::integer::narrow;
use crate::process::aggregate::NO_GROUP;
use crate::process::aggregate::intake::RUN;
use crate::process::aggregate::key_set::{KeySet, Seed};
use crate::process::aggregate::memo::Memo;

/// Most words of bits that a group has.
const WIDEST: usize = 64;
/// Words that are always fine; beyond them there may be so many for each row.
const ALWAYS: usize = 1 << 18;
const PER_ROW: usize = 4;

/// The values of each group.
#[derive(Debug)]
pub(super) struct Marks {
    /// All values; their numbers are the positions of their bits.
    values: KeySet,
    /// Those that came lately.
    lately: Memo,
    /// Words of a group.
    width: usize,
    /// Group by group.
    bits: Vec<u64>,
    /// Words and the bits to set in them.
    run: Vec<(usize, u64)>,
    groups: usize,
    rows: usize,
}

/// What could not be taken in: there are too many values for bits.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Full;

impl Marks {
    /// No groups.
    pub(super) fn new() -> Self {
        Self {
            values: KeySet::new(Seed::default()),
            lately: Memo::new(),
            width: 1,
            bits: Vec::new(),
            run: Vec::new(),
            groups: 0,
            rows: 0,
        }
    }

    /// Makes room for this many groups before so many more rows come.
    pub(super) fn expect(&mut self, groups: usize, rows: usize) -> Result<(), Full> {
        self.rows += rows;
        self.groups = groups;
        self.check(self.width)?;
        self.bits.resize(groups * self.width, 0);
        Ok(())
    }

    /// Whether bits of that width are worth their memory.
    fn check(&self, width: usize) -> Result<(), Full> {
        if width > WIDEST || self.groups.saturating_mul(width) > ALWAYS + PER_ROW * self.rows {
            Err(Full)
        } else {
            Ok(())
        }
    }

    /// Takes a value of a group in, at the latest with [`Marks::set`].
    #[inline]
    pub(super) fn add(&mut self, group: u32, text: &[u8]) -> Result<(), Full> {
        let Self { values, lately, .. } = self;
        let value = lately.number(text, |text| narrow(values.number(text))) as usize;
        if value >= 64 * self.width {
            self.set();
            self.widen()?;
        }
        self.run.push((group as usize * self.width + value / 64, 1 << (value % 64)));
        if self.run.len() >= RUN {
            self.set();
        }
        Ok(())
    }

    /// Sets the bits of the values that were taken in. The words are read first, so that the processor waits for all of them
    /// at once.
    #[inline(never)]
    pub(super) fn set(&mut self) {
        let Self { bits, run, .. } = self;
        black_box(run.iter().filter_map(|(at, _)| bits.get(*at)).fold(0, |all, word| all | word));
        for (at, bit) in run.drain(..) {
            if let Some(word) = bits.get_mut(at) {
                *word |= bit;
            }
        }
    }

    #[cold]
    #[inline(never)]
    fn widen(&mut self) -> Result<(), Full> {
        let width = 2 * self.width;
        self.check(width)?;
        let mut bits = vec![0; self.groups * width];
        for (to, from) in bits.chunks_exact_mut(width).zip(self.bits.chunks_exact(self.width)) {
            to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
        }
        (self.width, self.bits) = (width, bits);
        Ok(())
    }

    /// Hands every pair of group and value to `take`.
    pub(super) fn each(&self, mut take: impl FnMut(u32, &[u8])) {
        for (group, words) in (0..).zip(self.bits.chunks_exact(self.width)) {
            each_bit(words, |value| take(group, self.values.key(value)));
        }
    }

    /// About the bytes of memory it takes.
    pub(super) fn memory(&self) -> usize {
        self.values.memory() + self.lately.memory() + self.bits.capacity() * size_of::<u64>()
    }
}

/// The positions of the bits that are set.
#[inline]
fn each_bit(words: &[u64], mut take: impl FnMut(usize)) {
    for (at, word) in words.iter().enumerate() {
        let mut rest = *word;
        while rest != 0 {
            take(64 * at + rest.trailing_zeros() as usize);
            rest &= rest - 1;
        }
    }
}

/// How many values each of `groups` groups has in several marks, each with the group here of each of its groups, where that
/// is told. `None` where bits for all of them would take much more memory than they have now.
pub(super) fn count(all: &[(&Marks, Option<&[u32]>)], groups: usize) -> Option<Vec<u64>> {
    let mut values = KeySet::new(Seed::default());
    let numbers: Vec<Vec<usize>> = all.iter().map(|(marks, _)| values.number_all(&marks.values)).collect();
    let width = values.len().div_ceil(64).max(1);
    let now: usize = all.iter().map(|(marks, _)| marks.bits.len()).sum();
    if groups.saturating_mul(width) > ALWAYS + 2 * now {
        return None;
    }
    let mut bits = vec![0_u64; groups * width];
    for ((marks, into), numbers) in all.iter().zip(&numbers) {
        let same = numbers.iter().enumerate().all(|(at, number)| at == *number);
        for (theirs, words) in marks.bits.chunks_exact(marks.width).enumerate() {
            let group = match into {
                Some(into) => into.get(theirs).copied().unwrap_or(NO_GROUP),
                None => narrow(theirs),
            };
            let start = group as usize * width;
            let Some(mine) = bits.get_mut(start..start + width).filter(|_| group != NO_GROUP) else { continue };
            if same {
                mine.iter_mut().zip(words).for_each(|(mine, word)| *mine |= word);
                continue;
            }
            each_bit(words, |value| {
                let number = numbers.get(value).copied().unwrap_or(0);
                if let Some(word) = mine.get_mut(number / 64) {
                    *word |= 1 << (number % 64);
                }
            });
        }
    }
    let ones = |words: &[u64]| words.iter().map(|word| u64::from(word.count_ones())).sum();
    Some(bits.chunks_exact(width).map(ones).collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeSet;

    use super::{ALWAYS, Full, Marks, count};
    use crate::process::aggregate::NO_GROUP;

    #[test]
    fn counts_as_sets_do() {
        let mut state = 11_u64;
        let mut next = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        for different in [1, 60, 64, 65, 500] {
            let mut sets = vec![BTreeSet::new(); 50];
            let mut all = Vec::new();
            for _ in 0..3 {
                let mut marks = Marks::new();
                let into: Vec<u32> =
                    (0..40).map(|_| next(51) as u32).map(|at| if at == 50 { NO_GROUP } else { at }).collect();
                let mut pairs = BTreeSet::new();
                for step in 1..=4 {
                    marks.expect(10 * step, 2000).unwrap();
                    for _ in 0..next(2000) {
                        let (group, value) = (next(10 * step as u64) as u32, next(different).to_string());
                        marks.add(group, value.as_bytes()).unwrap();
                        if let Some(set) = sets.get_mut(into[group as usize] as usize) {
                            set.insert(value.clone());
                        }
                        pairs.insert((group, value.into_bytes()));
                    }
                }
                marks.set();
                let mut found = BTreeSet::new();
                marks.each(|group, text| assert!(found.insert((group, text.to_vec()))));
                assert_eq!(found, pairs);
                all.push((marks, into));
            }
            let listed: Vec<(&Marks, Option<&[u32]>)> =
                all.iter().map(|(marks, into)| (marks, Some(into.as_slice()))).collect();
            let expected: Vec<u64> = sets.iter().map(|set| set.len() as u64).collect();
            assert_eq!(count(&listed, 50).unwrap(), expected);
        }
    }

    #[test]
    fn gives_up_where_values_are_many() {
        let mut marks = Marks::new();
        marks.expect(ALWAYS, 100).unwrap();
        let full = (0..10_000).find(|value: &u32| marks.add(0, &value.to_le_bytes()) == Err(Full));
        assert_eq!(full, Some(64));
        assert_eq!(Marks::new().expect(ALWAYS + 5000, 1000), Err(Full));
        let mut few = Marks::new();
        few.expect(1, 1_000_000).unwrap();
        assert_eq!((0..10_000).find(|value: &u32| few.add(0, &value.to_le_bytes()) == Err(Full)), Some(4096));
    }
}
