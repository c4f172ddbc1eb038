//! Whole numbers from one width to another, named for what it means to the number.
//!
//! Data keeps places in 32 bits: bytes of a block, records and columns of a batch, groups. Memory is indexed and files
//! are measured in 64. A bare `as` would not say whether cutting a number is meant or cannot happen, so the lints deny
//! those that may lose something; these are the ways there are, for all floors.

#[cfg(not(target_pointer_width = "64"))]
compile_error!("files are measured in `usize`, which must have 64 bits");

/// A place in a block, a batch or a table as the data keeps it. Whoever makes those bounds them, so that a number
/// beyond 32 bits is a defect: it ends the run, because cut it would be another place.
#[inline]
#[track_caller]
pub(crate) fn narrow(place: usize) -> u32 {
    u32::try_from(place).unwrap_or_else(|_| beyond(place))
}

/// Ends the run for [`narrow`].
#[cold]
#[inline(never)]
#[track_caller]
#[expect(clippy::panic, reason = "what bounds the number failed; the engine turns this into an error and exit code 2")]
fn beyond(place: usize) -> ! {
    panic!("place {place} does not fit into 32 bits")
}

/// A size or an offset of a file as an index; pointers are as wide.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "nothing else compiles than where pointers have 64 bits")]
pub(crate) const fn to_index(number: u64) -> usize {
    number as usize
}

/// The lower half of a word that holds two numbers, or that is known to have no other.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the upper half is another number")]
pub(crate) const fn low(word: u64) -> u32 {
    word as u32
}

/// The upper half of a word that holds two numbers.
#[inline]
pub(crate) const fn high(word: u64) -> u32 {
    low(word >> 32)
}

/// The lower word of a number of two.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the upper word is another digit")]
pub(crate) const fn low_word(number: u128) -> u64 {
    number as u64
}

/// A number as two words, the lower first.
#[inline]
pub(crate) const fn words(number: u128) -> [u64; 2] {
    [low_word(number), low_word(number >> 64)]
}

/// The last byte of a number.
#[inline]
#[expect(
    clippy::cast_possible_truncation,
    reason = "the other bytes are known to be empty or are written on their own"
)]
pub(crate) const fn byte(number: u64) -> u8 {
    number as u8
}

/// A length to calculate with; none reaches 2^63.
#[inline]
pub(crate) fn signed(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

/// A count as a measure. Above 2^53 it is the nearest float.
#[inline]
#[expect(clippy::cast_precision_loss, reason = "the nearest float is what is asked for")]
pub(crate) const fn float(count: u64) -> f64 {
    count as f64
}

/// The whole part of a measure as a count: 0 where it is negative or no number, the highest where it is too large.
#[inline]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "casts of floats stop at the bounds")]
pub(crate) const fn whole(measure: f64) -> u64 {
    measure as u64
}

#[cfg(test)]
mod tests {
    use super::{high, low, narrow, signed, to_index, whole, words};

    #[test]
    fn numbers_stay_what_they_are_or_become_what_is_said() {
        assert_eq!(narrow(u32::MAX as usize), u32::MAX);
        assert_eq!(to_index(u64::MAX), usize::MAX);
        assert_eq!((low(0x1_0000_0002), high(0x1_0000_0002)), (2, 1));
        assert_eq!(words(u128::MAX - 1), [u64::MAX - 1, u64::MAX]);
        assert_eq!((signed(7), signed(usize::MAX)), (7, i64::MAX));
        assert_eq!((whole(-1.5), whole(2.9), whole(f64::NAN), whole(1e300)), (0, 2, 0, u64::MAX));
    }

    #[test]
    #[should_panic(expected = "place 4294967296 does not fit into 32 bits")]
    fn a_place_beyond_its_bounds_ends_the_run() {
        narrow(1 << 32);
    }
}
