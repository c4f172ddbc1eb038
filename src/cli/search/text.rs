//! Flags that say how the bytes of a file are read: what ends a line, and what a NUL means.

use clap::{Arg, ArgMatches};

use crate::cli::search::flags::{last, negation, option, switch};
use crate::core::error::{Code, Problem, Result};
use crate::core::input::encoding::{Decode, ENCODINGS};
use crate::core::pattern::terminator::Terminator;
use crate::core::registry::did_you_mean;
use crate::search::config::{Binary, Config};

const TEXT: &str = "How files are read";

/// The flags.
pub(super) fn args() -> Vec<Arg> {
    vec![
        switch(Some('a'), "text", TEXT, "Search binary files as if they were text"),
        negation("no-text"),
        switch(None, "binary", TEXT, "Search binary files, but do not print their lines"),
        negation("no-binary"),
        option(
            'E',
            "encoding",
            "ENCODING",
            TEXT,
            "Files are in this encoding: latin1, utf-16, sjis, ...; or auto, none",
        )
        .hide_short_help(true),
        negation("no-encoding"),
        switch(None, "crlf", TEXT, "Lines end with \\n or \\r\\n; $ matches before both").hide_short_help(true),
        negation("no-crlf"),
        switch(None, "null-data", TEXT, "Lines end with a NUL byte").hide_short_help(true),
        negation("no-null-data"),
        switch(None, "mmap", TEXT, "Look for NULs as ripgrep does with memory maps: where lines are printed")
            .hide_short_help(true),
        switch(None, "no-mmap", TEXT, "Look for NULs everywhere, also where a few files are named")
            .hide_short_help(true),
    ]
}

/// Fills in how files are read.
pub(super) fn fill(config: &mut Config, matches: &ArgMatches) -> Result<()> {
    config.decode = decode(matches)?;
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
    Ok(())
}

/// What `--encoding` names, by a label of the WHATWG encoding standard.
fn decode(matches: &ArgMatches) -> Result<Decode> {
    if last(matches, &["encoding", "no-encoding"]) != Some("encoding") {
        return Ok(Decode::ByMark);
    }
    match matches.get_one::<String>("encoding").map_or("auto", String::as_str) {
        "auto" => Ok(Decode::ByMark),
        "none" => Ok(Decode::Never),
        label => Decode::labelled(label).ok_or_else(|| {
            let problem = Problem::new(Code::Usage, format!("unknown encoding '{label}'"));
            if let Some(hint) = did_you_mean(label, ENCODINGS.iter().copied()) {
                return problem.hint(hint).into();
            }
            problem.hint("use a label of https://encoding.spec.whatwg.org, such as latin1 or utf-16le").into()
        }),
    }
}
