//! The keys of `limit by`, `top by` and `distinct`: the values of some columns as text, null apart from the empty text.

use std::sync::Arc;

use crate::core::data::batch::Batch;
use crate::core::data::value::Value;
use crate::core::integer::narrow;
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
        self.bytes.extend_from_slice(&narrow(text.len()).to_le_bytes());
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
