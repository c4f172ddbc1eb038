//! Real pipes and devices: readers that go away, disks that are full, files that are not there.

#![cfg(unix)]

use std::fmt::Write;
use std::fs::OpenOptions;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::harness::{Dir, MYTOOLS, data, mytools};

/// A CSV far larger than any pipe.
fn large(dir: &Dir) {
    let mut text = String::from("n,word\n");
    for n in 0..400_000 {
        let _ = writeln!(text, "{n},the quick brown fox {n}");
    }
    dir.file("large.csv", text);
}

/// Runs `mytools ARGS | head -1` in bash and gives both exit codes and what head printed.
fn head(dir: &Dir, args: &str) -> (String, String) {
    let script = format!("{MYTOOLS} {args} | head -1; echo \"${{PIPESTATUS[*]}}\" >&2");
    let output = Command::new("bash").args(["-c", &script]).current_dir(dir.path()).output().unwrap();
    (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let dir = Dir::new();
    large(&dir);
    for threads in ["-j1", "-j4"] {
        let (line, codes) = head(&dir, &format!("process large.csv -f csv {threads}"));
        assert_eq!((line.as_str(), codes.as_str()), ("n,word\n", "0 0\n"));
        let (line, codes) = head(&dir, &format!("process large.csv -f jsonl {threads}"));
        assert_eq!((line.as_str(), codes.as_str()), ("{\"n\":0,\"word\":\"the quick brown fox 0\"}\n", "0 0\n"));
        let (line, codes) = head(&dir, &format!("search fox large.csv {threads}"));
        assert_eq!((line.as_str(), codes.as_str()), ("0,the quick brown fox 0\n", "0 0\n"));
    }
}

#[test]
fn help_into_a_closed_pipe_is_no_error() {
    let dir = Dir::new();
    let script = format!("{MYTOOLS} process --help | true; exit ${{PIPESTATUS[0]}}");
    let output = Command::new("bash").args(["-c", &script]).current_dir(dir.path()).output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_an_error() {
    let events = data("events.csv");
    let events = events.to_str().unwrap();
    let all: &[&[&str]] = &[
        &["process", events],
        &["process", events, "-f", "csv"],
        &["process", events, "-g", "region"],
        &["search", "eu", events],
        &["list", "formats"],
        &["completions", "bash"],
    ];
    for args in all {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = Command::new(MYTOOLS).args(*args).stdout(full).stderr(Stdio::piped()).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {stderr}");
        assert_eq!(stderr, "mytools: <stdout>: No space left on device\n", "{args:?}");
    }
}

#[test]
fn an_output_file_is_there_whole_or_not_at_all() {
    let dir = Dir::new();
    dir.file("in.csv", "a,b\n1,2\n3\n").file("out.csv", "old\n");
    let outcome = mytools(["process", "in.csv", "-g", "a", "-o", "out.csv"]).dir(dir.path()).run();
    assert_eq!(outcome.code, 2, "{}", outcome.errors());
    assert_eq!(std::fs::read_to_string(dir.path().join("out.csv")).unwrap(), "old\n");
    let names: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "something was left behind: {names:?}");
}

#[test]
fn the_output_may_be_the_input() {
    let dir = Dir::new();
    dir.file("t.csv", "a,b\n1,x\n2,y\n3,z\n");
    mytools(["process", "t.csv", "-w", "a >= 2", "-o", "t.csv"]).dir(dir.path()).ok();
    assert_eq!(std::fs::read_to_string(dir.path().join("t.csv")).unwrap(), "a,b\n2,y\n3,z\n");
}

#[test]
fn a_limit_ends_an_endless_input() {
    let dir = Dir::new();
    let script = format!("(echo n; yes 7) | {MYTOOLS} process --from csv -n 3 -f csv");
    let started = Instant::now();
    let output = Command::new("bash").args(["-c", &script]).current_dir(dir.path()).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "n\n7\n7\n7\n");
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[test]
fn search_feeds_process() {
    let log = data("access.log");
    let script = format!(
        r#"{MYTOOLS} search '" (?<status>\d{{3}}) ' {} --format jsonl | {MYTOOLS} process -g status -s status -f csv"#,
        log.display()
    );
    let output = Command::new("bash").args(["-c", &script]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.starts_with("status,count\n200,"), "{text}{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn headers_may_be_long() {
    let dir = Dir::new();
    for columns in [20_000, 100_000] {
        let names: Vec<String> = (0..columns).map(|column| format!("column_{column}")).collect();
        let mut text = format!("\n\"the\nfirst\",{}\n", names.join(","));
        let _ = writeln!(text, "x{}7", ",".repeat(columns));
        dir.file("wide.csv", &text);
        let last = format!("column_{}", columns - 1);
        let expected = format!("{{\"{last}\":7}}\n");
        let args = ["process", "-c", last.as_str(), "-f", "jsonl", "--from", "csv"];
        assert_eq!(mytools(args).stdin(text).ok(), expected);
        assert_eq!(mytools(args).args(&["wide.csv"]).dir(dir.path()).ok(), expected);
    }
}

#[test]
fn rejected_records_are_kept_byte_for_byte() {
    let dir = Dir::new();
    dir.file("a.csv", b"a,b\n1,2\n\"x\ny\"\r\n3,4\n5,\xff,6\n7");
    dir.file("a.log", b"1 a\nnope \xff\r\n2 b\nlast");
    for (block, threads) in [("1", "1"), ("5", "3"), ("64", "2"), ("1000", "4")] {
        let run = |args: &[&str]| {
            let run = mytools(["process"]).args(args).args(&["-j", threads]).dir(dir.path());
            let outcome = run.env("MYTOOLS_TEST_BLOCK", block).run();
            assert_eq!(outcome.code, 0, "{}", outcome.errors());
            (outcome.text(), std::fs::read(dir.path().join("bad")).unwrap())
        };
        let (good, bad) = run(&["a.csv", "--rejects", "bad", "-f", "csv"]);
        assert_eq!(good, "a,b\n1,2\n3,4\n");
        assert_eq!(bad, b"\"x\ny\"\r\n5,\xff,6\n7\n");
        let (good, bad) = run(&["a.log", "--pattern", "(?<n>[0-9])", "--rejects", "bad", "-f", "csv"]);
        assert_eq!(good, "n\n1\n2\n");
        assert_eq!(bad, b"nope \xff\r\nlast\n");
    }
}

#[test]
fn records_that_waited_on_disk_are_the_same_in_a_pipe_and_in_a_file() {
    let dir = Dir::new();
    let text = "said again and again ".repeat(20);
    let record = |n: usize, more: &str| format!("{{\"n\":{n},\"t\":\"{text}\"{more}}}\n");
    // More than memory takes, with all columns, then the same behind records that lack the last one.
    let full: String = (0..50_000).map(|n| record(n, ",\"x\":1")).collect();
    let short: String = (0..9).map(|n| record(n, "")).collect();
    dir.file("full.jsonl", &full).file("short.jsonl", short + &full);
    for name in ["full.jsonl", "short.jsonl"] {
        let piped = mytools(["process", name, "-f", "csv"]).dir(dir.path()).ok();
        mytools(["process", name, "-o", "o.csv"]).dir(dir.path()).ok();
        let filed = std::fs::read_to_string(dir.path().join("o.csv")).unwrap();
        assert!(piped == filed, "{name}: {} and {} bytes", piped.len(), filed.len());
        assert!(piped.len() > 20 << 20 && piped.ends_with(&format!("49999,{text},1\n")), "{name}");
    }
}
