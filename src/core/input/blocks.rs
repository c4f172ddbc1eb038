//! Cuts one opened input into blocks of whole records, on all threads.
//!
//! A file is cut into ranges of equal size, handed out by number. A range's reader reads it with one positional read
//! that looks a little past its end, learns its start state from its neighbour (see [`boundary`]), and owns the records
//! that start in it, however far they reach. A stream is read by one thread at a time, which cuts each chunk at its
//! last record start and carries the rest over. Either way blocks come numbered, and the records in them are the same
//! at any block size.
//!
//! [`boundary`]: crate::core::input::boundary

use std::fs::File;
use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use crate::core::block::{Block, Origin};
use crate::core::error::{Code, Error, Problem, Result};
use crate::core::exec::cancel::Cancel;
use crate::core::exec::relay::Relay;
use crate::core::input::boundary::{Boundary, State, Window};
use crate::core::input::live::Stream;
use crate::core::input::positional::read_full_at;
use crate::core::integer::to_index;

/// Bytes of a range, unless told otherwise: large enough that claims cost nothing, small enough to stay in cache.
pub(crate) const BLOCK_SIZE: usize = 256 << 10;

/// Bytes read past a range in the same system call, at most (a boundary may ask for more): most records end within.
const LOOKAHEAD: usize = 8 << 10;

/// Longest record or line in bytes, where memory allows it; offsets in a block are 32 bits.
pub(crate) const MAX_RECORD: usize = 1 << 30;

/// Where the bytes of an input come from.
pub(crate) enum Bytes {
    /// A file, with the absolute offset of the first record and the end of the data.
    File {
        /// The open file.
        file: File,
        /// Offset of the first record.
        start: u64,
        /// Offset of the end.
        end: u64,
    },
    /// A stream that starts at the first record.
    Stream {
        /// The bytes.
        reader: Stream,
        /// Offset of the first record in the input.
        start: u64,
        /// Newlines before the first record.
        lines: u64,
    },
}

/// One input that is being cut.
pub(crate) struct Blocks {
    origin: Arc<Origin>,
    block_size: usize,
    /// Bytes of the longest record.
    longest: usize,
    supply: Supply,
}

enum Supply {
    Ranges { file: File, start: u64, end: u64, states: Option<Relay<State>> },
    Chunks(Mutex<Chunks>),
}

struct Chunks {
    reader: Stream,
    /// Bytes of the record that the last chunk broke off.
    carry: Vec<u8>,
    offset: u64,
    lines: u64,
    ended: bool,
    failure: Option<io::Error>,
}

/// A block that is claimed but not loaded.
#[derive(Debug)]
pub(crate) enum Claim {
    /// A range of a file, by its number.
    Range(u64),
    /// A chunk of a stream, read when it was claimed.
    Chunk {
        /// The chunk.
        block: Block,
        /// Newlines before it in the input.
        lines: u64,
        /// Whether what comes next may be long in coming.
        live: bool,
    },
}

impl Blocks {
    /// Starts to cut an input. `stateful` says whether its boundary is.
    pub(crate) fn new(origin: Arc<Origin>, bytes: Bytes, block_size: usize, stateful: bool, cancel: &Cancel) -> Self {
        let supply = match bytes {
            Bytes::File { file, start, end } => {
                Supply::Ranges { file, start, end, states: stateful.then(|| Relay::new(0, cancel.clone())) }
            }
            Bytes::Stream { reader, start, lines } => Supply::Chunks(Mutex::new(Chunks {
                reader,
                carry: Vec::new(),
                offset: start,
                lines,
                ended: false,
                failure: None,
            })),
        };
        Self { origin, block_size: block_size.max(1), longest: MAX_RECORD, supply }
    }

    /// The same where records may have so many bytes at most.
    #[must_use]
    pub(crate) fn up_to(self, longest: usize) -> Self {
        Self { longest: longest.min(MAX_RECORD), ..self }
    }

    /// The input.
    pub(crate) fn origin(&self) -> &Arc<Origin> {
        &self.origin
    }

