//! Matches as records, for the encoders of `process`.
//!
//! One record per match: `path`, `line_number`, `column`, `text`, `match`, `pattern`, then the named groups, then the
//! numbered ones as `g1`, `g2`, … A named group wins over a field of that name, which becomes `_path` and so on. Counts
//! and paths have `path` and `count`, or `path` alone.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use crate::core::data::batch::{Batch, Column, Values, too_long};
use crate::core::data::cell::{Cell, Kind, MAX_CELL};
use crate::core::error::{Code, Error, Problem, Result};
use crate::core::format::{self, Encoder, Layout, WriteOptions, encoder};
use crate::core::output::spool::Spooled;
use crate::core::output::writer::Writer;
use crate::core::pattern::matcher::{Matcher, Scratch};
use crate::search::config::Config;
use crate::search::context::{Line, Sink};
use crate::search::matches;
use crate::search::printer::file::Searched;
use crate::search::printer::stats::Stats;
use crate::search::printer::{Counts, Depth, Lines, Needs, Pen, Printer};

/// Most records that are gathered before they are encoded, and most bytes of them.
const MAX_ROWS: usize = 4096;
const MAX_SIDE: usize = 4 << 20;

/// The fields that do not come from the pattern.
const FIXED: [&str; 6] = ["path", "line_number", "column", "text", "match", "pattern"];

/// The records of a search: their columns and who writes them.
pub(crate) struct Table {
    encoder: Box<dyn Encoder>,
    columns: Vec<Arc<str>>,
    /// The text of each pattern.
    patterns: Vec<String>,
    /// The column of each group of each pattern.
    groups: Vec<Vec<usize>>,
    /// What the user should know about the names.
    pub(crate) notes: Vec<Problem>,
}

impl Table {
    /// One record per match.
    fn of_matches(format: &str, options: &WriteOptions, patterns: &[String], matcher: &Matcher) -> Result<Self> {
        let mut named: Vec<Arc<str>> = Vec::new();
        let mut numbered: Vec<Arc<str>> = Vec::new();
        let mut names: Vec<Vec<Arc<str>>> = Vec::new();
        let mut number = 0;
        for pattern in matcher.groups() {
            let mut of_pattern = Vec::new();
            for name in pattern {
                number += 1;
                let name = if let Some(name) = name {
                    if !named.contains(&name) {
                        named.push(Arc::clone(&name));
                    }
                    name
                } else {
                    let name: Arc<str> = format!("g{number}").into();
                    numbered.push(Arc::clone(&name));
                    name
                };
                of_pattern.push(name);
            }
            names.push(of_pattern);
        }
        numbered.retain(|name| !named.contains(name));
        let mut notes = Vec::new();
        let mut columns: Vec<Arc<str>> = Vec::new();
        for fixed in FIXED {
            let mut name = fixed.to_string();
            while named.iter().any(|taken| **taken == *name) {
                name.insert(0, '_');
            }
            if name != fixed {
                notes.push(Problem::note(format!("the group '{fixed}' takes its name; the field is '{name}'")));
            }
            columns.push(name.into());
        }
        columns.extend(named);
        columns.extend(numbered);
        let places: HashMap<&str, usize> = columns.iter().enumerate().rev().map(|(at, name)| (&**name, at)).collect();
        let groups =
            names.iter().map(|names| names.iter().filter_map(|name| places.get(&**name).copied()).collect()).collect();
        Ok(Self {
            encoder: encoder(format::named(format)?, options)?,
            patterns: patterns.to_vec(),
            groups,
            notes,
            columns,
        })
    }

    /// One record per file or per run, with these fields.
    pub(crate) fn of_files(format: &str, options: &WriteOptions, columns: &[&str]) -> Result<Self> {
        let columns = columns.iter().map(|name| Arc::from(*name)).collect();
        let encoder = encoder(format::named(format)?, options)?;
        Ok(Self { encoder, columns, patterns: Vec::new(), groups: Vec::new(), notes: Vec::new() })
    }

