//! The table of groups: from the key cells of a row to a dense group number.
//!
//! Keys compare as text, so JSON's `1` and `"1"` are one group; null (and missing) is a group of its own, apart from the
//! empty text. Each group keeps its lowest row id, which orders groups, and the form its key had in that row, so that it
//! prints as it came. The keys of a run of rows are looked up together ([`KeySet::seek`]); what that does not see is searched
//! for one by one.

use crate::core::data::batch::{Batch, Values};
use crate::core::data::cell::{Cell, Kind, MAX_CELL};
use crate::core::data::value::Value;
use crate::core::integer::{byte, narrow};
use crate::process::aggregate::NO_GROUP;
use crate::process::aggregate::intake::value;
use crate::process::aggregate::kept::text;
use crate::process::aggregate::key_set::{KeySet, Keys, NONE, PLAIN, Packed, RUN, Scratch, Seed};

/// Bytes behind the last key of a run, so that it is read like the others.
const ALONG: usize = 32;

/// The groups that one thread has seen.
#[derive(Debug)]
pub(crate) struct GroupTable {
    set: KeySet,
    /// Number of key columns.
    keys: usize,
    /// For each group, its lowest row id.
    first: Vec<u64>,
    /// For each group, the form of each key in that row.
    kinds: Vec<Kind>,
    /// The highest row id of all batches seen: groups need no new lowest row while batches come in order.
    latest: u64,
    /// For each kind of cell whose text is not in its span, the group of a single key of that kind.
    of_kind: [u32; 16],
    encoded: Encoded,
    scratch: Scratch,
}

/// The keys of a run that are not cells of a batch.
#[derive(Debug, Default)]
struct Encoded {
    /// Their bytes, one after the other, then some more to be read along.
    bytes: Vec<u8>,
    /// Where each ends.
    ends: Vec<usize>,
    /// A cell over each.
    cells: Vec<Cell>,
    /// The numbers of these cells.
    places: Vec<u32>,
}

impl Encoded {
    fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
        self.cells.clear();
        self.places.clear();
    }

    /// Makes what was appended to the bytes a key, null where it is not there.
    fn end_key(&mut self, is_null: bool) {
        let start = self.ends.last().copied().unwrap_or(0);
        let len = self.bytes.len() - start;
        let kind = if is_null { Kind::Null } else { Kind::Text };
        // A key that no cell can hold is searched for.
        self.cells.push(if len > MAX_CELL { Cell::new(Kind::TextRaw, 0, 0) } else { Cell::side(kind, start, len) });
        self.places.push(narrow(self.ends.len()));
        self.ends.push(self.bytes.len());
    }

    /// The keys with their cells.
    fn iter(&self) -> impl Iterator<Item = (Cell, &[u8])> {
        let starts = [0].into_iter().chain(self.ends.iter().copied());
        let key = |(start, end): (usize, &usize)| self.bytes.get(start..*end).unwrap_or_default();
        self.cells.iter().copied().zip(starts.zip(&self.ends).map(key))
    }
}

impl GroupTable {
    /// A table without groups. Tables that are merged must have the same seed.
    pub(crate) fn new(keys: usize, seed: Seed) -> Self {
        Self {
            set: KeySet::new(seed),
            keys,
            first: Vec::new(),
            kinds: Vec::new(),
            latest: 0,
            of_kind: [NONE; 16],
            encoded: Encoded::default(),
            scratch: Scratch::default(),
        }
    }

    /// Number of groups.
    pub(crate) fn len(&self) -> usize {
        self.first.len()
    }

    /// The lowest row id of a group.
    pub(crate) fn first_row(&self, group: usize) -> u64 {
        self.first.get(group).copied().unwrap_or(u64::MAX)
    }

    /// Appends the group of each row to `groups`. `inputs` are the key columns.
    pub(crate) fn assign(&mut self, batch: &Batch, rows: &[u32], inputs: &[&Values], groups: &mut Vec<u32>) {
        groups.reserve(rows.len());
        let ordered = batch.ids.is_none() && (self.len() == 0 || batch.first_row >= self.latest);
        let highest = |ids: &Vec<u64>| ids.iter().copied().max().unwrap_or(0);
        let after =
            batch.ids.as_ref().map_or(batch.first_row + batch.rows as u64, |ids| highest(ids).saturating_add(1));
        self.latest = self.latest.max(after);
        for run in rows.chunks(RUN) {
            let from = groups.len();
            groups.resize(from + run.len(), NONE);
            let Some(groups) = groups.get_mut(from..) else { continue };
            match inputs {
                [Values::Cells(cells)] => self.assign_cells(batch, run, cells, groups),
                _ => self.assign_encoded(batch, run, inputs, groups),
            }
            if !ordered {
                self.lower(batch, run, inputs, groups);
            }
        }
    }

