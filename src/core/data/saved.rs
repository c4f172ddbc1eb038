//! Batches as bytes: what goes to temporary files and comes back as it was.
//!
//! The form is private to one run of the program. A batch comes back with all that says what its records are; the counts
//! of lines that did not become records stay behind, because they were told when the batch was read.

use std::sync::Arc;

use crate::core::block::Block;
use crate::core::data::batch::{Batch, Column, Delimited, Dialect, Records, Selection, Shapes, Values};
use crate::core::data::cell::Cell;
use crate::core::data::number::Number;
use crate::core::error::{Code, Problem, Result};
use crate::core::integer::{high, low, to_index};

/// Appends a batch to `out`.
pub(crate) fn save(batch: &Batch, out: &mut Vec<u8>) {
    word(out, batch.rows as u64);
    word(out, batch.first_row);
    bytes(out, &batch.block.bytes);
    word(out, batch.block.start as u64);
    word(out, batch.block.end as u64);
    bytes(out, &batch.side);
    optional(out, batch.ids.as_ref(), |out, ids| words(out, ids.iter().copied()));
    optional(out, batch.raw.as_ref(), |out, raw| {
        match raw.dialect {
            Dialect::Json => out.extend_from_slice(&[0; 3]),
            Dialect::Delimited { delimiter, quote } => out.extend_from_slice(&[1, delimiter, quote]),
        }
        words(out, raw.spans.iter().map(|(start, end)| u64::from(*start) | u64::from(*end) << 32));
    });
    optional(out, batch.delimited.as_ref(), |out, delimited| {
        out.extend_from_slice(&[delimited.delimiter, delimited.quote]);
        word(out, delimited.columns.len() as u64);
        delimited.columns.iter().for_each(|name| bytes(out, name.as_bytes()));
    });
    word(out, batch.columns.len() as u64);
    for column in &batch.columns {
        bytes(out, column.name.as_bytes());
        match &column.values {
            Values::Cells(cells) => {
                out.push(0);
                words(out, cells.iter().map(|cell| cell.to_bits()));
            }
            Values::Numbers(numbers) => {
                out.push(1);
                word(out, numbers.len() as u64);
                for number in numbers {
                    save_number(*number, out);
                }
            }
        }
    }
    optional(out, batch.shapes.as_ref(), |out, shapes| {
        word(out, shapes.orders.len() as u64);
        shapes.orders.iter().for_each(|order| words(out, order.iter().map(|column| u64::from(*column))));
        words(out, shapes.of_row.iter().map(|shape| u64::from(*shape)));
    });
    let rows = if let Selection::Rows(rows) = &batch.selection { Some(rows) } else { None };
    optional(out, rows, |out, rows| words(out, rows.iter().map(|row| u64::from(*row))));
}

/// Takes the next batch off the front of `from`; none at its end.
pub(crate) fn restore(from: &mut &[u8]) -> Result<Option<Batch>> {
    if from.is_empty() {
        return Ok(None);
    }
    let batch = read(from).ok_or_else(|| Problem::new(Code::Internal, "a temporary file is not as it was written"))?;
    Ok(Some(batch))
}

fn read(from: &mut &[u8]) -> Option<Batch> {
    let (rows, first_row) = (to_index(read_word(from)?), read_word(from)?);
    let block = read_bytes(from)?.to_vec();
    let block =
        Block { bytes: block, start: to_index(read_word(from)?), end: to_index(read_word(from)?), ..Block::default() };
    let side = read_bytes(from)?.to_vec();
    let ids = read_optional(from, |from| read_words(from, |word| word))?;
    let raw = read_optional(from, |from| {
        let [kind, delimiter, quote] = *read_chunk::<3>(from)?;
        let dialect = if kind == 0 { Dialect::Json } else { Dialect::Delimited { delimiter, quote } };
        Some(Records { dialect, spans: read_words(from, |word| (low(word), high(word)))? })
    })?;
    let delimited = read_optional(from, |from| {
        let [delimiter, quote] = *read_chunk::<2>(from)?;
        let columns = (0..read_word(from)?).map(|_| read_name(from)).collect::<Option<Vec<_>>>()?;
        Some(Arc::new(Delimited { delimiter, quote, columns }))
    })?;
    let columns = (0..read_word(from)?).map(|_| read_column(from)).collect::<Option<Vec<_>>>()?;
    let shapes = read_optional(from, |from| {
        let orders = (0..read_word(from)?).map(|_| read_words(from, low));
        Some(Shapes { orders: orders.collect::<Option<_>>()?, of_row: read_words(from, low)? })
    })?;
    let selection = read_optional(from, |from| read_words(from, low))?;
    let selection = selection.map_or(Selection::All, Selection::Rows);
    Some(Batch { block, side, rows, first_row, ids, raw, delimited, columns, shapes, selection, ..Batch::default() })
}

