//! Flags that say something about single formats, held against the formats of a run: one that none of them heeds is an
//! error, so that nothing the user asked for is passed over in silence.
//!
//! Which flags a format heeds is said in its row of [`FORMATS`].

use crate::core::error::{Code, Problem, Result};
use crate::core::format::{FORMATS, Format};
use crate::core::registry::Row;

/// The flags that belong to formats, each once.
pub(crate) fn of_formats() -> Vec<&'static str> {
    let mut all: Vec<&'static str> = Vec::new();
    for row in FORMATS {
        for flag in row.item.read_flags.iter().chain(row.item.write_flags) {
            if !all.contains(flag) {
                all.push(flag);
            }
        }
    }
    all
}

/// Checks that each of the flags `given` means something for one of the formats that are `read` or for the one that is
/// `written`.
pub(super) fn check(given: &[String], read: &[&'static Row<Format>], written: &Row<Format>) -> Result<()> {
    for flag in given {
        let has = |flags: &[&str]| flags.contains(&flag.as_str());
        if read.iter().any(|row| has(row.item.read_flags)) || has(written.item.write_flags) {
            continue;
        }
        let reads = FORMATS.iter().any(|row| has(row.item.read_flags));
        let writes = FORMATS.iter().any(|row| has(row.item.write_flags));
        let mut inputs: Vec<&str> = Vec::new();
        for row in read {
            if !inputs.contains(&row.name) {
                inputs.push(row.name);
            }
        }
        let inputs = format!("input as {}", inputs.join(" or "));
        let output = format!("output as {}", written.name);
        let (what, way) = match (reads, writes) {
            (true, true) => (format!("{inputs} and {output}"), "--from reads and -f writes one of them"),
            (true, false) => (inputs, "--from reads the input as one of them"),
            _ => (output, "-f writes one of them"),
        };
        let heeds = |row: &&Row<Format>| has(row.item.read_flags) || has(row.item.write_flags);
        let names: Vec<&str> = FORMATS.iter().filter(heeds).map(|row| row.name).collect();
        let way = if names.len() == 1 { way.replace("one of them", "that") } else { way.to_string() };
        let hint = format!("it is for {}; {way}", names.join(", "));
        return Err(Problem::new(Code::Usage, format!("--{flag} has no meaning for {what}")).hint(hint).into());
    }
    Ok(())
}
