//! Replacement templates: `$1`, `$name`, `${1}x`, `$$`.

use regex_automata::util::captures::Captures;
use regex_automata::util::interpolate;

use crate::core::pattern::matcher::{Matcher, Scratch};
use crate::search::context::Line;
use crate::search::matches;

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
        let (haystack, base) = line.haystack(matcher.terminator);
        let own = haystack.get(base..).unwrap_or_default();
        let own = own.get(..line.bytes.len().min(own.len())).unwrap_or_default();
        let (mut text, mut spans) = (std::mem::take(&mut self.text), std::mem::take(&mut self.spans));
        text.clear();
        spans.clear();
        let mut copied = 0;
        matches::captures(matcher, scratch, line, |(start, end), groups| {
            text.extend_from_slice(own.get(copied..start).unwrap_or_default());
            copied = end;
            let from = text.len();
            self.expand(matcher, haystack, (base + start, base + end), groups, &mut text);
            spans.push((from, text.len()));
        });
        text.extend_from_slice(line.bytes.get(copied..).unwrap_or_default());
        (self.text, self.spans) = (text, spans);
        !self.spans.is_empty()
    }

    /// Appends what takes the place of a match.
    pub(crate) fn expand(
        &self,
        matcher: &Matcher,
        haystack: &[u8],
        (start, end): (usize, usize),
        groups: Option<&Captures>,
        out: &mut Vec<u8>,
    ) {
        interpolate::bytes(
            &self.template,
            |index, out| {
                let group = match groups {
                    Some(groups) => groups.get_group(index).and_then(|span| haystack.get(span.range())),
                    None => haystack.get(start..end).filter(|_| index == 0),
                };
                out.extend_from_slice(group.unwrap_or_default());
            },
            |name| matcher.group_index(name),
            out,
        );
    }
}
