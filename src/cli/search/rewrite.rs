//! Flags that change files, or show how they would change.

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches};

use crate::cli::search::flags::switch;
use crate::core::error::{Code, Problem, Result};
use crate::core::pattern::terminator::Terminator;
use crate::search::config::{Config, Mode};
use crate::search::rewrite::{Rewrite, Summary};

const REWRITE: &str = "Replacing in files, with -r";

/// Lines around a change, unless told otherwise.
const CONTEXT: usize = 3;

/// Flags that ask for another output, or for lines of which nothing could be replaced.
const OTHERS: [&str; 14] = [
    "invert-match",
    "only-matching",
    "count",
    "files-with-matches",
    "files",
    "json",
    "passthru",
    "vimgrep",
    "count-matches",
    "count-total",
    "files-without-match",
    "stats",
    "max-results",
    "pre",
];

/// The flags.
pub(super) fn args() -> Vec<Arg> {
    vec![
        switch(None, "diff", REWRITE, "Print what -r would change as a unified diff")
            .long_help(
                "Print what -r would change as a unified diff, which patch -p1 applies; -C sets the lines around each \
                 change (3). With -U a replacement may cross lines, and -m counts replacements. Exit code 0 where something would change, 1 where nothing would, 2 after any error",
            )
            .conflicts_with("write")
            .requires("replace"),
        switch(None, "write", REWRITE, "Change the files as -r says, each at once or not at all")
            .long_help(
                "Change the files as -r says. Each file is replaced by a new version at once or not at all, with the same \
                 mode and line ends; one without a change is not touched. CRLF counts as the end of a line, unless a \
                 pattern has \\r in it. Binary, compressed and UTF-16 files with matches, read-only ones and links out of \
                 the tree are left as they are, with an error. Prints how much was changed, unless -q is given. Exit code \
                 0 where something was changed, 1 where nothing was, 2 after any error",
            )
            .requires("replace"),
    ]
}

/// Fills in what becomes of replaced text; all else must be filled in before.
pub(super) fn fill(config: &mut Config, matches: &ArgMatches) -> Result<()> {
    let diff = matches.get_flag("diff");
    if !diff && !matches.get_flag("write") {
        return Ok(());
    }
    let name = if diff { "--diff" } else { "--write" };
    let given = |flag: &&&str| {
        matches.try_contains_id(flag).is_ok() && matches.value_source(flag) == Some(ValueSource::CommandLine)
    };
    let other = OTHERS.iter().find(given).copied().or(config.format.as_ref().map(|_| "format"));
    if let Some(other) = other {
        return Err(Problem::new(Code::Usage, format!("{name} cannot be used together with --{other}")).into());
    }
    if diff && config.terminator == Terminator::Nul {
        return Err(Problem::new(Code::Usage, "a diff has lines, --null-data has none").into());
    }
    config.mode = Mode::Lines;
    if config.terminator == Terminator::Lf && !config.patterns.iter().any(|pattern| names_return(pattern)) {
        config.terminator = Terminator::CrLf;
    }
    config.rewrite = Some(if diff {
        let context = ["context", "before-context", "after-context"].iter().any(|flag| given(&flag));
        Rewrite::Diff(if context { config.before.max(config.after) } else { CONTEXT })
    } else {
        // Quiet or not, all files are changed.
        let quiet = std::mem::take(&mut config.quiet);
        Rewrite::Write(if quiet { Summary::Silent } else { Summary::Printed })
    });
    Ok(())
}

/// Whether a pattern is about carriage returns, so that they cannot be taken as part of the line end.
fn names_return(pattern: &str) -> bool {
    let pattern = pattern.to_ascii_lowercase();
    ["\r", "\\r", "\\x0d", "\\x{d}", "\\x{0d}", "\\u000d", "\\u{d}"].iter().any(|name| pattern.contains(name))
}
