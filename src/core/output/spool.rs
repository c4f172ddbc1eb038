//! Bytes that wait for what must be known before the first of them is written: in memory, past a bound on disk.
//!
//! For the sinks of both commands, in front of encoders that must see every record first.

use std::io::{self, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::SpooledTempFile;

use crate::core::error::{Problem, Result};
use crate::core::exec::spill;

/// Bytes that are kept in memory.
const MEMORY: usize = 16 << 20;

/// Bytes read back at a time.
pub(crate) const BUFFER: usize = 256 << 10;

/// Bytes that wait.
pub(crate) struct Spooled {
    file: SpooledTempFile,
    /// Where the file is, for messages.
    directory: PathBuf,
}

impl Spooled {
    /// Nothing yet. Past a bound it goes to a file in this directory; where the path is empty, in that of the system.
    pub(crate) fn new(directory: &Path) -> Self {
        let file = if directory.as_os_str().is_empty() {
            tempfile::spooled_tempfile(MEMORY)
        } else {
            tempfile::spooled_tempfile_in(MEMORY, directory)
        };
        Self { file, directory: directory.to_path_buf() }
    }

    /// Adds bytes.
    pub(crate) fn put(&mut self, bytes: &[u8]) -> Result<()> {
        let Self { file, directory } = self;
        Ok(file.write_all(bytes).map_err(|error| failed(directory, &error))?)
    }

    /// All of them, to be read from the first on, without a buffer.
    pub(crate) fn rewind(mut self) -> Result<SpooledTempFile> {
        let failed = |error: io::Error| failed(&self.directory, &error);
        self.file.seek(SeekFrom::Start(0)).map_err(failed)?;
        Ok(self.file)
    }

    /// All of them, to be read from the first on.
    pub(crate) fn read(self) -> Result<BufReader<SpooledTempFile>> {
        Ok(BufReader::with_capacity(BUFFER, self.rewind()?))
    }
}

fn failed(directory: &Path, error: &io::Error) -> Problem {
    spill::failed(directory, error).hint("set TMPDIR to a directory with room for them")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::Read;
    use std::path::Path;

    use super::{MEMORY, Spooled};

    #[test]
    fn gives_back_what_it_took_past_its_memory() {
        let mut spool = Spooled::new(Path::new(""));
        let piece: Vec<u8> = (0..=255).cycle().take(100_003).collect();
        let pieces = MEMORY / piece.len() + 2;
        (0..pieces).for_each(|_| spool.put(&piece).unwrap());
        let mut back = Vec::new();
        spool.read().unwrap().read_to_end(&mut back).unwrap();
        assert!(back == piece.repeat(pieces));
    }
}
