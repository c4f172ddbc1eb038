//! Which files a run reads: the selection that `search` walks.
//!
//! Flags become one [`Select`], parsed at the edge; the walk turns it into files. The rules and their precedence are
//! ripgrep's: globs, then ignore files, then types, then hidden names; what the user names stands above all of them.

use std::path::PathBuf;

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
    /// Globs from `-g`, in order; a leading `!` leaves out what matches.
    pub(crate) globs: Vec<String>,
    /// File types from `-t` and `-T`, in order.
    pub(crate) types: Vec<TypeChange>,
    /// Whether a walked file that is our own standard output is left out.
    pub(crate) skip_stdout: bool,
    /// Whether what is left out is told, in its place, for `--debug`.
    pub(crate) tells_omitted: bool,
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
}

impl Default for IgnoreRules {
    fn default() -> Self {
        Self { dot: true, vcs: true, exclude: true, global: true, parents: true, require_git: true, files: Vec::new() }
    }
}

impl IgnoreRules {
    /// No rules but those of `--ignore-file`: what `--no-ignore` and `-u` ask for.
    pub(crate) fn none() -> Self {
        Self { dot: false, vcs: false, exclude: false, global: false, parents: false, ..Self::default() }
    }
}

impl Select {
    /// Loosens the selection as one, two or three `-u` do: no ignore rules, then hidden files too. The third `-u` is
    /// about binary files and changes nothing here.
    pub(crate) fn unrestrict(&mut self, times: u8) {
        if times >= 1 {
            self.rules = IgnoreRules { files: std::mem::take(&mut self.rules.files), ..IgnoreRules::none() };
        }
        if times >= 2 {
            self.hidden = true;
        }
    }
}
