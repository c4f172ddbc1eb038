//! The command line: declarations, flattening into each command's own configuration once, and dispatch.
//!
//! Nothing below this floor knows about clap, the environment or the process it runs in.

mod command;
mod complete;
mod completions;
mod config_file;
mod document;
mod environment;
mod globals;
mod list;
mod man;
mod manual;
mod memory;
mod process;
mod request;
mod search;
mod signals;
mod stages;
mod topics;
mod usage;
mod version;

use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::ArgMatches;

use crate::cli::environment::Environment;
use crate::cli::globals::Globals;
use crate::core::diagnostics::Diagnostics;
use crate::core::error::{Code, Error, Problem};

/// Exit code of a run that did what was asked.
const DONE: u8 = 0;
/// Exit code of a run that found nothing.
const NONE: u8 = 1;
/// Exit code of anything that failed.
const FAILED: u8 = 2;

/// Runs the command line `args`, of which the first is the program's name.
pub(crate) fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    if let Some(shell) = std::env::var_os(complete::VARIABLE) {
        return ExitCode::from(complete::run(&shell, &args));
    }
    signals::prepare();
    let environment = Environment::read();
    let mut command = command::build_for(&args);
    let merged = config_file::merge(&args, environment.config_path.as_deref(), &command);
    let matches = match command.try_get_matches_from_mut(&merged.args) {
        Ok(matches) => matches,
        Err(error) => {
            // Whoever typed a command that is right by itself looks for the mistake in the wrong place.
            let typed_well = command.try_get_matches_from_mut(&args).is_ok();
            let place = if typed_well { merged.place_of(&error, &mut command) } else { None };
            let line = usage::Line { args: &args, root: &command };
            return ExitCode::from(usage::report(&error, globals::error_mode(&args), place, line));
        }
    };
    // A global option is in the matches of the subcommand as well, whichever side of its name it was written on.
    let Some((name, matches)) = matches.subcommand() else { return ExitCode::from(FAILED) };
    // What a file of defaults says need not fit every run.
    let own = if merged.has_any() { command.try_get_matches_from_mut(&args).ok() } else { None };
    let typed = own.as_ref().and_then(ArgMatches::subcommand).map_or(matches, |(_, own)| own);
    let globals = Globals::from_matches(matches, &environment);
    let diagnostics = globals.diagnostics();
    if let Some(note) = &merged.note {
        diagnostics.emit(note);
    }
    let run = || dispatch(name, (matches, typed), &globals, &environment, &diagnostics);
    // Where no worker failed but what put their results together.
    let outcome = catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| Err(Error::from(Problem::defect()).into()));
    let code = match outcome {
        Ok(code) => code,
        Err(error) => failed(error, &diagnostics, usage::Line { args: &args, root: &command }),
    };
    diagnostics.finish();
    ExitCode::from(code)
}

/// Reports what ended a run. A reader that has gone is no failure.
fn failed(error: anyhow::Error, diagnostics: &Diagnostics, line: usage::Line<'_>) -> u8 {
    match error.downcast::<Error>() {
        Ok(Error::BrokenPipe | Error::Cancelled) => return DONE,
        Ok(Error::Problem(problem)) => match line.single_dash() {
            // `-count` is `-c ount`, which fails for a reason that nobody looks for.
            Some(hint) => diagnostics.emit(&problem.hint(hint)),
            None => diagnostics.emit(&problem),
        },
        Err(error) => diagnostics.emit(&Problem::new(Code::Internal, format!("{error:#}"))),
    }
    FAILED
}

fn dispatch(
    name: &str,
    (matches, typed): (&ArgMatches, &ArgMatches),
    globals: &Globals,
    environment: &Environment,
    diagnostics: &Diagnostics,
) -> anyhow::Result<u8> {
    Ok(match name {
        "search" => search::run(matches, globals, environment, diagnostics)?,
        "process" => request::run((matches, typed), globals, environment, diagnostics)?,
        "list" => list::run(matches, globals)?,
        "help" => topics::run(matches)?,
        "completions" => completions::run(matches)?,
        "man" => man::run(matches)?,
        other => anyhow::bail!("no command is called '{other}'"),
    })
}
