//! Output in many files: one for each value of a column (`--split-by`), or for each so many records (`--split-rows`).
//!
//! Workers take batches apart and encode each part by itself; the drain puts the parts into the sinks of their files. The
//! files appear whole: those of values all together at the end, those of a number of records when they are full.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::core::data::batch::{Batch, Selection};
use crate::core::data::value::Value;
use crate::core::error::{Code, Error, Problem, Result};
use crate::core::exec::cancel::Cancel;
use crate::core::exec::relay::Relay;
use crate::core::integer::narrow;
use crate::core::output::naming::Naming;
use crate::core::output::writer::Writer;
use crate::process::sink::{Encoded, Encoding, Sink};

/// How output is split.
#[derive(Debug, Clone)]
pub(crate) enum Split {
    /// By the values of this column.
    By(String),
    /// After so many records.
    Rows(u64),
}

/// The part of the output that records belong to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Part {
    /// Those with this value; none is null.
    Value(Option<Vec<u8>>),
    /// Those of this file, from 1.
    Number(u64),
}

impl Split {
    /// Checks the name of the output files, which must have a place for what tells them apart.
    pub(crate) fn check(&self, output: Option<&Path>) -> Result<()> {
        let (flag, example) = match self {
            Self::By(_) => ("split-by", "out/{col}.csv"),
            Self::Rows(_) => ("split-rows", "out/{n}.csv"),
        };
        let Some(output) = output else {
            let problem = Problem::new(Code::Usage, format!("--{flag} writes files, which need a name"));
            return Err(problem.hint(format!("add -o '{example}'")).into());
        };
        let text = output.display().to_string();
        if self.places().iter().all(|place| !text.contains(place)) {
            let problem = Problem::new(Code::Usage, format!("--{flag} needs a place for what tells the files apart"));
            return Err(problem.at_path(text).hint(format!("write it as in -o '{example}'")).into());
        }
        if self.rows() == Some(0) {
            return Err(Problem::new(Code::Usage, "--split-rows needs at least one record for each file").into());
        }
        Ok(())
    }

    fn rows(&self) -> Option<u64> {
        match self {
            Self::By(_) => None,
            Self::Rows(rows) => Some(*rows),
        }
    }

    /// What stands in a name for what tells the files apart.
    fn places(&self) -> Vec<String> {
        match self {
            Self::By(column) => vec!["{col}".to_string(), "{}".to_string(), format!("{{{column}}}")],
            Self::Rows(_) => vec!["{n}".to_string(), "{}".to_string()],
        }
    }
}

/// Takes batches apart.
pub(crate) struct Splitter {
    split: Split,
    before: Relay<u64>,
}

impl Splitter {
    /// A splitter for one run.
    pub(crate) fn new(split: Split, cancel: &Cancel) -> Self {
        Self { split, before: Relay::new(0, cancel.clone()) }
    }

    /// The selected records by part, in the order in which parts first appear. To be called once per batch.
    pub(crate) fn parts(&self, seq: u64, batch: &Batch) -> Result<Vec<(Part, Selection)>> {
        let mut parts: Vec<(Part, Vec<u32>)> = Vec::new();
        match &self.split {
            Split::Rows(rows) => {
                let here = batch.selected() as u64;
                let before = self.before.advance(seq, |before| std::mem::replace(before, *before + here))?;
                for (number, row) in (before..).zip(batch.rows()) {
                    let part = Part::Number(number / rows + 1);
                    match parts.last_mut() {
                        Some((last, rows)) if *last == part => rows.push(narrow(row)),
                        _ => parts.push((part, vec![narrow(row)])),
                    }
                }
            }
            Split::By(column) => {
                let mut known: HashMap<Option<Vec<u8>>, usize> = HashMap::new();
                let column = batch.find(column);
                for row in batch.rows() {
                    let value = column.map_or(Value::Null, |column| batch.value(column, row));
                    let value = (!value.is_null()).then(|| value.to_text().into_owned());
                    let at = *known.entry(value.clone()).or_insert(parts.len());
                    match parts.get_mut(at) {
                        Some((_, rows)) => rows.push(narrow(row)),
                        None => parts.push((Part::Value(value), vec![narrow(row)])),
                    }
                }
            }
        }
        Ok(parts.into_iter().map(|(part, rows)| (part, Selection::Rows(rows))).collect())
    }
}

/// Where encoded records go.
pub(crate) enum Output<'a> {
    /// To one writer.
    One(Sink<'a>),
    /// To many files.
    Many(Files<'a>),
}

impl Output<'_> {
    /// Takes the next piece.
    pub(crate) fn put(&mut self, encoded: Encoded) -> Result<()> {
        match self {
            Self::One(sink) => sink.put(encoded),
            Self::Many(files) => files.put(encoded),
        }
    }

    /// Hands what was written to the system, where somebody may be waiting for it.
    pub(crate) fn flush(&mut self) -> Result<()> {
        match self {
            Self::One(sink) => sink.flush(),
            Self::Many(_) => Ok(()),
        }
    }

    /// Records taken so far.
    pub(crate) fn records(&self) -> u64 {
        match self {
            Self::One(sink) => sink.records,
            Self::Many(files) => files.records(),
        }
    }

    /// Writes what is still to be written. Gives the files that are to appear.
    pub(crate) fn finish(self) -> Result<Vec<Writer>> {
        match self {
            Self::One(sink) => Ok(sink.finish()?.into_iter().collect()),
            Self::Many(files) => files.finish(),
        }
    }
}

