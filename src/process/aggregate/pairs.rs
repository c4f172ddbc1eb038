//! Pairs of group and text on disk, by the hash of the text: what sets of values become when memory does not hold them.
//!
//! The same text of a group is in the same partition, whichever thread wrote it and whatever number the group had there,
//! so partitions are counted one by one.

use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64;

use crate::core::error::Result;
use crate::core::exec::memory::Memory;
use crate::core::exec::partitions::{PARTITIONS, Partition, Partitions, partition_of};
use crate::core::integer::narrow;

/// What was written, in parts that each have their own numbers of groups.
#[derive(Debug, Default, Clone)]
pub(super) struct Pairs {
    parts: Vec<Part>,
}

/// What one set wrote at one time.
#[derive(Debug, Clone)]
struct Part {
    partitions: Arc<Vec<Partition>>,
    /// For each group there its group here; the same where there is none.
    into: Option<Arc<[u32]>>,
}

/// A pair with what is known about it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair<'a, const N: usize> {
    /// The group.
    pub(super) group: u32,
    /// The text.
    pub(super) text: &'a [u8],
    /// What is known.
    pub(super) about: [u8; N],
}

impl Pairs {
    /// Whether nothing was written.
    pub(super) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Writes pairs.
    pub(super) fn write<'a, const N: usize>(
        &mut self,
        memory: &Memory,
        pairs: impl Iterator<Item = Pair<'a, N>>,
    ) -> Result<()> {
        let mut partitions = Partitions::new(memory, 4)?;
        let mut record = Vec::new();
        for Pair { group, text, about } in pairs {
            record.clear();
            record.extend_from_slice(&group.to_le_bytes());
            record.extend_from_slice(&narrow(text.len()).to_le_bytes());
            record.extend_from_slice(&about);
            record.extend_from_slice(text);
            partitions.push(partition_of(xxh3_64(text), 0), &record)?;
        }
        self.parts.push(Part { partitions: Arc::new(partitions.finish()?), into: None });
        Ok(())
    }

    /// Takes over what another wrote; its group `i` is `into[i]` here.
    pub(super) fn merge(&mut self, other: &Self, into: &[u32]) {
        for part in &other.parts {
            let group = |there: &u32| into.get(*there as usize).copied().unwrap_or(super::NO_GROUP);
            let into = part.into.as_deref().map_or_else(|| into.into(), |old| old.iter().map(group).collect());
            self.parts.push(Part { partitions: Arc::clone(&part.partitions), into: Some(into) });
        }
    }

    /// Partition by partition, hands all pairs to `take` and then calls `done`.
    pub(super) fn each<const N: usize, S: Default>(
        &self,
        mut take: impl FnMut(&mut S, Pair<'_, N>),
        mut done: impl FnMut(S),
    ) -> Result<()> {
        for index in 0..PARTITIONS {
            let mut state = S::default();
            for part in &self.parts {
                let Some(partition) = part.partitions.get(index) else { continue };
                partition.each(|mut bytes| {
                    while let Some(mut pair) = read(&mut bytes) {
                        if let Some(into) = &part.into {
                            pair.group = into.get(pair.group as usize).copied().unwrap_or(super::NO_GROUP);
                        }
                        if pair.group != super::NO_GROUP {
                            take(&mut state, pair);
                        }
                    }
                    Ok(())
                })?;
            }
            done(state);
        }
        Ok(())
    }
}

/// Takes a pair off the front.
fn read<'a, const N: usize>(bytes: &mut &'a [u8]) -> Option<Pair<'a, N>> {
    let (group, rest) = bytes.split_first_chunk()?;
    let (length, rest) = rest.split_first_chunk()?;
    let (about, rest) = rest.split_first_chunk()?;
    let (text, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    *bytes = rest;
    Some(Pair { group: u32::from_le_bytes(*group), text, about: *about })
}
