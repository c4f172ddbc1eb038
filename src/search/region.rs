//! A stretch of whole lines in memory, and the lines selected in it.

use std::ops::ControlFlow;

use crate::core::integer::narrow;
use crate::core::pattern::matcher::{Matcher, Scratch};

/// Whole lines of one input, with what was read around them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Region<'b> {
    /// What was read. `bytes[start..end]` are the region's own lines; before them stand complete lines for context,
    /// after them bytes of later regions.
    pub(crate) bytes: &'b [u8],
    /// First byte of the region's own lines.
    pub(crate) start: usize,
    /// One past the last byte of them.
    pub(crate) end: usize,
    /// First byte of complete lines before `start`.
    pub(crate) context: usize,
    /// Offset of `bytes[0]` in the input's data.
    pub(crate) offset: u64,
    /// Whether the input ends with this region.
    pub(crate) last: bool,
    /// First NUL byte at or after `start`, where one was looked for; NULs may have become line ends since.
    pub(crate) nul: Option<usize>,
}

impl<'b> Region<'b> {
    /// A whole input.
    pub(crate) fn whole(bytes: &'b [u8]) -> Self {
        Self { bytes, start: 0, end: bytes.len(), context: 0, offset: 0, last: true, nul: None }
    }

    /// The region's own lines.
    pub(crate) fn lines(&self) -> &'b [u8] {
        self.bytes.get(self.start..self.end).unwrap_or_default()
    }

    /// Bytes `from..to` of the buffer.
    pub(crate) fn slice(&self, from: usize, to: usize) -> &'b [u8] {
        self.bytes.get(from..to).unwrap_or_default()
    }
}

/// A run of selected lines: one line, or, inverted, all between two matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Selected {
    /// First byte in the region's buffer.
    pub(crate) start: u32,
    /// One past the last byte.
    pub(crate) end: u32,
    /// Line ends of the region before `start`, where lines are counted.
    pub(crate) line: u32,
}

/// What a region holds.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// The selected lines.
    pub(crate) selected: Vec<Selected>,
    /// Line ends in the region, where lines are counted.
    pub(crate) newlines: u64,
    /// Whether matches that cross lines were found up to their limit.
    pub(crate) limited: bool,
    /// First byte of the line at which the search gave up.
    pub(crate) broken: Option<usize>,
}

/// How to look for lines.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Search {
    /// Whether the lines without a match are selected.
    pub(crate) invert: bool,
    /// Whether lines are counted.
    pub(crate) count_lines: bool,
    /// Whether the first selected line is enough.
    pub(crate) first_only: bool,
    /// Most matches, where they cross lines.
    pub(crate) limit: Option<u64>,
}

/// Selects the lines of a region; `found` is reused.
pub(crate) fn select(matcher: &Matcher, scratch: &mut Scratch, region: &Region<'_>, search: Search, found: &mut Found) {
    let lines = region.lines();
    let terminator = matcher.terminator;
    found.selected.clear();
    found.newlines = 0;
    found.limited = false;
    let mut counted = 0;
    let mut line = 0_u32;
    let mut unmatched = 0;
    let selected = &mut found.selected;
    let mut push = |start: usize, end: usize| {
        if search.count_lines {
            line += narrow(terminator.count(lines.get(counted..start).unwrap_or_default()));
            counted = start;
        }
        selected.push(Selected { start: narrow(region.start + start), end: narrow(region.start + end), line });
        if search.first_only { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let limited = &mut found.limited;
    let mut runs = |scratch: &mut Scratch, found: &mut dyn FnMut(usize, usize) -> ControlFlow<()>| {
        if matcher.crosses() {
            *limited = crossings(matcher, scratch, lines, search, found);
        } else {
            matcher.lines(scratch, lines, found);
        }
    };
    if search.invert {
        let mut stopped = false;
        runs(scratch, &mut |start, end| {
            let from = std::mem::replace(&mut unmatched, end);
            if from < start && push(from, start).is_break() {
                stopped = true;
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        });
        if !stopped && unmatched < lines.len() {
            let _ = push(unmatched, lines.len());
        }
    } else {
        runs(scratch, &mut push);
    }
    found.broken = scratch.take_broken().map(|at| region.start + at);
    if search.count_lines {
        found.newlines = u64::from(line) + terminator.count(lines.get(counted..).unwrap_or_default()) as u64;
    }
}

/// Calls `found` with the lines of matches that may cross them; those that touch or follow upon each other are one run.
/// Says whether the limit ended it.
fn crossings(
    matcher: &Matcher,
    scratch: &mut Scratch,
    text: &[u8],
    search: Search,
    found: &mut dyn FnMut(usize, usize) -> ControlFlow<()>,
) -> bool {
    let limit = if search.invert { None } else { search.limit };
    matcher.prepare(scratch, text);
    let mut run: Option<(usize, usize)> = None;
    let (mut at, mut matches) = (0, 0);
    while at < text.len() && limit.is_none_or(|limit| matches < limit) {
        let Some(crossing) = matcher.next_crossing(scratch, text, at) else { break };
        matches += 1;
        // Where only lines matter, the rest of those lines needs no search.
        at = if search.invert { crossing.end.max(crossing.next) } else { crossing.next };
        run = match run {
            Some((start, end)) if crossing.start <= end => Some((start, end.max(crossing.end))),
            Some((start, end)) => {
                if found(start, end).is_break() {
                    return false;
                }
                Some((crossing.start, crossing.end))
            }
            None => Some((crossing.start, crossing.end)),
        };
    }
    // An empty match behind the last terminator is on no line.
    if let Some((start, end)) = run.filter(|(start, end)| start < end) {
        let _ = found(start, end);
    }
    limit.is_some_and(|limit| matches >= limit)
}

/// Counts selected lines without listing them.
pub(crate) fn count_selected(matcher: &Matcher, scratch: &mut Scratch, lines: &[u8], invert: bool) -> u64 {
    let mut matched = 0;
    matcher.lines(scratch, lines, |_, _| {
        matched += 1;
        ControlFlow::Continue(())
    });
    if !invert {
        return matched;
    }
    let unended = !lines.is_empty() && !matcher.terminator.ends(lines);
    matcher.terminator.count(lines) as u64 + u64::from(unended) - matched
}
