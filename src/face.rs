//! The library's own face: the two commands as values, for Rust programs. The command line does not use it; both stand
//! on the same plans.

use std::fmt;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use crate::core::diagnostics::{Diagnostics, Mode, Settings};
use crate::core::error::Error;
use crate::core::output::writer::Writer;
use crate::process::plan::{self, Request};
use crate::process::stage::Written;
use crate::search;
use crate::search::config::Config;
use crate::search::plan::Plan;

/// A pipeline of `mytools process`: inputs, stages in written order, a format.
///
/// ```
/// # fn main() -> Result<(), mytools::Failure> {
/// let report = mytools::Process::new(["tests/data/events.csv"])
///     .stage("where", "status >= 500")
///     .stage("group-by", "region")
///     .with("agg", "n = count")
///     .stage("sort", "n:desc")
///     .format("csv")
///     .run()?;
/// assert!(report.output.starts_with(b"region,n\n"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Process {
    request: Request,
}

impl Process {
    /// Reads these files, directories and globs, in order.
    pub fn new<S: Into<String>>(inputs: impl IntoIterator<Item = S>) -> Self {
        let inputs = inputs.into_iter().map(|input| input.into().into()).collect();
        Self { request: Request { inputs, threads: all_cores(), ..Request::default() } }
    }

    /// Adds a stage: the long flag of the command line without its dashes, and its value.
    #[must_use]
    pub fn stage(mut self, flag: &str, value: &str) -> Self {
        self.request.stages.push(Written { flag: flag.into(), value: value.into(), attached: Vec::new(), odd: None });
        self
    }

    /// Adds a flag that belongs to the last stage, as `agg` belongs to `group-by`.
    #[must_use]
    pub fn with(mut self, flag: &str, value: &str) -> Self {
        match self.request.stages.last_mut() {
            Some(stage) => {
                stage.attached.push((flag.into(), value.into()));
                self
            }
            None => self.stage(flag, value),
        }
    }

    /// Reads all inputs in this format, whatever their names and contents say.
    #[must_use]
    pub fn from(mut self, format: &str) -> Self {
        self.request.from = Some(format.into());
        self
    }

    /// Writes this format; JSON where none is named.
    #[must_use]
    pub fn format(mut self, format: &str) -> Self {
        self.request.format = Some(format.into());
        self
    }

    /// Uses this many threads; one per core where none is named. The output is the same for any number.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.request.threads = threads.max(1);
        self
    }

    /// Runs the pipeline and returns its output.
    ///
    /// # Errors
    /// Fails where nothing could be run: an unknown stage, column or format, or an expression that does not parse.
    /// Problems with single inputs are in the report.
    pub fn run(&self) -> Result<Report, Failure> {
        let mut writer = Writer::memory();
        let (outcome, problems) = self.write(&mut writer);
        outcome.map(|records| Report { output: writer.into_bytes(), matched: records > 0, problems })
    }

    /// Runs the pipeline and writes its output to a file, which appears whole or not at all.
    ///
    /// # Errors
    /// As [`Process::run`], and where the file cannot be written.
    pub fn write_to(&self, path: impl Into<PathBuf>) -> Result<Report, Failure> {
        let mut writer = Writer::create(&path.into()).map_err(Failure::from)?;
        let (outcome, problems) = self.write(&mut writer);
        let records = outcome?;
        writer.finish().map_err(Failure::from)?;
        Ok(Report { output: Vec::new(), matched: records > 0, problems })
    }

    fn write(&self, writer: &mut Writer) -> (Result<u64, Failure>, Vec<String>) {
        let messages = Messages::default();
        let diagnostics = messages.diagnostics();
        let outcome = plan::run(&self.request, writer, &diagnostics);
        diagnostics.finish();
        (outcome.map(|outcome| outcome.records).map_err(Failure::from), messages.lines())
    }
}

/// A search of `mytools search`: patterns, places, and how to print what is found.
///
/// ```
/// # fn main() -> Result<(), mytools::Failure> {
/// let found = mytools::Search::new("status=5\\d\\d|timed out").path("tests/data").line_numbers().run()?;
/// assert!(found.output.starts_with(b"tests/data/access.log:"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Search {
    config: Config,
}

