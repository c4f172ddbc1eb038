//! The second input of a join on disk, by the hash of the key: where its rows go when memory does not hold them.
//!
//! Each thread writes what it holds when that is too much. When any of them did, all of it goes to disk in the end, and the
//! records that are to be joined follow it there (`apart`).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::core::data::saved::save;
use crate::core::error::Result;
use crate::core::exec::memory::{Memory, Share};
use crate::core::exec::partitions::{LEVELS, PARTITIONS, Partition, Partitions, partition_of};
use crate::core::integer::narrow;
use crate::process::aggregate::key_set::{KeySet, Seed};
use crate::process::stage::Setup;
use crate::process::stage::join::build::Rows;

/// How records are divided. Clones divide alike.
#[derive(Debug, Clone)]
pub(in crate::process::stage) struct Dividing {
    pub(super) memory: Memory,
    threads: usize,
    seed: Seed,
}

impl Dividing {
    /// Divides where the memory of the run is too little.
    pub(super) fn new(setup: &Setup) -> Self {
        Self { memory: setup.memory.clone(), threads: setup.threads, seed: Seed::default() }
    }

    /// Partitions without records, for one thread.
    pub(super) fn partitions(&self) -> Result<Partitions> {
        Partitions::new(&self.memory, self.threads)
    }

    /// Tells the partition of a record at a level by its number and its key. Those without a key may be anywhere, so they
    /// are dealt out.
    pub(super) fn by(&self, level: u32) -> impl Fn(u64, Option<&[u8]>) -> usize {
        let keys = KeySet::new(self.seed.clone());
        move |id, key| partition_of(key.map_or(id << 24, |key| keys.pack(key).hash()), level)
    }
}

/// What one thread holds of the second input, and where the rest of it is.
pub(super) struct Budget {
    dividing: Dividing,
    level: u32,
    share: Share,
    parts: Option<Partitions>,
    /// For each column of what is on disk, where it was first seen: the number of the first row of a batch, and the place
    /// in that.
    columns: HashMap<Arc<str>, (u64, usize)>,
}

impl Budget {
    /// Nothing held yet, of a partition of this level.
    pub(super) fn new(dividing: &Dividing, level: u32) -> Self {
        let share = dividing.memory.share(dividing.threads);
        Self { dividing: dividing.clone(), level, share, parts: None, columns: HashMap::new() }
    }

    /// What is held, for whoever takes it over.
    pub(super) fn into_share(self) -> Share {
        self.share
    }

    /// Whether something is on disk.
    pub(super) fn is_divided(&self) -> bool {
        self.parts.is_some()
    }

    /// Says that so many more bytes are held; writes all that is held where that is too much.
    pub(super) fn hold(&mut self, bytes: usize, taken: &mut Vec<Rows>) -> Result<()> {
        self.share.hold(self.share.held() + bytes);
        if self.level < LEVELS && self.share.is_full() { self.divide(taken) } else { Ok(()) }
    }

    /// Writes rows to their partitions.
    pub(super) fn divide(&mut self, taken: &mut Vec<Rows>) -> Result<()> {
        let parts = match self.parts.take() {
            Some(parts) => parts,
            None => self.dividing.partitions()?,
        };
        let parts = self.parts.insert(parts);
        let (by, mut bytes) = (self.dividing.by(self.level), Vec::new());
        for rows in taken.drain(..) {
            for (place, name) in rows.columns.iter().enumerate() {
                let first = (rows.first_row, place);
                let seen = self.columns.entry(Arc::clone(name)).or_insert(first);
                *seen = first.min(*seen);
            }
            let mut lists: Vec<Vec<u32>> = vec![Vec::new(); PARTITIONS];
            for (row, key) in rows.keys().enumerate() {
                if let Some(list) = lists.get_mut(by(rows.id(row), key)) {
                    list.push(narrow(row));
                }
            }
            for (partition, list) in lists.iter().enumerate().filter(|(_, list)| !list.is_empty()) {
                bytes.clear();
                save(&rows.batch(list), &mut bytes);
                parts.push(partition, &bytes)?;
            }
        }
        self.share.hold(0);
        Ok(())
    }

    /// The partitions.
    pub(super) fn finish(self) -> Result<Vec<Partition>> {
        self.parts.map_or_else(|| Ok(Vec::new()), Partitions::finish)
    }
}

/// The second input on disk.
pub(in crate::process::stage) struct Divided {
    /// All columns, in the order in which they were first seen.
    pub(super) columns: Vec<Arc<str>>,
    pub(super) dividing: Dividing,
    /// For each partition, what each thread wrote of it.
    parts: Mutex<Vec<Vec<Partition>>>,
}

impl Divided {
    /// What all threads wrote.
    pub(super) fn new(dividing: &Dividing, budgets: Vec<Budget>) -> Result<Self> {
        let mut seen: HashMap<Arc<str>, (u64, usize)> = HashMap::new();
        let mut parts: Vec<Vec<Partition>> = vec![Vec::new(); PARTITIONS];
        for mut budget in budgets {
            for (name, first) in std::mem::take(&mut budget.columns) {
                let seen = seen.entry(name).or_insert(first);
                *seen = first.min(*seen);
            }
            for (all, part) in parts.iter_mut().zip(budget.finish()?) {
                all.push(part);
            }
        }
        let mut columns: Vec<_> = seen.into_iter().collect();
        columns.sort_by_key(|(_, first)| *first);
        let columns = columns.into_iter().map(|(name, _)| name).collect();
        Ok(Self { columns, dividing: dividing.clone(), parts: Mutex::new(parts) })
    }

    /// The partitions; nothing the second time.
    pub(super) fn take(&self) -> Vec<Vec<Partition>> {
        std::mem::take(&mut *self.parts.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
