//! Any cut of any format gives what no cut gives, and a short head decides nothing else than a long one.

use super::choice;
use super::reading::{Cut, Reading, open, read};
use crate::core::format::{Opening, Ragged, ReadOptions, named};

const FORMATS: [&str; 10] =
    ["csv", "tsv", "json", "jsonl", "logfmt", "syslog", "common", "combined", "spaces", "lines"];

/// The first byte picks a format, the second the cut, the third the options.
pub fn split(data: &[u8]) {
    let (format, data) = choice(data);
    let (size, data) = choice(data);
    let (picks, text) = choice(data);
    let format = FORMATS[format % FORMATS.len()];
    let size = 1 + size % 80;
    let options = ReadOptions {
        ragged: [Ragged::Error, Ragged::Pad, Ragged::Skip][picks % 3],
        no_header: picks & 4 != 0,
        skip_lines: u64::from(picks & 8 != 0),
        comment: (picks & 16 != 0).then_some(b'#'),
        escape: (picks & 32 != 0 && format == "csv").then_some(b'\\'),
        delimiter: (picks & 64 != 0).then_some(b';'),
        ..ReadOptions::default()
    };
    let whole = read(format, text, &options, Cut::Whole);
    for cut in [Cut::Ranges(size), Cut::Chunks(size)] {
        let mut parts = read(format, text, &options, cut);
        // Where a string is never closed, where a block ends may say how it is told.
        if let (Ok(Reading { fault: Some(part), .. }), Ok(Reading { fault: Some(whole), .. })) = (&mut parts, &whole) {
            part.clone_from(whole);
        }
        assert_eq!(parts, whole, "{format} {cut:?} {picks} {}", text.escape_ascii());
    }
    let shown = |opening: &Opening| (opening.data_start, opening.columns.clone(), opening.header.clone());
    let head = &text[..size.min(text.len())];
    if let Ok(short) = named(format).unwrap().item.reader.unwrap()(&options).unwrap().open(head, false) {
        let long = open(format, text, &options).expect("a head that is enough is the head of what can be read");
        assert_eq!(shown(&short), shown(&long), "{format} {size} {picks} {}", text.escape_ascii());
    }
}
