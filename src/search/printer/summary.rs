//! What is told of a file instead of its lines: a count, its path, or nothing.

use crate::core::error::Result;
use crate::core::format::WriteOptions;
use crate::core::pattern::matcher::{Matcher, Scratch};
use crate::search::binary::Rule;
use crate::search::config::{Config, Mode};
use crate::search::context::{Line, Sink};
use crate::search::matches;
use crate::search::printer::color::Paint;
use crate::search::printer::file::Searched;
use crate::search::printer::records::Table;
use crate::search::printer::stats::Stats;
use crate::search::printer::style::Style;
use crate::search::printer::{Counts, Depth, Lines, Needs, Pen, Printer};

/// Prints one line or record for a file.
pub(crate) struct Summary {
    told: Told,
    /// Who writes records, where a format is asked for.
    table: Option<Table>,
}

/// What is told.
enum Told {
    /// How many lines were selected, or how many matches they have.
    Count(Depth, Style),
    /// That there is one.
    Path(Style),
    /// Nothing.
    Nothing,
}

impl Summary {
    /// Counts or paths, as lines or as records.
    pub(crate) fn new(config: &Config, style: Style) -> Result<Self> {
        let told = match config.mode {
            Mode::Count if config.only_matching => Told::Count(Depth::Matches, style),
            Mode::Count => Told::Count(Depth::Count, style),
            _ => Told::Path(style),
        };
        let options = WriteOptions { width: config.width, color: config.color, ..WriteOptions::default() };
        let format = config.format.as_deref();
        let table = format.map(|format| Table::of_files(format, &options, config.mode == Mode::Count)).transpose()?;
        Ok(Self { told, table })
    }

    /// Only the exit code.
    pub(crate) fn nothing() -> Self {
        Self { told: Told::Nothing, table: None }
    }
}

impl Printer for Summary {
    fn needs(&self) -> Needs {
        let depth = match &self.told {
            Told::Count(depth, _) => *depth,
            Told::Path(_) | Told::Nothing => Depth::First,
        };
        Needs { depth, numbers: false, context: false, hides_binary: false, stats: false }
    }

    fn pen(&self) -> Box<dyn Pen + '_> {
        Box::new(match self.needs().depth {
            Depth::Matches => Counter::Matches,
            Depth::Lines | Depth::Count | Depth::First => Counter::Lines,
        })
    }

    fn tail(&self, file: &Searched<'_>, stats: &mut Stats, out: &mut Vec<u8>) -> Result<u64> {
        if file.rule == Rule::Quit && file.edge.binary.is_some() {
            stats.counts = Counts::default();
            stats.searches_with_match = 0;
        }
        if stats.counts.lines == 0 {
            return Ok(0);
        }
        let count = match self.told {
            Told::Nothing => return Ok(0),
            // The count of a part of the file would look like that of the file.
            Told::Count(..) if file.failed => {
                *stats = Stats { searches: 1, ..Stats::default() };
                return Ok(0);
            }
            Told::Count(Depth::Matches, _) => stats.counts.matches,
            Told::Count(..) | Told::Path(_) => stats.counts.lines,
        };
        match (&self.told, &self.table) {
            (_, Some(table)) => {
                table.encode_file(file.path, count, out)?;
                return Ok(1);
            }
            (Told::Count(_, style), None) => count_line(style, file.path, count, out),
            (Told::Path(style), None) => {
                Paint::Path.put(style.color, file.path, out);
                out.extend_from_slice(style.terminator.bytes());
            }
            (Told::Nothing, None) => {}
        }
        Ok(0)
    }

    fn table(&self) -> Option<&Table> {
        self.table.as_ref()
    }
}

fn count_line(style: &Style, path: &[u8], count: u64, out: &mut Vec<u8>) {
    if style.path {
        Paint::Path.put(style.color, path, out);
        out.push(b':');
    }
    out.extend_from_slice(itoa::Buffer::new().format(count).as_bytes());
    out.extend_from_slice(style.terminator.bytes());
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
        let mut sink = Counting { matcher, counts: Counts::default() };
        lines.to(&mut sink);
        sink.counts
    }
}

/// Counts selected lines and, if asked to, the matches in them.
struct Counting<'r> {
    /// Finds the matches in a line, where they are counted.
    matcher: Option<&'r Matcher>,
    counts: Counts,
}

impl Sink for Counting<'_> {
    fn matched(&mut self, scratch: &mut Scratch, line: &Line<'_>) {
        self.counts.lines += 1;
        if let Some(matcher) = self.matcher {
            // A selected line counts once at least, also where it was selected for not matching.
            self.counts.matches += matches::count(matcher, scratch, line).max(1);
        }
    }

    fn context(&mut self, _: &mut Scratch, _: &Line<'_>) {}

    fn gap(&mut self) {}

    fn hidden(&mut self) {
        self.counts.lines += 1;
    }
}
