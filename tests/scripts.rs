//! What scripts and editors rely on in `search`, where a case file cannot say it: the exact bytes of events, what a
//! terminal gets, what is searched without a path, NULs behind the first 64 KiB, and ignore rules from wherever they are
//! seen.

#![cfg(unix)]

use std::process::{Command, Stdio};

use crate::harness::{Dir, MYTOOLS, mytools};
use crate::terminal::Terminal;

fn search(dir: &Dir, args: &[&str]) -> String {
    mytools(["search"]).args(args).dir(dir.path()).run().text()
}

/// What comes before the times and what follows them.
fn timeless(line: &str) -> &str {
    line.split("\"elapsed").next().unwrap()
}

#[test]
fn events_have_their_keys_in_order() {
    let dir = Dir::new();
    dir.file("a.txt", "A foo\nbar foo\nbaz\n");
    let path = r#""path":{"text":"a.txt"}"#;
    // What is about lines as they are printed is not about events.
    let found = search(&dir, &["--json", "-C1", "-M3", "-o", "--trim", "-r", "<$0>", "bar", "a.txt"]);
    let events: Vec<&str> = found.lines().map(timeless).collect();
    let expected = [
        format!(r#"{{"type":"begin","data":{{{path}}}}}"#),
        format!(
            r#"{{"type":"context","data":{{{path},"lines":{{"text":"A foo\n"}},"line_number":1,"absolute_offset":0,"submatches":[]}}}}"#
        ),
        format!(
            r#"{{"type":"match","data":{{{path},"lines":{{"text":"bar foo\n"}},"line_number":2,"absolute_offset":6,"submatches":[{{"match":{{"text":"bar"}},"replacement":{{"text":"<bar>"}},"start":0,"end":3}}]}}}}"#
        ),
        format!(
            r#"{{"type":"context","data":{{{path},"lines":{{"text":"baz\n"}},"line_number":3,"absolute_offset":14,"submatches":[]}}}}"#
        ),
        format!(r#"{{"type":"end","data":{{{path},"binary_offset":null,"stats":{{"#),
        r#"{"data":{"#.to_string(),
    ];
    assert_eq!(events, expected);
    let end = found.lines().nth(4).unwrap();
    let stats = r#""searches":1,"searches_with_match":1,"bytes_searched":18,"bytes_printed":"#;
    assert!(end.contains(stats) && end.ends_with(r#""matched_lines":1,"matches":1}}}"#), "{end}");
    let summary = found.lines().last().unwrap();
    assert!(
        summary.ends_with(r#","type":"summary"}"#) && summary.contains(r#""elapsed_total":{"human":"#),
        "{summary}"
    );

    // Matches over lines that touch are one event.
    let found = search(&dir, &["--json", "-U", "foo\\nba", "a.txt"]);
    let expected = format!(
        r#"{{"type":"match","data":{{{path},"lines":{{"text":"A foo\nbar foo\nbaz\n"}},"line_number":1,"absolute_offset":0,"submatches":[{{"match":{{"text":"foo\nba"}},"start":2,"end":8}},{{"match":{{"text":"foo\nba"}},"start":10,"end":16}}]}}}}"#
    );
    assert_eq!(found.lines().nth(1), Some(expected.as_str()));

    // An anchor and a boundary see the line, not the match.
    let found = search(&dir, &["--json", r"\bfoo$", "a.txt"]);
    assert_eq!(found.matches(r#""submatches":[{"match":{"text":"foo"}"#).count(), 2, "{found}");
}

#[test]
fn a_terminal_gets_headings_numbers_and_colours() {
    let dir = Dir::new();
    dir.file("a", "x\n").file("b", "yx\n");
    let shown = |args: &[&str], out: bool| {
        let terminal = Terminal::new(80);
        let mut command = Command::new(MYTOOLS);
        command.arg("search").args(args).current_dir(dir.path()).env_clear().env("TERM", "xterm").stdin(Stdio::null());
        if out {
            command.stdout(terminal.end());
        } else {
            command.stdout(Stdio::null());
        }
        assert!(command.status().unwrap().success());
        terminal.screen(command)
    };
    let (path, line) = ("\x1b[0m\x1b[35m", "\x1b[0m\x1b[32m");
    let found = "\x1b[0m\x1b[1m\x1b[31mx\x1b[0m";
    let heading = format!("{path}a\x1b[0m\n{line}1\x1b[0m:{found}\n\n{path}b\x1b[0m\n{line}1\x1b[0m:y{found}\n");
    assert_eq!(shown(&["x"], true), heading);
    assert_eq!(shown(&["x", "a"], true), format!("{line}1\x1b[0m:{found}\n"));
    assert_eq!(shown(&["-o", "x", "a"], true), format!("{line}1\x1b[0m:{found}\n"));
    let each = format!("{path}b\x1b[0m:{line}1\x1b[0m:\x1b[0m2\x1b[0m:y{found}\n");
    assert_eq!(shown(&["--vimgrep", "x", "b"], true), each);
    assert_eq!(shown(&["x"], false), "");
}

#[test]
fn without_a_path_what_comes_in_is_searched_or_else_the_working_directory() {
    let dir = Dir::new();
    dir.file("a", "x in a file\n");
    let run = |script: &str| {
        let mut command = Command::new("sh");
        command.args(["-c", script]).current_dir(dir.path()).env("M", MYTOOLS);
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    assert_eq!(run("\"$M\" search x </dev/null"), "a:x in a file\n");
    assert_eq!(run("\"$M\" search x <&-"), "a:x in a file\n");
    assert_eq!(run("\"$M\" search x <a"), "x in a file\n");
    assert_eq!(run("echo x in a pipe | \"$M\" search -H x"), "<stdin>:x in a pipe\n");
    assert_eq!(run("echo x in a pipe | \"$M\" search x ."), "./a:x in a file\n");
    assert_eq!(run("\"$M\" search --files </dev/null"), "a\n");
    assert_eq!(run("echo x | \"$M\" search --files"), "a\n");
}

#[test]
fn nuls_count_by_where_they_are() {
    let dir = Dir::new();
    let line = b"foo 0123456\n";
    let text = |nul: usize| {
        let mut text: Vec<u8> = line.repeat(12_000);
        text[nul] = 0;
        text
    };
    let told = |args: &[&str]| search(&dir, args).lines().last().unwrap_or_default().to_string();
    for (nul, printed) in [(65_535, 0), (65_536, 5_461)] {
        dir.file("a", text(nul));
        let note = format!(r#"binary file matches (found "\0" byte around offset {nul})"#);
        assert_eq!(told(&["foo", "a"]), note);
        assert_eq!(told(&["--mmap", "foo", "a"]), note);
        for how in [&["foo", "a"][..], &["foo", "a", "--mmap"]] {
            let found = search(&dir, how);
            assert_eq!(found.lines().filter(|line| line.starts_with("foo")).count(), printed, "{nul} {how:?}");
        }
        assert_eq!(told(&["-c", "foo", "a"]), "12000");
        assert_eq!(told(&["-c", "foo", "."]), "");
        assert_eq!(told(&["-a", "-c", "foo", "."]), "./a:12000");
        let stopped =
            format!(r#"./a: WARNING: stopped searching binary file after match (found "\0" byte around offset {nul})"#);
        assert_eq!(told(&["foo", "."]), if printed == 0 { String::new() } else { stopped });
    }
    // A match over lines is looked at before the mark between groups is put, but behind it in a file that was named.
    let mut text = b"a\nc\nfoo\nb\nx\ny\nz\n".repeat(6_000);
    text.insert(4_400 * 16 + 9, 0);
    dir.file("a", text);
    let last = |args: &[&str]| {
        let text = search(&dir, args);
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len() - 3..].join("\n")
    };
    assert_eq!(
        last(&["-UA1", "foo\\nb", "."]),
        "./a:b\n./a-x\n./a: WARNING: stopped searching binary file after match (found \"\\0\" byte around offset 70409)"
    );
    assert_eq!(last(&["-UA1", "foo\\nb", "a"]), "x\n--\nbinary file matches (found \"\\0\" byte around offset 70409)");
}

#[test]
fn ignore_rules_are_the_same_from_wherever_they_are_seen() {
    let dir = Dir::new();
    dir.file(".git/config", "").file(".gitignore", "/top\nany\n/sub/anchored\nsub/**/deep\n!sub/kept\n*.log\n");
    dir.file("sub/.gitignore", "/own\n!b.log\n");
    for name in ["top", "any", "anchored", "own", "kept", "a.log", "b.log", "in/deep", "in/own", "in/any", "in/f"] {
        dir.file(&format!("sub/{name}"), "x\n");
    }
    dir.file("top", "x\n").file("other/own", "x\n");
    let root = dir.path().to_str().unwrap();
    let run = |from: &str, paths: &[&str]| {
        let text = mytools(["search", "--files"]).args(paths).dir(&dir.path().join(from)).run().text();
        text.lines().map(ToString::to_string).collect::<Vec<String>>()
    };
    let sub = ["b.log", "in/f", "in/own", "kept", "top"];
    let below = |prefix: &str| sub.map(|name| format!("{prefix}{name}")).to_vec();
    assert_eq!(run("", &["sub"]), below("sub/"));
    assert_eq!(run("", &["./sub"]), below("./sub/"));
    assert_eq!(run("", &["sub/"]), below("sub/"));
    assert_eq!(run("", &[&format!("{root}/sub")]), below(&format!("{root}/sub/")));
    assert_eq!(run("sub", &[]), below(""));
    assert_eq!(run("sub", &["."]), below("./"));
    assert_eq!(run("sub", &["../sub"]), below("../sub/"));
    assert_eq!(run("sub/in", &[".."]), below("../"));
    assert_eq!(run("other", &[&format!("{root}/sub")]), below(&format!("{root}/sub/")));
    assert_eq!(run("", &[]), [vec!["other/own".to_string()], below("sub/")].concat());
    assert_eq!(run("", &["sub", "other"]), [below("sub/"), vec!["other/own".to_string()]].concat());
    assert_eq!(run("sub", &["in", "../other"]), ["in/f", "in/own", "../other/own"]);
}

#[test]
fn links_have_the_formats_that_ripgrep_knows_by_name() {
    let dir = Dir::new();
    dir.file("a", "x\n");
    let whole = dir.path().canonicalize().unwrap().join("a").display().to_string();
    let host = String::from_utf8(Command::new("uname").arg("-n").output().unwrap().stdout).unwrap();
    let host = host.trim_end();
    let known = [
        ("default", format!("file://{host}{whole}")),
        ("file", format!("file://{host}{whole}")),
        ("kitty", format!("file://{host}{whole}#1")),
        ("vscode", format!("vscode://file{whole}:1:1")),
        ("cursor", format!("cursor://file{whole}:1:1")),
        ("grep+", format!("grep+://{whole}:1")),
        ("textmate", format!("txmt://open?url=file://{whole}&line=1&column=1")),
        ("macvim", format!("mvim://open?url=file://{whole}&line=1&column=1")),
        ("x:{wslprefix}{path}", format!("x:{whole}")),
    ];
    for (name, expected) in known {
        let shown = search(&dir, &["--color=always", "-Hn", "x", "a", "--hyperlink-format", name]);
        assert!(shown.contains(&format!("\x1b]8;;{expected}\x1b\\")), "{name}: {shown:?}");
    }
    assert!(!search(&dir, &["--color=always", "-Hn", "x", "a", "--hyperlink-format=none"]).contains("\x1b]8"));
}
