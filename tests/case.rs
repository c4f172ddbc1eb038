//! The format of case files: one or more cases, each a command line with files, and what it must print.
//!
//! ```text
//! # What this is about.
//! case: keeps a number as written
//! args: process a.csv -f jsonl
//! file a.csv:
//! | x
//! | 1.10
//! stdout:
//! | {"x":1.10}
//! stderr:
//! code: 0
//! ```
//!
//! A body line `| text` stands for `text` and a newline; `> text` stands for `text` alone, with the escapes `\n`, `\r`,
//! `\t`, `\0`, `\\` and `\xNN`. `args` takes quotes as a shell does; `env NAME: VALUE` sets a variable. What is left out is
//! empty or 0. A section `after NAME:` says what a file holds after the run, where it was changed. A section `stderr contains:` lists stretches that must occur in the order given.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use crate::harness::{Dir, Outcome, Run, mytools, repository};

/// A case as written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Case {
    /// The file it is in.
    pub(crate) path: PathBuf,
    /// Comment lines before it, as they are.
    pub(crate) comments: Vec<String>,
    /// Its name.
    pub(crate) name: String,
    /// The command line as written, without the program.
    pub(crate) args: String,
    /// Variables.
    pub(crate) env: Vec<(String, String)>,
    /// Files by name.
    pub(crate) files: Vec<(String, Vec<u8>)>,
    /// What files hold after the run, where it changes them.
    pub(crate) after: Vec<(String, Vec<u8>)>,
    /// Standard input; a closed one where none.
    pub(crate) stdin: Option<Vec<u8>>,
    /// Expected standard output.
    pub(crate) stdout: Vec<u8>,
    /// Expected standard error.
    pub(crate) stderr: Vec<u8>,
    /// Whether `stderr` lists stretches instead of the whole text.
    pub(crate) stderr_contains: bool,
    /// Expected exit code.
    pub(crate) code: i32,
}

impl Case {
    /// The directory with its files.
    pub(crate) fn dir(&self) -> Dir {
        let dir = Dir::new();
        for (name, bytes) in &self.files {
            dir.file(name, bytes);
        }
        dir
    }

    /// Its run, in that directory, with further arguments in front of its own.
    pub(crate) fn run(&self, dir: &Dir, more: &[&str]) -> Run {
        let mut args = split(&self.args);
        for arg in more.iter().rev() {
            args.insert(1.min(args.len()), (*arg).to_string());
        }
        let run = mytools(args).dir(dir.path());
        let run = self.env.iter().fold(run, |run, (name, value)| run.env(name, value));
        match &self.stdin {
            Some(bytes) => run.stdin(bytes.clone()),
            None => run,
        }
    }

    /// What differs between the outcome and what is expected; none where nothing does.
    pub(crate) fn differs(&self, outcome: &Outcome) -> Option<String> {
        let stderr_fits = if self.stderr_contains {
            contains_in_order(&outcome.errors(), &self.stderr)
        } else {
            outcome.stderr == self.stderr
        };
        if outcome.code == self.code && outcome.stdout == self.stdout && stderr_fits {
            return None;
        }
        let mut report = format!("{}: {}\n  mytools {}\n", self.path.display(), self.name, self.args);
        if outcome.code != self.code {
            let _ = writeln!(report, "  code {} instead of {}", outcome.code, self.code);
        }
        for (what, expected, found, fits) in [
            ("stdout", &self.stdout, &outcome.stdout, outcome.stdout == self.stdout),
            ("stderr", &self.stderr, &outcome.stderr, stderr_fits),
        ] {
            if !fits {
                let _ = write!(report, "  {what} expected:\n{}  {what} found:\n{}", body(expected), body(found));
            }
        }
        Some(report)
    }

    /// Which files the run left otherwise than it should; none where all are right.
    pub(crate) fn leaves(&self, dir: &Dir) -> Option<String> {
        let left = self.after.iter().find_map(|(name, expected)| {
            let found = fs::read(dir.path().join(name)).unwrap_or_default();
            (found != *expected)
                .then(|| format!("  {name} expected:\n{}  {name} found:\n{}", body(expected), body(&found)))
        });
        left.map(|report| format!("{}: {}\n  mytools {}\n{report}", self.path.display(), self.name, self.args))
    }

