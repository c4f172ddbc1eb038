//! Batches and expressions for the tests of this folder.

use std::sync::Arc;

use super::{Env, Parsed, Program, Tally, parse};
use crate::core::block::Block;
use crate::core::data::batch::{Batch, Column, Values, store};
use crate::core::data::cell::{Cell, Kind};
use crate::core::data::time::Time;
use crate::core::data::value::Value;
use crate::core::error::Error;

/// A batch of one record of a JSON object.
pub(super) fn record(json: &str) -> Batch {
    let mut batch = Batch { rows: 1, block: Block { bytes: json.into(), ..Block::default() }, ..Batch::default() };
    for (name, value) in crate::core::format::json::path::members(json.as_bytes()) {
        let cell = store(&mut batch.side, &value);
        let name: Arc<str> = String::from_utf8_lossy(&name).into();
        batch.columns.push(Column { name, values: Values::Cells(vec![cell]) });
    }
    batch
}

/// A batch of CSV cells: rows of cells between commas, without quotes; empty cells are null, `""` is empty text.
pub(super) fn table(header: &str, rows: &[&str]) -> Batch {
    let mut batch = Batch { rows: rows.len(), ..Batch::default() };
    for (index, name) in header.split(',').enumerate() {
        let cell = |row: &&str| match row.split(',').nth(index).unwrap_or_default() {
            "" => Cell::NULL,
            "\"\"" => Cell::side(Kind::Quoted, 0, 0),
            text => store(&mut batch.side, &Value::Bare(text.as_bytes().into())),
        };
        let cells = rows.iter().map(cell).collect();
        batch.columns.push(Column { name: name.into(), values: Values::Cells(cells) });
    }
    batch
}

/// The environment of the tests.
pub(super) fn env() -> Env {
    Env {
        args: vec![("min".to_string(), "10".to_string()), ("word".to_string(), "x".to_string())],
        vars: vec![("HOME".to_string(), "/root".to_string())],
        year: Some(2026),
        now: Time::at(1_772_366_851, 0),
        ..Env::default()
    }
}

/// Binds an expression.
pub(super) fn bound(text: &str) -> Result<(Parsed, Program), Error> {
    let parsed = parse(text)?;
    let program = Program::bind(&parsed, &env(), &["count", "sum"])?;
    Ok((parsed, program))
}

/// The values of an expression over a batch as text; null is empty.
pub(super) fn column(text: &str, batch: &mut Batch) -> Result<Vec<String>, Error> {
    let (_, program) = bound(text)?;
    let values = program.values(batch, &mut Tally::default());
    batch.columns.push(Column { name: "\u{1}result".into(), values });
    let at = batch.columns.len() - 1;
    let shown = (0..batch.rows).map(|row| String::from_utf8_lossy(&batch.value(at, row).to_text()).into_owned());
    Ok(shown.collect())
}

/// The value of an expression over one JSON record as text.
pub(super) fn shown(text: &str, json: &str) -> String {
    match column(text, &mut record(json)) {
        Ok(values) => values.join("|"),
        Err(error) => format!("error: {error}"),
    }
}
