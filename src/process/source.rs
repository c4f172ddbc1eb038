//! Where records come from: opened inputs, or the table a stage gathered.
//!
//! A [`Feed`] hands out numbered claims to all threads and loads them into batches. Inputs are looked at before the
//! run ([`prepare`]): their format, their columns. What ends an input (a fault, a read error) is known to all later
//! blocks of that input through a relay, which also numbers the rows, so the same rows come out at any thread count.

use std::collections::VecDeque;
use std::fmt::Write;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::core::block::{Block, Origin};
use crate::core::data::batch::{Batch, Values};
use crate::core::data::cell::Kind;
use crate::core::error::{Code, Error, Problem, Result};
use crate::core::exec::cancel::Cancel;
use crate::core::exec::relay::Relay;
use crate::core::format::{
    Decoder, FORMATS, Format, Opening, Projection, ReadOptions, Reader, Scratch, StreamFault, Wrap,
};
use crate::core::input::blocks::{Blocks, Bytes, Claim, position};
use crate::core::input::expand::Input;
use crate::core::input::open::{OpenOptions, Source, open, open_stdin};
use crate::core::input::positional::read_full_at;
use crate::core::registry::{Row, did_you_mean, find, names};
use crate::core::terminal::progress::Bar;
use crate::process::stage::Table;

/// Bytes of an input that are looked at before the run.
const HEAD: usize = 64 << 10;

/// Hands out work and loads it.
pub(crate) trait Feed: Sync {
    /// A piece of work.
    type Claim: Send;

    /// The next piece with its number, or none at the end.
    fn claim(&self, scratch: &mut Scratch) -> Result<Option<(u64, Self::Claim)>>;

    /// Makes a batch of it. Every number gives a batch, maybe an empty one.
    fn load(&self, seq: u64, claim: Self::Claim, scratch: &mut Scratch, problems: &mut Vec<Problem>) -> Result<Batch>;
}

/// An input that has been looked at.
pub(crate) struct Prepared {
    /// The input as messages name it.
    pub(crate) origin: Arc<Origin>,
    /// The format it is read as.
    pub(crate) format: &'static Row<Format>,
    /// Its columns, where the format knows them.
    pub(crate) columns: Option<Vec<Arc<str>>>,
    /// Its header record as it came.
    pub(crate) header: Option<Vec<u8>>,
    /// Its decoder.
    pub(crate) decoder: Arc<dyn Decoder>,
    /// What to tell the user about it.
    pub(crate) notes: Vec<Problem>,
    bytes: Bytes,
    reader: Box<dyn Reader>,
    /// Its first bytes, where columns are only known from records.
    sample: Vec<u8>,
    /// The file and where its data starts, where records come as a stream but lines can be counted again.
    recount: Option<(File, u64)>,
}

/// Looks at an input: opens it, tells its format, reads its header.
pub(crate) fn prepare(
    input: &Input,
    index: u32,
    from: Option<&str>,
    options: &ReadOptions,
) -> Result<Prepared, Problem> {
    let name = input.name();
    let open_options = OpenOptions { decompress: true, decode: true };
    let opened = match input {
        Input::Stdin => open_stdin(open_options)?,
        Input::File(path) => open(path, open_options)?,
    };
    let mut looked = look(opened.source).map_err(|error| stream_problem(&name, error))?;
    let (format, why) = format_of(input, from, &looked.head)?;
    let Some(reader) = format.item.reader else {
        return Err(Problem::new(Code::Usage, format!("format '{}' cannot be read", format.name)).at_path(name));
    };
    let reader = reader(options).map_err(|error| problem_of(error).at_path(name.clone()))?;
    let opening = reader.open(&looked.head, looked.whole).map_err(|fault| {
        let before = looked.head.get(..fault.at).unwrap_or(&looked.head);
        let line = memchr::memchr_iter(b'\n', before).count() as u64 + 1;
        let column = before.len() - memchr::memrchr(b'\n', before).map_or(0, |at| at + 1) + 1;
        fault.problem().at_path(name.clone()).at_line(line).at_column(column as u64)
    })?;
    let Opening { decoder, data_start, columns, header, notes, wrap } = opening;
    let recount = match &looked.source {
        Source::File { file, start, .. } if wrap.is_some() => file.try_clone().ok().map(|file| (file, *start)),
        _ => None,
    };
    let sample = if columns.is_none() { looked.head.clone() } else { Vec::new() };
    let bytes = looked.bytes(data_start, wrap).map_err(|error| Problem::io(name.clone(), &error))?;
    let told = Problem::debug(format!("read as {}, told by {why}", format.name));
    let notes = std::iter::once(told).chain(notes).map(|note| note.at_path(name.clone())).collect();
    Ok(Prepared {
        origin: Arc::new(Origin { index, name }),
        format,
        columns,
        header,
        decoder,
        notes,
        bytes,
        reader,
        sample,
        recount,
    })
}

