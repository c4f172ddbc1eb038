//! Open directories: their names are read from them, and what is in them is opened from there.
//!
//! For the walk and whoever reads its files. The system walks a path from its first directory each time one is opened;
//! from an open directory on it looks up one name, which takes a third off opening a file deep in a tree. Invariant: a walk
//! keeps no more directories open than [`Handles`] allows; what is in others is opened by its path.

use std::ffi::OsString;
use std::fs::{File, FileType};
use std::io;
use std::path::Path;
use std::sync::Arc;

/// Something in a directory.
#[derive(Debug)]
pub(crate) struct Listed {
    /// What it is called.
    pub(crate) name: OsString,
    /// What it is, links not followed.
    pub(crate) form: Form,
    /// The number of its file, where files have numbers.
    pub(crate) number: Option<u64>,
}

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Link,
    /// A pipe, a socket or a device.
    Other,
}

impl From<FileType> for Form {
    fn from(kind: FileType) -> Self {
        if kind.is_file() {
            Self::File
        } else if kind.is_dir() {
            Self::Directory
        } else if kind.is_symlink() {
            Self::Link
        } else {
            Self::Other
        }
    }
}

/// What a read of a file says that gives less than was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Short {
    /// That the file ends there.
    IsEnd,
    /// Nothing.
    IsNothing,
}

pub(crate) use system::{Handle, Handles, read};

/// Opens a file, from the directory that it is in where that is open.
pub(crate) fn open_file(path: &Path, directory: Option<&Arc<Handle>>) -> io::Result<(File, Short)> {
    match directory.zip(path.file_name()) {
        Some((handle, name)) => handle.open(name),
        None => Ok((File::open(path)?, Short::IsNothing)),
    }
}

#[cfg(target_os = "linux")]
mod system {
    use std::ffi::{OsStr, OsString};
    use std::fs::File;
    use std::io;
    use std::os::fd::OwnedFd;
    use std::os::unix::ffi::OsStrExt;
    use std::path::Path;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use rustix::fs::{
        AtFlags, CWD, FileType, FsWord, Mode, OFlags, RawDir, ResolveFlags, fstatfs, openat, openat2, statat,
    };
    use rustix::io::{Errno, retry_on_intr};
    use rustix::process::{Resource, getrlimit};

    use super::{Form, Listed, Short};
    use crate::core::integer::to_index;

    /// How many directories a walk keeps open.
    #[derive(Debug, Clone)]
    pub(crate) struct Handles {
        free: Arc<AtomicUsize>,
    }

    /// Directories kept open at most, and the share of the files that the process may have open.
    const MOST: (u64, u64) = (64, 8);

    impl Default for Handles {
        fn default() -> Self {
            let most = getrlimit(Resource::Nofile).current.map_or(MOST.0, |limit| MOST.0.min(limit / MOST.1));
            Self { free: Arc::new(AtomicUsize::new(to_index(most))) }
        }
    }

    impl Handles {
        fn keep(&self, directory: OwnedFd, short: Short) -> Option<Arc<Handle>> {
            let one_less = |free: usize| free.checked_sub(1);
            self.free.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less).ok()?;
            Some(Arc::new(Handle { directory, short, free: Arc::clone(&self.free) }))
        }
    }

    /// A directory that is open.
    #[derive(Debug)]
    pub(crate) struct Handle {
        directory: OwnedFd,
        short: Short,
        free: Arc<AtomicUsize>,
    }

    impl Drop for Handle {
        fn drop(&mut self) {
            self.free.fetch_add(1, Ordering::Relaxed);
        }
    }

    impl Handle {
        /// Opens a file in the directory.
        pub(crate) fn open(&self, name: &OsStr) -> io::Result<(File, Short)> {
            let flags = OFlags::RDONLY | OFlags::CLOEXEC;
            let file = retry_on_intr(|| openat(&self.directory, name, flags, Mode::empty()))?;
            Ok((File::from(file), self.short))
        }
    }

    /// Bytes of names read at a time.
    const CHUNK: usize = 32 << 10;

    /// Calls `each` with what is in a directory, in no order. The directory is opened from the one it is in, where that is
    /// given, and kept open where `handles` allow.
    pub(crate) fn read(
        path: &Path,
        within: Option<&Arc<Handle>>,
        handles: &Handles,
        mut each: impl FnMut(io::Result<Listed>),
    ) -> io::Result<Option<Arc<Handle>>> {
        let (directory, short) = open(path, within)?;
        let mut buffer = Vec::with_capacity(CHUNK);
        let mut names = RawDir::new(&directory, buffer.spare_capacity_mut());
        while let Some(entry) = names.next() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    each(Err(error.into()));
                    break;
                }
            };
            let name = entry.file_name();
            if matches!(name.to_bytes(), b"." | b"..") {
                continue;
            }
            let form = match entry.file_type() {
                FileType::Unknown => statat(&directory, name, AtFlags::SYMLINK_NOFOLLOW)
                    .map(|stat| form(FileType::from_raw_mode(stat.st_mode))),
                known => Ok(form(known)),
            };
            let name = OsString::from(OsStr::from_bytes(name.to_bytes()));
            let number = Some(entry.ino());
            each(form.map(|form| Listed { name, form, number }).map_err(io::Error::from));
        }
        Ok(handles.keep(directory, short))
    }

    fn form(kind: FileType) -> Form {
        match kind {
            FileType::RegularFile => Form::File,
            FileType::Directory => Form::Directory,
            FileType::Symlink => Form::Link,
            _ => Form::Other,
        }
    }

    /// Opens a directory. One that is on the same file system as the one it is in need not be asked which that is.
    fn open(path: &Path, within: Option<&Arc<Handle>>) -> io::Result<(OwnedFd, Short)> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let directory = match within.zip(path.file_name()) {
            Some((handle, name)) => {
                if handle.short == Short::IsEnd
                    && let Ok(directory) = openat2(&handle.directory, name, flags, Mode::empty(), ResolveFlags::NO_XDEV)
                {
                    return Ok((directory, Short::IsEnd));
                }
                retry_on_intr(|| openat(&handle.directory, name, flags, Mode::empty()))
            }
            None => retry_on_intr(|| openat(CWD, path, flags, Mode::empty())),
        };
        let directory = directory.map_err(|error: Errno| io::Error::from(error))?;
        let local = fstatfs(&directory).is_ok_and(|system| LOCAL.contains(&system.f_type));
        Ok((directory, if local { Short::IsEnd } else { Short::IsNothing }))
    }

    /// File systems that read from the page cache, and so give all that is asked for up to the end of a file or an error
    /// (`statfs(2)`): ext4, XFS, Btrfs, F2FS and tmpfs. Those of devices, networks and programs may give less.
    const LOCAL: [FsWord; 5] = [0xEF53, 0x5846_5342, 0x9123_683E, 0xF2F5_2010, 0x0102_1994];
}

