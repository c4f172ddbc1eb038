//! A file that appears whole or not at all.
//!
//! The new version is a file without a name in the target's directory, which the system removes by itself if we die.
//! [`AtomicFile::commit`] gives it a name and moves it onto the target. Where the system has no nameless files, a
//! hidden temporary file takes its place. Pipes and devices have no versions and are written as they are.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::core::error::{Code, Error, Problem, Result};
use crate::core::output::naming::Naming;

/// Links followed before a target is called a loop; what Linux allows.
const LINKS: usize = 40;

/// A new version of a file, invisible until [`AtomicFile::commit`]. Dropped, it leaves nothing behind.
#[derive(Debug)]
pub(crate) struct AtomicFile {
    version: Version,
    /// As the user named it.
    path: PathBuf,
    /// Where the path leads.
    target: PathBuf,
    naming: Naming,
}

#[derive(Debug)]
enum Version {
    #[cfg(target_os = "linux")]
    Nameless(File),
    Named(NamedTempFile),
    Direct(File),
}

impl AtomicFile {
    /// Starts a new version of `path`, which may exist, be a link, or be a device. It gets the mode of the old one, and
    /// its owner where we may give it. A
    /// file that we may not write is refused, although it could be replaced.
    pub(crate) fn create(path: &Path) -> Result<Self> {
        let failed = |error: io::Error| Error::from(Problem::io(path.display().to_string(), &error));
        let old = match fs::metadata(path) {
            Ok(metadata) => Some(metadata),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(failed(error)),
        };
        if old.as_ref().is_some_and(Metadata::is_dir) {
            return Err(Problem::new(Code::Io, "is a directory").at_path(path.display().to_string()).into());
        }
        if is_special(path, old.as_ref()) {
            // Where /dev/stdout is a file, what stands in it stays.
            let file = OpenOptions::new().append(true).open(path).map_err(failed)?;
            return Ok(Self::of(Version::Direct(file), path, path.to_path_buf()));
        }
        let target = resolve(path).map_err(failed)?;
        if old.is_some() {
            OpenOptions::new().write(true).open(&target).map_err(failed)?;
        }
        let version = Version::new(&target).map_err(failed)?;
        if let Some(old) = old {
            keep_owner(version.file(), &old);
            version.file().set_permissions(old.permissions()).map_err(failed)?;
        }
        Ok(Self::of(version, path, target))
    }

    fn of(version: Version, path: &Path, target: PathBuf) -> Self {
        Self { version, path: path.to_path_buf(), target, naming: Naming::default() }
    }

    /// The same, named in this way.
    #[must_use]
    pub(crate) fn named_by(self, naming: &Naming) -> Self {
        Self { naming: naming.clone(), ..self }
    }

    /// Puts the new version in place.
    pub(crate) fn commit(self) -> Result<()> {
        let failed = |error: io::Error| Error::from(Problem::io(self.path.display().to_string(), &error));
        match self.version {
            #[cfg(target_os = "linux")]
            Version::Nameless(file) => self.naming.step(|| link(&file, &self.target)).map_err(failed),
            Version::Named(file) => file.persist(&self.target).map(drop).map_err(|error| failed(error.error)),
            Version::Direct(_) => Ok(()),
        }
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.version.file().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.version.file().flush()
    }
}

impl Version {
    #[cfg(target_os = "linux")]
    fn new(target: &Path) -> io::Result<Self> {
        use rustix::fs::{Mode, OFlags};
        let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
        // Without /proc there would be no way to give it a name.
        if Path::new("/proc/self/fd").exists()
            && let Ok(file) = rustix::fs::open(directory_of(target), flags, Mode::from_raw_mode(0o666))
        {
            return Ok(Self::Nameless(File::from(file)));
        }
        named(target).map(Self::Named)
    }

    #[cfg(not(target_os = "linux"))]
    fn new(target: &Path) -> io::Result<Self> {
        named(target).map(Self::Named)
    }

    fn file(&self) -> &File {
        match self {
            #[cfg(target_os = "linux")]
            Self::Nameless(file) => file,
            Self::Named(file) => file.as_file(),
            Self::Direct(file) => file,
        }
    }
}

