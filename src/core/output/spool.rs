//! Bytes that wait for what must be known before the first of them is written: in memory, past a bound on disk.
//!
//! For the sinks of both commands, in front of encoders that must see every record first.

use std::io::{self, BufReader, Seek, SeekFrom, Write};

use tempfile::SpooledTempFile;

use crate::core::error::{Problem, Result};

/// Bytes that are kept in memory.
const MEMORY: usize = 16 << 20;

/// Bytes read back at a time.
pub(crate) const BUFFER: usize = 256 << 10;

/// Bytes that wait.
pub(crate) struct Spooled {
    file: SpooledTempFile,
}

impl Default for Spooled {
    fn default() -> Self {
        Self { file: tempfile::spooled_tempfile(MEMORY) }
    }
}

impl Spooled {
    /// Adds bytes.
    pub(crate) fn put(&mut self, bytes: &[u8]) -> Result<()> {
        Ok(self.file.write_all(bytes).map_err(|error| failed(&error))?)
    }

    /// All of them, to be read from the first on, without a buffer.
    pub(crate) fn rewind(mut self) -> Result<SpooledTempFile> {
        self.file.seek(SeekFrom::Start(0)).map_err(|error| failed(&error))?;
        Ok(self.file)
    }

    /// All of them, to be read from the first on.
    pub(crate) fn read(self) -> Result<BufReader<SpooledTempFile>> {
        Ok(BufReader::with_capacity(BUFFER, self.rewind()?))
    }
}

fn failed(error: &io::Error) -> Problem {
    Problem::io("temporary file", error)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::Read;

    use super::{MEMORY, Spooled};

    #[test]
    fn gives_back_what_it_took_past_its_memory() {
        let mut spool = Spooled::default();
        let piece: Vec<u8> = (0..=255).cycle().take(100_003).collect();
        let pieces = MEMORY / piece.len() + 2;
        (0..pieces).for_each(|_| spool.put(&piece).unwrap());
        let mut back = Vec::new();
        spool.read().unwrap().read_to_end(&mut back).unwrap();
        assert!(back == piece.repeat(pieces));
    }
}
