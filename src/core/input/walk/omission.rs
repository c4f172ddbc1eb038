//! Why a walk leaves a name out: what `--debug` tells.

use std::path::Path;

use ignore::gitignore::Glob;

use crate::core::error::Problem;

/// A reason to leave a name out.
#[derive(Debug, Clone, Copy)]
pub(super) enum Omission<'a> {
    /// A glob of the command line, or none of those that say what is wanted.
    Glob,
    /// A rule of an ignore file.
    Rule(&'a Glob),
    /// A type that is not wanted.
    Type,
    /// A leading dot.
    Hidden,
    /// A symbolic link that is not followed.
    Link,
    /// A pipe, a socket or a device.
    Special,
    /// A directory at the greatest depth.
    Depth,
    /// A file of more than the greatest size.
    Size,
    /// A directory on another file system.
    FileSystem,
    /// Git's own directory.
    Git,
    /// A file that we write to.
    Output,
}

impl Omission<'_> {
    /// The reason as a line for `--debug`.
    pub(super) fn problem(self, path: &Path) -> Problem {
        let told = |message: &str| Problem::debug(message);
        let problem = match self {
            Self::Glob => told("left out by -g"),
            Self::Rule(rule) => {
                let file = rule.from().map(|file| format!(" in {}", file.display())).unwrap_or_default();
                Problem::debug(format!("ignored by the rule '{}'{file}", rule.original()))
            }
            Self::Type => told("left out by its type"),
            Self::Hidden => told("hidden").hint("--hidden takes it in"),
            Self::Link => told("a symbolic link").hint("--follow goes where it leads"),
            Self::Special => told("neither a file nor a directory"),
            Self::Depth => told("deeper than --max-depth"),
            Self::Size => told("larger than --max-filesize"),
            Self::FileSystem => told("on another file system"),
            Self::Git => told("git's own directory").hint("--no-ignore-vcs or -u takes it in"),
            Self::Output => told("what we write ourselves"),
        };
        problem.at_path(path.display().to_string())
    }
}
