//! Flags that choose files by their names: globs and types.

use clap::{Arg, ArgAction, ArgMatches};

use crate::cli::search::files::FILES;
use crate::cli::search::flags::{last, negation, option, switch};
use crate::core::error::Result;
use crate::core::input::globs::Globs;
use crate::core::input::types::{self, TypeChange};

/// The flags.
pub(super) fn args() -> Vec<Arg> {
    let long = |name: &'static str, value: &'static str, help| {
        let arg = Arg::new(name).long(name).value_name(value).help(help).help_heading(FILES);
        arg.action(ArgAction::Append).allow_hyphen_values(true)
    };
    vec![
        option('g', "glob", "GLOB", FILES, "Only files that match; with a leading !, only others")
            .action(ArgAction::Append)
            .allow_hyphen_values(true),
        long("iglob", "GLOB", "The same, where case does not matter"),
        switch(None, "glob-case-insensitive", FILES, "Case does not matter in -g either").hide_short_help(true),
        negation("no-glob-case-insensitive"),
        option('t', "type", "TYPE", FILES, "Only files of this type: rust, py, md, ...").action(ArgAction::Append),
        option('T', "type-not", "TYPE", FILES, "No files of this type").action(ArgAction::Append),
        long("type-add", "DEF", "Another glob for a type, NAME:GLOB, for this run"),
        long("type-clear", "TYPE", "Forget the globs of a type").hide_short_help(true),
        switch(None, "type-list", FILES, "Print all types with their globs"),
    ]
}

/// The globs of the command line.
pub(super) fn globs(matches: &ArgMatches) -> Globs {
    let strings = |name: &str| matches.get_many::<String>(name).unwrap_or_default().cloned().collect();
    let ignore_case = last(matches, &["glob-case-insensitive", "no-glob-case-insensitive"]);
    Globs {
        exact: strings("glob"),
        any_case: strings("iglob"),
        ignore_case: ignore_case == Some("glob-case-insensitive"),
    }
}

/// Makes a change of the value of a flag.
type Make = fn(String) -> TypeChange;

/// What is said about types, in the order given.
pub(super) fn types(matches: &ArgMatches) -> Vec<TypeChange> {
    let flags: [(&str, Make); 4] = [
        ("type", TypeChange::Select),
        ("type-not", TypeChange::Negate),
        ("type-add", TypeChange::Add),
        ("type-clear", TypeChange::Clear),
    ];
    let mut changes: Vec<(usize, TypeChange)> = Vec::new();
    for (name, change) in flags {
        let values = matches.get_many::<String>(name).unwrap_or_default().cloned().map(change);
        changes.extend(matches.indices_of(name).unwrap_or_default().zip(values));
    }
    changes.sort_by_key(|(at, _)| *at);
    changes.into_iter().map(|(_, change)| change).collect()
}

/// What `--type-list` prints.
pub(super) fn list(matches: &ArgMatches) -> Result<Vec<u8>> {
    let definitions = types::definitions(&types(matches))?;
    let lines = definitions.into_iter().map(|(name, globs)| [name, globs.join(", ")].join(": ") + "\n");
    Ok(lines.collect::<String>().into_bytes())
}
