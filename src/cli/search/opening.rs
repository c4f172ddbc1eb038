//! Flags that say how files are opened.

use clap::{Arg, ArgMatches};

use crate::cli::search::files::FILES;
use crate::cli::search::flags::{last, negation, switch};
use crate::core::error::Result;
use crate::search::config::Config;

/// The flags.
pub(super) fn args() -> Vec<Arg> {
    vec![
        switch(Some('z'), "search-zip", FILES, "Search in compressed files, known by their content"),
        negation("no-search-zip"),
    ]
}

/// Fills in how files are opened.
pub(super) fn fill(config: &mut Config, matches: &ArgMatches) -> Result<()> {
    config.decompress = last(matches, &["search-zip", "no-search-zip"]) == Some("search-zip");
    Ok(())
}
