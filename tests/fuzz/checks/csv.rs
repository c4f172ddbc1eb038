//! The CSV decoder against the `csv` crate.

use super::choice;
use super::reading::{Cut, batches, open};
use crate::core::data::batch::Batch;
use crate::core::data::value::Value;
use crate::core::format::{Ragged, ReadOptions};

/// The first byte says how many columns there are, what becomes of ragged records and how the text is cut.
pub fn csv(data: &[u8]) {
    let (picks, text) = choice(data);
    // What a lone carriage return means is told from the head, which the oracle does not do.
    if memchr::memchr_iter(b'\r', text).any(|at| text.get(at + 1) != Some(&b'\n')) {
        return;
    }
    // In a single column a blank line is a record, which the oracle passes over.
    let columns = 2 + picks % 2;
    let ragged = [Ragged::Error, Ragged::Pad, Ragged::Skip][picks / 4 % 3];
    let cut = [Cut::Whole, Cut::Ranges(7), Cut::Chunks(5), Cut::Ranges(64)][picks / 16 % 4];
    let header = ["a,b\n", "a,b,c\n"][columns - 2];
    let text = [header.as_bytes(), text].concat();
    let options = ReadOptions { ragged, delimiter: Some(b','), ..ReadOptions::default() };
    let opening = open("csv", &text, &options).unwrap();
    let mut rows = Vec::new();
    let fault = batches(opening, &text, cut, |batch| collect(batch, &mut rows));
    let (expected, broken) = oracle(&text, columns, ragged);
    assert_eq!(rows, expected, "{ragged:?} {cut:?} {}", text.escape_ascii());
    assert_eq!(fault.is_some(), broken, "{ragged:?} {cut:?} {fault:?} {}", text.escape_ascii());
}

/// The text of the cells; null is empty.
fn collect(batch: &Batch, rows: &mut Vec<Vec<Vec<u8>>>) {
    let text = |column: usize, row: usize| match batch.value(column, row) {
        Value::Null | Value::Missing => Vec::new(),
        value => value.to_text().into_owned(),
    };
    rows.extend(batch.rows().map(|row| (0..batch.columns.len()).map(|column| text(column, row)).collect()));
}

/// What the `csv` crate reads, and whether something ends the input early.
fn oracle(text: &[u8], columns: usize, ragged: Ragged) -> (Vec<Vec<Vec<u8>>>, bool) {
    let mut rows = records(text);
    // Only a quote that is never closed takes in what comes after the text.
    let open = records(&[text, b"\n\nz"].concat()).last() != Some(&vec![b"z".to_vec()]);
    if open {
        rows.pop();
    }
    let whole = rows.len();
    match ragged {
        Ragged::Error => rows = rows.into_iter().take_while(|row| row.len() == columns).collect(),
        Ragged::Skip => rows.retain(|row| row.len() == columns),
        Ragged::Pad => rows.iter_mut().for_each(|row| row.resize(columns, Vec::new())),
    }
    let broken = open || ragged == Ragged::Error && rows.len() < whole;
    (rows, broken)
}

/// The records after the header, of any length.
fn records(text: &[u8]) -> Vec<Vec<Vec<u8>>> {
    let returns = memchr::memchr(b'\r', text).is_some();
    let terminator = if returns { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
    let mut builder = csv::ReaderBuilder::new();
    let mut reader = builder.has_headers(false).flexible(true).terminator(terminator).from_reader(text);
    let records = reader.byte_records().skip(1).map(Result::unwrap);
    records.map(|record| record.iter().map(<[u8]>::to_vec).collect()).collect()
}
