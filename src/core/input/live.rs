//! Streams that somebody else writes while we read: pipes, terminals, sockets.
//!
//! What has come must not wait for what has not. [`Live`] gives as much as there is, waiting a moment for more so that
//! a writer of many small pieces is not followed byte by byte; so where it gives less than was asked for, nothing more
//! is there yet, and who reads hands on what is complete.

use std::fs::File;
use std::io::{self, Read};
#[cfg(unix)]
use std::time::{Duration, Instant};

/// How long what has come waits for more of it.
#[cfg(unix)]
const PATIENCE: Duration = Duration::from_millis(2);

/// A stream of bytes.
pub(crate) struct Stream {
    reader: Box<dyn Read + Send>,
    /// Whether it comes from a writer that may be slow, and a read that gives less than was asked for says so.
    pub(crate) live: bool,
}

impl Stream {
    /// A stream that is never waited for.
    pub(crate) fn of(reader: impl Read + Send + 'static) -> Self {
        Self { reader: Box::new(reader), live: false }
    }

    /// Another stream, as live as this one.
    pub(crate) fn wrapped(self, wrap: impl FnOnce(Box<dyn Read + Send>) -> Box<dyn Read + Send>) -> Self {
        Self { reader: wrap(self.reader), live: self.live }
    }

    /// The same as live.
    pub(crate) fn live(self, live: bool) -> Self {
        Self { live, ..self }
    }

    /// Its bytes.
    pub(crate) fn into_reader(self) -> Box<dyn Read + Send> {
        self.reader
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reader.read(buffer)
    }
}

/// A pipe or a device.
pub(super) struct Live(pub(super) File);

#[cfg(unix)]
impl Read for Live {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut filled = self.0.read(buffer)?;
        let first = Instant::now();
        while filled > 0 {
            let Some(room) = buffer.get_mut(filled..).filter(|room| !room.is_empty()) else { break };
            let left = PATIENCE.saturating_sub(first.elapsed());
            if left.is_zero() || !has_more(&self.0, left) {
                break;
            }
            match self.0.read(room) {
                // An error comes again, after what was read.
                Ok(0) | Err(_) => break,
                Ok(read) => filled += read,
            }
        }
        Ok(filled)
    }
}

#[cfg(not(unix))]
impl Read for Live {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

/// Whether something can be read within that time. The end of a stream is nothing to wait for either.
#[cfg(unix)]
fn has_more(file: &File, patience: Duration) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let timeout = Timespec { tv_sec: 0, tv_nsec: patience.subsec_nanos().into() };
    let mut asked = [PollFd::new(file, PollFlags::IN)];
    poll(&mut asked, Some(&timeout)).is_ok_and(|ready| ready > 0)
        && asked.iter().all(|fd| fd.revents().contains(PollFlags::IN))
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::fs::File;
    use std::io::{Read, Write};
    use std::os::fd::OwnedFd;

    use super::Live;

    #[test]
    fn gives_what_there_is_and_waits_for_nothing() {
        let (reader, mut writer) = std::io::pipe().unwrap();
        let mut live = Live(File::from(OwnedFd::from(reader)));
        let mut buffer = [0; 8];
        for piece in ["one", "two"] {
            writer.write_all(piece.as_bytes()).unwrap();
            assert_eq!(live.read(&mut buffer).unwrap(), 3);
            assert_eq!(&buffer[..3], piece.as_bytes());
        }
        writer.write_all(b"more than fits").unwrap();
        drop(writer);
        assert_eq!(live.read(&mut buffer).unwrap(), 8);
        assert_eq!(live.read(&mut buffer).unwrap(), 6);
        assert_eq!(live.read(&mut buffer).unwrap(), 0);
    }
}
