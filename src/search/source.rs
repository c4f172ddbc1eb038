//! Big inputs: a file in ranges that any thread reads by position, a stream in chunks that are read in order.
//!
//! A range owns the lines that start in it. Its reader looks one byte back to see whether a line starts at its first
//! byte, further back for lines of context, and ahead for the end of its last line. The regions made here hold the
//! same lines at any range size.

use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use memchr::{memchr, memchr2};

use crate::core::error::{Code, Error, Problem, plain_io_message};
use crate::core::exec::cancel::Cancel;
use crate::core::exec::relay::Relay;
use crate::core::input::blocks::longer_than_allowed;
use crate::core::input::positional::{LINE, lead, read_full_at};
use crate::core::integer::to_index;
use crate::core::pattern::terminator::Terminator;
use crate::search::binary::{Rule, WINDOW};
use crate::search::context::Edge;
use crate::search::region::Region;

/// Bytes of a range: enough that a claim costs nothing, few enough to stay in the cache.
pub(crate) const RANGE: usize = 256 << 10;

/// Bytes of a range where 64 KiB more are looked at for NULs.
pub(crate) const WIDE_RANGE: usize = 1 << 20;

/// Bytes read past a range: most lines end within.
const AHEAD: usize = 4 << 10;

/// Bytes read past a range before the end of a line is looked for without keeping what is read.
const FAR_AHEAD: u64 = 1 << 20;

/// Bytes of the largest buffer that is kept for the next chunk.
const KEPT: usize = 1 << 20;

/// Bytes read before a range for each line of context.
const BEHIND: usize = 256;

/// When the first part of an input may be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    /// At any time.
    AtOnce,
    /// After [`Input::start`].
    WhenTold,
}

/// How the parts of an input come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// As fast as they are read.
    Steady,
    /// From a writer that may be slow.
    Live,
}

/// An input that is searched in parts.
#[derive(Debug)]
pub(crate) struct Input {
    /// The path as printed.
    pub(crate) path: Vec<u8>,
    /// What a NUL does.
    pub(crate) rule: Rule,
    /// Hands the edge from part to part.
    edges: Relay<Edge>,
    /// Whether the first part waits for [`Input::start`].
    waits: bool,
    /// Number of the first part after which no other need be searched.
    halted: AtomicU64,
    /// Whether what was found in one part must not wait for the next.
    pub(crate) pace: Pace,
}

impl Input {
    /// An input that has not been searched yet.
    #[cfg(test)]
    pub(crate) fn new(path: Vec<u8>, rule: Rule, edge: Edge, cancel: Cancel) -> Arc<Self> {
        Self::starting(path, rule, edge, cancel, (Start::AtOnce, Pace::Steady))
    }

    /// The same, whose first part may have to wait for [`Input::start`].
    pub(crate) fn starting(
        path: Vec<u8>,
        rule: Rule,
        edge: Edge,
        cancel: Cancel,
        (start, pace): (Start, Pace),
    ) -> Arc<Self> {
        let waits = start == Start::WhenTold;
        Arc::new(Self { path, rule, edges: Relay::new(edge, cancel), waits, halted: AtomicU64::new(u64::MAX), pace })
    }

    /// Lets part `index` read and change the edge when all before it have.
    pub(crate) fn advance<R>(&self, index: u64, step: impl FnOnce(&mut Edge) -> R) -> Result<R, Error> {
        self.edges.advance(index + u64::from(self.waits), step)
    }

    /// Lets the first part begin, with this done to the edge.
    pub(crate) fn start(&self, step: impl FnOnce(&mut Edge)) -> Result<(), Error> {
        if self.waits { self.edges.advance(0, step) } else { Ok(()) }
    }

    /// Says that parts after number `index` need not be searched.
    pub(crate) fn halt(&self, index: u64) {
        self.halted.fetch_min(index, Ordering::Relaxed);
    }

    /// Whether part `index` need not be searched. Only parts before it decide that, whatever others were faster.
    pub(crate) fn halted(&self, index: u64) -> bool {
        index > self.halted.load(Ordering::Relaxed)
    }
}

