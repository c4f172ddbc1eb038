//! A new version of a file: made next to the old one while that is read, and put in its place at the end.
//!
//! Nothing is made before the first change, so a file without one is not touched. The old version is checked again before
//! it is replaced: one that changed in between stays.

use std::fs::{self, File, Metadata};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::core::error::{Code, Problem, Result};
use crate::core::input::positional::PositionalReader;
use crate::core::integer::to_index;
use crate::core::output::atomic::AtomicFile;
use crate::core::output::naming::Naming;
use crate::search::region::Region;
use crate::search::rewrite::editor::Change;

/// Bytes that are written at once.
const BUFFER: usize = 256 << 10;

/// The new version of a file that is being read.
#[derive(Debug)]
pub(crate) struct Version<'f> {
    path: &'f Path,
    source: &'f File,
    /// The state of the file before it was read.
    before: Metadata,
    /// Offset in the file of the data's first byte.
    start: u64,
    /// Offset in the file up to which the new version has been made.
    done: u64,
    new: Option<BufWriter<AtomicFile>>,
    naming: &'f Naming,
}

impl<'f> Version<'f> {
    /// The version of the file at `path`, open as `source`, whose data starts at `start`.
    pub(crate) fn new(path: &'f Path, source: &'f File, start: u64, naming: &'f Naming) -> Result<Self> {
        let before = source.metadata().map_err(|error| failed(path, &error))?;
        Ok(Self { path, source, before, start, done: 0, new: None, naming })
    }

    /// Takes a change in a region.
    pub(crate) fn change(&mut self, region: &Region<'_>, change: &Change<'_>) -> Result<()> {
        let base = self.start + region.offset;
        let Self { path, source, before, done, .. } = self;
        let new = if let Some(new) = &mut self.new {
            new
        } else {
            if before.permissions().readonly() {
                let problem = Problem::new(Code::Io, "is read-only and was left as it is");
                return Err(problem.at_path(path.display().to_string()).into());
            }
            let mut new = BufWriter::with_capacity(BUFFER, AtomicFile::create(path)?.named_by(self.naming));
            let file = source.try_clone().map_err(|error| failed(path, &error))?;
            let mut head = PositionalReader { file, at: 0, end: base };
            *done = io::copy(&mut head, &mut new).map_err(|error| failed(path, &error))?;
            self.new.insert(new)
        };
        let from = to_index(done.saturating_sub(base));
        new.write_all(region.slice(from, change.start))
            .and_then(|()| new.write_all(change.new))
            .map_err(|error| failed(path, &error))?;
        *done = base + change.end as u64;
        Ok(())
    }

    /// Takes the rest of a region as it is.
    pub(crate) fn pass(&mut self, region: &Region<'_>) -> Result<()> {
        let Some(new) = &mut self.new else { return Ok(()) };
        let base = self.start + region.offset;
        let from = to_index(self.done.saturating_sub(base));
        new.write_all(region.slice(from, region.end)).map_err(|error| failed(self.path, &error))?;
        self.done = base + region.end as u64;
        Ok(())
    }

    /// Puts the new version in place; says what the user should know.
    pub(crate) fn commit(self) -> Result<Option<Problem>> {
        let Some(new) = self.new else { return Ok(None) };
        let failure = |error: &io::Error| failed(self.path, error);
        let new = new.into_inner().map_err(|error| failure(error.error()))?;
        let now = self.source.metadata().map_err(|error| failure(&error))?;
        let there = fs::metadata(self.path).map_err(|error| failure(&error))?;
        if !is_same(&self.before, &now) || !is_same(&now, &there) {
            let problem = Problem::new(Code::Io, "changed while it was read and was left as it is");
            return Err(problem.at_path(self.path.display().to_string()).hint("run again").into());
        }
        new.commit()?;
        Ok(split_links(&self.before).map(|note| note.at_path(self.path.display().to_string())))
    }
}

/// Whether two looks saw the same version of the same file.
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        if (one.dev(), one.ino()) != (other.dev(), other.ino()) {
            return false;
        }
    }
    one.len() == other.len() && one.modified().ok() == other.modified().ok()
}

/// What is to be said of a file that had other names.
#[cfg(unix)]
fn split_links(old: &Metadata) -> Option<Problem> {
    use std::os::unix::fs::MetadataExt;
    let names = old.nlink();
    (names > 1).then(|| Problem::note(format!("had {names} hard links; the others keep the old text")))
}

/// What is to be said of a file that had other names.
#[cfg(not(unix))]
fn split_links(_: &Metadata) -> Option<Problem> {
    None
}

fn failed(path: &Path, error: &io::Error) -> Problem {
    Problem::io(path.display().to_string(), error)
}
