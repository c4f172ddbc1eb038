//! Which files are searched at all: those with a line for each `--and-file`, and none with one for a `--not-file`.
//!
//! A file that does not pass is left out as if a glob had named it. Its lines are looked at before the search, and only
//! until the answer is known; of a stream, what was looked at is kept and read again. Binary files are looked at as they
//! are searched: up to their first NUL where that ends the search, else with NULs as line ends.

use std::fs::File;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use memchr::memchr;

use crate::core::error::{Code, Problem, Result, plain_io_message};
use crate::core::input::blocks::{MAX_RECORD, longer_than_allowed};
use crate::core::input::open::Source;
use crate::core::input::positional::PositionalReader;
use crate::core::output::spool::Spooled;
use crate::core::pattern::backtracker::GaveUp;
use crate::core::pattern::matcher::{Matcher, Scratch};
use crate::core::pattern::terminator::Terminator;
use crate::search::binary::Rule;
use crate::search::source::end_lines_at_nuls;

/// Bytes that are read at once.
const PIECE: usize = 256 << 10;

/// The conditions on files.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    /// Patterns of which each must match some line.
    and: Vec<Matcher>,
    /// Patterns of which none may match any line.
    not: Vec<Matcher>,
    terminator: Terminator,
    /// Where what was looked at waits that memory cannot hold.
    directory: PathBuf,
    /// Bytes of the longest line.
    longest: usize,
}

/// What a thread needs to look at files.
#[derive(Debug, Default)]
pub(crate) struct Keeper {
    and: Vec<Scratch>,
    not: Vec<Scratch>,
    /// Whether each pattern of `and` was seen in the present file.
    seen: Vec<bool>,
    /// Lines of the present file that were not looked at, and the one that broke off.
    lines: Vec<u8>,
}

impl Keeper {
    /// Why what was said of the last file cannot be trusted, if so.
    pub(crate) fn doubt(&mut self) -> Option<Problem> {
        let scratches = self.and.iter_mut().chain(&mut self.not);
        // All are asked, so that each forgets.
        let broken = scratches.filter_map(Scratch::take_broken).count();
        (broken > 0).then(GaveUp::problem_of_a_file)
    }
}

impl Gate {
    /// The gate of these patterns.
    pub(crate) fn new(and: Vec<Matcher>, not: Vec<Matcher>, terminator: Terminator) -> Self {
        Self { and, not, terminator, directory: PathBuf::new(), longest: MAX_RECORD }
    }

    /// The same, with temporary files in this directory.
    pub(crate) fn keeping_in(self, directory: &Path) -> Self {
        Self { directory: directory.to_path_buf(), ..self }
    }

    /// The same, with lines of so many bytes at most.
    pub(crate) fn up_to(self, longest: usize) -> Self {
        Self { longest, ..self }
    }

    /// Whether every file passes.
    pub(crate) fn is_open(&self) -> bool {
        self.and.is_empty() && self.not.is_empty()
    }

    /// What a new thread needs.
    pub(crate) fn keeper(&self) -> Keeper {
        Keeper {
            and: self.and.iter().map(Matcher::scratch).collect(),
            not: self.not.iter().map(Matcher::scratch).collect(),
            seen: vec![false; self.and.len()],
            lines: Vec::new(),
        }
    }

    /// Whether a file passes that is all in memory.
    pub(crate) fn passes(&self, keeper: &mut Keeper, rule: Rule, bytes: &[u8]) -> bool {
        keeper.seen.fill(false);
        let end = if rule.quits() { memchr(0, bytes) } else { None };
        match self.look(keeper, bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default()) {
            ControlFlow::Break(passes) => passes,
            ControlFlow::Continue(()) => self.is_complete(keeper),
        }
    }

