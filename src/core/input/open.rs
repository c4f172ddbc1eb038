//! Opening inputs: a file for positional reads, or a stream where bytes must be made first.
//!
//! A regular file that is neither compressed nor UTF-16 stays a file, so that all threads can read it at once. Pipes,
//! compressed files and transcoded text are streams, read by one thread at a time. What a file is, is told by its
//! content; its name tells only brotli, which has no mark.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use crate::core::error::{Code, Problem};
use crate::core::input::decompress::{self, Compression, MAGIC};
use crate::core::input::encoding::{Decode, Decoding, Transcoder, decoding};
use crate::core::input::handle::{Handle, Short, open_file};
use crate::core::input::live::{Live, Stream};
use crate::core::input::positional::{LINE, lead, read_full_at};

/// How standard input is named in messages.
pub(crate) const STDIN: &str = "<stdin>";

/// What to undo while reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OpenOptions {
    /// Whether compressed files are decompressed.
    pub(crate) decompress: bool,
    /// What becomes UTF-8 without a byte order mark.
    pub(crate) decode: Decode,
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
    Stream(Stream),
}

/// What became of a file that may be small.
pub(crate) enum Small {
    /// It is all in `buffer[start..end]`, decoded.
    Whole {
        /// First byte of the data.
        start: usize,
        /// One past the last byte.
        end: usize,
        /// Whether these are the bytes of the file, none left out or made.
        as_is: bool,
    },
    /// It is larger than the buffer, or must be read as a stream.
    Opened(Opened),
}

/// Opens a path.
pub(crate) fn open(path: &Path, options: OpenOptions) -> Result<Opened, Problem> {
    let failed = |error: io::Error| Problem::io(path.display().to_string(), &error);
    let file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if metadata.is_dir() {
        return Err(Problem::new(Code::Io, "is a directory").at_path(path.display().to_string()));
    }
    let source = if metadata.is_file() {
        from_file(file, metadata.len(), 0, Some(path), options)
    } else {
        from_live(file, Some(path), options)
    };
    Ok(Opened { source: source.map_err(failed)? })
}

/// Opens a stream that comes from somewhere else, such as a member of an archive; its name tells brotli.
pub(crate) fn open_stream(stream: Box<dyn Read + Send>, name: &Path, options: OpenOptions) -> io::Result<Opened> {
    Ok(Opened { source: from_stream(stream, Some(name), options)? })
}

/// Reads what an opened input holds into the buffer; what does not fit, or fails, stays a stream.
pub(crate) fn read_opened(opened: Opened, buffer: &mut [u8]) -> Small {
    made(opened.source, buffer)
}

/// Opens standard input, by position where it is a redirected file.
pub(crate) fn open_stdin(options: OpenOptions) -> Result<Opened, Problem> {
    let source = stdin_source(options).map_err(|error| Problem::io(STDIN, &error))?;
    Ok(Opened { source })
}

/// Reads a file whole where it is shorter than the buffer, with as few system calls as can be; opens it otherwise. For
/// trees of small files: no length is asked for. `directory` is the one that the file is in, if that is open; `buffer` is
/// [`LINE`] bytes longer than the longest file to read whole, and the longest text of one.
pub(crate) fn read_small(
    path: &Path,
    directory: Option<&Arc<Handle>>,
    options: OpenOptions,
    buffer: &mut [u8],
) -> Result<Small, Problem> {
    let lead = lead(buffer, 0);
    let most = buffer.len().saturating_sub(LINE);
    let room = buffer.get_mut(lead..lead + most).unwrap_or_default();
    Ok(match read_into(path, directory, options, room)? {
        Small::Whole { start, end, as_is } => Small::Whole { start: lead + start, end: lead + end, as_is },
        opened @ Small::Opened(_) => opened,
    })
}

/// Bytes of a file that are read before its length is asked for: most files are shorter, and of a large one, which is read
/// by position from its start, little is read twice.
const FIRST: usize = 64 << 10;

