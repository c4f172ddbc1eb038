//! Ignore rules: which of a directory's names are left out.
//!
//! The precedence is ripgrep's: `-g`, then `.rgignore`, `.ignore`, `.gitignore`, `.git/info/exclude`, the user's git
//! excludes and `--ignore-file`, then types, then hidden names, which any positive rule brings back. Within a kind the
//! nearest directory decides, within a file the last rule. Git's rules stop at the root of a repository, and count
//! only in one unless told otherwise.
//!
//! The check is the costly part of a walk, so it does nothing that is not needed: which rule files exist is seen in the
//! listing, without asking the system; each kind is a chain that holds only directories with such a file; a chain of
//! git's rules begins at its repository, so files outside of one are never read.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use ignore::overrides::Override;
use ignore::types::Types;

use crate::core::error::{Level, Problem, Result};
use crate::core::input::archive::has_archive_name;
use crate::core::input::globs::Globs;
use crate::core::input::select::Select;
use crate::core::input::types::TypeChange;
use crate::core::input::{globs, types};

use super::mistakes::{mistakes, unreadable};
use super::omission::Omission;

/// The rules that are the same in all directories.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on the command line")]
pub(super) struct Rules {
    overrides: Override,
    types: Types,
    /// What leaves out archives, whose members the others choose.
    archives: Option<Refusals>,
    /// The user's git excludes.
    global: Gitignore,
    /// From `--ignore-file`, the strongest last.
    files: Vec<Gitignore>,
    hidden: bool,
    dot: bool,
    vcs: bool,
    exclude: bool,
    parents: bool,
    require_git: bool,
    ignore_case: bool,
    messages: bool,
}

/// The globs and types that say what is not wanted, without those that say what is.
#[derive(Debug)]
struct Refusals {
    overrides: Override,
    types: Types,
}

/// The rules of one kind in force in a directory, the nearest first.
type Chain = Option<Arc<Link>>;

#[derive(Debug)]
struct Link {
    matcher: Gitignore,
    parent: Chain,
}

/// The rules in force for the names in one directory.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope {
    rgignore: Chain,
    dot: Chain,
    git: Chain,
    exclude: Chain,
    in_repository: bool,
}

/// Which rule files a directory has.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "one per name that matters")]
pub(super) struct Found {
    rgignore: bool,
    dot: bool,
    gitignore: bool,
    git: bool,
    jj: bool,
}

impl Found {
    /// Takes note of a name in the directory.
    pub(super) fn see(&mut self, name: &OsStr) {
        match name.as_encoded_bytes() {
            b".rgignore" => self.rgignore = true,
            b".ignore" => self.dot = true,
            b".gitignore" => self.gitignore = true,
            b".git" => self.git = true,
            b".jj" => self.jj = true,
            _ => {}
        }
    }

    /// Looks into a directory whose names are not listed.
    fn probe(directory: &Path) -> Self {
        let exists = |name: &str| directory.join(name).symlink_metadata().is_ok();
        Self {
            rgignore: exists(".rgignore"),
            dot: exists(".ignore"),
            gitignore: exists(".gitignore"),
            git: exists(".git"),
            jj: exists(".jj"),
        }
    }

    /// Whether there is no rule file at all.
    pub(super) fn is_empty(self) -> bool {
        !(self.rgignore || self.dot || self.gitignore || self.git || self.jj)
    }
}

