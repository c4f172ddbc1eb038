//! Lines as grep prints them: path, number, text.

use crate::core::error::Result;
use crate::core::pattern::matcher::{Matcher, Scratch};
use crate::search::binary::Rule;
use crate::search::config::Config;
use crate::search::context::{Line, Sink};
use crate::search::matches;
use crate::search::printer::color::{Paint, RESET};
use crate::search::printer::file::Searched;
use crate::search::printer::stats::Stats;
use crate::search::printer::style::Style;
use crate::search::printer::{Counts, Depth, Lines, Needs, Pen, Printer};
use crate::search::replace::Replacer;

/// Prints lines.
pub(crate) struct Standard {
    style: Style,
    /// What matches are replaced with.
    replacement: Option<String>,
}

impl Standard {
    /// The printer that a configuration asks for.
    pub(crate) fn new(config: &Config, style: Style) -> Self {
        Self { style, replacement: config.replacement.clone() }
    }
}

impl Printer for Standard {
    fn needs(&self) -> Needs {
        Needs { depth: Depth::Lines, numbers: self.style.line_number, context: true, hides_binary: true, stats: false }
    }

    fn pen(&self) -> Box<dyn Pen + '_> {
        let replacer = self.replacement.as_deref().map(Replacer::new);
        Box::new(StandardPen { style: &self.style, replacer, spans: Vec::new() })
    }

    fn separator(&self) -> &[u8] {
        &self.style.separator
    }

    fn head(&self, path: &[u8], out: &mut Vec<u8>) {
        if self.style.heading && self.style.path {
            Paint::Path.put(self.style.color, path, out);
            out.extend_from_slice(self.style.terminator.bytes());
        }
    }

    fn tail(&self, file: &Searched<'_>, _: &mut Stats, out: &mut Vec<u8>) -> Result<u64> {
        binary_message(&self.style, file, out);
        Ok(0)
    }
}

/// Says that a file with matches is binary.
fn binary_message(style: &Style, file: &Searched<'_>, out: &mut Vec<u8>) {
    let (Some(offset), 1..) = (file.edge.binary, file.counts.lines) else { return };
    if style.path {
        Paint::Path.put(style.color, file.path, out);
        out.extend_from_slice(b": ");
    }
    let what = match file.rule {
        Rule::Quit => "WARNING: stopped searching binary file after match",
        Rule::Convert | Rule::Glance | Rule::Text => "binary file matches",
    };
    out.extend_from_slice(format!("{what} (found \"\\0\" byte around offset {offset})\n").as_bytes());
}

struct StandardPen<'p> {
    style: &'p Style,
    replacer: Option<Replacer>,
    spans: Vec<(usize, usize)>,
}

impl Pen for StandardPen<'_> {
    fn print(&mut self, lines: Lines<'_, '_>, path: &[u8], out: &mut Vec<u8>) -> Counts {
        let Self { style, replacer, spans } = self;
        let (matcher, counts) = (lines.matcher, Counts::default());
        let mut sink = Page { style, matcher, replacer: replacer.as_mut(), spans, path, counts, out };
        lines.to(&mut sink);
        sink.counts
    }
}

/// Prints the lines of one file, or of a part of it.
struct Page<'r> {
    style: &'r Style,
    /// Finds the matches in a line.
    matcher: &'r Matcher,
    /// Replaces them, if asked to.
    replacer: Option<&'r mut Replacer>,
    /// A buffer for the matches of a line.
    spans: &'r mut Vec<(usize, usize)>,
    /// The path as printed, where lines have one.
    path: &'r [u8],
    /// What was seen.
    counts: Counts,
    /// Where it goes.
    out: &'r mut Vec<u8>,
}

/// The separator of the fields of a line that matches, and of one of context.
const MATCH: u8 = b':';
const CONTEXT: u8 = b'-';

