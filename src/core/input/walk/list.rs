//! One directory: its names read, filtered and sorted.

use std::ffi::{OsStr, OsString};
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use crate::core::error::{Code, Problem, Result};
use crate::core::input::handle::{self, Form, Handle, Handles};
use crate::core::input::select::Select;

use super::cursor::State;
use super::identity::{Identity, Lineage, device};
use super::omission::Omission;
use super::rules::{Checker, Found, Rules, Scope, Verdict};
use super::{Entry, Item, Kind};

/// A directory that is or will be listed.
#[derive(Debug)]
pub(super) struct Directory {
    /// Its path as printed; empty for the working directory that nobody named.
    path: PathBuf,
    /// How far below its root it is; 0 is the root.
    depth: usize,
    root: Arc<Root>,
    /// The rules for the directory itself.
    scope: Arc<Scope>,
    /// The directory it is in, if that is open.
    within: Option<Arc<Handle>>,
    /// The directories above it, where links are followed.
    lineage: Option<Arc<Lineage>>,
    /// How far the cursor's threads are with it.
    pub(super) state: Mutex<State>,
}

/// A directory to start from.
#[derive(Debug)]
struct Root {
    /// Its path as printed.
    path: PathBuf,
    /// Its path without links; ignore rules are matched below it.
    full: PathBuf,
    /// Its device.
    device: Option<u64>,
}

/// The wanted names of a directory, in order.
#[derive(Debug)]
pub(super) struct Listing {
    /// Where they are; none where names are whole paths that the user gave.
    path: Option<PathBuf>,
    /// That directory, if it is open.
    handle: Option<Arc<Handle>>,
    pub(super) names: Vec<Name>,
}

/// A name in a listing.
#[derive(Debug)]
pub(super) struct Name {
    name: OsString,
    pub(super) what: What,
}

/// What a name is.
#[derive(Debug)]
pub(super) enum What {
    Entry(Kind),
    Directory(Arc<Directory>),
    Problem(Box<Problem>),
}

impl Name {
    /// A problem of the directory itself, or of several.
    fn problem(problem: Problem) -> Self {
        Self { name: OsString::new(), what: What::Problem(Box::new(problem)) }
    }
}

impl Listing {
    /// A problem alone.
    pub(super) fn of_problem(problem: Problem) -> Self {
        Self { path: None, handle: None, names: vec![Name::problem(problem)] }
    }

    /// The file or problem of that number; none for directories.
    pub(super) fn item(&self, at: usize) -> Option<Item> {
        let name = self.names.get(at)?;
        let kind = match &name.what {
            What::Entry(kind) => *kind,
            What::Problem(problem) => return Some(Item::Problem((**problem).clone())),
            What::Directory(_) => return None,
        };
        let path = match &self.path {
            Some(path) => path.join(&name.name),
            None => PathBuf::from(&name.name),
        };
        let directory = self.handle.clone();
        Some(Item::File(Entry { path, directory, explicit: self.path.is_none(), kind }))
    }
}

/// Lists directories by the rules of a selection.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on the command line")]
pub(super) struct Lister {
    pub(super) rules: Rules,
    follow: bool,
    max_depth: usize,
    max_filesize: Option<u64>,
    one_file_system: bool,
    /// Whether `.git` directories are left out even where hidden ones are read.
    skip_git: bool,
    stdout: Option<Identity>,
    /// Directories that may be kept open.
    handles: Handles,
    /// Whether what is left out is told.
    tells_omitted: bool,
}

impl Lister {
    /// The lister, and the roots as a listing of their own, in the order given.
    pub(super) fn new(select: Select) -> Result<(Self, Listing)> {
        let (rules, problems) = Rules::new(&select)?;
        let lister = Self {
            rules,
            follow: select.follow,
            max_depth: select.max_depth.unwrap_or(usize::MAX),
            max_filesize: select.max_filesize,
            one_file_system: select.one_file_system,
            skip_git: select.rules.vcs,
            stdout: if select.skip_stdout { Identity::of_stdout() } else { None },
            handles: Handles::default(),
            tells_omitted: select.tells_omitted,
        };
        let implicit = select.is_implicit();
        let roots = if implicit { vec![PathBuf::new()] } else { select.roots };
        let mut listing = lister.roots(roots);
        listing.names.splice(..0, problems.into_iter().map(Name::problem));
        Ok((lister, listing))
    }

