//! Flags that say which files are searched, and how they are opened.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, value_parser};

use crate::cli::search::flags::{option, switch};
use crate::core::input::select::Select;
use crate::core::input::types::TypeChange;
use crate::search::config::{Config, Mode, Sort};

const FILES: &str = "Which files";

/// The flags.
pub(super) fn args() -> Vec<Arg> {
    vec![
        option('p', "path", "PATH", FILES, "A file or directory to search, in addition to those behind the pattern")
            .action(ArgAction::Append)
            .value_parser(value_parser!(PathBuf)),
        option('g', "glob", "GLOB", FILES, "Only files that match; with a leading !, only others; the last one wins")
            .action(ArgAction::Append)
            .allow_hyphen_values(true),
        option('t', "type", "TYPE", FILES, "Only files of this type: rust, py, md, ...").action(ArgAction::Append),
        option('T', "type-not", "TYPE", FILES, "No files of this type").action(ArgAction::Append),
        switch(Some('.'), "hidden", FILES, "Hidden files and directories too"),
        Arg::new("unrestricted")
            .short('u')
            .long("unrestricted")
            .action(ArgAction::Count)
            .help("What ignore files name too; -uu: hidden files; -uuu: binary files")
            .help_heading(FILES),
        switch(Some('L'), "follow", FILES, "Follow symbolic links"),
        option('d', "max-depth", "N", FILES, "How deep to go: 1 is the files right in a directory")
            .visible_alias("maxdepth")
            .value_parser(value_parser!(usize)),
        switch(Some('z'), "search-zip", FILES, "Search in compressed files, known by their content"),
        Arg::new("sort")
            .long("sort")
            .value_name("ORDER")
            .value_parser(PossibleValuesParser::new(["path", "none"]))
            .default_value("path")
            .hide_possible_values(true)
            .help("Order of files: path, or none for first come")
            .help_heading(FILES),
    ]
}

/// Fills in which files; `paths` are the positional arguments behind the pattern.
pub(super) fn fill(config: &mut Config, matches: &ArgMatches, paths: impl Iterator<Item = OsString>) {
    let named: Vec<PathBuf> = matches.get_many::<PathBuf>("path").unwrap_or_default().cloned().collect();
    config.path_flag = !named.is_empty();
    config.select = select(matches, paths.map(PathBuf::from).chain(named).collect());
    config.select.skip_stdout = config.mode != Mode::Files;
    config.decompress = matches.get_flag("search-zip");
    config.sort = match matches.get_one::<String>("sort").map(String::as_str) {
        Some("none") => Sort::None,
        _ => Sort::Path,
    };
}

fn select(matches: &ArgMatches, roots: Vec<PathBuf>) -> Select {
    let strings = |name: &str| matches.get_many::<String>(name).unwrap_or_default().cloned();
    let places = |name: &str| matches.indices_of(name).unwrap_or_default();
    let mut types: Vec<(usize, TypeChange)> = places("type").zip(strings("type").map(TypeChange::Select)).collect();
    types.extend(places("type-not").zip(strings("type-not").map(TypeChange::Negate)));
    types.sort_by_key(|(at, _)| *at);
    let mut select = Select {
        roots,
        hidden: matches.get_flag("hidden"),
        follow: matches.get_flag("follow"),
        max_depth: matches.get_one::<usize>("max-depth").copied(),
        globs: strings("glob").collect(),
        types: types.into_iter().map(|(_, change)| change).collect(),
        ..Select::default()
    };
    select.unrestrict(matches.get_count("unrestricted"));
    select
}
