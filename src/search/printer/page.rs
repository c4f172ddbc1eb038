//! Lines whose matches are looked at: coloured, replaced, printed alone or each on a line, trimmed, cut.

use crate::core::pattern::matcher::{Matcher, Scratch};
use crate::core::scan::append::append;
use crate::search::context::{Line, Sink};
use crate::search::matches;
use crate::search::printer::Counts;
use crate::search::printer::color::{Paint, RESET};
use crate::search::printer::prelude::{Kind, Place, Prelude, put_separator};
use crate::search::printer::style::Style;
use crate::search::replace::Replacer;

/// Prints the lines of one file, or of a part of it.
pub(crate) struct Page<'r> {
    /// How lines look.
    pub(crate) style: &'r Style,
    /// What they start with.
    pub(crate) prelude: &'r Prelude,
    /// Finds the matches in a line.
    pub(crate) matcher: &'r Matcher,
    /// Replaces them, if asked to.
    pub(crate) replacer: Option<&'r mut Replacer>,
    /// A buffer for the matches of a line.
    pub(crate) spans: &'r mut Vec<(usize, usize)>,
    /// What was seen.
    pub(crate) counts: Counts,
    /// Where it goes.
    pub(crate) out: &'r mut Vec<u8>,
}

/// A line as it is to be printed.
#[derive(Clone, Copy)]
pub(super) struct View<'l> {
    pub(super) kind: Kind,
    /// The text, with its end where it has one.
    pub(super) bytes: &'l [u8],
    /// The matches in it, or what replaced them.
    pub(super) spans: &'l [(usize, usize)],
    /// How many matches the line had.
    pub(super) found: usize,
    /// Where the first of them starts, or what replaced it.
    pub(super) column: Option<usize>,
    pub(super) number: u64,
    pub(super) offset: u64,
    /// How what is around its matches looks.
    pub(super) around: Around,
}

/// How what is around the matches of a line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Around {
    /// As `--colors highlight` says, where the line has a match.
    Highlighted,
    /// As it is.
    Plain,
}

impl Sink for Page<'_> {
    fn matched(&mut self, scratch: &mut Scratch, line: &Line<'_>) {
        self.counts.lines += line.count(self.style.terminator);
        self.counts.matches += self.look(scratch, line, Kind::Match) as u64;
    }

    fn context(&mut self, scratch: &mut Scratch, line: &Line<'_>) {
        if self.style.invert {
            self.look(scratch, line, Kind::Context);
            return;
        }
        self.show(View { kind: Kind::Context, ..View::at(line) });
    }

    fn head(&mut self, _: &mut Scratch, line: &Line<'_>) {
        self.show(View { kind: Kind::Head, ..View::at(line) });
    }

    fn gap(&mut self) {
        self.out.extend_from_slice(&self.style.group_separator);
    }

    fn hidden(&mut self, scratch: &mut Scratch, line: &Line<'_>) {
        self.counts.lines += line.count(self.style.terminator);
        if self.style.needs_spans {
            matches::find(self.matcher, scratch, line, self.spans);
            self.counts.matches += self.spans.len() as u64;
        }
    }
}

impl<'l> View<'l> {
    /// A matching line without matches.
    fn at(line: &Line<'l>) -> Self {
        Self {
            kind: Kind::Match,
            bytes: line.bytes,
            spans: &[],
            found: 0,
            column: None,
            number: line.number,
            offset: line.offset,
            around: Around::Highlighted,
        }
    }
}