/// As `read_small`, where the buffer starts where it is to be read to.
fn read_into(
    path: &Path,
    directory: Option<&Arc<Handle>>,
    options: OpenOptions,
    buffer: &mut [u8],
) -> Result<Small, Problem> {
    let failed = |error: io::Error| Problem::io(path.display().to_string(), &error);
    let (mut file, short) = open_file(path, directory).map_err(failed)?;
    let (first, rest) = buffer.split_at_mut(buffer.len().min(FIRST));
    let mut filled = fill_file(&mut file, short, first).map_err(failed)?;
    if filled == first.len() && !rest.is_empty() {
        let metadata = file.metadata().map_err(failed)?;
        if metadata.is_file() && metadata.len() > (filled + rest.len()) as u64 {
            let source = from_file(file, metadata.len(), 0, Some(path), options).map_err(failed)?;
            return Ok(Small::Opened(Opened { source }));
        }
        filled += fill_file(&mut file, short, rest).map_err(failed)?;
    }
    let head = buffer.get(..filled).unwrap_or_default();
    if filled == buffer.len() {
        let metadata = file.metadata().map_err(failed)?;
        let source = if metadata.is_file() && metadata.len() > 0 {
            from_file(file, metadata.len(), 0, Some(path), options)
        } else {
            from_stream(Cursor::new(head.to_vec()).chain(file), Some(path), options)
        };
        return Ok(Small::Opened(Opened { source: source.map_err(failed)? }));
    }
    let compressed = compression(head, Some(path), options).is_some();
    match decoding(head, options.decode) {
        Decoding { skip, from: None } if !compressed => {
            let as_is = skip == 0 && !matches!(options.decode, Decode::From(_));
            Ok(Small::Whole { start: skip, end: filled, as_is })
        }
        _ => {
            let source = from_stream(Cursor::new(head.to_vec()), Some(path), options).map_err(failed)?;
            Ok(made(source, buffer))
        }
    }
}

/// The text of a stream: whole, where it fits into the buffer; what is wrong with a stream comes after what was read.
fn made(source: Source, buffer: &mut [u8]) -> Small {
    let Source::Stream(mut stream) = source else { return Small::Opened(Opened { source }) };
    let (filled, failure) = match fill_before_failure(&mut stream, buffer) {
        (filled, None) if filled < buffer.len() => return Small::Whole { start: 0, end: filled, as_is: false },
        told => told,
    };
    let head = Cursor::new(buffer.get(..filled).unwrap_or_default().to_vec());
    let whole = |rest| -> Box<dyn Read + Send> { Box::new(head.chain(Failing(failure)).chain(rest)) };
    Small::Opened(Opened { source: Source::Stream(stream.wrapped(whole)) })
}

/// A stream that fails once, if at all, and then has ended.
pub(crate) struct Failing(pub(crate) Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// How a file is compressed, if that is to be undone.
fn compression(head: &[u8], path: Option<&Path>, options: OpenOptions) -> Option<&'static Compression> {
    if options.decompress { decompress::detect(head, path) } else { None }
}

/// A regular file whose data starts at `start`.
fn from_file(mut file: File, len: u64, start: u64, path: Option<&Path>, options: OpenOptions) -> io::Result<Source> {
    let mut head = [0; MAGIC];
    let filled = read_full_at(&file, &mut head, start)?;
    let head = head.get(..filled).unwrap_or_default();
    // Files of /proc say that they are empty and are not.
    let must_stream = len == 0 && filled > 0;
    let compressed = compression(head, path, options).is_some();
    let Decoding { skip, from } = decoding(head, options.decode);
    if must_stream || compressed || from.is_some() {
        file.seek(SeekFrom::Start(start))?;
        return from_stream(file, path, options);
    }
    Ok(Source::File { file, len, start: start + skip as u64 })
}

/// A pipe or a device. What a decompressor gives says nothing about what has come.
fn from_live(file: File, path: Option<&Path>, options: OpenOptions) -> io::Result<Source> {
    let mut stream = Live(file);
    let (head, failure) = if options.decompress { peek(&mut stream, MAGIC) } else { (Vec::new(), Failing(None)) };
    let live = compression(&head, path, options).is_none();
    match from_stream(Cursor::new(head).chain(failure).chain(stream), path, options)? {
        Source::Stream(stream) => Ok(Source::Stream(stream.live(live))),
        source @ Source::File { .. } => Ok(source),
    }
}

