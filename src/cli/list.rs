//! `mytools list`: what there is, straight from the tables, printed by the encoders of `process`.

use std::sync::Arc;

use clap::{Arg, ArgMatches, Command};

use crate::cli::process::writable;
use crate::cli::{DONE, globals::Globals};
use crate::core::data::batch::{Batch, Column, Values};
use crate::core::data::value::Value;
use crate::core::error::Result;
use crate::core::exec::cancel::Cancel;
use crate::core::format::losses::LOSSES;
use crate::core::format::{FORMATS, WriteOptions, encoder, named};
use crate::core::input::types;
use crate::core::output::writer::{Buffering, Writer};
use crate::core::registry::Row;
use crate::process::aggregate::AGGREGATES;
use crate::process::expr::function::FUNCTIONS;
use crate::process::sink::{Encoding, Sink};
use crate::process::stage::STAGES;

/// What can be listed.
const KINDS: [&str; 6] = ["formats", "losses", "stages", "functions", "aggregates", "types"];

/// The declaration.
pub(crate) fn command() -> Command {
    Command::new("list")
        .about("List formats, losses, stages, functions, aggregates or file types")
        .arg(
            Arg::new("what")
                .value_name("WHAT")
                .required(true)
                .value_parser(KINDS)
                .hide_possible_values(true)
                .help("What to list: formats, losses, stages, functions, aggregates, types"),
        )
        .arg(
            Arg::new("format")
                .long("format")
                .short('f')
                .visible_alias("to")
                .value_name("FORMAT")
                .value_parser(writable())
                .hide_possible_values(true)
                .default_value("table")
                .help("Write this format"),
        )
}

/// Prints the list.
pub(crate) fn run(matches: &ArgMatches, globals: &Globals) -> Result<u8> {
    let (names, rows) = match matches.get_one::<String>("what").map(String::as_str) {
        Some("losses") => losses(),
        Some("stages") => documented(STAGES),
        Some("functions") => documented(FUNCTIONS),
        Some("aggregates") => documented(AGGREGATES),
        Some("types") => file_types()?,
        _ => formats(),
    };
    let format = matches.get_one::<String>("format").map_or("table", String::as_str);
    let columns: Vec<Arc<str>> = names.iter().map(|name| Arc::from(*name)).collect();
    let mut batch = batch(&columns, &rows);
    let options = WriteOptions { width: globals.width, color: globals.color, ..WriteOptions::default() };
    let encoding = Encoding::new(encoder(named(format)?, &options)?, Some(columns), &Cancel::default());
    let mut out = Writer::stdout(Buffering::Block)?;
    let mut sink = Sink::new(&encoding, &mut out, None);
    sink.put(encoding.encode(0, &mut batch)?)?;
    sink.finish()?;
    out.finish()?;
    Ok(DONE)
}

/// Column names, and the cells of each row.
type Listing = (&'static [&'static str], Vec<Vec<String>>);

fn documented<T>(table: &'static [Row<T>]) -> Listing {
    let cells = |row: &Row<T>| {
        let example = row.examples.first().map(|example| format!("{} → {}", example.input, example.output));
        vec![row.name.to_string(), row.usage.to_string(), row.summary.to_string(), example.unwrap_or_default()]
    };
    (&["name", "usage", "summary", "example"], table.iter().map(cells).collect())
}

fn formats() -> Listing {
    let yes = |yes: bool| if yes { "yes" } else { "" }.to_string();
    let rows = FORMATS.iter().map(|row| {
        let extensions = row.item.extensions.join(" ");
        let (reads, writes) = (yes(row.item.reader.is_some()), yes(row.item.encoder.is_some()));
        vec![row.name.to_string(), reads, writes, extensions, row.summary.to_string()]
    });
    (&["name", "reads", "writes", "extensions", "summary"], rows.collect())
}

fn losses() -> Listing {
    let rows = LOSSES.iter().map(|loss| {
        let input = String::from_utf8_lossy(loss.input);
        let cells = [&loss.from.join(" "), &loss.to.join(" "), &*loss.says(), input.trim_end(), loss.output.trim_end()];
        cells.map(str::to_string).to_vec()
    });
    (&["from", "to", "lost", "input", "output"], rows.collect())
}

fn file_types() -> Result<Listing> {
    let rows = types::definitions(&[])?.into_iter().map(|(name, globs)| vec![name, globs.join(", ")]);
    Ok((&["name", "globs"], rows.collect()))
}

fn batch(columns: &[Arc<str>], rows: &[Vec<String>]) -> Batch {
    let mut batch = Batch { rows: rows.len(), ..Batch::default() };
    for (index, name) in columns.iter().enumerate() {
        let cells = rows.iter().map(|row| match row.get(index).map(String::as_str) {
            None | Some("") => batch.store(&Value::Null),
            Some(text) => batch.store(&Value::Text(text.as_bytes().into())),
        });
        let cells = cells.collect();
        batch.columns.push(Column { name: Arc::clone(name), values: Values::Cells(cells) });
    }
    batch
}