impl Search {
    /// Looks for lines that match this regular expression.
    pub fn new(pattern: &str) -> Self {
        Self { config: Config { patterns: vec![pattern.into()], threads: all_cores(), ..Config::default() } }
    }

    /// Looks for lines that match this one as well.
    #[must_use]
    pub fn or(mut self, pattern: &str) -> Self {
        self.config.patterns.push(pattern.into());
        self
    }

    /// Takes the patterns as plain text.
    #[must_use]
    pub fn fixed(mut self) -> Self {
        self.config.fixed = true;
        self
    }

    /// Searches this file or below this directory; the working directory where none is named.
    #[must_use]
    pub fn path(mut self, path: impl Into<PathBuf>) -> Self {
        self.config.select.roots.push(path.into());
        self
    }

    /// Prints the number of each line.
    #[must_use]
    pub fn line_numbers(mut self) -> Self {
        self.config.line_number = Some(true);
        self
    }

    /// Prints one record per match in this format instead of lines.
    #[must_use]
    pub fn format(mut self, format: &str) -> Self {
        self.config.format = Some(format.into());
        self
    }

    /// Uses this many threads; one per core where none is named. The output is the same for any number.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.config.threads = threads.max(1);
        self
    }

    /// Runs the search and returns its output; `matched` says whether there was anything.
    ///
    /// # Errors
    /// Fails where nothing could be searched: a pattern that does not parse, a format nobody knows. Problems with
    /// single files are in the report.
    pub fn run(&self) -> Result<Report, Failure> {
        let messages = Messages::default();
        let diagnostics = messages.diagnostics();
        let mut writer = Writer::memory();
        let plan = Plan::new(self.config.clone())?;
        let outcome = search::run(&plan, &mut writer, &diagnostics)?;
        diagnostics.finish();
        Ok(Report { output: writer.into_bytes(), matched: outcome.matched, problems: messages.lines() })
    }
}

/// What came of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The output, in bytes.
    pub output: Vec<u8>,
    /// Whether any record or line came out.
    pub matched: bool,
    /// What went wrong on the way, one message each.
    pub problems: Vec<String>,
}

/// Why nothing came of a run: one message that names the thing and the fix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    message: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { message: error.to_string() }
    }
}

/// Collects messages in memory.
#[derive(Debug, Clone, Default)]
struct Messages {
    text: Arc<Mutex<Vec<u8>>>,
}

impl Messages {
    fn diagnostics(&self) -> Diagnostics {
        let settings = Settings { mode: Mode::Text, ..Settings::default() };
        Diagnostics::new(Box::new(self.clone()), settings)
    }

    fn lines(&self) -> Vec<String> {
        let text = self.text.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&text).lines().map(ToString::to_string).collect()
    }
}

impl Write for Messages {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.text.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn all_cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::Process;
    use crate::core::format::FORMATS;
    use crate::core::format::losses::LOSSES;

    #[test]
    fn what_is_lost_between_formats_is_what_the_table_says() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("input");
        for loss in LOSSES {
            std::fs::write(&path, loss.input).unwrap();
            let (from, to) = (loss.from[0], loss.to[0]);
            let mut process = Process::new([path.display().to_string()]).from(from).format(to);
            process.request.write.escape_formulas = loss.flag == Some("--escape-formulas");
            let report = process.run().unwrap();
            assert_eq!(String::from_utf8(report.output).unwrap(), loss.output, "{from} to {to}: {}", loss.what);
        }
    }

    #[test]
    fn formats_write_what_their_examples_show() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("records.json");
        let mut shown = 0;
        for row in FORMATS.iter().filter(|row| row.item.encoder.is_some()) {
            for example in row.examples.iter().filter(|example| example.input.starts_with('[')) {
                std::fs::write(&path, example.input).unwrap();
                let report = Process::new([path.display().to_string()]).format(row.name).run().unwrap();
                assert_eq!(String::from_utf8(report.output).unwrap(), example.output, "{}", row.name);
                shown += 1;
            }
        }
        assert!(shown > 5, "{shown}");
    }
}
