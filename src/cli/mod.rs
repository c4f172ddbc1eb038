//! The command line: declarations, flattening into each command's own configuration once, and dispatch.
//!
//! Nothing below this floor knows about clap, the environment or the process it runs in.

mod command;
mod completions;
mod environment;
mod globals;
mod list;
mod process;
mod request;
mod stages;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::ArgMatches;

use crate::cli::environment::Environment;
use crate::cli::globals::Globals;
use crate::core::error::{Error, Result};

/// Exit code of a run that did what was asked.
const DONE: u8 = 0;
/// Exit code of a run that found nothing.
const NONE: u8 = 1;
/// Exit code of anything that failed.
const FAILED: u8 = 2;

/// Runs the command line `args`, of which the first is the program's name.
pub(crate) fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let matches = match command::build().try_get_matches_from(args) {
        Ok(matches) => matches,
        Err(error) => return usage(&error),
    };
    let environment = Environment::read();
    let globals = Globals::from_matches(&matches);
    match dispatch(&matches, &globals, &environment) {
        Ok(code) => ExitCode::from(code),
        Err(Error::BrokenPipe | Error::Cancelled) => ExitCode::SUCCESS,
        Err(Error::Problem(problem)) => {
            globals.diagnostics().emit(&problem);
            ExitCode::from(FAILED)
        }
    }
}

fn dispatch(matches: &ArgMatches, globals: &Globals, environment: &Environment) -> Result<u8> {
    match matches.subcommand() {
        Some(("process", matches)) => request::run(matches, globals, environment),
        Some(("list", matches)) => list::run(matches, globals),
        Some(("completions", matches)) => completions::run(matches),
        _ => Ok(FAILED),
    }
}

/// Prints what clap has to say: help and version on standard output, mistakes on standard error.
fn usage(error: &clap::Error) -> ExitCode {
    let code = u8::try_from(error.exit_code()).unwrap_or(FAILED);
    match error.print() {
        Err(failure) if failure.kind() != std::io::ErrorKind::BrokenPipe => ExitCode::from(FAILED),
        _ => ExitCode::from(code),
    }
}
