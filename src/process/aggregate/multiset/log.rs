//! Strings on their way to be counted: records in chunks of memory that go to disk where memory does not hold them.
//!
//! A record is a word, for most strings all there is besides their bytes: the length, the form, how many rows after the
//! record before it, and whether the longer head follows. The first record of a chunk counts its row from 0, so chunks can
//! be read on their own.

use crate::core::data::cell::Kind;
use crate::core::error::Result;
use crate::core::exec::spill::{Frame, Spill};
use crate::core::integer::{low, narrow};
use crate::process::aggregate::multiset::Seen;

/// Bytes of the word in front of a record.
const WORD: usize = 4;
/// Bytes of the longer head: the length, the row, the count, the forms.
const HEAD: usize = 22;
/// Lengths, forms and steps of rows from these on do not fit in the word.
const LENGTHS: usize = 1 << 8;
const STEPS: u64 = 1 << 19;
/// Marks the word of a record with a longer head.
const LONG: u32 = 1 << 31;
/// Bytes of the first chunk, and of the last ones.
const SMALLEST: usize = 1 << 10;
const LARGEST: usize = 32 << 10;

/// Records in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Log {
    /// The chunk that is being written.
    chunk: Vec<u8>,
    /// The row of its last record.
    row: u64,
    full: Vec<Vec<u8>>,
    frames: Vec<Frame>,
}

impl Log {
    /// Appends a record, and says how many bytes of memory that took anew.
    #[inline]
    pub(super) fn push(&mut self, text: &[u8], seen: Seen) -> usize {
        let room = self.chunk.capacity() - self.chunk.len();
        let more = if room < WORD + HEAD + text.len() { self.next(WORD + HEAD + text.len()) } else { 0 };
        let step = seen.first.wrapping_sub(self.row);
        self.row = seen.first;
        if text.len() < LENGTHS && step < STEPS && seen.is_single() {
            let word = narrow(text.len()) | (seen.kind as u32) << 8 | low(step) << 12;
            self.chunk.extend_from_slice(&word.to_le_bytes());
        } else {
            self.head(text.len(), seen);
        }
        self.chunk.extend_from_slice(text);
        more
    }

    #[cold]
    #[inline(never)]
    fn head(&mut self, len: usize, seen: Seen) {
        self.chunk.extend_from_slice(&(LONG | (seen.kind as u32) << 8).to_le_bytes());
        self.chunk.extend_from_slice(&narrow(len).to_le_bytes());
        self.chunk.extend_from_slice(&seen.first.to_le_bytes());
        self.chunk.extend_from_slice(&seen.count.to_le_bytes());
        self.chunk.extend_from_slice(&seen.forms.to_le_bytes());
    }

    #[cold]
    #[inline(never)]
    fn next(&mut self, least: usize) -> usize {
        let size = (2 * self.chunk.capacity()).clamp(SMALLEST, LARGEST).max(least);
        let chunk = std::mem::replace(&mut self.chunk, Vec::with_capacity(size));
        if !chunk.is_empty() {
            self.full.push(chunk);
        }
        self.row = 0;
        size
    }

    /// Writes what memory holds to disk.
    pub(super) fn spill(&mut self, spill: &Spill) -> Result<()> {
        let chunk = std::mem::take(&mut self.chunk);
        for chunk in self.full.drain(..).chain((!chunk.is_empty()).then_some(chunk)) {
            self.frames.push(spill.write(&chunk)?);
        }
        Ok(())
    }

    /// Hands all records to `take`.
    pub(super) fn each(&self, spill: Option<&Spill>, mut take: impl FnMut(&[u8], Seen)) -> Result<()> {
        let mut bytes = Vec::new();
        for frame in &self.frames {
            if let Some(spill) = spill {
                spill.read(*frame, &mut bytes)?;
                each(&bytes, &mut take);
            }
        }
        for chunk in self.full.iter().chain([&self.chunk]) {
            each(chunk, &mut take);
        }
        Ok(())
    }
}

/// Hands the records of a chunk to `take`.
fn each(mut chunk: &[u8], take: &mut impl FnMut(&[u8], Seen)) {
    let mut row = 0_u64;
    while let Some((text, seen, rest)) = read(chunk, row) {
        (chunk, row) = (rest, seen.first);
        take(text, seen);
    }
}

/// The first record and what follows it.
#[inline]
fn read(chunk: &[u8], row: u64) -> Option<(&[u8], Seen, &[u8])> {
    let (word, rest) = chunk.split_first_chunk()?;
    let word = u32::from_le_bytes(*word);
    let kind = Kind::from_bits(word >> 8);
    if word & LONG == 0 {
        let (text, rest) = rest.split_at_checked(word as usize & (LENGTHS - 1))?;
        return Some((text, Seen::once(row.wrapping_add(u64::from(word >> 12)), kind), rest));
    }
    let (len, rest) = rest.split_first_chunk()?;
    let (first, rest) = rest.split_first_chunk()?;
    let (count, rest) = rest.split_first_chunk()?;
    let (forms, rest) = rest.split_first_chunk()?;
    let (text, rest) = rest.split_at_checked(u32::from_le_bytes(*len) as usize)?;
    let (first, count) = (u64::from_le_bytes(*first), u64::from_le_bytes(*count));
    Some((text, Seen { count, first, forms: u16::from_le_bytes(*forms), kind }, rest))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::Log;
    use crate::core::data::cell::Kind;
    use crate::core::exec::memory::Memory;
    use crate::process::aggregate::multiset::Seen;

    #[test]
    fn records_come_back_from_memory_and_from_disk() {
        let spill = Memory::default().spill().unwrap();
        let mut log = Log::default();
        let mut expected = Vec::new();
        let mut state = 3_u64;
        for number in 0..20_000_u64 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let text = vec![b'a' + (state >> 60) as u8; (state >> 33) as usize % [9, 40, 700][number as usize % 3]];
            let mut seen = Seen::once(number * (state >> 55), Kind::Text);
            if (state >> 40).is_multiple_of(8) {
                seen = Seen { count: state >> 20, forms: 0x21, kind: Kind::Nested, ..seen };
            }
            log.push(&text, seen);
            expected.push((text, seen));
            if number == 9_000 {
                log.spill(&spill).unwrap();
            }
        }
        let mut back = Vec::new();
        log.each(Some(&spill), |text, seen| back.push((text.to_vec(), seen))).unwrap();
        assert!(back == expected);
    }
}
