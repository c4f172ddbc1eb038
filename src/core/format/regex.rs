//! Lines that a regular expression reads: its named groups are the columns (`--pattern`).
//!
//! The pattern may match anywhere in a line; anchors tie it down. A group that took no part is null. [`Pattern`] also reads
//! columns (`--extract`).

use ::regex::bytes::{CaptureLocations, Regex};
use std::sync::Arc;

use crate::core::data::cell::Kind;
use crate::core::error::{Code, Problem, Result};
use crate::core::format::line::fields::Fields;
use crate::core::format::line::{LineParser, Miss, Names, look, miss, opening};
use crate::core::format::{Format, Opening, ReadOptions, Reader, Unopened};
use crate::core::registry::Row;

/// The table row.
pub(crate) const ROW: Row<Format> = Row {
    name: "regex",
    aliases: &[],
    usage: "regex",
    summary: "Lines read by --pattern, whose named groups are the columns",
    examples: &[],
    item: Format {
        reader: Some(reader),
        read_flags: &["pattern", "skip-lines", "ragged", "rejects", "encoding"],
        ..Format::NONE
    },
};

fn reader(options: &ReadOptions) -> Result<Box<dyn Reader>> {
    let Some(pattern) = &options.pattern else {
        let problem = Problem::new(Code::Usage, "the format regex needs --pattern");
        return Err(problem.hint("--pattern '(?<level>\\w+): (?<message>.*)'").into());
    };
    Ok(Box::new(RegexReader { pattern: Pattern::new(pattern)?, options: options.clone() }))
}

struct RegexReader {
    pattern: Pattern,
    options: ReadOptions,
}

impl Reader for RegexReader {
    fn open(&self, head: &[u8], whole: bool) -> Result<Opening, Unopened> {
        let look = look(head, whole, &self.options)?;
        Ok(opening(self.pattern.clone(), "a line of --pattern", look.start, look.terminator, &self.options))
    }
}

/// A regular expression with named groups.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    regex: Regex,
    /// The number of the group of each column.
    groups: Vec<usize>,
    names: Vec<Arc<str>>,
}

impl Pattern {
    /// Reads a pattern; an error where it has no named group.
    pub(crate) fn new(pattern: &str) -> Result<Self, Problem> {
        if let Err(error) = regex_syntax::ast::parse::Parser::new().parse(pattern) {
            let span = error.span();
            let end = span.end.offset.max(span.start.offset + 1);
            let problem = Problem::new(Code::Pattern, format!("regex: {}", error.kind()));
            return Err(problem.caret(pattern, span.start.offset, end));
        }
        let regex = Regex::new(pattern).map_err(|error| {
            let text = error.to_string();
            let reason = text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_string();
            Problem::new(Code::Pattern, format!("regex: {reason}"))
        })?;
        let (mut groups, mut names) = (Vec::new(), Vec::new());
        for (group, name) in regex.capture_names().enumerate() {
            if let Some(name) = name {
                groups.push(group);
                names.push(Arc::from(name));
            }
        }
        if names.is_empty() {
            return Err(Problem::new(Code::Usage, format!("the pattern '{pattern}' has no named group"))
                .hint("name what becomes a column: (?<name>…)"));
        }
        Ok(Self { regex, groups, names })
    }
}

impl LineParser for Pattern {
    type Worker = CaptureLocations;

    fn worker(&self) -> CaptureLocations {
        self.regex.capture_locations()
    }

    fn names(&self) -> Names {
        Names::Fixed(self.names.clone())
    }

    #[inline]
    fn parse(&self, found: &mut CaptureLocations, line: &[u8], fields: &mut Fields) -> Result<(), Miss> {
        if self.regex.captures_read(found, line).is_none() {
            return miss(0, "the pattern does not match");
        }
        for (column, group) in self.groups.iter().enumerate() {
            match found.get(*group) {
                Some((start, end)) if start == end => fields.text(column, start, end),
                Some((start, end)) => fields.put(column, Kind::Bare, start, end),
                None => {}
            }
        }
        Ok(())
    }
}
