//! Runs the README: every `console` block, in a copy of the data it talks about, must print what it shows.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::harness::{Dir, MYTOOLS, repository};

/// A `$ ` line of a block and the lines under it.
struct Step {
    line: usize,
    command: String,
    shown: String,
}

fn steps(text: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut inside = false;
    for (number, line) in text.lines().enumerate() {
        if line.starts_with("```") {
            inside = line == "```console";
        } else if !inside {
        } else if let Some(command) = line.strip_prefix("$ ") {
            steps.push(Step { line: number + 1, command: command.to_string(), shown: String::new() });
        } else if let Some(step) = steps.last_mut() {
            match step.shown.is_empty() && step.command.ends_with(['|', '\\']) {
                true => {
                    let command = step.command.trim_end_matches('\\').trim_end();
                    step.command = format!("{command} {}", line.trim_start_matches('>').trim_start());
                }
                false => step.shown.extend([line, "\n"]),
            }
        }
    }
    steps
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, target) = entry.map(|entry| (entry.path(), to.join(entry.file_name()))).unwrap();
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(path, target).unwrap();
        }
    }
}

#[test]
#[cfg(unix)]
fn every_console_block_prints_what_it_shows() {
    let text = fs::read_to_string(repository().join("README.md")).unwrap();
    let dir = Dir::new();
    copy(&repository().join("tests/data"), &dir.path().join("tests/data"));
    copy(&repository().join("src"), &dir.path().join("src"));
    let bin = Path::new(MYTOOLS).parent().unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default());
    let steps = steps(&text);
    assert!(steps.len() > 5, "the README shows too little");
    let mut differences = String::new();
    for step in steps {
        let command = step.command.replace("cargo run --release -- ", "mytools ");
        let output = Command::new("sh")
            .args(["-c", &format!("{command} 2>&1")])
            .current_dir(dir.path())
            .env("PATH", &path)
            .env("NO_COLOR", "1")
            .output()
            .unwrap();
        let printed = String::from_utf8_lossy(&output.stdout);
        if printed != step.shown {
            let Step { line, command, shown } = step;
            differences.push_str(&format!("README.md:{line}: {command}\nshown:\n{shown}printed:\n{printed}\n"));
        }
    }
    assert!(differences.is_empty(), "\n{differences}");
}

#[test]
fn every_format_stage_function_and_aggregate_is_in_its_table() {
    let text = fs::read_to_string(repository().join("README.md")).unwrap();
    for what in ["formats", "stages", "functions", "aggregates"] {
        let list = crate::harness::mytools(["list", what, "-f", "jsonl"]).ok();
        for line in list.lines() {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            let name = row["name"].as_str().unwrap();
            assert!(text.contains(&format!("`{name}`")) || text.contains(&format!("--{name}")), "{what}: {name}");
        }
    }
}