    /// The source itself, to be searched from its start, where it passes. Fails without naming the path.
    pub(crate) fn admit(&self, keeper: &mut Keeper, rule: Rule, source: Source) -> Result<Option<Source>> {
        match source {
            Source::File { file, len, start } => {
                let rule = if start > 0 { rule.of_a_stream() } else { rule };
                let reader = PositionalReader { file: own(&file)?, at: start, end: len.max(start) };
                let passes = self.read(keeper, rule, reader, |_| Ok(()))?;
                Ok(passes.then_some(Source::File { file, len, start }))
            }
            Source::Stream(mut stream) => {
                let mut kept = Spooled::new(&self.directory);
                let passes = self.read(keeper, rule.of_a_stream(), &mut stream, |piece| kept.put(piece))?;
                let kept = if passes { Some(kept.rewind()?) } else { None };
                Ok(kept.map(|kept| Source::Stream(stream.wrapped(|rest| Box::new(kept.chain(rest))))))
            }
        }
    }

    /// Whether what is read passes; `keep` gets everything that is read.
    fn read(
        &self,
        keeper: &mut Keeper,
        rule: Rule,
        mut reader: impl Read,
        mut keep: impl FnMut(&[u8]) -> Result<()>,
    ) -> Result<bool> {
        keeper.seen.fill(false);
        let mut lines = std::mem::take(&mut keeper.lines);
        lines.clear();
        let passes = loop {
            let held = lines.len();
            lines.resize(held + PIECE, 0);
            let read = match reader.read(lines.get_mut(held..).unwrap_or_default()) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                    lines.truncate(held);
                    continue;
                }
                other => other.map_err(|error| Problem::new(Code::Io, plain_io_message(&error)))?,
            };
            lines.truncate(held + read);
            let piece = lines.get_mut(held..).unwrap_or_default();
            keep(piece)?;
            let nul = if rule.quits() { memchr(0, piece) } else { None };
            if rule == Rule::Convert {
                end_lines_at_nuls(piece);
            }
            let last = read == 0 || nul.is_some();
            let newline = self.terminator.find_last(piece).map(|at| held + at + 1);
            let end = match nul {
                Some(at) => held + at,
                None if last => lines.len(),
                None => newline.unwrap_or(0),
            };
            if let ControlFlow::Break(passes) = self.look(keeper, lines.get(..end).unwrap_or_default()) {
                break passes;
            }
            if last {
                break self.is_complete(keeper);
            }
            lines.drain(..end);
            if lines.len() > self.longest {
                return Err(longer_than_allowed("a line", self.longest).into());
            }
        };
        keeper.lines = lines;
        Ok(passes)
    }

    /// Looks at whole lines of a file; says whether it passes where they decide it.
    fn look(&self, keeper: &mut Keeper, lines: &[u8]) -> ControlFlow<bool> {
        if self.not.iter().zip(&mut keeper.not).any(|(matcher, scratch)| has_match(matcher, scratch, lines)) {
            return ControlFlow::Break(false);
        }
        for ((matcher, scratch), seen) in self.and.iter().zip(&mut keeper.and).zip(&mut keeper.seen) {
            *seen = *seen || has_match(matcher, scratch, lines);
        }
        if self.not.is_empty() && self.is_complete(keeper) {
            ControlFlow::Break(true)
        } else {
            ControlFlow::Continue(())
        }
    }

    /// Whether each pattern that must match has matched.
    fn is_complete(&self, keeper: &Keeper) -> bool {
        self.and.len() == keeper.seen.iter().filter(|seen| **seen).count()
    }
}

/// Whether any of the lines matches.
fn has_match(matcher: &Matcher, scratch: &mut Scratch, lines: &[u8]) -> bool {
    let mut found = false;
    matcher.lines(scratch, lines, |_, _| {
        found = true;
        ControlFlow::Break(())
    });
    found
}

/// The same open file once more.
fn own(file: &File) -> Result<File> {
    file.try_clone().map_err(|error| Problem::new(Code::Io, plain_io_message(&error)).into())
}
