//! `--pre`: a command whose output is searched instead of a file.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread::JoinHandle;

use ignore::overrides::Override;

use crate::core::error::{Code, Problem, Result, plain_io_message};
use crate::core::input::globs::{Globs, overrides};
use crate::search::config::Preprocess;

/// Most bytes of what a command says on its standard error that are told.
const TOLD: u64 = 4 << 10;

/// The command, and the files it is for.
#[derive(Debug)]
pub(crate) struct Preprocessor {
    command: PathBuf,
    globs: Override,
}

impl Preprocessor {
    /// The preprocessor of the command line. Fails where a glob is wrong.
    pub(crate) fn new(asked: &Preprocess) -> Result<Self> {
        let globs = Globs { exact: asked.globs.clone(), ..Globs::default() };
        let working_directory = std::env::current_dir().unwrap_or_default();
        Ok(Self { command: asked.command.clone(), globs: overrides(&globs, &working_directory)? })
    }

    /// Whether it is for this file.
    pub(crate) fn wants(&self, path: &Path) -> bool {
        !self.globs.matched(path, false).is_ignore()
    }

    /// Starts the command on a file; its output is the stream.
    pub(crate) fn run(&self, path: &Path) -> Result<Box<dyn Read + Send>, Problem> {
        let name = path.display().to_string();
        let file = File::open(path).map_err(|error| Problem::io(name.clone(), &error))?;
        let child = Command::new(&self.command)
            .arg(path)
            .stdin(Stdio::from(file))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut child = child.map_err(|error| {
            let command = self.command.display();
            let message = format!("cannot run the command '{command}' of --pre: {}", plain_io_message(&error));
            Problem::new(Code::Io, message).at_path(name)
        })?;
        let output = child.stdout.take();
        let messages = child.stderr.take().map(|mut errors| {
            // Whoever waits to write a message would never end.
            std::thread::spawn(move || {
                let mut told = Vec::new();
                let _ = (&mut errors).take(TOLD).read_to_end(&mut told);
                let _ = io::copy(&mut errors, &mut io::sink());
                told
            })
        });
        Ok(Box::new(Printed { command: self.command.clone(), child, output, messages }))
    }
}

/// What a command prints; it fails at the end where the command has failed.
struct Printed {
    command: PathBuf,
    child: Child,
    output: Option<ChildStdout>,
    messages: Option<JoinHandle<Vec<u8>>>,
}

impl Read for Printed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(output) = &mut self.output else { return Ok(0) };
        let read = output.read(buffer)?;
        if read > 0 || buffer.is_empty() {
            return Ok(read);
        }
        self.output = None;
        let status = self.child.wait()?;
        let messages = self.messages.take().and_then(|messages| messages.join().ok()).unwrap_or_default();
        if status.success() {
            return Ok(0);
        }
        let said: Vec<String> =
            String::from_utf8_lossy(&messages).lines().map(str::trim).map(ToString::to_string).collect();
        let said = if said.is_empty() { String::new() } else { format!(": {}", said.join("; ")) };
        Err(io::Error::other(format!("the command '{}' of --pre failed ({status}){said}", self.command.display())))
    }
}

impl Drop for Printed {
    /// A command whose output nobody wants any more is ended, and none is left behind.
    fn drop(&mut self) {
        if self.output.take().is_some() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}
