//! Lines as grep prints them: path, number, column, offset, text.
//!
//! Two sinks share the work: [`Plain`] for lines of which nothing is looked at, and
//! [`Page`](crate::search::printer::page::Page) for all that need their matches or are cut.

use crate::core::error::Result;
use crate::core::pattern::matcher::Scratch;
use crate::core::pattern::terminator::Terminator;
use crate::search::binary::Rule;
use crate::search::config::Config;
use crate::search::context::{Line, Sink};
use crate::search::printer::file::Searched;
use crate::search::printer::page::Page;
use crate::search::printer::prelude::{HEAD_SEPARATOR, Prelude, put_separator};
use crate::search::printer::stats::Stats;
use crate::search::printer::style::Style;
use crate::search::printer::{Counts, Depth, Lines, Needs, Pen, Printer};
use crate::search::replace::Replacer;

/// Prints lines.
pub(crate) struct Standard {
    style: Style,
    /// What matches are replaced with.
    replacement: Option<String>,
    /// Whether statistics are wanted.
    stats: bool,
}

impl Standard {
    /// The printer that a configuration asks for.
    pub(crate) fn new(config: &Config, style: Style) -> Self {
        Self { style, replacement: config.replacement.clone(), stats: config.look.stats }
    }
}

impl Printer for Standard {
    fn needs(&self) -> Needs {
        Needs {
            depth: Depth::Lines,
            numbers: self.style.line_number,
            spans: self.style.needs_spans,
            context: true,
            hides_binary: true,
            stats: self.stats,
        }
    }

    fn pen(&self) -> Box<dyn Pen + '_> {
        Box::new(StandardPen {
            style: &self.style,
            prelude: Prelude::default(),
            replacer: self.replacement.as_deref().map(Replacer::new),
            spans: Vec::new(),
        })
    }

    fn separator(&self) -> &[u8] {
        &self.style.file_separator
    }

    fn head(&self, path: &[u8], out: &mut Vec<u8>) {
        if self.style.heading && self.style.path {
            self.style.put_path_line(path, out);
        }
    }

    fn tail(&self, file: &Searched<'_>, stats: &mut Stats, out: &mut Vec<u8>) -> Result<u64> {
        let from = out.len();
        binary_message(&self.style, file, out);
        stats.bytes_printed += (out.len() - from) as u64;
        Ok(0)
    }
}

/// Says that a file with matches is binary.
fn binary_message(style: &Style, file: &Searched<'_>, out: &mut Vec<u8>) {
    let (Some(offset), 1..) = (file.edge.binary, file.counts.lines) else { return };
    if style.path {
        style.put_linked_path(file.path, out);
        out.extend_from_slice(b": ");
    }
    let what = match file.rule {
        Rule::Quit | Rule::Leave => "WARNING: stopped searching binary file after match",
        Rule::Convert | Rule::Glance | Rule::Text => "binary file matches",
    };
    out.extend_from_slice(format!("{what} (found \"\\0\" byte around offset {offset})\n").as_bytes());
}

struct StandardPen<'p> {
    style: &'p Style,
    prelude: Prelude,
    replacer: Option<Replacer>,
    spans: Vec<(usize, usize)>,
}

impl Pen for StandardPen<'_> {
    fn print(&mut self, lines: Lines<'_, '_>, path: &[u8], out: &mut Vec<u8>) -> Counts {
        let Self { style, prelude, replacer, spans } = self;
        prelude.enter(style, path);
        if is_plain(style) && !lines.matcher.crosses() {
            let mut sink = Plain {
                prelude,
                numbers: style.line_number,
                match_separator: &style.match_separator,
                context_separator: &style.context_separator,
                group_separator: &style.group_separator,
                terminator: style.terminator,
                counts: Counts::default(),
                out,
            };
            lines.to(&mut sink);
            return sink.counts;
        }
        let matcher = lines.matcher;
        let counts = Counts::default();
        let mut sink = Page { style, prelude, matcher, replacer: replacer.as_mut(), spans, counts, out };
        lines.to(&mut sink);
        sink.counts
    }
}

/// Whether lines are printed as they are, behind no more than their path and number.
fn is_plain(style: &Style) -> bool {
    !style.needs_spans && style.palette.is_none() && !style.byte_offset && !style.trim && style.max_columns.is_none()
}

/// Prints lines of which nothing is looked at.
struct Plain<'r> {
    prelude: &'r Prelude,
    numbers: bool,
    match_separator: &'r [u8],
    context_separator: &'r [u8],
    group_separator: &'r [u8],
    terminator: Terminator,
    counts: Counts,
    out: &'r mut Vec<u8>,
}

impl Plain<'_> {
    #[inline]
    fn line(&mut self, path: &[u8], separator: &[u8], line: &Line<'_>) {
        self.out.extend_from_slice(path);
        if self.numbers {
            self.out.extend_from_slice(itoa::Buffer::new().format(line.number).as_bytes());
            put_separator(separator, self.out);
        }
        self.out.extend_from_slice(line.bytes);
        if !self.terminator.ends(line.bytes) {
            self.out.extend_from_slice(self.terminator.bytes());
        }
    }
}

impl Sink for Plain<'_> {
    #[inline]
    fn matched(&mut self, _: &mut Scratch, line: &Line<'_>) {
        self.counts.lines += 1;
        self.line(&self.prelude.of_match, self.match_separator, line);
    }

    fn context(&mut self, _: &mut Scratch, line: &Line<'_>) {
        self.line(&self.prelude.of_context, self.context_separator, line);
    }

    fn head(&mut self, _: &mut Scratch, line: &Line<'_>) {
        self.line(&self.prelude.of_head, HEAD_SEPARATOR, line);
    }

    fn gap(&mut self) {
        self.out.extend_from_slice(self.group_separator);
    }

    fn hidden(&mut self, _: &mut Scratch, _: &Line<'_>) {
        self.counts.lines += 1;
    }
}
