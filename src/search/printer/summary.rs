//! What is told of a file instead of its lines: a count, its path, or nothing; or one count of all files.

use std::time::Duration;

use crate::core::error::Result;
use crate::core::format::WriteOptions;
use crate::core::pattern::matcher::{Matcher, Scratch};
use crate::core::pattern::terminator::Terminator;
use crate::search::config::{Config, Mode};
use crate::search::context::{Line, Sink};
use crate::search::matches;
use crate::search::printer::file::Searched;
use crate::search::printer::records::Table;
use crate::search::printer::stats::Stats;
use crate::search::printer::style::Style;
use crate::search::printer::{Counts, Depth, Lines, Needs, Pen, Printer};

/// Prints one line or record for a file, or for all.
pub(crate) struct Summary {
    told: Told,
    style: Style,
    /// Whether matches are counted where lines are meant otherwise.
    matches: bool,
    /// Whether files without a match are counted too.
    zero: bool,
    /// Whether statistics are wanted.
    stats: bool,
    /// Who writes records, where a format is asked for.
    table: Option<Table>,
}

/// What is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// How many lines were selected in a file, or how many matches they have.
    Count,
    /// The same, of all files together.
    Total,
    /// The path of a file with a selected line.
    Path,
    /// The path of a file without one.
    Missing,
    /// Nothing, as the exit code tells whether there is a selected line.
    Nothing,
    /// Nothing, as the exit code tells whether there is a file without one.
    NothingMissing,
}

impl Summary {
    /// Counts or paths, as lines or as records, or nothing.
    pub(crate) fn new(config: &Config, mut style: Style, matcher: &Matcher) -> Result<Self> {
        let told = match config.mode {
            Mode::Missing if config.quiet => Told::NothingMissing,
            _ if config.quiet => Told::Nothing,
            Mode::Missing => Told::Missing,
            Mode::Paths | Mode::Files => Told::Path,
            _ if config.look.count_total => Told::Total,
            Mode::Count | Mode::Matches | Mode::Lines | Mode::Json => Told::Count,
        };
        if config.mode == Mode::Files {
            // What ends the lines of files does not end a list of them.
            style.terminator = Terminator::Lf;
        }
        let columns: &[&str] = match told {
            Told::Count => &["path", "count"],
            Told::Total => &["count"],
            Told::Path | Told::Missing | Told::Nothing | Told::NothingMissing => &["path"],
        };
        let options = WriteOptions { width: config.width, color: config.color, ..WriteOptions::default() };
        let format = config.format.as_deref().filter(|_| !config.quiet);
        let table = format.map(|format| Table::of_files(format, &options, columns)).transpose()?;
        // A match that crosses lines counts once.
        let matches = config.mode == Mode::Matches || config.only_matching || matcher.crosses();
        let Config { look, .. } = config;
        Ok(Self { told, style, matches: matches && !config.invert, zero: look.include_zero, stats: look.stats, table })
    }

    /// What is counted of what was found.
    fn count(&self, counts: Counts) -> u64 {
        if self.matches { counts.matches } else { counts.lines }
    }
}

impl Printer for Summary {
    fn needs(&self) -> Needs {
        let depth = match self.told {
            _ if self.stats => Depth::Matches,
            Told::Count | Told::Total if self.matches => Depth::Matches,
            Told::Count | Told::Total => Depth::Count,
            Told::Path | Told::Missing | Told::Nothing | Told::NothingMissing => Depth::First,
        };
        Needs {
            depth,
            numbers: false,
            spans: depth == Depth::Matches,
            context: false,
            hides_binary: false,
            stats: self.stats,
        }
    }

    fn pen(&self) -> Box<dyn Pen + '_> {
        Box::new(match self.needs().depth {
            Depth::Matches => Counter::Matches,
            Depth::Lines | Depth::Count | Depth::First => Counter::Lines,
        })
    }

    fn tail(&self, file: &Searched<'_>, stats: &mut Stats, out: &mut Vec<u8>) -> Result<u64> {
        let left = file.rule.quits() && file.edge.binary.is_some();
        let counted = matches!(self.told, Told::Count | Told::Total);
        // The count of a part of the file would look like that of the file.
        let unknown = left || (counted && file.failed);
        let counts = if unknown { Counts::default() } else { stats.counts };
        let missing = matches!(self.told, Told::Missing | Told::NothingMissing);
        // Of a file that is left out nobody knows that nothing in it matches.
        let found = (counts.lines > 0) != missing && !(missing && (left || file.failed));
        stats.found = u64::from(found);
        stats.total = self.count(counts);
        let shown = match self.told {
            Told::Count => found || (self.zero && !unknown),
            Told::Path | Told::Missing => found,
            Told::Total | Told::Nothing | Told::NothingMissing => false,
        };
        if !shown {
            return Ok(0);
        }
        let count = (self.told == Told::Count).then_some(stats.total);
        match (&self.table, count) {
            (Some(table), _) => {
                table.encode_file(Some(&self.style.shown(file.path)), count, out)?;
                return Ok(1);
            }
            (None, Some(count)) => self.count_line(file.path, count, out),
            (None, None) => self.style.put_path_line(file.path, out),
        }
        Ok(0)
    }

    fn finish(&self, stats: &Stats, _: Duration, out: &mut Vec<u8>) -> Result<u64> {
        if self.told != Told::Total {
            return Ok(0);
        }
        if let Some(table) = &self.table {
            table.encode_file(None, Some(stats.total), out)?;
            return Ok(1);
        }
        out.extend_from_slice(format!("{}\n", stats.total).as_bytes());
        Ok(0)
    }

    fn table(&self) -> Option<&Table> {
        self.table.as_ref()
    }
}

impl Summary {
    fn count_line(&self, path: &[u8], count: u64, out: &mut Vec<u8>) {
        if self.style.path {
            self.style.put_linked_path(path, out);
            out.extend_from_slice(self.style.path_end.unwrap_or(b":"));
        }
        out.extend_from_slice(itoa::Buffer::new().format(count).as_bytes());
        out.extend_from_slice(self.style.terminator.bytes());
    }
}

/// Counts, and prints nothing.
#[derive(Clone, Copy)]
enum Counter {
    Lines,
    Matches,
}

impl Pen for Counter {
    fn print(&mut self, lines: Lines<'_, '_>, _: &[u8], _: &mut Vec<u8>) -> Counts {
        let matcher = matches!(self, Self::Matches).then_some(lines.matcher);
        let mut sink = Counting { matcher, terminator: lines.matcher.terminator, counts: Counts::default() };
        lines.to(&mut sink);
        sink.counts
    }
}

/// Counts selected lines and, if asked to, the matches in them.
struct Counting<'r> {
    /// Finds the matches in a line, where they are counted.
    matcher: Option<&'r Matcher>,
    terminator: Terminator,
    counts: Counts,
}

impl Sink for Counting<'_> {
    fn matched(&mut self, scratch: &mut Scratch, line: &Line<'_>) {
        self.counts.lines += line.count(self.terminator);
        if let Some(matcher) = self.matcher {
            // A selected line counts once at least, also where it was selected for not matching.
            self.counts.matches += matches::count(matcher, scratch, line).max(1);
        }
    }

    fn context(&mut self, _: &mut Scratch, _: &Line<'_>) {}

    fn gap(&mut self) {}

    fn hidden(&mut self, _: &mut Scratch, _: &Line<'_>) {
        self.counts.lines += 1;
    }
}
