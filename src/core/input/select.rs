//! Which files a run reads: the selection that `search` walks.
//!
//! Flags become one [`Select`], parsed at the edge; the walk turns it into files. The rules and their precedence are
//! ripgrep's: globs, then ignore files, then types, then hidden names; what the user names stands above all of them.

use std::path::PathBuf;

use crate::core::input::globs::Globs;
use crate::core::input::types::TypeChange;

/// Where to look and what to leave out.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on the command line")]
pub(crate) struct Select {
    /// Files and directories in the order given, `-` for standard input. None at all is the working directory, whose
    /// files are named without a leading `./`.
    pub(crate) roots: Vec<PathBuf>,
    /// Which ignore rules count.
    pub(crate) rules: IgnoreRules,
    /// Whether hidden files and directories are read.
    pub(crate) hidden: bool,
    /// Whether symbolic links found on the way are followed.
    pub(crate) follow: bool,
    /// How deep to go: 1 is the files right in a root.
    pub(crate) max_depth: Option<usize>,
    /// Most bytes of a file that is found on the way.
    pub(crate) max_filesize: Option<u64>,
    /// Whether directories on other file systems than their root's are left alone.
    pub(crate) one_file_system: bool,
    /// Whether archives are searched, so that globs and types choose their members instead.
    pub(crate) archives: bool,
    /// Globs of the command line.
    pub(crate) globs: Globs,
    /// What `-t`, `-T`, `--type-add` and `--type-clear` say, in order.
    pub(crate) types: Vec<TypeChange>,
    /// A list of further files and directories, which come after `roots`.
    pub(crate) listed: Option<Listed>,
    /// The order in which files come; without one, that of the walk: roots as given and listed, below them by path.
    pub(crate) order: Option<Order>,
    /// Whether a walked file that is our own standard output is left out.
    pub(crate) skip_stdout: bool,
    /// Whether what is left out is told, in its place, for `--debug`.
    pub(crate) tells_omitted: bool,
}

impl Select {
    /// Whether the working directory is meant, because nothing was named.
    pub(crate) fn is_implicit(&self) -> bool {
        self.roots.is_empty() && self.listed.is_none()
    }
}

/// A list of paths to read, as if they stood on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    /// The file with the list, `-` for standard input.
    pub(crate) path: PathBuf,
    /// What stands between two paths: a line end or a NUL.
    pub(crate) separator: u8,
}

/// An order for which all files must be known before the first is read. Equal ones stay in the order of the walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Order {
    /// What is compared.
    pub(crate) by: Key,
    /// Whether it falls.
    pub(crate) falling: bool,
}

/// What files are put in order by. Those of which it cannot be told come last where it rises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    /// The path, component by component.
    Path,
    /// When the content was last changed.
    Modified,
    /// When it was last read.
    Accessed,
    /// When the file was made.
    Created,
    /// Bytes.
    Size,
}

/// Which ignore rules count.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on the command line")]
pub(crate) struct IgnoreRules {
    /// `.ignore` and `.rgignore` files.
    pub(crate) dot: bool,
    /// `.gitignore` files; without them `.git` directories are read too, where hidden files are.
    pub(crate) vcs: bool,
    /// `.git/info/exclude`, where `vcs` holds too.
    pub(crate) exclude: bool,
    /// The user's own git excludes, where `vcs` holds too.
    pub(crate) global: bool,
    /// The files of directories above a root.
    pub(crate) parents: bool,
    /// Whether git's rules count only inside a repository.
    pub(crate) require_git: bool,
    /// Files named with `--ignore-file`, which `-u` leaves in force; later ones win.
    pub(crate) files: Vec<PathBuf>,
    /// Whether case does not matter in any ignore file.
    pub(crate) ignore_case: bool,
    /// Whether it is told what is wrong in ignore files.
    pub(crate) messages: bool,
}

impl Default for IgnoreRules {
    fn default() -> Self {
        Self {
            dot: true,
            vcs: true,
            exclude: true,
            global: true,
            parents: true,
            require_git: true,
            files: Vec::new(),
            ignore_case: false,
            messages: true,
        }
    }
}

impl IgnoreRules {
    /// No rules but those of `--ignore-file`: what `--no-ignore` and `-u` ask for.
    pub(crate) fn none() -> Self {
        Self { dot: false, vcs: false, exclude: false, global: false, parents: false, ..Self::default() }
    }
}