    /// An empty set of rows.
    fn rows(&self) -> Rows {
        Rows {
            side: Vec::new(),
            cells: vec![Vec::new(); self.columns.len()],
            count: 0,
            path: None,
            patterns: vec![None; self.patterns.len()],
            written: 0,
            failure: None,
        }
    }

    /// Encodes and empties the rows.
    fn encode(&self, rows: &mut Rows, out: &mut Vec<u8>) -> Result<()> {
        if rows.count == 0 {
            return Ok(());
        }
        rows.path = None;
        rows.patterns.fill(None);
        rows.written += rows.count as u64;
        let cells = rows.cells.iter_mut().map(std::mem::take);
        let columns = self.columns.iter().zip(cells);
        let batch = Batch {
            side: std::mem::take(&mut rows.side),
            rows: std::mem::take(&mut rows.count),
            columns: columns
                .map(|(name, cells)| Column { name: Arc::clone(name), values: Values::Cells(cells) })
                .collect(),
            ..Batch::default()
        };
        self.encoder.records(&batch, &self.columns, out)?;
        for (cells, column) in rows.cells.iter_mut().zip(batch.columns) {
            if let Values::Cells(mut old) = column.values {
                old.clear();
                *cells = old;
            }
        }
        rows.side = batch.side;
        rows.side.clear();
        Ok(())
    }

    /// Encodes the record of one file, or of a run, which has no path.
    pub(crate) fn encode_file(&self, path: Option<&[u8]>, count: Option<u64>, out: &mut Vec<u8>) -> Result<()> {
        let mut rows = self.rows();
        let path = path.map(|path| rows.store(Kind::Text, path));
        let count = count.map(|count| rows.number(count));
        for (at, cell) in path.into_iter().chain(count).enumerate() {
            rows.push(at, cell);
        }
        rows.count = 1;
        self.encode(&mut rows, out)
    }
}

/// Prints records of matches.
pub(crate) struct Records {
    table: Table,
    /// Whether statistics are wanted.
    stats: bool,
}

impl Records {
    /// The printer that a configuration with a format asks for.
    pub(crate) fn new(config: &Config, matcher: &Matcher) -> Result<Self> {
        let options = WriteOptions { width: config.width, color: config.color, ..WriteOptions::default() };
        let format = config.format.as_deref().unwrap_or_default();
        let table = Table::of_matches(format, &options, &config.patterns, matcher)?;
        Ok(Self { table, stats: config.look.stats })
    }
}

impl Printer for Records {
    fn needs(&self) -> Needs {
        Needs {
            depth: Depth::Lines,
            numbers: true,
            spans: false,
            context: false,
            hides_binary: true,
            stats: self.stats,
        }
    }

    fn pen(&self) -> Box<dyn Pen + '_> {
        Box::new(RecordsPen { table: &self.table, rows: self.table.rows() })
    }

    fn tail(&self, _: &Searched<'_>, _: &mut Stats, _: &mut Vec<u8>) -> Result<u64> {
        Ok(0)
    }

    fn table(&self) -> Option<&Table> {
        Some(&self.table)
    }
}

struct RecordsPen<'p> {
    table: &'p Table,
    rows: Rows,
}

impl Pen for RecordsPen<'_> {
    fn print(&mut self, lines: Lines<'_, '_>, path: &[u8], out: &mut Vec<u8>) -> Counts {
        let Self { table, rows } = self;
        let mut sink = Making { table, matcher: lines.matcher, path, counts: Counts::default(), rows, out };
        lines.to(&mut sink);
        sink.counts
    }

    fn write_records(&mut self, out: &mut Vec<u8>) -> Result<u64> {
        self.table.encode(&mut self.rows, out)?;
        self.rows.take_written()
    }
}

