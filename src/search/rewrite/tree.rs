//! Which files may be changed: those that really are where the user said, each once.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::core::error::{Code, Problem};
use crate::core::input::select::Select;

/// The directories whose files may be changed.
#[derive(Debug)]
pub(crate) struct Tree {
    /// The real paths of the directories searched, and of those that hold the files named.
    tops: Vec<PathBuf>,
    /// The real paths of files that were met, where a file may be met twice.
    met: Option<Mutex<HashSet<PathBuf>>>,
}

/// A file that may be changed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// It is where its path says.
    Here,
    /// Its path goes through links; it really is there.
    Linked(PathBuf),
    /// It has been met under another path.
    Met,
}

impl Tree {
    /// The tree of a selection.
    pub(crate) fn new(select: &Select) -> Self {
        let here = [PathBuf::from(".")];
        let roots = if select.roots.is_empty() { &here[..] } else { &select.roots };
        // What does not exist is reported by whoever walks.
        let real: Vec<PathBuf> = roots.iter().filter_map(|root| fs::canonicalize(root).ok()).collect();
        let tops =
            roots.iter().filter_map(|root| fs::canonicalize(if root.is_dir() { root } else { above(root) }).ok());
        let again = select.follow || overlap(real);
        Self { tops: tops.collect(), met: again.then(Mutex::default) }
    }

    /// Whether a file may be met twice. Which path it is met under first must not depend on the threads then.
    pub(crate) fn meets_again(&self) -> bool {
        self.met.is_some()
    }

    /// Where a file really is. Fails where that is out of the tree.
    pub(crate) fn place(&self, path: &Path) -> Result<Place, Problem> {
        let real = fs::canonicalize(path).map_err(|error| Problem::io(path.display().to_string(), &error))?;
        if !self.tops.iter().any(|top| real.starts_with(top)) {
            return Err(Problem::new(Code::Io, "is a symbolic link out of the tree and was left as it is")
                .at_path(path.display().to_string())
                .hint(format!("name {} itself to change it", real.display())));
        }
        if let Some(met) = &self.met
            && !met.lock().unwrap_or_else(PoisonError::into_inner).insert(real.clone())
        {
            return Ok(Place::Met);
        }
        let direct = path
            .file_name()
            .is_some_and(|name| fs::canonicalize(above(path)).is_ok_and(|directory| directory.join(name) == real));
        Ok(if direct { Place::Here } else { Place::Linked(real) })
    }
}

/// The directory of a file.
fn above(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Whether one of these is another or lies in it.
fn overlap(mut real: Vec<PathBuf>) -> bool {
    real.sort();
    real.windows(2).any(|pair| matches!(pair, [first, second] if second.starts_with(first)))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::overlap;

    #[test]
    fn knows_what_lies_in_what() {
        let overlaps = |paths: &[&str]| overlap(paths.iter().map(PathBuf::from).collect());
        assert!(overlaps(&["/a/b", "/c", "/a"]));
        assert!(overlaps(&["/a", "/a"]));
        assert!(!overlaps(&["/a", "/a+", "/b/a"]));
    }
}
