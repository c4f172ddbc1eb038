//! Runs the README: every `console` block, in a copy of the data it talks about, must print what it shows.
//! `MYTOOLS_BLESS=1` writes what it shows anew.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::harness::{Dir, MYTOOLS, repository};

/// A piece of the README.
enum Piece {
    /// A line that is shown as it is.
    Line(String),
    /// A `$ ` line of a block, with the lines that continue it, and the output under it.
    Step { line: usize, command: String, shown: String },
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut inside = false;
    for (number, line) in text.lines().enumerate() {
        if line.starts_with("```") {
            inside = line == "```console";
            pieces.push(Piece::Line(line.to_string()));
        } else if inside && line.starts_with("$ ") {
            pieces.push(Piece::Step { line: number + 1, command: line[2..].to_string(), shown: String::new() });
        } else if let (true, Some(Piece::Step { command, shown, .. })) = (inside, pieces.last_mut()) {
            if shown.is_empty() && command.ends_with(['|', '\\']) {
                command.extend(["\n", line]);
            } else {
                shown.extend([line, "\n"]);
            }
        } else {
            pieces.push(Piece::Line(line.to_string()));
        }
    }
    pieces
}

/// The README with its paragraphs of functions and aggregates as the tables have them.
fn with_lists(text: &str) -> String {
    let mut paragraphs: Vec<String> = text.split("\n\n").map(ToString::to_string).collect();
    for paragraph in &mut paragraphs {
        for (start, what, end) in [
            ("Functions: `", "functions", "."),
            (
                "Aggregates: `",
                "aggregates",
                " (and `p5`, `p99`, `p999`, …), and any expression over them, such as `rate=100 * sum(errors) / count`.",
            ),
        ] {
            if paragraph.starts_with(start) {
                let names: Vec<String> = listed(what).iter().map(|name| format!("`{name}`")).collect();
                *paragraph = wrapped(&format!("{} {}{end}", start.trim_end_matches(" `"), names.join(" ")));
            }
        }
    }
    paragraphs.join("\n\n")
}

/// The names that `mytools list` prints.
fn listed(what: &str) -> Vec<String> {
    let list = crate::harness::mytools(["list", what, "-f", "jsonl"]).ok();
    let name =
        |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["name"].as_str().unwrap().to_string();
    list.lines().map(name).collect()
}

/// Text in lines of at most 120 characters.
fn wrapped(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().unwrap();
        if line.is_empty() {
            line.push_str(word);
        } else if line.chars().count() + 1 + word.chars().count() <= 120 {
            line.extend([" ", word]);
        } else {
            lines.push(word.to_string());
        }
    }
    lines.join("\n")
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
    let mut differences = String::new();
    let mut anew = String::new();
    for piece in pieces(&text) {
        let (line, command, shown) = match piece {
            Piece::Line(line) => {
                anew.extend([&line, "\n"]);
                continue;
            }
            Piece::Step { line, command, shown } => (line, command, shown),
        };
        let output = Command::new("sh")
            .args(["-c", &format!("{{ {command}\n}} 2>&1")])
            .current_dir(dir.path())
            .env("PATH", &path)
            .env("NO_COLOR", "1")
            .output()
            .unwrap();
        let printed = String::from_utf8_lossy(&output.stdout);
        anew.extend(["$ ", &command, "\n", &printed]);
        if printed != shown {
            let _ = write!(differences, "README.md:{line}: {command}\nshown:\n{shown}printed:\n{printed}\n");
        }
    }
    if std::env::var_os("MYTOOLS_BLESS").is_some() {
        fs::write(repository().join("README.md"), with_lists(&anew)).unwrap();
        return;
    }
    assert!(anew.matches("\n$ ").count() > 5, "the README shows too little");
    assert!(differences.is_empty(), "\n{differences}");
}

