//! Runs the binary: a builder for one run, and directories to run it in.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// The binary under test.
pub(crate) const MYTOOLS: &str = env!("CARGO_BIN_EXE_mytools");

/// The top of the repository.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file of `tests/data`.
pub(crate) fn data(name: &str) -> PathBuf {
    repository().join("tests/data").join(name)
}

/// A directory of its own for a test, gone when the test is.
pub(crate) struct Dir(TempDir);

impl Dir {
    /// An empty one.
    pub(crate) fn new() -> Self {
        Self(TempDir::with_prefix("mytools-test-").unwrap())
    }

    /// Adds a file, with the directories above it.
    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> &Self {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self
    }

    /// Its path.
    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }
}

/// One run of the binary.
pub(crate) struct Run {
    command: Command,
    stdin: Option<Vec<u8>>,
    stdin_file: Option<fs::File>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// Exit code.
    pub(crate) code: i32,
    /// Standard output.
    pub(crate) stdout: Vec<u8>,
    /// Standard error.
    pub(crate) stderr: Vec<u8>,
}

impl Outcome {
    /// Standard output as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// Standard error as text.
    pub(crate) fn errors(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }
}

/// Starts describing a run with these arguments. Standard input is empty, and of the environment only what the system
/// needs is passed on.
pub(crate) fn mytools<A: AsRef<std::ffi::OsStr>>(args: impl IntoIterator<Item = A>) -> Run {
    let mut command = Command::new(MYTOOLS);
    command.args(args).env_clear();
    for name in ["PATH", "SYSTEMROOT", "LLVM_PROFILE_FILE"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    Run { command, stdin: None, stdin_file: None }
}

impl Run {
    /// Adds arguments.
    pub(crate) fn args(mut self, args: &[&str]) -> Self {
        self.command.args(args);
        self
    }

    /// Runs in this directory.
    pub(crate) fn dir(mut self, dir: &Path) -> Self {
        self.command.current_dir(dir);
        self
    }

    /// Feeds these bytes through a pipe.
    pub(crate) fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = Some(bytes.into());
        self
    }

    /// Has this file as its standard input.
    pub(crate) fn stdin_file(mut self, path: &Path) -> Self {
        self.stdin_file = Some(fs::File::open(path).unwrap());
        self
    }

    /// Sets a variable.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs it to its end.
    pub(crate) fn run(mut self) -> Outcome {
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let stdin = match self.stdin_file.take() {
            Some(file) => file.into(),
            None if self.stdin.is_some() => Stdio::piped(),
            None => Stdio::null(),
        };
        let mut child = self.command.stdin(stdin).spawn().unwrap();
        let feeder = child.stdin.take().zip(self.stdin).map(|(mut pipe, bytes)| {
            // A run that stops reading early closes the pipe; that is its right.
            std::thread::spawn(move || drop(pipe.write_all(&bytes)))
        });
        let output = child.wait_with_output().unwrap();
        if let Some(feeder) = feeder {
            feeder.join().unwrap();
        }
        Outcome { code: output.status.code().unwrap_or(-1), stdout: output.stdout, stderr: output.stderr }
    }

    /// Runs it and expects success without a word on standard error.
    pub(crate) fn ok(self) -> String {
        let outcome = self.run();
        assert_eq!((outcome.code, outcome.errors().as_str()), (0, ""), "stdout: {}", outcome.text());
        outcome.text()
    }
}

/// The binary where signals end it, whatever the tests were started with: what a shell runs in the background ignores
/// SIGINT, and so would all that is started from there.
#[cfg(unix)]
pub(crate) fn interruptible() -> Command {
    let mut command = Command::new("env");
    command.args(["--default-signal=INT,TERM", MYTOOLS]);
    command
}

/// Says that a check was left out because something is not installed. Where `CI` is set that is a failure.
pub(crate) fn skip(what: &str) {
    assert!(std::env::var_os("CI").is_none(), "{what} is missing, and CI must have it");
    eprintln!("skipped: {what} is not installed");
}
