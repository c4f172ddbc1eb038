//! A temporary file that takes what memory cannot hold: frames of bytes, written and read by all threads at once.
//!
//! The file has no name (where the system can make such), or loses it at birth, so nothing stays whatever ends the run.
//! A frame is compressed with lz4 where that makes it smaller.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::core::error::{Problem, Result};
use crate::core::exec::fault::{Fault, Site};
use crate::core::integer::narrow;
use crate::core::terminal::progress::Bar;

/// The file.
#[derive(Debug)]
pub(crate) struct Spill {
    file: File,
    end: AtomicU64,
    /// Where it is, for messages.
    directory: PathBuf,
    progress: Option<Arc<Bar>>,
    fault: Fault,
}

/// Bytes in the file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    at: u64,
    /// Bytes in the file.
    stored: u32,
    /// Bytes that were written; the same as `stored` where compressing did not help.
    size: u32,
}

impl Frame {
    /// The number of bytes that come back.
    pub(crate) fn size(&self) -> usize {
        self.size as usize
    }
}

impl Spill {
    /// A new file in a directory; where the path is empty, in that of the system.
    pub(crate) fn new(directory: &Path, progress: Option<Arc<Bar>>, fault: Fault) -> Result<Self> {
        let directory = directory.to_path_buf();
        let made =
            if directory.as_os_str().is_empty() { tempfile::tempfile() } else { tempfile::tempfile_in(&directory) };
        let file = made.map_err(|error| failed(&directory, &error))?;
        Ok(Self { file, end: AtomicU64::new(0), directory, progress, fault })
    }

    /// Appends bytes, less than 4 GiB of them.
    pub(crate) fn write(&self, bytes: &[u8]) -> Result<Frame> {
        let Ok(size) = u32::try_from(bytes.len()) else {
            return Err(Problem::new(crate::core::error::Code::Limit, "more than 4 GiB in one piece").into());
        };
        let packed = lz4_flex::block::compress(bytes);
        let stored = if packed.len() < bytes.len() { packed.as_slice() } else { bytes };
        let at = self.end.fetch_add(stored.len() as u64, Ordering::Relaxed);
        write_all_at(&self.file, stored, at).map_err(|error| failed(&self.directory, &error))?;
        self.fault.reach(Site::Spill, at);
        if let Some(bar) = &self.progress {
            bar.meter().add_spilled(stored.len() as u64);
        }
        Ok(Frame { at, stored: narrow(stored.len()), size })
    }

    /// Reads a frame back; what `bytes` held is gone.
    pub(crate) fn read(&self, frame: Frame, bytes: &mut Vec<u8>) -> Result<()> {
        self.fault.reach(Site::Restore, frame.at);
        bytes.clear();
        bytes.resize(frame.size(), 0);
        let read = |into: &mut [u8]| read_exact_at(&self.file, into, frame.at);
        if frame.stored == frame.size {
            return Ok(read(bytes).map_err(|error| failed(&self.directory, &error))?);
        }
        let mut packed = vec![0; frame.stored as usize];
        read(&mut packed).map_err(|error| failed(&self.directory, &error))?;
        let length = lz4_flex::block::decompress_into(&packed, bytes);
        if length.ok() != Some(frame.size()) {
            return Err(failed(&self.directory, &io::Error::from(io::ErrorKind::InvalidData)).into());
        }
        Ok(())
    }
}

/// The error of a temporary file that cannot be made, written or read.
pub(crate) fn failed(directory: &Path, error: &io::Error) -> Problem {
    let problem = Problem::io(directory.display().to_string(), error);
    let problem =
        Problem { message: format!("cannot keep records in a temporary file: {}", problem.message), ..problem };
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            problem.hint("give it a larger disk with --temp-dir, or more memory with --memory")
        }
        _ => problem.hint("name a directory to write in with --temp-dir"),
    }
}

#[cfg(unix)]
fn write_all_at(file: &File, bytes: &[u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, at)
}

#[cfg(unix)]
fn read_exact_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, at)
}

#[cfg(windows)]
fn write_all_at(file: &File, mut bytes: &[u8], mut at: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        let written = std::os::windows::fs::FileExt::seek_write(file, bytes, at)?;
        if written == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        bytes = bytes.get(written..).unwrap_or_default();
        at += written as u64;
    }
    Ok(())
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut bytes: &mut [u8], mut at: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        let read = std::os::windows::fs::FileExt::seek_read(file, bytes, at)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        bytes = bytes.get_mut(read..).unwrap_or_default();
        at += read as u64;
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::path::Path;

    use super::{Fault, Spill};

    #[test]
    fn gives_frames_back_and_has_no_name() {
        let directory = tempfile::tempdir().unwrap();
        let spill = Spill::new(directory.path(), None, Fault::default()).unwrap();
        let random: Vec<u8> = (0..9999_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        let texts = [b"again and again ".repeat(700), Vec::new(), random];
        let frames: Vec<_> = texts.iter().map(|text| spill.write(text).unwrap()).collect();
        let mut back = Vec::new();
        for at in [2, 0, 1, 2] {
            spill.read(frames[at], &mut back).unwrap();
            assert!(back == texts[at]);
        }
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
    }

    #[test]
    fn says_where_it_could_not_write() {
        let error = Spill::new(Path::new("/nowhere/at/all"), None, Fault::default()).unwrap_err().to_string();
        assert!(error.starts_with("/nowhere/at/all: cannot keep records in a temporary file: "), "{error}");
        assert!(error.ends_with("; name a directory to write in with --temp-dir"), "{error}");
    }
}
