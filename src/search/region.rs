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
    /// Whether its own lines are known to hold no NUL.
    pub(crate) clean: bool,
}

impl<'b> Region<'b> {
    /// A whole input.
    pub(crate) fn whole(bytes: &'b [u8]) -> Self {
        Self { bytes, start: 0, end: bytes.len(), context: 0, offset: 0, last: true, nul: None, clean: false }
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
    /// How many matches are in the selected lines before it, where matches were looked for.
    pub(crate) spans: u32,
}

/// What a region holds.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// The selected lines.
    pub(crate) selected: Vec<Selected>,
    /// The matches in them, each in its line.
    spans: Vec<(u32, u32)>,
    /// Whether these were looked for.
    knows_spans: bool,
    /// Line ends in the region, where lines are counted.
    pub(crate) newlines: u64,
    /// Whether matches that cross lines were found up to their limit.
    pub(crate) limited: bool,
    /// First byte of the line at which the search gave up.
    pub(crate) broken: Option<usize>,
}

impl Found {
    /// The matches in a selected line, given its number among them, where they were found with the line.
    #[inline]
    pub(crate) fn spans(&self, at: usize) -> Option<&[(u32, u32)]> {
        if !self.knows_spans {
            return None;
        }
        let from = self.selected.get(at)?.spans as usize;
        let to = self.selected.get(at + 1).map_or(self.spans.len(), |next| next.spans as usize);
        self.spans.get(from..to)
    }
}

/// How to look for lines.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is asked for by itself")]
pub(crate) struct Search {
    /// Whether the lines without a match are selected.
    pub(crate) invert: bool,
    /// Whether lines are counted.
    pub(crate) count_lines: bool,
    /// Whether the matches in them will be asked for.
    pub(crate) spans: bool,
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
    found.spans.clear();
    let single = !search.invert && !matcher.crosses();
    found.knows_spans = search.spans && single && !search.first_only;
    found.newlines = 0;
    found.limited = false;
    let mut counted = 0;
    let mut line = 0_u32;
    let mut unmatched = 0;
    let selected = &mut found.selected;
    let mut push = |start: usize, end: usize, spans: usize| {
        if search.count_lines {
            line += narrow(terminator.count(lines.get(counted..start).unwrap_or_default()));
            counted = start;
        }
        let (from, to) = (narrow(region.start + start), narrow(region.start + end));
        selected.push(Selected { start: from, end: to, line, spans: narrow(spans) });
        // Nothing need be counted in a line that is one.
        if single && search.count_lines && lines.get(end - 1) == Some(&terminator.byte()) {
            line += 1;
            counted = end;
        }
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
    let spans = &mut found.spans;
    if found.knows_spans {
        let mut last = usize::MAX;
        found.knows_spans = matcher.matches(scratch, lines, |(start, end), (from, to)| {
            if std::mem::replace(&mut last, start) != start {
                let _ = push(start, end, spans.len());
            }
            spans.push((narrow(from - start), narrow(to - start)));
            ControlFlow::Continue(())
        });
    }
    if found.knows_spans {
        // They are all found.
    } else if search.invert {
        let mut stopped = false;
        runs(scratch, &mut |start, end| {
            let from = std::mem::replace(&mut unmatched, end);
            if from < start && push(from, start, 0).is_break() {
                stopped = true;
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        });
        if !stopped && unmatched < lines.len() {
            let _ = push(unmatched, lines.len(), 0);
        }
    } else {
        runs(scratch, &mut |start, end| push(start, end, 0));
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
