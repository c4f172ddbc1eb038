//! Where output goes: standard output, a file, or memory.
//!
//! Output is finished bytes in large pieces, so large pieces go straight to the system and small ones are gathered.
//! A reader that has gone is [`Error::BrokenPipe`]; a full disk is a problem that names the target. Nothing is flushed
//! on drop: whoever owns the writer calls [`Writer::finish`], so that the last error is not lost.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use crate::core::error::{Error, Problem, Result};
use crate::core::integer::to_index;
use crate::core::output::atomic::AtomicFile;
use crate::core::output::naming::Naming;
use crate::core::terminal::progress::Bar;

/// When bytes leave the buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Buffering {
    /// When there are many.
    Block,
    /// The first at once, then when there are more each time: for who waits for a sign, as `head` does.
    Growing,
    /// After each write that ends a line: for terminals and `--line-buffered`.
    Line,
}

/// Bytes that are gathered before they go out.
const CAPACITY: usize = 64 << 10;

/// Bytes that are gathered behind the first, where those go out at once.
const FEW: usize = 4 << 10;

/// A buffered target.
#[derive(Debug)]
pub(crate) struct Writer {
    target: Target,
    name: String,
    buffering: Buffering,
    buffer: Vec<u8>,
    /// Bytes that go out together, at least.
    many: usize,
    /// What is taken away before the first byte goes out.
    bar: Option<Arc<Bar>>,
}

#[derive(Debug)]
enum Target {
    /// A descriptor without a buffer of its own.
    Raw(File),
    /// The library's standard output, where it must translate for the console.
    #[cfg_attr(unix, expect(dead_code, reason = "used on other systems"))]
    Console(io::Stdout),
    Atomic(AtomicFile),
    Memory(Vec<u8>),
}

impl Writer {
    /// Standard output. Where it is a pipe, the pipe is made as large as the system allows.
    pub(crate) fn stdout(buffering: Buffering) -> Result<Self> {
        let name = "<stdout>".to_string();
        let target = stdout_target().map_err(|error| fault(&name, &error))?;
        Ok(Self::new(target, name, buffering))
    }

    /// A file that appears whole at [`Writer::finish`]. The system's name for standard output is taken as such, so that
    /// what a shell opened for appending is appended to.
    pub(crate) fn create(path: &Path) -> Result<Self> {
        if path == Path::new("/dev/stdout") {
            return Self::stdout(Buffering::Block);
        }
        let target = Target::Atomic(AtomicFile::create(path)?);
        Ok(Self::new(target, path.display().to_string(), Buffering::Block))
    }

    /// The same, where a file gets its name in this way.
    #[must_use]
    pub(crate) fn named_by(self, naming: &Naming) -> Self {
        match self.target {
            Target::Atomic(file) => Self { target: Target::Atomic(file.named_by(naming)), ..self },
            target => Self { target, ..self },
        }
    }

    /// Memory, to be taken out with [`Writer::into_bytes`].
    pub(crate) fn memory() -> Self {
        Self::new(Target::Memory(Vec::new()), "<memory>".to_string(), Buffering::Block)
    }

    fn new(target: Target, name: String, buffering: Buffering) -> Self {
        let many = if buffering == Buffering::Growing { 0 } else { CAPACITY };
        Self { target, name, buffering, buffer: Vec::new(), many, bar: None }
    }

    /// The same, where a bar is taken away before the first byte goes out; as the bar is a sign too, that may wait.
    #[must_use]
    pub(crate) fn instead_of(self, bar: Option<Arc<Bar>>) -> Self {
        let many = if bar.is_some() { CAPACITY } else { self.many };
        Self { many, bar, ..self }
    }

    /// Hands bytes to the system.
    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Some(bar) = self.bar.take() {
            bar.finish();
        }
        self.many = (self.many * 2).clamp(FEW, CAPACITY);
        self.target.send(bytes)
    }

    /// Writes all of it.
    pub(crate) fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.write_all(bytes).map_err(|error| fault(&self.name, &error))
    }

    /// Hands everything to the system.
    pub(crate) fn flush_all(&mut self) -> Result<()> {
        self.flush().map_err(|error| fault(&self.name, &error))
    }

    /// Hands the next bytes of a file, which nobody changes any more, to a reader at the other end of a pipe without copying
    /// them. False, and nothing was done with them, where that is not possible.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    pub(crate) fn hand_over(&mut self, source: &File, mut bytes: u64) -> Result<bool> {
        use rustix::io::Errno;
        use rustix::pipe::{SpliceFlags, splice};

        /// Bytes handed over at a time; no pipe holds more.
        const MANY: u64 = 1 << 30;
        self.flush_all()?;
        let Target::Raw(target) = &self.target else { return Ok(false) };
        let mut begun = false;
        while bytes > 0 {
            match splice(source, None, target, None, to_index(bytes.min(MANY)), SpliceFlags::empty()) {
                Ok(moved) if moved > 0 => {
                    bytes = bytes.saturating_sub(moved as u64);
                    begun = true;
                }
                Err(Errno::INTR) => {}
                // The target is no pipe, or the file's system does not lend its pages.
                Err(_) if !begun => return Ok(false),
                Ok(_) => return Err(fault(&self.name, &io::ErrorKind::UnexpectedEof.into())),
                Err(error) => return Err(fault(&self.name, &error.into())),
            }
        }
        Ok(true)
    }

    /// The same where there is no such thing.
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    pub(crate) fn hand_over(&mut self, _: &File, _: u64) -> Result<bool> {
        Ok(false)
    }

    /// Hands everything to the system and puts a new file in its place.
    pub(crate) fn finish(mut self) -> Result<()> {
        self.flush_all()?;
        match self.target {
            Target::Atomic(file) => file.commit(),
            Target::Raw(_) | Target::Console(_) | Target::Memory(_) => Ok(()),
        }
    }

    /// What a memory writer holds; empty for all others.
    pub(crate) fn into_bytes(mut self) -> Vec<u8> {
        match &mut self.target {
            Target::Memory(bytes) => {
                bytes.append(&mut self.buffer);
                std::mem::take(bytes)
            }
            Target::Raw(_) | Target::Console(_) | Target::Atomic(_) => Vec::new(),
        }
    }
}

