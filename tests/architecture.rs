//! Holds the sources to their own rules: imports go downward only, files and functions stay short, every file says what
//! it is, `unsafe` stays in its place.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use crate::harness::repository;

/// The floors outside `core`, lowest first.
const OUTER: &[&[&str]] = &[&["core"], &["search", "process"], &["cli"]];

/// The floors inside `core`, lowest first.
const CORE: &[&[&str]] = &[
    &["integer", "text"],
    &["error"],
    &["registry", "scan", "block"],
    &["terminal"],
    &["diagnostics", "exec"],
    &["pattern", "input", "output", "data"],
    &["format"],
];

/// Longest file and function, in lines, tests left out.
const FILE_LINES: usize = 500;
const FUNCTION_LINES: usize = 70;

struct Source {
    /// Below `src`, with `/`: `core/exec/ordered.rs`.
    name: String,
    /// The text before the unit tests.
    code: String,
}

impl Source {
    /// `["core", "exec", "ordered"]`; a `mod.rs` stands for its folder.
    fn module(&self) -> Vec<&str> {
        let path = self.name.trim_end_matches(".rs");
        path.trim_end_matches("/mod").split('/').collect()
    }
}

fn sources() -> Vec<Source> {
    let root = repository().join("src");
    let mut sources = Vec::new();
    collect(&root, &root, &mut sources);
    sources.sort_by(|a, b| a.name.cmp(&b.name));
    sources
}

fn collect(root: &Path, dir: &Path, sources: &mut Vec<Source>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("\n#[cfg(test)]\n").next().unwrap_or_default().to_string();
            let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            // Test modules in files of their own are tests like those at the end of a file.
            if !name.ends_with("/tests.rs") && !name.ends_with("/testing.rs") {
                sources.push(Source { name, code });
            }
        }
    }
}

/// Every module that a source names after `crate::`, with `{a, b}` lists taken apart.
fn imports(code: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let path: String = rest.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | ':')).collect();
        let parts: Vec<String> = path.split("::").filter(|part| !part.is_empty()).map(ToString::to_string).collect();
        match rest[path.len()..].strip_prefix('{') {
            Some(list) if path.ends_with("::") => {
                let list = list.split('}').next().unwrap_or_default();
                for item in list.split(',').map(str::trim).filter(|item| !item.is_empty()) {
                    let item = item.split("::").next().unwrap_or_default();
                    found.push(parts.iter().cloned().chain([item.to_string()]).collect());
                }
            }
            _ => found.push(parts),
        }
    }
    found
}

fn floor(floors: &[&[&str]], name: &str) -> Option<usize> {
    floors.iter().position(|floor| floor.contains(&name))
}

/// Why `from` may not import `to`; none where it may.
fn offence(from: &[&str], to: &[String]) -> Option<&'static str> {
    let at = |path: &[String], index: usize| path.get(index).cloned().unwrap_or_default();
    let part = |index: usize| from.get(index).copied().unwrap_or_default();
    let (outer_from, outer_to) = (floor(OUTER, part(0)), floor(OUTER, &at(to, 0)));
    if let (Some(above), Some(below)) = (outer_from, outer_to)
        && part(0) != at(to, 0)
    {
        return (below >= above).then_some("upward or sideways");
    }
    match (part(0), at(to, 0).as_str()) {
        ("core", "core") if part(1) != at(to, 1) => match (floor(CORE, part(1)), floor(CORE, &at(to, 1))) {
            (Some(above), Some(below)) => (below >= above).then_some("upward or sideways inside core"),
            _ => Some("a part of core without a floor"),
        },
        ("process", "process") => {
            let rank = |name: &str| match name {
                "expr" | "aggregate" => 0,
                "stage" => 1,
                _ => 2,
            };
            let (above, below) = (part(1), at(to, 1));
            let sideways = rank(above) < 2 && rank(&below) >= rank(above);
            (above != below && sideways).then_some("upward or sideways inside process")
        }
        _ => None,
    }
}

#[test]
fn imports_go_downward() {
    let mut offences = String::new();
    for source in sources() {
        let module = source.module();
        for import in imports(&source.code) {
            if let Some(offence) = offence(&module, &import) {
                let _ = writeln!(offences, "{}: crate::{}: {offence}", source.name, import.join("::"));
            }
        }
    }
    assert!(offences.is_empty(), "\n{offences}");
}

#[test]
fn files_are_short_and_say_what_they_are() {
    let mut offences = String::new();
    for source in sources() {
        let lines = source.code.lines().count();
        if lines > FILE_LINES {
            let _ = writeln!(offences, "{}: {lines} lines before its tests", source.name);
        }
        if !source.code.starts_with("//! ") {
            let _ = writeln!(offences, "{}: no `//!` at the top", source.name);
        }
    }
    assert!(offences.is_empty(), "\n{offences}");
}

#[test]
fn functions_are_short() {
    let mut offences = String::new();
    for source in sources() {
        let lines: Vec<&str> = source.code.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let indent = line.len() - line.trim_start().len();
            let starts = ["fn ", "pub fn ", "pub(crate) fn ", "const fn ", "unsafe fn ", "pub(crate) unsafe fn "];
            if !starts.iter().any(|start| line.trim_start().starts_with(start)) {
                continue;
            }
            let close = format!("{}}}", " ".repeat(indent));
            let length = lines[at..].iter().position(|line| *line == close || line.ends_with(';')).unwrap_or(0);
            let body = lines[at..].iter().position(|line| *line == close).unwrap_or(0);
            let is_declaration = length < body && !lines[at..=at + length].iter().any(|line| line.ends_with('{'));
            if !is_declaration && body + 1 > FUNCTION_LINES {
                let _ = writeln!(offences, "{}:{}: {} lines: {}", source.name, at + 1, body + 1, line.trim());
            }
        }
    }
    assert!(offences.is_empty(), "\n{offences}");
}

#[test]
fn unsafe_stays_in_scan() {
    for source in sources() {
        let unsafe_code = source.code.lines().filter(|line| !line.trim_start().starts_with("//"));
        let found = unsafe_code.filter(|line| line.contains("unsafe {") || line.contains("unsafe fn")).count();
        assert!(found == 0 || source.name.starts_with("core/scan/"), "{} has unsafe code", source.name);
    }
}

#[test]
fn the_top_level_is_the_agreed_one() {
    let agreed = ["Cargo.toml", "Cargo.lock", "src", "tests", "completions", "README.md", "target"];
    for entry in fs::read_dir(repository()).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        assert!(name.starts_with('.') || agreed.contains(&name.as_str()), "{name} at the top level");
    }
}

#[test]
fn offences_are_seen() {
    let owned = |path: &[&str]| path.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert!(offence(&["core", "data", "cell"], &owned(&["core", "format"])).is_some());
    assert!(offence(&["core", "data"], &owned(&["core", "input", "open"])).is_some());
    assert!(offence(&["core", "format"], &owned(&["core", "data"])).is_none());
    assert!(offence(&["search"], &owned(&["process", "plan"])).is_some());
    assert!(offence(&["process", "expr"], &owned(&["process", "aggregate"])).is_some());
    assert!(offence(&["process", "stage", "sort"], &owned(&["process", "expr", "ast"])).is_none());
    assert!(offence(&["core", "error"], &owned(&["cli"])).is_some());
    assert_eq!(imports("use crate::core::{data, format::Encoder};").len(), 2);
}
