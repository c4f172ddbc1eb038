//! Positional reads, which differ between systems.

use std::fs::File;
use std::io::{self, Read};

use crate::core::integer::to_index;

/// Reads at an offset without moving a shared cursor. May read less than asked; 0 is the end of the file.
#[cfg(unix)]
pub(crate) fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

/// Reads at an offset without relying on a shared cursor. May read less than asked; 0 is the end of the file.
#[cfg(windows)]
pub(crate) fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}

/// Bytes of a line of the cache.
pub(crate) const LINE: usize = 64;

/// How far into a buffer to read what a file has at an offset, less than [`LINE`]: then both start at the same place of a
/// line of the cache, and the system copies a tenth faster.
pub(crate) fn lead(buffer: &[u8], offset: u64) -> usize {
    to_index(offset).wrapping_sub(buffer.as_ptr().addr()) % LINE
}

/// Reads until the buffer is full or the file ends; returns how much was read.
pub(crate) fn read_full_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match read_at(file, rest, offset + filled as u64) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// Reads a stretch of a file in order, without moving a shared cursor.
#[derive(Debug)]
pub(crate) struct PositionalReader {
    /// The open file.
    pub(crate) file: File,
    /// Offset of the next byte.
    pub(crate) at: u64,
    /// Offset of the end of the stretch.
    pub(crate) end: u64,
}

impl Read for PositionalReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let wanted = buffer.len().min(left);
        let read = read_at(&self.file, buffer.get_mut(..wanted).unwrap_or_default(), self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}
