//! What can go wrong, with the place it went wrong in.
//!
//! [`Problem`] is one message for a person: what, where, and how to fix it. [`Error`] is what functions
//! return: a problem, or one of the two silent ends (a broken pipe, a cancelled run).

mod code;

use std::fmt;
use std::io;

pub(crate) use crate::core::error::code::{CODES, Code};

/// How bad a [`Problem`] is. Only errors change the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// A silent decision, shown under `--debug`.
    Debug,
    /// A fact the user should know; the answer is whole.
    Note,
    /// Something was left out or could not be done; exit code 2.
    Error,
}

/// A marked stretch of a line the user wrote, for errors in expressions and patterns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caret {
    /// The whole text.
    pub(crate) text: String,
    /// First marked byte.
    pub(crate) start: usize,
    /// One past the last marked byte.
    pub(crate) end: usize,
}

/// One message: what went wrong, where, and how to fix it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// How bad it is.
    pub(crate) level: Level,
    /// Its kind.
    pub(crate) code: Code,
    /// The input it was found in, as the user named it.
    pub(crate) path: Option<String>,
    /// Line in that input, from 1.
    pub(crate) line: Option<u64>,
    /// Column in bytes in that line, from 1.
    pub(crate) column: Option<u64>,
    /// What, in lower case, without a final period.
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) hint: Option<String>,
    /// The stretch of the user's own text it is about.
    pub(crate) caret: Option<Box<Caret>>,
}

impl Problem {
    /// An error of the given kind.
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            level: Level::Error,
            code,
            path: None,
            line: None,
            column: None,
            message: message.into(),
            hint: None,
            caret: None,
        }
    }

    /// What a panic is told as, wherever it is caught.
    pub(crate) fn defect() -> Self {
        Self::new(Code::Internal, "a worker failed unexpectedly").hint("this is a defect of mytools; please report it")
    }

    /// A note: the answer is whole, but the user should know.
    pub(crate) fn note(message: impl Into<String>) -> Self {
        Self { level: Level::Note, ..Self::new(Code::Info, message) }
    }

    /// A `--debug` line.
    pub(crate) fn debug(message: impl Into<String>) -> Self {
        Self { level: Level::Debug, ..Self::new(Code::Info, message) }
    }

    /// An I/O error about a path, without the operating system's error number.
    pub(crate) fn io(path: impl Into<String>, error: &io::Error) -> Self {
        Self::new(Code::Io, plain_io_message(error)).at_path(path)
    }

    /// Names the input.
    #[must_use]
    pub(crate) fn at_path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Names the line, from 1.
    #[must_use]
    pub(crate) fn at_line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    /// Names the column in bytes, from 1.
    #[must_use]
    pub(crate) fn at_column(mut self, column: u64) -> Self {
        self.column = Some(column);
        self
    }

    /// Says how to fix it.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Marks bytes `start..end` of `text`.
    #[must_use]
    pub(crate) fn caret(mut self, text: impl Into<String>, start: usize, end: usize) -> Self {
        self.caret = Some(Box::new(Caret { text: text.into(), start, end }));
        self
    }
}

impl std::error::Error for Problem {}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.path {
            write!(out, "{path}:")?;
            if let Some(line) = self.line {
                write!(out, "{line}:")?;
                if let Some(column) = self.column {
                    write!(out, "{column}:")?;
                }
            }
            out.write_str(" ")?;
        }
        out.write_str(&self.message)?;
        if let Some(hint) = &self.hint {
            write!(out, "; {hint}")?;
        }
        Ok(())
    }
}

/// What a function returns when it cannot go on.
#[derive(Debug)]
pub(crate) enum Error {
    /// A message for the user.
    Problem(Box<Problem>),
    /// Whoever reads our output has gone: end quietly with 0.
    BrokenPipe,
    /// The run was stopped by its own drain: no message.
    Cancelled,
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Problem(problem) => problem.fmt(out),
            Self::BrokenPipe => out.write_str("broken pipe"),
            Self::Cancelled => out.write_str("cancelled"),
        }
    }
}

impl Error {
    /// Names the input of a problem that names none.
    #[must_use]
    pub(crate) fn or_at_path(mut self, path: &[u8]) -> Self {
        if let Self::Problem(problem) = &mut self {
            problem.path.get_or_insert_with(|| String::from_utf8_lossy(path).into_owned());
        }
        self
    }
}

impl std::error::Error for Error {}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

/// The result of anything that can fail with an [`Error`].
pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

/// The system's message without its ` (os error N)` tail.
pub(crate) fn plain_io_message(error: &io::Error) -> String {
    let text = error.to_string();
    text.split_once(" (os error ").map_or(text.as_str(), |(message, _)| message).to_string()
}

#[cfg(test)]
mod tests {
    use super::{Code, Problem};

    #[test]
    fn prints_place_then_message_then_hint() {
        let problem = Problem::new(Code::Data, "row has 2 cells, expected 3")
            .at_path("a.csv")
            .at_line(7)
            .at_column(3)
            .hint("use --ragged pad");
        assert_eq!(problem.to_string(), "a.csv:7:3: row has 2 cells, expected 3; use --ragged pad");
    }
}
