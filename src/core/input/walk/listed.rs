//! Paths from a list: read as they come, so that what writes the list can be slower than the search.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

#[cfg(not(unix))]
use crate::core::error::Code;
use crate::core::error::{Problem, Result};
use crate::core::input::select::Listed;

/// Most paths that are taken at a time.
const MOST: usize = 256;

/// Bytes read at a time.
const CHUNK: usize = 64 << 10;

/// A list that is being read.
pub(crate) struct List {
    reader: BufReader<Box<dyn Read + Send>>,
    name: String,
    separator: u8,
    ended: bool,
}

impl std::fmt::Debug for List {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("List").field("name", &self.name).finish_non_exhaustive()
    }
}

impl List {
    /// Opens a list.
    pub(crate) fn open(listed: &Listed) -> Result<Self> {
        let from_stdin = listed.path == Path::new("-");
        let name = if from_stdin { "<stdin>".to_string() } else { listed.path.display().to_string() };
        let source: Box<dyn Read + Send> = if from_stdin {
            Box::new(io::stdin())
        } else {
            Box::new(File::open(&listed.path).map_err(|error| Problem::io(name.clone(), &error))?)
        };
        Ok(Self { reader: BufReader::with_capacity(CHUNK, source), name, separator: listed.separator, ended: false })
    }

    /// The next paths: those that are there, one at least; none at the end. Empty lines stand for nothing.
    pub(crate) fn next(&mut self) -> Result<Option<Vec<PathBuf>>, Problem> {
        let paths = self.take();
        self.ended |= paths.is_err();
        paths.map(|paths| Some(paths).filter(|paths| !paths.is_empty()))
    }

    fn take(&mut self) -> Result<Vec<PathBuf>, Problem> {
        let mut paths = Vec::new();
        let mut line = Vec::new();
        loop {
            if self.ended {
                return Ok(paths);
            }
            line.clear();
            let read = self.reader.read_until(self.separator, &mut line);
            if read.map_err(|error| Problem::io(self.name.clone(), &error))? == 0 {
                self.ended = true;
                return Ok(paths);
            }
            if line.last() == Some(&self.separator) {
                line.pop();
            }
            if !line.is_empty() {
                paths.push(path(&line).map_err(|problem| problem.at_path(self.name.clone()))?);
            }
            let more_is_here = memchr::memchr(self.separator, self.reader.buffer()).is_some();
            if paths.len() >= MOST || (!paths.is_empty() && !more_is_here) {
                return Ok(paths);
            }
        }
    }
}

/// A path of any bytes.
#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "its twin for other systems can fail")]
fn path(line: &[u8]) -> Result<PathBuf, Problem> {
    use std::os::unix::ffi::OsStrExt;
    Ok(PathBuf::from(std::ffi::OsStr::from_bytes(line)))
}

/// A path, which is text here.
#[cfg(not(unix))]
fn path(line: &[u8]) -> Result<PathBuf, Problem> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let text = std::str::from_utf8(line).map_err(|_| Problem::new(Code::Io, "a path is not UTF-8"))?;
    Ok(PathBuf::from(text))
}
