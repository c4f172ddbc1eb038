//! `mytools list`: what there is, straight from the tables.

use clap::{Arg, ArgMatches, Command};

use crate::core::error::Result;
use crate::core::format::FORMATS;
use crate::core::output::writer::{Buffering, Writer};
use crate::core::registry::Row;
use crate::process::aggregate::AGGREGATES;
use crate::process::stage::STAGES;

/// The declaration.
pub(crate) fn command() -> Command {
    Command::new("list")
        .about("List formats, stages, functions, aggregates or file types")
        .arg(Arg::new("what").value_name("WHAT").required(true).value_parser(["formats", "stages", "aggregates"]))
}

/// Prints the list.
pub(crate) fn run(matches: &ArgMatches) -> Result<u8> {
    let lines = match matches.get_one::<String>("what").map(String::as_str) {
        Some("stages") => rows(STAGES),
        Some("aggregates") => rows(AGGREGATES),
        _ => rows(FORMATS),
    };
    let mut out = Writer::stdout(Buffering::Block)?;
    out.put(lines.as_bytes())?;
    out.finish()?;
    Ok(0)
}

fn rows<T>(table: &'static [Row<T>]) -> String {
    table.iter().map(|row| format!("{}  {}\n", row.usage, row.summary)).collect()
}
