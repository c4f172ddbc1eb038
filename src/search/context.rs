//! From selected lines to what is printed: context, gaps, limits, the end at a NUL.
//!
//! [`emit`] runs over one region with the [`Edge`] that the regions before it left, and leaves one for the next. Run with
//! [`Nothing`] as its sink it only computes that edge, which is how a worker lets the next region start before it
//! prints its own.

use memchr::memchr;

use crate::core::integer::to_index;
use crate::core::pattern::matcher::{Matcher, Scratch};
use crate::core::pattern::terminator::Terminator;
use crate::search::binary::{Rule, Windows};
use crate::search::outline::{Heads, Outline};
use crate::search::region::{Found, Region};

/// What is known of an input between two of its regions.
#[derive(Debug, Clone, Default)]
pub(crate) struct Edge {
    /// Line ends before, where lines are counted.
    pub(crate) lines: u64,
    /// Selected lines before, as far as the limit goes.
    pub(crate) matched: u64,
    /// Lines of context still to come after the last match.
    owed: usize,
    /// Offset of the end of the last printed line.
    visited: u64,
    /// Line ends before `visited`.
    visited_lines: u64,
    /// Whether any line was printed.
    sunk: bool,
    /// Whether the search of this input is over.
    pub(crate) halted: bool,
    /// Offset at which the search stood when it was over.
    pub(crate) position: u64,
    /// Whether it is over because the pattern gave up.
    pub(crate) broken: bool,
    /// Offset of the end of the last selected line.
    selected: u64,
    /// Offset of the NUL byte that makes the input binary.
    pub(crate) binary: Option<u64>,
    /// The lines that enclose what follows, where they are printed.
    pub(crate) heads: Option<Heads>,
    windows: Windows,
}

/// A line on its way out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line<'b> {
    /// The line with its terminator, if it has one.
    pub(crate) bytes: &'b [u8],
    /// Offset of its first byte in the input's data.
    pub(crate) offset: u64,
    /// Its number, from 1, where lines are counted.
    pub(crate) number: u64,
    /// Where a match may cross lines, the text it is looked for in, and where the line stands in it. Then a selected
    /// `line` may be several.
    pub(crate) within: Option<(&'b [u8], usize)>,
    /// The matches in it, where they were found with it.
    pub(crate) spans: Option<&'b [(u32, u32)]>,
}

impl<'b> Line<'b> {
    /// What matches are looked for in, and from where on.
    pub(crate) fn haystack(&self, terminator: Terminator) -> (&'b [u8], usize) {
        self.within.unwrap_or_else(|| (terminator.trim(self.bytes), 0))
    }

    /// How many lines it is.
    pub(crate) fn count(&self, terminator: Terminator) -> u64 {
        if self.within.is_none() {
            return 1;
        }
        terminator.count(self.bytes) as u64 + u64::from(!terminator.ends(self.bytes))
    }
}

