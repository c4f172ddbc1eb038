//! Slow pipes: what has come is handed on before the rest comes, without any flag.

#![cfg(unix)]

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use crate::harness::MYTOOLS;

/// Feeds `first`, waits for the output `expected`, then feeds `second` and gives what came after that.
fn follow(args: &[&str], first: &str, expected: &str, second: &str) -> String {
    let mut command = Command::new(MYTOOLS);
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).env("MYTOOLS_CONFIG_PATH", "");
    let mut child = command.spawn().unwrap();
    let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let (sender, receiver) = channel();
    let reader = std::thread::spawn(move || {
        let mut piece = [0; 4096];
        while let Ok(read @ 1..) = stdout.read(&mut piece) {
            sender.send(piece[..read].to_vec()).unwrap();
        }
    });
    stdin.write_all(first.as_bytes()).unwrap();
    let mut got = Vec::new();
    while got.len() < expected.len() {
        let Ok(piece) = receiver.recv_timeout(Duration::from_secs(20)) else {
            child.kill().unwrap();
            panic!("{args:?}: nothing more came than {:?}", String::from_utf8_lossy(&got));
        };
        got.extend(piece);
    }
    assert_eq!(String::from_utf8_lossy(&got), expected, "{args:?}");
    stdin.write_all(second.as_bytes()).unwrap();
    drop(stdin);
    reader.join().unwrap();
    assert!(child.wait().unwrap().success(), "{args:?}");
    String::from_utf8(receiver.iter().flatten().collect()).unwrap()
}

#[test]
fn lines_of_a_slow_pipe_are_searched_as_they_come() {
    let cases: &[(&[&str], &str, &str)] = &[
        (&["y"], "y1\n", "y2\n"),
        (&["-n", "y"], "1:y1\n", "3:y2\n"),
        (&["-z", "y"], "y1\n", "y2\n"),
        (&["-v", "x"], "y1\n", "y2\n"),
        (&["-o", "y."], "y1\n", "y2\n"),
        (&["y", "--line-buffered"], "y1\n", "y2\n"),
        (&["y", "-"], "y1\n", "y2\n"),
        (&["y", "/dev/stdin"], "y1\n", "y2\n"),
    ];
    for (args, first, second) in cases {
        for threads in ["-j1", "-j3"] {
            let args: Vec<&str> = ["search", threads].iter().chain(*args).copied().collect();
            assert_eq!(follow(&args, "y1\nx\n", first, "y2\nx\n"), *second, "{args:?}");
        }
    }
    let args = ["search", "(?<n>\\d)", "--format", "csv", "-j2"];
    let header = "path,line_number,column,text,match,pattern,n\n";
    let first = format!("{header}<stdin>,1,2,y1,1,(?<n>\\d),1\n");
    assert_eq!(follow(&args, "y1\n", &first, "y2\n"), "<stdin>,2,2,y2,2,(?<n>\\d),2\n");
}

/// Arguments, what is written in two pieces, and what comes of each.
type Case<'a> = (&'a [&'a str], (&'a str, &'a str), &'a str, &'a str);

#[test]
fn records_of_a_slow_pipe_are_processed_as_they_come() {
    let csv = ("a,b\n1,x\n", "2,y\n");
    let cases: &[Case] = &[
        (&["--from", "csv", "-f", "csv"], csv, "a,b\n1,x\n", "2,y\n"),
        (&["-", "--from", "csv", "-f", "csv"], csv, "a,b\n1,x\n", "2,y\n"),
        (&["-f", "csv"], csv, "a,b\n1,x\n", "2,y\n"),
        (&["-w", "a > 0", "-f", "tsv"], csv, "a\tb\n1\tx\n", "2\ty\n"),
        (&["-c", "b", "--derive", "n = row()", "-f", "csv"], csv, "b,n\nx,1\n", "y,2\n"),
        (&["--distinct", "a", "-f", "csv"], csv, "a,b\n1,x\n", "2,y\n"),
        (&["-n", "1 by a", "-f", "csv"], csv, "a,b\n1,x\n", "2,y\n"),
        (&["--fill-down", "a", "-f", "csv"], csv, "a,b\n1,x\n", "2,y\n"),
        (&["--window", "r = sum(a)", "-c", "r", "-f", "csv"], csv, "r\n1\n", "3\n"),
        (&["-f", "jsonl"], csv, "{\"a\":1,\"b\":\"x\"}\n", "{\"a\":2,\"b\":\"y\"}\n"),
        (&["-f", "lines", "-c", "b"], csv, "x\n", "y\n"),
        (&["-f", "logfmt"], csv, "a=1 b=x\n", "a=2 b=y\n"),
        (&["-f", "jsonl"], ("{\"a\":1}\n", "{\"a\":2}\n"), "{\"a\":1}\n", "{\"a\":2}\n"),
        (&[], ("{\"a\":1}\n", "{\"a\":2}\n"), "[\n{\"a\":1}", ",\n{\"a\":2}\n]\n"),
        (&["-w", "a > 0", "-f", "jsonl"], ("{\n\"a\":1}\n", "{\"a\":2}\n"), "{\"a\":1}\n", "{\"a\":2}\n"),
        (&["--from", "logfmt", "-f", "jsonl"], ("a=1\n", "a=2\n"), "{\"a\":1}\n", "{\"a\":2}\n"),
        (&["--from", "lines", "-f", "csv"], ("1\n", "2\n"), "line\n1\n", "2\n"),
        (&["--pattern", "(?<a>.)", "-f", "csv"], ("1\n", "2\n"), "a\n1\n", "2\n"),
        (&["--from", "tsv", "-f", "csv"], ("a\tb\n1\t2\n", "3\t4\n"), "a,b\n1,2\n", "3,4\n"),
        (&["--from", "csv", "--no-header", "-f", "csv"], ("1\n", "2\n"), "1\n", "2\n"),
    ];
    for (args, (one, two), first, second) in cases {
        for threads in ["-j1", "-j3"] {
            let args: Vec<&str> = ["process", threads].iter().chain(*args).copied().collect();
            assert_eq!(follow(&args, one, first, two), *second, "{args:?}");
        }
    }
}

#[test]
fn paths_of_a_slow_list_are_searched_as_they_come() {
    let dir = crate::harness::Dir::new();
    dir.file("a.txt", "y1\n").file("b.txt", "y2\n");
    let path = |name: &str| dir.path().join(name).display().to_string();
    let lines = [format!("{}\n", path("a.txt")), format!("{}\n", path("b.txt"))];
    let args = ["search", "-I", "y", "--files-from", "-"];
    assert_eq!(follow(&args, &lines[0], "y1\n", &lines[1]), "y2\n");
}

#[test]
fn a_slow_writer_does_not_change_what_comes_out() {
    // Pieces that end in the middle of records, quotes and characters.
    let text = "name,note\n\"a\nb\",é\n\"x\"\"y\",\"1,2\"\n";
    let expected = "[\n{\"name\":\"a\\nb\",\"note\":\"é\"},\n{\"name\":\"x\\\"y\",\"note\":\"1,2\"}\n]\n";
    let mut child = Command::new(MYTOOLS)
        .args(["process", "--from", "csv"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    for byte in text.as_bytes() {
        stdin.write_all(&[*byte]).unwrap();
        std::thread::sleep(Duration::from_millis(4));
    }
    drop(stdin);
    assert_eq!(String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap(), expected);
}
