//! Flags that say which files are searched, and in which order.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, value_parser};

use crate::cli::search::flags::{last, negation, option, size, switch};
use crate::cli::search::{ignore, names};
use crate::core::error::{Code, Problem, Result};
use crate::core::input::select::{Key, Listed, Order, Select};
use crate::search::config::{Config, Mode, Sort};

/// The heading of all flags about files.
pub(super) const FILES: &str = "Which files";

/// What files can be sorted by.
const ORDERS: [&str; 7] = ["path", "none", "modified", "accessed", "created", "size", "count"];

/// The flags.
pub(super) fn args() -> Vec<Arg> {
    let order = |name: &'static str, help| {
        Arg::new(name)
            .long(name)
            .value_name("ORDER")
            .value_parser(PossibleValuesParser::new(ORDERS))
            .hide_possible_values(true)
            .help(help)
            .help_heading(FILES)
    };
    let list = |name: &'static str, help| {
        Arg::new(name).long(name).value_name("FILE").value_parser(value_parser!(PathBuf)).help(help).help_heading(FILES)
    };
    vec![
        option('p', "path", "PATH", FILES, "A file or directory to search, besides those behind the pattern")
            .action(ArgAction::Append)
            .value_parser(value_parser!(PathBuf)),
        list("files-from", "Search the files listed in FILE, one per line; - for stdin"),
        list("files0-from", "The same, with a NUL between paths, as by find -print0"),
        switch(Some('.'), "hidden", FILES, "Hidden files and directories too, but for .git"),
        negation("no-hidden"),
        Arg::new("unrestricted")
            .short('u')
            .long("unrestricted")
            .action(ArgAction::Count)
            .help("Ignored files too; -uu: hidden ones; -uuu: binary ones")
            .help_heading(FILES),
        switch(Some('L'), "follow", FILES, "Follow symbolic links"),
        negation("no-follow"),
        option('d', "max-depth", "N", FILES, "How deep to go: 1 is right in a directory")
            .visible_alias("maxdepth")
            .value_parser(value_parser!(usize)),
        Arg::new("max-filesize")
            .long("max-filesize")
            .value_name("SIZE")
            .value_parser(size)
            .help("No files larger than this: bytes, 50K, 2M, 1G")
            .help_heading(FILES),
        switch(None, "one-file-system", FILES, "Stay on the file system of each directory given").hide_short_help(true),
        negation("no-one-file-system"),
        Arg::new("max-results")
            .long("max-results")
            .value_name("N")
            .value_parser(value_parser!(u64))
            .help("At most this many matching lines, or paths, of all files together")
            .help_heading(FILES),
        order("sort", "path (default), none, modified, accessed, created, size, count"),
        order("sortr", "The other way round"),
        switch(None, "sort-files", FILES, "The same as --sort path").hide(true),
        negation("no-sort-files"),
    ]
}

/// Fills in which files; `paths` are the positional arguments behind the pattern.
pub(super) fn fill(config: &mut Config, matches: &ArgMatches, paths: impl Iterator<Item = OsString>) -> Result<()> {
    let named: Vec<PathBuf> = matches.get_many::<PathBuf>("path").unwrap_or_default().cloned().collect();
    let unrestricted = matches.get_count("unrestricted");
    if unrestricted > 3 {
        return Err(Problem::new(Code::Usage, "-u can be given up to three times").into());
    }
    config.path_flag = !named.is_empty();
    config.max_results = matches.get_one::<u64>("max-results").copied();
    config.select = Select {
        roots: paths.map(PathBuf::from).chain(named).collect(),
        rules: ignore::rules(matches),
        hidden: match last(matches, &["hidden", "no-hidden", "unrestricted"]) {
            Some("unrestricted") => unrestricted >= 2 || last(matches, &["hidden", "no-hidden"]) == Some("hidden"),
            Some("hidden") => true,
            _ => false,
        },
        follow: last(matches, &["follow", "no-follow"]) == Some("follow"),
        max_depth: matches.get_one::<usize>("max-depth").copied(),
        max_filesize: matches.get_one::<u64>("max-filesize").copied(),
        one_file_system: last(matches, &["one-file-system", "no-one-file-system"]) == Some("one-file-system"),
        globs: names::globs(matches),
        types: names::types(matches),
        listed: listed(matches),
        skip_stdout: config.mode != Mode::Files,
        ..Select::default()
    };
    sort(config, matches)
}

/// The list of further paths.
fn listed(matches: &ArgMatches) -> Option<Listed> {
    let name = last(matches, &["files-from", "files0-from"])?;
    let path = matches.get_one::<PathBuf>(name)?.clone();
    Some(Listed { path, separator: if name == "files-from" { b'\n' } else { 0 } })
}

/// The order of files, of which the last flag decides.
fn sort(config: &mut Config, matches: &ArgMatches) -> Result<()> {
    let name = last(matches, &["sort", "sortr", "sort-files", "no-sort-files"]);
    let falling = name == Some("sortr");
    let by = match name {
        Some("sort-files") => "path",
        None | Some("no-sort-files") => return Ok(()),
        Some(name) => matches.get_one::<String>(name).map_or("path", String::as_str),
    };
    let key = match by {
        "none" => {
            config.sort = Sort::None;
            return Ok(());
        }
        "count" if !matches!(config.mode, Mode::Count | Mode::Matches) => {
            let problem = Problem::new(Code::Usage, "there are no counts to sort by");
            return Err(problem.hint("--sort count goes with -c or --count-matches").into());
        }
        "count" => {
            config.sort = if falling { Sort::Rising } else { Sort::Falling };
            return Ok(());
        }
        // The walk goes by path anyway, but a list does not.
        "path" if !falling && config.select.listed.is_none() => return Ok(()),
        "modified" => Key::Modified,
        "accessed" => Key::Accessed,
        "created" => Key::Created,
        "size" => Key::Size,
        _ => Key::Path,
    };
    config.select.order = Some(Order { by: key, falling });
    Ok(())
}
