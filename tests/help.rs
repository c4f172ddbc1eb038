//! Help: short on one screen with one line per flag, long with examples and exit codes; manual pages of the same words.
//! What the screens look like is checked in under `tests/screens`; `MYTOOLS_BLESS=1` writes them anew.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::harness::{Dir, mytools, repository, skip};

/// Every command; nothing stands for the program itself.
const COMMANDS: [&[&str]; 7] = [&[], &["search"], &["process"], &["list"], &["completions"], &["man"], &["help"]];

/// Every topic.
const TOPICS: [&str; 10] = [
    "expressions",
    "functions",
    "aggregates",
    "stages",
    "formats",
    "types",
    "ignore",
    "exit-codes",
    "errors",
    "environment",
];

/// What a command prints for a flag on a terminal of that many columns.
fn screen(command: &[&str], flag: &str, columns: u16) -> String {
    mytools(command).args(&[flag]).env("COLUMNS", columns.to_string()).ok()
}

#[test]
fn short_help_fits_on_one_screen() {
    for command in COMMANDS {
        let help = screen(command, "-h", 80);
        assert!(help.lines().count() <= 40, "{command:?}: {} lines", help.lines().count());
        for line in help.lines() {
            assert!(line.chars().count() <= 80, "{command:?}: {line}");
            let continued = line.starts_with(&" ".repeat(8));
            assert!(!continued, "{command:?}: a flag takes two lines: {line}");
        }
    }
}

#[test]
fn long_help_has_examples_and_exit_codes() {
    for command in ["search", "process"] {
        let help = mytools([command, "--help"]).ok();
        for part in ["Examples:", "Exit codes:", "Usage: mytools"] {
            assert!(help.contains(part), "{command}: {part}");
        }
    }
    assert!(mytools(["--help"]).ok().contains("NO_COLOR"));
}

#[test]
fn the_bare_name_prints_help_with_examples() {
    let outcome = mytools::<&str>([]).run();
    assert_eq!(outcome.code, 2);
    let text = outcome.errors();
    for part in ["search", "process", "mytools search 'fn main' src/", "mytools process events.csv -g user_id"] {
        assert!(text.contains(part), "{part}");
    }
}

#[test]
fn every_stage_of_the_table_is_a_flag_with_help() {
    let (long, short) = (mytools(["process", "--help"]).ok(), mytools(["process", "-h"]).ok());
    for line in mytools(["list", "stages", "-f", "jsonl"]).ok().lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let flag = format!("--{}", row["name"].as_str().unwrap());
        assert!(long.contains(&flag) && short.contains(&flag), "{flag}");
    }
}

#[test]
fn summaries_are_written_alike() {
    for kind in ["stages", "functions", "aggregates", "formats"] {
        for line in mytools(["list", kind, "-f", "jsonl"]).ok().lines() {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            let summary = row["summary"].as_str().unwrap();
            assert!(summary.starts_with(char::is_uppercase) && !summary.ends_with('.'), "{kind}: {summary}");
        }
    }
}

#[test]
fn topics_have_every_row_of_their_tables() {
    for kind in ["stages", "functions", "aggregates", "formats"] {
        let help = mytools(["help", kind]).ok();
        for line in mytools(["list", kind, "-f", "jsonl"]).ok().lines() {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            let written = row.get("usage").unwrap_or(&row["name"]).as_str().unwrap();
            assert!(help.lines().any(|line| line.trim_start().starts_with(written)), "{kind}: {written}");
        }
    }
}

#[test]
fn topics_fit_their_width_but_for_examples() {
    for topic in TOPICS {
        for line in mytools(["help", topic]).ok().lines().filter(|line| !line.contains('→')) {
            assert!(line.chars().count() <= 100 && line.trim_end() == line, "{topic}: {line}");
        }
    }
}

#[test]
fn help_of_a_command_is_its_own() {
    for command in ["search", "process", "list", "completions", "man"] {
        assert_eq!(mytools(["help", command]).ok(), mytools([command, "--help"]).ok(), "{command}");
    }
    assert_eq!(mytools(["help"]).ok(), mytools(["--help"]).ok());
    assert_eq!(mytools(["help", "p"]).ok(), mytools(["help", "process"]).ok());
}

