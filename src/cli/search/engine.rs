//! Flags that say how patterns are matched: by which engine, over how many lines, within which limits.

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches};

use crate::cli::search::flags::{last, negation, size, switch};
use crate::cli::search::pattern::PATTERNS;
use crate::core::pattern::syntax::Reach;
use crate::search::config::{Config, Engine};

/// The flags.
pub(super) fn args() -> Vec<Arg> {
    let limit = |name: &'static str, help| {
        Arg::new(name)
            .long(name)
            .value_name("SIZE")
            .value_parser(size)
            .help(help)
            .help_heading(PATTERNS)
            .hide_short_help(true)
    };
    vec![
        switch(Some('U'), "multiline", PATTERNS, "Let matches cross lines"),
        negation("no-multiline"),
        switch(None, "multiline-dotall", PATTERNS, "With -U, let . match line ends too").hide_short_help(true),
        negation("no-multiline-dotall"),
        switch(None, "stop-on-nonmatch", PATTERNS, "Leave a file at the first line without a match, after one with")
            .hide_short_help(true),
        negation("no-stop-on-nonmatch"),
        switch(Some('P'), "pcre2", PATTERNS, "Patterns with look-around and backreferences; slower"),
        negation("no-pcre2"),
        Arg::new("engine")
            .long("engine")
            .value_name("ENGINE")
            .value_parser(PossibleValuesParser::new(["default", "pcre2", "auto"]))
            .hide_possible_values(true)
            .help("default; pcre2, the same as -P; auto, -P for patterns that need it")
            .help_heading(PATTERNS)
            .hide_short_help(true),
        switch(None, "auto-hybrid-regex", PATTERNS, "The same as --engine auto").hide(true),
        negation("no-auto-hybrid-regex"),
        switch(None, "no-unicode", PATTERNS, "ASCII only: in classes, letter case and word boundaries")
            .hide_short_help(true),
        negation("unicode"),
        switch(None, "no-pcre2-unicode", PATTERNS, "The same as --no-unicode").hide(true),
        negation("pcre2-unicode"),
        limit("regex-size-limit", "Most bytes of a compiled pattern: 500K, 100M (default), 1G"),
        limit("dfa-size-limit", "Most bytes of the automaton made while searching: 100M (default)"),
    ]
}

/// Fills in how patterns are matched.
pub(super) fn fill(config: &mut Config, matches: &ArgMatches) {
    let reach = ["multiline", "no-multiline", "stop-on-nonmatch"];
    let dotall = last(matches, &["multiline-dotall", "no-multiline-dotall"]) == Some("multiline-dotall");
    config.reach = match last(matches, &reach) {
        Some("multiline") if dotall => Reach::Dotall,
        Some("multiline") => Reach::Lines,
        _ => Reach::Line,
    };
    let stop = ["stop-on-nonmatch", "no-stop-on-nonmatch", "multiline"];
    config.stop_on_nonmatch = last(matches, &stop) == Some("stop-on-nonmatch");
    let engines = ["pcre2", "no-pcre2", "engine", "auto-hybrid-regex", "no-auto-hybrid-regex"];
    let named = matches.get_one::<String>("engine").map(String::as_str);
    config.engine = match (last(matches, &engines), named) {
        (Some("pcre2"), _) | (Some("engine"), Some("pcre2")) => Engine::Backtracker,
        (Some("auto-hybrid-regex"), _) | (Some("engine"), Some("auto")) => Engine::Auto,
        _ => Engine::Automaton,
    };
    let unicode = ["unicode", "no-unicode", "pcre2-unicode", "no-pcre2-unicode"];
    config.unicode = !matches!(last(matches, &unicode), Some("no-unicode" | "no-pcre2-unicode"));
    let limit = |name: &str| matches.get_one::<u64>(name).map(|limit| usize::try_from(*limit).unwrap_or(usize::MAX));
    config.size_limit = limit("regex-size-limit");
    config.cache_limit = limit("dfa-size-limit");
}
