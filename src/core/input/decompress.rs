//! Decompression: gzip (RFC 1952) and zstd (RFC 8878), told by content. Others are known, to be refused by name.
//!
//! Files made of several members or frames one after the other are one stream. A stream that breaks off is an error
//! at that place; what came before it has been read.

use std::io::{self, BufReader, Read};
use std::path::Path;

/// Bytes read from a compressed file at a time.
const CHUNK: usize = 128 << 10;

/// How many first bytes [`detect`] needs.
pub(crate) const MAGIC: usize = 4;

/// A way to compress: how to know it, and whether it can be undone here.
#[derive(Debug)]
pub(crate) struct Compression {
    /// Its name, which is that of the program for it.
    pub(crate) name: &'static str,
    /// What file names end in, in lower case and without the dot.
    suffixes: &'static [&'static str],
    /// Whether these are its first bytes; none where they say nothing.
    magic: Option<fn(&[u8]) -> bool>,
    method: Option<Method>,
}

#[derive(Debug, Clone, Copy)]
enum Method {
    Gzip,
    Zstd,
}

/// All that are known.
const COMPRESSIONS: &[Compression] = &[
    Compression {
        name: "gzip",
        suffixes: &["gz"],
        magic: Some(|head| matches!(head, [0x1F, 0x8B, 0x08, ..])),
        method: Some(Method::Gzip),
    },
    Compression {
        name: "zstd",
        suffixes: &["zst", "zstd"],
        // A frame, or one of the 16 kinds of skippable frames that may come first.
        magic: Some(|head| matches!(head, [0x28, 0xB5, 0x2F, 0xFD, ..] | [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..])),
        method: Some(Method::Zstd),
    },
    Compression {
        name: "bzip2",
        suffixes: &["bz2"],
        magic: Some(|head| matches!(head, [b'B', b'Z', b'h', b'1'..=b'9', ..])),
        method: None,
    },
    Compression {
        name: "xz",
        suffixes: &["xz"],
        magic: Some(|head| matches!(head, [0xFD, b'7', b'z', b'X', ..])),
        method: None,
    },
    Compression {
        name: "lz4",
        suffixes: &["lz4"],
        magic: Some(|head| matches!(head, [0x04, 0x22, 0x4D, 0x18, ..])),
        method: None,
    },
    Compression { name: "brotli", suffixes: &["br"], magic: None, method: None },
];

/// How the input with these first bytes is compressed, if it is.
pub(crate) fn detect(head: &[u8]) -> Option<&'static Compression> {
    COMPRESSIONS.iter().find(|compression| compression.magic.is_some_and(|is| is(head)))
}

/// How a file of this name is compressed, as its name has it.
pub(crate) fn by_name(path: &Path) -> Option<&'static Compression> {
    let suffix = path.extension()?.to_str()?.to_lowercase();
    COMPRESSIONS.iter().find(|compression| compression.suffixes.contains(&suffix.as_str()))
}

impl Compression {
    /// Whether only the name of a file can tell it.
    pub(crate) fn is_told_by_name(&self) -> bool {
        self.magic.is_none()
    }

    /// What is said of an input that cannot be decompressed.
    pub(crate) fn unsupported(&self) -> io::Error {
        let message = format!("{} is not supported; decompress it first", self.name);
        io::Error::new(io::ErrorKind::Unsupported, message)
    }
}

/// The decompressed stream of `source`.
pub(crate) fn reader(
    source: impl Read + Send + 'static,
    compression: &Compression,
) -> io::Result<Box<dyn Read + Send>> {
    let source = BufReader::with_capacity(CHUNK, source);
    Ok(match compression.method {
        Some(Method::Gzip) => Box::new(flate2::bufread::MultiGzDecoder::new(source)),
        Some(Method::Zstd) => Box::new(zstd::stream::read::Decoder::with_buffer(source)?),
        None => return Err(compression.unsupported()),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::{Cursor, Read, Write};

    use std::path::Path;

    use super::{by_name, detect, reader};

    pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn read(bytes: Vec<u8>) -> std::io::Result<Vec<u8>> {
        let mut out = Vec::new();
        let compression = detect(&bytes).unwrap();
        reader(Cursor::new(bytes), compression)?.read_to_end(&mut out)?;
        Ok(out)
    }

    #[test]
    fn reads_members_and_frames_as_one() {
        assert_eq!(read([gzip(b"one\n"), gzip(b"two\n")].concat()).unwrap(), b"one\ntwo\n");
        let frame = |bytes: &[u8]| zstd::encode_all(bytes, 1).unwrap();
        assert_eq!(read([frame(b"one\n"), frame(b"two\n")].concat()).unwrap(), b"one\ntwo\n");
        let skippable = [0x50, 0x2A, 0x4D, 0x18, 2, 0, 0, 0, 9, 9].to_vec();
        assert_eq!(read([skippable, frame(b"x")].concat()).unwrap(), b"x");
    }

    #[test]
    fn a_broken_stream_is_an_error() {
        let long: Vec<u8> = (0..50_000u32).flat_map(u32::to_le_bytes).collect();
        let whole = gzip(&long);
        assert!(read(whole[..whole.len() / 2].to_vec()).is_err());
        let whole = zstd::encode_all(&long[..], 1).unwrap();
        assert!(read(whole[..whole.len() / 2].to_vec()).is_err());
    }

    #[test]
    fn plain_bytes_are_plain() {
        let name = |head: &[u8]| detect(head).map(|compression| compression.name);
        assert_eq!(name(b""), None);
        assert_eq!(name(b"\x1F\x8B"), None);
        assert_eq!(name(b"(\xB5/\xFD"), Some("zstd"));
        assert_eq!(name(b"BZh,"), None);
    }

    #[test]
    fn what_cannot_be_read_is_refused_by_name() {
        for (head, expected) in [(b"BZh9".as_slice(), "bzip2"), (b"\xFD7zX", "xz"), (b"\x04\x22M\x18", "lz4")] {
            let error = reader(Cursor::new(head), detect(head).unwrap()).err().unwrap();
            assert_eq!(error.to_string(), format!("{expected} is not supported; decompress it first"));
        }
        assert_eq!(by_name(Path::new("a.csv.BR")).unwrap().name, "brotli");
        assert!(by_name(Path::new("a.csv")).is_none() && by_name(Path::new("gz")).is_none());
    }
}
