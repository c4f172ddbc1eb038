//! What clap has to say, for people and scripts: help on standard output, mistakes as one line like any other problem.

mod habits;
mod meant;

use std::error::Error as _;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::cli::FAILED;
use crate::cli::config_file::Place;
use crate::core::diagnostics::{Diagnostics, Mode, Settings};
use crate::core::error::{Code, Problem};
use crate::core::registry::did_you_mean;

pub(crate) use crate::cli::usage::meant::Line;

/// Prints help or the version, where these are what parsing came to. Gives the exit code.
pub(crate) fn help(error: &clap::Error) -> Option<u8> {
    if let ErrorKind::DisplayHelp | ErrorKind::DisplayVersion | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand =
        error.kind()
    {
        let code = u8::try_from(error.exit_code()).unwrap_or(FAILED);
        return Some(match error.print() {
            Err(failure) if failure.kind() != std::io::ErrorKind::BrokenPipe => FAILED,
            _ => code,
        });
    }
    None
}

/// Reports an outcome of parsing that is no command to run: help, the version, or a mistake, which may be one of the
/// configuration file. Gives the exit code.
pub(crate) fn report(error: &clap::Error, mode: Mode, place: Option<Place>, line: Line<'_>) -> u8 {
    if let Some(code) = help(error) {
        return code;
    }
    let settings = Settings { mode, ..Settings::default() };
    let problem = match place {
        Some(Place { file, line: number, column }) => {
            problem(error, line).at_path(file.display().to_string()).at_line(number).at_column(column)
        }
        None => problem(error, line),
    };
    Diagnostics::new(Box::new(std::io::stderr()), settings).emit(&problem);
    FAILED
}

/// A mistake in the arguments as a problem.
fn problem(error: &clap::Error, line: Line<'_>) -> Problem {
    let argument = text(error, ContextKind::InvalidArg);
    let value = text(error, ContextKind::InvalidValue);
    match (error.kind(), argument, value) {
        (ErrorKind::UnknownArgument, Some(argument), _) => {
            if argument.starts_with('-') {
                return Problem::new(Code::Usage, format!("unknown flag '{argument}'")).hint(line.flag(&argument));
            }
            Problem::new(Code::Usage, format!("unexpected argument '{argument}'")).hint("see --help")
        }
        (ErrorKind::InvalidValue, Some(argument), Some(value)) if value.is_empty() => {
            Problem::new(Code::Usage, format!("{argument} needs a value")).hint(choices(error, "values: "))
        }
        (ErrorKind::InvalidValue, Some(argument), Some(value)) => {
            let valid = texts(error, ContextKind::ValidValue);
            let hint = line.single_dash().or_else(|| did_you_mean(&value, valid.iter().map(String::as_str)));
            Problem::new(Code::Usage, format!("'{value}' does not fit {argument}"))
                .hint(hint.unwrap_or_else(|| choices(error, "it takes ")))
        }
        (ErrorKind::ValueValidation, Some(argument), Some(value)) => {
            let why = || error.source().map_or_else(|| "see --help".to_string(), ToString::to_string);
            let why = line.single_dash().unwrap_or_else(why);
            Problem::new(Code::Usage, format!("'{value}' does not fit {argument}")).hint(why)
        }
        (ErrorKind::InvalidSubcommand, ..) => {
            let name = text(error, ContextKind::InvalidSubcommand).unwrap_or_default();
            Problem::new(Code::Usage, format!("unknown command '{name}'")).hint(line.word(&name))
        }
        _ => {
            let said = error.render().to_string();
            let first: Vec<&str> = said.lines().take_while(|line| !line.is_empty()).map(str::trim).collect();
            let first = first.join(" ");
            let message = first.strip_prefix("error: ").unwrap_or(&first).trim_end_matches('.').to_string();
            Problem::new(Code::Usage, message).hint("see --help")
        }
    }
}

/// The values an argument takes, or a word about the help.
fn choices(error: &clap::Error, lead: &str) -> String {
    let valid = texts(error, ContextKind::ValidValue);
    if valid.is_empty() { "see --help".to_string() } else { format!("{lead}{}", valid.join(", ")) }
}

fn text(error: &clap::Error, kind: ContextKind) -> Option<String> {
    texts(error, kind).into_iter().next()
}

fn texts(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        _ => Vec::new(),
    }
}
