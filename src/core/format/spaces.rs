//! Aligned columns, as `ps`, `df`, `kubectl` and `docker` print them: a header line, and cells with spaces between them.
//!
//! Where the first line keeps to the places of the header's names, taken apart at runs of two spaces (`kubectl`, `docker`),
//! a cell is what stands under its name: it may be empty, and names and cells may hold single spaces. A later line that does
//! not keep to the places is split at runs of spaces, if that gives a cell for each column. Otherwise (`ps`, `df`) every run
//! of spaces separates, and the last column takes the rest of the line; there a word in lower case behind a capitalised one
//! continues the name (`Mounted on`). Places are counted in characters.

use std::sync::Arc;

use crate::core::data::cell::Kind;
use crate::core::error::Result;
use crate::core::format::csv::distinct;
use crate::core::format::line::fields::Fields;
use crate::core::format::line::{self, Head, LineParser, Miss, Names, look, opening};
use crate::core::format::{Format, HEAD, Opening, ReadOptions, Reader, Unopened};
use crate::core::registry::{Example, Row};

/// The table row.
pub(crate) const ROW: Row<Format> = Row {
    name: "spaces",
    aliases: &["columns"],
    usage: "spaces",
    summary: "Aligned columns as printed by ps, df, kubectl: a header line, spaces between cells",
    examples: &[Example {
        input: "  PID TTY          TIME CMD\n    1 pts/0    00:00:02 sleep 1 h\n",
        output: "{\"PID\":1,\"TTY\":\"pts/0\",\"TIME\":\"00:00:02\",\"CMD\":\"sleep 1 h\"}\n",
    }],
    item: Format {
        reader: Some(|options| Ok(Box::new(SpacesReader { options: options.clone() }))),
        read_flags: &["no-header", "header", "skip-lines", "ragged", "rejects", "encoding"],
        ..Format::NONE
    },
};

struct SpacesReader {
    options: ReadOptions,
}

impl Reader for SpacesReader {
    fn open(&self, head: &[u8], whole: bool) -> Result<Opening, Unopened> {
        let look = look(head, whole, &self.options)?;
        let mut notes = Vec::new();
        let (columns, data_start) = match (&self.options.header, self.options.no_header) {
            (Some(names), no_header) => {
                let names = names.iter().map(|name| Arc::from(name.as_str())).collect();
                (Columns { names, places: None }, if no_header { look.first_start } else { look.next })
            }
            (None, true) => (Columns::numbered(&look), look.first_start),
            (None, false) => {
                let options = ReadOptions { skip_lines: 0, ..self.options.clone() };
                let rest = head.get(look.next..).unwrap_or_default();
                let first = line::look(rest, whole || head.len() >= HEAD, &options)?.first;
                let mut columns = Columns::of_header(look.first, first);
                columns.names = distinct(columns.names, &mut notes);
                (columns, look.next)
            }
        };
        let opening = opening(columns, "a line of these columns", data_start, look.terminator, &self.options);
        Ok(Opening { notes, ..opening })
    }
}

/// The columns of an input.
struct Columns {
    names: Vec<Arc<str>>,
    /// Where each name starts, in characters, where cells stand under them.
    places: Option<Vec<usize>>,
}

/// The pieces of a line between runs of at least `gap` spaces, as `(start, end)` in bytes.
fn pieces(line: &[u8], gap: usize) -> impl Iterator<Item = (usize, usize)> {
    let mut at = line.iter().position(|byte| !is_blank(*byte)).unwrap_or(line.len());
    std::iter::from_fn(move || {
        let rest = line.get(at..).filter(|rest| !rest.is_empty())?;
        let (mut len, mut run) = (rest.len(), 0);
        for (offset, byte) in rest.iter().enumerate() {
            run = if is_blank(*byte) { run + 1 } else { 0 };
            if run >= gap {
                len = offset + 1 - gap;
                break;
            }
        }
        let piece = (at, at + rest.get(..len).unwrap_or_default().trim_ascii_end().len());
        let next = rest.get(len..).unwrap_or_default();
        at += len + next.iter().position(|byte| !is_blank(*byte)).unwrap_or(next.len());
        Some(piece)
    })
}

fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

/// Characters in a stretch of text; bytes that are no UTF-8 count as one each.
fn characters(text: &[u8]) -> usize {
    text.iter().filter(|byte| **byte & 0xC0 != 0x80).count()
}

/// The byte at which character number `at` starts, or the end.
fn byte_of(line: &[u8], at: usize) -> usize {
    if line.is_ascii() {
        return at.min(line.len());
    }
    let starts = line.iter().enumerate().filter(|(_, byte)| **byte & 0xC0 != 0x80);
    starts.map(|(at, _)| at).nth(at).unwrap_or(line.len())
}

