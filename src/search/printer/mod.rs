//! Printers: from lines to bytes, one file for each kind of output.
//!
//! A [`Printer`] is shared by all threads and says what it [`Needs`] of a search; its [`Pen`]s, one for each thread, print
//! the lines of one file or of a part of it. What stands once for a file (a heading, a count, an event) is printed by
//! the printer itself, so that the parts of one big file can be printed by different threads.

pub(crate) mod block;
pub(crate) mod captures;
pub(crate) mod color;
pub(crate) mod excerpt;
pub(crate) mod file;
pub(crate) mod hyperlink;
pub(crate) mod json;
pub(crate) mod page;
pub(crate) mod prelude;
pub(crate) mod records;
pub(crate) mod standard;
pub(crate) mod stats;
pub(crate) mod style;
pub(crate) mod summary;

use std::time::Duration;

use crate::core::error::Result;
use crate::core::pattern::matcher::{Matcher, Scratch};
use crate::search::config::{Config, Mode};
use crate::search::context::{Edge, Shape, Sink, emit};
use crate::search::printer::file::Searched;
use crate::search::printer::json::Json;
use crate::search::printer::records::{Records, Table};
use crate::search::printer::standard::Standard;
use crate::search::printer::stats::Stats;
use crate::search::printer::style::Style;
use crate::search::printer::summary::Summary;
use crate::search::region::{Found, Region};
use crate::search::rewrite::printer::Rewriting;

/// How far lines are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    /// Each is printed.
    Lines,
    /// The matches in them are counted.
    Matches,
    /// They are counted.
    Count,
    /// One of them is enough.
    First,
}

/// What a printer wants of the search.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is a need of its own")]
pub(crate) struct Needs {
    /// How far lines are looked at.
    pub(crate) depth: Depth,
    /// Whether lines are counted, for their numbers.
    pub(crate) numbers: bool,
    /// Whether the matches in lines are asked for.
    pub(crate) spans: bool,
    /// Whether lines around matches are printed.
    pub(crate) context: bool,
    /// Whether the lines of a binary input are not printed.
    pub(crate) hides_binary: bool,
    /// Whether time is taken and files without a match are searched to their end.
    pub(crate) stats: bool,
}

/// A kind of output.
pub(crate) trait Printer: Send + Sync {
    /// What it wants of the search.
    fn needs(&self) -> Needs;

    /// What a thread prints lines with.
    fn pen(&self) -> Box<dyn Pen + '_>;

    /// What stands between the lines of two files.
    fn separator(&self) -> &[u8] {
        b""
    }

    /// Appends what stands before the first line of a file.
    fn head(&self, _path: &[u8], _out: &mut Vec<u8>) {}

    /// Appends what stands after the last line of a file, whether any was printed or not; `stats` are those of the file
    /// and are set right where the file counts otherwise. Returns how many records were appended.
    fn tail(&self, file: &Searched<'_>, stats: &mut Stats, out: &mut Vec<u8>) -> Result<u64>;

    /// Appends what stands at the end of the run, which took `elapsed`; returns how many records that were.
    fn finish(&self, _stats: &Stats, _elapsed: Duration, _out: &mut Vec<u8>) -> Result<u64> {
        Ok(0)
    }

    /// Whether that tells the statistics.
    fn tells_stats(&self) -> bool {
        false
    }

    /// The records it prints, where it prints any.
    fn table(&self) -> Option<&Table> {
        None
    }
}

/// What one thread prints lines with.
pub(crate) trait Pen: Send {
    /// Prints the lines of a region of the file `path`.
    fn print(&mut self, lines: Lines<'_, '_>, path: &[u8], out: &mut Vec<u8>) -> Counts;

    /// Appends the records that printing has gathered; returns how many there were since the last time.
    fn write_records(&mut self, _out: &mut Vec<u8>) -> Result<u64> {
        Ok(0)
    }
}

/// The lines of a region that are to be printed.
pub(crate) struct Lines<'r, 'b> {
    /// What is printed around matches.
    pub(crate) shape: &'r Shape,
    /// Finds the matches in a line.
    pub(crate) matcher: &'r Matcher,
    /// What the matcher needs.
    pub(crate) scratch: &'r mut Scratch,
    /// The region.
    pub(crate) region: &'r Region<'b>,
    /// Its selected lines.
    pub(crate) found: &'r Found,
    /// The state before the region; afterwards that behind it.
    pub(crate) edge: &'r mut Edge,
}

impl Lines<'_, '_> {
    /// Hands the lines to a sink.
    pub(crate) fn to(self, sink: &mut impl Sink) {
        emit(self.shape, self.matcher, self.scratch, self.region, self.found, self.edge, sink);
    }
}

/// What was seen in a file or a part of one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Selected lines.
    pub(crate) lines: u64,
    /// Matches in them.
    pub(crate) matches: u64,
}

impl Counts {
    /// Adds what was seen in another part.
    pub(crate) fn add(&mut self, other: Self) {
        self.lines += other.lines;
        self.matches += other.matches;
    }
}

/// Whether the printer for a configuration must know which of the patterns matched.
pub(crate) fn tells_patterns(config: &Config) -> bool {
    let each_match = match config.mode {
        Mode::Lines => config.format.is_some(),
        Mode::Json => config.format.is_some() || config.look.captures,
        _ => false,
    };
    each_match && !config.quiet && !config.look.count_total
}

/// The printer for a configuration.
pub(crate) fn printer(config: &Config, matcher: &Matcher) -> Result<Box<dyn Printer>> {
    let style = Style::new(config);
    Ok(match config.mode {
        _ if let Some(rewrite) = config.rewrite => Box::new(Rewriting(rewrite)),
        _ if config.quiet || config.look.count_total => Box::new(Summary::new(config, style, matcher)?),
        Mode::Lines | Mode::Json if config.format.is_some() => Box::new(Records::new(config, matcher)?),
        Mode::Lines => Box::new(Standard::new(config, style)),
        Mode::Json => Box::new(Json::new(config)),
        Mode::Count | Mode::Matches | Mode::Paths | Mode::Missing | Mode::Files => {
            Box::new(Summary::new(config, style, matcher)?)
        }
    })
}
