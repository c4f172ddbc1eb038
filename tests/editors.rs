//! Programs that read what `search` prints: vim's quickfix list reads `--vimgrep`, delta renders `--json`. And the events
//! themselves, whose times no case file can hold.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::harness::{Dir, MYTOOLS, mytools, repository, skip};

fn source() -> Dir {
    let dir = Dir::new();
    dir.file("src/a.rs", "fn one() {}\n\nfn two() { one(); one() }\n").file("b c.txt", "é one\n");
    dir
}

/// The lines of JSON of a search, without what changes from run to run.
fn events(dir: &Dir, args: &[&str]) -> Vec<Value> {
    let text = mytools(["search"]).args(args).dir(dir.path()).ok();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn vim_loads_vimgrep_into_its_quickfix_list() {
    if Command::new("vim").arg("--version").output().is_err() {
        return skip("vim");
    }
    let dir = source();
    let list = "map(getqflist(), {_, e -> bufname(e.bufnr) . '|' . e.lnum . '|' . e.col . '|' . e.text})";
    let status = Command::new("vim")
        .args(["-u", "NONE", "-N", "-es", "-c", "set errorformat=%f:%l:%c:%m"])
        .args(["-c", &format!("cexpr system('{MYTOOLS} search --vimgrep one')")])
        .args(["-c", &format!("call writefile({list}, 'list')"), "-c", "qa!"])
        .current_dir(dir.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let loaded = std::fs::read_to_string(dir.path().join("list"));
    let loaded = loaded.unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&status.stderr)));
    let expected = [
        "b c.txt|1|4|é one",
        "src/a.rs|1|4|fn one() {}",
        "src/a.rs|3|12|fn two() { one(); one() }",
        "src/a.rs|3|19|fn two() { one(); one() }",
    ];
    assert_eq!(loaded.lines().collect::<Vec<_>>(), expected);
}

/// delta, if it is there.
fn delta() -> Option<PathBuf> {
    let named = std::env::var_os("DELTA").map(PathBuf::from);
    let candidates = named.into_iter().chain([repository().join("target/peers/bin/delta"), PathBuf::from("delta")]);
    candidates.into_iter().find(|path| Command::new(path).arg("--version").output().is_ok())
}

#[test]
fn delta_renders_json() {
    // It takes minutes to build and is in no package archive, so CI does without where nobody has put it there.
    let Some(delta) = delta() else { return println!("skipped: delta is not installed") };
    let dir = source();
    let found = mytools(["search", "--json", "-C1", "one"]).dir(dir.path()).run().stdout;
    let mut child = Command::new(delta)
        .args(["--no-gitconfig", "--paging=never", "--syntax-theme=none", "--grep-match-word-style=ul"])
        .current_dir(dir.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&found).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8_lossy(&output.stdout);
    let rendered = plain(&text);
    let lines: Vec<&str> = rendered.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    let expected = ["b c.txt", "1:é one", "src/a.rs", "1:fn one() {}", "2-", "3:fn two() { one(); one() }"];
    assert_eq!(lines, expected, "{text}");
    assert_eq!(text.matches("\x1b[4mone").count(), 4, "each match is marked:\n{text}");
}

/// A text without escape sequences.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\x1b') {
        out.push_str(before);
        rest = after.find(|char: char| char.is_ascii_alphabetic()).map_or("", |end| &after[end + 1..]);
    }
    out + rest
}

#[test]
fn events_tell_matches_context_and_replacements() {
    let dir = source();
    let found = events(&dir, &["--json", "-A1", "-r", "<$0>", "t(w)o", "src/a.rs", "b c.txt"]);
    let kinds: Vec<&str> = found.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["begin", "match", "end", "summary"]);
    let submatch = json!({"match": {"text": "two"}, "replacement": {"text": "<two>"}, "start": 3, "end": 6});
    assert_eq!(found[1]["data"]["submatches"], json!([submatch]));
    assert_eq!(found[1]["data"]["line_number"], 3);
    assert_eq!(found[1]["data"]["absolute_offset"], 13);
    assert_eq!(found[2]["data"]["binary_offset"], Value::Null);
    let stats = &found[2]["data"]["stats"];
    assert_eq!((stats["matched_lines"].as_u64(), stats["matches"].as_u64()), (Some(1), Some(1)));
    assert!(stats["elapsed"]["human"].as_str().unwrap().ends_with('s'));
    assert_eq!(found[3]["data"]["stats"]["searches"], 2);

    let found = events(&dir, &["--json", "-A1", "one() {}", "-F"]);
    let context = &found[2];
    assert_eq!((context["type"].as_str(), &context["data"]["submatches"]), (Some("context"), &json!([])));

    let found = events(&dir, &["--json", "-N", "two", "src"]);
    assert_eq!(found[1]["data"]["line_number"], Value::Null);
}

