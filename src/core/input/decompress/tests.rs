//! Every format: whole, of several members, cut at every place, and with broken bytes.

#![allow(clippy::unwrap_used)]

use std::io::{Cursor, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use super::{by_name, detect, reader};

/// Compressed by the program of that name; none where it is not installed.
fn by_program(program: &str, args: &[&str], bytes: &[u8]) -> Option<Vec<u8>> {
    let mut child = Command::new(program).args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
    let mut stdin = child.stdin.take()?;
    let input = bytes.to_vec();
    let writing = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().ok()?;
    writing.join().unwrap().unwrap();
    output.status.success().then_some(output.stdout)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::with_preset(1)).unwrap();
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn lzma(bytes: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::LzmaOptions::with_preset(1);
    let mut encoder = lzma_rust2::LzmaWriter::new_use_header(Vec::new(), &options, None).unwrap();
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// An lz4 frame of blocks stored as they are, which needs no compressor.
fn lz4(bytes: &[u8]) -> Vec<u8> {
    // Version 1, independent blocks of at most 64 KiB; the last byte is the checksum of the other two.
    let mut frame = vec![0x04, 0x22, 0x4D, 0x18, 0x60, 0x40, 0x82];
    for block in bytes.chunks(64 << 10) {
        frame.extend((block.len() as u32 | 1 << 31).to_le_bytes());
        frame.extend(block);
    }
    frame.extend([0; 4]);
    frame
}

/// A brotli stream of one stored block for each 64 KiB (RFC 7932, section 9.2), which needs no compressor.
fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut bits: Vec<bool> = Vec::new();
    let put = |bits: &mut Vec<bool>, value: u32, count: u32| bits.extend((0..count).map(|at| value >> at & 1 == 1));
    // A window of 64 KiB.
    put(&mut bits, 0, 1);
    for block in bytes.chunks(1 << 16) {
        // Not the last; a length of four nibbles, minus one; stored.
        put(&mut bits, 0, 1);
        put(&mut bits, 0, 2);
        put(&mut bits, block.len() as u32 - 1, 16);
        put(&mut bits, 1, 1);
        bits.resize(bits.len().next_multiple_of(8), false);
        for byte in block {
            put(&mut bits, u32::from(*byte), 8);
        }
    }
    put(&mut bits, 3, 2);
    bits.chunks(8).map(|byte| byte.iter().enumerate().map(|(at, bit)| u8::from(*bit) << at).sum()).collect()
}

type Encoder = fn(&[u8]) -> Vec<u8>;

/// Each format with a way to make it.
const FORMATS: [(&str, Encoder); 7] = [
    ("a.gz", gzip),
    ("a.zst", zstd),
    ("a.bz2", bzip2),
    ("a.xz", xz),
    ("a.lzma", lzma),
    ("a.lz4", lz4),
    ("a.br", brotli),
];

/// What was decoded, and what went wrong after it.
fn read(name: &str, bytes: &[u8]) -> (Vec<u8>, Option<String>) {
    let mut out = Vec::new();
    let compression = detect(bytes, Some(Path::new(name))).unwrap();
    let failure = match reader(Cursor::new(bytes.to_vec()), compression) {
        Ok(mut reader) => reader.read_to_end(&mut out).err(),
        Err(error) => Some(error),
    };
    (out, failure.map(|error| error.to_string()))
}

/// Text that is not all alike, larger than any block.
fn text() -> Vec<u8> {
    (0..60_000u32).flat_map(|n| format!("line {} {n}\n", n.wrapping_mul(2_654_435_761) >> 20).into_bytes()).collect()
}

#[test]
fn reads_every_format() {
    let text = text();
    for (name, encode) in FORMATS {
        for bytes in [&b""[..], b"x", &text] {
            assert!(read(name, &encode(bytes)) == (bytes.to_vec(), None), "{name} of {}", bytes.len());
        }
        let stem = if name == "a.br" { name } else { "a" };
        assert!(detect(&encode(b"x"), Some(Path::new(stem))).is_some(), "{name} by its content");
        assert!(by_name(Path::new(name)).is_some(), "{name}");
    }
}

#[test]
fn reading_nothing_changes_nothing() {
    let text = text();
    for (name, encode) in FORMATS {
        let bytes = encode(&text);
        let mut reader = reader(Cursor::new(bytes.clone()), detect(&bytes, Some(Path::new(name))).unwrap()).unwrap();
        let (mut out, mut buffer) = (Vec::new(), [0; 1000]);
        loop {
            assert_eq!(reader.read(&mut []).unwrap(), 0);
            let read = reader.read(&mut buffer).unwrap();
            out.extend_from_slice(&buffer[..read]);
            if read == 0 {
                break;
            }
        }
        assert!(out == text, "{name}");
    }
}

#[test]
fn reads_members_streams_and_frames_as_one() {
    for (name, encode) in FORMATS.into_iter().filter(|(name, _)| !matches!(*name, "a.lzma" | "a.br")) {
        let several = [encode(b"one\n"), encode(b""), encode(b"two\n")].concat();
        assert_eq!(read(name, &several), (b"one\ntwo\n".to_vec(), None), "{name}");
    }
    let skippable = [0x50, 0x2A, 0x4D, 0x18, 2, 0, 0, 0, 9, 9];
    assert_eq!(read("a", &[&skippable[..], &zstd(b"x"), &skippable, &zstd(b"y")].concat()), (b"xy".to_vec(), None));
    assert_eq!(read("a", &[&lz4(b"x")[..], &skippable, &lz4(b"y"), &skippable].concat()), (b"xy".to_vec(), None));
}

#[test]
fn reads_what_the_programs_write() {
    let text = text();
    let programs: [(&str, &[&str]); 12] = [
        ("gzip", &["-c"]),
        ("gzip", &["-c9"]),
        ("zstd", &["-c", "-q", "-19"]),
        ("zstd", &["-c", "-q", "--no-check"]),
        ("bzip2", &["-c"]),
        ("xz", &["-c"]),
        ("xz", &["-c", "-9e", "--check=sha256"]),
        ("xz", &["-c", "--format=lzma"]),
        ("lz4", &["-c", "-q"]),
        ("lz4", &["-c", "-q", "-9", "-BD", "-BX"]),
        ("lz4", &["-c", "-q", "-l"]),
        ("brotli", &["-c"]),
    ];
    for (program, args) in programs {
        let Some(bytes) = by_program(program, args, &text) else { continue };
        let name = if program == "brotli" { "a.br" } else { "a" };
        assert!(read(name, &bytes) == (text.clone(), None), "{program} {args:?}");
    }
}

#[test]
fn a_stream_that_breaks_off_gives_what_came_before() {
    let text = text();
    for (name, encode) in FORMATS {
        let whole = encode(&text);
        for cut in [whole.len() - 1, whole.len() - 4, whole.len() / 2, 14] {
            let (out, failure) = read(name, &whole[..cut]);
            assert!(text.starts_with(&out) && out.len() <= text.len(), "{name} at {cut}");
            let failure = failure.unwrap_or_else(|| unreachable!("{name} at {cut} of {}", whole.len()));
            assert!(failure.contains("ends too early") || name == "a.br", "{name} at {cut}: {failure}");
        }
        if !matches!(name, "a.bz2") {
            let (out, _) = read(name, &whole[..whole.len() - 1]);
            assert!(out.len() > text.len() / 2, "{name}: {} of {}", out.len(), text.len());
        }
    }
}

#[test]
fn broken_bytes_are_an_error_or_change_nothing_else() {
    let text = text();
    let mut seed = 0x9E37_79B9_7F4A_7C15_u64;
    for (name, encode) in FORMATS {
        let whole = encode(&text);
        for _ in 0..40 {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            let mut broken = whole.clone();
            let at = 14 + seed as usize % (whole.len() - 14);
            broken[at] ^= 1 << (seed >> 60 & 7);
            let (out, failure) = read(name, &broken);
            // These have no checksum over the text here.
            let unchecked = matches!(name, "a.zst" | "a.lz4" | "a.br" | "a.lzma");
            assert!(failure.is_some() || unchecked || out == text, "{name} at {at}");
        }
    }
}

#[test]
fn plain_bytes_are_plain() {
    let name = |head: &[u8]| detect(head, Some(Path::new("a"))).map(|compression| compression.name);
    assert_eq!(name(b""), None);
    assert_eq!(name(b"\x1F\x8B"), None);
    assert_eq!(name(b"(\xB5/\xFD"), Some("zstd"));
    assert_eq!(name(b"BZh91 is no bzip2"), None);
    assert_eq!(name(b"]\0\0\x80\0 and more text"), None);
    assert_eq!(name(b"] a line of text"), None);
    assert_eq!(detect(b"", Some(Path::new("a.br"))).map(|compression| compression.name), None);
    assert_eq!(by_name(Path::new("a.csv.BR")).map(|compression| compression.name), Some("brotli"));
    assert!(by_name(Path::new("a.csv")).is_none() && by_name(Path::new("gz")).is_none());
}
