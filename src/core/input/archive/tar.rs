//! tar archives (POSIX.1-2001 pax and ustar, with GNU's long names), as a stream.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ::tar::{EntryType, Header, PaxExtensions};

/// Bytes of a header; contents are filled up to a multiple of it.
pub(super) const BLOCK: usize = 512;

/// Most bytes of a long name or of pax records.
const MOST: u64 = 1 << 20;

/// An archive.
pub(crate) struct Tar {
    stream: Arc<Mutex<Stream>>,
}

struct Stream {
    reader: Box<dyn Read + Send>,
    /// Bytes of the present member that have not been read.
    left: u64,
    /// Bytes that fill it up.
    padding: u64,
    ended: bool,
}

/// Whether this begins as a tar archive does: with a header whose sum is right.
pub(super) fn is_tar(head: &[u8]) -> bool {
    head.get(257..262) == Some(b"ustar") && head.first_chunk::<BLOCK>().is_some_and(has_right_sum)
}

/// The sum of a header is that of its bytes, with blanks in its own place.
fn has_right_sum(block: &[u8; BLOCK]) -> bool {
    let own = 148..156;
    let sum: u32 =
        block.iter().enumerate().map(|(at, byte)| u32::from(if own.contains(&at) { b' ' } else { *byte })).sum();
    Header::from_byte_slice(block).cksum().is_ok_and(|told| told == sum)
}

impl Tar {
    /// Reads an archive from its first byte.
    pub(super) fn new(reader: Box<dyn Read + Send>) -> Self {
        Self { stream: Arc::new(Mutex::new(Stream { reader, left: 0, padding: 0, ended: false })) }
    }

    /// The name of the next file.
    pub(super) fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut stream = lock(&self.stream);
        let outcome = stream.next();
        stream.ended |= !matches!(outcome, Ok(Some(_)));
        outcome
    }

    /// The content of the file whose name was asked for last.
    pub(super) fn read(&self) -> Box<dyn Read + Send> {
        Box::new(Content { stream: Arc::clone(&self.stream) })
    }
}

/// The content of the present member.
struct Content {
    stream: Arc<Mutex<Stream>>,
}

impl Read for Content {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        lock(&self.stream).read(buffer)
    }
}

fn lock(stream: &Mutex<Stream>) -> MutexGuard<'_, Stream> {
    stream.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Stream {
    fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        let (mut long_name, mut long_size) = (None, None);
        loop {
            if self.ended {
                return Ok(None);
            }
            self.skip()?;
            let Some(block) = self.block()? else { return Ok(None) };
            if block.iter().all(|byte| *byte == 0) {
                return Ok(None);
            }
            if !has_right_sum(&block) {
                return Err(broken());
            }
            let header = Header::from_byte_slice(&block);
            let size = long_size.filter(|_| !is_extension(header.entry_type()));
            self.left = size.map_or_else(|| header.entry_size().map_err(|_| broken()), Ok)?;
            self.padding = self.left.next_multiple_of(BLOCK as u64) - self.left;
            match header.entry_type() {
                EntryType::GNULongName => long_name = Some(self.name()?),
                EntryType::XHeader => {
                    let records = self.extension()?;
                    for record in PaxExtensions::new(&records) {
                        let record = record.map_err(|_| broken())?;
                        match record.key_bytes() {
                            b"path" => long_name = Some(record.value_bytes().to_vec()),
                            b"size" => long_size = record.value().ok().and_then(|size| size.parse().ok()),
                            _ => {}
                        }
                    }
                }
                EntryType::GNULongLink | EntryType::XGlobalHeader => {}
                EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => {
                    if header.as_gnu().is_some_and(|gnu| header.entry_type().is_gnu_sparse() && gnu.is_extended()) {
                        self.sparse_map()?;
                    }
                    let name = long_name.take().unwrap_or_else(|| header.path_bytes().into_owned());
                    // In the oldest archives a directory is a file whose name ends so.
                    if name.last() != Some(&b'/') {
                        return Ok(Some(name));
                    }
                }
                _ => (long_name, long_size) = (None, None),
            }
        }
    }

    /// Passes over what is left of the present member.
    fn skip(&mut self) -> io::Result<()> {
        let left = self.left.checked_add(self.padding).ok_or_else(broken)?;
        (self.left, self.padding) = (0, 0);
        let skipped = io::copy(&mut (&mut self.reader).take(left), &mut io::sink())?;
        if skipped < left { Err(cut_short()) } else { Ok(()) }
    }

    /// The next block; none at the end of the stream.
    fn block(&mut self) -> io::Result<Option<[u8; BLOCK]>> {
        let mut bytes = Vec::with_capacity(BLOCK);
        (&mut self.reader).take(BLOCK as u64).read_to_end(&mut bytes)?;
        match bytes.first_chunk() {
            Some(block) => Ok(Some(*block)),
            None if bytes.is_empty() => Ok(None),
            None => Err(cut_short()),
        }
    }

    /// The content of a member that says something about the next.
    fn extension(&mut self) -> io::Result<Vec<u8>> {
        if self.left > MOST {
            return Err(broken());
        }
        let wanted = self.left;
        let mut bytes = Vec::new();
        (&mut self.reader).take(wanted).read_to_end(&mut bytes)?;
        self.left = 0;
        if (bytes.len() as u64) < wanted { Err(cut_short()) } else { Ok(bytes) }
    }

    /// A long name, which ends with a NUL.
    fn name(&mut self) -> io::Result<Vec<u8>> {
        let mut name = self.extension()?;
        while name.pop_if(|byte| *byte == 0).is_some() {}
        Ok(name)
    }

    /// Passes over the rest of the map of a sparse file; each block says whether another follows.
    fn sparse_map(&mut self) -> io::Result<()> {
        while self.block()?.ok_or_else(cut_short)?.get(504).is_some_and(|more| *more != 0) {}
        Ok(())
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let read = self.reader.read(buffer.get_mut(..wanted).unwrap_or_default())?;
        self.left -= read as u64;
        if read == 0 && wanted > 0 { Err(cut_short()) } else { Ok(read) }
    }
}

/// Whether a member says something about the next.
fn is_extension(kind: EntryType) -> bool {
    matches!(kind, EntryType::GNULongName | EntryType::GNULongLink | EntryType::XHeader | EntryType::XGlobalHeader)
}

fn broken() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the tar archive is broken")
}

fn cut_short() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the tar archive ends too early")
}
