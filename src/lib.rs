//! `mytools`: search text, and turn data files into answers.

mod cli;
mod core;
mod face;
mod process;
mod search;

pub use face::{Failure, Process, Report};

use std::ffi::OsString;
use std::process::ExitCode;

/// Runs the command line `args`, of which the first is the program's name, with this process's standard streams.
///
/// The exit code is 0, 1 or 2 as `mytools --help` says. Nothing is read or printed before the arguments are checked.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    cli::run(args)
}