#[test]
fn the_version_says_which_sources_and_which_target() {
    let short = mytools(["-V"]).ok();
    let version = format!("mytools {}", env!("CARGO_PKG_VERSION"));
    let revision = short.strip_prefix(&version).unwrap().trim_end();
    let inner = revision.strip_prefix(" (").and_then(|rest| rest.strip_suffix(')'));
    assert!(revision.is_empty() || inner.unwrap().bytes().all(|byte| byte.is_ascii_hexdigit()), "{short}");
    assert_eq!(short.lines().count(), 1);
    let long = mytools(["--version"]).ok();
    assert!(long.starts_with(short.trim_end()) && long.ends_with('\n'), "{long}");
    assert!(long.contains("\ntarget: ") && long.contains("\nCPU:"), "{long}");
}

#[test]
fn screens_are_as_checked_in() {
    let mut screens: Vec<(String, String)> = Vec::new();
    for command in COMMANDS {
        let name = command.first().unwrap_or(&"mytools");
        screens.push((format!("{name}-h.80.txt"), screen(command, "-h", 80)));
        for columns in [80, 200] {
            screens.push((format!("{name}--help.{columns}.txt"), screen(command, "--help", columns)));
        }
    }
    let dir = Dir::new();
    mytools(["man"]).args(&[&dir.path().display().to_string()]).ok();
    for page in ["mytools.1", "mytools-search.1", "mytools-process.1", "mytools-man.1", "mytools-environment.7"] {
        screens.push((page.to_string(), fs::read_to_string(dir.path().join(page)).unwrap()));
    }
    let folder = repository().join("tests/screens");
    for (name, text) in screens {
        let path = folder.join(&name);
        if std::env::var_os("MYTOOLS_BLESS").is_some() {
            fs::create_dir_all(&folder).unwrap();
            fs::write(&path, &text).unwrap();
        }
        let checked_in = fs::read_to_string(&path).unwrap_or_default();
        assert!(text == checked_in, "tests/screens/{name} is out of date; MYTOOLS_BLESS=1 cargo test help");
    }
}

/// The manual pages in a directory, by name.
fn pages(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn there_is_a_page_for_each_command_and_topic() {
    let dir = Dir::new();
    let flat = dir.path().join("made/for/it");
    mytools(["man"]).args(&[&flat.display().to_string()]).ok();
    let commands = COMMANDS.iter().map(|command| match command.first() {
        Some(name) => format!("mytools-{name}.1"),
        None => "mytools.1".to_string(),
    });
    let mut expected: Vec<String> = commands.chain(TOPICS.iter().map(|topic| format!("mytools-{topic}.7"))).collect();
    expected.sort();
    assert_eq!(pages(&flat), expected);
    let page = fs::read_to_string(flat.join("mytools-search.1")).unwrap();
    for part in ["\"EXIT STATUS\"", "\"ENVIRONMENT\"", "\"FILES\"", "\"EXAMPLES\"", "\"SEE ALSO\""] {
        assert!(page.contains(&format!(".SH {part}\n")), "{part}");
    }
    // A directory that is called man has one for each section in it.
    let parted = dir.path().join("share/man");
    mytools(["man"]).args(&[&parted.display().to_string()]).ok();
    assert_eq!(pages(&parted), ["man1", "man7"]);
    assert_eq!(pages(&parted.join("man7")).len(), TOPICS.len());
    // One that cannot be made is an error.
    dir.file("file", "");
    let outcome = mytools(["man"]).args(&[&dir.path().join("file/in").display().to_string()]).run();
    assert_eq!(outcome.code, 2);
    assert!(outcome.errors().contains("file/in: "), "{}", outcome.errors());
}

#[test]
#[cfg(unix)]
fn pages_are_read_without_a_warning() {
    let dir = Dir::new();
    mytools(["man"]).args(&[&dir.path().display().to_string()]).ok();
    for page in pages(dir.path()) {
        let path = dir.path().join(&page);
        let Ok(output) = Command::new("groff").args(["-ww", "-man", "-Tutf8", "-z"]).arg(&path).output() else {
            return skip("groff");
        };
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.is_empty(), "{page}: {said}");
        let typeset = Command::new("groff").args(["-man", "-Tutf8", "-P-cbou"]).arg(&path).output().unwrap();
        let text = String::from_utf8_lossy(&typeset.stdout);
        assert!(text.contains("NAME") && text.contains(page.split('.').next().unwrap()), "{page}: {text}");
    }
}
