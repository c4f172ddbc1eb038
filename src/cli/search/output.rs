//! Flags that say how lines are printed.

use clap::{Arg, ArgMatches, value_parser};

use crate::cli::search::flags::{option, switch};
use crate::search::config::Config;

const OUTPUT: &str = "Output";

/// The flags.
pub(super) fn args() -> Vec<Arg> {
    let lines = |short, name, help| option(short, name, "N", OUTPUT, help).value_parser(value_parser!(usize));
    vec![
        switch(Some('n'), "line-number", OUTPUT, "Print line numbers").overrides_with("no-line-number"),
        switch(Some('N'), "no-line-number", OUTPUT, "No line numbers").overrides_with("line-number"),
        switch(Some('H'), "with-filename", OUTPUT, "Print paths").overrides_with("no-filename"),
        switch(Some('I'), "no-filename", OUTPUT, "No paths").overrides_with("with-filename"),
        switch(None, "heading", OUTPUT, "Print the path above its lines").overrides_with("no-heading"),
        switch(None, "no-heading", OUTPUT, "Print the path on each line").overrides_with("heading"),
        lines('A', "after-context", "Lines after each match"),
        lines('B', "before-context", "Lines before each match"),
        lines('C', "context", "Lines before and after each match"),
        switch(Some('o'), "only-matching", OUTPUT, "Print the matches alone"),
        option('r', "replace", "TEXT", OUTPUT, "Print matches replaced: $1, $name, ${1}x; no file is changed")
            .allow_hyphen_values(true),
    ]
}

/// Fills in how lines are printed.
pub(super) fn fill(config: &mut Config, matches: &ArgMatches) {
    let flag = |name: &str| matches.get_flag(name);
    let either = |yes: &str, no: &str| match (flag(yes), flag(no)) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    };
    let lines = |name: &str| matches.get_one::<usize>(name).copied();
    let around = lines("context").unwrap_or(0);
    config.before = lines("before-context").unwrap_or(around);
    config.after = lines("after-context").unwrap_or(around);
    config.only_matching = flag("only-matching");
    config.replacement = matches.get_one::<String>("replace").cloned();
    config.with_filename = either("with-filename", "no-filename");
    config.line_number = either("line-number", "no-line-number");
    config.heading = either("heading", "no-heading");
}