/// A file in ranges.
#[derive(Debug)]
pub(crate) struct Ranges {
    /// The input.
    pub(crate) input: Arc<Input>,
    /// The open file.
    pub(crate) file: File,
    /// Where its data starts.
    pub(crate) start: u64,
    /// Where it ends.
    pub(crate) end: u64,
    /// Bytes of a range.
    pub(crate) size: usize,
    /// The lines in it.
    pub(crate) lines: Lines,
}

/// What a part must know of lines.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lines {
    /// Lines of context before a match.
    pub(crate) before: usize,
    /// Bytes of the longest line, and of all context before a part.
    pub(crate) longest: usize,
    /// What ends a line.
    pub(crate) terminator: Terminator,
}

impl Ranges {
    /// How many ranges there are.
    pub(crate) fn count(&self) -> u64 {
        (self.end - self.start).div_ceil(self.size as u64).max(1)
    }

    /// Reads a range. The region is empty where no line starts in it. Fails without naming the path.
    pub(crate) fn load<'b>(&self, index: u64, buffer: &'b mut Vec<u8>) -> Result<Region<'b>, Problem> {
        let terminator = self.lines.terminator;
        let from = self.start + index * self.size as u64;
        let to = (from + self.size as u64).min(self.end);
        let mut behind = (if self.lines.before > 0 { self.lines.before.saturating_mul(BEHIND) } else { 1 } as u64)
            .min(from - self.start);
        let mut ahead = if self.input.rule.reads_all() { WINDOW } else { AHEAD } as u64;
        loop {
            let low = from - behind;
            let high = (to + ahead).min(self.end);
            let wanted = to_index(high - low);
            if buffer.len() < LINE + wanted {
                buffer.resize(LINE + wanted, 0);
            }
            let lead = lead(buffer, low);
            let window = buffer.get_mut(lead..lead + wanted).unwrap_or_default();
            let read = read_full_at(&self.file, window, low).map_err(|error| failed(&error))?;
            let cut_short = read < wanted;
            let at_end = cut_short || high == self.end;
            let window = window.get_mut(..read).unwrap_or_default();
            let own = to_index(behind);
            let nul = if self.input.rule.reads_all() { find_nul(window, own, self.input.rule) } else { None };
            let limit = to_index(to - low);
            // A NUL ends the search before the end of its line matters.
            let ends = at_end || (nul.is_some() && self.input.rule == Rule::Quit);
            let continued = low > self.start || own > 0;
            let Some((start, end)) = bounds(window, own..limit, continued, ends, terminator) else {
                let open = window.get(..limit).and_then(|lines| terminator.find_last(lines)).map_or(own, |at| at + 1);
                ahead = self.further(low + open as u64, low + read as u64, ahead)? - to;
                continue;
            };
            let context = context_start(window, start, low == self.start, terminator);
            let short = self.lines.before > 0
                && low > self.start
                && start < end
                && terminator.count(window.get(context..start).unwrap_or_default()) < self.lines.before;
            if short {
                if behind > self.lines.longest as u64 {
                    return Err(longer_than_allowed("the context of a line", self.lines.longest));
                }
                behind = behind.saturating_mul(4).min(from - self.start);
                continue;
            }
            let nul = nul.filter(|at| *at >= start);
            let last = at_end && end == read;
            return Ok(Region {
                bytes: buffer.get(lead..lead + read).unwrap_or_default(),
                start,
                end,
                context,
                offset: low - self.start,
                last,
                nul,
                clean: false,
            });
        }
    }

    /// How far to read for the end of the line that starts at `open` and has not ended before `read`: past it, where it
    /// ends within the allowed length. A long one is looked for first and kept in memory only if it may be.
    fn further(&self, open: u64, read: u64, ahead: u64) -> Result<u64, Problem> {
        let most = open + self.lines.longest as u64;
        if read > most {
            return Err(longer_than_allowed("a line", self.lines.longest));
        }
        if ahead < FAR_AHEAD {
            return Ok(read + 3 * ahead);
        }
        let mut buffer = vec![0; WIDE_RANGE];
        let mut at = read;
        loop {
            let read = read_full_at(&self.file, &mut buffer, at).map_err(|error| failed(&error))?;
            let bytes = buffer.get(..read).unwrap_or_default();
            let end = match self.input.rule {
                Rule::Glance | Rule::Leave | Rule::Text => self.lines.terminator.find(bytes),
                Rule::Quit | Rule::Convert => memchr2(self.lines.terminator.byte(), 0, bytes),
            };
            let stop = at + end.map_or(read, |end| end + 1) as u64;
            if stop > most + 1 {
                return Err(longer_than_allowed("a line", self.lines.longest));
            }
            if end.is_some() || read < buffer.len() {
                // At the end of a file that shrank, a byte more than there is shows that nothing follows.
                return Ok(stop + u64::from(end.is_none()));
            }
            at = stop;
        }
    }
}

