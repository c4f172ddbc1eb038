//! Delimited text in a cell of another format: one record, whose columns are named by the user (`--parse 'col as csv into
//! a,b'`).

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::core::data::batch::unquote;
use crate::core::data::cell::Kind;
use crate::core::error::{Code, Problem, Result};
use crate::core::format::ReadOptions;
use crate::core::format::csv::machine::{self, Place};
use crate::core::format::line::fields::Fields;
use crate::core::format::line::{CellParser, LineParser, Miss, Names, miss};
use crate::core::scan::lanes::Marks;

/// Reads one record.
struct Record {
    marks: Marks,
    names: Vec<Arc<str>>,
}

/// A parser of records of the columns that the options name.
pub(crate) fn parser(options: &ReadOptions, delimiter: u8) -> Result<Box<dyn CellParser>> {
    let Some(names) = &options.header else {
        return Err(Problem::new(Code::Usage, "delimited text in a column needs names for its own columns")
            .hint("--parse 'column as csv into a,b,c'")
            .into());
    };
    let names = names.iter().map(|name| Arc::from(name.as_str())).collect();
    // One record has no end to look for.
    Ok(Box::new(Record { marks: Marks { delimiter, quote: b'"', terminator: delimiter }, names }))
}

impl LineParser for Record {
    type Worker = ();

    fn worker(&self) {}

    fn names(&self) -> Names {
        Names::Fixed(self.names.clone())
    }

    fn parse(&self, (): &mut (), text: &[u8], fields: &mut Fields) -> Result<(), Miss> {
        let (mut column, mut start) = (0, 0);
        let place = machine::run(text, Place::Start, self.marks, |at, _| {
            put(text, column, start, at, fields);
            (column, start) = (column + 1, at + 1);
            ControlFlow::Continue(())
        });
        if place == Place::Quoted {
            return miss(start, "a quote that is never closed");
        }
        put(text, column, start, text.len(), fields);
        if column >= self.names.len() {
            return miss(start, "more fields than names");
        }
        Ok(())
    }
}

/// Puts a field.
fn put(text: &[u8], column: usize, start: usize, end: usize, fields: &mut Fields) {
    let source = text.get(start..end).unwrap_or_default();
    match source {
        [b'"', inner @ .., b'"'] if memchr::memchr(b'"', inner).is_none() => fields.text(column, start + 1, end - 1),
        [b'"', ..] => fields.made(column, Kind::Text, |out| out.extend_from_slice(&unquote(source))),
        _ => fields.put(column, Kind::Bare, start, end),
    }
}
