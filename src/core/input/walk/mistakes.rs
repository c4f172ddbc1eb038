//! What is wrong in ignore files: notes with file and line. They do not change the exit code, as the rules around them hold.

use std::io;

use crate::core::error::{Code, Level, Problem};

/// The mistakes that an error of the rules' parser speaks of. A file that cannot be read is none: it has no rules.
pub(super) fn mistakes(error: &ignore::Error) -> Vec<Problem> {
    let mut problems = Vec::new();
    collect(error, None, None, &mut problems);
    problems
}

/// Why a file could not be read, if that is what the error says.
pub(super) fn unreadable(error: &ignore::Error) -> Option<&io::Error> {
    match error {
        ignore::Error::Partial(errors) => errors.iter().find_map(unreadable),
        ignore::Error::WithPath { err, .. }
        | ignore::Error::WithLineNumber { err, .. }
        | ignore::Error::WithDepth { err, .. } => unreadable(err),
        ignore::Error::Io(error) => Some(error),
        _ => None,
    }
}

fn collect(error: &ignore::Error, path: Option<&str>, line: Option<u64>, problems: &mut Vec<Problem>) {
    match error {
        ignore::Error::Partial(errors) => errors.iter().for_each(|error| collect(error, path, line, problems)),
        ignore::Error::WithPath { path, err } => collect(err, Some(&path.display().to_string()), line, problems),
        ignore::Error::WithLineNumber { line, err } => collect(err, path, Some(*line), problems),
        ignore::Error::WithDepth { err, .. } => collect(err, path, line, problems),
        ignore::Error::Io(_) => {}
        other => {
            let message = match other {
                ignore::Error::Glob { glob: Some(glob), err } => format!("the glob '{glob}' is wrong: {err}"),
                other => other.to_string(),
            };
            let problem = Problem { level: Level::Note, ..Problem::new(Code::Ignore, message) };
            let problem = Problem { path: path.map(ToString::to_string), line, ..problem };
            problems.push(problem);
        }
    }
}