    /// Claims block `index`. For a file this only says whether there is one; a stream is read here, so claims must be
    /// made in order, by one thread at a time. `buffer` is used where bytes are read. An error of a stream comes after
    /// the whole records before it, as the stream gave it: its inner error may say more than the kind.
    pub(crate) fn claim(
        &self,
        index: u64,
        boundary: &dyn Boundary,
        buffer: impl FnOnce() -> Vec<u8>,
    ) -> io::Result<Option<Claim>> {
        match &self.supply {
            Supply::Ranges { start, end, .. } => {
                let at = start + index * self.block_size as u64;
                Ok((at < *end).then_some(Claim::Range(index)))
            }
            Supply::Chunks(chunks) => {
                let mut chunks = chunks.lock().unwrap_or_else(PoisonError::into_inner);
                let (lines, live) = (chunks.lines, chunks.reader.live);
                let block = chunks.next(self.block_size, boundary, buffer, (&self.origin, self.longest))?;
                Ok(block.map(|block| Claim::Chunk { block, lines, live }))
            }
        }
    }

    /// Loads a claimed block. A block in which no record starts has an empty body.
    pub(crate) fn load(
        &self,
        claim: Claim,
        boundary: &dyn Boundary,
        buffer: impl FnOnce() -> Vec<u8>,
    ) -> Result<Block> {
        match (claim, &self.supply) {
            (Claim::Chunk { block, .. }, _) => Ok(block),
            (Claim::Range(index), Supply::Ranges { file, start, end, states }) => {
                let at = start + index * self.block_size as u64;
                let (origin, len, longest) = (&self.origin, self.block_size, self.longest);
                let range = Range { origin, file, at, end: *end, len, index, longest };
                range.load(states.as_ref(), boundary, buffer())
            }
            (Claim::Range(_), Supply::Chunks(_)) => Err(Problem::new(Code::Internal, "a stream has no ranges").into()),
        }
    }

    /// The line (from 1) and column in bytes (from 1) of an offset in `block`, given the newlines before a chunk.
    pub(crate) fn place(&self, block: &Block, lines: u64, at: usize) -> (u64, u64) {
        let before = block.bytes.get(..at).unwrap_or(&block.bytes);
        let newlines = memchr::memchr_iter(b'\n', before).count() as u64;
        let (earlier, head) = match &self.supply {
            Supply::Ranges { file, .. } => count_lines(file, block.offset),
            Supply::Chunks(_) => (lines, 0),
        };
        let column = match memchr::memrchr(b'\n', before) {
            Some(newline) => (before.len() - newline) as u64,
            None => before.len() as u64 + head + 1,
        };
        (earlier + newlines + 1, column)
    }
}

/// The line (from 1) and column in bytes (from 1) of an offset in a file.
pub(crate) fn position(file: &File, offset: u64) -> (u64, u64) {
    let (lines, tail) = count_lines(file, offset);
    (lines + 1, tail + 1)
}

/// Newlines in a file before an offset, and how many bytes stand between the last of them and the offset.
fn count_lines(file: &File, end: u64) -> (u64, u64) {
    let mut buffer = vec![0; 1 << 20];
    let (mut at, mut lines, mut tail) = (0, 0, 0);
    while at < end {
        let want = buffer.len().min(to_index(end - at));
        let part = buffer.get_mut(..want).unwrap_or_default();
        let Ok(read) = read_full_at(file, part, at) else { break };
        if read == 0 {
            break;
        }
        let part = part.get(..read).unwrap_or_default();
        lines += memchr::memchr_iter(b'\n', part).count() as u64;
        tail = match memchr::memrchr(b'\n', part) {
            Some(newline) => (read - newline - 1) as u64,
            None => tail + read as u64,
        };
        at += read as u64;
    }
    (lines, tail)
}

/// One range of a file.
struct Range<'a> {
    origin: &'a Arc<Origin>,
    file: &'a File,
    at: u64,
    end: u64,
    len: usize,
    index: u64,
    /// Bytes of the longest record.
    longest: usize,
}

