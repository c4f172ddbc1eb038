//! Looks at inputs before the run: opens them, tells their format, reads their header.
//!
//! Nothing is read twice, so a pipe can be looked at too: what the head holds of the records comes out again first.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use crate::core::block::{Block, Origin};
use crate::core::data::batch::Batch;
use crate::core::error::{Code, Error, Problem, Result};
use crate::core::format::{
    Decoder, Encoder, FORMATS, Fault, Format, HEAD, Opening, Projection, ReadOptions, Reader, Scratch, StreamFault,
    Unopened, Wrap, named,
};
use crate::core::input::blocks::{Bytes, MAX_RECORD, longer_than_allowed};
use crate::core::input::encoding::Decode;
use crate::core::input::expand::{Input, extension};
use crate::core::input::live::Stream;
use crate::core::input::open::{OpenOptions, Source, open, open_stdin};
use crate::core::input::positional::read_full_at;
use crate::core::integer::{float, to_index, whole};
use crate::core::registry::{Row, find};
use crate::process::missing;

/// Most bytes of an input that are looked at before the run.
const MOST: usize = 64 << 20;

/// Up to here the head of a stream is looked at again after each line, so that it can start as soon as it is known.
const PROMPT: usize = 1 << 20;

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
    /// Its data, from the first record on.
    pub(crate) data: Data,
    /// The file and where its data starts, where records come as a stream but lines can be counted again.
    pub(crate) recount: Option<(File, u64)>,
    /// Most bytes of a block, where records of many different keys would make a large table of one.
    pub(crate) most: usize,
    /// Bytes of its longest record.
    pub(crate) longest: usize,
    /// Whether its bytes come from a file, so that reading ahead in it waits for nobody.
    pub(crate) regular: bool,
    reader: Box<dyn Reader>,
    /// Its first bytes, where columns are only known from records.
    sample: Vec<u8>,
}

/// The data of an input that has been looked at.
pub(crate) enum Data {
    /// It is open.
    Open(Bytes),
    /// It is looked at again when its turn comes: descriptors are few, inputs may be many.
    Closed(Reopen),
}

/// Looks at an input again.
pub(crate) type Reopen = Box<dyn FnOnce() -> Result<Prepared, Problem> + Send>;

/// Looks at an input: opens it, tells its format, reads its header.
pub(crate) fn prepare(
    input: &Input,
    index: u32,
    from: Option<&str>,
    options: &ReadOptions,
) -> Result<Prepared, Problem> {
    let name = input.name();
    let decode = options.encoding.as_deref().and_then(Decode::labelled).unwrap_or(Decode::ByMark);
    let open_options = OpenOptions { decompress: true, decode };
    let opened = match input {
        Input::Stdin => open_stdin(open_options)?,
        Input::File(path) => open(path, open_options).map_err(|problem| missing::with_hint(problem, path))?,
    };
    let failed = |error| stream_problem(&name, error);
    let longest = options.longest.unwrap_or(MAX_RECORD);
    let mut looked = Looked { head: Vec::new(), whole: false, source: opened.source, longest };
    looked.more().map_err(failed)?;
    let (format, why) = loop {
        match format_of(input, from, &looked.head, looked.whole || looked.head.len() >= HEAD)? {
            Some(told) => break told,
            None => looked.more().map_err(failed)?,
        }
    };
    let Some(reader) = format.item.reader else {
        return Err(Problem::new(Code::Usage, format!("format '{}' cannot be read", format.name)).at_path(name));
    };
    let reader = reader(options).map_err(problem_of)?;
    if reader.reads_whole() {
        looked.all().map_err(failed)?;
    }
    let opening = loop {
        match reader.open(&looked.head, looked.whole) {
            Ok(opening) => break opening,
            Err(Unopened::More(_)) if looked.may_grow() => looked.more().map_err(failed)?,
            Err(Unopened::Problem(problem)) => return Err(problem.at_path(name)),
            Err(unopened) => return Err(looked.problem(&unopened.into_fault()).at_path(name)),
        }
    };
    let Opening { decoder, data_start, columns, header, notes, wrap } = opening;
    let recount = match &looked.source {
        Source::File { file, start, .. } if wrap.is_some() => file.try_clone().ok().map(|file| (file, *start)),
        _ => None,
    };
    let sample = if columns.is_none() { looked.head.clone() } else { Vec::new() };
    let bytes = looked.bytes(data_start, wrap).map_err(|error| Problem::io(name.clone(), &error))?;
    let told = Problem::debug(format!("read as {}, told by {why}", format.name));
    let notes = std::iter::once(told).chain(notes).map(|note| note.at_path(name.clone())).collect();
    let mut prepared = Prepared {
        origin: Arc::new(Origin { index, name }),
        format,
        columns,
        header,
        decoder,
        notes,
        data: Data::Open(bytes),
        reader,
        sample,
        recount,
        most: usize::MAX,
        longest: looked.longest,
        regular: matches!(input, Input::File(path) if path.is_file()),
    };
    if prepared.sample.len() >= HEAD / 2 {
        let sample = prepared.sample.clone();
        let first = prepared.sample();
        prepared.most = block_for(sample.len(), first.rows.saturating_mul(first.columns.len()));
        prepared.sample = sample;
    }
    Ok(prepared)
}