/// The error of a failed write to `name`, for code that writes through [`io::Write`].
pub(crate) fn fault(name: &str, error: &io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::BrokenPipe => Error::BrokenPipe,
        _ => Problem::io(name, error).into(),
    }
}

impl Target {
    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Raw(file) => file.write_all(bytes),
            Self::Console(out) => out.write_all(bytes).and_then(|()| out.flush()),
            Self::Atomic(file) => file.write_all(bytes),
            Self::Memory(held) => {
                held.extend_from_slice(bytes);
                Ok(())
            }
        }
    }
}

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        if self.buffer.len() + bytes.len() < self.many {
            self.buffer.extend_from_slice(bytes);
        } else {
            self.flush()?;
            if bytes.len() < self.many {
                self.buffer.extend_from_slice(bytes);
            } else {
                self.send(bytes)?;
            }
        }
        if self.buffering == Buffering::Line && bytes.contains(&b'\n') {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        // The bytes count as written even where the system refuses them: they are not tried again.
        let mut buffer = std::mem::take(&mut self.buffer);
        let sent = self.send(&buffer);
        buffer.clear();
        self.buffer = buffer;
        sent
    }
}

/// Standard output without the library's line buffer.
#[cfg(unix)]
fn stdout_target() -> io::Result<Target> {
    use std::os::fd::AsFd;
    let file = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    widen_pipe(&file);
    Ok(Target::Raw(file))
}

/// Standard output through the library, which translates for consoles.
#[cfg(not(unix))]
fn stdout_target() -> io::Result<Target> {
    Ok(Target::Console(io::stdout()))
}

/// Makes a pipe as large as the system allows: fewer wake-ups between us and the reader.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn widen_pipe(file: &File) {
    const FALLBACK: usize = 1 << 20;
    let Ok(present) = rustix::pipe::fcntl_getpipe_size(file) else { return };
    let largest = std::fs::read_to_string("/proc/sys/fs/pipe-max-size")
        .ok()
        .and_then(|text| text.trim().parse().ok())
        .unwrap_or(FALLBACK);
    if largest > present {
        // Where the user's share of pipe memory is used up, the pipe stays as it is.
        let _ = rustix::pipe::fcntl_setpipe_size(file, largest);
    }
}

/// Pipes have one size here.
#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
fn widen_pipe(_: &File) {}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::fs;
    use std::io::Write;

    use super::{Buffering, CAPACITY, Target, Writer};
    use crate::core::error::Error;

    #[test]
    fn keeps_the_order_of_small_and_large_pieces() {
        for buffering in [Buffering::Block, Buffering::Growing, Buffering::Line] {
            let mut writer = Writer::new(Target::Memory(Vec::new()), "<memory>".into(), buffering);
            let mut expected = Vec::new();
            for size in [0, 1, 10, CAPACITY, 3, CAPACITY - 1, CAPACITY * 3, 0, 7] {
                let piece = vec![(size % 251) as u8; size];
                writer.put(&piece).unwrap();
                expected.extend(piece);
            }
            assert_eq!(writer.into_bytes(), expected, "{buffering:?}");
        }
    }

    #[test]
    fn line_buffering_hands_over_at_line_ends() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut writer = Writer::new(Target::Raw(file.reopen().unwrap()), "out".into(), Buffering::Line);
        writer.write_all(b"half").unwrap();
        assert_eq!(fs::read(file.path()).unwrap(), b"");
        writer.write_all(b" line\n").unwrap();
        assert_eq!(fs::read(file.path()).unwrap(), b"half line\n");
        writer.finish().unwrap();
    }

    #[test]
    fn what_comes_first_need_not_wait_for_more() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut writer = Writer::new(Target::Raw(file.reopen().unwrap()), "out".into(), Buffering::Growing);
        writer.put(b"").unwrap();
        writer.put(b"first\n").unwrap();
        assert_eq!(fs::read(file.path()).unwrap(), b"first\n");
        writer.put(b"second\n").unwrap();
        assert_eq!(fs::read(file.path()).unwrap(), b"first\n");
        writer.finish().unwrap();
        assert_eq!(fs::read(file.path()).unwrap(), b"first\nsecond\n");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_a_problem_and_a_closed_pipe_is_not() {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut writer = Writer::new(Target::Raw(full), "out.csv".into(), Buffering::Block);
        writer.put(b"x").unwrap();
        assert_eq!(writer.finish().unwrap_err().to_string(), "out.csv: No space left on device");

        let (reader, pipe) = std::io::pipe().unwrap();
        drop(reader);
        let mut writer = Writer::new(
            Target::Raw(fs::File::from(std::os::fd::OwnedFd::from(pipe))),
            "<stdout>".into(),
            Buffering::Block,
        );
        assert!(matches!(writer.put(&vec![b'x'; CAPACITY]), Err(Error::BrokenPipe)));
    }
}