/// Records that are being made. What many of them have is stored once.
struct Rows {
    side: Vec<u8>,
    cells: Vec<Vec<Cell>>,
    count: usize,
    /// The path, where it is stored.
    path: Option<Cell>,
    /// The text of each pattern, where it is stored.
    patterns: Vec<Option<Cell>>,
    /// Records that were encoded since this was last asked.
    written: u64,
    /// Why a record could not be made or encoded.
    failure: Option<Error>,
}

impl Rows {
    /// How many records were encoded, or why one was not.
    fn take_written(&mut self) -> Result<u64> {
        let written = std::mem::take(&mut self.written);
        self.failure.take().map_or(Ok(written), Err)
    }

    fn is_full(&self) -> bool {
        self.count >= MAX_ROWS || self.side.len() >= MAX_SIDE
    }

    fn path(&mut self, path: &[u8]) -> Cell {
        let cell = self.path.unwrap_or_else(|| self.store(Kind::Text, path));
        self.path = Some(cell);
        cell
    }

    fn pattern(&mut self, index: usize, source: &str) -> Cell {
        let stored = self.patterns.get(index).copied().flatten();
        let cell = stored.unwrap_or_else(|| self.store(Kind::Text, source.as_bytes()));
        if let Some(slot) = self.patterns.get_mut(index) {
            *slot = Some(cell);
        }
        cell
    }

    fn store(&mut self, kind: Kind, text: &[u8]) -> Cell {
        let start = self.side.len();
        if text.len() > MAX_CELL || u32::try_from(start).is_err() {
            self.failure.get_or_insert_with(|| too_long().into());
            return Cell::NULL;
        }
        self.side.extend_from_slice(text);
        Cell::side(kind, start, text.len())
    }

    fn number(&mut self, number: u64) -> Cell {
        let mut digits = itoa::Buffer::new();
        self.store(Kind::Number, digits.format(number).as_bytes())
    }

    fn push(&mut self, column: usize, cell: Cell) {
        if let Some(cells) = self.cells.get_mut(column) {
            cells.push(cell);
        }
    }

    /// Ends a record: columns it has no value for are null.
    fn end(&mut self) {
        self.count += 1;
        for cells in &mut self.cells {
            cells.resize(self.count, Cell::NULL);
        }
    }
}

/// Makes the records of one file, or of a part of it.
struct Making<'r> {
    /// Their columns.
    table: &'r Table,
    /// Finds the matches in a line.
    matcher: &'r Matcher,
    /// The path as printed.
    path: &'r [u8],
    /// What was seen.
    counts: Counts,
    /// The records made.
    rows: &'r mut Rows,
    /// Where they go when they have become many.
    out: &'r mut Vec<u8>,
}

/// The cells that the records of one line share.
#[derive(Clone, Copy)]
struct Shared {
    path: Cell,
    number: Cell,
    /// The line, of which matches and groups are parts.
    text: Cell,
}

impl Making<'_> {
    /// Stores what the records of a line share.
    fn begin(&mut self, line: &Line<'_>) -> Shared {
        let rows = &mut *self.rows;
        let (path, number) = (rows.path(self.path), rows.number(line.number));
        let stored = rows.store(Kind::Text, line.bytes);
        let text = self.matcher.terminator.trim(line.bytes);
        let text = Cell::side(Kind::Text, stored.start(), text.strip_suffix(b"\r").unwrap_or(text).len());
        Shared { path, number, text }
    }

    /// Encodes the records if they have become many; whether they were.
    fn flush(&mut self) -> bool {
        if !self.rows.is_full() {
            return false;
        }
        if let Err(error) = self.table.encode(self.rows, self.out) {
            self.rows.failure.get_or_insert(error);
        }
        true
    }
}