/// Gives a new version the owner and the group of the old one. Where only root may, it stays ours.
#[cfg(unix)]
fn keep_owner(file: &File, old: &Metadata) {
    use rustix::fs::{Gid, Uid, fchown};
    use std::os::unix::fs::MetadataExt;
    let Ok(new) = file.metadata() else { return };
    if new.gid() != old.gid() {
        let _ = fchown(file, None, Some(Gid::from_raw(old.gid())));
    }
    if new.uid() != old.uid() {
        let _ = fchown(file, Some(Uid::from_raw(old.uid())), None);
    }
}

/// Gives a new version the owner of the old one, which other systems do by the directory.
#[cfg(not(unix))]
fn keep_owner(_: &File, _: &Metadata) {}

/// Whether the path is no regular file, or one of the system's names for an open file.
fn is_special(path: &Path, old: Option<&Metadata>) -> bool {
    old.is_some_and(|old| !old.is_file() || path.starts_with("/dev/") || path.starts_with("/proc/"))
}

/// Where links lead, also to a file that does not exist yet.
fn resolve(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_path_buf();
    for _ in 0..LINKS {
        match fs::read_link(&path) {
            Ok(link) => path = directory_of(&path).join(link),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("too many levels of symbolic links"))
}

fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// A hidden temporary file next to the target, with the mode of any new file.
fn named(target: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".mytools-").suffix(".tmp");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(directory_of(target))
}

/// Names a nameless file: at once where the target does not exist, else under another name that is moved onto it.
#[cfg(target_os = "linux")]
fn link(file: &File, target: &Path) -> io::Result<()> {
    use rustix::fs::{AtFlags, CWD, linkat};
    use std::os::fd::AsRawFd;

    let source = format!("/proc/self/fd/{}", file.as_raw_fd());
    let give = |name: &Path| linkat(CWD, &source, CWD, name, AtFlags::SYMLINK_FOLLOW);
    match give(target) {
        Err(error) if error == rustix::io::Errno::EXIST => {}
        other => return other.map_err(Into::into),
    }
    for attempt in 0..100 {
        let name = directory_of(target).join(format!(".mytools-{}-{attempt}.tmp", std::process::id()));
        match give(&name) {
            Err(error) if error == rustix::io::Errno::EXIST => continue,
            Err(error) => return Err(error.into()),
            Ok(()) => {}
        }
        return fs::rename(&name, target).inspect_err(|_| {
            // The rename's own error is the one to report.
            let _ = fs::remove_file(&name);
        });
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::fs;
    use std::io::Write;
    use std::path::Path;

    use super::AtomicFile;

    fn names(directory: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn appears_at_commit_and_not_before() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("out.csv");
        for content in ["first", "second"] {
            let before = fs::read_to_string(&path).ok();
            let mut file = AtomicFile::create(&path).unwrap();
            file.write_all(content.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&path).ok(), before);
            file.commit().unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), content);
        }
        let mut file = AtomicFile::create(&path).unwrap();
        file.write_all(b"dropped").unwrap();
        drop(file);
        assert_eq!(fs::read_to_string(&path).unwrap(), "second");
        assert_eq!(names(directory.path()), ["out.csv"]);
    }

    #[test]
    fn refuses_what_it_cannot_write() {
        let directory = tempfile::tempdir().unwrap();
        assert_eq!(
            AtomicFile::create(directory.path()).unwrap_err().to_string(),
            format!("{}: is a directory", directory.path().display())
        );
        let nowhere = directory.path().join("no/where.csv");
        let error = AtomicFile::create(&nowhere).unwrap_err().to_string();
        assert!(error.starts_with(nowhere.to_str().unwrap()), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn keeps_the_mode_and_follows_links() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("real.csv");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("real.csv", directory.path().join("link.csv")).unwrap();
        symlink("new.csv", directory.path().join("dangling.csv")).unwrap();
        for (link, real) in [("link.csv", "real.csv"), ("dangling.csv", "new.csv")] {
            let mut file = AtomicFile::create(&directory.path().join(link)).unwrap();
            file.write_all(b"new").unwrap();
            file.commit().unwrap();
            assert_eq!(fs::read_to_string(directory.path().join(real)).unwrap(), "new");
            assert!(directory.path().join(link).symlink_metadata().unwrap().is_symlink());
        }
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        assert_eq!(names(directory.path()), ["dangling.csv", "link.csv", "new.csv", "real.csv"]);
    }

    #[cfg(unix)]
    #[test]
    fn writes_devices_as_they_are() {
        let mut file = AtomicFile::create(Path::new("/dev/null")).unwrap();
        file.write_all(b"gone").unwrap();
        file.commit().unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
}
