//! Opening inputs: a file for positional reads, or a stream where bytes must be made first.
//!
//! A regular file that is neither compressed nor UTF-16 stays a file, so that all threads can read it at once. Pipes,
//! compressed files and transcoded text are streams, read by one thread at a time. What a file is, is told by its
//! content, never by its name.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::core::error::Problem;

/// What to undo while reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OpenOptions {
    /// Whether gzip and zstd are decompressed.
    pub(crate) decompress: bool,
    /// Whether byte order marks are dropped and UTF-16 becomes UTF-8.
    pub(crate) decode: bool,
}

/// An input that is ready to be read.
pub(crate) struct Opened {
    /// Its bytes.
    pub(crate) source: Source,
}

/// Where the bytes come from.
pub(crate) enum Source {
    /// A regular file, read at `start..len` by position from any thread.
    File {
        /// The open file.
        file: File,
        /// Its length in bytes when it was opened; it may grow or shrink.
        len: u64,
        /// Where the data starts: after a byte order mark, or at the position a shell left standard input at.
        start: u64,
    },
    /// Bytes in order, from their first.
    Stream(Box<dyn Read + Send>),
}

/// What became of a file that may be small.
pub(crate) enum Small {
    /// It is all in `buffer[start..end]`, decoded.
    Whole {
        /// First byte of the data.
        start: usize,
        /// One past the last byte.
        end: usize,
    },
    /// It is larger than the buffer, or no plain file.
    Opened(Opened),
}

/// Opens a path.
pub(crate) fn open(path: &Path, _options: OpenOptions) -> Result<Opened, Problem> {
    let name = path.display().to_string();
    let file = File::open(path).map_err(|error| Problem::io(name.clone(), &error))?;
    let len = file.metadata().map_err(|error| Problem::io(name, &error))?.len();
    Ok(Opened { source: Source::File { file, len, start: 0 } })
}

/// Opens standard input, by position where it is a redirected file.
pub(crate) fn open_stdin(_options: OpenOptions) -> Result<Opened, Problem> {
    Ok(Opened { source: Source::Stream(Box::new(std::io::stdin())) })
}

/// Reads a file whole where it fits into `buffer[..]`, with as few system calls as can be; opens it otherwise. For
/// trees of small files: no length is asked for, and bytes read are not read again.
pub(crate) fn read_small(path: &Path, options: OpenOptions, _buffer: &mut [u8]) -> Result<Small, Problem> {
    open(path, options).map(Small::Opened)
}
