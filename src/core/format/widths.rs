//! The spool of encoders that must see every record before they print the first: shown cells with their widths.
//!
//! Each call of [`write`] makes one chunk with the greatest width of each of its columns in front, so that the survey
//! skips from chunk to chunk and only the printing reads cells. Numbers are little-endian.
//!
//! ```text
//! chunk  = payload length: u64, columns: u32, (width: u32, classes: u8) per column, payload
//! cell   = class: u8, width: u32, length: u32, shown text
//! ```

use std::io::{self, BufRead, Read, SeekFrom};
use std::sync::Arc;

use crate::core::data::batch::Batch;
use crate::core::error::{Code, Error, Problem, Result, plain_io_message};
use crate::core::format::Spool;
use crate::core::format::cells::{Class, Escape, Look, append, show_cell};
use crate::core::integer::narrow;

/// Longest header of a chunk that is believed, in columns.
const MAX_COLUMNS: usize = 1 << 24;

/// Appends the selected records of a batch as a chunk. Records before the first column is known have one missing cell, so
/// that they are counted.
pub(crate) fn write(batch: &Batch, columns: &[Arc<str>], look: Look, out: &mut Vec<u8>) {
    if batch.selected() == 0 {
        return;
    }
    let found: Vec<Option<usize>> = if columns.is_empty() { vec![None] } else { batch.find_all(columns) };
    let mut stats = vec![(0_usize, 0_u8); found.len()];
    let start = out.len();
    let payload = start + 12 + 5 * found.len();
    out.resize(payload, 0);
    for row in batch.rows() {
        for (column, (widest, classes)) in found.iter().zip(&mut stats) {
            let at = out.len();
            out.extend_from_slice(&[0; 9]);
            let (class, width) = show_cell(batch, *column, row, look, out);
            let length = out.len() - at - 9;
            let bit = 1 << class as u8;
            put(out, at, &[class as u8]);
            put(out, at + 1, &narrow(width).to_le_bytes());
            put(out, at + 5, &narrow(length).to_le_bytes());
            *widest = width.max(*widest);
            *classes |= bit;
        }
    }
    let length = (out.len() - payload) as u64;
    put(out, start, &length.to_le_bytes());
    put(out, start + 8, &narrow(found.len()).to_le_bytes());
    for (index, (width, classes)) in stats.into_iter().enumerate() {
        put(out, start + 12 + 5 * index, &narrow(width).to_le_bytes());
        put(out, start + 16 + 5 * index, &[classes]);
    }
}

fn put(out: &mut [u8], at: usize, bytes: &[u8]) {
    if let Some(place) = out.get_mut(at..at + bytes.len()) {
        place.copy_from_slice(bytes);
    }
}

/// What must be known of a column before it is printed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Measure {
    /// Its name in shown form.
    pub(crate) name: String,
    /// Width of the name.
    pub(crate) name_width: usize,
    /// Greatest width of its cells.
    pub(crate) width: usize,
    /// Whether it has nulls.
    pub(crate) nulls: bool,
    /// Whether all its values are numbers, and there are some.
    pub(crate) numbers: bool,
}

/// Measures the columns of a spool, and leaves it where it was.
pub(crate) fn survey(spool: &mut dyn Spool, columns: &[Arc<str>], escape: Escape) -> Result<Vec<Measure>> {
    let mut stats = vec![(0, 0); columns.len()];
    let start = spool.stream_position().map_err(|error| unreadable(&error))?;
    while let Some(chunk) = Chunk::next(spool)? {
        for ((widest, classes), (width, more)) in stats.iter_mut().zip(chunk.stats) {
            *widest = width.max(*widest);
            *classes |= more;
        }
        spool.seek_relative(chunk.length.cast_signed()).map_err(|error| unreadable(&error))?;
    }
    spool.seek(SeekFrom::Start(start)).map_err(|error| unreadable(&error))?;
    let has = |classes: u8, class: Class| classes & (1 << class as u8) != 0;
    let measures = columns.iter().zip(stats).map(|(column, (width, classes))| {
        let mut name = Vec::new();
        let name_width = append(column.as_bytes(), escape, &mut name);
        Measure {
            name: String::from_utf8_lossy(&name).into_owned(),
            name_width,
            width,
            nulls: has(classes, Class::Null),
            numbers: has(classes, Class::Number) && !has(classes, Class::Text),
        }
    });
    Ok(measures.collect())
}