/// What the system said.
fn failed(error: &io::Error) -> Problem {
    Problem::new(Code::Io, plain_io_message(error))
}

/// Looks for the first NUL from `own` on; where NULs are line ends, makes them so.
fn find_nul(bytes: &mut [u8], own: usize, rule: Rule) -> Option<usize> {
    let found = bytes.get(own..).and_then(|own| memchr(0, own)).map(|at| own + at);
    if rule == Rule::Convert {
        end_lines_at_nuls(bytes);
    }
    found
}

/// Makes every NUL a line end.
pub(crate) fn end_lines_at_nuls(bytes: &mut [u8]) {
    let Some(found) = memchr(0, bytes) else { return };
    // Where there is one there are many, so no search stops at each.
    for byte in bytes.get_mut(found..).unwrap_or_default() {
        *byte = if *byte == 0 { b'\n' } else { *byte };
    }
}

/// The lines that start in `own`; none where their end is not in the window yet. `continued` says that something stands
/// before `own`.
fn bounds(
    window: &[u8],
    own: Range<usize>,
    continued: bool,
    at_end: bool,
    terminator: Terminator,
) -> Option<(usize, usize)> {
    let limit = own.end.min(window.len());
    let own = own.start;
    let previous = own.checked_sub(1).and_then(|at| window.get(at));
    let start = if !continued || previous == Some(&terminator.byte()) {
        own
    } else {
        match window.get(own..limit).and_then(|bytes| terminator.find(bytes)) {
            Some(end) => own + end + 1,
            None => return Some((limit, limit)),
        }
    };
    if start >= limit {
        return Some((limit, limit));
    }
    if window.get(limit - 1) == Some(&terminator.byte()) {
        return Some((start, limit));
    }
    match window.get(limit..).and_then(|bytes| terminator.find(bytes)) {
        Some(end) => Some((start, limit + end + 1)),
        None => at_end.then_some((start, window.len())),
    }
}

/// First byte of complete lines in the window before `start`.
fn context_start(window: &[u8], start: usize, from_first: bool, terminator: Terminator) -> usize {
    if from_first {
        return 0;
    }
    window.get(..start).and_then(|before| terminator.find(before)).map_or(start, |end| end + 1)
}

/// A stream in chunks.
pub(crate) struct Chunks {
    reader: Box<dyn Read + Send>,
    /// Lines of context, then the line that the last chunk broke off.
    carry: Vec<u8>,
    /// Where that line starts in `carry`.
    open: usize,
    /// Offset of `carry[0]` in the data.
    offset: u64,
    size: usize,
    rule: Rule,
    lines: Lines,
    /// Why nothing follows the line that broke off.
    failure: Option<Problem>,
}

/// A chunk of a stream.
pub(crate) struct Chunk {
    buffer: Vec<u8>,
    /// How much of the buffer was read.
    filled: usize,
    start: usize,
    end: usize,
    offset: u64,
    last: bool,
    nul: Option<usize>,
}

