//! Flags that say which ignore rules count. Each turns one or several of them off or on; of those that speak of the same
//! rules the last one given decides.

use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, value_parser};

use crate::cli::search::flags::{last, negation, switch};
use crate::core::input::select::IgnoreRules;

const IGNORE: &str = "Ignore rules";

/// A kind of rules that flags turn off and on.
struct Kind {
    /// The flag that turns it off, and the one that turns it on again.
    flags: [&'static str; 2],
    help: &'static str,
    set: fn(&mut IgnoreRules, bool),
}

/// All kinds.
const KINDS: [Kind; 9] = [
    Kind {
        flags: ["no-ignore", "ignore"],
        help: "Do not respect any ignore file but those of --ignore-file",
        set: |rules, on| {
            (rules.dot, rules.vcs, rules.exclude, rules.global, rules.parents) = (on, on, on, on, on);
        },
    },
    Kind {
        flags: ["no-ignore-dot", "ignore-dot"],
        help: "No .ignore and .rgignore files",
        set: |rules, on| rules.dot = on,
    },
    Kind {
        flags: ["no-ignore-vcs", "ignore-vcs"],
        help: "No rules of git; with --hidden, look into .git",
        set: |rules, on| rules.vcs = on,
    },
    Kind {
        flags: ["no-ignore-exclude", "ignore-exclude"],
        help: "No .git/info/exclude",
        set: |rules, on| rules.exclude = on,
    },
    Kind {
        flags: ["no-ignore-global", "ignore-global"],
        help: "No excludes of your git configuration",
        set: |rules, on| rules.global = on,
    },
    Kind {
        flags: ["no-ignore-parent", "ignore-parent"],
        help: "No ignore files of directories above",
        set: |rules, on| rules.parents = on,
    },
    Kind {
        flags: ["no-ignore-messages", "ignore-messages"],
        help: "Keep quiet about mistakes in ignore files",
        set: |rules, on| rules.messages = on,
    },
    Kind {
        flags: ["no-require-git", "require-git"],
        help: "Respect .gitignore outside of git repositories too",
        set: |rules, on| rules.require_git = on,
    },
    Kind {
        flags: ["no-ignore-files", "ignore-files"],
        help: "Forget the files of --ignore-file",
        // They are known only when all flags are.
        set: |_, _| {},
    },
];

/// The flags.
pub(super) fn args() -> Vec<Arg> {
    let mut args = vec![
        Arg::new("ignore-file")
            .long("ignore-file")
            .value_name("FILE")
            .action(ArgAction::Append)
            .value_parser(value_parser!(PathBuf))
            .help("Respect the rules in this file too, after those found")
            .help_heading(IGNORE),
        switch(
            None,
            "ignore-file-case-insensitive",
            IGNORE,
            "Case does not matter in ignore files that are found; in those of --ignore-file it does",
        )
        .hide_short_help(true),
        negation("no-ignore-file-case-insensitive"),
    ];
    for Kind { flags: [off, on], help, .. } in &KINDS {
        let common = ["no-ignore", "no-ignore-vcs", "no-require-git"];
        args.push(switch(None, off, IGNORE, help).hide_short_help(!common.contains(off)));
        args.push(negation(on));
    }
    args
}

/// The rules that count.
pub(super) fn rules(matches: &ArgMatches) -> IgnoreRules {
    let ignore_case = last(matches, &["ignore-file-case-insensitive", "no-ignore-file-case-insensitive"]);
    let mut rules = IgnoreRules {
        files: matches.get_many("ignore-file").unwrap_or_default().cloned().collect(),
        ignore_case: ignore_case == Some("ignore-file-case-insensitive"),
        ..IgnoreRules::default()
    };
    // Each flag sets rules to a fixed value, so of one given several times only the last occurrence matters.
    let mut changes: Vec<(usize, &Kind, bool)> = Vec::new();
    for kind in &KINDS {
        let [off, on] = kind.flags;
        changes.extend(place(matches, off).map(|at| (at, kind, false)));
        changes.extend(place(matches, on).map(|at| (at, kind, true)));
    }
    changes.extend(place(matches, "unrestricted").map(|at| (at, &KINDS[0], false)));
    changes.sort_by_key(|(at, ..)| *at);
    for (_, kind, on) in changes {
        (kind.set)(&mut rules, on);
    }
    if last(matches, &["no-ignore-files", "ignore-files"]) == Some("no-ignore-files") {
        rules.files.clear();
    }
    rules
}

/// Where a flag was given last.
fn place(matches: &ArgMatches, name: &str) -> Option<usize> {
    let given = matches.value_source(name) == Some(ValueSource::CommandLine);
    matches.indices_of(name).filter(|_| given)?.max()
}
