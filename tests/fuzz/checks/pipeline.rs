//! Whole pipelines of `process`: nothing panics, and blocks, threads and memory change nothing.

use std::path::{Path, PathBuf};

use super::choice;
use crate::core::data::time::Time;
use crate::core::diagnostics::{Diagnostics, Mode, Settings};
use crate::core::exec::memory::Memory;
use crate::core::format::{Ragged, ReadOptions};
use crate::core::output::writer::Writer;
use crate::process::expr::Env;
use crate::process::plan::{Request, run};
use crate::process::stage::Written;

const FROM: [&str; 6] = ["csv", "jsonl", "json", "tsv", "logfmt", "spaces"];
const TO: [&str; 12] =
    ["json", "jsonl", "csv", "tsv", "yaml", "logfmt", "lines", "table", "markdown", "html", "vertical", "chart"];

/// Flags that a stage may have, in one letter each, so that the fuzzer finds them.
const FLAGS: [(u8, &str); 28] = [
    (b'w', "where"),
    (b'd', "derive"),
    (b'c', "select"),
    (b'D', "drop"),
    (b'R', "rename"),
    (b'P', "parse"),
    (b'x', "extract"),
    (b'f', "fill"),
    (b'F', "fill-down"),
    (b'g', "group-by"),
    (b'a', "agg"),
    (b'C', "count"),
    (b'q', "freq"),
    (b'i', "describe"),
    (b's', "sort"),
    (b't', "top"),
    (b'n', "limit"),
    (b'k', "skip"),
    (b'T', "tail"),
    (b'W', "window"),
    (b'S', "sample"),
    (b'u', "distinct"),
    (b'y', "cast"),
    (b'l', "flatten"),
    (b'U', "unflatten"),
    (b'e', "explode"),
    (b'p', "pivot"),
    (b'm', "unpivot"),
];

/// Four bytes of choices, then a line for each stage (a letter of the flag, then its value), a blank line, and the input.
pub fn pipeline(data: &[u8]) {
    let (from, data) = choice(data);
    let (to, data) = choice(data);
    let (block, data) = choice(data);
    let (picks, mut text) = choice(data);
    let mut stages: Vec<Written> = Vec::new();
    while let Some(end) = memchr::memchr(b'\n', text) {
        let (line, rest) = (&text[..end], &text[end + 1..]);
        text = rest;
        let Some((letter, value)) = line.split_first() else { break };
        let Some((_, flag)) = FLAGS.iter().find(|(known, _)| known == letter) else { return };
        let Ok(value) = std::str::from_utf8(value) else { return };
        if let ("agg", Some(last)) = (*flag, stages.last_mut())
            && last.flag == "group-by"
        {
            last.attached.push(("agg".into(), value.into()));
            continue;
        }
        stages.push(Written { flag: (*flag).into(), value: value.into(), attached: Vec::new(), odd: None });
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("input");
    std::fs::write(&path, text).unwrap();
    let request = Request {
        inputs: vec![path.clone().into()],
        stages,
        from: Some(FROM[from % FROM.len()].into()),
        format: Some(TO[to % TO.len()].into()),
        read: ReadOptions {
            ragged: [Ragged::Error, Ragged::Pad, Ragged::Skip][picks % 3],
            no_header: picks & 4 != 0,
            ..ReadOptions::default()
        },
        env: Env { now: Time::at(1_772_366_851, 0), year: Some(2026), ..Env::default() },
        threads: 1,
        memory: Memory::new(64 << 20, PathBuf::new()),
        ..Request::default()
    };
    let whole = outcome(&request, &path);
    let parts = Request {
        block_size: Some(1 + block % 80),
        threads: 1 + picks / 16 % 3,
        memory: Memory::new(if picks & 8 == 0 { 64 << 20 } else { 1000 }, PathBuf::new()),
        ..request.clone()
    };
    assert_eq!(outcome(&parts, &path), whole, "{:?} {picks} {}", request.stages, text.escape_ascii());
}

/// What comes out, and whether anything went wrong. Of a run that ends with an error it is only known that it did: how much
/// of the input was looked at by then, and so whether a fault in it was told before, is a matter of blocks.
fn outcome(request: &Request, path: &Path) -> (Option<u64>, bool, String) {
    let settings = Settings { mode: Mode::Text, ..Settings::default() };
    let diagnostics = Diagnostics::new(Box::new(std::io::sink()), settings);
    let mut writer = Writer::memory();
    let outcome = run(request, &mut writer, &diagnostics);
    let records = match outcome {
        Ok(outcome) => Some(outcome.records),
        Err(error) => {
            assert!(!error.to_string().replace(&*path.to_string_lossy(), "").is_empty());
            None
        }
    };
    let failed = diagnostics.had_errors() || records.is_none();
    diagnostics.finish();
    (records, failed, writer.into_bytes().escape_ascii().to_string())
}