    /// Paths that the user gave, as a listing, in the order given.
    pub(super) fn roots(&self, paths: Vec<PathBuf>) -> Listing {
        let mut names = Vec::with_capacity(paths.len());
        for path in paths {
            self.root(path, &mut names);
        }
        Listing { path: None, handle: None, names }
    }

    /// Adds what the user named, to which no rule applies; nothing for a directory that `max_depth` closes.
    fn root(&self, path: PathBuf, names: &mut Vec<Name>) {
        let what = if path.as_os_str() == "-" {
            What::Entry(Kind::Stdin)
        } else {
            match fs::metadata(opened(&path)) {
                Err(error) => What::Problem(Box::new(Problem::io(path.display().to_string(), &error))),
                Ok(metadata) if metadata.is_dir() && self.max_depth == 0 => return,
                Ok(metadata) if metadata.is_dir() => {
                    // A root whose full path is unknown has no rules from above, and none else can be read either.
                    let full = fs::canonicalize(opened(&path)).unwrap_or_else(|_| path.clone());
                    let mut problems = Vec::new();
                    let scope = Arc::new(self.rules.above(&full, &mut problems));
                    names.extend(problems.into_iter().map(Name::problem));
                    let root = Arc::new(Root { path: path.clone(), full, device: device(&metadata) });
                    What::Directory(Arc::new(Directory {
                        path: path.clone(),
                        depth: 0,
                        root,
                        scope,
                        within: None,
                        lineage: None,
                        state: Mutex::default(),
                    }))
                }
                Ok(metadata) => What::Entry(if metadata.is_file() { Kind::File } else { Kind::Special }),
            }
        };
        names.push(Name { name: path.into_os_string(), what });
    }

    /// Reads, filters and sorts a directory. What cannot be read becomes a problem at its place.
    pub(super) fn list(&self, directory: &Directory) -> Listing {
        let mut names = Vec::new();
        let problem = |error: &io::Error| {
            let path = opened(&directory.path).display().to_string();
            Name::problem(Problem::io(path, error))
        };
        let mut found = Found::default();
        let mut entries = Vec::new();
        let mut ours = None;
        let read =
            handle::read(opened(&directory.path), directory.within.as_ref(), &self.handles, |entry| match entry {
                Ok(handle::Listed { name, form, number }) => {
                    if name.as_encoded_bytes().first() == Some(&b'.') {
                        found.see(&name);
                    }
                    let path = || directory.path.join(&name);
                    let own_output = || self.stdout.as_ref().is_some_and(|stdout| stdout.is(number, path));
                    if form == Form::File && own_output() {
                        ours = Some(name);
                    } else {
                        entries.push((name, form));
                    }
                }
                Err(error) => names.push(problem(&error)),
            });
        let handle = read.unwrap_or_else(|error| {
            names.push(problem(&error));
            None
        });
        let mut listing = Listing { path: Some(directory.path.clone()), handle, names };
        let mut problems = Vec::new();
        let inside = self.inside(directory, found, listing.handle.clone(), &mut problems);
        listing.names.extend(problems.into_iter().map(Name::problem));
        let mut checker = self.rules.checker(&inside.scope, &directory.path, || directory.full());
        for (name, form) in entries {
            match self.what(&inside, &mut checker, &name, form) {
                Ok(what) => listing.names.push(Name { name, what }),
                Err(omission) => listing.names.extend(self.omitted(directory, name, omission)),
            }
        }
        drop(checker);
        listing.names.extend(ours.and_then(|name| self.omitted(directory, name, Omission::Output)));
        // Problems of the directory itself have no name; they stay in their order.
        listing.names.sort_by(|a, b| a.name.cmp(&b.name));
        listing
    }

    /// What is told of a name that is left out.
    fn omitted(&self, directory: &Directory, name: OsString, omission: Omission<'_>) -> Option<Name> {
        if !self.tells_omitted {
            return None;
        }
        let what = What::Problem(Box::new(omission.problem(&directory.path.join(&name))));
        Some(Name { name, what })
    }