impl Rules {
    /// The rules of a selection, and what is wrong in the files they come from. Fails where the command line is wrong.
    pub(super) fn new(select: &Select) -> Result<(Self, Vec<Problem>)> {
        let sources = &select.rules;
        let working_directory = std::env::current_dir().unwrap_or_default();
        let mut problems = Vec::new();
        let global = if sources.vcs && sources.global && may_walk(select) {
            let (global, error) = new_builder(&working_directory, sources.ignore_case).build_global();
            problems.extend(error.iter().flat_map(mistakes));
            global
        } else {
            Gitignore::empty()
        };
        let mut files = Vec::new();
        for path in &sources.files {
            // As for ripgrep, letter case counts here, whatever is said of other ignore files.
            let mut builder = new_builder(&working_directory, false);
            let error = builder.add(path);
            problems.extend(error.iter().flat_map(|error| match unreadable(error) {
                // It was asked for, so it is told; the walk goes on without it, as ripgrep's does.
                Some(error) => vec![Problem { level: Level::Note, ..Problem::io(path.display().to_string(), error) }],
                None => mistakes(error),
            }));
            files.extend(builder.build());
        }
        if !sources.messages {
            problems.clear();
        }
        let rules = Self {
            overrides: globs::overrides(&select.globs, &working_directory)?,
            types: types::build(&select.types)?,
            archives: Refusals::of(select, &working_directory)?,
            global,
            files,
            hidden: select.hidden,
            dot: sources.dot,
            vcs: sources.vcs,
            exclude: sources.vcs && sources.exclude,
            parents: sources.parents,
            require_git: sources.vcs && sources.require_git,
            ignore_case: sources.ignore_case,
            messages: sources.messages,
        };
        Ok((rules, problems))
    }

    /// Whether the globs and types want a member of an archive, given its path in there. Directories can be left out too.
    pub(super) fn wants_member(&self, path: &Path) -> bool {
        let mut above = path.ancestors().skip(1).filter(|directory| !directory.as_os_str().is_empty());
        if above.any(|directory| self.overrides.matched(directory, true).is_ignore()) {
            return false;
        }
        match self.overrides.matched(path, false) {
            Match::Ignore(_) => false,
            Match::Whitelist(_) => true,
            Match::None => !self.types.matched(path, false).is_ignore(),
        }
    }

    /// The rules that the directories above a root bring, given its path without links.
    pub(super) fn above(&self, root: &Path, problems: &mut Vec<Problem>) -> Scope {
        let mut scope = Scope::default();
        if !self.dot && !self.vcs {
            return scope;
        }
        let mut above: Vec<&Path> = root.ancestors().skip(1).collect();
        above.reverse();
        for directory in above {
            let mut found = Found::probe(directory);
            if !self.parents {
                // Whether there is a repository counts all the same.
                found = Found { git: found.git, jj: found.jj, ..Found::default() };
            }
            let inner = self.enter(&scope, directory, found, problems);
            scope = if self.parents { inner } else { Scope { in_repository: inner.in_repository, ..scope } };
        }
        scope
    }

    /// The rules for the names in a directory, given those for the directory itself, its path without links above its
    /// root, and what was found in it. What is wrong in its rule files is added to `problems`.
    pub(super) fn enter(&self, outer: &Scope, directory: &Path, found: Found, problems: &mut Vec<Problem>) -> Scope {
        let mut scope = outer.clone();
        let mut extend = |chain: &mut Chain, file: &Path| self.extend(chain, directory, file, problems);
        if found.is_empty() {
            return scope;
        }
        if self.dot {
            if found.rgignore {
                extend(&mut scope.rgignore, &directory.join(".rgignore"));
            }
            if found.dot {
                extend(&mut scope.dot, &directory.join(".ignore"));
            }
        }
        if !self.vcs {
            return scope;
        }
        let git = if found.git { fs::metadata(directory.join(".git")).ok() } else { None };
        if self.require_git && (git.is_some() || found.jj) {
            scope.in_repository = true;
            scope.git = None;
            scope.exclude = None;
        }
        if found.gitignore && (scope.in_repository || !self.require_git) {
            extend(&mut scope.git, &directory.join(".gitignore"));
        }
        if let Some(git) = git
            && self.exclude
            && let Some(common) = common_directory(&directory.join(".git"), git.is_file())
        {
            extend(&mut scope.exclude, &common.join("info/exclude"));
        }
        scope
    }

    /// Adds the rules in a file, if it can be read and has any. Bad globs in it are told and passed over, as git does.
    fn extend(&self, chain: &mut Chain, directory: &Path, file: &Path, problems: &mut Vec<Problem>) {
        let mut builder = new_builder(directory, self.ignore_case);
        let error = builder.add(file);
        if self.messages {
            problems.extend(error.iter().flat_map(mistakes));
        }
        if let Ok(matcher) = builder.build()
            && !matcher.is_empty()
        {
            *chain = Some(Arc::new(Link { matcher, parent: chain.take() }));
        }
    }

