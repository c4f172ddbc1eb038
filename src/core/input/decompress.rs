//! Decompression: gzip (RFC 1952) and zstd (RFC 8878), told by content.
//!
//! Files made of several members or frames one after the other are one stream. A stream that breaks off is an error
//! at that place; what came before it has been read.

use std::io::{self, BufReader, Read};

/// Bytes read from a compressed file at a time.
const CHUNK: usize = 128 << 10;

/// How many first bytes [`detect`] needs.
pub(crate) const MAGIC: usize = 4;

/// How an input is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compression {
    /// gzip, with the one method there is.
    Gzip,
    /// zstd.
    Zstd,
}

/// How the input with these first bytes is compressed, if it is.
pub(crate) fn detect(head: &[u8]) -> Option<Compression> {
    match head {
        [0x1F, 0x8B, 0x08, ..] => Some(Compression::Gzip),
        // A frame, or one of the 16 kinds of skippable frames that may come first.
        [0x28, 0xB5, 0x2F, 0xFD, ..] | [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..] => Some(Compression::Zstd),
        _ => None,
    }
}

/// The decompressed stream of `source`.
pub(crate) fn reader(source: impl Read + Send + 'static, compression: Compression) -> io::Result<Box<dyn Read + Send>> {
    let source = BufReader::with_capacity(CHUNK, source);
    Ok(match compression {
        Compression::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(source)),
        Compression::Zstd => Box::new(zstd::stream::read::Decoder::with_buffer(source)?),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::{Cursor, Read, Write};

    use super::{Compression, detect, reader};

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
        assert_eq!(detect(b""), None);
        assert_eq!(detect(b"\x1F\x8B"), None);
        assert_eq!(detect(b"(\xB5/\xFD"), Some(Compression::Zstd));
    }
}
