//! Flags that say what is printed instead of lines.

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches};

use crate::cli::search::flags::{either, in_order, negation, switch};
use crate::search::config::{Config, Mode};

pub(super) const RESULTS: &str = "What to print instead of lines";

/// The flags of which the last one given decides what is printed.
const MODES: [(&str, Mode); 7] = [
    ("count", Mode::Count),
    ("count-matches", Mode::Matches),
    ("files-with-matches", Mode::Paths),
    ("files-without-match", Mode::Missing),
    ("json", Mode::Json),
    ("json-captures", Mode::Json),
    ("files", Mode::Files),
];

/// The flags.
pub(super) fn args() -> Vec<Arg> {
    vec![
        switch(Some('c'), "count", RESULTS, "Print how many lines of each file match")
            .long_help("Print the number of matching lines of each file; with -o, of matches"),
        switch(None, "count-matches", RESULTS, "Print the number of matches of each file"),
        switch(None, "count-total", RESULTS, "Print one number: all matching lines, or matches with --count-matches"),
        switch(None, "include-zero", RESULTS, "Count files without a match too"),
        negation("no-include-zero"),
        switch(Some('l'), "files-with-matches", RESULTS, "Print the paths of files that match"),
        switch(None, "files-without-match", RESULTS, "Print the paths of files that do not match"),
        switch(None, "json", RESULTS, "Print JSON events, as ripgrep does"),
        negation("no-json"),
        switch(None, "json-captures", RESULTS, "Print JSON events with the groups of each match").long_help(
            "Print JSON events in which each submatch also has `pattern`, the number of the pattern that matched, from 0, \
             and `captures`, its groups: number, name, match, start, end, null where a group has no part in the match",
        ),
        switch(None, "files", RESULTS, "Print the paths that would be searched"),
        switch(Some('q'), "quiet", RESULTS, "Print nothing; the exit code tells"),
        switch(None, "stats", RESULTS, "Print how much was searched and found at the end"),
        negation("no-stats"),
        Arg::new("format")
            .long("format")
            .value_name("FORMAT")
            .value_parser(PossibleValuesParser::new(crate::cli::process::writable()))
            .hide_possible_values(true)
            .help("Print records: jsonl, json, csv, tsv, table, ...")
            .help_heading(RESULTS),
    ]
}

/// Fills in what is printed.
pub(super) fn fill(config: &mut Config, matches: &ArgMatches) {
    config.mode = mode(matches);
    config.format = matches.get_one::<String>("format").cloned();
    config.quiet = matches.get_flag("quiet");
    config.look.include_zero = either(matches, "include-zero", "no-include-zero").unwrap_or(false);
    config.look.captures = matches.get_flag("json-captures");
    config.look.count_total = matches.get_flag("count-total");
    config.look.stats = either(matches, "stats", "no-stats").unwrap_or(false);
}

/// What is printed: the last of the flags decides. `--no-json` takes back only `--json`.
fn mode(matches: &ArgMatches) -> Mode {
    let names: Vec<&str> = MODES.iter().map(|(name, _)| *name).chain(["no-json"]).collect();
    let given = in_order(matches, &names);
    given.iter().fold(Mode::Lines, |mode, given| match MODES.iter().find(|(name, _)| name == given) {
        Some((_, mode)) => *mode,
        None if mode == Mode::Json => Mode::Lines,
        None => mode,
    })
}
