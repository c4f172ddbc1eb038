//! One comparison: both programs over the same tree with the same arguments.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::trees::Tree;
use crate::harness::{Outcome, mytools, repository};

/// What is on standard input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stdin {
    /// Nothing that could be searched.
    Null,
    /// The bytes of a file of the tree, through a pipe.
    Pipe(String),
    /// That file itself.
    File(String),
}

/// A combination of everything.
#[derive(Debug, Clone)]
pub(super) struct Round {
    pub(super) number: u64,
    /// Which tree.
    pub(super) tree: usize,
    /// The working directory, below its root.
    pub(super) directory: String,
    /// Flags and patterns, each in one argument.
    pub(super) flags: Vec<String>,
    /// What to search.
    pub(super) paths: Vec<String>,
    pub(super) stdin: Stdin,
    pub(super) threads: &'static str,
    /// Bytes in a block; empty for those of the program.
    pub(super) block: &'static str,
}

/// The real ripgrep 15.2, if it is there.
pub(in crate::differential) fn ripgrep() -> Option<PathBuf> {
    let named = std::env::var_os("RG").map(PathBuf::from);
    let local = repository().join("target/peers/bin/rg");
    let candidates = named.into_iter().chain([local, PathBuf::from("rg")]);
    candidates.into_iter().find(|path| {
        let version = Command::new(path).arg("--version").output();
        version.is_ok_and(|output| output.stdout.starts_with(b"ripgrep 15.2"))
    })
}

/// Runs it in path order, with nothing on standard input.
pub(in crate::differential) fn run_ripgrep(rg: &Path, dir: &Path, args: &[String]) -> Outcome {
    let mut command = Command::new(rg);
    command.args(["--no-config", "--sort", "path"]).args(args).current_dir(dir).stdin(Stdio::null());
    outcome(command)
}

fn outcome(mut command: Command) -> Outcome {
    let output = command.output().unwrap();
    Outcome { code: output.status.code().unwrap_or(-1), stdout: output.stdout, stderr: output.stderr }
}

impl Round {
    fn args(&self) -> Vec<&str> {
        let paths = self.paths.iter().map(String::as_str);
        self.flags.iter().map(String::as_str).chain(["--"]).chain(paths).collect()
    }

    /// Runs ripgrep, in path order unless the flags say otherwise.
    fn theirs(&self, rg: &Path, tree: &Tree) -> Outcome {
        let mut command = Command::new(rg);
        command
            .args(["--no-config", "--sort", "path"])
            .args(self.args())
            .current_dir(tree.root().join(&self.directory));
        command.env_clear().env("HOME", tree.home());
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        let open = |name: &String| File::open(tree.root().join(name)).unwrap();
        let stdin = match &self.stdin {
            Stdin::Null => Stdio::null(),
            Stdin::File(name) => open(name).into(),
            Stdin::Pipe(name) => {
                let (reader, mut writer) = std::io::pipe().unwrap();
                let mut file = open(name);
                // ripgrep may stop reading before the end.
                std::thread::spawn(move || std::io::copy(&mut file, &mut writer).ok());
                reader.into()
            }
        };
        command.stdin(stdin);
        outcome(command)
    }

    fn ours(&self, tree: &Tree) -> Outcome {
        let run = mytools(["search", "-j", self.threads]).args(&self.args());
        let run = run.dir(&tree.root().join(&self.directory)).env("HOME", tree.home());
        let run = if self.block.is_empty() { run } else { run.env("MYTOOLS_TEST_BLOCK", self.block) };
        match &self.stdin {
            Stdin::Null => run.run(),
            Stdin::File(name) => run.stdin_file(&tree.root().join(name)).run(),
            Stdin::Pipe(name) => run.stdin(std::fs::read(tree.root().join(name)).unwrap()).run(),
        }
    }

    /// How the two differ; none where they agree.
    pub(super) fn difference(&self, rg: &Path, tree: &Tree) -> Option<String> {
        let theirs = self.theirs(rg, tree);
        let ours = self.ours(tree);
        let (found, expected) = (timeless(&ours.stdout), timeless(&theirs.stdout));
        // ripgrep calls it a success that a file is left out as binary, and lists nothing.
        let listless = self.flags.iter().any(|flag| flag == "--files-without-match") && expected.is_empty();
        (found != expected || ours.code != theirs.code && !listless).then(|| {
            let ours_told = from_difference("ours   ", &ours, &found, &expected);
            let theirs_told = from_difference("ripgrep", &theirs, &expected, &found);
            format!("{ours_told}\n{theirs_told}")
        })
    }

    /// The same with everything left out that the difference does not need.
    pub(super) fn shrunk(&self, rg: &Path, tree: &Tree) -> Self {
        let mut best = self.clone();
        let mut attempt = |changed: Self| {
            let differs = changed.difference(rg, tree).is_some();
            if differs {
                best = changed;
            }
            differs
        };
        let mut current = self.clone();
        let plain = Self { threads: "1", block: "", ..current.clone() };
        if attempt(plain.clone()) {
            current = plain;
        }
        let mut at = 0;
        while at < current.flags.len() {
            let mut changed = current.clone();
            changed.flags.remove(at);
            // Without a pattern the first path would be one.
            let pattern = |flag: &String| flag.starts_with("--regexp");
            if changed.flags.iter().any(pattern) && attempt(changed.clone()) {
                current = changed;
            } else {
                at += 1;
            }
        }
        for name in &tree.names {
            let alone = Self { paths: vec![name.clone()], directory: String::new(), ..current.clone() };
            if !name.starts_with('.') && tree.root().join(name).is_file() && attempt(alone) {
                break;
            }
        }
        best
    }
}

/// The output without the times that JSON events and statistics tell.
fn timeless(stdout: &[u8]) -> String {
    let text: String = stdout.iter().map(|byte| char::from(*byte)).collect();
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find("\"elapsed") {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        rest = after.find('}').map_or("", |end| &after[end..]);
    }
    out.push_str(rest);
    // ripgrep counts what it prints without its colours, and we with ours.
    let colored = out.contains("\x1b[0m\x1b[");
    let differs = |line: &str| {
        line.ends_with(" seconds spent searching")
            || line.ends_with(" seconds total")
            || (colored && line.ends_with(" bytes printed"))
    };
    out.split_inclusive('\n').filter(|line| !differs(line.trim_end())).collect()
}

/// An output from a little before it differs from another.
fn from_difference(whose: &str, outcome: &Outcome, text: &str, other: &str) -> String {
    let same = text.chars().zip(other.chars()).take_while(|(left, right)| left == right).count();
    let shown: String = text.chars().skip(same.saturating_sub(80)).take(240).collect();
    let told: String = outcome.errors().chars().take(300).collect();
    format!("  {whose} {}: …{shown:?}… at {same} of {}\n          {told:?}", outcome.code, text.chars().count())
}