    /// What the names in a directory have in common.
    fn inside<'a>(
        &self,
        directory: &'a Directory,
        found: Found,
        handle: Option<Arc<Handle>>,
        problems: &mut Vec<Problem>,
    ) -> Inside<'a> {
        let scope = if found.is_empty() {
            Arc::clone(&directory.scope)
        } else {
            Arc::new(self.rules.enter(&directory.scope, &directory.full(), found, problems))
        };
        let lineage = if self.follow { directory.lineage_with_self() } else { None };
        Inside { directory, handle, scope, lineage }
    }

    /// What a name is, or why it is left out.
    fn what<'a>(
        &self,
        inside: &Inside<'_>,
        checker: &mut Checker<'a>,
        name: &OsStr,
        form: Form,
    ) -> Result<What, Omission<'a>> {
        let mut link = None;
        let form = if form == Form::Link {
            if !self.follow {
                return Err(Omission::Link);
            }
            match inside.follow(name) {
                Ok(metadata) => link.insert(metadata).file_type().into(),
                Err(problem) => return Ok(What::Problem(problem)),
            }
        } else {
            form
        };
        let is_directory = form == Form::Directory;
        if !is_directory && form != Form::File {
            return Err(Omission::Special);
        }
        let verdict = checker.check(name, is_directory);
        if let Verdict::Omitted(omission) = verdict {
            return Err(omission);
        }
        let metadata = || match &link {
            Some(metadata) => Some(metadata.clone()),
            None => fs::metadata(inside.directory.path.join(name)).ok(),
        };
        if !is_directory {
            let most = self.max_filesize;
            let too_large = most.is_some_and(|most| metadata().is_some_and(|metadata| metadata.len() > most));
            let kind = if matches!(verdict, Verdict::ForMembers) { Kind::Archive } else { Kind::File };
            return if too_large { Err(Omission::Size) } else { Ok(What::Entry(kind)) };
        }
        if self.one_file_system && metadata().and_then(|metadata| device(&metadata)) != inside.directory.root.device {
            return Err(Omission::FileSystem);
        }
        let depth = inside.directory.depth + 1;
        if depth >= self.max_depth {
            return Err(Omission::Depth);
        }
        if self.skip_git && matches!(verdict, Verdict::Kept) && name == ".git" {
            return Err(Omission::Git);
        }
        if let Some(problem) = link.and_then(|metadata| inside.find_loop(name, &metadata)) {
            return Ok(What::Problem(problem));
        }
        Ok(What::Directory(Arc::new(Directory {
            path: inside.directory.path.join(name),
            depth,
            root: Arc::clone(&inside.directory.root),
            scope: Arc::clone(&inside.scope),
            within: inside.handle.clone(),
            lineage: inside.lineage.clone(),
            state: Mutex::default(),
        })))
    }
}

/// What the names in a directory have in common.
struct Inside<'a> {
    directory: &'a Directory,
    /// The directory, if it is open.
    handle: Option<Arc<Handle>>,
    scope: Arc<Scope>,
    lineage: Option<Arc<Lineage>>,
}

impl Inside<'_> {
    /// Where a link leads, unless nowhere.
    fn follow(&self, name: &OsStr) -> Result<Metadata, Box<Problem>> {
        let path = self.directory.path.join(name);
        fs::metadata(&path).map_err(|error| Box::new(Problem::io(path.display().to_string(), &error)))
    }

    /// The problem of a link to a directory that the link is in, which would never end.
    fn find_loop(&self, name: &OsStr, metadata: &Metadata) -> Option<Box<Problem>> {
        let path = self.directory.path.join(name);
        let identity = Identity::of(&path, metadata).ok()?;
        let ancestor = Lineage::find(self.lineage.as_ref(), &identity)?;
        let message = format!("file system loop: the link leads up to '{}'", opened(&ancestor).display());
        Some(Box::new(Problem::new(Code::Io, message).at_path(path.display().to_string())))
    }
}

impl Directory {
    /// Its path without links above its root.
    fn full(&self) -> PathBuf {
        match self.path.strip_prefix(&self.root.path) {
            Ok(below) if !below.as_os_str().is_empty() => self.root.full.join(below),
            _ => self.root.full.clone(),
        }
    }

    /// The line that its own directories descend from.
    fn lineage_with_self(&self) -> Option<Arc<Lineage>> {
        let metadata = fs::metadata(opened(&self.path)).ok()?;
        let identity = Identity::of(opened(&self.path), &metadata).ok()?;
        Some(Arc::new(Lineage { path: self.path.clone(), identity, parent: self.lineage.clone() }))
    }
}

/// The path to open: the working directory that nobody named has an empty one.
fn opened(path: &Path) -> &Path {
    if path.as_os_str().is_empty() { Path::new(".") } else { path }
}
