//! Log formats: leniency changes nothing about good lines, and what logfmt writes it reads again.

use super::choice;
use super::reading::{Cut, batches, open, read};
use crate::core::format::{FORMATS, Ragged, ReadOptions, WriteOptions, encoder, named};

const NAMES: [&str; 6] = ["logfmt", "combined", "common", "syslog", "spaces", "regex"];

/// The first byte picks the format; for `regex` the first line is the pattern.
pub fn logs(data: &[u8]) {
    let (format, mut text) = choice(data);
    let format = NAMES[format % NAMES.len()];
    let mut options = ReadOptions::default();
    if format == "regex" {
        let (pattern, rest) = text.split_at(memchr::memchr(b'\n', text).unwrap_or(text.len()));
        options.pattern = Some(String::from_utf8_lossy(pattern).into_owned());
        text = rest.get(1..).unwrap_or_default();
    }
    for row in FORMATS {
        if let Some(sniff) = row.item.sniff {
            let _ = sniff(text);
        }
    }
    let Ok(strict) = read(format, text, &options, Cut::Whole) else { return };
    for ragged in [Ragged::Skip, Ragged::Pad] {
        let lenient = read(format, text, &ReadOptions { ragged, ..options.clone() }, Cut::Ranges(16)).unwrap();
        assert_eq!(lenient.fault, None, "{format} {ragged:?} {}", text.escape_ascii());
        let agree = match strict.fault {
            Some(_) => lenient.records.starts_with(&strict.records),
            None => lenient.records == strict.records,
        };
        assert!(agree, "{format} {ragged:?} {strict:?} {lenient:?} {}", text.escape_ascii());
    }
    if format == "logfmt" && strict.fault.is_none() {
        // A key alone is true, and is written as text that says so.
        let Some(once) = written(text) else { return };
        let twice = written(&once).expect("the keys of what was written can be written");
        assert_eq!(twice.escape_ascii().to_string(), once.escape_ascii().to_string(), "{}", text.escape_ascii());
    }
}

/// A text in logfmt as logfmt; none where it has keys that are read and cannot be written.
fn written(text: &[u8]) -> Option<Vec<u8>> {
    let options = ReadOptions::default();
    let encoder = encoder(named("logfmt").unwrap(), &WriteOptions::default()).unwrap();
    let mut written = Vec::new();
    let mut writable = true;
    let fault = batches(open("logfmt", text, &options).unwrap(), text, Cut::Whole, |batch| {
        writable &= encoder.records(batch, &[], &mut written).is_ok();
    });
    assert_eq!(fault, None, "{}", text.escape_ascii());
    writable.then_some(written)
}