impl Range<'_> {
    fn load(&self, states: Option<&Relay<State>>, boundary: &dyn Boundary, mut buffer: Vec<u8>) -> Result<Block> {
        let front = usize::from(self.index > 0);
        let wanted = usize::try_from(self.end - self.at).unwrap_or(usize::MAX).min(self.len);
        let mut read = self.read(&mut buffer, 0, front + wanted + self.len.min(LOOKAHEAD).max(boundary.lookahead()));
        let (start_state, end_state) = match states {
            Some(states) => {
                let filled = *read.as_ref().unwrap_or(&front);
                let window = self.window(&buffer, front, filled.max(front), wanted);
                let summary = boundary.summarize(&window);
                // The baton must pass also where reading failed, or later ranges would wait for ever.
                states.advance(self.index, |state| {
                    let start = *state;
                    *state = boundary.resolve(start, summary, &window);
                    (start, *state)
                })?
            }
            None => (0, 0),
        };
        loop {
            let filled = read?;
            let window = self.window(&buffer, front, filled.max(front), wanted);
            let starts = if self.index == 0 { Some(0) } else { boundary.next_start(start_state, &window, 0) };
            let Some(first) = starts.filter(|first| *first < window.len) else {
                return Ok(self.block(buffer, front, filled, filled..filled, false));
            };
            let stop = if window.at_end && window.len == window.bytes.len() {
                Some(window.len)
            } else {
                boundary.next_start(end_state, &window, window.len)
            };
            if let Some(stop) = stop.or(window.at_end.then_some(window.bytes.len())) {
                let last = window.at_end && stop == window.bytes.len();
                return Ok(self.block(buffer, front, filled, front + first..front + stop, last));
            }
            let most = self.longest.max(front + wanted + LOOKAHEAD);
            if filled > most {
                return Err(too_long(&self.origin.name, self.longest).into());
            }
            // Past the longest by one byte tells enough.
            read = self.read(&mut buffer, filled, (filled * 2).min(most + 1));
        }
    }

    /// Reads on until the buffer holds `target` bytes or the data ends.
    fn read(&self, buffer: &mut Vec<u8>, filled: usize, target: usize) -> Result<usize> {
        let front = usize::from(self.index > 0);
        let from = self.at - front as u64;
        let target = target.min(usize::try_from(self.end - from).unwrap_or(usize::MAX));
        grow(buffer, target);
        let rest = buffer.get_mut(filled..target).unwrap_or_default();
        let read = read_full_at(self.file, rest, from + filled as u64)
            .map_err(|error| Error::from(Problem::io(self.origin.name.clone(), &error)))?;
        if filled + read < target {
            let problem = Problem::new(Code::Io, "the file became shorter while it was read");
            return Err(problem.at_path(self.origin.name.clone()).into());
        }
        Ok(filled + read)
    }

    fn window<'a>(&self, buffer: &'a [u8], front: usize, filled: usize, wanted: usize) -> Window<'a> {
        let bytes = buffer.get(front..filled).unwrap_or_default();
        Window {
            before: if front == 1 { buffer.first().copied() } else { None },
            bytes,
            len: wanted.min(bytes.len()),
            at_end: self.at + bytes.len() as u64 >= self.end,
        }
    }

    fn block(
        &self,
        mut bytes: Vec<u8>,
        front: usize,
        filled: usize,
        body: std::ops::Range<usize>,
        last: bool,
    ) -> Block {
        bytes.truncate(filled);
        Block { seq: self.index, offset: self.at - front as u64, bytes, start: body.start, end: body.end, last }
    }
}

/// Makes a buffer so long. A new one comes from the system full of zeros, so that what is not read into costs nothing.
pub(crate) fn resize(buffer: &mut Vec<u8>, length: usize) {
    if buffer.capacity() == 0 {
        *buffer = vec![0; length];
    } else {
        buffer.resize(length, 0);
    }
}

/// Makes a buffer at least so long.
fn grow(buffer: &mut Vec<u8>, length: usize) {
    if buffer.len() < length {
        resize(buffer, length);
    }
}

impl Chunks {
    fn next(
        &mut self,
        size: usize,
        boundary: &dyn Boundary,
        buffer: impl FnOnce() -> Vec<u8>,
        (origin, longest): (&Arc<Origin>, usize),
    ) -> io::Result<Option<Block>> {
        if self.ended {
            return self.failure.take().map_or(Ok(None), Err);
        }
        let mut buffer = buffer();
        let mut filled = self.carry.len();
        let mut target = size.max(filled + 1);
        grow(&mut buffer, target);
        if let Some(front) = buffer.get_mut(..filled) {
            front.copy_from_slice(&self.carry);
        }
        let mut looked = 0;
        let cut = loop {
            grow(&mut buffer, target);
            let rest = buffer.get_mut(filled..target).unwrap_or_default();
            let (read, failure, more) = fill(&mut self.reader, rest);
            filled += read;
            let bytes = buffer.get(..filled).unwrap_or_default();
            let window = Window { before: None, bytes, len: filled, at_end: false };
            if failure.is_some() {
                self.ended = true;
                self.failure = failure;
                break boundary.last_start(&window).unwrap_or(0);
            }
            if more == More::No {
                self.ended = true;
                break filled;
            }
            // A long record comes in many pieces, and all of it is looked at only where it may have ended.
            if boundary.may_end(&window, std::mem::replace(&mut looked, filled)) {
                if filled < target && boundary.is_whole(&window) {
                    break filled;
                }
                if let Some(cut) = boundary.last_start(&window) {
                    break cut;
                }
            }
            let most = longest.max(size);
            if filled > most {
                return Err(io::Error::other(too_long(&origin.name, longest)));
            }
            if filled == target {
                target = (filled * 2).min(most + 1);
            }
        };
        if cut == 0 {
            return self.failure.take().map_or(Ok(None), Err);
        }
        self.carry.clear();
        self.carry.extend_from_slice(buffer.get(cut..filled).unwrap_or_default());
        buffer.truncate(cut);
        let block = Block { seq: 0, offset: self.offset, start: 0, end: cut, last: self.ended, bytes: buffer };
        self.offset += cut as u64;
        self.lines += memchr::memchr_iter(b'\n', &block.bytes).count() as u64;
        Ok(Some(block))
    }
}