/// Most bytes of a block where so many bytes made so many cells: where each record has keys of its own, both the
/// records and the columns of a block grow with its size.
fn block_for(bytes: usize, cells: usize) -> usize {
    /// Cells of a block that are no trouble, and of one that is made smaller.
    const MANY: usize = 1 << 18;
    const WANTED: u64 = 1 << 20;
    if cells <= MANY {
        return usize::MAX;
    }
    to_index(whole(float(bytes as u64) * (float(WANTED) / float(cells as u64)).sqrt()))
}

impl Prepared {
    /// Whether its untouched records may be copied to an output of these columns.
    pub(crate) fn copies(&self, encoder: &dyn Encoder, columns: &[Arc<str>]) -> bool {
        match self.decoder.delimited() {
            Some(delimited) => encoder.copies(&delimited, columns),
            None => self.columns.is_none() && encoder.copies_json(),
        }
    }

    /// Bytes of its records, where they are known before they are read.
    pub(crate) fn len(&self) -> Option<u64> {
        match &self.data {
            Data::Open(Bytes::File { start, end, .. }) => Some(end.saturating_sub(*start)),
            Data::Open(Bytes::Stream { .. }) | Data::Closed(_) => None,
        }
    }

    /// Closes it until its turn comes. Only files can be opened twice: what was read of a pipe is gone from it.
    pub(crate) fn close(&mut self, input: &Input, from: Option<&str>, options: &ReadOptions) {
        if let Input::File(path) = input
            && path.is_file()
        {
            let (input, from, options) = (input.clone(), from.map(ToString::to_string), options.clone());
            let index = self.origin.index;
            self.data = Data::Closed(Box::new(move || prepare(&input, index, from.as_deref(), &options)));
            self.sample = Vec::new();
        }
    }

    /// The columns of its first records, for suggestions; it takes the sample out.
    pub(crate) fn sampled_columns(&mut self) -> Vec<Arc<str>> {
        self.sample().columns.into_iter().map(|column| column.name).collect()
    }

    /// Its first records, where columns are only known from records; it takes the sample out.
    pub(crate) fn sample(&mut self) -> Batch {
        let mut bytes = std::mem::take(&mut self.sample);
        if let Ok(Opening { wrap: Some(wrap), data_start, .. }) = self.reader.open(&bytes, true) {
            let mut records = Vec::new();
            let rest = bytes.split_off(data_start.min(bytes.len()));
            // The sample breaks off somewhere; what came before that is enough.
            let _ = wrap(Box::new(Cursor::new(rest))).read_to_end(&mut records);
            bytes = records;
        }
        let end = bytes.len();
        let block = Block { bytes, end, ..Block::default() };
        self.decoder.decode(block, &Projection::default(), &mut Scratch::default()).0
    }
}

/// The head of an opened input and the way to its rest.
struct Looked {
    head: Vec<u8>,
    whole: bool,
    source: Source,
    /// Bytes of its longest record.
    longest: usize,
}

impl Looked {
    /// Whether more of the head may be looked at.
    fn may_grow(&self) -> bool {
        !self.whole && self.head.len() < MOST.min(self.longest)
    }

    /// Reads more of the head: of a file twice as much as before; of a stream what comes next, a whole line at least.
    fn more(&mut self) -> io::Result<()> {
        let had = self.head.len();
        let target = if had < HEAD { HEAD } else { (had * 2).min(MOST) };
        self.head.resize(target, 0);
        let mut filled = had;
        let outcome = match &mut self.source {
            Source::File { file, len, start } => {
                let there = usize::try_from(len.saturating_sub(*start)).unwrap_or(target);
                let want = target.min(there).max(had);
                let rest = self.head.get_mut(had..want).unwrap_or_default();
                read_full_at(file, rest, *start + had as u64).map(|read| {
                    filled += read;
                    // A file that has become shorter ends there.
                    self.whole = filled == there || filled < want;
                })
            }
            Source::Stream(reader) => loop {
                let (before, rest) = self.head.split_at_mut_checked(filled).unwrap_or_default();
                let read = before.get(had..).unwrap_or_default();
                let line = had < PROMPT && memchr::memchr(b'\n', read).is_some();
                if line || rest.is_empty() {
                    break Ok(());
                }
                match reader.read(rest) {
                    Ok(0) => {
                        self.whole = true;
                        break Ok(());
                    }
                    Ok(read) => filled += read,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => break Err(error),
                }
            },
        };
        self.head.truncate(filled);
        outcome
    }

