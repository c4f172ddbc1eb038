//! Help: short on one screen's width with one line per flag, long with examples and exit codes; nothing without help.

use crate::harness::mytools;

#[test]
fn short_help_gives_each_flag_one_line() {
    for command in [&["search"][..], &["process"], &["list"], &["completions"], &[]] {
        let help = mytools(command).args(&["-h"]).ok();
        for line in help.lines() {
            assert!(line.chars().count() <= 100, "{command:?}: {line}");
            let continued = line.starts_with(&" ".repeat(20)) && !line.trim_start().starts_with('-');
            assert!(!continued, "{command:?}: a flag takes two lines: {line}");
        }
    }
}

#[test]
fn short_help_of_search_fits_on_one_screen() {
    let lines = mytools(["search", "-h"]).ok().lines().count();
    assert!(lines <= 55, "{lines} lines");
}

#[test]
fn long_help_has_examples_and_exit_codes() {
    for command in ["search", "process"] {
        let help = mytools([command, "--help"]).ok();
        for part in ["Examples:", "Exit codes:", "Usage: mytools"] {
            assert!(help.contains(part), "{command}: {part}");
        }
    }
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
    let help = mytools(["process", "--help"]).ok();
    for line in mytools(["list", "stages", "-f", "jsonl"]).ok().lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let flag = format!("--{}", row["name"].as_str().unwrap());
        assert!(help.contains(&flag), "{flag}");
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
            assert!(help.lines().any(|line| line.starts_with(written)), "{kind}: {written}");
        }
    }
}

#[test]
fn topics_fit_their_width_but_for_examples() {
    for topic in ["expressions", "functions", "aggregates", "stages", "formats", "types", "ignore", "exit-codes"] {
        for line in mytools(["help", topic]).ok().lines().filter(|line| !line.contains('→')) {
            assert!(line.chars().count() <= 100 && line.trim_end() == line, "{topic}: {line}");
        }
    }
}

#[test]
fn help_of_a_command_is_its_own() {
    for command in ["search", "process", "list", "completions"] {
        assert_eq!(mytools(["help", command]).ok(), mytools([command, "--help"]).ok(), "{command}");
    }
    assert_eq!(mytools(["help"]).ok(), mytools(["--help"]).ok());
    assert_eq!(mytools(["help", "p"]).ok(), mytools(["help", "process"]).ok());
}

#[test]
fn the_version_is_one_line() {
    assert_eq!(mytools(["--version"]).ok(), format!("mytools {}\n", env!("CARGO_PKG_VERSION")));
}
