//! Records held in memory: what gathering stages hand to the next part of the plan.
//!
//! Rows are pushed one by one and kept in chunks of [`CHUNK`] records: cells, and their text in a side buffer.

use std::sync::{Arc, Mutex, PoisonError};

use crate::core::data::batch::{Batch, Column, Values, store};
use crate::core::data::cell::Cell;
use crate::core::data::value::Value;
use crate::core::error::Result;
use crate::core::format::Scratch;
use crate::process::stage::Table;

/// Records of a chunk, at most.
pub(crate) const CHUNK: usize = 4096;
/// Bytes of text after which a chunk is full, so that offsets stay far below 32 bits.
const CHUNK_BYTES: usize = 1 << 26;

/// Records with the same columns.
pub(crate) struct MemoryTable {
    columns: Vec<Arc<str>>,
    /// Each is taken out when it is asked for.
    chunks: Vec<Mutex<Chunk>>,
}

#[derive(Default)]
struct Chunk {
    first_row: u64,
    rows: usize,
    side: Vec<u8>,
    columns: Vec<Vec<Cell>>,
}

impl MemoryTable {
    /// A table of these columns and no records.
    pub(crate) fn new(columns: Vec<Arc<str>>) -> Self {
        Self { columns, chunks: Vec::new() }
    }

    /// Appends a record; it has a value for each column, in order.
    pub(crate) fn push<'a>(&mut self, values: impl IntoIterator<Item = Value<'a>>) {
        let width = self.columns.len();
        let next_row = match self.chunks.last_mut().map(|chunk| chunk.get_mut().unwrap_or_else(PoisonError::into_inner))
        {
            Some(chunk) if chunk.rows < CHUNK && chunk.side.len() < CHUNK_BYTES => return chunk.push(values),
            Some(chunk) => chunk.first_row + chunk.rows as u64,
            None => 0,
        };
        let mut chunk = Chunk { first_row: next_row, columns: vec![Vec::new(); width], ..Chunk::default() };
        chunk.push(values);
        self.chunks.push(Mutex::new(chunk));
    }
}

impl Chunk {
    fn push<'a>(&mut self, values: impl IntoIterator<Item = Value<'a>>) {
        let mut values = values.into_iter();
        for column in &mut self.columns {
            column.push(values.next().map_or(Cell::NULL, |value| store(&mut self.side, &value)));
        }
        self.rows += 1;
    }
}

impl Table for MemoryTable {
    fn chunks(&self) -> usize {
        self.chunks.len()
    }

    fn chunk(&self, index: usize, _: &mut Scratch) -> Result<Batch> {
        let Some(chunk) = self.chunks.get(index) else { return Ok(Batch::default()) };
        let chunk = std::mem::take(&mut *chunk.lock().unwrap_or_else(PoisonError::into_inner));
        let columns = self.columns.iter().zip(chunk.columns);
        Ok(Batch {
            side: chunk.side,
            rows: chunk.rows,
            first_row: chunk.first_row,
            columns: columns
                .map(|(name, cells)| Column { name: Arc::clone(name), values: Values::Cells(cells) })
                .collect(),
            ..Batch::default()
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{CHUNK, MemoryTable};
    use crate::core::data::number::Number;
    use crate::core::data::value::Value;
    use crate::core::format::Scratch;
    use crate::process::stage::Table;

    #[test]
    fn keeps_rows_in_order() {
        let mut table = MemoryTable::new(vec!["n".into(), "t".into()]);
        for n in 0..2 * CHUNK + 5 {
            table.push([Value::Number(Number::int(n as i128)), Value::Null]);
        }
        assert_eq!(table.chunks(), 3);
        let batch = table.chunk(2, &mut Scratch::default()).unwrap();
        assert_eq!((batch.rows, batch.first_row), (5, 2 * CHUNK as u64));
        assert_eq!(batch.value(0, 4).to_text().as_ref(), (2 * CHUNK + 4).to_string().as_bytes());
        assert_eq!(batch.value(1, 4), Value::Null);
    }
}