    /// The case as text, with the outcome in place of what was expected.
    pub(crate) fn blessed(&self, outcome: Option<&Outcome>) -> String {
        let (stdout, stderr, code) = match outcome {
            Some(outcome) => (&outcome.stdout, &outcome.stderr, outcome.code),
            None => (&self.stdout, &self.stderr, self.code),
        };
        let mut text = String::new();
        for comment in &self.comments {
            let _ = writeln!(text, "{comment}");
        }
        let _ = writeln!(text, "case: {}\nargs: {}", self.name, self.args);
        for (name, value) in &self.env {
            let _ = writeln!(text, "env {name}: {value}");
        }
        for (name, bytes) in &self.files {
            let _ = write!(text, "file {name}:\n{}", body(bytes));
        }
        for (name, bytes) in &self.after {
            let _ = write!(text, "after {name}:\n{}", body(bytes));
        }
        if let Some(bytes) = &self.stdin {
            let _ = write!(text, "stdin:\n{}", body(bytes));
        }
        if !stdout.is_empty() {
            let _ = write!(text, "stdout:\n{}", body(stdout));
        }
        if self.stderr_contains {
            let _ = write!(text, "stderr contains:\n{}", body(&self.stderr));
        } else if !stderr.is_empty() {
            let _ = write!(text, "stderr:\n{}", body(stderr));
        }
        if code != 0 {
            let _ = writeln!(text, "code: {code}");
        }
        text
    }
}

fn contains_in_order(text: &str, stretches: &[u8]) -> bool {
    let mut rest = text;
    String::from_utf8_lossy(stretches).lines().all(|stretch| match rest.find(stretch) {
        Some(at) => {
            rest = &rest[at + stretch.len()..];
            true
        }
        None => false,
    })
}

/// All cases below `tests/cases/PART`, by path.
pub(crate) fn all(part: &str) -> Vec<Case> {
    let mut paths = Vec::new();
    collect(&repository().join("tests/cases").join(part), &mut paths);
    paths.sort();
    paths.iter().flat_map(|path| parse(path)).collect()
}

/// Those of them whose path or name holds `MYTOOLS_CASE`; all where it is not set.
pub(crate) fn wanted(part: &str) -> Vec<Case> {
    let mut cases = all(part);
    if let Ok(wanted) = std::env::var("MYTOOLS_CASE") {
        cases.retain(|case| case.path.display().to_string().contains(&wanted) || case.name.contains(&wanted));
    }
    cases
}

fn collect(dir: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap_or_else(|error| panic!("{}: {error}", dir.display())) {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, paths);
        } else {
            paths.push(path);
        }
    }
}

/// Which section the lines belong to.
enum Section {
    None,
    File,
    After,
    Stdin,
    Stdout,
    Stderr,
}

fn parse(path: &Path) -> Vec<Case> {
    let text = fs::read_to_string(path).unwrap();
    let mut cases: Vec<Case> = Vec::new();
    let mut comments = Vec::new();
    let mut section = Section::None;
    for (number, line) in text.lines().enumerate() {
        let fail = |what: &str| -> ! { panic!("{}:{}: {what}: {line}", path.display(), number + 1) };
        if line.is_empty() || line.starts_with('#') {
            comments.push(line.to_string());
            section = Section::None;
            continue;
        }
        if let Some(name) = line.strip_prefix("case: ") {
            let comments = std::mem::take(&mut comments);
            let name = name.to_string();
            cases.push(Case { path: path.to_path_buf(), comments, name, ..Case::default() });
            section = Section::None;
            continue;
        }
        let Some(case) = cases.last_mut() else { fail("no case yet") };
        if line.starts_with(['|', '>']) {
            let bytes = match section {
                Section::None => fail("no section for this line"),
                Section::File => &mut case.files.last_mut().unwrap().1,
                Section::After => &mut case.after.last_mut().unwrap().1,
                Section::Stdin => case.stdin.as_mut().unwrap(),
                Section::Stdout => &mut case.stdout,
                Section::Stderr => &mut case.stderr,
            };
            body_line(line, bytes);
            continue;
        }
        section = Section::None;
        let (key, value) = line.split_once(':').unwrap_or_else(|| fail("not a section"));
        match (key, value.trim()) {
            ("args", args) => case.args = args.to_string(),
            ("code", code) => case.code = code.parse().unwrap_or_else(|_| fail("not a number")),
            ("stdin", "") => (section, case.stdin) = (Section::Stdin, Some(Vec::new())),
            ("stdout", "") => section = Section::Stdout,
            ("stderr", "") => section = Section::Stderr,
            ("stderr contains", "") => (section, case.stderr_contains) = (Section::Stderr, true),
            (key, value) => match key.split_once(' ') {
                Some(("env", name)) => case.env.push((name.to_string(), value.to_string())),
                Some(("file", name)) if value.is_empty() => {
                    case.files.push((name.to_string(), Vec::new()));
                    section = Section::File;
                }
                Some(("after", name)) if value.is_empty() => {
                    case.after.push((name.to_string(), Vec::new()));
                    section = Section::After;
                }
                _ => fail("unknown section"),
            },
        }
    }
    cases
}

