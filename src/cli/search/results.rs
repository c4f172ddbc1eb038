//! Flags that say what is printed instead of lines.

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches};

use crate::cli::search::flags::switch;
use crate::search::config::{Config, Mode};

const RESULTS: &str = "What to print instead of lines";

/// The flags of which the last one given decides what is printed.
const MODES: [&str; 3] = ["count", "files-with-matches", "json"];

/// The flags.
pub(super) fn args() -> Vec<Arg> {
    let mode = |short, name: &'static str, help| {
        switch(short, name, RESULTS, help).overrides_with_all(MODES.into_iter().filter(move |other| *other != name))
    };
    vec![
        mode(Some('c'), "count", "Print the number of matching lines of each file; with -o, of matches"),
        mode(Some('l'), "files-with-matches", "Print the paths of files that match"),
        mode(None, "json", "Print JSON events, as ripgrep does"),
        switch(None, "files", RESULTS, "Print the paths that would be searched"),
        switch(Some('q'), "quiet", RESULTS, "Print nothing; the exit code tells"),
        Arg::new("format")
            .long("format")
            .value_name("FORMAT")
            .value_parser(PossibleValuesParser::new(crate::cli::process::writable()))
            .hide_possible_values(true)
            .help("Print a record for each match: jsonl, json, csv, tsv, table, ...")
            .help_heading(RESULTS),
    ]
}

/// Fills in what is printed.
pub(super) fn fill(config: &mut Config, matches: &ArgMatches) {
    config.mode = mode(matches);
    config.format = matches.get_one::<String>("format").cloned();
    config.quiet = matches.get_flag("quiet");
}

/// What is printed, where one flag stands for it; of several the first here.
fn mode(matches: &ArgMatches) -> Mode {
    if matches.get_flag("files") {
        Mode::Files
    } else if matches.get_flag("count") {
        Mode::Count
    } else if matches.get_flag("files-with-matches") {
        Mode::Paths
    } else if matches.get_flag("json") {
        Mode::Json
    } else {
        Mode::Lines
    }
}
