//! Against the library's own reader: every level and window, whole, cut and broken, read in pieces of any size.

#![allow(clippy::unwrap_used)]

use std::io::{BufReader, Cursor, ErrorKind, Read, Write};

use proptest::prelude::*;
use zstd::stream::raw::CParameter;

use super::Frames;

/// How a frame is made.
#[derive(Debug, Clone, Copy)]
struct Shape {
    level: i32,
    window: Option<u32>,
    long: bool,
    checksum: bool,
    content_size: bool,
}

const PLAIN: Shape = Shape { level: 3, window: None, long: false, checksum: false, content_size: false };

fn frame(bytes: &[u8], shape: Shape) -> Vec<u8> {
    let mut encoder = zstd::stream::Encoder::new(Vec::new(), shape.level).unwrap();
    if let Some(log) = shape.window {
        encoder.set_parameter(CParameter::WindowLog(log)).unwrap();
    }
    encoder.long_distance_matching(shape.long).unwrap();
    encoder.include_checksum(shape.checksum).unwrap();
    if shape.content_size {
        encoder.set_pledged_src_size(Some(bytes.len() as u64)).unwrap();
    }
    encoder.include_contentsize(shape.content_size).unwrap();
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Text with matches at all distances, different for each seed.
fn text(len: usize, mut seed: u64) -> Vec<u8> {
    let mut text: Vec<u8> = Vec::with_capacity(len + 300);
    let mut next = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize
    };
    while text.len() < len {
        let (kind, reach, length) = (next() % 4, next(), 4 + next() % 250);
        if kind == 0 || text.is_empty() {
            text.extend(format!("line {reach} {length}\n").into_bytes());
        } else {
            let from = reach % text.len();
            let copy = text[from..text.len().min(from + length)].to_vec();
            text.extend(copy);
        }
    }
    text.truncate(len);
    text
}

/// What a reader gives in pieces of these sizes, and whether it failed, and how.
fn read(mut reader: impl Read, pieces: &[usize]) -> (Vec<u8>, Option<ErrorKind>) {
    let mut out = Vec::new();
    let mut buffer = vec![0; pieces.iter().copied().max().unwrap()];
    for piece in pieces.iter().cycle() {
        match reader.read(&mut buffer[..*piece]) {
            Ok(0) => return (out, None),
            Ok(read) => out.extend_from_slice(&buffer[..read]),
            Err(error) => return (out, Some(error.kind())),
        }
    }
    (out, None)
}

/// What we give, which is what the library's own reader gives, whatever sizes source and reader come in.
fn both(bytes: &[u8], source: usize, pieces: &[usize]) -> (Vec<u8>, Option<ErrorKind>) {
    let ours = read(Frames::new(BufReader::with_capacity(source, Cursor::new(bytes.to_vec()))).unwrap(), pieces);
    let theirs = read(zstd::stream::read::Decoder::new(bytes).unwrap(), &[128 << 10]);
    // How much comes before an error depends on how much was asked for.
    let matches = if theirs.1.is_some() {
        ours.0.starts_with(&theirs.0) || theirs.0.starts_with(&ours.0)
    } else {
        ours.0 == theirs.0
    };
    assert!(matches, "{} and {} bytes, {:?}", ours.0.len(), theirs.0.len(), theirs.1);
    assert_eq!(ours.1, theirs.1);
    ours
}

#[test]
fn every_level_and_window_is_read() {
    let text = text(5 << 20, 1);
    for (level, window, long) in [
        (1, None, false),
        (3, None, false),
        (19, None, false),
        (3, Some(10), false),
        (3, Some(17), false),
        (1, Some(18), false),
        (3, Some(20), false),
        (3, Some(23), false),
        (3, Some(27), true),
    ] {
        for (checksum, content_size) in [(false, false), (true, true), (true, false)] {
            let text = if level == 19 { &text[..1 << 20] } else { &text };
            let bytes = frame(text, Shape { level, window, long, checksum, content_size });
            let (out, failure) = both(&bytes, 128 << 10, &[256 << 10]);
            assert!(out == text && failure.is_none(), "level {level}, window {window:?}");
        }
    }
}

