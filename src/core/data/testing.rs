//! Batches for tests, made from short texts, and batches as text.

use std::sync::Arc;

use crate::core::block::Block;
use crate::core::data::batch::{Batch, Column, Delimited, Dialect, Records, Shapes, Values};
use crate::core::data::cell::{Cell, Kind};
use crate::core::data::value::Value;

/// A batch as the CSV decoder makes it, raw records included: a header line, then lines of unquoted or simply quoted
/// cells without commas or line ends in them.
pub(crate) fn csv(text: &str, first_row: u64) -> Batch {
    let (header, body) = text.split_once('\n').unwrap_or((text, ""));
    let names: Vec<Arc<str>> = header.split(',').map(Arc::from).collect();
    let mut columns: Vec<Vec<Cell>> = vec![Vec::new(); names.len()];
    let mut spans = Vec::new();
    let mut at = 0;
    for line in body.split_inclusive('\n') {
        spans.push((at as u32, (at + line.len()) as u32));
        let mut start = at;
        for (column, cell) in columns.iter_mut().zip(line.trim_end_matches('\n').split(',')) {
            column.push(match cell {
                "" => Cell::new(Kind::Null, start, 0),
                quoted if quoted.starts_with('"') => Cell::new(Kind::Quoted, start + 1, quoted.len() - 2),
                bare => Cell::new(Kind::Bare, start, bare.len()),
            });
            start += cell.len() + 1;
        }
        at += line.len();
    }
    Batch {
        block: Block { bytes: body.as_bytes().to_vec(), end: body.len(), ..Block::default() },
        rows: spans.len(),
        first_row,
        raw: Some(Records { dialect: Dialect::Delimited { delimiter: b',', quote: b'"' }, spans }),
        delimited: Some(Arc::new(Delimited { delimiter: b',', quote: b'"', columns: names.clone() })),
        columns: names
            .into_iter()
            .zip(columns)
            .map(|(name, cells)| Column { name, values: Values::Cells(cells) })
            .collect(),
        ..Batch::default()
    }
}

/// A batch as the JSON decoder makes it: each record as pairs of key and JSON text (strings without escapes).
pub(crate) fn json(records: &[&[(&str, &str)]], first_row: u64) -> Batch {
    let mut batch = Batch { rows: records.len(), first_row, ..Batch::default() };
    let mut shapes = Shapes::default();
    for (row, record) in records.iter().enumerate() {
        let mut order = Vec::new();
        for (name, text) in *record {
            let column = batch.find(name).unwrap_or_else(|| {
                let cells = vec![Cell::MISSING; records.len()];
                batch.columns.push(Column { name: Arc::from(*name), values: Values::Cells(cells) });
                batch.columns.len() - 1
            });
            order.push(column as u32);
            let start = batch.block.bytes.len();
            batch.block.bytes.extend_from_slice(text.as_bytes());
            let cell = match text.as_bytes()[0] {
                b'n' => Cell::NULL,
                b't' => Cell::boolean(true),
                b'f' => Cell::boolean(false),
                b'"' => Cell::new(Kind::Text, start + 1, text.len() - 2),
                b'{' | b'[' => Cell::new(Kind::Nested, start, text.len()),
                _ => Cell::new(Kind::Number, start, text.len()),
            };
            if let Values::Cells(cells) = &mut batch.columns[column].values {
                cells[row] = cell;
            }
        }
        let shape = shapes.orders.iter().position(|known| *known == order).unwrap_or_else(|| {
            shapes.orders.push(order);
            shapes.orders.len() - 1
        });
        shapes.of_row.push(shape as u32);
    }
    batch.block.end = batch.block.bytes.len();
    batch.shapes = Some(shapes);
    batch
}

/// Each remaining record as `name=text` pairs in its own order; nulls are `name=`, missing fields are left out.
pub(crate) fn lines(batch: &Batch) -> Vec<String> {
    batch
        .rows()
        .map(|row| {
            let order = match &batch.shapes {
                Some(shapes) => shapes.orders[shapes.of_row[row] as usize].clone(),
                None => (0..batch.columns.len() as u32).collect(),
            };
            let fields = order.iter().map(|column| (*column as usize, batch.value(*column as usize, row)));
            let shown = fields.filter(|(_, value)| *value != Value::Missing).map(|(column, value)| {
                format!("{}={}", batch.columns[column].name, String::from_utf8_lossy(&value.to_text()))
            });
            shown.collect::<Vec<_>>().join(" ")
        })
        .collect()
}
