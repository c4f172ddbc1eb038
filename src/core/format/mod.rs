//! Formats: one file (or folder) and one row in [`FORMATS`] each.
//!
//! A format may read ([`Reader`] looks at an input's head and makes a [`Decoder`] for it) and may write ([`Encoder`]).
//! Decoders turn blocks into batches; encoders turn batches into bytes. Both work on one block at a time, on any
//! thread, in any order: what an answer needs from other blocks goes through the engine's relays and drain.

pub(crate) mod cells;
pub(crate) mod chart;
pub(crate) mod combined;
pub(crate) mod common;
pub(crate) mod csv;
pub(crate) mod fields;
pub(crate) mod flatten;
pub(crate) mod html;
pub(crate) mod json;
pub(crate) mod jsonl;
pub(crate) mod line;
pub(crate) mod lines;
pub(crate) mod logfmt;
pub(crate) mod losses;
pub(crate) mod markdown;
pub(crate) mod regex;
mod scratch;
pub(crate) mod spaces;
pub(crate) mod syslog;
pub(crate) mod table;
pub(crate) mod toml;
pub(crate) mod tsv;
pub(crate) mod vertical;
pub(crate) mod widths;
pub(crate) mod workbook;
pub(crate) mod yaml;

pub(crate) use crate::core::format::scratch::Scratch;

use std::io::{BufRead, Read, Seek, Write};
use std::sync::Arc;

use crate::core::block::Block;
use crate::core::data::batch::{Batch, Delimited};
use crate::core::error::{Code, Problem, Result};
use crate::core::format::line::CellParser;
use crate::core::input::boundary::Boundary;
use crate::core::registry::{Row, did_you_mean, find, names};

/// Every format, in the order of `mytools list formats`. Content is held against them from the end: stricter forms stand
/// behind those that take nearly everything.
pub(crate) static FORMATS: &[Row<Format>] = &[
    json::ROW,
    jsonl::ROW,
    csv::ROW,
    tsv::ROW,
    yaml::ROW,
    toml::ROW,
    workbook::ROW,
    logfmt::ROW,
    syslog::ROW,
    common::ROW,
    combined::ROW,
    regex::ROW,
    spaces::ROW,
    lines::ROW,
    table::ROW,
    markdown::ROW,
    html::ROW,
    vertical::ROW,
    chart::ROW,
];

/// Sets up a parser of the text of cells.
pub(crate) type MakeParser = fn(&ReadOptions) -> Result<Box<dyn CellParser>>;

/// Sets a format up for reading.
pub(crate) type MakeReader = fn(&ReadOptions) -> Result<Box<dyn Reader>>;

/// Sets a format up for writing.
pub(crate) type MakeEncoder = fn(&WriteOptions) -> Result<Box<dyn Encoder>>;

/// The format of that name or alias.
pub(crate) fn named(name: &str) -> Result<&'static Row<Format>, Problem> {
    find(FORMATS, name).ok_or_else(|| {
        let all = || FORMATS.iter().map(|row| row.name).collect::<Vec<_>>().join(", ");
        let hint = did_you_mean(name, names(FORMATS)).unwrap_or_else(|| format!("formats: {}", all()));
        Problem::new(Code::Usage, format!("unknown format '{name}'")).hint(hint)
    })
}

/// An encoder of a format, where it can be written.
pub(crate) fn encoder(format: &Row<Format>, options: &WriteOptions) -> Result<Box<dyn Encoder>> {
    let Some(make) = format.item.encoder else {
        return Err(Problem::new(Code::Usage, format!("format '{}' cannot be written", format.name)).into());
    };
    make(options)
}

/// What a format can do.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Format {
    /// File name extensions, without the dot, lower case.
    pub(crate) extensions: &'static [&'static str],
    /// Makes a reader, for formats that can be read.
    pub(crate) reader: Option<MakeReader>,
    /// Makes an encoder, for formats that can be written.
    pub(crate) encoder: Option<MakeEncoder>,
    /// Whether the head of an input without a telling name looks like this format. Asked from the end of the table.
    pub(crate) sniff: Option<fn(&[u8]) -> bool>,
    /// Makes a parser of the text of cells (`--parse`), for formats that a cell may hold.
    pub(crate) parser: Option<MakeParser>,
    /// The flags that say something about inputs of this format.
    pub(crate) read_flags: &'static [&'static str],
    /// The flags that say something about output in this format.
    pub(crate) write_flags: &'static [&'static str],
}

