//! Which file a path leads to: for loops of symbolic links, and to leave out our own output.

use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The same for two paths exactly where they lead to the same file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Identity {
    /// Device and file number.
    #[cfg(unix)]
    Number(u64, u64),
    /// The path without links, where files have no numbers.
    #[cfg(not(unix))]
    Path(PathBuf),
}

impl Identity {
    /// Of a path whose metadata is known, links followed.
    #[cfg(unix)]
    #[expect(clippy::unnecessary_wraps, reason = "its twin for other systems can fail")]
    pub(super) fn of(_: &Path, metadata: &Metadata) -> io::Result<Self> {
        use std::os::unix::fs::MetadataExt;
        Ok(Self::Number(metadata.dev(), metadata.ino()))
    }

    /// Of a path whose metadata is known, links followed.
    #[cfg(not(unix))]
    pub(super) fn of(path: &Path, _: &Metadata) -> io::Result<Self> {
        std::fs::canonicalize(path).map(Self::Path)
    }

    /// Of standard output, where it is a regular file.
    #[cfg(unix)]
    pub(super) fn of_stdout() -> Option<Self> {
        use std::os::fd::AsFd;
        let metadata = std::fs::File::from(io::stdout().as_fd().try_clone_to_owned().ok()?).metadata().ok()?;
        if metadata.is_file() { Self::of(Path::new(""), &metadata).ok() } else { None }
    }

    /// Of standard output, which has no path here.
    #[cfg(not(unix))]
    pub(super) fn of_stdout() -> Option<Self> {
        None
    }

    /// Whether what a path leads to is this file. Its number, where it came with the listing, decides most of the time.
    #[cfg(unix)]
    pub(super) fn is(&self, listed: Option<u64>, path: impl FnOnce() -> PathBuf) -> bool {
        use std::os::unix::fs::MetadataExt;
        let Self::Number(device, number) = self;
        let found = || std::fs::symlink_metadata(path());
        listed == Some(*number) && found().is_ok_and(|found| (found.dev(), found.ino()) == (*device, *number))
    }

    /// Whether what a path leads to is this file.
    #[cfg(not(unix))]
    pub(super) fn is(&self, _: Option<u64>, path: impl FnOnce() -> PathBuf) -> bool {
        let Self::Path(own) = self;
        std::fs::canonicalize(path()).is_ok_and(|other| other == *own)
    }
}

/// Whether a path leads to the file that standard output goes to.
pub(crate) fn is_stdout(path: &Path) -> bool {
    let identity = || Identity::of(path, &std::fs::metadata(path).ok()?).ok();
    Identity::of_stdout().is_some_and(|stdout| identity() == Some(stdout))
}

/// Whether standard input and output are the same file.
#[cfg(unix)]
pub(crate) fn stdin_is_stdout() -> bool {
    use std::os::fd::AsFd;
    let metadata = || std::fs::File::from(io::stdin().as_fd().try_clone_to_owned().ok()?).metadata().ok();
    let identity = || Identity::of(Path::new(""), &metadata()?).ok();
    Identity::of_stdout().is_some_and(|stdout| identity() == Some(stdout))
}

/// Whether standard input and output are the same file, which nobody can tell here.
#[cfg(not(unix))]
pub(crate) fn stdin_is_stdout() -> bool {
    false
}

/// The device that a file is on.
#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "its twin for other systems cannot tell")]
pub(super) fn device(metadata: &Metadata) -> Option<u64> {
    use std::os::unix::fs::MetadataExt;
    Some(metadata.dev())
}

/// The device that a file is on, which the standard library does not tell here.
#[cfg(not(unix))]
pub(super) fn device(_: &Metadata) -> Option<u64> {
    None
}

/// The directories above one, nearest first, where links are followed.
#[derive(Debug)]
pub(super) struct Lineage {
    pub(super) path: PathBuf,
    pub(super) identity: Identity,
    pub(super) parent: Option<Arc<Lineage>>,
}

impl Lineage {
    /// The path of the directory in the line that is this one.
    pub(super) fn find(line: Option<&Arc<Self>>, identity: &Identity) -> Option<PathBuf> {
        let mut next = line;
        while let Some(ancestor) = next {
            if ancestor.identity == *identity {
                return Some(ancestor.path.clone());
            }
            next = ancestor.parent.as_ref();
        }
        None
    }
}