impl Sink for Page<'_> {
    #[inline]
    fn matched(&mut self, scratch: &mut Scratch, line: &Line<'_>) {
        self.counts.lines += 1;
        if !self.style.needs_spans {
            self.prelude(line.number, MATCH);
            self.plain(line.bytes);
            return;
        }
        self.detailed(scratch, line, MATCH);
    }

    fn context(&mut self, scratch: &mut Scratch, line: &Line<'_>) {
        if self.style.invert && self.style.needs_spans {
            self.detailed(scratch, line, CONTEXT);
        } else {
            self.prelude(line.number, CONTEXT);
            self.plain(line.bytes);
        }
    }

    fn gap(&mut self) {
        self.out.extend_from_slice(b"--");
        self.end_line();
    }

    fn hidden(&mut self) {
        self.counts.lines += 1;
    }
}

impl Page<'_> {
    /// Path and number.
    #[inline]
    fn prelude(&mut self, number: u64, separator: u8) {
        let style = self.style;
        if style.line_path {
            if style.color {
                Paint::Path.put(true, self.path, self.out);
            } else {
                self.out.extend_from_slice(self.path);
            }
            self.out.push(separator);
        }
        if style.line_number {
            let mut digits = itoa::Buffer::new();
            Paint::Number.put(style.color, digits.format(number).as_bytes(), self.out);
            self.out.push(separator);
        }
    }

    /// A line without colours.
    #[inline]
    fn plain(&mut self, line: &[u8]) {
        self.out.extend_from_slice(line);
        if !self.style.terminator.ends(line) {
            self.end_line();
        }
    }

    /// A line whose matches are looked at.
    fn detailed(&mut self, scratch: &mut Scratch, line: &Line<'_>, separator: u8) {
        if let Some(replacer) = self.replacer.take() {
            if replacer.replace(self.matcher, scratch, line) {
                self.show(&replacer.text, &replacer.spans, line.number, separator);
            } else {
                self.show(line.bytes, &[], line.number, separator);
            }
            self.replacer = Some(replacer);
            return;
        }
        let mut spans = std::mem::take(self.spans);
        if self.style.only_matching {
            matches::find(self.matcher, scratch, line, &mut spans);
        } else {
            matches::mark(self.matcher, scratch, line, &mut spans);
        }
        self.show(line.bytes, &spans, line.number, separator);
        *self.spans = spans;
    }

    /// Prints a line with its matches marked, or its matches alone.
    fn show(&mut self, line: &[u8], spans: &[(usize, usize)], number: u64, separator: u8) {
        if spans.is_empty() {
            self.prelude(number, separator);
            self.plain(line);
        } else if self.style.only_matching {
            for &(start, end) in spans {
                let text = line.get(start..end).unwrap_or_default();
                self.prelude(number, separator);
                self.marked(text, &[(0, text.len())]);
            }
        } else {
            self.prelude(number, separator);
            self.marked(line, spans);
        }
    }

    /// A line with its matches in colour.
    fn marked(&mut self, line: &[u8], spans: &[(usize, usize)]) {
        if !self.style.color {
            self.plain(line);
            return;
        }
        let text = self.style.terminator.trim(line);
        let mut at = 0;
        let mut painted = false;
        for &(start, end) in spans {
            let (start, end) = (start.min(text.len()), end.min(text.len()));
            if end <= at {
                continue;
            }
            if at < start {
                self.unpaint(&mut painted);
                self.out.extend_from_slice(text.get(at..start).unwrap_or_default());
                at = start;
            }
            if start == end {
                continue;
            }
            if !painted {
                self.out.extend_from_slice(Paint::Match.start());
                painted = true;
            }
            self.out.extend_from_slice(text.get(at..end).unwrap_or_default());
            at = end;
        }
        if at < text.len() {
            self.unpaint(&mut painted);
            self.out.extend_from_slice(text.get(at..).unwrap_or_default());
        }
        self.unpaint(&mut painted);
        self.end_line();
    }

    fn end_line(&mut self) {
        self.out.extend_from_slice(self.style.terminator.bytes());
    }

    fn unpaint(&mut self, painted: &mut bool) {
        if std::mem::take(painted) {
            self.out.extend_from_slice(RESET);
        }
    }
}