impl Format {
    /// A format that can do nothing, to start from.
    pub(crate) const NONE: Self = Self {
        extensions: &[],
        reader: None,
        encoder: None,
        sniff: None,
        parser: None,
        read_flags: &[],
        write_flags: &[],
    };
}

/// How inputs are to be read; each format takes what concerns it.
#[derive(Debug, Clone, Default)]
pub(crate) struct ReadOptions {
    /// Between cells; the format's own where none.
    pub(crate) delimiter: Option<u8>,
    /// Around cells.
    pub(crate) quote: Option<u8>,
    /// The first record is data; columns are `c1`, `c2`, …
    pub(crate) no_header: bool,
    /// Names to use instead of the header record (or for inputs without one).
    pub(crate) header: Option<Vec<String>>,
    /// Text that stands for null.
    pub(crate) null_value: Option<String>,
    /// What to do with records of another length.
    pub(crate) ragged: Ragged,
    /// Path of the array to stream, `data.items`.
    pub(crate) root: Option<String>,
    /// Lines to pass over before anything else.
    pub(crate) skip_lines: u64,
    /// The byte that starts comment lines.
    pub(crate) comment: Option<u8>,
    /// The byte that takes the meaning from the one after it.
    pub(crate) escape: Option<u8>,
    /// The label of the encoding, where it is not UTF-8 or told by a byte order mark.
    pub(crate) encoding: Option<String>,
    /// The sheet of a workbook, by name or number.
    pub(crate) sheet: Option<String>,
    /// Whether records that break the rules are kept elsewhere instead of ending the input.
    pub(crate) rejects: bool,
    /// The pattern of the format `regex`.
    pub(crate) pattern: Option<String>,
    /// Bytes of the longest record, and of what must be in memory whole, where they are limited.
    pub(crate) longest: Option<usize>,
}

/// What to do with delimited records that have more or fewer cells than the header.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Ragged {
    /// Stop reading that input.
    #[default]
    Error,
    /// Missing cells are null; surplus ones are dropped.
    Pad,
    /// Leave the record out.
    Skip,
}

/// When CSV cells become JSON numbers or booleans.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Infer {
    /// Numbers, cell by cell, where nothing is lost.
    #[default]
    Number,
    /// Nothing: all cells are strings.
    None,
    /// Numbers and booleans.
    Bool,
    /// Numbers, where every cell of the column is one.
    Column,
}

/// How the output is to be written.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on the command line")]
pub(crate) struct WriteOptions {
    /// Between cells.
    pub(crate) delimiter: Option<u8>,
    /// Around cells.
    pub(crate) quote: Option<u8>,
    /// No header record.
    pub(crate) no_header: bool,
    /// When cells are quoted.
    pub(crate) quoting: Quoting,
    /// Records end in CRLF.
    pub(crate) crlf: bool,
    /// A byte order mark in front.
    pub(crate) bom: bool,
    /// An apostrophe before delimited cells that spreadsheets would run.
    pub(crate) escape_formulas: bool,
    /// Text that stands for null.
    pub(crate) null_value: Option<String>,
    /// Spaces per level of JSON; none is one record per line.
    pub(crate) indent: Option<usize>,
    /// When untyped text becomes a JSON number.
    pub(crate) infer: Infer,
    /// Columns whose untyped text stays text (`--schema zip:str`).
    pub(crate) text_columns: Vec<String>,
    /// Digits after the point of computed numbers.
    pub(crate) precision: Option<u8>,
    /// Terminal width to fit tables into; none in pipes: nothing is cut.
    pub(crate) width: Option<usize>,
    /// Whether colours are wanted.
    pub(crate) color: bool,
}

/// When delimited cells are quoted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Quoting {
    /// Untouched cells as they came, others where needed.
    #[default]
    Keep,
    /// Only where needed.
    Minimal,
    /// Always.
    All,
    /// All that are not numbers.
    NonNumeric,
    /// Never; an error where that would change the data.
    Never,
}