#[test]
fn a_window_above_128_mib_is_refused() {
    let bytes = frame(&text(1 << 20, 3), Shape { window: Some(28), ..PLAIN });
    let mut reader = Frames::new(&bytes[..]).unwrap();
    let error = reader.read(&mut [0; 100]).unwrap_err();
    assert!(error.to_string().contains("too much memory"), "{error}");
}

#[test]
fn many_frames_are_one_text() {
    let skippable = [0x5A, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3];
    let mut bytes = Vec::new();
    let mut whole = Vec::new();
    for at in 0..500_u32 {
        let text = text(at as usize * at as usize % 3000, at.into());
        let shape = Shape { window: Some(17 + at % 6), checksum: at % 3 == 0, content_size: at % 2 == 0, ..PLAIN };
        bytes.extend(frame(&text, shape));
        if at % 7 == 0 {
            bytes.extend(skippable);
        }
        whole.extend(text);
    }
    for source in [1, 5, 6, 7, 1000, 128 << 10] {
        assert!(both(&bytes, source, &[1, 13, 70_000]) == (whole.clone(), None), "{source}");
    }
}

#[test]
fn what_follows_a_frame_must_be_one() {
    for tail in [&b"x"[..], b"(\xB5", b"(\xB5/\xFD\0", b"no frame at all"] {
        let bytes = [&frame(b"text\n", PLAIN), tail].concat();
        let (out, failure) = both(&bytes, 100, &[100]);
        assert_eq!(out, b"text\n");
        assert!(failure.is_some());
    }
    assert_eq!(both(b"", 100, &[100]).1, Some(ErrorKind::UnexpectedEof));
}

#[test]
fn a_context_is_as_new_after_any_other_use() {
    let (one, two) = (text(3 << 20, 4), text(3 << 20, 5));
    let bytes = frame(&one, Shape { checksum: true, ..PLAIN });
    let other = frame(&two, Shape { level: 1, checksum: true, ..PLAIN });
    for cut in [0, 3, 10, bytes.len() / 2, bytes.len()] {
        // Left in the middle, by the reader or by an error.
        let mut reader = Frames::new(&bytes[..]).unwrap();
        reader.read_exact(&mut vec![0; cut.min(one.len())]).unwrap();
        drop(reader);
        let mut broken = bytes[..cut].to_vec();
        broken.extend([0xFF; 40]);
        let _ = read(Frames::new(&broken[..]).unwrap(), &[1000]);
        assert!(both(&other, 128 << 10, &[100_000]) == (two.clone(), None));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn reads_what_the_library_reads(
        lens in prop::collection::vec((0..400_000_usize, any::<u64>()), 1..4),
        level in prop::sample::select(vec![1, 3, 6]),
        window in prop::option::of(10..23_u32),
        (long, checksum, content_size) in any::<(bool, bool, bool)>(),
        source in 1..200_000_usize,
        pieces in prop::collection::vec(1..300_000_usize, 1..5),
        cut in prop::option::of(0.0..1.0),
        broken in prop::option::of((0.0..1.0, 0..8_u32)),
    ) {
        let shape = Shape { level, window, long, checksum, content_size };
        let mut bytes: Vec<u8> = lens.iter().flat_map(|(len, seed)| frame(&text(*len, *seed), shape)).collect();
        if let Some(cut) = cut {
            bytes.truncate((cut * bytes.len() as f64) as usize);
        }
        if let Some((at, bit)) = broken.filter(|_| !bytes.is_empty()) {
            let at = (at * bytes.len() as f64) as usize;
            bytes[at] ^= 1 << bit;
        }
        both(&bytes, source, &pieces);
    }
}