    /// Appends the hash of each row's keys to `hashes`, as [`GroupTable::merge`] sees them.
    pub(crate) fn hashes(&mut self, batch: &Batch, rows: &[u32], inputs: &[&Values], hashes: &mut Vec<u64>) {
        for run in rows.chunks(RUN) {
            self.encode_run(batch, run, inputs);
            hashes.extend(self.encoded.iter().map(|(cell, key)| self.packed(cell, key).hash()));
        }
    }

    /// About the bytes of memory it takes.
    pub(crate) fn memory(&self) -> usize {
        self.set.memory() + self.first.capacity() * 8 + self.kinds.capacity()
    }

    /// One key column of cells.
    fn assign_cells(&mut self, batch: &Batch, run: &[u32], cells: &[Cell], groups: &mut [u32]) {
        self.set.seek(
            Keys { block: &batch.block.bytes, side: &batch.side, cells, run },
            &self.of_kind,
            &mut self.scratch,
            groups,
        );
        for (row, group) in run.iter().zip(groups).filter(|(_, group)| **group == NONE) {
            let cell = cells.get(*row as usize).copied().unwrap_or(Cell::MISSING);
            let bytes = batch.bytes(cell);
            *group = if cell.is_any(PLAIN) && !cell.in_side() {
                let packed = self.set.pack_at(&batch.block.bytes, cell.start(), cell.len());
                self.set.insert(packed, || bytes)
            } else {
                self.search(cell, &text(cell.kind(), bytes))
            };
            if *group as usize == self.first.len() {
                self.first.push(batch.id(*row as usize));
                self.kinds.push(plain(cell.kind()));
            }
        }
    }

    /// The group of a key column's cell, whose text this is, a new one if it is new.
    fn search(&mut self, cell: Cell, text: &[u8]) -> u32 {
        let packed = self.packed(cell, text);
        let group = self.set.insert(packed, || text);
        if let (Kind::Missing | Kind::Null | Kind::True | Kind::False, Some(of_kind)) =
            (cell.kind(), self.of_kind.get_mut(cell.kind() as usize))
        {
            *of_kind = group;
        }
        group
    }

    /// A key, ready to be looked up.
    fn packed(&self, cell: Cell, key: &[u8]) -> Packed {
        if cell.is_null() { self.set.pack_null() } else { self.set.pack(key) }
    }

    /// Encodes the keys of a run, one after the other, any number of columns.
    fn encode_run(&mut self, batch: &Batch, run: &[u32], inputs: &[&Values]) {
        let encoded = &mut self.encoded;
        encoded.clear();
        for row in run {
            if let [input] = inputs {
                let value = key(batch, input, *row);
                encoded.bytes.extend_from_slice(&value.to_text());
                encoded.end_key(value.is_null());
            } else {
                for input in inputs {
                    encode(&key(batch, input, *row), &mut encoded.bytes);
                }
                encoded.end_key(false);
            }
        }
        encoded.bytes.resize(encoded.bytes.len() + ALONG, 0);
    }

    /// Any number of key columns.
    fn assign_encoded(&mut self, batch: &Batch, run: &[u32], inputs: &[&Values], groups: &mut [u32]) {
        self.encode_run(batch, run, inputs);
        let encoded = std::mem::take(&mut self.encoded);
        let keys = Keys { block: &[], side: &encoded.bytes, cells: &encoded.cells, run: &encoded.places };
        self.set.seek(keys, &self.of_kind, &mut self.scratch, groups);
        for ((row, (cell, key)), group) in run.iter().zip(encoded.iter()).zip(groups) {
            if *group != NONE {
                continue;
            }
            *group = self.search(cell, key);
            if *group as usize == self.first.len() {
                self.first.push(batch.id(*row as usize));
                self.kinds.extend(inputs.iter().map(|input| kind(batch, input, *row)));
            }
        }
        self.encoded = encoded;
    }

    /// Takes rows that came later than higher ones into account.
    fn lower(&mut self, batch: &Batch, run: &[u32], inputs: &[&Values], groups: &[u32]) {
        for (row, group) in run.iter().zip(groups) {
            let id = batch.id(*row as usize);
            let Some(first) = self.first.get_mut(*group as usize).filter(|first| id < **first) else { continue };
            *first = id;
            let at = *group as usize * self.keys;
            for (old, input) in self.kinds.iter_mut().skip(at).zip(inputs) {
                *old = kind(batch, input, *row);
            }
        }
    }