/// Where the parts go.
pub(crate) struct Files<'a> {
    encoding: &'a Encoding,
    split: &'a Split,
    template: &'a Path,
    naming: &'a Naming,
    header: Option<Vec<u8>>,
    sinks: Vec<(Part, Sink<'a>)>,
    numbers: HashMap<Part, usize>,
    paths: HashMap<PathBuf, Part>,
    /// Records of files that are full.
    full: u64,
}

impl<'a> Files<'a> {
    /// Files named after `template`.
    pub(crate) fn new(
        encoding: &'a Encoding,
        split: &'a Split,
        (template, naming): (&'a Path, &'a Naming),
        header: Option<Vec<u8>>,
    ) -> Self {
        let (numbers, paths) = (HashMap::new(), HashMap::new());
        Self { encoding, split, template, naming, header, sinks: Vec::new(), numbers, paths, full: 0 }
    }

    /// Records taken so far.
    fn records(&self) -> u64 {
        self.full + self.sinks.iter().map(|(_, sink)| sink.records).sum::<u64>()
    }

    /// Takes the next piece.
    fn put(&mut self, piece: Encoded) -> Result<()> {
        for (part, encoded) in piece.parts {
            let number = match self.numbers.get(&part) {
                Some(number) => *number,
                None => self.open(&part)?,
            };
            if let Some((_, sink)) = self.sinks.get_mut(number) {
                sink.put(encoded)?;
            }
        }
        piece.failure.map_or(Ok(()), Err)
    }

    fn open(&mut self, part: &Part) -> Result<usize> {
        if let Part::Number(_) = part {
            for (_, sink) in std::mem::take(&mut self.sinks) {
                self.full += sink.records;
                sink.finish()?.into_iter().try_for_each(Writer::finish)?;
            }
            self.numbers.clear();
        }
        let path = self.path(part);
        if let Some(other) = self.paths.insert(path.clone(), part.clone()) {
            let problem = Problem::new(Code::Data, format!("{} and {} would be one file", other.shown(), part.shown()));
            let problem = problem.at_path(path.display().to_string());
            return Err(problem.hint("make the values differ in letters and digits with --derive").into());
        }
        let failed = |error: &std::io::Error| Problem::io(path.display().to_string(), error);
        if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            fs::create_dir_all(parent).map_err(|error| failed(&error))?;
        }
        let writer = Writer::create(&path).map_err(|error| self.too_many(error))?.named_by(self.naming);
        let number = self.sinks.len();
        self.sinks.push((part.clone(), Sink::owning(self.encoding, writer, self.header.clone())));
        self.numbers.insert(part.clone(), number);
        Ok(number)
    }

    /// The error of a file that cannot be opened, with what to do where there are too many.
    fn too_many(&self, error: Error) -> Error {
        match error {
            Error::Problem(problem) if problem.message.contains("Too many open files") => {
                let message = format!("too many open files, as --split-by has more than {} values", self.sinks.len());
                let problem = Problem { message, ..*problem };
                problem.hint("raise the limit with `ulimit -n`, or split by a column with fewer values").into()
            }
            other => other,
        }
    }

    /// The file of a part.
    fn path(&self, part: &Part) -> PathBuf {
        let name = part.file_name();
        let mut text = self.template.display().to_string();
        for place in self.split.places() {
            text = text.replace(&place, &name);
        }
        PathBuf::from(text)
    }

    /// Writes what is still to be written. The files appear when each writer is finished.
    fn finish(self) -> Result<Vec<Writer>> {
        let mut writers = Vec::with_capacity(self.sinks.len());
        for (_, sink) in self.sinks {
            writers.extend(sink.finish()?);
        }
        Ok(writers)
    }
}

/// Longest name made of a value, in bytes.
const LONGEST: usize = 180;

impl Part {
    /// The part as a name inside one directory: what could lead out of it, or hide it, becomes `_`.
    fn file_name(&self) -> String {
        let value = match self {
            Self::Number(number) => return number.to_string(),
            Self::Value(None) => return "_null".to_string(),
            Self::Value(Some(value)) if value.is_empty() => return "_empty".to_string(),
            Self::Value(Some(value)) => String::from_utf8_lossy(value),
        };
        let odd = |character: char| {
            character.is_control() || matches!(character, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|')
        };
        let mut name: String = value.chars().map(|character| if odd(character) { '_' } else { character }).collect();
        if name.starts_with('.') {
            name.replace_range(..1, "_");
        }
        while name.len() > LONGEST {
            name.pop();
        }
        name
    }

    fn shown(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Value(None) => "null".to_string(),
            Self::Value(Some(value)) => format!("'{}'", String::from_utf8_lossy(value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Part;

    #[test]
    fn names_stay_in_their_directory() {
        let name = |value: &str| Part::Value(Some(value.as_bytes().to_vec())).file_name();
        assert_eq!(name("../../etc/passwd"), "_._.._etc_passwd");
        assert_eq!(name("a/b\\c:d\0"), "a_b_c_d_");
        assert_eq!(name(".."), "_.");
        assert_eq!(name("."), "_");
        assert_eq!(name(""), "_empty");
        assert_eq!(name("Zürich x"), "Zürich x");
        assert!(name(&"é".repeat(500)).len() <= 180);
        assert_eq!(Part::Value(None).file_name(), "_null");
        assert_eq!(Part::Number(12).file_name(), "12");
    }
}