/// A stream from its first byte: decompressed, then decoded.
fn from_stream(
    mut stream: impl Read + Send + 'static,
    path: Option<&Path>,
    options: OpenOptions,
) -> io::Result<Source> {
    let mut stream: Box<dyn Read + Send> = if options.decompress {
        let (head, failure) = peek(&mut stream, MAGIC);
        let compression = decompress::detect(&head, path);
        let whole = Cursor::new(head).chain(failure).chain(stream);
        match compression {
            Some(compression) => decompress::reader(whole, compression)?,
            None => Box::new(whole),
        }
    } else {
        Box::new(stream)
    };
    if options.decode != Decode::Never {
        let (mut head, failure) = peek(&mut stream, MAGIC);
        let Decoding { skip, from } = decoding(&head, options.decode);
        head.drain(..skip);
        let whole = Cursor::new(head).chain(failure).chain(stream);
        stream = match from {
            Some(encoding) => Box::new(Transcoder::new(whole, encoding)),
            None => Box::new(whole),
        };
    }
    Ok(Source::Stream(Stream::of(stream)))
}

/// The first bytes of a stream, up to `size`, and a failure to read them. Fewer where the stream ends, or begins with a
/// line of text, which is the mark of nothing: the first line of a slow stream must not wait for the second.
pub(crate) fn peek(stream: &mut impl Read, size: usize) -> (Vec<u8>, Failing) {
    let mut head = vec![0; size];
    let mut filled = 0;
    let is_line = |head: &[u8]| {
        let plain = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~');
        head.contains(&b'\n') && head.iter().all(plain)
    };
    let failure = loop {
        if is_line(head.get(..filled).unwrap_or_default()) {
            break None;
        }
        let Some(room) = head.get_mut(filled..).filter(|room| !room.is_empty()) else { break None };
        match stream.read(room) {
            Ok(0) => break None,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => break Some(error),
        }
    };
    head.truncate(filled);
    (head, Failing(failure))
}

/// Reads until the buffer is full or the file ends; returns how much was read.
fn fill_file(file: &mut File, short: Short, buffer: &mut [u8]) -> io::Result<usize> {
    match short {
        Short::IsEnd => fill_from_cache(file, buffer),
        Short::IsNothing => fill(file, buffer),
    }
}

/// Reads until the buffer is full or the stream ends; returns how much was read.
fn fill(stream: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    match fill_before_failure(stream, buffer) {
        (filled, None) => Ok(filled),
        (_, Some(error)) => Err(error),
    }
}

/// As `fill`, of a file of which a read gives all there is. One that an error broke off ends with a block of the device; what
/// ends elsewhere is not asked for more.
fn fill_from_cache(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    loop {
        let room = buffer.get_mut(filled..).unwrap_or_default();
        let read = fill_once(file, room)?;
        filled += read;
        if read == 0 || filled == buffer.len() || !filled.is_multiple_of(BLOCK) {
            return Ok(filled);
        }
    }
}

/// Bytes of the smallest block of a device: what an error leaves out is a multiple of it.
const BLOCK: usize = 512;