fn body_line(line: &str, bytes: &mut Vec<u8>) {
    let text = line.get(2..).unwrap_or_default();
    if line.starts_with('|') {
        bytes.extend_from_slice(text.as_bytes());
        bytes.push(b'\n');
        return;
    }
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        let (&escape, tail) = rest.split_first().expect("something follows the backslash");
        rest = tail;
        bytes.push(match escape {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'0' => 0,
            b'x' => {
                let digits = std::str::from_utf8(&rest[..2]).unwrap();
                rest = &rest[2..];
                u8::from_str_radix(digits, 16).unwrap()
            }
            other => other,
        });
    }
}

/// Bytes as body lines.
fn body(bytes: &[u8]) -> String {
    let mut text = String::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let whole = line.strip_suffix(b"\n");
        let printable = |line: &[u8]| !line.iter().any(|byte| *byte < b' ' && *byte != b'\t');
        match whole.map(std::str::from_utf8) {
            Some(Ok("")) => text.push_str("|\n"),
            Some(Ok(line)) if printable(line.as_bytes()) && !line.ends_with(' ') => {
                let _ = writeln!(text, "| {line}");
            }
            _ => {
                let _ = writeln!(text, "> {}", escape(line));
            }
        }
    }
    text
}

fn escape(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '\n' => text.push_str("\\n"),
                '\r' => text.push_str("\\r"),
                '\t' => text.push_str("\\t"),
                '\\' => text.push_str("\\\\"),
                other if (other as u32) < 32 => {
                    let _ = write!(text, "\\x{:02X}", other as u32);
                }
                other => text.push(other),
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02X}");
        }
    }
    text
}

/// Splits a command line as a shell does: spaces, both kinds of quotes, backslash outside single quotes.
pub(crate) fn split(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        match (quote, character) {
            (None, ' ') => words.extend(word.take()),
            (None, '\'' | '"') => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (Some(open), close) if open == close => quote = None,
            (None, '\\') => word.get_or_insert_default().extend(characters.next()),
            (Some('"'), '\\') => {
                let next = characters.next().unwrap_or('\\');
                let word = word.get_or_insert_default();
                // Between double quotes a backslash stands for itself before most characters.
                word.extend((!matches!(next, '"' | '\\' | '$' | '`')).then_some('\\'));
                word.push(next);
            }
            (_, character) => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    words
}

/// Every file with cases, whole, for rewriting.
pub(crate) fn by_file(cases: Vec<Case>) -> Vec<(PathBuf, Vec<Case>)> {
    let mut files: Vec<(PathBuf, Vec<Case>)> = Vec::new();
    for case in cases {
        match files.last_mut() {
            Some((path, cases)) if *path == case.path => cases.push(case),
            _ => files.push((case.path.clone(), vec![case])),
        }
    }
    files
}

#[test]
fn splits_as_a_shell_does() {
    assert_eq!(split(r#"p 'a b' "c'd" e\ f ''"#), ["p", "a b", "c'd", "e f", ""]);
    assert_eq!(split(r#""\d\"" '\d'"#), [r#"\d""#, r"\d"]);
}

#[test]
fn bodies_come_back_as_they_were() {
    for bytes in [&b"a\r\nb"[..], b"\xEF\xBB\xBFx\n\n", b"trailing \n", b"\xFF\\n\0\n", b""] {
        let mut back = Vec::new();
        body(bytes).lines().for_each(|line| body_line(line, &mut back));
        assert_eq!(back, bytes);
    }
}