impl Prepared {
    /// Bytes of its records, where they are known before they are read.
    pub(crate) fn len(&self) -> Option<u64> {
        match &self.bytes {
            Bytes::File { start, end, .. } => Some(end.saturating_sub(*start)),
            Bytes::Stream { .. } => None,
        }
    }

    /// The columns of its first records, for suggestions; it takes the sample out.
    pub(crate) fn sampled_columns(&mut self) -> Vec<Arc<str>> {
        let mut bytes = std::mem::take(&mut self.sample);
        if let Ok(Opening { wrap: Some(wrap), data_start, .. }) = self.reader.open(&bytes, false) {
            let mut records = Vec::new();
            let rest = bytes.split_off(data_start.min(bytes.len()));
            // The sample breaks off somewhere; what came before that is enough.
            let _ = wrap(Box::new(Cursor::new(rest))).read_to_end(&mut records);
            bytes = records;
        }
        let end = bytes.len();
        let block = Block { bytes, end, ..Block::default() };
        let (batch, _) = self.decoder.decode(block, &Projection::default(), &mut Scratch::default());
        batch.columns.into_iter().map(|column| column.name).collect()
    }
}

/// The head of an opened input and the way to its rest.
struct Looked {
    head: Vec<u8>,
    whole: bool,
    source: Source,
}

/// Reads the head: of a file its first bytes; of a stream what comes first, a whole line at least.
fn look(mut source: Source) -> io::Result<Looked> {
    let mut head = vec![0; HEAD];
    let (filled, whole) = match &mut source {
        Source::File { file, len, start } => {
            let want = HEAD.min(usize::try_from(len.saturating_sub(*start)).unwrap_or(HEAD));
            let read = read_full_at(file, &mut head[..want], *start)?;
            (read, *start + read as u64 >= *len)
        }
        Source::Stream(reader) => {
            let mut filled = 0;
            let mut whole = false;
            while filled < HEAD && !(filled > 0 && head[..filled].contains(&b'\n')) {
                match reader.read(&mut head[filled..]) {
                    Ok(0) => {
                        whole = true;
                        break;
                    }
                    Ok(read) => filled += read,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(error),
                }
            }
            (filled, whole)
        }
    };
    head.truncate(filled);
    Ok(Looked { head, whole, source })
}

impl Looked {
    /// The bytes from the first record on.
    fn bytes(&mut self, data_start: usize, wrap: Option<Wrap>) -> io::Result<Bytes> {
        let lines = memchr::memchr_iter(b'\n', self.head.get(..data_start).unwrap_or(&self.head)).count() as u64;
        let source = std::mem::replace(&mut self.source, Source::Stream(Box::new(io::empty())));
        let (reader, start): (Box<dyn Read + Send>, u64) = match source {
            Source::File { file, len, start } if wrap.is_none() => {
                return Ok(Bytes::File { file, start: start + data_start as u64, end: len });
            }
            Source::File { mut file, len, start } => {
                let from = start + data_start as u64;
                file.seek(SeekFrom::Start(from))?;
                (Box::new(file.take(len.saturating_sub(from))), from)
            }
            Source::Stream(reader) => {
                let head = self.head.split_off(data_start.min(self.head.len()));
                (Box::new(Cursor::new(head).chain(reader)), data_start as u64)
            }
        };
        let reader = match wrap {
            Some(wrap) => wrap(reader),
            None => reader,
        };
        Ok(Bytes::Stream { reader, start, lines })
    }
}

/// The format of an input, and what told it: the command line, its name, or its content.
fn format_of(input: &Input, from: Option<&str>, head: &[u8]) -> Result<(&'static Row<Format>, &'static str), Problem> {
    if let Some(name) = from {
        return find(FORMATS, name).map(|format| (format, "--from")).ok_or_else(|| unknown_format(name));
    }
    if let Input::File(path) = input
        && let Some(format) = format_by_name(path)
    {
        return Ok((format, "its name"));
    }
    let fallback = if head.trim_ascii().is_empty() { find(FORMATS, "jsonl") } else { None };
    let sniffed = FORMATS.iter().find(|row| row.item.sniff.is_some_and(|sniff| sniff(head)));
    sniffed.or(fallback).map(|format| (format, "its content")).ok_or_else(|| {
        Problem::new(Code::Usage, "cannot tell the format")
            .at_path(input.name())
            .hint("say it with --from, as in --from csv")
    })
}

/// The format that a file name tells, compressed or not.
pub(crate) fn format_by_name(path: &Path) -> Option<&'static Row<Format>> {
    let mut path = path;
    let stem;
    if let Some("gz" | "zst" | "bz2" | "xz" | "lz4" | "br") = path.extension().and_then(|extension| extension.to_str())
    {
        stem = path.with_extension("");
        path = &stem;
    }
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    FORMATS.iter().find(|row| row.item.extensions.contains(&extension.as_str()))
}