/// Bytes of a head from which a reader decides what it could only be sure of at the end of the input.
pub(crate) const HEAD: usize = 64 << 10;

/// A format set up for reading.
pub(crate) trait Reader: Send + Sync {
    /// Looks at the head of an input (decompressed, decoded, without its byte order mark). `whole` says that `head` is
    /// all there is. Reading starts over at `Opening::data_start`. What is decided must not depend on how much of the
    /// input a short head holds.
    fn open(&self, head: &[u8], whole: bool) -> Result<Opening, Unopened>;

    /// Whether the head must be the whole input, for formats that can be read no other way.
    fn reads_whole(&self) -> bool {
        false
    }
}

/// Why an input is not open.
#[derive(Debug)]
pub(crate) enum Unopened {
    /// The head is too short to tell; the fault says so, where there can be no more of it.
    More(Fault),
    /// It breaks the rules of its format.
    Fault(Fault),
    /// It cannot be read for a reason that has no place in it.
    Problem(Problem),
}

impl Unopened {
    /// The fault to report where the head does not grow.
    pub(crate) fn into_fault(self) -> Fault {
        match self {
            Self::More(fault) | Self::Fault(fault) => fault,
            Self::Problem(problem) => Fault { at: 0, message: problem.message, hint: problem.hint },
        }
    }
}

impl Unopened {
    /// The same for a text that starts further on in the head.
    #[must_use]
    pub(crate) fn moved(self, by: usize) -> Self {
        let moved = |fault: Fault| Fault { at: fault.at + by, ..fault };
        match self {
            Self::More(fault) => Self::More(moved(fault)),
            Self::Fault(fault) => Self::Fault(moved(fault)),
            Self::Problem(problem) => Self::Problem(problem),
        }
    }
}

impl From<Problem> for Unopened {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<Fault> for Unopened {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// What a reader learned from the head of an input.
pub(crate) struct Opening {
    /// Decodes its blocks.
    pub(crate) decoder: Arc<dyn Decoder>,
    /// Where the first record starts.
    pub(crate) data_start: usize,
    /// The columns, where the format knows them before the records.
    pub(crate) columns: Option<Vec<Arc<str>>>,
    /// The header record as it came, line end included, for output in the same dialect.
    pub(crate) header: Option<Vec<u8>>,
    /// Things to tell the user, without a path.
    pub(crate) notes: Vec<Problem>,
    /// Wraps the rest of the input, for inputs whose records must be looked for by one thread (a JSON array, `--root`):
    /// the stream from `data_start` on goes in, one that holds just records comes out.
    pub(crate) wrap: Option<Wrap>,
}

/// Turns the stream of an input into the stream of its records.
pub(crate) type Wrap = Box<dyn FnOnce(Box<dyn Read + Send>) -> Box<dyn Read + Send> + Send>;

/// Turns blocks into batches. One decoder serves all blocks of an input, on all threads.
pub(crate) trait Decoder: Send + Sync {
    /// How records end.
    fn boundary(&self) -> &dyn Boundary;

    /// How its records are laid out, for delimited text whose raw records may be copied.
    fn delimited(&self) -> Option<Arc<Delimited>> {
        None
    }

    /// What the input said that output in this format does not say, though no record was changed. Asked behind its last
    /// block.
    fn lost(&self, written: &Row<Format>) -> Vec<Problem> {
        let _ = written;
        Vec::new()
    }

    /// Decodes the records of `block.body()`. A fault ends the batch before the record it is in: the records before it
    /// are in the batch.
    fn decode(&self, block: Block, projection: &Projection, scratch: &mut Scratch) -> (Batch, Option<Fault>);
}

/// Which columns a plan reads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Projection {
    /// The columns to decode, as names or as paths (`a.b[0].c`, where no column has exactly that name); all where
    /// none. A batch of a JSON input has just these, in this order, with missing cells; a batch of a CSV input has
    /// those that exist, in header order.
    pub(crate) columns: Option<Vec<String>>,
    /// Whether `Batch::raw` is wanted. Where a decoder cannot give it (padded records), the batch has all columns
    /// instead.
    pub(crate) raw: bool,
}

/// A record that breaks the rules of its format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Where in `block.bytes` (or in the head) it was found.
    pub(crate) at: usize,
    /// What is wrong.
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) hint: Option<String>,
}

