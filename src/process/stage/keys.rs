//! The keys of `limit by`, `top by` and `distinct`: the values of some columns as text, null apart from the empty text.

use std::sync::Arc;

use hashbrown::HashTable;

use crate::core::data::batch::Batch;
use crate::core::data::value::Value;
use crate::process::aggregate::key_set::Seed;
use crate::process::stage::names::{Found, Names};

/// What keys are made of.
#[derive(Debug, Clone)]
pub(crate) enum KeyOf {
    /// Nothing: all records have the same key.
    Nothing,
    /// These columns.
    Columns(Arc<Names>),
    /// The whole record: every field with its name, in any order.
    Record,
}

/// The keys of the selected records of a batch.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Keys {
    /// Makes the keys.
    pub(crate) fn new(of: &KeyOf, batch: &mut Batch) -> Self {
        let mut keys = Self { bytes: Vec::new(), ends: Vec::with_capacity(batch.selected()) };
        match of {
            KeyOf::Nothing => keys.ends.resize(batch.selected(), 0),
            KeyOf::Columns(names) => {
                let found = names.get().iter().map(|name| name.find(batch)).collect::<Vec<_>>();
                for row in batch.rows() {
                    for found in &found {
                        keys.push(&found_value(found, batch, row));
                    }
                    keys.ends.push(keys.bytes.len());
                }
            }
            KeyOf::Record => {
                let mut columns: Vec<usize> = (0..batch.columns.len()).collect();
                let name = |column: usize| batch.columns.get(column).map_or("", |column| &column.name);
                columns.sort_by_key(|column| name(*column));
                for row in batch.rows() {
                    for &column in &columns {
                        let value = batch.value(column, row);
                        if value != Value::Missing {
                            keys.push(&Value::Text(name(column).as_bytes().into()));
                            keys.push(&value);
                        }
                    }
                    keys.ends.push(keys.bytes.len());
                }
            }
        }
        keys
    }

    fn push(&mut self, value: &Value<'_>) {
        if value.is_null() {
            self.bytes.push(0);
            return;
        }
        let text = value.to_text();
        self.bytes.push(1);
        self.bytes.extend_from_slice(&(text.len() as u32).to_le_bytes());
        self.bytes.extend_from_slice(&text);
    }

    /// The keys, record by record.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(&0).chain(&self.ends);
        starts.zip(&self.ends).map(|(start, end)| self.bytes.get(*start..*end).unwrap_or_default())
    }
}

/// A value of a found column.
pub(crate) fn found_value<'a>(found: &'a Found, batch: &'a Batch, row: usize) -> Value<'a> {
    match found {
        Found::Column(column) => batch.value(*column, row),
        Found::Values(values) => batch.value_of(values, row),
        Found::Absent => Value::Missing,
    }
}

/// Numbers keys 0, 1, 2, … in the order in which they come. The seed of its hash is random, against inputs made to
/// collide; tables whose keys are matched share one.
#[derive(Debug)]
pub(crate) struct KeyTable {
    table: HashTable<u32>,
    entries: Vec<Entry>,
    bytes: Vec<u8>,
    seed: Seed,
}

#[derive(Debug)]
struct Entry {
    hash: u64,
    start: usize,
    end: usize,
}

impl KeyTable {
    /// An empty table.
    pub(crate) fn new(seed: Seed) -> Self {
        Self { table: HashTable::new(), entries: Vec::new(), bytes: Vec::new(), seed }
    }

    /// The number of a key.
    pub(crate) fn number(&mut self, key: &[u8]) -> usize {
        use std::hash::BuildHasher;
        let hash = self.seed.hash_one(key);
        self.number_hashed(key, hash)
    }

    fn number_hashed(&mut self, key: &[u8], hash: u64) -> usize {
        let Self { table, entries, bytes, .. } = self;
        let same = |number: &u32| {
            entries.get(*number as usize).is_some_and(|entry| {
                entry.hash == hash && bytes.get(entry.start..entry.end).is_some_and(|bytes| bytes == key)
            })
        };
        if let Some(number) = table.find(hash, same) {
            return *number as usize;
        }
        let number = entries.len();
        entries.push(Entry { hash, start: bytes.len(), end: bytes.len() + key.len() });
        bytes.extend_from_slice(key);
        table.insert_unique(hash, number as u32, |number| entries.get(*number as usize).map_or(0, |entry| entry.hash));
        number
    }

    /// How many different keys there are.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The keys in the order of their numbers.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.entries.iter().map(|entry| self.bytes.get(entry.start..entry.end).unwrap_or_default())
    }

    /// For each key of another table of the same seed, its number in this one.
    pub(crate) fn number_all(&mut self, other: &Self) -> Vec<usize> {
        let keys = other.iter().zip(&other.entries);
        keys.map(|(key, entry)| self.number_hashed(key, entry.hash)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{KeyTable, Seed};

    #[test]
    fn tables_of_one_seed_match_and_seeds_differ() {
        let (seed, other) = (Seed::default(), Seed::default());
        let (mut a, mut b) = (KeyTable::new(seed.clone()), KeyTable::new(seed));
        assert_eq!([a.number(b"x"), a.number(b"y"), a.number(b"x")], [0, 1, 0]);
        assert_eq!([b.number(b"y"), b.number(b"z")], [0, 1]);
        assert_eq!(a.number_all(&b), [1, 2]);
        let mut c = KeyTable::new(other);
        c.number(b"x");
        assert_ne!(a.entries[0].hash, c.entries[0].hash);
    }
}