/// The error for a format nobody knows.
pub(crate) fn unknown_format(name: &str) -> Problem {
    let all = || FORMATS.iter().map(|row| row.name).collect::<Vec<_>>().join(", ");
    let hint = did_you_mean(name, names(FORMATS)).unwrap_or_else(|| format!("formats: {}", all()));
    Problem::new(Code::Usage, format!("unknown format '{name}'")).hint(hint)
}

/// The problem in an error, for places that only fail with one.
pub(crate) fn problem_of(error: Error) -> Problem {
    match error {
        Error::Problem(problem) => *problem,
        other => Problem::new(Code::Internal, other.to_string()),
    }
}

/// The problem of a stream: one that a record finder or a decompressor put into the error, or the error itself.
fn stream_problem(name: &str, error: io::Error) -> Problem {
    let error = match error.downcast::<Problem>() {
        Ok(problem) => return problem.at_path(name),
        Err(error) => error,
    };
    match error.downcast::<StreamFault>() {
        Ok(found) => found.fault.problem().at_path(name),
        Err(error) => Problem::io(name, &error),
    }
}

/// The inputs of a run as a feed.
pub(crate) struct Inputs {
    cursor: Mutex<Cursored>,
    projection: Projection,
    verdicts: Relay<Verdict>,
    block_size: usize,
    cancel: Cancel,
    /// Columns that only reading can tell, and whether they were seen.
    wanted: Vec<(String, AtomicBool)>,
    rows: AtomicU64,
    progress: Option<Arc<Bar>>,
}

struct Cursored {
    waiting: VecDeque<Prepared>,
    current: Option<Arc<Current>>,
    index: u64,
    seq: u64,
}

struct Current {
    blocks: Blocks,
    decoder: Arc<dyn Decoder>,
    recount: Option<(File, u64)>,
}

/// What all earlier blocks add up to.
#[derive(Debug, Default)]
struct Verdict {
    rows: u64,
    /// The input of the last block, and the rows before it.
    input: Option<(u32, u64)>,
    /// The input whose records are at an end.
    failed: Option<u32>,
}

/// A block of an input, or what kept it from being read.
pub(crate) struct InputClaim {
    current: Arc<Current>,
    block: Result<Claim, Problem>,
}

impl Inputs {
    /// A feed of these inputs, in order.
    pub(crate) fn new(
        inputs: Vec<Prepared>,
        projection: Projection,
        wanted: impl IntoIterator<Item = String>,
        block_size: usize,
        cancel: &Cancel,
    ) -> Self {
        Self {
            cursor: Mutex::new(Cursored { waiting: inputs.into(), current: None, index: 0, seq: 0 }),
            projection,
            verdicts: Relay::new(Verdict::default(), cancel.clone()),
            block_size,
            cancel: cancel.clone(),
            wanted: wanted.into_iter().map(|name| (name, AtomicBool::new(false))).collect(),
            rows: AtomicU64::new(0),
            progress: None,
        }
    }

    /// The same, telling this bar what was read.
    #[must_use]
    pub(crate) fn shown_by(mut self, bar: Option<Arc<Bar>>) -> Self {
        if let (Some(bar), Ok(cursor)) = (&bar, self.cursor.get_mut()) {
            bar.meter().expect(cursor.waiting.iter().map(Prepared::len).sum::<Option<u64>>().unwrap_or(0));
        }
        self.progress = bar;
        self
    }

    /// Columns that the plan names and no record had, where there were records.
    pub(crate) fn never_seen(&self) -> Vec<&str> {
        if self.rows.load(Ordering::Relaxed) == 0 {
            return Vec::new();
        }
        self.wanted.iter().filter(|(_, seen)| !seen.load(Ordering::Relaxed)).map(|(name, _)| name.as_str()).collect()
    }

    fn watch(&self, batch: &Batch) {
        self.rows.fetch_add(batch.rows as u64, Ordering::Relaxed);
        for (name, seen) in &self.wanted {
            if seen.load(Ordering::Relaxed) {
                continue;
            }
            let root = name.split(['.', '[']).next().unwrap_or(name);
            if let Some(column) = batch.find(name).or_else(|| batch.find(root))
                && has_value(&batch.columns[column].values)
            {
                seen.store(true, Ordering::Relaxed);
            }
        }
    }
}

fn has_value(values: &Values) -> bool {
    match values {
        Values::Cells(cells) => cells.iter().any(|cell| cell.kind() != Kind::Missing),
        Values::Numbers(_) => true,
    }
}

impl Feed for Inputs {
    type Claim = InputClaim;