    /// Prepares the check of the names of one directory: `walked` is its path as it is printed, `full` its path
    /// without links above its root.
    pub(super) fn checker<'a>(
        &'a self,
        scope: &'a Scope,
        walked: &Path,
        full: impl FnOnce() -> PathBuf,
    ) -> Checker<'a> {
        let globals = !self.global.is_empty() && (scope.in_repository || !self.require_git);
        let by_walked = !self.overrides.is_empty() || !self.files.is_empty() || globals;
        Checker {
            rules: self,
            scope,
            globals,
            // What `.` and repeated slashes in a path stand for is the same directory without them.
            walked: by_walked.then(|| {
                let plain: PathBuf = walked.components().filter(|part| *part != Component::CurDir).collect();
                Joined::new(&plain)
            }),
            full: (!scope.is_empty()).then(|| Joined::new(&full())),
        }
    }
}

/// Whether there may be a directory to walk. The user's git excludes are not read for nothing: that takes longer than
/// searching a small file.
fn may_walk(select: &Select) -> bool {
    const FEW: usize = 16;
    let named = !select.is_implicit() && select.listed.is_none() && select.roots.len() <= FEW;
    !named || select.roots.iter().any(|root| root.is_dir())
}

impl Refusals {
    fn of(select: &Select, working_directory: &Path) -> Result<Option<Self>> {
        if !select.archives {
            return Ok(None);
        }
        let refusing = |globs: &[String]| globs.iter().filter(|glob| glob.starts_with('!')).cloned().collect();
        let Globs { exact, any_case, ignore_case } = &select.globs;
        let globs = Globs { exact: refusing(exact), any_case: refusing(any_case), ignore_case: *ignore_case };
        let types = select.types.iter().filter(|change| !matches!(change, TypeChange::Select(_))).cloned();
        Ok(Some(Self {
            overrides: globs::overrides(&globs, working_directory)?,
            types: types::build(&types.collect::<Vec<_>>())?,
        }))
    }
}

impl Scope {
    fn is_empty(&self) -> bool {
        self.rgignore.is_none() && self.dot.is_none() && self.git.is_none() && self.exclude.is_none()
    }
}

/// Whether a name is wanted.
#[derive(Debug, Clone, Copy)]
pub(super) enum Verdict<'a> {
    /// A rule asks for it.
    Asked,
    /// No rule speaks of it.
    Kept,
    /// Only what is in it is wanted, if it is an archive.
    ForMembers,
    /// It is left out.
    Omitted(Omission<'a>),
}

/// Checks the names of one directory.
pub(super) struct Checker<'a> {
    rules: &'a Rules,
    scope: &'a Scope,
    globals: bool,
    walked: Option<Joined>,
    full: Option<Joined>,
}

