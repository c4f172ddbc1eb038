//! Digits of sort keys behind the first one, made while a batch is still in the processor's caches.
//!
//! Records with equal digits need their next one, and to read it from the record then is a wait for memory, often two.
//! So where records of a batch have equal digits, the next digits are made along with the first. It makes no difference to
//! the order which of them are there.

use crate::core::data::batch::Batch;
use crate::process::stage::digits::{Doubles, Place, digit, next};
use crate::process::stage::keys::found_value;
use crate::process::stage::names::Found;
use crate::process::stage::order::Key;

/// Most digits that are made ahead for a batch.
const MOST: usize = 6;
/// How many records tell whether digits are equal.
const SAMPLE: usize = 128;

/// The digits of one place of a key.
pub(crate) struct Further {
    /// The key, by its number.
    pub(crate) key: usize,
    /// The place in it.
    pub(crate) place: Place,
    /// For each record of the batch, selected or not, its digit.
    digits: Vec<u64>,
    doubles: Doubles,
}

impl Further {
    /// The digit of a record, with what is noted about digits of its batch.
    #[inline]
    pub(crate) fn digit(&self, row: usize) -> Option<(u64, Doubles)> {
        Some((*self.digits.get(row)?, self.doubles))
    }

    /// About the bytes of memory it takes.
    pub(crate) fn memory(&self) -> usize {
        self.digits.capacity() * size_of::<u64>()
    }
}

/// The digits of a batch behind the first ones, as far as they are likely to be needed. `first` are those of the selected
/// records.
pub(crate) fn further(batch: &Batch, keys: &[Key], found: &[Found], first: &[u64]) -> Vec<Further> {
    let mut made: Vec<Further> = Vec::new();
    let step = first.len().div_ceil(SAMPLE).max(1);
    let rows: Vec<usize> = batch.rows().step_by(step).collect();
    let mut digits: Vec<u64> = first.iter().step_by(step).copied().collect();
    // For each record of the sample, the number of its digits so far among all different ones.
    let mut classes = vec![0; digits.len()];
    let (mut key, mut place, mut doubles) = (0, Place::First, Doubles::Exact);
    while let Some(order) = keys.get(key).map(|key| key.order).filter(|_| made.len() < MOST) {
        let equal = refine(&mut classes, &digits);
        let mut places = digits.iter().filter_map(|digit| next(order, *digit, place, doubles));
        match places.find(|place| *place != Place::Exact) {
            Some(_) if !equal => {}
            Some(further) => {
                place = further;
                digits = make(&mut made, (batch, keys, found), key, place, &rows);
                doubles = made.last().map_or(Doubles::Exact, |made| made.doubles);
                continue;
            }
            None => {}
        }
        // Of a first key there may be many records each that the sample does not show.
        key += 1;
        if key >= keys.len() || (key > 1 && !equal) {
            break;
        }
        place = Place::First;
        digits = make(&mut made, (batch, keys, found), key, place, &rows);
        doubles = made.last().map_or(Doubles::Exact, |made| made.doubles);
    }
    made
}

/// Makes the digits of a place for all records; gives those of the sample.
fn make(
    made: &mut Vec<Further>,
    (batch, keys, found): (&Batch, &[Key], &[Found]),
    key: usize,
    place: Place,
    sample: &[usize],
) -> Vec<u64> {
    let mut doubles = Doubles::Exact;
    let mut digits = vec![0; batch.rows];
    if let (Some(Key { order, .. }), Some(found)) = (keys.get(key), found.get(key)) {
        for row in batch.rows() {
            if let Some(slot) = digits.get_mut(row) {
                *slot = digit(*order, &found_value(found, batch, row), place, &mut doubles);
            }
        }
    }
    let of_sample = sample.iter().map(|row| digits.get(*row).copied().unwrap_or(0)).collect();
    made.push(Further { key, place, digits, doubles });
    of_sample
}

/// Tells classes further apart by digits; says whether any class still has two members.
fn refine(classes: &mut [u32], digits: &[u64]) -> bool {
    let mut order: Vec<usize> = (0..classes.len()).collect();
    let of = |at: usize| (classes.get(at).copied().unwrap_or(0), digits.get(at).copied().unwrap_or(0));
    order.sort_unstable_by_key(|at| of(*at));
    let (mut class, mut equal) = (0, false);
    let mut refined = vec![0; classes.len()];
    for (before, at) in std::iter::once(None).chain(order.iter().map(Some)).zip(&order) {
        match before {
            Some(before) if of(*before) == of(*at) => equal = true,
            _ => class += 1,
        }
        if let Some(slot) = refined.get_mut(*at) {
            *slot = class;
        }
    }
    classes.copy_from_slice(&refined);
    equal
}
