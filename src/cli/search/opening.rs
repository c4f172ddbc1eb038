//! Flags that say how files are opened.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, value_parser};

use crate::cli::search::files::FILES;
use crate::cli::search::flags::{last, negation, switch};
use crate::search::config::{Config, Preprocess};

/// The flags.
pub(super) fn args() -> Vec<Arg> {
    vec![
        switch(Some('z'), "search-zip", FILES, "Search in compressed files and archives"),
        negation("no-search-zip"),
        Arg::new("pre")
            .long("pre")
            .value_name("COMMAND")
            .value_parser(value_parser!(PathBuf))
            .help("Search what COMMAND PATH prints instead of each file")
            .help_heading(FILES),
        negation("no-pre"),
        Arg::new("pre-glob")
            .long("pre-glob")
            .value_name("GLOB")
            .action(ArgAction::Append)
            .allow_hyphen_values(true)
            .help("Only for files that match; others are read as they are")
            .help_heading(FILES),
    ]
}

/// Fills in how files are opened: `-z` and `--pre` take each other's place.
pub(super) fn fill(config: &mut Config, matches: &ArgMatches) {
    let how = last(matches, &["search-zip", "no-search-zip", "pre", "no-pre"]);
    config.decompress = how != Some("pre") && last(matches, &["search-zip", "no-search-zip"]) == Some("search-zip");
    config.select.archives = config.decompress;
    let command = matches.get_one::<PathBuf>("pre").filter(|command| !command.as_os_str().is_empty());
    let wanted = how != Some("search-zip") && last(matches, &["pre", "no-pre"]) == Some("pre");
    config.preprocess = command.filter(|_| wanted).map(|command| Preprocess {
        command: command.clone(),
        globs: matches.get_many::<String>("pre-glob").unwrap_or_default().cloned().collect(),
    });
}
