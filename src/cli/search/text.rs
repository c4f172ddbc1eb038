//! Flags that say how the bytes of a file are read: what ends a line, and what a NUL means.

use clap::{Arg, ArgMatches};

use crate::cli::search::flags::{last, negation, switch};
use crate::core::pattern::terminator::Terminator;
use crate::search::config::{Binary, Config};

const TEXT: &str = "How files are read";

/// The flags.
pub(super) fn args() -> Vec<Arg> {
    vec![
        switch(Some('a'), "text", TEXT, "Search binary files as if they were text"),
        negation("no-text"),
        switch(None, "binary", TEXT, "Search binary files, but do not print their lines"),
        negation("no-binary"),
        switch(None, "crlf", TEXT, "Lines end with \\n or \\r\\n; $ matches before both"),
        negation("no-crlf"),
        switch(None, "null-data", TEXT, "Lines end with a NUL byte"),
        negation("no-null-data"),
        switch(None, "mmap", TEXT, "Look for NULs as ripgrep does with memory maps: where lines are printed")
            .hide_short_help(true),
        switch(None, "no-mmap", TEXT, "Look for NULs everywhere, also where a few files are named")
            .hide_short_help(true),
    ]
}

/// Fills in how files are read.
pub(super) fn fill(config: &mut Config, matches: &ArgMatches) {
    config.terminator = match last(matches, &["crlf", "no-crlf", "null-data", "no-null-data"]) {
        Some("crlf") => Terminator::CrLf,
        Some("null-data") => Terminator::Nul,
        _ => Terminator::Lf,
    };
    config.glance = last(matches, &["mmap", "no-mmap"]).map(|name| name == "mmap");
    let unrestricted = (matches.get_count("unrestricted") >= 3).then_some("unrestricted");
    let names = ["text", "no-text", "binary", "no-binary"].into_iter().chain(unrestricted);
    config.binary = match last(matches, &names.collect::<Vec<_>>()) {
        Some("text") => Binary::Text,
        Some("binary" | "unrestricted") => Binary::Search,
        _ => Binary::Skip,
    };
}