    fn claim(&self, scratch: &mut Scratch) -> Result<Option<(u64, InputClaim)>> {
        let mut cursor = self.cursor.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let current = match &cursor.current {
                Some(current) => Arc::clone(current),
                None => match cursor.waiting.pop_front() {
                    Some(next) => {
                        let stateful = next.decoder.boundary().stateful();
                        let blocks = Blocks::new(next.origin, next.bytes, self.block_size, stateful, &self.cancel);
                        let current = Arc::new(Current { blocks, decoder: next.decoder, recount: next.recount });
                        cursor.current = Some(Arc::clone(&current));
                        cursor.index = 0;
                        current
                    }
                    None => return Ok(None),
                },
            };
            let claimed = current.blocks.claim(cursor.index, current.decoder.boundary(), || scratch.take_block());
            let block = match claimed {
                Ok(Some(claim)) => Ok(claim),
                Ok(None) => {
                    cursor.current = None;
                    continue;
                }
                Err(error) => {
                    cursor.current = None;
                    let offset = offset_of(&error);
                    let problem = stream_problem(&current.blocks.origin().name, error);
                    Err(match (offset, &current.recount) {
                        (Some(offset), Some((file, start))) => {
                            let (line, column) = position(file, start + offset);
                            problem.at_line(line).at_column(column)
                        }
                        (Some(offset), None) => {
                            let message = format!("{} (at byte {})", problem.message, offset + 1);
                            Problem { message, ..problem }
                        }
                        (None, _) => problem,
                    })
                }
            };
            cursor.index += 1;
            let seq = cursor.seq;
            cursor.seq += 1;
            return Ok(Some((seq, InputClaim { current, block })));
        }
    }

    fn load(&self, seq: u64, claim: InputClaim, scratch: &mut Scratch, problems: &mut Vec<Problem>) -> Result<Batch> {
        let InputClaim { current, block } = claim;
        let lines = match &block {
            Ok(Claim::Chunk { lines, .. }) => *lines,
            _ => 0,
        };
        let loaded = block
            .map_err(Error::from)
            .and_then(|claim| current.blocks.load(claim, current.decoder.boundary(), || scratch.take_block()));
        let (mut batch, mut failure) = match loaded {
            Ok(block) => {
                if let Some(bar) = &self.progress {
                    bar.meter().add(block.body().len() as u64);
                }
                let (batch, fault) = current.decoder.decode(block, &self.projection, scratch);
                let problem = fault.map(|fault| {
                    let (line, column) = current.blocks.place(&batch.block, lines, fault.at);
                    fault.problem().at_path(&current.blocks.origin().name).at_line(line).at_column(column)
                });
                (batch, problem)
            }
            Err(Error::Problem(problem)) => (Batch::default(), Some(*problem)),
            Err(other) => return Err(other),
        };
        let input = current.blocks.origin().index;
        let dead = self.verdicts.advance(seq, |verdict| {
            if verdict.failed == Some(input) {
                return true;
            }
            let before = match verdict.input {
                Some((last, before)) if last == input => before,
                _ => verdict.rows,
            };
            verdict.input = Some((input, before));
            batch.first_row = verdict.rows;
            verdict.rows += batch.rows as u64;
            if let Some(problem) = &mut failure {
                verdict.failed = Some(input);
                if problem.code == Code::Data && problem.line.is_some() {
                    // Writing to a string cannot fail.
                    let _ = write!(problem.message, " (record {})", verdict.rows - before + 1);
                }
            }
            false
        })?;
        if dead {
            scratch.recycle(std::mem::take(&mut batch));
            return Ok(batch);
        }
        if !self.wanted.is_empty() {
            self.watch(&batch);
        }
        problems.extend(failure);
        Ok(batch)
    }
}

/// Where in the input a record finder met its fault.
fn offset_of(error: &io::Error) -> Option<u64> {
    error.get_ref()?.downcast_ref::<StreamFault>().map(|found| found.offset)
}

/// A gathered table as a feed.
pub(crate) struct Stored {
    table: Box<dyn Table>,
    next: AtomicU64,
}

impl Stored {
    /// A feed of this table's chunks.
    pub(crate) fn new(table: Box<dyn Table>) -> Self {
        Self { table, next: AtomicU64::new(0) }
    }
}

impl Feed for Stored {
    type Claim = usize;

    fn claim(&self, _: &mut Scratch) -> Result<Option<(u64, usize)>> {
        let index = self.next.fetch_add(1, Ordering::Relaxed);
        Ok(((index as usize) < self.table.chunks()).then_some((index, index as usize)))
    }

    fn load(&self, _: u64, claim: usize, scratch: &mut Scratch, _: &mut Vec<Problem>) -> Result<Batch> {
        self.table.chunk(claim, scratch)
    }
}
