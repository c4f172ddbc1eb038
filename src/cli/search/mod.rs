//! `mytools search`: its arguments, and their flattening into a search configuration.
//!
//! Names, short forms and meanings are ripgrep's; `-p` is a path. Each concern declares its flags and fills in its part
//! of the configuration in a file of its own.

mod conditions;
mod engine;
mod files;
mod flags;
mod ignore;
mod look;
mod names;
mod opening;
mod output;
mod pattern;
mod results;
mod rewrite;
mod text;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use crate::cli::environment::Environment;
use crate::cli::globals::{self, Globals};
use crate::cli::memory;
use crate::cli::search::pattern::Stdin;
use crate::cli::signals;
use crate::core::diagnostics::Diagnostics;
use crate::core::error::{Code, Problem, Result};
use crate::core::output::writer::{Buffering, Writer};
use crate::search;
use crate::search::config::{Config, Mode};
use crate::search::plan::Plan;

/// The flags that `-h` lists, to fit on one screen; `--help` lists all.
const SHORT: &[&str] = &[
    "fixed-strings",
    "ignore-case",
    "smart-case",
    "word-regexp",
    "invert-match",
    "and",
    "not",
    "glob",
    "type",
    "hidden",
    "unrestricted",
    "search-zip",
    "line-number",
    "context",
    "only-matching",
    "replace",
    "count",
    "files-with-matches",
    "files",
    "quiet",
    "format",
];

/// The declaration.
pub(crate) fn command() -> Command {
    Command::new("search")
        .visible_alias("s")
        .about("Find lines that match a pattern in files, trees, pipes")
        .args_override_self(true)
        .arg(
            Arg::new("positional")
                .value_name("PATTERN] [PATH")
                .value_parser(value_parser!(OsString))
                .action(ArgAction::Append)
                .help("A regular expression, then files and directories, or - for standard input"),
        )
        .args(pattern::args())
        .args(engine::args())
        .args(text::args())
        .args(conditions::args())
        .args(files::args())
        .args(names::args())
        .args(ignore::args())
        .args(opening::args())
        .args(output::args())
        .args(look::args())
        .args(results::args())
        .args(rewrite::args())
        .arg(globals::progress_arg())
        .mut_args(|arg| {
            let short = SHORT.contains(&arg.get_id().as_str());
            arg.hide_short_help(!short)
        })
}

/// The heading that a flag has where headings take too much room.
pub(super) fn short_heading(heading: &str) -> Option<&'static str> {
    match heading {
        conditions::CONDITIONS => Some(pattern::PATTERNS),
        results::RESULTS => Some(output::OUTPUT),
        _ => None,
    }
}

/// Runs the command; returns the exit code.
pub(crate) fn run(
    matches: &ArgMatches,
    globals: &Globals,
    environment: &Environment,
    diagnostics: &Diagnostics,
) -> Result<u8> {
    if matches.get_flag("type-list") {
        let mut output = Writer::stdout(Buffering::Block)?;
        output.put(&names::list(matches)?)?;
        output.finish()?;
        return Ok(0);
    }
    let config = config(matches, globals, environment)?;
    let quiet = config.quiet;
    let plan = Plan::new(config)?;
    let mut output = globals.stdout(look::buffering(matches, environment))?;
    let outcome = search::run(&plan, &mut output, diagnostics);
    let flushed = output.finish();
    let outcome = outcome?;
    flushed?;
    let failed = diagnostics.had_errors();
    Ok(match (outcome.matched, failed) {
        (true, false) => 0,
        (true, true) if quiet => 0,
        (_, true) => 2,
        (false, false) => 1,
    })
}

/// The flags as a configuration, each concern filling in its own part.
fn config(matches: &ArgMatches, globals: &Globals, environment: &Environment) -> Result<Config> {
    let mut config = Config {
        color: globals.color,
        terminal: environment.stdout_is_terminal,
        width: globals.width,
        threads: globals.threads,
        progress: globals.progress.clone(),
        temp_dir: environment.temp_dir.clone(),
        block_size: environment.block_size,
        fault: environment.fault,
        longest: memory::longest(),
        naming: signals::naming(),
        ..Config::default()
    };
    results::fill(&mut config, matches);
    output::fill(&mut config, matches);
    look::fill(&mut config, matches, environment);
    engine::fill(&mut config, matches);
    text::fill(&mut config, matches)?;
    let mut positional = matches.get_many::<OsString>("positional").unwrap_or_default().cloned();
    let stdin = pattern::fill(&mut config, matches, &mut positional)?;
    files::fill(&mut config, matches, positional)?;
    opening::fill(&mut config, matches);
    conditions::fill(&mut config, matches)?;
    rewrite::fill(&mut config, matches)?;
    config.select.tells_omitted = globals.settings.debug;
    let implicit = config.select.is_implicit();
    let roots = &mut config.select.roots;
    let listed = config.select.listed.as_ref().is_some_and(|listed| listed.path == Path::new("-"));
    let uses = [stdin == Stdin::Taken, listed, roots.iter().any(|root| root == Path::new("-"))];
    if uses.into_iter().filter(|uses| *uses).count() > 1 {
        let problem = Problem::new(Code::Usage, "standard input can be one thing only");
        return Err(problem.hint("patterns (-f -), a list of files (--files-from -) or text to search (-)").into());
    }
    if implicit && config.mode != Mode::Files && stdin == Stdin::Free && stdin_has_data(environment) {
        roots.push(PathBuf::from("-"));
    }
    Ok(config)
}

/// Whether standard input is something that is there to be read: a file, a pipe or a socket.
#[cfg(unix)]
fn stdin_has_data(environment: &Environment) -> bool {
    use rustix::fs::FileType;
    !environment.stdin_is_terminal
        && rustix::fs::fstat(std::io::stdin()).is_ok_and(|stat| {
            let kind = FileType::from_raw_mode(stat.st_mode);
            matches!(kind, FileType::RegularFile | FileType::Fifo | FileType::Socket)
        })
}

/// Whether standard input is something that is there to be read.
#[cfg(not(unix))]
fn stdin_has_data(environment: &Environment) -> bool {
    !environment.stdin_is_terminal
}