#[cfg(not(target_os = "linux"))]
mod system {
    use std::ffi::OsStr;
    use std::fs::{self, File};
    use std::io;
    use std::path::Path;
    use std::sync::Arc;

    use super::{Form, Listed, Short};

    /// How many directories a walk keeps open: none.
    #[derive(Debug, Clone, Default)]
    pub(crate) struct Handles;

    /// A directory that is open, which none is.
    #[derive(Debug)]
    pub(crate) enum Handle {}

    impl Handle {
        /// Opens a file in the directory.
        pub(crate) fn open(&self, _: &OsStr) -> io::Result<(File, Short)> {
            match *self {}
        }
    }

    /// Calls `each` with what is in a directory, in no order.
    pub(crate) fn read(
        path: &Path,
        _: Option<&Arc<Handle>>,
        _: &Handles,
        mut each: impl FnMut(io::Result<Listed>),
    ) -> io::Result<Option<Arc<Handle>>> {
        for entry in fs::read_dir(path)? {
            each(entry.and_then(|entry| {
                let form = Form::from(entry.file_type()?);
                Ok(Listed { name: entry.file_name(), form, number: number(&entry) })
            }));
        }
        Ok(None)
    }

    #[cfg(unix)]
    #[expect(clippy::unnecessary_wraps, reason = "its twin for other systems has none")]
    fn number(entry: &fs::DirEntry) -> Option<u64> {
        use std::os::unix::fs::DirEntryExt;
        Some(entry.ino())
    }

    #[cfg(not(unix))]
    fn number(_: &fs::DirEntry) -> Option<u64> {
        None
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::io::Read;
    use std::path::Path;

    use super::{Form, Handles, open_file, read};

    /// The names of a directory, as the standard library reads them.
    fn plain(path: &Path) -> BTreeMap<std::ffi::OsString, Form> {
        let entries = fs::read_dir(path).unwrap().map(Result::unwrap);
        entries.map(|entry| (entry.file_name(), Form::from(entry.file_type().unwrap()))).collect()
    }

    #[test]
    fn names_and_files_are_those_that_paths_lead_to() {
        let directory = tempfile::tempdir().unwrap();
        let inner = directory.path().join("inner");
        fs::create_dir_all(inner.join("deep")).unwrap();
        for number in 0..2000 {
            fs::write(inner.join(format!("file{number:0>60}")), number.to_string()).unwrap();
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink("deep", inner.join("link")).unwrap();
        let handles = Handles::default();
        let mut outer = Vec::new();
        let above = read(directory.path(), None, &handles, |name| outer.push(name.unwrap().name)).unwrap();
        assert_eq!(outer, ["inner"]);
        let mut names = BTreeMap::new();
        let handle = read(&inner, above.as_ref(), &handles, |name| {
            let name = name.unwrap();
            names.insert(name.name, name.form);
        });
        let handle = handle.unwrap();
        assert_eq!(names, plain(&inner));
        for (name, _) in names.iter().filter(|(_, form)| **form == Form::File) {
            let mut text = String::new();
            open_file(&inner.join(name), handle.as_ref()).unwrap().0.read_to_string(&mut text).unwrap();
            assert_eq!(text, fs::read_to_string(inner.join(name)).unwrap());
        }
        let missing = inner.join("missing");
        let of_path = fs::File::open(&missing).unwrap_err().kind();
        assert_eq!(open_file(&missing, handle.as_ref()).unwrap_err().kind(), of_path);
        assert!(read(&inner.join("file"), handle.as_ref(), &handles, |_| {}).is_err());
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn only_so_many_directories_stay_open() {
        let directory = tempfile::tempdir().unwrap();
        let handles = Handles::default();
        let mut open: Vec<_> = (0..100).map(|_| read(directory.path(), None, &handles, |_| {}).unwrap()).collect();
        assert!(open.first().unwrap().is_some() && open.last().unwrap().is_none());
        open.clear();
        assert!(read(directory.path(), None, &handles, |_| {}).unwrap().is_some());
    }
}
