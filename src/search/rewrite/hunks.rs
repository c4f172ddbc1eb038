//! Changes as a unified diff, which `patch -p1` and `git apply` take.
//!
//! Bytes of the file are printed as they are. Changes with at most twice as many lines between them as there are lines of
//! context share a hunk, as they do for `diff -u`; a hunk is kept until it is whole, for its head tells how long it is.

use memchr::{memchr, memrchr};

use crate::core::integer::to_index;
use crate::search::printer::color::RESET;
use crate::search::region::Region;
use crate::search::rewrite::editor::Change;

/// The colours, which are git's.
const HEAD: &[u8] = b"\x1b[1m";
const PLACE: &[u8] = b"\x1b[36m";
const OLD: &[u8] = b"\x1b[31m";
const NEW: &[u8] = b"\x1b[32m";

/// The diff of one file.
#[derive(Debug)]
pub(crate) struct Hunks {
    context: usize,
    color: bool,
    /// The path as it is printed behind `a/` and `b/`.
    name: Vec<u8>,
    /// What stands in the file before the data: a byte order mark, or nothing.
    mark: Vec<u8>,
    /// How many lines longer the new version is, so far.
    grown: i64,
    /// Lines before the present region.
    lines: u64,
    open: Option<Hunk>,
    /// The finished hunks, with the head of the file.
    pub(crate) out: Vec<u8>,
}

/// A hunk that may go on.
#[derive(Debug, Default)]
struct Hunk {
    /// Lines of the old version before the hunk, and of the new one.
    old_before: u64,
    new_before: u64,
    /// Lines of each in the hunk.
    old: u64,
    new: u64,
    body: Vec<u8>,
    /// New lines that wait for the last old line beside them.
    added: Vec<u8>,
    /// End in the body of the last change.
    changed: usize,
    /// Ends in the body of the lines after it.
    tail: Vec<usize>,
    /// Offset in the data up to which lines are in the hunk.
    upto: u64,
}

impl Hunks {
    /// The diff of the file with this path.
    pub(crate) fn new(path: &[u8], mark: Vec<u8>, context: usize, color: bool) -> Self {
        Self { context, color, name: name(path), mark, grown: 0, lines: 0, open: None, out: Vec::new() }
    }

    /// Names the file by another path.
    pub(crate) fn rename(&mut self, path: &[u8]) {
        self.name = name(path);
    }

    /// Takes a change in a region.
    pub(crate) fn change(&mut self, region: &Region<'_>, change: &Change<'_>) {
        self.extend(region, change.start);
        let mut hunk = self.open.take().unwrap_or_else(|| self.begin(region, change));
        hunk.settle();
        let lead = self.lead(region, change.start);
        let old = put(b'-', self.paint(OLD), lead, region.slice(change.start, change.end), &mut hunk.body);
        let mut added = std::mem::take(&mut hunk.added);
        // Where all lines go, what stands in front of them is a line that has no end.
        let (lead, lines) = if change.new.is_empty() { (&[][..], lead) } else { (lead, change.new) };
        let new = put(b'+', self.paint(NEW), lead, lines, &mut added);
        hunk.added = added;
        hunk.old += old;
        hunk.new += new;
        hunk.upto = region.offset + change.end as u64;
        self.grown += new.cast_signed() - old.cast_signed();
        self.open = Some(hunk);
    }

    /// Takes the rest of a region, which has `newlines` line ends, as it is.
    pub(crate) fn pass(&mut self, region: &Region<'_>, newlines: u64) {
        self.extend(region, region.end);
        self.lines += newlines;
    }

    /// The whole diff; empty where nothing changes.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.close();
        self.out
    }

    /// Adds unchanged lines up to `to` to the open hunk, as far as they may belong to it.
    fn extend(&mut self, region: &Region<'_>, to: usize) {
        let Some(hunk) = &mut self.open else { return };
        let mut from = to_index(hunk.upto.saturating_sub(region.offset));
        if from < to {
            hunk.flush();
        }
        while from < to {
            if hunk.tail.len() >= 2 * self.context {
                self.close();
                return;
            }
            let rest = region.slice(from, to);
            let end = from + memchr(b'\n', rest).map_or(rest.len(), |newline| newline + 1);
            put(b' ', None, b"", region.slice(from, end), &mut hunk.body);
            hunk.tail.push(hunk.body.len());
            from = end;
            hunk.upto = region.offset + end as u64;
        }
    }

    /// A hunk with the lines before a change.
    fn begin(&self, region: &Region<'_>, change: &Change<'_>) -> Hunk {
        let mut start = change.start;
        let mut lines = 0;
        while lines < self.context && start > region.context {
            let before = region.slice(region.context, start - 1);
            start = memrchr(b'\n', before).map_or(region.context, |newline| region.context + newline + 1);
            lines += 1;
        }
        let lines = lines as u64;
        let old_before = self.lines + change.line - lines;
        let mut hunk = Hunk {
            old_before,
            new_before: old_before.saturating_add_signed(self.grown),
            old: lines,
            new: lines,
            ..Hunk::default()
        };
        put(b' ', None, self.lead(region, start), region.slice(start, change.start), &mut hunk.body);
        hunk
    }

    /// Prints the open hunk.
    fn close(&mut self) {
        let Some(mut hunk) = self.open.take() else { return };
        hunk.flush();
        let kept = hunk.tail.len().min(self.context);
        let last = kept.checked_sub(1).and_then(|last| hunk.tail.get(last).copied());
        hunk.body.truncate(last.unwrap_or(hunk.changed));
        let (old, new) = (hunk.old + kept as u64, hunk.new + kept as u64);
        if self.out.is_empty() {
            for (mark, side) in [("---", "a/"), ("+++", "b/")] {
                let mut line = format!("{mark} ").into_bytes();
                put_name(side, &self.name, &mut line);
                self.head(HEAD, &line);
            }
        }
        let place = format!("@@ -{} +{} @@", range(hunk.old_before, old), range(hunk.new_before, new));
        self.head(PLACE, place.as_bytes());
        self.out.append(&mut hunk.body);
    }

    /// What stands in the file before a line that is not part of the data.
    fn lead(&self, region: &Region<'_>, start: usize) -> &[u8] {
        if region.offset + start as u64 == 0 { &self.mark } else { b"" }
    }

    fn head(&mut self, color: &'static [u8], text: &[u8]) {
        match self.paint(color) {
            Some(color) => self.out.extend([color, text, RESET].concat()),
            None => self.out.extend_from_slice(text),
        }
        self.out.push(b'\n');
    }

    fn paint(&self, color: &'static [u8]) -> Option<&'static [u8]> {
        self.color.then_some(color)
    }
}