impl Fault {
    /// A fault at an offset.
    pub(crate) fn new(at: usize, message: impl Into<String>) -> Self {
        Self { at, message: message.into(), hint: None }
    }

    /// The same with a hint.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The problem to report, without its place.
    pub(crate) fn problem(&self) -> Problem {
        let problem = Problem::new(Code::Data, self.message.clone());
        match &self.hint {
            Some(hint) => problem.hint(hint.clone()),
            None => problem,
        }
    }
}

/// A fault that a [`Wrap`] met: the inner error of the [`std::io::Error`] its stream ends with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StreamFault {
    /// What is wrong; its own place is not used.
    pub(crate) fault: Fault,
    /// Offset in the input (decompressed, decoded, without its byte order mark).
    pub(crate) offset: u64,
}

impl std::fmt::Display for StreamFault {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.fault.problem().fmt(out)
    }
}

impl std::error::Error for StreamFault {}

/// What an encoder must know before it can print the first record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Nothing: records of any shape stream out (JSON, JSON Lines, vertical).
    Stream,
    /// All columns: a header comes first. Where the columns are not known before reading, records are spooled and
    /// short ones padded (CSV, TSV).
    Header,
    /// All records: column widths. Always spooled (table, markdown).
    Widths,
    /// All records, of any shape: what the columns hold. Always spooled (JSON with [`Infer::Column`]).
    Types,
}

impl Layout {
    /// Whether all records have the same columns, with objects spread over them.
    pub(crate) fn is_flat(self) -> bool {
        matches!(self, Self::Header | Self::Widths)
    }

    /// Whether records wait for the last of them, in the encoder's own form.
    pub(crate) fn waits(self) -> bool {
        matches!(self, Self::Widths | Self::Types)
    }
}

/// Encoded records that wait for what must be known first. They can be read more than once.
pub(crate) trait Spool: BufRead + Seek {}

impl<T: BufRead + Seek> Spool for T {}

/// Turns batches into bytes. One encoder serves all threads.
pub(crate) trait Encoder: Send + Sync {
    /// What must be known first.
    fn layout(&self) -> Layout;

    /// Whether untouched raw records of this layout may be copied to an output that has just these columns. A plan asks
    /// for `Projection::raw` instead of all columns only where this is true of every input.
    fn copies(&self, source: &Delimited, columns: &[Arc<str>]) -> bool {
        let _ = (source, columns);
        false
    }

    /// Whether the raw text of untouched JSON values may be copied to the output.
    fn copies_json(&self) -> bool {
        false
    }

    /// Appends what comes before the first record, for all but `Widths`. `columns` are all columns (empty where they are
    /// not flat); `header` is the input's own header record, offered where the columns are exactly those of the
    /// one input and the dialect may be the same.
    fn start(&self, columns: &[Arc<str>], header: Option<&[u8]>, out: &mut Vec<u8>);

    /// Appends the selected records of a batch. For `Header` and `Widths`, cells go out in the order of `columns`, which
    /// hold every column of the batch and maybe more; objects have been flattened. For `Widths`, what is appended is the
    /// encoder's own spool form of the records.
    fn records(&self, batch: &Batch, columns: &[Arc<str>], out: &mut Vec<u8>) -> Result<()>;

    /// What `records` puts in front of each record to separate it from the one before; the drain drops it from the very
    /// first. Empty where records end themselves.
    fn separator(&self) -> &'static [u8] {
        b""
    }

    /// Copies spooled records that were encoded with `had` columns to the output that has `columns`. `Stream` is never
    /// asked. `Widths` and `Types` get the whole spool in one call at the end; the first record of `Types` comes without
    /// its separator, behind what `start` appended.
    fn unspool(&self, spool: &mut dyn Spool, had: usize, columns: &[Arc<str>], out: &mut dyn Write) -> Result<()>;

    /// Appends what comes after the last record.
    fn end(&self, records: u64, out: &mut Vec<u8>);

    /// What the encoder has to say once everything is written: replaced bytes, columns of mixed types.
    fn notes(&self) -> Vec<Problem> {
        Vec::new()
    }
}
