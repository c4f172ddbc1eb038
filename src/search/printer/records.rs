//! Matches as records, for the encoders of `process`.
//!
//! One record per match: `path`, `line_number`, `column`, `text`, `match`, `pattern`, then the named groups, then the
//! numbered ones as `g1`, `g2`, … A named group wins over a field of that name, which becomes `_path` and so on. Counts
//! and paths have `path` and `count`, or `path` alone.

use std::collections::HashMap;
use std::io::Cursor;
use std::sync::Arc;

use crate::core::data::batch::{Batch, Column, Values};
use crate::core::data::cell::{Cell, Kind};
use crate::core::error::{Code, Problem, Result};
use crate::core::format::{Encoder, FORMATS, Layout, WriteOptions};
use crate::core::pattern::matcher::{Matcher, Scratch, trimmed};
use crate::core::registry;
use crate::search::context::{Line, Sink};
use crate::search::printer::Counts;

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
    pub(crate) fn of_matches(
        format: &str,
        options: &WriteOptions,
        patterns: &[String],
        matcher: &Matcher,
    ) -> Result<Self> {
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
        Ok(Self { encoder: encoder(format, options)?, patterns: patterns.to_vec(), groups, notes, columns })
    }

    /// One record per file, with a count or without.
    pub(crate) fn of_files(format: &str, options: &WriteOptions, counted: bool) -> Result<Self> {
        let columns = if counted { vec!["path".into(), "count".into()] } else { vec!["path".into()] };
        let encoder = encoder(format, options)?;
        Ok(Self { encoder, columns, patterns: Vec::new(), groups: Vec::new(), notes: Vec::new() })
    }

    /// An empty set of rows.
    pub(crate) fn rows(&self) -> Rows {
        Rows { side: Vec::new(), cells: vec![Vec::new(); self.columns.len()], count: 0 }
    }

    /// Encodes and empties the rows.
    pub(crate) fn encode(&self, rows: &mut Rows, out: &mut Vec<u8>) -> Result<()> {
        if rows.count == 0 {
            return Ok(());
        }
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

    /// Encodes the record of one file.
    pub(crate) fn encode_file(&self, path: &[u8], count: u64, out: &mut Vec<u8>) -> Result<()> {
        let mut rows = self.rows();
        let cell = rows.store(Kind::Text, path);
        rows.push(0, cell);
        if self.columns.len() > 1 {
            let cell = rows.number(count);
            rows.push(1, cell);
        }
        rows.count = 1;
        self.encode(&mut rows, out)
    }
}

/// The encoder of that name.
fn encoder(format: &str, options: &WriteOptions) -> Result<Box<dyn Encoder>> {
    let unknown = || {
        let problem = Problem::new(Code::Usage, format!("unknown format '{format}'"));
        let known = registry::names(FORMATS);
        match registry::did_you_mean(format, known) {
            Some(hint) => problem.hint(hint),
            None => problem.hint("see `mytools list formats`"),
        }
    };
    let row = registry::find(FORMATS, format).ok_or_else(unknown)?;
    let make = row.item.encoder.ok_or_else(unknown)?;
    make(options)
}

/// Records that are being made.
pub(crate) struct Rows {
    side: Vec<u8>,
    cells: Vec<Vec<Cell>>,
    count: usize,
}

impl Rows {
    /// How many records there are.
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    fn store(&mut self, kind: Kind, text: &[u8]) -> Cell {
        let start = self.side.len();
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
pub(crate) struct Records<'r> {
    /// Their columns.
    pub(crate) table: &'r Table,
    /// Finds the matches in a line.
    pub(crate) matcher: &'r Matcher,
    /// The path as printed.
    pub(crate) path: &'r [u8],
    /// What was seen.
    pub(crate) counts: Counts,
    /// The records made.
    pub(crate) rows: &'r mut Rows,
}

impl Sink for Records<'_> {
    fn matched(&mut self, scratch: &mut Scratch, line: &Line<'_>) {
        self.counts.lines += 1;
        let text = trimmed(line.bytes, 0, line.bytes.len());
        let rows = &mut *self.rows;
        let path = rows.store(Kind::Text, self.path);
        let number = rows.number(line.number);
        let whole = rows.store(Kind::Text, text.strip_suffix(b"\r").unwrap_or(text));
        let before = rows.count;
        self.matcher.pattern_captures(scratch, text, |captures| {
            let Some(found) = captures.get_match().filter(|found| found.start() < line.bytes.len()) else { return };
            let pattern = found.pattern().as_usize();
            let part = |span: regex_automata::Span| text.get(span.start..span.end).unwrap_or_default();
            let column = rows.number(found.start() as u64 + 1);
            let matched = rows.store(Kind::Text, part(found.span()));
            let source = self.table.patterns.get(pattern).map_or("", String::as_str);
            let source = rows.store(Kind::Text, source.as_bytes());
            for (at, cell) in [path, number, column, whole, matched, source].into_iter().enumerate() {
                rows.push(at, cell);
            }
            let places = self.table.groups.get(pattern).map(Vec::as_slice).unwrap_or_default();
            for (group, &place) in places.iter().enumerate() {
                let cell = captures.get_group(group + 1).map_or(Cell::NULL, |span| rows.store(Kind::Bare, part(span)));
                rows.push(place, cell);
            }
            rows.end();
            self.counts.matches += 1;
        });
        if rows.count == before {
            // A line that was selected for not matching has no match to tell of.
            for (at, cell) in [(0, path), (1, number), (3, whole)] {
                rows.push(at, cell);
            }
            rows.end();
        }
    }

    fn context(&mut self, _: &mut Scratch, _: &Line<'_>) {}

    fn gap(&mut self) {}

    fn hidden(&mut self) {
        self.counts.lines += 1;
    }
}

/// Puts encoded records together: what stands around them, and the spool where that must be known first.
pub(crate) struct Assembly<'t> {
    table: &'t Table,
    spool: Vec<u8>,
    records: u64,
}

impl<'t> Assembly<'t> {
    /// Starts the output.
    pub(crate) fn new(table: &'t Table, out: &mut Vec<u8>) -> Self {
        if table.encoder.layout() != Layout::Widths {
            table.encoder.start(&table.columns, None, out);
        }
        Self { table, spool: Vec::new(), records: 0 }
    }

    /// Takes encoded records; returns those that can go out.
    pub(crate) fn take<'b>(&mut self, encoded: &'b [u8], records: u64) -> &'b [u8] {
        let first = self.records == 0;
        self.records += records;
        if self.table.encoder.layout() == Layout::Widths {
            self.spool.extend_from_slice(encoded);
            return &[];
        }
        if first { encoded.strip_prefix(self.table.encoder.separator()).unwrap_or(encoded) } else { encoded }
    }

    /// Ends the output.
    pub(crate) fn end(self, out: &mut Vec<u8>) -> Result<Vec<Problem>> {
        let encoder = &self.table.encoder;
        if encoder.layout() == Layout::Widths {
            let columns = &self.table.columns;
            encoder.unspool(&mut Cursor::new(self.spool), columns.len(), columns, out)?;
        }
        encoder.end(self.records, out);
        Ok(encoder.notes())
    }
}