    /// Makes room for so many more groups.
    pub(crate) fn reserve(&mut self, more: usize) {
        self.set.reserve(more);
        self.first.reserve(more);
        self.kinds.reserve(more * self.keys);
    }

    /// The hash of a group's key: the same in all tables of a seed.
    pub(crate) fn hash(&self, group: usize) -> u64 {
        self.set.pack_again(group).hash()
    }

    /// Takes over the groups of another table that `takes` accepts, and appends the group here of each of its groups to
    /// `into`, [`NO_GROUP`] for the others.
    pub(crate) fn merge(&mut self, other: &Self, takes: impl Fn(usize) -> bool, into: &mut Vec<u32>) {
        into.reserve(other.len());
        for theirs in 0..other.len() {
            if !takes(theirs) {
                into.push(NO_GROUP);
                continue;
            }
            let kinds = other.kinds.get(theirs * self.keys..(theirs + 1) * self.keys).unwrap_or_default();
            let group = self.set.insert(other.set.pack_again(theirs), || other.set.key(theirs));
            let first = other.first_row(theirs);
            if group as usize == self.first.len() {
                self.first.push(first);
                self.kinds.extend_from_slice(kinds);
            } else if let Some(old) = self.first.get_mut(group as usize).filter(|old| first < **old) {
                *old = first;
                for (old, new) in self.kinds.iter_mut().skip(group as usize * self.keys).zip(kinds) {
                    *old = *new;
                }
            }
            into.push(group);
        }
    }

    /// A key of a group, as it came in the group's first row.
    pub(crate) fn key(&self, group: usize, column: usize) -> Value<'_> {
        let kind = self.kinds.get(group * self.keys + column).copied().unwrap_or(Kind::Null);
        let mut rest = self.set.key(group);
        if self.keys == 1 {
            return value(kind, rest);
        }
        for _ in 0..column {
            rest = decode(rest).1;
        }
        value(kind, decode(rest).0)
    }
}

/// The form of a value once it is unquoted and unescaped.
fn plain(kind: Kind) -> Kind {
    match kind {
        Kind::Missing | Kind::Null => Kind::Null,
        Kind::Bare | Kind::Quoted | Kind::QuotedRaw => Kind::Bare,
        Kind::Text | Kind::TextRaw => Kind::Text,
        Kind::Number | Kind::True | Kind::False | Kind::Nested => kind,
    }
}

fn kind(batch: &Batch, input: &Values, row: u32) -> Kind {
    match key(batch, input, row) {
        Value::Missing | Value::Null => Kind::Null,
        Value::Bool(true) => Kind::True,
        Value::Bool(false) => Kind::False,
        Value::Number(_) | Value::Literal(_) => Kind::Number,
        Value::Bare(_) => Kind::Bare,
        Value::Text(_) => Kind::Text,
        Value::Nested(_) => Kind::Nested,
    }
}

/// A row's value in a key column; missing is null.
fn key<'a>(batch: &'a Batch, input: &'a Values, row: u32) -> Value<'a> {
    match input {
        Values::Cells(cells) => {
            cells.get(row as usize).map_or(Value::Null, |cell| value(cell.kind(), batch.bytes(*cell)))
        }
        Values::Numbers(numbers) => match numbers.get(row as usize) {
            Some(Some(number)) => Value::Number(*number),
            _ => Value::Null,
        },
    }
}

/// Appends one of several keys: 0 for null, else the length and one as a base-128 number, then the text.
fn encode(key: &Value<'_>, out: &mut Vec<u8>) {
    if key.is_null() {
        out.push(0);
        return;
    }
    let text = key.to_text();
    let mut length = text.len() + 1;
    while length >= 128 {
        out.push(128 | byte(length as u64));
        length >>= 7;
    }
    out.push(byte(length as u64));
    out.extend_from_slice(&text);
}

/// The first of several keys and what follows it.
fn decode(bytes: &[u8]) -> (&[u8], &[u8]) {
    let (mut length, mut shift, mut at) = (0, 0, 0);
    for byte in bytes {
        length |= usize::from(byte & 127) << shift;
        shift += 7;
        at += 1;
        if *byte < 128 {
            break;
        }
    }
    let rest = bytes.get(at..).unwrap_or_default();
    rest.split_at_checked(length.saturating_sub(1)).unwrap_or_default()
}
