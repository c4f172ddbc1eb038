//! Formats that are read whole, and containers: nothing panics, and what YAML writes it reads again.

use std::io::{Cursor, Read};

use super::choice;
use super::reading::{Cut, batches, open, read};
use crate::core::format::{ReadOptions, WriteOptions, encoder, named};
use crate::core::input::archive::Archive;
use crate::core::input::decompress::{detect, reader};

/// The first byte picks YAML, TOML, archives or compressed streams.
pub fn whole(data: &[u8]) {
    let (pick, text) = choice(data);
    match pick % 4 {
        0 => yaml(text),
        1 => drop(read("toml", text, &ReadOptions::default(), Cut::Whole)),
        2 => archive(text),
        _ => compressed(text),
    }
}

fn yaml(text: &[u8]) {
    let options = ReadOptions::default();
    let Ok(reading) = read("yaml", text, &options, Cut::Whole) else { return };
    if reading.fault.is_some() {
        return;
    }
    let encoder = encoder(named("yaml").unwrap(), &WriteOptions::default()).unwrap();
    let mut written = Vec::new();
    let mut count = 0;
    encoder.start(&[], None, &mut written);
    let mut first = written.len();
    batches(open("yaml", text, &options).unwrap(), text, Cut::Whole, |batch| {
        encoder.records(batch, &[], &mut written).unwrap();
        if count == 0 && batch.rows > 0 {
            written.drain(first..first + encoder.separator().len());
            first = usize::MAX;
        }
        count += batch.rows as u64;
    });
    encoder.end(count, &mut written);
    let again = read("yaml", &written, &options, Cut::Whole);
    assert_eq!(again.as_ref(), Ok(&reading), "{} as {}", text.escape_ascii(), written.escape_ascii());
}

fn archive(bytes: &[u8]) {
    let Some(Ok(mut archive)) = Archive::of_bytes(bytes) else { return };
    while let Ok(Some(member)) = archive.next() {
        if let Ok(stream) = archive.read(&member) {
            // A member may say that it is long.
            let _ = stream.take(1 << 20).read_to_end(&mut Vec::new());
        }
    }
}

fn compressed(bytes: &[u8]) {
    let Some(found) = detect(bytes, None) else { return };
    let stream = reader(Cursor::new(bytes.to_vec()), found);
    let _ = stream.map(|stream| stream.take(1 << 20).read_to_end(&mut Vec::new()));
}