impl Hunk {
    /// Puts the new lines that wait behind the old ones, where an unchanged line follows or the hunk ends.
    fn flush(&mut self) {
        if !self.added.is_empty() {
            self.body.append(&mut self.added);
        }
        if self.tail.is_empty() {
            self.changed = self.body.len();
        }
    }

    /// Makes the lines after the last change part of the hunk, since a change follows.
    fn settle(&mut self) {
        let lines = std::mem::take(&mut self.tail).len() as u64;
        self.old += lines;
        self.new += lines;
    }
}

/// Appends lines with a mark in front of each, and `lead` in front of the first; returns how many.
fn put(mark: u8, color: Option<&[u8]>, mut lead: &[u8], mut lines: &[u8], out: &mut Vec<u8>) -> u64 {
    let mut count = 0;
    while !lines.is_empty() {
        let end = memchr(b'\n', lines);
        let (line, rest) = lines.split_at(end.unwrap_or(lines.len()));
        if let Some(color) = color {
            out.extend_from_slice(color);
        }
        out.push(mark);
        out.extend_from_slice(std::mem::take(&mut lead));
        out.extend_from_slice(line);
        if color.is_some() {
            out.extend_from_slice(RESET);
        }
        out.push(b'\n');
        if end.is_none() {
            out.extend_from_slice(b"\\ No newline at end of file\n");
        }
        lines = rest.get(1..).unwrap_or_default();
        count += 1;
    }
    count
}

/// The lines of a hunk as its head has them: where there are none, after which line they would stand.
fn range(before: u64, lines: u64) -> String {
    match lines {
        0 => format!("{before},0"),
        1 => (before + 1).to_string(),
        _ => format!("{},{lines}", before + 1),
    }
}

/// A path without what `patch` would not find it by: a leading `/` or `./`.
fn name(path: &[u8]) -> Vec<u8> {
    let mut name = path;
    while let Some(rest) = name.strip_prefix(b"./").or_else(|| name.strip_prefix(b"/")) {
        name = rest;
    }
    name.to_vec()
}

/// Appends a path as git does: in quotes where it holds what would end it, with a tab behind it where it holds a space.
fn put_name(side: &str, name: &[u8], out: &mut Vec<u8>) {
    let special = |byte: u8| byte < b' ' || byte == 0x7F || byte == b'"' || byte == b'\\';
    if !name.iter().any(|byte| special(*byte)) {
        out.extend_from_slice(side.as_bytes());
        out.extend_from_slice(name);
        if name.contains(&b' ') {
            out.push(b'\t');
        }
        return;
    }
    out.push(b'"');
    out.extend_from_slice(side.as_bytes());
    for &byte in name {
        match byte {
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'"' | b'\\' => out.extend([b'\\', byte]),
            byte if special(byte) => out.extend_from_slice(format!("\\{byte:03o}").as_bytes()),
            byte => out.push(byte),
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::{name, put_name, range};

    #[test]
    fn names_are_those_of_git() {
        let shown = |path: &[u8]| {
            let mut out = Vec::new();
            put_name("a/", &name(path), &mut out);
            String::from_utf8_lossy(&out).into_owned()
        };
        assert_eq!(shown(b"./x/y"), "a/x/y");
        assert_eq!(shown(b"/x y"), "a/x y\t");
        assert_eq!(shown(b"x\t\"\x01"), r#""a/x\t\"\001""#);
    }

    #[test]
    fn ranges_are_those_of_diff() {
        assert_eq!([range(0, 0), range(4, 1), range(4, 2)], ["0,0", "5", "5,2"]);
    }
}