/// A cell of the spool.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown<'a> {
    /// What it is.
    pub(crate) class: Class,
    /// Columns of the screen it takes.
    pub(crate) width: usize,
    /// Its text.
    pub(crate) text: &'a str,
}

impl Shown<'_> {
    /// The cell of a record that is shorter than the columns.
    pub(crate) const MISSING: Self = Self { class: Class::Missing, width: 0, text: "" };
}

/// Calls `line` for each record, `full` after each chunk.
pub(crate) fn print(
    spool: &mut dyn Spool,
    mut line: impl FnMut(&[Shown<'_>], &mut Vec<u8>),
    mut full: impl FnMut(&[u8]) -> Result<()>,
) -> Result<()> {
    let mut payload = Vec::new();
    let mut text = Vec::new();
    while let Some(chunk) = Chunk::next(spool)? {
        payload.clear();
        let read = Read::take(&mut *spool, chunk.length).read_to_end(&mut payload);
        if read.map_err(|error| unreadable(&error))? as u64 != chunk.length {
            return Err(broken());
        }
        let mut cells = Vec::with_capacity(chunk.stats.len());
        let mut rest = payload.as_slice();
        while !rest.is_empty() {
            cells.clear();
            for _ in 0..chunk.stats.len() {
                let (cell, after) = take_cell(rest).ok_or_else(broken)?;
                cells.push(cell);
                rest = after;
            }
            line(&cells, &mut text);
        }
        full(&text)?;
        text.clear();
    }
    Ok(())
}

fn take_cell(bytes: &[u8]) -> Option<(Shown<'_>, &[u8])> {
    let (head, rest) = bytes.split_first_chunk::<9>()?;
    let [class, w0, w1, w2, w3, l0, l1, l2, l3] = *head;
    let class = match class {
        0 => Class::Missing,
        1 => Class::Null,
        2 => Class::Number,
        _ => Class::Text,
    };
    let width = u32::from_le_bytes([w0, w1, w2, w3]) as usize;
    let (text, rest) = rest.split_at_checked(u32::from_le_bytes([l0, l1, l2, l3]) as usize)?;
    Some((Shown { class, width, text: std::str::from_utf8(text).ok()? }, rest))
}

/// The head of a chunk.
struct Chunk {
    length: u64,
    stats: Vec<(usize, u8)>,
}

impl Chunk {
    fn next(spool: &mut dyn Spool) -> Result<Option<Self>> {
        if BufRead::fill_buf(spool).map_err(|error| unreadable(&error))?.is_empty() {
            return Ok(None);
        }
        let mut head = [0; 12];
        spool.read_exact(&mut head).map_err(|error| unreadable(&error))?;
        let [l0, l1, l2, l3, l4, l5, l6, l7, c0, c1, c2, c3] = head;
        let columns = u32::from_le_bytes([c0, c1, c2, c3]) as usize;
        if columns == 0 || columns > MAX_COLUMNS {
            return Err(broken());
        }
        let mut stats = vec![0; columns * 5];
        spool.read_exact(&mut stats).map_err(|error| unreadable(&error))?;
        let stats = stats.as_chunks::<5>().0.iter();
        let stats = stats.map(|[a, b, c, d, classes]| (u32::from_le_bytes([*a, *b, *c, *d]) as usize, *classes));
        Ok(Some(Self { length: u64::from_le_bytes([l0, l1, l2, l3, l4, l5, l6, l7]), stats: stats.collect() }))
    }
}

fn unreadable(error: &io::Error) -> Error {
    Problem::new(Code::Io, format!("cannot read spooled records: {}", plain_io_message(error))).into()
}

fn broken() -> Error {
    Problem::new(Code::Internal, "spooled records are damaged").into()
}
