//! What is too big is refused with an error, in bounded memory.

use std::fs::File;

use crate::harness::{Dir, mytools};

#[test]
fn a_line_past_every_limit_is_an_error_and_other_files_go_on() {
    let dir = Dir::new();
    dir.file("after.txt", b"a needle\n");
    // A sparse file: NULs without a line end.
    File::create(dir.path().join("a.bin")).unwrap().set_len(5 << 30).unwrap();
    for threads in ["1", "3"] {
        let named = mytools(["search", "-j", threads, "needle", "a.bin", "after.txt"]).dir(dir.path()).run();
        assert_eq!(named.errors(), "mytools: a.bin: a line is longer than 1024 MiB\n");
        assert_eq!((named.text().as_str(), named.code), ("after.txt:a needle\n", 2));
        let counted = mytools(["search", "-j", threads, "-c", "needle", "a.bin"]).dir(dir.path()).run();
        assert_eq!((counted.text().as_str(), counted.code), ("", 2));
        // Found on the way, it is binary, whatever its lines are.
        let found = mytools(["search", "-j", threads, "needle"]).dir(dir.path()).ok();
        assert_eq!(found, "after.txt:a needle\n");
    }
}

#[test]
fn a_line_of_many_matches_becomes_as_many_records() {
    let dir = Dir::new();
    dir.file("a.txt", "x".repeat(10_000) + "\r\nnothing\nab\n");
    let run =
        |args: &[&str]| mytools(["search", "-e", "(x)", "-e", "ab", "a.txt"].iter().chain(args)).dir(dir.path()).ok();
    for threads in ["1", "3"] {
        let lines = run(&["--format", "jsonl", "-j", threads]);
        assert_eq!(lines.lines().count(), 10_001);
        for (at, line) in lines.lines().take(10_000).enumerate() {
            let end = r#"x","match":"x","pattern":"(x)","g1":"x"}"#;
            assert!(line.ends_with(end) && line.contains(&format!(r#""column":{},"#, at + 1)), "{line}");
        }
        let last = r#"{"path":"a.txt","line_number":3,"column":1,"text":"ab","match":"ab","pattern":"ab","g1":null}"#;
        assert_eq!(lines.lines().last(), Some(last));
        // A table spools all of it before its first line.
        let table = run(&["--format", "table", "-j", threads]);
        assert_eq!(table.lines().count(), 10_003);
    }
}

#[test]
fn records_that_all_have_keys_of_their_own_are_read() {
    let dir = Dir::new();
    let records = |more: &str| -> String { (0..9000).map(|n| format!("{{\"id\":{n},\"u{n}\":1{more}}}\n")).collect() };
    dir.file("a.jsonl", records(""));
    let run = mytools(["process", "a.jsonl", "--derive", "x = 2", "-f", "jsonl"]).dir(dir.path()).ok();
    assert!(run == records(",\"x\":2"));
}

#[test]
fn many_columns_take_time_by_their_number() {
    let dir = Dir::new();
    let header: Vec<String> = (0..20_000).map(|n| format!("c{n}")).collect();
    let row: Vec<String> = (0..20_000).map(|n| n.to_string()).collect();
    let csv = format!("{}\n{}\n", header.join(","), row.join(","));
    let members: Vec<String> = (0..20_000).map(|n| format!("\"c{n}\":{n}")).collect();
    dir.file("a.csv", &csv).file("a.jsonl", format!("{{{}}}\n", members.join(",")));
    let run = |args: &[&str]| mytools(["process", "-f", "csv"]).args(args).dir(dir.path()).ok();
    assert!(run(&["a.jsonl"]) == csv);
    assert!(run(&["a.csv", "-c", "c*"]) == csv);
    assert_eq!(run(&["a.csv", "--rename", "x=c19999", "-c", "c1,x"]), "c1,x\n1,19999\n");
}
