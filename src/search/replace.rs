//! Replacement templates: `$1`, `$name`, `${1}x`, `$$`.

use regex_automata::util::interpolate;

use crate::core::pattern::matcher::{Matcher, Scratch};
use crate::search::context::Line;

/// A template and the text it made of the last line.
#[derive(Debug, Clone)]
pub(crate) struct Replacer {
    template: Vec<u8>,
    /// The line with its matches replaced.
    pub(crate) text: Vec<u8>,
    /// Where the replacements stand in it.
    pub(crate) spans: Vec<(usize, usize)>,
}

impl Replacer {
    /// A replacer with this template.
    pub(crate) fn new(template: &str) -> Self {
        Self { template: template.as_bytes().to_vec(), text: Vec::new(), spans: Vec::new() }
    }

    /// Replaces the matches of a line. False where it has none.
    pub(crate) fn replace(&mut self, matcher: &Matcher, scratch: &mut Scratch, line: &Line<'_>) -> bool {
        let Self { template, text, spans } = self;
        let (line, terminator) = matcher.terminator.split(line.bytes);
        text.clear();
        spans.clear();
        let mut copied = 0;
        matcher.captures(scratch, line, |(start, end), groups| {
            // An empty match behind the last byte of the input is not on the line.
            if terminator.is_empty() && start >= line.len() {
                return;
            }
            text.extend_from_slice(line.get(copied..start).unwrap_or_default());
            copied = end;
            let from = text.len();
            interpolate::bytes(
                template,
                |index, text| {
                    let span = match groups {
                        Some(groups) => groups.get_group(index).map(|span| (span.start, span.end)),
                        None => (index == 0).then_some((start, end)),
                    };
                    if let Some((start, end)) = span {
                        text.extend_from_slice(line.get(start..end).unwrap_or_default());
                    }
                },
                |name| matcher.group_index(name),
                text,
            );
            spans.push((from, text.len()));
        });
        text.extend_from_slice(line.get(copied..).unwrap_or_default());
        text.extend_from_slice(terminator);
        !spans.is_empty()
    }
}
