//! Buffers of a worker: decoders take them, batches carry them, and they come back when a batch is done.

use crate::core::data::batch::{Batch, Selection, Values};
use crate::core::data::cell::Cell;

/// Buffers that a worker uses again and again.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    /// Buffers of blocks, with whatever they held: reading into them again need not zero them.
    pub(crate) blocks: Vec<Vec<u8>>,
    /// Byte buffers: side buffers, output.
    pub(crate) bytes: Vec<Vec<u8>>,
    /// Cell buffers: columns.
    pub(crate) cells: Vec<Vec<Cell>>,
    /// Span buffers: raw records.
    pub(crate) spans: Vec<Vec<(u32, u32)>>,
    /// Index buffers: structural positions, selections.
    pub(crate) indices: Vec<Vec<u32>>,
}

impl Scratch {
    /// A buffer to read a block into, of any length and content.
    pub(crate) fn take_block(&mut self) -> Vec<u8> {
        self.blocks.pop().unwrap_or_default()
    }

    /// An empty byte buffer, an old one if there is one.
    pub(crate) fn take_bytes(&mut self) -> Vec<u8> {
        cleared(self.bytes.pop())
    }

    /// An empty cell buffer.
    pub(crate) fn take_cells(&mut self) -> Vec<Cell> {
        cleared(self.cells.pop())
    }

    /// An empty span buffer.
    pub(crate) fn take_spans(&mut self) -> Vec<(u32, u32)> {
        cleared(self.spans.pop())
    }

    /// An empty index buffer.
    pub(crate) fn take_indices(&mut self) -> Vec<u32> {
        cleared(self.indices.pop())
    }

    /// Takes a batch apart and keeps its buffers, as many as a batch may need again.
    pub(crate) fn recycle(&mut self, batch: Batch) {
        keep(&mut self.blocks, batch.block.bytes, 8);
        keep(&mut self.bytes, batch.side, 8);
        for column in batch.columns {
            if let Values::Cells(cells) = column.values {
                keep(&mut self.cells, cells, 256);
            }
        }
        if let Some(raw) = batch.raw {
            keep(&mut self.spans, raw.spans, 8);
        }
        if let Selection::Rows(rows) = batch.selection {
            self.keep_indices(rows);
        }
    }

    /// Keeps an index buffer, unless there are enough.
    pub(crate) fn keep_indices(&mut self, indices: Vec<u32>) {
        keep(&mut self.indices, indices, 8);
    }
}

/// Keeps a buffer for later, unless there are enough: what stages allocate themselves must not pile up.
fn keep<T>(pool: &mut Vec<Vec<T>>, buffer: Vec<T>, most: usize) {
    if buffer.capacity() > 0 && pool.len() < most {
        pool.push(buffer);
    }
}

fn cleared<T>(buffer: Option<Vec<T>>) -> Vec<T> {
    let mut buffer = buffer.unwrap_or_default();
    buffer.clear();
    buffer
}
