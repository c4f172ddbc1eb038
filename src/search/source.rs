//! Big inputs: a file in ranges that any thread reads by position, a stream in chunks that are read in order.
//!
//! A range owns the lines that start in it. Its reader looks one byte back to see whether a line starts at its first
//! byte, further back for lines of context, and ahead for the end of its last line. The regions made here hold the
//! same lines at any range size.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use memchr::{memchr, memchr_iter, memrchr};

use crate::core::exec::cancel::Cancel;
use crate::core::exec::relay::Relay;
use crate::core::input::positional::read_full_at;
use crate::search::binary::{Rule, WINDOW};
use crate::search::context::Edge;
use crate::search::region::Region;

/// Bytes of a range: enough that a claim costs nothing, few enough to stay in the cache.
pub(crate) const RANGE: usize = 256 << 10;

/// Bytes of a range where 64 KiB more are looked at for NULs.
pub(crate) const WIDE_RANGE: usize = 1 << 20;

/// Bytes read past a range: most lines end within.
const AHEAD: usize = 4 << 10;

/// Bytes read before a range for each line of context.
const BEHIND: usize = 256;

/// An input that is searched in parts.
#[derive(Debug)]
pub(crate) struct Input {
    /// The path as printed.
    pub(crate) path: Vec<u8>,
    /// What a NUL does.
    pub(crate) rule: Rule,
    /// Hands the edge from part to part.
    pub(crate) edges: Relay<Edge>,
    halted: AtomicBool,
}

impl Input {
    /// An input that has not been searched yet.
    pub(crate) fn new(path: Vec<u8>, rule: Rule, edge: Edge, cancel: Cancel) -> Arc<Self> {
        Arc::new(Self { path, rule, edges: Relay::new(edge, cancel), halted: AtomicBool::new(false) })
    }

    /// Says that later parts need not be searched.
    pub(crate) fn halt(&self) {
        self.halted.store(true, Ordering::Relaxed);
    }

    /// Whether later parts need not be searched.
    pub(crate) fn halted(&self) -> bool {
        self.halted.load(Ordering::Relaxed)
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
    /// Lines of context before a match.
    pub(crate) before: usize,
}

impl Ranges {
    /// How many ranges there are.
    pub(crate) fn count(&self) -> u64 {
        (self.end - self.start).div_ceil(self.size as u64).max(1)
    }

    /// Reads a range. The region is empty where no line starts in it.
    pub(crate) fn load<'b>(&self, index: u64, buffer: &'b mut Vec<u8>) -> io::Result<Region<'b>> {
        let from = self.start + index * self.size as u64;
        let to = (from + self.size as u64).min(self.end);
        let mut behind =
            (if self.before > 0 { self.before.saturating_mul(BEHIND) } else { 1 } as u64).min(from - self.start);
        let mut ahead = if self.input.rule.reads_all() { WINDOW } else { AHEAD } as u64;
        loop {
            let low = from - behind;
            let high = (to + ahead).min(self.end);
            let wanted = (high - low) as usize;
            if buffer.len() < wanted {
                buffer.resize(wanted, 0);
            }
            let window = buffer.get_mut(..wanted).unwrap_or_default();
            let read = read_full_at(&self.file, window, low)?;
            let cut_short = read < wanted;
            let at_end = cut_short || high == self.end;
            let window = window.get_mut(..read).unwrap_or_default();
            let own = behind as usize;
            let nul = if self.input.rule.reads_all() { find_nul(window, own, self.input.rule) } else { None };
            let Some((start, end)) = bounds(window, own, (to - low) as usize, low > self.start || own > 0, at_end)
            else {
                ahead = ahead.saturating_mul(4);
                continue;
            };
            let context = context_start(window, start.min(own), low == self.start);
            let short = self.before > 0
                && low > self.start
                && start < end
                && memchr_iter(b'\n', window.get(context..start).unwrap_or_default()).count() < self.before;
            if short {
                behind = behind.saturating_mul(4).min(from - self.start);
                continue;
            }
            let nul = nul.filter(|at| *at >= start);
            let last = at_end && end == read;
            return Ok(Region {
                bytes: buffer.get(..read).unwrap_or_default(),
                start,
                end,
                context,
                offset: low - self.start,
                last,
                nul,
            });
        }
    }
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
    let mut at = 0;
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr(0, rest)) {
        at += found;
        if let Some(byte) = bytes.get_mut(at) {
            *byte = b'\n';
        }
    }
}