impl Chunk {
    /// The chunk's lines.
    pub(crate) fn region(&self) -> Region<'_> {
        Region {
            bytes: self.buffer.get(..self.filled).unwrap_or_default(),
            start: self.start,
            end: self.end,
            context: 0,
            offset: self.offset,
            last: self.last,
            nul: self.nul,
            clean: false,
        }
    }

    /// The chunk as the last one of a stream that nobody wants more of.
    pub(crate) fn cut(self) -> Self {
        Self { last: true, ..self }
    }

    /// Whether the stream ends with it.
    pub(crate) fn is_last(&self) -> bool {
        self.last
    }

    /// Its buffer, for the next chunk; an empty one where a long line made it large.
    pub(crate) fn into_buffer(self) -> Vec<u8> {
        if self.buffer.len() > KEPT { Vec::new() } else { self.buffer }
    }
}

impl Chunks {
    /// Starts to read a stream.
    pub(crate) fn new(reader: Box<dyn Read + Send>, size: usize, rule: Rule, lines: Lines) -> Self {
        Self { reader, carry: Vec::new(), open: 0, offset: 0, size: size.max(1), rule, lines, failure: None }
    }

    /// The next chunk, and whether the source had more to give at once. Lines are handed on as soon as they are there,
    /// so that a slow source is followed. `buffer` is what the chunk is read into; its bytes mean nothing, but those that
    /// are there need not be made. Fails without naming the path, after what was read before.
    pub(crate) fn next(&mut self, mut buffer: Vec<u8>) -> Result<(Chunk, bool), Problem> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        let mut filled = self.carry.len();
        room(&mut buffer, 0, filled).copy_from_slice(&self.carry);
        self.carry.clear();
        let start = std::mem::take(&mut self.open);
        let offset = self.offset;
        let mut nul = None;
        let mut eager = true;
        loop {
            let searched = filled;
            let read = match read_some(&mut *self.reader, room(&mut buffer, filled, self.size)) {
                Ok(read) => read,
                Err(error) if start == filled => return Err(failed(&error)),
                Err(error) => {
                    self.failure = Some(failed(&error));
                    return Ok((Chunk { buffer, filled, start, end: filled, offset, last: false, nul }, true));
                }
            };
            if read == 0 {
                return Ok((Chunk { buffer, filled, start, end: filled, offset, last: true, nul }, false));
            }
            filled += read;
            eager &= read == self.size;
            // A long line comes in many pieces, so each is looked at once.
            let fresh = buffer.get_mut(searched..filled).unwrap_or_default();
            if nul.is_none() && self.rule.reads_all() {
                nul = find_nul(fresh, 0, self.rule).map(|at| searched + at);
            } else if self.rule == Rule::Convert {
                end_lines_at_nuls(fresh);
            }
            let newline = self.lines.terminator.find_last(fresh).map(|at| searched + at + 1);
            // A NUL ends the search before the end of its line matters.
            let cut = nul.filter(|_| self.rule == Rule::Quit).map(|_| filled);
            let Some(end) = newline.or(cut) else {
                if filled - start > self.lines.longest {
                    return Err(longer_than_allowed("a line", self.lines.longest));
                }
                continue;
            };
            if start > self.lines.longest {
                return Err(longer_than_allowed("the context of a line", self.lines.longest));
            }
            let bytes = buffer.get(..filled).unwrap_or_default();
            let keep = self.context_from(bytes, end);
            self.carry.extend_from_slice(bytes.get(keep..).unwrap_or_default());
            self.open = end - keep;
            self.offset += keep as u64;
            return Ok((Chunk { buffer, filled, start, end, offset, last: false, nul }, eager));
        }
    }

    /// Where the last lines before `end` start that a match in the next chunk may want as context.
    fn context_from(&self, bytes: &[u8], end: usize) -> usize {
        let mut from = end;
        for _ in 0..self.lines.before {
            if from == 0 {
                break;
            }
            from = self.lines.terminator.line_start(bytes, 0, from - 1);
        }
        from
    }
}

/// The `size` bytes of the buffer after the first `held`.
fn room(buffer: &mut Vec<u8>, held: usize, size: usize) -> &mut [u8] {
    if buffer.len() < held + size {
        buffer.resize(held + size, 0);
    }
    buffer.get_mut(held..held + size).unwrap_or_default()
}