impl Page<'_> {
    /// Finds and replaces the matches of a line, and prints it; returns how many there were.
    fn look(&mut self, scratch: &mut Scratch, line: &Line<'_>, kind: Kind) -> usize {
        let mut spans = std::mem::take(self.spans);
        spans.clear();
        if self.style.needs_spans {
            matches::find(self.matcher, scratch, line, &mut spans);
        }
        let (found, column) = (spans.len(), spans.first().map(|span| span.0));
        let alone = self.style.only_matching || self.style.per_match;
        if found > 0 && !alone && self.replacer.is_none() && self.paint().is_some() {
            self.matcher.mark_conditions(scratch, self.style.terminator.trim(line.bytes), &mut spans);
        }
        let view = View { kind, spans: &spans, found, column, ..View::at(line) };
        match self.replacer.take() {
            Some(replacer) => {
                if replacer.replace(self.matcher, scratch, line) {
                    let column = replacer.spans.first().map(|span| span.0);
                    self.show(View { bytes: &replacer.text, spans: &replacer.spans, column, ..view });
                } else {
                    self.show(View { spans: &[], ..view });
                }
                self.replacer = Some(replacer);
            }
            None => self.show(view),
        }
        *self.spans = spans;
        found
    }

    fn show(&mut self, view: View<'_>) {
        let start = |at: usize| view.offset + at as u64;
        match view.spans {
            _ if self.matcher.crosses() && view.kind == Kind::Match => self.block(&view),
            [] => {
                self.prelude(&view, view.offset, None);
                self.text(&view, view.bytes);
            }
            spans if self.is_bare() => {
                for &(from, to) in spans {
                    append(self.out, view.bytes, from, to.saturating_sub(from));
                    put_separator(self.style.terminator.bytes(), self.out);
                }
            }
            spans if self.style.only_matching => {
                for &(from, to) in spans {
                    let text = view.bytes.get(from..to).unwrap_or_default();
                    self.prelude(&view, start(from), Some(from));
                    self.marked(&view, text, &[(0, text.len())]);
                }
            }
            spans if self.style.per_match => {
                for &(from, to) in spans {
                    self.prelude(&view, start(from), Some(from));
                    self.marked(&view, view.bytes, &[(from, to)]);
                }
            }
            spans => {
                self.prelude(&view, view.offset, view.column);
                self.marked(&view, view.bytes, spans);
            }
        }
    }

    /// Whether matches are printed alone, each as it is.
    fn is_bare(&self) -> bool {
        let Style { only_matching, palette, line_path, line_number, column, byte_offset, .. } = self.style;
        let changed = palette.is_some() || self.style.trim || self.style.max_columns.is_some();
        *only_matching && !(*line_path || *line_number || *column || *byte_offset || changed)
    }

    pub(super) fn prelude(&mut self, view: &View<'_>, offset: u64, start: Option<usize>) {
        let place = Place { number: view.number, column: start.map(|start| start as u64 + 1), offset };
        self.prelude.put(self.style, view.kind, place, self.out);
    }

    /// A line without colours.
    pub(super) fn text(&mut self, view: &View<'_>, line: &[u8]) {
        let line = line.get(self.trimmed(line)..).unwrap_or_default();
        if self.is_long(line) {
            self.excerpt(view, line, 0, view.spans);
            return;
        }
        self.out.extend_from_slice(line);
        if !self.style.terminator.ends(line) {
            self.end_line();
        }
    }

    /// A line with its matches in colour, where there is any.
    pub(super) fn marked(&mut self, view: &View<'_>, line: &[u8], spans: &[(usize, usize)]) {
        if self.paint().is_none() {
            self.text(view, line);
            return;
        }
        let start = self.trimmed(line);
        if self.is_long(line) {
            self.excerpt(view, line, start, spans);
            return;
        }
        self.painted(view, line, (start, line.len()), spans);
        self.end_line();
    }

    /// How matches are painted, if they are.
    fn paint(&self) -> Option<&Paint> {
        self.style.palette.as_ref().map(|palette| &palette.matched).filter(|paint| !paint.is_none)
    }

    /// Where a line starts once its first blanks are left out.
    fn trimmed(&self, line: &[u8]) -> usize {
        if !self.style.trim {
            return 0;
        }
        let end = self.style.terminator.bytes();
        let blank = |byte: &&u8| matches!(**byte, b'\t' | b'\n' | 0x0b | 0x0c | b'\r' | b' ') && !end.contains(*byte);
        line.iter().take_while(blank).count()
    }

    pub(super) fn is_long(&self, line: &[u8]) -> bool {
        self.style.max_columns.is_some_and(|most| line.len() as u64 > most)
    }

    pub(super) fn end_line(&mut self) {
        self.out.extend_from_slice(self.style.terminator.bytes());
    }

    /// Bytes `from..to` of a line, without the end of the line, with the matches in them in colour.
    pub(super) fn painted(&mut self, view: &View<'_>, line: &[u8], range: (usize, usize), spans: &[(usize, usize)]) {
        let (from, to) = range;
        let Some(text) = line.get(from..to) else { return };
        let to = from + self.style.terminator.trim(text).len();
        // A line that matches only cross with their ends is highlighted too.
        let palette = self.style.palette.as_ref().filter(|_| !spans.is_empty() || view.found > 0);
        let Some(palette) = palette.filter(|palette| !palette.matched.is_none) else {
            self.out.extend_from_slice(line.get(from..to).unwrap_or_default());
            return;
        };
        let highlighted = view.kind == Kind::Match && view.around == Around::Highlighted;
        let highlight = (!palette.highlight.is_none && highlighted).then_some(&palette.highlight);
        let around = highlight.map_or(RESET, |paint| paint.start.as_slice());
        if let Some(paint) = highlight {
            self.out.extend_from_slice(&paint.start);
        }
        let (mut at, mut inside) = (from, false);
        for &(start, end) in spans {
            let (start, end) = (start.clamp(at, to), end.min(to));
            if end <= at {
                continue;
            }
            if at < start {
                if std::mem::take(&mut inside) {
                    self.out.extend_from_slice(around);
                }
                self.out.extend_from_slice(line.get(at..start).unwrap_or_default());
                at = start;
            }
            if at == end {
                continue;
            }
            if !std::mem::replace(&mut inside, true) {
                self.out.extend_from_slice(&palette.matched.start);
            }
            self.out.extend_from_slice(line.get(at..end).unwrap_or_default());
            at = end;
        }
        if at < to {
            if std::mem::take(&mut inside) {
                self.out.extend_from_slice(around);
            }
            self.out.extend_from_slice(line.get(at..to).unwrap_or_default());
        }
        if inside {
            self.out.extend_from_slice(around);
        }
        if highlight.is_some() {
            self.out.extend_from_slice(RESET);
        }
    }
}