/// The lines that start in `own..limit`; none where their end is not in the window yet. `continued` says that
/// something stands before `own`.
fn bounds(window: &[u8], own: usize, limit: usize, continued: bool, at_end: bool) -> Option<(usize, usize)> {
    let limit = limit.min(window.len());
    let previous = own.checked_sub(1).and_then(|at| window.get(at));
    let start = if !continued || previous == Some(&b'\n') {
        own
    } else {
        match window.get(own..limit).and_then(|bytes| memchr(b'\n', bytes)) {
            Some(newline) => own + newline + 1,
            None => return Some((limit, limit)),
        }
    };
    if start >= limit {
        return Some((limit, limit));
    }
    if window.get(limit - 1) == Some(&b'\n') {
        return Some((start, limit));
    }
    match window.get(limit..).and_then(|bytes| memchr(b'\n', bytes)) {
        Some(newline) => Some((start, limit + newline + 1)),
        None => at_end.then_some((start, window.len())),
    }
}

/// First byte of complete lines in the window before `start`.
fn context_start(window: &[u8], start: usize, from_first: bool) -> usize {
    if from_first {
        return 0;
    }
    window.get(..start).and_then(|before| memchr(b'\n', before)).map_or(start, |newline| newline + 1)
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
    before: usize,
}

/// A chunk of a stream.
pub(crate) struct Chunk {
    bytes: Vec<u8>,
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
            bytes: &self.bytes,
            start: self.start,
            end: self.end,
            context: 0,
            offset: self.offset,
            last: self.last,
            nul: self.nul,
        }
    }

    /// The end of a stream that could not be read on.
    pub(crate) fn end() -> Self {
        Self { bytes: Vec::new(), start: 0, end: 0, offset: 0, last: true, nul: None }
    }

    /// The chunk as the last one of a stream that nobody wants more of.
    pub(crate) fn cut(self) -> Self {
        Self { last: true, ..self }
    }

    /// Whether the stream ends with it.
    pub(crate) fn is_last(&self) -> bool {
        self.last
    }
}

impl Chunks {
    /// Starts to read a stream.
    pub(crate) fn new(reader: Box<dyn Read + Send>, size: usize, rule: Rule, before: usize) -> Self {
        Self { reader, carry: Vec::new(), open: 0, offset: 0, size: size.max(1), rule, before }
    }

    /// The next chunk, and whether the source had more to give at once. Lines are handed on as soon as they are there,
    /// so that a slow source is followed.
    pub(crate) fn next(&mut self) -> io::Result<(Chunk, bool)> {
        let mut bytes = std::mem::take(&mut self.carry);
        let start = std::mem::take(&mut self.open);
        let mut searched = start;
        let mut nul = None;
        let mut eager = true;
        loop {
            let held = bytes.len();
            bytes.resize(held + self.size, 0);
            let read = read_some(&mut *self.reader, bytes.get_mut(held..).unwrap_or_default());
            bytes.truncate(held + *read.as_ref().unwrap_or(&0));
            let read = read?;
            if read == 0 {
                let end = bytes.len();
                return Ok((Chunk { bytes, start, end, offset: self.offset, last: true, nul }, false));
            }
            eager &= read == self.size;
            if nul.is_none() && self.rule.reads_all() {
                nul = find_nul(&mut bytes, searched, self.rule);
            } else if self.rule == Rule::Convert {
                end_lines_at_nuls(bytes.get_mut(searched..).unwrap_or_default());
            }
            let newline = bytes.get(searched..).and_then(|new| memrchr(b'\n', new)).map(|at| searched + at + 1);
            searched = bytes.len();
            let Some(end) = newline else { continue };
            let keep = self.context_from(&bytes, end);
            self.carry.extend_from_slice(bytes.get(keep..).unwrap_or_default());
            self.open = end - keep;
            let offset = self.offset;
            self.offset += keep as u64;
            return Ok((Chunk { bytes, start, end, offset, last: false, nul }, eager));
        }
    }

    /// Where the last lines before `end` start that a match in the next chunk may want as context.
    fn context_from(&self, bytes: &[u8], end: usize) -> usize {
        let mut from = end;
        for _ in 0..self.before {
            if from == 0 {
                break;
            }
            from = bytes.get(..from - 1).and_then(|before| memrchr(b'\n', before)).map_or(0, |newline| newline + 1);
        }
        from
    }
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