impl Sink for Making<'_> {
    fn matched(&mut self, scratch: &mut Scratch, line: &Line<'_>) {
        self.counts.lines += line.count(self.matcher.terminator);
        if line.bytes.len() > MAX_CELL {
            let problem = Problem::new(Code::Limit, "a line is too long for a record").at_line(line.number);
            self.rows.failure.get_or_insert(problem.into());
            return;
        }
        let mut shared = self.begin(line);
        let mut any = false;
        let terminator = self.matcher.terminator;
        let (_, from) = line.haystack(terminator);
        matches::pattern_captures(self.matcher, scratch, line, |(start, end), captures| {
            if self.flush() {
                shared = self.begin(line);
            }
            let pattern = captures.pattern().map_or(0, |pattern| pattern.as_usize());
            // The line in which the match starts, where it may be any of several.
            let first = terminator.line_start(line.bytes, 0, start);
            let before = line.bytes.get(..first).map_or(0, |before| terminator.count(before) as u64);
            let Self { table, rows, .. } = self;
            let part =
                |kind, start, end: usize| Cell::side(kind, shared.text.start() + start, end.saturating_sub(start));
            let column = rows.number((start - first) as u64 + 1);
            let number = if before > 0 { rows.number(line.number + before) } else { shared.number };
            let matched = part(Kind::Text, start, end);
            let source = rows.pattern(pattern, table.patterns.get(pattern).map_or("", String::as_str));
            for (at, cell) in [shared.path, number, column, shared.text, matched, source].into_iter().enumerate() {
                rows.push(at, cell);
            }
            let places = table.groups.get(pattern).map(Vec::as_slice).unwrap_or_default();
            for (group, &place) in places.iter().enumerate() {
                let span = captures.get_group(group + 1).filter(|span| span.start >= from);
                let span = span.map(|span| (span.start - from, span.end - from));
                let cell = span.filter(|span| span.1 <= line.bytes.len());
                rows.push(place, cell.map_or(Cell::NULL, |(start, end)| part(Kind::Bare, start, end)));
            }
            rows.end();
            self.counts.matches += 1;
            any = true;
        });
        if !any {
            // A line that was selected for not matching has no match to tell of.
            for (at, cell) in [(0, shared.path), (1, shared.number), (3, shared.text)] {
                self.rows.push(at, cell);
            }
            self.rows.end();
        }
        self.flush();
    }

    fn context(&mut self, _: &mut Scratch, _: &Line<'_>) {}

    fn gap(&mut self) {}

    fn hidden(&mut self, _: &mut Scratch, _: &Line<'_>) {
        self.counts.lines += 1;
    }
}

/// Puts encoded records together: what stands around them, and the spool where that must be known first.
pub(crate) struct Assembly<'t> {
    table: &'t Table,
    spool: Option<Spooled>,
    records: u64,
}

impl<'t> Assembly<'t> {
    /// Starts the output.
    pub(crate) fn new(table: &'t Table, directory: &Path, out: &mut Vec<u8>) -> Self {
        let spools = table.encoder.layout() == Layout::Widths;
        if !spools {
            table.encoder.start(&table.columns, None, out);
        }
        Self { table, spool: spools.then(|| Spooled::new(directory)), records: 0 }
    }

    /// Takes encoded records; returns those that can go out.
    pub(crate) fn take<'b>(&mut self, encoded: &'b [u8], records: u64) -> Result<&'b [u8]> {
        let first = self.records == 0;
        self.records += records;
        if let Some(spool) = &mut self.spool {
            spool.put(encoded)?;
            return Ok(&[]);
        }
        Ok(if first { encoded.strip_prefix(self.table.encoder.separator()).unwrap_or(encoded) } else { encoded })
    }

    /// Ends the output.
    pub(crate) fn end(self, out: &mut Writer) -> Result<Vec<Problem>> {
        let Table { encoder, columns, .. } = self.table;
        if let Some(spool) = self.spool {
            encoder.unspool(&mut spool.read()?, columns.len(), columns, out)?;
        }
        let mut end = Vec::new();
        encoder.end(self.records, &mut end);
        out.put(&end)?;
        Ok(encoder.notes())
    }
}