#[test]
fn what_is_not_utf8_is_base64() {
    let dir = Dir::new();
    dir.file("a", b"one \xff\n");
    let found = events(&dir, &["--json", r"(?-u)\xff", "a"]);
    assert_eq!(found[1]["data"]["lines"], json!({"bytes": "b25lIP8K"}));
    assert_eq!(found[1]["data"]["submatches"][0]["match"], json!({"bytes": "/w=="}));
}

#[test]
fn captures_are_additional() {
    let dir = source();
    let args = ["-e", r"(?<name>t\w)o|(zzz)", "-e", "one", "src/a.rs"];
    let with = events(&dir, &[&["--json-captures"], &args[..]].concat());
    let without = events(&dir, &[&["--json"], &args[..]].concat());
    let captures = json!([
        {"number": 1, "name": "name", "match": {"text": "tw"}, "start": 3, "end": 5},
        {"number": 2, "name": null, "match": null, "start": null, "end": null},
    ]);
    assert_eq!(with[2]["data"]["submatches"][0]["captures"], captures);
    let patterns: Vec<u64> = with[2]["data"]["submatches"]
        .as_array()
        .unwrap()
        .iter()
        .map(|submatch| submatch["pattern"].as_u64().unwrap())
        .collect();
    assert_eq!(patterns, [0, 1, 1]);
    for (with, without) in with.iter().zip(&without).filter(|(event, _)| event["type"] == "match") {
        let mut bare = with.clone();
        for submatch in bare["data"]["submatches"].as_array_mut().unwrap() {
            let members = submatch.as_object_mut().unwrap();
            members.remove("captures");
            members.remove("pattern");
        }
        assert_eq!(&bare, without);
    }
}

#[test]
fn the_enclosing_line_is_an_event_of_context() {
    let dir = Dir::new();
    dir.file("a.py", "def f(self):\n    one\n    x\n");
    let found = events(&dir, &["--json", "--show-function", "x", "a.py"]);
    assert_eq!((found[1]["type"].as_str(), found[1]["data"]["line_number"].as_u64()), (Some("context"), Some(1)));
    assert_eq!((found[2]["type"].as_str(), found[2]["data"]["line_number"].as_u64()), (Some("match"), Some(3)));
}

#[test]
fn statistics_are_eight_lines_in_every_mode() {
    let dir = source();
    for mode in ["-n", "-c", "-l", "-q", "--count-matches", "--files-without-match", "--vimgrep", "--count-total"] {
        let text = mytools(["search", "--stats", mode, "one"]).dir(dir.path()).run().text();
        let lines: Vec<&str> = text.lines().collect();
        let lines = &lines[lines.iter().rposition(|line| line.is_empty()).unwrap() + 1..];
        let numbers = ["4 matches", "3 matched lines", "2 files contained matches", "2 files searched"];
        assert_eq!((lines.len(), &lines[..4]), (8, &numbers[..]), "{mode}: {text}");
        assert!(lines[5] == "46 bytes searched" && lines[7].ends_with(" seconds total"), "{mode}: {text}");
    }
    let outcome = mytools(["search", "--stats", "one", "--format", "csv"]).dir(dir.path()).run();
    assert_eq!(outcome.text().lines().count(), 5);
    assert!(outcome.errors().contains("4 matches"), "{}", outcome.errors());
}

#[test]
fn links_lead_to_the_file_and_the_line() {
    let dir = source();
    let whole = dir.path().canonicalize().unwrap().display().to_string();
    let link = |tail: &str, label: &str| format!("\x1b]8;;x://{whole}/{tail}\x1b\\{label}\x1b]8;;\x1b\\");
    let painted = |color: &str, text: &str| format!("\x1b[0m\x1b[{color}m{text}\x1b[0m");
    let run = |args: &[&str]| mytools(["search"]).args(args).dir(dir.path()).run().text();
    let format = "--hyperlink-format=x://{path}:{line}:{column}";
    let path = painted("35", "b c.txt");

    assert_eq!(run(&["é", "b c.txt", "-H", format]), "b c.txt:é one\n", "links are for where there is colour");
    let paint = ["--color=always", "--colors=match:none", format];
    let label = format!("{path}:{}", painted("32", "1"));
    let expected = format!("{}:é one\n", link("b%20c.txt:1:1", &label));
    assert_eq!(run(&[&["é", "b c.txt", "-Hn", "--column"][..1], &["b c.txt", "-Hn"], &paint].concat()), expected);
    assert_eq!(run(&[&["-l", "é"], &paint[..]].concat()), format!("{}\n", link("b%20c.txt:1:1", &path)));
    assert_eq!(run(&[&["-c", "é"], &paint[..]].concat()), format!("{}:1\n", link("b%20c.txt:1:1", &path)));
    let heading = run(&[&["--heading", "-n", "é"], &paint[..]].concat());
    let expected = format!("{}\n{}:é one\n", link("b%20c.txt:1:1", &path), link("b%20c.txt:1:1", &painted("32", "1")));
    assert_eq!(heading, expected);
    assert_eq!(mytools(["search", "x", "--hyperlink-format", "nonsense"]).run().code, 2);
}