    /// Reads all of it, up to the longest record.
    fn all(&mut self) -> io::Result<()> {
        while !self.whole {
            let had = self.head.len();
            let step = had.clamp(HEAD, MOST);
            self.head.resize(had + step, 0);
            let room = self.head.get_mut(had..).unwrap_or_default();
            let read = match &mut self.source {
                Source::File { file, start, .. } => read_full_at(file, room, *start + had as u64)?,
                Source::Stream(reader) => read_full(reader, room)?,
            };
            self.head.truncate(had + read);
            self.whole = read < step;
            if self.head.len() > self.longest {
                return Err(io::Error::other(longer_than_allowed("an input that must be read whole", self.longest)));
            }
        }
        Ok(())
    }

    /// The problem of a fault in the head.
    fn problem(&self, fault: &Fault) -> Problem {
        let before = self.head.get(..fault.at).unwrap_or(&self.head);
        let line = memchr::memchr_iter(b'\n', before).count() as u64 + 1;
        let column = before.len() - memchr::memrchr(b'\n', before).map_or(0, |at| at + 1) + 1;
        fault.problem().at_line(line).at_column(column as u64)
    }

    /// The bytes from the first record on.
    fn bytes(&mut self, data_start: usize, wrap: Option<Wrap>) -> io::Result<Bytes> {
        let lines = memchr::memchr_iter(b'\n', self.head.get(..data_start).unwrap_or(&self.head)).count() as u64;
        let source = std::mem::replace(&mut self.source, Source::Stream(Stream::of(io::empty())));
        let (reader, start): (Stream, u64) = match source {
            Source::File { file, len, start } if wrap.is_none() => {
                return Ok(Bytes::File { file, start: start + data_start as u64, end: len });
            }
            Source::File { mut file, len, start } => {
                let from = start + data_start as u64;
                file.seek(SeekFrom::Start(from))?;
                (Stream::of(file.take(len.saturating_sub(from))), from)
            }
            Source::Stream(reader) => {
                let head = self.head.split_off(data_start.min(self.head.len()));
                (reader.wrapped(|rest| Box::new(Cursor::new(head).chain(rest))), data_start as u64)
            }
        };
        let reader = match wrap {
            Some(wrap) => reader.wrapped(wrap),
            None => reader,
        };
        Ok(Bytes::Stream { reader, start, lines })
    }
}

/// Reads until the buffer is full or the stream ends.
fn read_full(reader: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(room) = buffer.get_mut(filled..).filter(|room| !room.is_empty()) {
        match reader.read(room) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// A format, and what told it.
type Told = (&'static Row<Format>, &'static str);

/// The format of an input, and what told it: the command line, its name, or its content. None where the head is too
/// short to tell; `enough` says that there is no more.
fn format_of(input: &Input, from: Option<&str>, head: &[u8], enough: bool) -> Result<Option<Told>, Problem> {
    if let Some(name) = from {
        return named(name).map(|format| Some((format, "--from")));
    }
    if let Input::File(path) = input
        && let Some(format) = format_by_name(path)
    {
        return Ok(Some((format, "its name")));
    }
    let line_ends = head.trim_ascii_start().contains(&b'\n');
    if !enough && !line_ends {
        return Ok(None);
    }
    let fallback = if head.trim_ascii().is_empty() { find(FORMATS, "jsonl") } else { None };
    let sniffed = FORMATS.iter().rev().find(|row| row.item.sniff.is_some_and(|sniff| sniff(head)));
    match sniffed.or(fallback) {
        Some(format) => Ok(Some((format, "its content"))),
        None if !enough => Ok(None),
        None => Err(Problem::new(Code::Usage, "cannot tell the format")
            .at_path(input.name())
            .hint("say it with --from, as in --from csv or --from lines")),
    }
}

/// The format that a file name tells, compressed or not.
pub(crate) fn format_by_name(path: &Path) -> Option<&'static Row<Format>> {
    let extension = extension(path)?;
    FORMATS.iter().find(|row| row.item.extensions.contains(&extension.as_str()))
}

/// The problem in an error, for places that only fail with one.
pub(crate) fn problem_of(error: Error) -> Problem {
    match error {
        Error::Problem(problem) => *problem,
        other => Problem::new(Code::Internal, other.to_string()),
    }
}

/// The problem of a stream: one that a record finder or a decompressor put into the error, or the error itself.
pub(crate) fn stream_problem(name: &str, error: io::Error) -> Problem {
    let error = match error.downcast::<Problem>() {
        Ok(problem) => return problem.at_path(name),
        Err(error) => error,
    };
    match error.downcast::<StreamFault>() {
        Ok(found) => found.fault.problem().at_path(name),
        Err(error) => Problem::io(name, &error),
    }
}