impl<'a> Checker<'a> {
    /// Whether this name is wanted.
    pub(super) fn check(&mut self, name: &OsStr, is_directory: bool) -> Verdict<'a> {
        let mut refused = false;
        match self.look(name, is_directory, &mut refused) {
            Verdict::Asked | Verdict::Kept if refused => Verdict::ForMembers,
            verdict => verdict,
        }
    }

    /// As `check`, where `refused` gets to know that the name itself is not wanted.
    fn look(&mut self, name: &OsStr, is_directory: bool, refused: &mut bool) -> Verdict<'a> {
        let by_globs = match &mut self.walked {
            Some(walked) => self.rules.overrides.matched(walked.with(name), is_directory).map(|_| ()),
            None => Match::None,
        };
        match by_globs {
            Match::Ignore(()) if self.may_hold(name, is_directory) => *refused = true,
            Match::Ignore(()) => return Verdict::Omitted(Omission::Glob),
            Match::Whitelist(()) => return Verdict::Asked,
            Match::None => {}
        }
        let by_files = self.by_ignore_files(name, is_directory);
        if matches!(by_files, Verdict::Omitted(_)) {
            return by_files;
        }
        if !self.rules.types.is_empty() {
            match self.rules.types.matched(Path::new(name), is_directory) {
                Match::Ignore(_) if self.may_hold(name, is_directory) => *refused = true,
                Match::Ignore(_) => return Verdict::Omitted(Omission::Type),
                Match::Whitelist(_) => return Verdict::Asked,
                Match::None => {}
            }
        }
        let hidden =
            matches!(by_files, Verdict::Kept) && !self.rules.hidden && name.as_encoded_bytes().first() == Some(&b'.');
        if hidden { Verdict::Omitted(Omission::Hidden) } else { by_files }
    }

    /// Whether this is an archive that is searched, and that no glob or type leaves out by name.
    fn may_hold(&mut self, name: &OsStr, is_directory: bool) -> bool {
        let Some(refusals) = &self.rules.archives else { return false };
        if is_directory || !has_archive_name(Path::new(name)) {
            return false;
        }
        let by_globs = self.walked.as_mut().is_some_and(|walked| {
            let path = walked.with(name);
            refusals.overrides.matched(path, false).is_ignore()
        });
        !by_globs && !refusals.types.matched(Path::new(name), false).is_ignore()
    }

    fn by_ignore_files(&mut self, name: &OsStr, is_directory: bool) -> Verdict<'a> {
        if let Some(full) = &mut self.full {
            let path = full.with(name);
            for chain in [&self.scope.rgignore, &self.scope.dot, &self.scope.git, &self.scope.exclude] {
                let mut next = chain.as_ref();
                while let Some(link) = next {
                    match link.matcher.matched(path, is_directory) {
                        Match::Ignore(rule) => return Verdict::Omitted(Omission::Rule(rule)),
                        Match::Whitelist(_) => return Verdict::Asked,
                        Match::None => next = link.parent.as_ref(),
                    }
                }
            }
        }
        if let Some(walked) = &mut self.walked {
            let path = walked.with(name);
            let globals = self.globals.then_some(&self.rules.global);
            for matcher in globals.into_iter().chain(self.rules.files.iter().rev()) {
                match matcher.matched(path, is_directory) {
                    Match::Ignore(rule) => return Verdict::Omitted(Omission::Rule(rule)),
                    Match::Whitelist(_) => return Verdict::Asked,
                    Match::None => {}
                }
            }
        }
        Verdict::Kept
    }
}

/// A directory to which names are joined one after the other without a new allocation.
struct Joined {
    #[cfg(unix)]
    bytes: Vec<u8>,
    #[cfg(unix)]
    prefix: usize,
    #[cfg(not(unix))]
    directory: PathBuf,
    #[cfg(not(unix))]
    joined: PathBuf,
}

#[cfg(unix)]
impl Joined {
    fn new(directory: &Path) -> Self {
        let mut bytes = directory.join("").into_os_string().into_encoded_bytes();
        let prefix = bytes.len();
        bytes.reserve(64);
        Self { bytes, prefix }
    }

    fn with(&mut self, name: &OsStr) -> &Path {
        use std::os::unix::ffi::OsStrExt;
        self.bytes.truncate(self.prefix);
        self.bytes.extend_from_slice(name.as_bytes());
        Path::new(OsStr::from_bytes(&self.bytes))
    }
}

#[cfg(not(unix))]
impl Joined {
    fn new(directory: &Path) -> Self {
        Self { directory: directory.to_path_buf(), joined: PathBuf::new() }
    }

    fn with(&mut self, name: &OsStr) -> &Path {
        self.joined = self.directory.join(name);
        &self.joined
    }
}

/// A builder of rules for the names below a directory.
fn new_builder(directory: &Path, ignore_case: bool) -> GitignoreBuilder {
    let mut builder = GitignoreBuilder::new(directory);
    // It fails for no value.
    let _ = builder.case_insensitive(ignore_case);
    builder
}

/// Where git keeps what all worktrees of a repository share, given its `.git`: a directory, or a file that says
/// `gitdir: PATH` (gitrepository-layout).
fn common_directory(git: &Path, is_file: bool) -> Option<PathBuf> {
    if !is_file {
        return Some(git.to_path_buf());
    }
    let line = first_line(git)?;
    let private = PathBuf::from(line.strip_prefix("gitdir: ")?);
    let common = first_line(&private.join("commondir"))?;
    Some(if common.starts_with('.') { private.join(common) } else { PathBuf::from(common) })
}

fn first_line(path: &Path) -> Option<String> {
    let file = fs::File::open(path).ok()?;
    BufReader::new(file).lines().next()?.ok()
}
