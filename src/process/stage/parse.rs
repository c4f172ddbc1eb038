//! `--parse`: reads the text of a column in another format.

use std::sync::{Arc, OnceLock};

use crate::core::error::{Code, Problem, Result};
use crate::core::format::{FORMATS, ReadOptions};
use crate::core::registry::{Example, Row, did_you_mean, find, names};
use crate::process::stage::names::{Name, split, split_outside, unquote};
use crate::process::stage::parsing::{Misfits, Parsing};
use crate::process::stage::{Setup, Stage, StageKind, Written};

/// The row of the table.
pub(crate) const ROW: Row<StageKind> = Row {
    name: "parse",
    aliases: &[],
    usage: "--parse 'COLUMN as FORMAT'",
    summary: "Read a column as json, logfmt, csv or a log; json takes the column's place, the fields of \
              others become columns; 'x as csv into a,b' names them",
    examples: &[Example {
        input: "mytools process --parse 'message as logfmt'",
        output: "every record with the fields of its message",
    }],
    item: StageKind { short: None, value: Some("WHAT"), attach: &[], build },
};

fn build(written: &Written, setup: &Setup) -> Result<Box<dyn Stage>> {
    let wrong = || {
        let problem = Problem::new(Code::Usage, format!("'{}' in --parse is not 'column as format'", written.value));
        problem.hint("--parse 'message as logfmt'")
    };
    let parts = split_outside(&written.value, " as ");
    let [.., format] = parts.as_slice() else { return Err(wrong().into()) };
    let column = written.value.get(..written.value.len() - format.len()).unwrap_or_default();
    let Some(column) = column.strip_suffix(" as ") else { return Err(wrong().into()) };
    let (format, into) = match format.trim().split_once(" into ") {
        Some((format, names)) => (format.trim(), Some(split(names).into_iter().map(|name| unquote(name).0).collect())),
        None => (format.trim(), None),
    };
    let readable = || FORMATS.iter().filter(|row| row.item.parser.is_some());
    let Some((row, make)) = find(FORMATS, format).and_then(|row| row.item.parser.map(|make| (row, make))) else {
        let hint = did_you_mean(format, names(FORMATS).filter(|name| readable().any(|row| row.name == *name)));
        let all = || format!("formats: {}", readable().map(|row| row.name).collect::<Vec<_>>().join(", "));
        let problem = Problem::new(Code::Usage, format!("a column cannot be read as '{format}'"));
        return Err(problem.hint(hint.unwrap_or_else(all)).into());
    };
    if into.is_some() && !matches!(row.name, "csv" | "tsv") {
        let problem = Problem::new(Code::Usage, format!("the fields of {} have names of their own", row.name));
        return Err(problem.hint("leave 'into' out, and --rename them").into());
    }
    let parser = make(&ReadOptions { header: into, ..ReadOptions::default() })?;
    Ok(Box::new(Parsing {
        text: format!("parse {}", written.value),
        source: Name::new(column, &setup.env)?,
        what: row.name.to_string(),
        parser: Arc::from(parser),
        misfits: if setup.env.strict { Misfits::Errors } else { Misfits::Counted },
        settled: OnceLock::new(),
        wanted: OnceLock::new(),
    }))
}
