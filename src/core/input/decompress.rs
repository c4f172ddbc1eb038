//! Decompression: gzip (RFC 1952), zstd (RFC 8878), bzip2, xz, lzma, lz4 and brotli (RFC 7932).
//!
//! What a file is, is told by its first bytes; brotli has no mark of its own, so there the name tells. Files made of
//! several members, streams or frames one after the other are one stream. A stream that breaks off or is damaged is an
//! error at that place; what came before it has been read. A decoder keeps its window and no more, and refuses data
//! that asks for a larger one than [`MEMORY`].

mod lz4;
mod zstd;

use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

/// Bytes read from a compressed file at a time.
const CHUNK: usize = 128 << 10;

/// Most memory of an xz or lzma decoder, in KiB: four times what `xz -9` asks for. Zstd's library has a limit of its own,
/// 128 MiB.
const MEMORY: u32 = 256 << 10;

/// How many first bytes [`detect`] needs.
pub(crate) const MAGIC: usize = 13;

/// A way to compress, and how to know it.
#[derive(Debug)]
pub(crate) struct Compression {
    /// Its name, which is that of the program for it.
    name: &'static str,
    /// What file names end in, in lower case and without the dot.
    suffixes: &'static [&'static str],
    /// Whether these are its first bytes; none where they say nothing, and only a name tells.
    magic: Option<fn(&[u8]) -> bool>,
    method: Method,
}

#[derive(Debug, Clone, Copy)]
enum Method {
    Gzip,
    Zstd,
    Bzip2,
    Xz,
    Lzma,
    Lz4,
    Brotli,
}

/// All that are known.
const COMPRESSIONS: &[Compression] = &[
    Compression {
        name: "gzip",
        suffixes: &["gz"],
        magic: Some(|head| matches!(head, [0x1F, 0x8B, 0x08, ..])),
        method: Method::Gzip,
    },
    Compression {
        name: "zstd",
        suffixes: &["zst", "zstd"],
        // A frame, or one of the 16 kinds of skippable frames that may come first.
        magic: Some(|head| matches!(head, [0x28, 0xB5, 0x2F, 0xFD, ..] | [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..])),
        method: Method::Zstd,
    },
    Compression {
        name: "bzip2",
        suffixes: &["bz2"],
        // The mark of the format, then that of a block, or of the end where there is none.
        magic: Some(|head| {
            matches!(
                head,
                [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, ..]
                    | [b'B', b'Z', b'h', b'1'..=b'9', 0x17, 0x72, 0x45, 0x38, 0x50, 0x90, ..]
            )
        }),
        method: Method::Bzip2,
    },
    Compression {
        name: "xz",
        suffixes: &["xz"],
        magic: Some(|head| matches!(head, [0xFD, b'7', b'z', b'X', b'Z', 0, ..])),
        method: Method::Xz,
    },
    Compression { name: "lzma", suffixes: &["lzma"], magic: Some(is_lzma), method: Method::Lzma },
    Compression {
        name: "lz4",
        suffixes: &["lz4"],
        magic: Some(|head| head.starts_with(&[0x04, 0x22, 0x4D, 0x18]) || head.starts_with(&lz4::LEGACY)),
        method: Method::Lz4,
    },
    Compression { name: "brotli", suffixes: &["br"], magic: None, method: Method::Brotli },
];

/// How the input with these first bytes and this name is compressed, if it is.
pub(crate) fn detect(head: &[u8], path: Option<&Path>) -> Option<&'static Compression> {
    let by_content = COMPRESSIONS.iter().find(|compression| compression.magic.is_some_and(|is| is(head)));
    by_content.or_else(|| {
        // An empty file is no brotli, and needs no error either.
        path.filter(|_| !head.is_empty()).and_then(by_name).filter(|compression| compression.magic.is_none())
    })
}

/// How a file of this name is compressed, as its name has it.
pub(crate) fn by_name(path: &Path) -> Option<&'static Compression> {
    let suffix = path.extension()?.to_str()?.to_lowercase();
    COMPRESSIONS.iter().find(|compression| compression.suffixes.contains(&suffix.as_str()))
}

/// Whether this is a header of the old lzma format as its programs write it: the usual properties, the size of the
/// window as a power of two or the sum of two neighbouring ones, and a size that is unknown or below 256 GiB (the check of
/// `xz` itself).
fn is_lzma(head: &[u8]) -> bool {
    let [0x5D, rest @ ..] = head else { return false };
    let (Some(window), Some(size)) = (rest.first_chunk::<4>(), rest.get(4..12)) else { return false };
    let window = u32::from_le_bytes(*window);
    let round = window.is_power_of_two() || (window % 3 == 0 && (window / 3).is_power_of_two()) || window == u32::MAX;
    let known =
        size.get(5..).is_some_and(|high| matches!(high, [0, 0, 0])) && size.get(4).is_some_and(|byte| *byte < 64);
    window >= 4096 && round && (known || size.iter().all(|byte| *byte == 0xFF))
}

/// The decompressed stream of `source`.
pub(crate) fn reader(
    source: impl Read + Send + 'static,
    compression: &'static Compression,
) -> io::Result<Box<dyn Read + Send>> {
    let source = BufReader::with_capacity(CHUNK, source);
    let name = compression.name;
    let decoder = decoder(source, compression.method).map_err(|error| told(name, error))?;
    Ok(Box::new(Decoded { decoder, name }))
}

fn decoder(source: impl BufRead + Send + 'static, method: Method) -> io::Result<Box<dyn Read + Send>> {
    Ok(match method {
        Method::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(source)),
        Method::Zstd => Box::new(zstd::Frames::new(source)?),
        Method::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(source)),
        Method::Xz => Box::new(lzma_rust2::XzReader::new_mem_limit(source, true, MEMORY)),
        Method::Lzma => {
            let mut decoder = lzma_rust2::LzmaReader::new_mem_limit(source, MEMORY, None)?;
            decoder.set_defer_errors(true);
            Box::new(decoder)
        }
        Method::Lz4 => Box::new(lz4::Frames::new(source)),
        Method::Brotli => Box::new(brotli_decompressor::Decompressor::new(source, CHUNK)),
    })
}

/// A decoder whose errors say what is wrong in our words.
struct Decoded {
    decoder: Box<dyn Read + Send>,
    name: &'static str,
}

impl Read for Decoded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // Some decoders take a read of nothing for the end of what they decode.
        if buffer.is_empty() {
            return Ok(0);
        }
        self.decoder.read(buffer).map_err(|error| told(self.name, error))
    }
}

/// An error of a decoder in our words; one of the file itself as it is.
fn told(name: &str, error: io::Error) -> io::Error {
    if error.raw_os_error().is_some() || error.kind() == io::ErrorKind::Interrupted {
        return error;
    }
    let message = match error.kind() {
        io::ErrorKind::UnexpectedEof => format!("the {name} data ends too early"),
        io::ErrorKind::OutOfMemory => format!("the {name} data asks for more than {} MiB of memory", MEMORY >> 10),
        _ if error.to_string().contains("too much memory") => {
            format!("the {name} data asks for more than 128 MiB of memory")
        }
        _ => format!("the {name} data is broken"),
    };
    io::Error::new(error.kind(), message)
}

#[cfg(test)]
mod tests;
