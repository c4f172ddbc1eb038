//! How many instructions the hot paths take, which repeats exactly where seconds do not.
//!
//! Each job runs on one thread under callgrind and is compared with the count in `tests/bench/instructions.txt`.
//! More by over a twentieth fails; `MYTOOLS_BLESS=1` writes the counts anew. They hold of optimised builds and of processors
//! with the features in the table's first line only.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Command;

#[path = "bench/corpus.rs"]
#[allow(dead_code, clippy::pedantic, reason = "the benchmark uses the rest, and is linted there")]
mod corpus;

use corpus::{Corpus, Size};

use crate::harness::{Dir, MYTOOLS, repository, skip};

/// Records of each corpus.
const RECORDS: Size = Size::Records(20_000);

/// The jobs: what is counted, and the arguments, in which `LOG`, `CSV`, `QUOTED` and `JSON` are the inputs.
const JOBS: [(&str, &[&str]); 9] = [
    ("a rare literal", &["search", "ConnectionResetError", "LOG"]),
    ("digits without a literal", &["search", "-c", "[0-9]{3} [0-9]{3} ", "LOG"]),
    ("every line with its number", &["search", "-n", "HTTP/", "LOG"]),
    ("group CSV", &["process", "CSV", "-g", "region", "-a", "n=count, total=sum(value)"]),
    ("group quoted CSV", &["process", "QUOTED", "-g", "region", "-a", "n=count, total=sum(value)"]),
    ("group JSON Lines", &["process", "JSON", "-g", "user_id", "-a", "n=count, total=sum(value)"]),
    ("filter CSV", &["process", "CSV", "-w", "status >= 500", "-f", "csv"]),
    ("CSV to JSON Lines", &["process", "CSV", "-f", "jsonl"]),
    ("sort CSV", &["process", "CSV", "--sort", "value", "-f", "csv"]),
];

#[test]
fn hot_paths_take_no_more_instructions() {
    if cfg!(debug_assertions) {
        println!("skipped: instructions are counted on an optimised build");
        return;
    }
    if Command::new("valgrind").arg("--version").output().is_err() {
        return skip("valgrind");
    }
    let dir = Dir::new();
    let path = |name: &str| dir.path().join(name);
    let corpora = [
        ("LOG", Corpus::Log),
        ("CSV", Corpus::Csv),
        ("QUOTED.csv", Corpus::NewlinesCsv),
        ("JSON.jsonl", Corpus::JsonLines),
    ];
    for (name, corpus) in corpora {
        corpus::write(corpus, &path(name), RECORDS).unwrap();
    }
    std::fs::rename(path("CSV"), path("CSV.csv")).unwrap();
    let input = |arg: &str| match arg {
        "LOG" => path("LOG").into_os_string(),
        "CSV" | "QUOTED" => path(&format!("{arg}.csv")).into_os_string(),
        "JSON" => path("JSON.jsonl").into_os_string(),
        _ => arg.into(),
    };
    let expected = std::fs::read_to_string(table()).unwrap_or_default();
    let mut counts = features() + "\n";
    let bless = std::env::var_os("MYTOOLS_BLESS").is_some();
    if !bless && !expected.starts_with(&counts) {
        println!("skipped: the instructions in the table are those of a processor with other features");
        return;
    }
    let mut worse = Vec::new();
    for (name, args) in JOBS {
        let count = instructions(args.iter().map(|arg| input(arg)));
        writeln!(counts, "{count:>12} {name}").unwrap();
        let before = expected.lines().find_map(|line| line.trim().strip_suffix(name)?.trim().parse::<u64>().ok());
        match before {
            Some(before) if count <= before + before / 20 => {}
            before => worse.push(format!("{name}: {count} instructions, {before:?} in the table")),
        }
    }
    if bless {
        std::fs::write(table(), counts).unwrap();
        return;
    }
    assert!(worse.is_empty(), "{}\nMYTOOLS_BLESS=1 writes the table anew", worse.join("\n"));
}

fn table() -> PathBuf {
    repository().join("tests/bench/instructions.txt")
}

/// What the program finds the processor able to do, which under valgrind may be less than it is.
fn features() -> String {
    let output = Command::new("valgrind").args(["-q", "--tool=none", MYTOOLS, "--version"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().find(|line| line.starts_with("CPU: ")).unwrap().to_string()
}

/// The instructions of one run on one thread.
fn instructions(args: impl Iterator<Item = std::ffi::OsString>) -> u64 {
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null", MYTOOLS]).args(args).args(["-j", "1"]);
    let output = command.env_remove("MYTOOLS_CONFIG_PATH").output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let line = errors.lines().find_map(|line| line.split_once("Collected : ")).unwrap_or_else(|| panic!("{errors}"));
    line.1.trim().parse().unwrap()
}
