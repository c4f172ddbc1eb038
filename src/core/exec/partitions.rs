//! Records on disk by the hash of their keys: what is done with more keys than memory holds.
//!
//! All records of a key are in one partition, and each partition has a part of the keys, so partitions are worked on one by
//! one, each like an input of its own. One that is still too much is partitioned again by further bits of the hash.
//! Records are bytes here; whoever writes them knows where one ends.

use std::sync::Arc;

use crate::core::error::Result;
use crate::core::exec::memory::Memory;
use crate::core::exec::spill::{Frame, Spill};
use crate::core::integer::to_index;

/// How many partitions there are: a power of two.
pub(crate) const PARTITIONS: usize = 1 << BITS;
/// Bits of the hash that tell partitions apart.
const BITS: u32 = 5;
/// The lowest of them; those below and the highest seven are used by hash tables.
const FIRST_BIT: u32 = 24;
/// How often partitions can be partitioned again; after that they are taken as they are.
pub(crate) const LEVELS: u32 = 6;

/// The partition of a hash among those of a level.
#[inline]
pub(crate) fn partition_of(hash: u64, level: u32) -> usize {
    to_index(hash >> (FIRST_BIT + BITS * level)) & (PARTITIONS - 1)
}

/// Records on the way to their partitions.
#[derive(Debug)]
pub(crate) struct Partitions {
    spill: Arc<Spill>,
    /// For each partition, what is not written yet, and what is.
    parts: Vec<(Vec<u8>, Vec<Frame>)>,
    /// Bytes of a frame.
    most: usize,
}

impl Partitions {
    /// Partitions without records, one set for each of `among` threads.
    pub(crate) fn new(memory: &Memory, among: usize) -> Result<Self> {
        let most = (memory.limit() / (8 * PARTITIONS * among.max(1))).clamp(1 << 10, 256 << 10);
        let parts = (0..PARTITIONS).map(|_| (Vec::new(), Vec::new())).collect();
        Ok(Self { spill: memory.spill()?, parts, most })
    }

    /// Appends whole records to a partition.
    pub(crate) fn push(&mut self, partition: usize, records: &[u8]) -> Result<()> {
        let Some((bytes, frames)) = self.parts.get_mut(partition) else { return Ok(()) };
        bytes.extend_from_slice(records);
        if bytes.len() >= self.most {
            frames.push(self.spill.write(bytes)?);
            bytes.clear();
        }
        Ok(())
    }

    /// The frames of each partition, in the order in which they came.
    pub(crate) fn finish(self) -> Result<Vec<Partition>> {
        let Self { spill, parts, .. } = self;
        let finish = |(bytes, mut frames): (Vec<u8>, Vec<Frame>)| {
            if !bytes.is_empty() {
                frames.push(spill.write(&bytes)?);
            }
            Ok(Partition { spill: Arc::clone(&spill), frames })
        };
        parts.into_iter().map(finish).collect()
    }
}

/// The records of one partition.
#[derive(Debug, Clone)]
pub(crate) struct Partition {
    spill: Arc<Spill>,
    frames: Vec<Frame>,
}

impl Partition {
    /// Hands the records to `take`, many at a time, in the order in which they came.
    pub(crate) fn each(&self, mut take: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let mut bytes = Vec::new();
        for frame in &self.frames {
            self.spill.read(*frame, &mut bytes)?;
            take(&bytes)?;
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{LEVELS, PARTITIONS, Partitions, partition_of};
    use crate::core::exec::memory::Memory;

    #[test]
    fn records_come_back_in_order_from_their_partition() {
        let mut partitions = Partitions::new(&Memory::default(), 1).unwrap();
        let mut state = 7_u64;
        let mut expected = vec![Vec::new(); PARTITIONS];
        for _ in 0..50_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let partition = partition_of(state, (state >> 60) as u32 % LEVELS);
            partitions.push(partition, &state.to_le_bytes()).unwrap();
            expected[partition].extend(state.to_le_bytes());
        }
        for (partition, expected) in partitions.finish().unwrap().iter().zip(expected) {
            let mut back = Vec::new();
            partition
                .each(|bytes| {
                    back.extend_from_slice(bytes);
                    Ok(())
                })
                .unwrap();
            assert!(back == expected);
        }
    }
}
