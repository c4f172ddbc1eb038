//! Flags that say what is printed of lines.

use clap::{Arg, ArgMatches, value_parser};

use crate::cli::search::flags::{either, last, negation, option, switch};
use crate::search::config::Config;
use crate::search::look::Excerpt;

pub(super) const OUTPUT: &str = "Output";

/// The flags.
pub(super) fn args() -> Vec<Arg> {
    [fields(), around(), shown(), cut()].concat()
}

/// What stands before the text of a line.
fn fields() -> Vec<Arg> {
    vec![
        switch(Some('n'), "line-number", OUTPUT, "Print line numbers"),
        switch(Some('N'), "no-line-number", OUTPUT, "No line numbers"),
        switch(Some('H'), "with-filename", OUTPUT, "Print paths"),
        switch(Some('I'), "no-filename", OUTPUT, "No paths"),
        switch(None, "heading", OUTPUT, "Print the path above its lines, as on a terminal"),
        switch(None, "no-heading", OUTPUT, "Print the path on each line, as in a pipe"),
        switch(None, "column", OUTPUT, "Print the column of the first match, in bytes from 1"),
        negation("no-column"),
        switch(Some('b'), "byte-offset", OUTPUT, "Print the offset of each line; with -o, of each match"),
        negation("no-byte-offset"),
        switch(None, "vimgrep", OUTPUT, "Print each match on a line: path:line:column:text"),
        switch(None, "pretty", OUTPUT, "Colours, headings and line numbers, also in a pipe"),
    ]
}

/// The lines around a match.
fn around() -> Vec<Arg> {
    let lines = |short, name, help| {
        option(short, name, "N", OUTPUT, help).value_parser(value_parser!(usize)).overrides_with("passthru")
    };
    vec![
        lines('A', "after-context", "Lines after each match"),
        lines('B', "before-context", "Lines before each match"),
        lines('C', "context", "Lines before and after each match"),
        switch(None, "passthru", OUTPUT, "Print the lines that do not match too")
            .alias("passthrough")
            .overrides_with_all(["after-context", "before-context", "context"]),
        switch(None, "show-function", OUTPUT, "Print the line that starts what a match is in").long_help(
            "Print the line that starts the function or section that a match is in, with `=` in place of `:`. It is known \
             by indentation, in any language: of the lines above that are indented less, the nearest that looks like the \
             head of a definition and not of a block (if, for, ...), a call or an assignment; without one, the nearest \
             `[section]` or `## heading`. It is printed once for the matches in it; in JSON as a context event",
        ),
    ]
}

/// What of a line.
fn shown() -> Vec<Arg> {
    vec![
        switch(Some('o'), "only-matching", OUTPUT, "Print the matches alone"),
        option('r', "replace", "TEXT", OUTPUT, "Print matches replaced; $1, $name, ${1}x are groups")
            .allow_hyphen_values(true),
        switch(None, "trim", OUTPUT, "Leave out blanks at the start of lines"),
        negation("no-trim"),
    ]
}

/// What becomes of long lines.
fn cut() -> Vec<Arg> {
    vec![
        option('M', "max-columns", "N", OUTPUT, "Do not print lines of more bytes; 0: print all")
            .value_parser(value_parser!(u64)),
        switch(None, "max-columns-preview", OUTPUT, "Of longer lines print the start"),
        negation("no-max-columns-preview"),
        switch(None, "max-columns-centered", OUTPUT, "Of longer lines print what is around the first match").long_help(
                "Of lines longer than -M N print at most N bytes with the first match in their middle. Characters stay \
                 whole; `…` stands where something is left out, and `[... 2 more matches]` tells of matches out of sight",
            ),
        negation("no-max-columns-centered"),
    ]
}

/// Fills in what is printed of lines.
pub(super) fn fill(config: &mut Config, matches: &ArgMatches) {
    let flag = |name: &str| matches.get_flag(name);
    let lines = |name: &str| matches.get_one::<usize>(name).copied();
    let around = lines("context").unwrap_or(0);
    config.before = lines("before-context").unwrap_or(around);
    config.after = lines("after-context").unwrap_or(around);
    config.only_matching = flag("only-matching");
    config.replacement = matches.get_one::<String>("replace").cloned();
    config.with_filename = either(matches, "with-filename", "no-filename");
    config.line_number =
        last(matches, &["line-number", "no-line-number", "pretty"]).map(|name| name != "no-line-number");
    config.heading = last(matches, &["heading", "no-heading", "pretty"]).map(|name| name != "no-heading");
    config.color |= last(matches, &["color", "pretty"]) == Some("pretty");
    let on = |yes: &str, no: &str| either(matches, yes, no).unwrap_or(false);
    let look = &mut config.look;
    look.column = either(matches, "column", "no-column");
    look.byte_offset = on("byte-offset", "no-byte-offset");
    look.per_match = flag("vimgrep");
    look.function = flag("show-function");
    look.passthru = flag("passthru");
    look.trim = on("trim", "no-trim");
    look.max_columns = matches.get_one::<u64>("max-columns").copied().filter(|most| *most > 0);
    look.excerpt = if on("max-columns-centered", "no-max-columns-centered") {
        Excerpt::Centered
    } else if on("max-columns-preview", "no-max-columns-preview") {
        Excerpt::Start
    } else {
        Excerpt::Nothing
    };
}