/// Appends a computed number, or that there is none.
pub(crate) fn save_number(number: Option<Number>, out: &mut Vec<u8>) {
    match number {
        None => out.push(0),
        Some(Number::Exact { units, scale }) => {
            out.extend_from_slice(&[1, scale]);
            out.extend_from_slice(&units.to_le_bytes());
        }
        Some(Number::Float(float)) => {
            out.push(2);
            out.extend_from_slice(&float.to_bits().to_le_bytes());
        }
    }
}

/// Takes what [`save_number`] wrote off the front of `from`; none where it is not that.
#[allow(clippy::option_option)] // Null is a number here, and there may be none.
pub(crate) fn restore_number(from: &mut &[u8]) -> Option<Option<Number>> {
    let [kind] = *read_chunk::<1>(from)?;
    Some(match kind {
        0 => None,
        1 => {
            let [scale] = *read_chunk::<1>(from)?;
            Some(Number::Exact { units: i128::from_le_bytes(*read_chunk(from)?), scale })
        }
        _ => Some(Number::Float(f64::from_bits(read_word(from)?))),
    })
}

fn word(out: &mut Vec<u8>, word: u64) {
    out.extend_from_slice(&word.to_le_bytes());
}

fn words(out: &mut Vec<u8>, list: impl ExactSizeIterator<Item = u64>) {
    word(out, list.len() as u64);
    out.reserve(list.len() * 8);
    list.for_each(|item| word(out, item));
}

fn bytes(out: &mut Vec<u8>, text: &[u8]) {
    word(out, text.len() as u64);
    out.extend_from_slice(text);
}

fn optional<T>(out: &mut Vec<u8>, item: Option<T>, save: impl FnOnce(&mut Vec<u8>, T)) {
    out.push(u8::from(item.is_some()));
    if let Some(item) = item {
        save(out, item);
    }
}

fn read_chunk<'a, const N: usize>(from: &mut &'a [u8]) -> Option<&'a [u8; N]> {
    let (chunk, rest) = from.split_first_chunk()?;
    *from = rest;
    Some(chunk)
}

fn read_word(from: &mut &[u8]) -> Option<u64> {
    read_chunk(from).map(|chunk| u64::from_le_bytes(*chunk))
}

fn read_bytes<'a>(from: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = to_index(read_word(from)?);
    let (text, rest) = from.split_at_checked(length)?;
    *from = rest;
    Some(text)
}

fn read_words<T>(from: &mut &[u8], item: impl Fn(u64) -> T) -> Option<Vec<T>> {
    let length = to_index(read_word(from)?);
    let (words, rest) = from.split_at_checked(length.checked_mul(8)?)?;
    *from = rest;
    Some(words.as_chunks::<8>().0.iter().map(|word| item(u64::from_le_bytes(*word))).collect())
}

fn read_name(from: &mut &[u8]) -> Option<Arc<str>> {
    Some(Arc::from(std::str::from_utf8(read_bytes(from)?).ok()?))
}

fn read_column(from: &mut &[u8]) -> Option<Column> {
    let name = read_name(from)?;
    let [kind] = *read_chunk::<1>(from)?;
    let values = if kind == 0 {
        Values::Cells(read_words(from, Cell::from_bits)?)
    } else {
        let numbers = (0..read_word(from)?).map(|_| restore_number(from));
        Values::Numbers(numbers.collect::<Option<Vec<_>>>()?)
    };
    Some(Column { name, values })
}

#[allow(clippy::option_option)] // What is not there may have been saved so.
fn read_optional<T>(from: &mut &[u8], read: impl FnOnce(&mut &[u8]) -> Option<T>) -> Option<Option<T>> {
    match *read_chunk::<1>(from)? {
        [0] => Some(None),
        _ => read(from).map(Some),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{restore, save};
    use crate::core::data::batch::{Column, Selection, Values};
    use crate::core::data::number::Number;
    use crate::core::data::testing::{csv, json, lines};

    #[test]
    fn batches_come_back_as_they_were() {
        let mut first = csv("a,b\n1,x\n2,\"y\"\n,\n", 7);
        first.selection = Selection::Rows(vec![2, 0]);
        first.ids = Some(vec![9, 4, u64::MAX]);
        let mut second = json(&[&[("a", "1"), ("b", "[1]")], &[("b", "null"), ("a", "true")]], 3);
        let numbers =
            vec![Some(Number::Exact { units: -105, scale: 2 }), None, Some(Number::Float(1e300)), Some(Number::ZERO)];
        second.columns.push(Column { name: "n".into(), values: Values::Numbers(numbers) });
        let mut bytes = Vec::new();
        save(&first, &mut bytes);
        save(&second, &mut bytes);
        let mut rest = bytes.as_slice();
        for batch in [first, second] {
            let back = restore(&mut rest).unwrap().unwrap();
            assert_eq!(format!("{back:?}"), format!("{batch:?}"));
            assert_eq!(lines(&back), lines(&batch));
        }
        assert!(restore(&mut rest).unwrap().is_none());
        assert!(restore(&mut &bytes[..bytes.len() - 1]).is_ok());
        assert!(restore(&mut &bytes[..20]).is_err());
    }
}