/// Whether a stream may have more to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum More {
    Maybe,
    No,
}

/// Reads until the buffer is full, the stream ends or fails; of a live stream what is there.
fn fill(reader: &mut Stream, buffer: &mut [u8]) -> (usize, Option<io::Error>, More) {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match reader.read(rest) {
            Ok(0) => return (filled, None, More::No),
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return (filled, Some(error), More::No),
        }
        if reader.live {
            break;
        }
    }
    (filled, None, More::Maybe)
}

fn too_long(name: &str, longest: usize) -> Problem {
    longer_than_allowed("a record", longest).at_path(name)
}

/// The error for what is longer than may be.
pub(crate) fn longer_than_allowed(what: &str, longest: usize) -> Problem {
    let problem = Problem::new(Code::Limit, format!("{what} is longer than {} MiB", longest >> 20));
    if longest < MAX_RECORD { problem.hint("that is all that the limit on memory allows") } else { problem }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::{Cursor, Write};
    use std::sync::Arc;

    use super::{Blocks, Bytes};
    use crate::core::block::Origin;
    use crate::core::exec::cancel::Cancel;
    use crate::core::input::boundary::Lines;
    use crate::core::input::live::Stream;

    fn collect(blocks: &Blocks) -> Vec<u8> {
        let lines = Lines { terminator: b'\n' };
        let mut all = Vec::new();
        let mut index = 0;
        while let Some(claim) = blocks.claim(index, &lines, Vec::new).unwrap() {
            let block = blocks.load(claim, &lines, Vec::new).unwrap();
            assert!(block.body().is_empty() || block.last || block.body().ends_with(b"\n"));
            all.extend_from_slice(block.body());
            index += 1;
        }
        all
    }

    #[test]
    fn blocks_of_any_size_hold_every_line_once() {
        let origin = Arc::new(Origin { index: 0, name: "x".into() });
        let texts: [&[u8]; 6] = [b"", b"\n", b"a\nbb\n\nccc\nlast", b"a\nbb\n", b"no newline", b"\n\n\nx\n\n"];
        for text in texts {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(text).unwrap();
            for size in 1..20 {
                let bytes = Bytes::File { file: file.try_clone().unwrap(), start: 0, end: text.len() as u64 };
                let blocks = Blocks::new(Arc::clone(&origin), bytes, size, false, &Cancel::default());
                assert_eq!(collect(&blocks), text, "file, {size}");
                let bytes = Bytes::Stream { reader: Stream::of(Cursor::new(text)), start: 0, lines: 0 };
                let blocks = Blocks::new(Arc::clone(&origin), bytes, size, false, &Cancel::default());
                assert_eq!(collect(&blocks), text, "stream, {size}");
            }
        }
    }

    #[test]
    fn places_are_the_same_in_any_block() {
        let text = b"one\ntwo\nthree\n";
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(text).unwrap();
        let bytes = Bytes::File { file, start: 0, end: text.len() as u64 };
        let origin = Arc::new(Origin { index: 0, name: "x".into() });
        let blocks = Blocks::new(origin, bytes, 5, false, &Cancel::default());
        let lines = Lines { terminator: b'\n' };
        let claim = blocks.claim(1, &lines, Vec::new).unwrap().unwrap();
        let block = blocks.load(claim, &lines, Vec::new).unwrap();
        assert_eq!(block.body(), b"three\n");
        assert_eq!(blocks.place(&block, 0, block.start + 2), (3, 3));
    }
}
