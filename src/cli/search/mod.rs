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
use crate::cli::globals::Globals;
use crate::cli::search::pattern::Stdin;
use crate::core::diagnostics::Diagnostics;
use crate::core::error::{Code, Problem, Result};
use crate::core::output::writer::{Buffering, Writer};
use crate::search;
use crate::search::config::{Config, Mode};
use crate::search::plan::Plan;

/// The examples of `-h`.
const FIRST_EXAMPLES: &str = "\
Examples:
  mytools search 'fn main' src/            Lines with a text, in a tree, without what git ignores
  mytools search -wi -C2 error app.log     Whole words, ignoring case, with two lines of context
";

/// Further examples, of `--help`.
const EXAMPLES: &str = "  How often, for each file
    mytools search -c TODO -t rust
  Lines with one word and another, but not a third, in files that import something
    mytools search retry --and timeout --not debug --and-file '^import http' src/
  A change in many files: first as a diff, then for good
    mytools search 'colour(s?)' -r 'color$1' -g '*.md' --diff
    mytools search 'colour(s?)' -r 'color$1' -g '*.md' --write
  The files with most of it first
    mytools search -c TODO --sort count
  In the files of a list, and no more than the first ten lines of all
    git diff --name-only -z | mytools search TODO --files0-from - --max-results 10
  In compressed logs and in the members of archives, printed as backup.tar.gz:etc/hosts:...
    mytools search -z 'timed out' logs/ backup.tar.gz -g '*.log' -g 'etc/**'
  In what a command makes of some files
    mytools search budget --pre pdf-to-text --pre-glob '*.pdf'
  How often in all files together
    mytools search --count-total --count-matches TODO
  Where a function is called, with the function that calls it
    mytools search -n --show-function 'parse\\(' src/
  What is around a match in very long lines
    mytools search -M120 --max-columns-centered needle dist/
  Events for programs, with the groups of each match
    mytools search --json-captures -e 'status=(?<code>\\d+)' -e 'ms=(?<ms>\\d+)' logs/
  Fields of a log as records
    mytools search 'status=(?<code>\\d{3}) .* ms=(?<ms>\\d+)' logs/ --format jsonl";

const AFTER: &str = "\
Exit codes: 0 a match, 1 no match, 2 an error (0 for -q with a match)

Files are printed in path order. Hidden files, binary files and what .gitignore, .ignore and .rgignore files name are left \
out; -u, -uu and -uuu take them in, step by step.

--files-from reads paths as if they stood on the command line: they come in the order of the list, unless --sort asks for \
another. -z searches the members of zip and tar archives, chosen by -g and -t, zip members by path, those of tar as stored; \
archives in archives are not opened.

MYTOOLS_CONFIG_PATH names a file with arguments to put before yours, one per line, behind [search] for this command alone; \
--no-config leaves it alone.";

/// The flags that `-h` lists, to fit on one screen; `--help` lists all.
const SHORT: &[&str] = &[
    "regexp",
    "fixed-strings",
    "ignore-case",
    "smart-case",
    "word-regexp",
    "invert-match",
    "multiline",
    "and",
    "not",
    "glob",
    "type",
    "hidden",
    "unrestricted",
    "search-zip",
    "line-number",
    "after-context",
    "context",
    "only-matching",
    "replace",
    "count",
    "files-with-matches",
    "files",
    "quiet",
    "json",
    "format",
    "positional",
];

/// The declaration.
pub(crate) fn command() -> Command {
    Command::new("search")
        .visible_alias("s")
        .about("Find lines that match a pattern, in files, trees and pipes")
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
        .mut_args(|arg| {
            let short = SHORT.contains(&arg.get_id().as_str());
            arg.hide_short_help(!short)
        })
        .after_help(FIRST_EXAMPLES)
        .after_long_help(format!("{FIRST_EXAMPLES}{EXAMPLES}\n\n{AFTER}"))
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
    let mut output = Writer::stdout(look::buffering(matches, environment))?;
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
        block_size: environment.block_size,
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