/// Where lines go.
pub(crate) trait Sink {
    /// A selected line.
    fn matched(&mut self, scratch: &mut Scratch, line: &Line<'_>);
    /// A line of context.
    fn context(&mut self, scratch: &mut Scratch, line: &Line<'_>);
    /// A line further up that encloses the lines to come.
    fn head(&mut self, scratch: &mut Scratch, line: &Line<'_>) {
        self.context(scratch, line);
    }
    /// Lines were left out between two printed ones.
    fn gap(&mut self);
    /// A selected line that is not printed because the input is binary.
    fn hidden(&mut self, scratch: &mut Scratch, line: &Line<'_>);
}

/// Takes lines and keeps nothing.
pub(crate) struct Nothing;

impl Sink for Nothing {
    fn matched(&mut self, _: &mut Scratch, _: &Line<'_>) {}
    fn context(&mut self, _: &mut Scratch, _: &Line<'_>) {}
    fn gap(&mut self) {}
    fn hidden(&mut self, _: &mut Scratch, _: &Line<'_>) {}
}

/// What is printed around matches, and when it ends.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on the command line")]
pub(crate) struct Shape {
    /// Lines before a match.
    pub(crate) before: usize,
    /// Lines after a match.
    pub(crate) after: usize,
    /// Whether all lines are printed.
    pub(crate) passthru: bool,
    /// Whether the line is printed that encloses a match.
    pub(crate) function: bool,
    /// Most selected lines.
    pub(crate) limit: Option<u64>,
    /// Whether the first selected line ends the search.
    pub(crate) first_only: bool,
    /// Whether the first line that is not selected ends it, after one that is.
    pub(crate) stop_on_nonmatch: bool,
    /// Whether lines that do not match are selected.
    pub(crate) invert: bool,
    /// Whether a binary input is not printed.
    pub(crate) hides_binary: bool,
    /// What a NUL does.
    pub(crate) rule: Rule,
}

impl Shape {
    /// Whether one line's output depends on the lines around it.
    pub(crate) fn is_linear(&self) -> bool {
        let alone = self.before == 0 && self.after == 0 && !self.function;
        alone && self.limit.is_none() && !self.first_only && !self.stop_on_nonmatch
    }
}

/// Prints the selected lines of a region and what belongs to them.
pub(crate) fn emit(
    shape: &Shape,
    matcher: &Matcher,
    scratch: &mut Scratch,
    region: &Region<'_>,
    found: &Found,
    edge: &mut Edge,
    sink: &mut impl Sink,
) {
    if edge.halted {
        return;
    }
    if shape.passthru {
        edge.owed = usize::MAX;
    }
    let known = edge.binary.is_some();
    let (end, hidden_from) = end_at_nul(shape, region, edge);
    let broken = found.broken.filter(|broken| *broken < end);
    let end = broken.unwrap_or(end);
    let limit = if matcher.crosses() && !shape.invert {
        found.limited.then_some(found.selected.len() as u64)
    } else {
        shape.limit
    };
    let base = edge.lines;
    let reading = Reading { at: region.start, ..Reading::default() };
    let mut run = Run { shape, matcher, scratch, region, edge, sink, end, hidden_from, base, limit, reading };
    let over = run.selected(found);
    let cut = region.offset + hidden_from.min(end) as u64;
    if shape.rule.reads_all() && !known && over.is_ok() && edge.halted && edge.visited <= cut {
        // The search had its answer before it came to the buffer with the NUL.
        edge.binary = None;
    }
    edge.lines += found.newlines;
    if !edge.halted {
        edge.position = region.offset + end as u64;
        edge.broken = broken.is_some();
        edge.halted = edge.broken || shape.rule == Rule::Quit && edge.binary.is_some();
    }
}

/// Moves an edge over a region in which nothing happens but selected lines: no context, no limit, no NUL.
pub(crate) fn skip(shape: &Shape, region: &Region<'_>, found: &Found, edge: &mut Edge) {
    if edge.halted {
        return;
    }
    if shape.rule.reads_all() {
        end_at_nul(shape, region, edge);
    }
    edge.lines += found.newlines;
    edge.position = region.offset + region.end as u64;
    edge.sunk |= !found.selected.is_empty();
}

/// Where the search of a region ends for a NUL, and from where its lines are hidden.
fn end_at_nul(shape: &Shape, region: &Region<'_>, edge: &mut Edge) -> (usize, usize) {
    if !shape.rule.reads_all() {
        return (region.end, if edge.binary.is_some() { 0 } else { usize::MAX });
    }
    if edge.binary.is_some() {
        return (region.end, 0);
    }
    let nul = region.nul.map(|at| region.offset + at as u64);
    let (own, end) = (region.offset + region.start as u64, region.offset + region.end as u64);
    let window = edge.windows.seek(region.lines(), own, end, nul);
    // A NUL past the region counts where ripgrep's buffer would hold it together with lines of the region.
    let Some(nul) = nul.filter(|nul| edge.windows.holds(*nul)) else { return (region.end, usize::MAX) };
    edge.binary = Some(nul);
    let cut = to_index(window.clamp(own, end) - region.offset);
    match shape.rule {
        Rule::Quit => (cut, usize::MAX),
        Rule::Convert | Rule::Glance | Rule::Leave | Rule::Text => (region.end, cut),
    }
}

/// Why a run over a region ended early.
struct Over;

struct Run<'r, 'b, S> {
    shape: &'r Shape,
    matcher: &'r Matcher,
    scratch: &'r mut Scratch,
    region: &'r Region<'b>,
    edge: &'r mut Edge,
    sink: &'r mut S,
    /// End of the lines to search.
    end: usize,
    /// From here on lines are hidden.
    hidden_from: usize,
    /// Line ends before the region.
    base: u64,
    /// Most selected lines, or runs of them.
    limit: Option<u64>,
    /// What encloses the lines, as far as that is known.
    reading: Reading,
}

/// How far the lines that enclose others have been read.
#[derive(Default)]
struct Reading {
    outline: Outline,
    /// The first byte that has not been read.
    at: usize,
    /// Line ends before it in the region.
    line: u64,
}

impl<'b, S: Sink> Run<'_, 'b, S> {
    fn selected(&mut self, found: &Found) -> Result<(), Over> {
        let mut limited = self.limit_reached();
        'runs: for (at, run) in found.selected.iter().enumerate() {
            let mut start = run.start as usize;
            let stop = (run.end as usize).min(self.end);
            let mut number = self.base + u64::from(run.line);
            if self.stops_before(run.start as usize) {
                return self.nonmatch();
            }
            while start < stop && !limited {
                let end = if self.shape.invert { self.line_end(start, stop) } else { stop };
                self.edge.matched += 1;
                if self.shape.after > 0 {
                    self.after(start)?;
                }
                if self.shape.function {
                    self.function(start, end, number);
                }
                if self.shape.before > 0 {
                    self.before(start, number)?;
                }
                // Also a line that is not printed has been read.
                self.edge.position = self.region.offset + end as u64;
                self.matched(start, end, number, found.spans(at))?;
                limited = self.limit_reached();
                start = end;
                number += 1;
            }
            if limited || run.end as usize > self.end {
                break 'runs;
            }
        }
        if self.stops_before(self.end) {
            return self.nonmatch();
        }
        if self.shape.after > 0 {
            self.after(self.end)?;
        }
        if self.shape.first_only && self.edge.matched > 0 || self.limit_reached() && self.edge.owed == 0 {
            self.edge.halted = true;
        }
        Ok(())
    }

    /// Whether a line that is not selected, between the selected ones and `at`, ends the search.
    fn stops_before(&self, at: usize) -> bool {
        self.shape.stop_on_nonmatch
            && self.edge.matched > 0
            && self.edge.selected < self.region.offset + at.min(self.end) as u64
    }

    /// Ends the search at the line behind the selected ones, which may still be context.
    fn nonmatch(&mut self) -> Result<(), Over> {
        let start = self.local(self.edge.selected);
        let end = self.line_end(start, self.end);
        if self.edge.owed > 0 {
            self.context(start, end, self.edge.visited_lines)?;
        }
        self.edge.position = self.region.offset + end as u64;
        self.edge.halted = true;
        Ok(())
    }

    fn limit_reached(&self) -> bool {
        self.limit.is_some_and(|limit| self.edge.matched >= limit) || self.shape.first_only && self.edge.matched > 0
    }

    /// Prints the context owed after the last match, up to `upto`. Past the limit, a line that would be selected is
    /// still printed as one.
    fn after(&mut self, upto: usize) -> Result<(), Over> {
        let limited = self.limit_reached() && upto == self.end && !self.shape.passthru;
        while self.edge.owed > 0 {
            let start = self.local(self.edge.visited);
            if start >= upto {
                break;
            }
            let end = self.line_end(start, upto);
            let number = self.edge.visited_lines;
            let owed = self.edge.owed - 1;
            let text = self.matcher.terminator.trim(self.region.slice(start, end));
            if limited && self.matcher.is_match(self.scratch, text) != self.shape.invert {
                self.edge.position = self.region.offset + end as u64;
                self.matched(start, end, number, None)?;
            } else {
                self.context(start, end, number)?;
            }
            self.scratch.note_gave_up(self.region.offset + start as u64);
            self.edge.owed = owed;
        }
        Ok(())
    }

    /// Prints the line that encloses a match, unless it is not above all that is printed of it, or something below it
    /// has been printed.
    fn function(&mut self, start: usize, end: usize, number: u64) {
        let Self { reading, region, matcher, edge, base, .. } = &mut *self;
        let terminator = matcher.terminator;
        reading.line = reading.outline.read(region.bytes, reading.at, start, terminator, reading.line);
        reading.at = start;
        let text = terminator.trim(region.slice(start, end));
        let before = edge.heads.as_deref().unwrap_or_default();
        let Some(head) = reading.outline.enclosing(text, before, region.bytes, region.offset, *base) else {
            return;
        };
        let (first, lines) = self.context_start(start);
        let hidden = self.shape.hides_binary
            && (start >= self.hidden_from || memchr(0, self.region.slice(start, end)).is_some());
        let place = self.region.offset + first as u64;
        if hidden || head.offset >= place || head.offset < self.edge.visited {
            return;
        }
        self.gap(first);
        let line = Line { bytes: &head.text, offset: head.offset, number: head.line + 1, within: None, spans: None };
        self.sink.head(self.scratch, &line);
        self.edge.visited = place;
        self.edge.visited_lines = number.saturating_sub(lines as u64);
        self.edge.sunk = true;
    }

    /// Where the context before a match at `upto` starts that is not printed yet, and how many lines it has.
    fn context_start(&self, upto: usize) -> (usize, usize) {
        let floor =
            if self.edge.sunk { self.local(self.edge.visited).max(self.region.context) } else { self.region.context };
        let mut start = upto;
        let mut lines = 0;
        while lines < self.shape.before && start > floor {
            start = self.matcher.terminator.line_start(self.region.bytes, floor, start - 1);
            lines += 1;
        }
        (start, lines)
    }

    /// Prints the context before a match at `upto`, as far as it is not printed yet.
    fn before(&mut self, upto: usize, number: u64) -> Result<(), Over> {
        let (mut start, lines) = self.context_start(upto);
        let hidden = self.shape.hides_binary && upto >= self.hidden_from;
        let mut number = number.saturating_sub(lines as u64);
        while start < upto {
            let end = self.line_end(start, upto);
            self.gap(start);
            if hidden {
                return self.over();
            }
            self.context(start, end, number)?;
            start = end;
            number += 1;
        }
        Ok(())
    }

    fn matched(&mut self, start: usize, end: usize, number: u64, spans: Option<&[(u32, u32)]>) -> Result<(), Over> {
        let hidden = self.is_hidden(start, end);
        if hidden && self.shape.rule == Rule::Leave {
            return self.over();
        }
        self.gap(start);
        if hidden {
            let line = Line { spans, ..self.line(start, end, number, self.within(start)) };
            self.sink.hidden(self.scratch, &line);
            return self.over();
        }
        let line = Line { spans, ..self.line(start, end, number, self.within(start)) };
        self.sink.matched(self.scratch, &line);
        let lines = if self.shape.invert { 1 } else { line.count(self.matcher.terminator) };
        self.visit(end, number + lines);
        self.edge.selected = self.region.offset + end as u64;
        self.edge.owed = self.shape.after;
        Ok(())
    }

    fn context(&mut self, start: usize, end: usize, number: u64) -> Result<(), Over> {
        if self.is_hidden(start, end) {
            return self.over();
        }
        // ripgrep looks at a line of context alone, also where matches cross lines.
        let line = self.line(start, end, number, self.matcher.crosses().then(|| (self.region.slice(start, end), 0)));
        self.sink.context(self.scratch, &line);
        self.visit(end, number + 1);
        Ok(())
    }

    fn gap(&mut self, start: usize) {
        let context = self.shape.before > 0 || self.shape.after > 0;
        if context && self.edge.sunk && self.edge.visited < self.region.offset + start as u64 {
            self.sink.gap();
        }
    }

    /// Whether a line that is about to be printed is not to be, because the input is binary.
    fn is_hidden(&mut self, start: usize, end: usize) -> bool {
        if matches!(self.shape.rule, Rule::Glance | Rule::Leave)
            && !self.region.clean
            && self.edge.binary.is_none()
            && let Some(at) = memchr(0, self.region.slice(start, end))
        {
            self.edge.binary = Some(self.region.offset + (start + at) as u64);
            self.hidden_from = start;
        }
        (self.shape.hides_binary || self.shape.rule == Rule::Leave) && start >= self.hidden_from
    }

    fn over(&mut self) -> Result<(), Over> {
        self.edge.halted = true;
        Err(Over)
    }

    /// What a match that starts in the lines at `start` is looked for in, where it may cross lines.
    fn within(&self, start: usize) -> Option<(&'b [u8], usize)> {
        self.matcher.crosses().then_some((self.region.bytes, start))
    }

    fn line(&self, start: usize, end: usize, number: u64, within: Option<(&'b [u8], usize)>) -> Line<'b> {
        let offset = self.region.offset + start as u64;
        Line { bytes: self.region.slice(start, end), offset, number: number + 1, within, spans: None }
    }

    fn visit(&mut self, end: usize, number: u64) {
        self.edge.visited = self.region.offset + end as u64;
        self.edge.visited_lines = number;
        self.edge.sunk = true;
    }

    /// End of the line that starts at `start`, no further than `upto`.
    fn line_end(&self, start: usize, upto: usize) -> usize {
        start + self.matcher.terminator.line_len(self.region.slice(start, upto))
    }

    /// A data offset as a position in the buffer.
    fn local(&self, offset: u64) -> usize {
        to_index(offset.saturating_sub(self.region.offset))
    }
}