impl Columns {
    /// What a header says, next to the first line after it.
    fn of_header(header: &[u8], first: &[u8]) -> Self {
        let words: Vec<(usize, usize)> = pieces(header, 1).collect();
        let wide: Vec<(usize, usize)> = pieces(header, 2).collect();
        let text = |&(start, end): &(usize, usize)| {
            let name = header.get(start..end).unwrap_or_default();
            Arc::from(String::from_utf8_lossy(name))
        };
        let far = wide.array_windows::<2>().all(|[left, right]| right.0 - left.1 >= 3);
        let few = |&(start, end): &(usize, usize)| pieces(header.get(start..end).unwrap_or_default(), 1).count() <= 2;
        if wide.len() > 1 && !header.first().is_some_and(|byte| is_blank(*byte)) && (far || wide.iter().all(few)) {
            let place = |(start, _): &(usize, usize)| characters(header.get(..*start).unwrap_or_default());
            let places: Vec<usize> = wide.iter().map(place).collect();
            if cells_under(&places, first).is_some() {
                return Self { names: wide.iter().map(text).collect(), places: Some(places) };
            }
        }
        let mut names: Vec<Arc<str>> = continued(header, &words).iter().map(text).collect();
        // `free` prints a first column without a name.
        if let (Some((start, _)), Some((_, end))) = (words.first(), pieces(first, 1).next())
            && end <= *start
        {
            names.insert(0, Arc::from("c1"));
        }
        Self { names, places: None }
    }

    /// Columns without names: as many as the first line has words.
    fn numbered(look: &Head<'_>) -> Self {
        let count = pieces(look.first, 1).count();
        Self { names: (1..=count).map(|number| Arc::from(format!("c{number}"))).collect(), places: None }
    }
}

/// The cells that stand under their names; none where a line does not keep to the places.
fn cells_under(places: &[usize], line: &[u8]) -> Option<Vec<(usize, usize)>> {
    let mut cells = Vec::with_capacity(places.len());
    for (column, place) in places.iter().enumerate() {
        let start = byte_of(line, *place);
        let end = places.get(column + 1).map_or(line.len(), |next| byte_of(line, *next));
        let cell = line.get(start..end)?;
        let last = column + 1 == places.len();
        // The cell before must end before this one, and this one starts in its place.
        if !last && !cell.is_empty() && end < line.len() && !cell.last().is_some_and(|byte| is_blank(*byte)) {
            return None;
        }
        let text = cell.trim_ascii_end();
        if text.first().is_some_and(|byte| is_blank(*byte)) || !last && text.windows(2).any(|two| two == b"  ") {
            return None;
        }
        cells.push((start, start + text.len()));
    }
    Some(cells)
}

/// The words of a header, with those that continue a name put to it.
fn continued(header: &[u8], words: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut names: Vec<(usize, usize)> = Vec::new();
    for &(start, end) in words {
        let lower = header.get(start).is_some_and(u8::is_ascii_lowercase);
        match names.last_mut() {
            Some(last) if lower && start == last.1 + 1 && header.get(last.0).is_some_and(u8::is_ascii_uppercase) => {
                last.1 = end;
            }
            _ => names.push((start, end)),
        }
    }
    names
}

impl LineParser for Columns {
    type Worker = ();

    fn worker(&self) {}

    fn names(&self) -> Names {
        Names::Fixed(self.names.clone())
    }

    fn parse(&self, (): &mut (), line: &[u8], fields: &mut Fields) -> Result<(), Miss> {
        let count = self.names.len();
        let Some(places) = &self.places else {
            let mut found = 0;
            for (column, (start, end)) in pieces(line, 1).take(count).enumerate() {
                let end = if column + 1 == count { line.trim_ascii_end().len() } else { end };
                fields.put(column, Kind::Bare, start, end);
                found += 1;
            }
            return if found == count { Ok(()) } else { Err(short(found, count)) };
        };
        let cells = cells_under(places, line).or_else(|| {
            let split = |gap| Some(pieces(line, gap).collect::<Vec<_>>()).filter(|cells| cells.len() == count);
            split(2).or_else(|| split(1))
        });
        let Some(cells) = cells else {
            let message = "cells do not stand under the names of the header".into();
            return Err(Miss { at: 0, message });
        };
        for (column, (start, end)) in cells.into_iter().enumerate() {
            fields.put(column, Kind::Bare, start, end);
        }
        Ok(())
    }
}

#[cold]
fn short(found: usize, count: usize) -> Miss {
    let cells = if found == 1 { "cell" } else { "cells" };
    Miss { at: 0, message: format!("it has {found} {cells}, the header has {count}").into() }
}
