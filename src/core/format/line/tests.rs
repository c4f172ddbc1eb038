#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use crate::core::block::Block;
use crate::core::format::json::encoder::{Frame, JsonEncoder};
use crate::core::format::{Encoder, FORMATS, Format, Projection, ReadOptions, Scratch, WriteOptions};
use crate::core::registry::Row;

/// What a format makes of a text, as JSON Lines; the message of what ended it.
fn read(row: &Row<Format>, text: &[u8], options: &ReadOptions) -> Result<String, String> {
    let reader = row.item.reader.unwrap()(options).map_err(|error| error.to_string())?;
    let opening = reader.open(text, true).map_err(|unopened| unopened.into_fault().message)?;
    let bytes = text[opening.data_start..].to_vec();
    let block = Block { end: bytes.len(), bytes, last: true, ..Block::default() };
    let (batch, fault) = opening.decoder.decode(block, &Projection::default(), &mut Scratch::default());
    let mut out = Vec::new();
    JsonEncoder::new(&WriteOptions::default(), Frame::Lines).records(&batch, &[], &mut out).unwrap();
    match fault {
        Some(fault) => Err(fault.message),
        None => Ok(String::from_utf8(out).unwrap()),
    }
}

const NAMES: [&str; 6] = ["logfmt", "syslog", "common", "combined", "spaces", "lines"];

fn row(name: &str) -> &'static Row<Format> {
    FORMATS.iter().find(|row| row.name == name).unwrap()
}

#[test]
fn examples_hold() {
    for name in ["syslog", "common", "combined", "spaces"] {
        for example in row(name).examples {
            assert_eq!(read(row(name), example.input.as_bytes(), &ReadOptions::default()).unwrap(), example.output);
        }
    }
}

/// Pieces of lines of all formats, put together in any order.
fn line() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        Just("<34>"),
        Just("1 "),
        Just("Oct 11 22:14:15 "),
        Just("2026-03-01T12:00:00Z "),
        Just("host "),
        Just("app[12]: "),
        Just("- "),
        Just("[14/Mar/2026:09:00:07 +0000] "),
        Just("\"GET / HTTP/1.1\" "),
        Just("\"a\\\"b\\x4\" "),
        Just("200 "),
        Just("[x a=\"1\"]"),
        Just("k=v "),
        Just("=\""),
        Just("   "),
        Just("é"),
        Just("\r"),
        Just("\n"),
        Just("\\"),
    ];
    prop::collection::vec(pieces, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_line_panics_and_skipping_leaves_only_good_ones(text in line()) {
        for name in NAMES {
            let strict = read(row(name), text.as_bytes(), &ReadOptions::default());
            let options = ReadOptions { ragged: crate::core::format::Ragged::Skip, ..ReadOptions::default() };
            let lenient = read(row(name), text.as_bytes(), &options);
            prop_assert!(strict.is_err() || strict == lenient);
            let options = ReadOptions { ragged: crate::core::format::Ragged::Pad, ..ReadOptions::default() };
            let padded = read(row(name), text.as_bytes(), &options);
            prop_assert!(strict.is_err() || strict == padded);
            FORMATS.iter().filter_map(|row| row.item.sniff).for_each(|sniff| {
                let _ = sniff(text.as_bytes());
            });
        }
    }
}