/// Reads once, again where a signal came in between.
fn read_some(reader: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match reader.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::{Cursor, Write};
    use std::sync::Arc;

    use super::{Chunks, Input, Lines, Ranges};
    use crate::core::error::{Code, Problem};
    use crate::core::exec::cancel::Cancel;
    use crate::core::pattern::terminator::Terminator;
    use crate::search::binary::Rule;
    use crate::search::context::Edge;

    const LONGEST: usize = 3 << 20;

    fn lines(before: usize) -> Lines {
        Lines { before, longest: LONGEST, terminator: Terminator::Lf }
    }

    /// The lines of all ranges, with what kept a range from being read in its place.
    fn in_ranges(data: &[u8], size: usize, rule: Rule) -> Vec<Result<Vec<u8>, Problem>> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(data).unwrap();
        let input = Input::new(b"x".to_vec(), rule, Edge::default(), Cancel::default());
        let ranges = Ranges { input, file, start: 0, end: data.len() as u64, size, lines: lines(0) };
        let mut buffer = Vec::new();
        let parts =
            (0..ranges.count()).map(|index| ranges.load(index, &mut buffer).map(|lines| lines.lines().to_vec()));
        let parts: Vec<_> = parts.filter(|part| part.as_ref().map_or(true, |lines| !lines.is_empty())).collect();
        assert!(buffer.len() <= 2 * LONGEST, "{} bytes for lines of {LONGEST}", buffer.len());
        parts
    }

    #[test]
    fn long_lines_are_read_whole_and_longer_ones_not_at_all() {
        let text = |len: usize| [b"one\n".as_slice(), &vec![b'x'; len], b"\nend\n"].concat();
        for size in [3 << 10, 100_000, 1 << 20] {
            for rule in [Rule::Glance, Rule::Quit, Rule::Convert] {
                let fits = text(LONGEST);
                let lines: Vec<u8> = in_ranges(&fits, size, rule).into_iter().flat_map(Result::unwrap).collect();
                assert!(lines == fits);
                let failures = in_ranges(&text(LONGEST + 1), size, rule).into_iter().filter_map(Result::err);
                let failures: Vec<_> = failures.map(|problem| (problem.code, problem.message)).collect();
                assert_eq!(failures, [(Code::Limit, "a line is longer than 3 MiB".to_string())]);
            }
        }
    }

    #[test]
    fn a_nul_comes_before_the_length_of_its_line() {
        let text = [b"x\0".as_slice(), &vec![b'x'; LONGEST + 1]].concat();
        assert!(in_ranges(&text, 1 << 20, Rule::Quit).iter().all(Result::is_ok));
        let mut chunks = Chunks::new(Box::new(Cursor::new(text)), 1 << 10, Rule::Quit, lines(0));
        assert_eq!(chunks.next(Vec::new()).unwrap().0.region().nul, Some(1));
    }

    #[test]
    fn the_lines_of_a_stream_are_bounded() {
        let text = |len: usize| [b"one\n".as_slice(), &vec![b'x'; len], b"\nend\n"].concat();
        let read = |len: usize| {
            let mut chunks = Chunks::new(Box::new(Cursor::new(text(len))), 1 << 16, Rule::Convert, lines(1));
            let (mut lines, mut buffer) = (Vec::new(), Vec::new());
            loop {
                let (chunk, _) = chunks.next(buffer)?;
                lines.extend_from_slice(chunk.region().lines());
                if chunk.is_last() {
                    return Ok::<_, Problem>(lines);
                }
                buffer = chunk.into_buffer();
            }
        };
        assert!(read(LONGEST).unwrap() == text(LONGEST));
        assert_eq!(read(LONGEST + (1 << 17)).unwrap_err().code, Code::Limit);
    }

    #[test]
    fn only_earlier_parts_halt_a_part() {
        let input: Arc<Input> = Input::new(Vec::new(), Rule::Glance, Edge::default(), Cancel::default());
        input.halt(5);
        input.halt(7);
        assert!(!input.halted(5) && input.halted(6));
    }
}