#[test]
fn every_format_stage_function_and_aggregate_is_in_its_table() {
    let text = fs::read_to_string(repository().join("README.md")).unwrap();
    let anew = with_lists(&text);
    assert!(anew == text, "the lists of functions and aggregates are out of date; MYTOOLS_BLESS=1 cargo test readme");
    for what in ["formats", "stages", "functions", "aggregates"] {
        for name in listed(what) {
            assert!(text.contains(&format!("`{name}`")) || text.contains(&format!("--{name}")), "{what}: {name}");
        }
    }
}

/// The cells of the rows below a table's head, without the quotes of code. `\|` in code is a bar.
fn rows(text: &str, head: &str) -> Vec<Vec<String>> {
    let rows = text.lines().skip_while(|line| *line != head).skip(2).take_while(|line| line.starts_with('|'));
    let cell = |cell: &str| cell.trim().trim_matches('`').replace('\u{0}', "|");
    let cells = |line: &str| line.replace("\\|", "\u{0}").trim_matches('|').split('|').map(cell).collect();
    rows.map(cells).collect()
}

/// A command of a shell in a directory that is also its home, with our program in front of the path.
#[cfg(unix)]
fn in_shell(dir: &Path, home: &Path, words: &[&str]) -> Command {
    let bin = Path::new(MYTOOLS).parent().unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default());
    let mut command = Command::new(words[0]);
    command
        .args(&words[1..])
        .current_dir(dir)
        .env("PATH", path)
        .env("NO_COLOR", "1")
        .stdin(std::process::Stdio::null());
    command.env("HOME", home).env_remove("XDG_CONFIG_HOME").env_remove("ZDOTDIR").env("TERM", "dumb");
    command
}

#[test]
#[cfg(unix)]
fn what_others_type_has_its_counterpart() {
    let text = fs::read_to_string(repository().join("README.md")).unwrap();
    let rows = rows(&text, "| from | there | here |");
    assert!(rows.len() > 10, "{rows:?}");
    let dir = Dir::new();
    copy(&repository().join("tests/data"), dir.path());
    let run = |command: &str| {
        let output = in_shell(dir.path(), dir.path(), &["sh", "-c", command]).output().unwrap();
        (String::from_utf8_lossy(&output.stdout).into_owned(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    for row in rows {
        let [from, there, here] = row.as_slice() else { panic!("{row:?}") };
        let here = here.split('`').next().unwrap();
        let (printed, said) = run(here);
        assert!(!printed.is_empty() && said.is_empty(), "{here}: {printed}{said}");
        if let (Some(rg), "ripgrep") = (std::env::var_os("RG"), from.as_str()) {
            let there = there.replacen("rg ", &format!("{} --sort path ", rg.to_string_lossy()), 1);
            assert_eq!(run(&there).0, printed, "{there}");
        }
    }
}

#[test]
#[cfg(unix)]
fn one_line_gives_a_new_home_its_completion() {
    let text = fs::read_to_string(repository().join("README.md")).unwrap();
    let bash = "COMP_LINE='mytools proc'; COMP_POINT=12; compopt() { :; }; _mytools mytools; echo \"${COMPREPLY[@]}\"";
    let checks: [(&str, &[&str], &str); 3] = [
        ("bash", &["bash", "-i", "-c", bash], "process"),
        ("zsh", &["zsh", "-i", "-c", "print $_comps[mytools]"], "_mytools"),
        ("fish", &["fish", "-c", "complete -C 'mytools proc'"], "process"),
    ];
    let lines = rows(&text, "| shell | line |");
    for (shell, check, expected) in checks {
        let home = Dir::new();
        let line = lines.iter().find(|row| row[0] == shell).map(|row| row[1].clone()).unwrap();
        let Ok(installed) = in_shell(home.path(), home.path(), &[shell, "-c", &line]).output() else {
            crate::harness::skip(shell);
            continue;
        };
        assert!(installed.status.success(), "{line}: {}", String::from_utf8_lossy(&installed.stderr));
        let output = in_shell(home.path(), home.path(), check).output().unwrap();
        let printed = String::from_utf8_lossy(&output.stdout);
        assert!(printed.starts_with(expected), "{shell}: {printed} {}", String::from_utf8_lossy(&output.stderr));
    }
}