/// Reads once, again where a signal came in between.
fn fill_once(file: &mut File, room: &mut [u8]) -> io::Result<usize> {
    loop {
        match file.read(room) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

/// Reads until the buffer is full, the stream ends or fails; returns how much was read before.
fn fill_before_failure(stream: &mut impl Read, buffer: &mut [u8]) -> (usize, Option<io::Error>) {
    let mut filled = 0;
    while let Some(room) = buffer.get_mut(filled..).filter(|room| !room.is_empty()) {
        match stream.read(room) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (filled, Some(error)),
        }
    }
    (filled, None)
}

/// Standard input as its own descriptor: a redirected file is read from where the shell left it.
#[cfg(unix)]
fn stdin_source(options: OpenOptions) -> io::Result<Source> {
    use std::os::fd::AsFd;
    let mut file = File::from(io::stdin().as_fd().try_clone_to_owned()?);
    let metadata = file.metadata()?;
    if metadata.is_file() {
        let start = file.stream_position()?;
        return from_file(file, metadata.len(), start, None, options);
    }
    if metadata.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    from_live(file, None, options)
}

/// Standard input through the library, which translates for consoles.
#[cfg(not(unix))]
fn stdin_source(options: OpenOptions) -> io::Result<Source> {
    from_stream(io::stdin(), None, options)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::{Read, Write};

    use super::{OpenOptions, Small, Source, open, read_small};
    use crate::core::input::encoding::Decode;
    use crate::core::input::handle::{Handles, read};

    const ALL: OpenOptions = OpenOptions { decompress: true, decode: Decode::ByMark };

    fn temporary(bytes: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    /// The content, and whether it was a plain file.
    fn content(bytes: &[u8], options: OpenOptions) -> (Vec<u8>, bool) {
        let file = temporary(bytes);
        let mut content = Vec::new();
        let plain = match open(file.path(), options).unwrap().source {
            Source::File { file, len, start } => {
                content.resize((len - start) as usize, 0);
                crate::core::input::positional::read_full_at(&file, &mut content, start).unwrap();
                true
            }
            Source::Stream(mut stream) => {
                stream.read_to_end(&mut content).unwrap();
                false
            }
        };
        let directory = file.path().parent().unwrap();
        let handle = read(directory, None, &Handles::default(), |_| {}).unwrap();
        for size in [1, 2, 3, 4, 5, 6, 16, 17, 511, 512, 1000, 1001, 1024, 2048] {
            let mut buffer = vec![0; super::LINE + size];
            let near = handle.as_ref().filter(|_| size % 2 == 0);
            let again = match read_small(file.path(), near, options, &mut buffer).unwrap() {
                Small::Whole { start, end, .. } => buffer[start..end].to_vec(),
                Small::Opened(opened) => match opened.source {
                    Source::File { file, len, start } => {
                        let mut bytes = vec![0; (len - start) as usize];
                        crate::core::input::positional::read_full_at(&file, &mut bytes, start).unwrap();
                        bytes
                    }
                    Source::Stream(mut stream) => {
                        let mut bytes = Vec::new();
                        stream.read_to_end(&mut bytes).unwrap();
                        bytes
                    }
                },
            };
            assert_eq!(again, content, "buffer of {size}");
        }
        (content, plain)
    }

    #[test]
    fn plain_files_stay_files() {
        assert_eq!(content(b"a,b\n1,2\n", ALL), (b"a,b\n1,2\n".to_vec(), true));
        assert_eq!(content(b"", ALL), (Vec::new(), true));
        for size in [511, 512, 513, 1024, 1500] {
            assert_eq!(content(&vec![b'x'; size], ALL), (vec![b'x'; size], true));
        }
        assert_eq!(content(b"\xEF\xBB\xBFa\n", ALL), (b"a\n".to_vec(), true));
        let raw = OpenOptions { decompress: false, decode: Decode::Never };
        assert_eq!(content(b"\xEF\xBB\xBFa\n", raw).0, b"\xEF\xBB\xBFa\n");
    }

    #[test]
    fn compressed_and_transcoded_files_are_streams() {
        assert_eq!(content(&gzip(b"a\nb\n"), ALL), (b"a\nb\n".to_vec(), false));
        assert_eq!(content(&gzip(b"\xEF\xBB\xBFa\n"), ALL), (b"a\n".to_vec(), false));
        assert_eq!(content(b"\xFF\xFEa\0\n\0", ALL), (b"a\n".to_vec(), false));
        assert_eq!(content(&gzip(b"\xFE\xFF\0a\0\n"), ALL), (b"a\n".to_vec(), false));
        let plain = OpenOptions { decompress: false, decode: Decode::ByMark };
        assert_eq!(content(&gzip(b"a"), plain), (gzip(b"a"), true));
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let problem = open(directory.path(), ALL).err().unwrap();
        assert_eq!(problem.message, "is a directory");
        let missing = directory.path().join("missing");
        let problem = open(&missing, ALL).err().unwrap();
        assert_eq!(problem.path.as_deref(), missing.to_str());
        assert!(read_small(directory.path(), None, ALL, &mut [0; 100]).is_err());
    }
}
