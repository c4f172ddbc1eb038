//! What `--json-captures` adds to the matches of JSON events: which pattern matched, and its groups.

use std::sync::Arc;

use crate::core::pattern::matcher::{Matcher, Scratch};
use crate::search::context::Line;
use crate::search::matches;
use crate::search::printer::json::{data, number, text};

/// The groups of the matches of a line, as members of their objects.
#[derive(Debug)]
pub(crate) struct Captures {
    /// The names of each pattern's groups.
    names: Vec<Vec<Option<Arc<str>>>>,
    members: Vec<u8>,
    /// Where those of each match end.
    ends: Vec<usize>,
}

impl Captures {
    /// For the patterns of a matcher that tells them apart.
    pub(crate) fn new(matcher: &Matcher) -> Self {
        Self { names: matcher.groups(), members: Vec::new(), ends: Vec::new() }
    }

    /// Forgets the last line.
    pub(crate) fn clear(&mut self) {
        self.members.clear();
        self.ends.clear();
    }

    /// Finds the matches of a line, and their groups.
    pub(crate) fn find(
        &mut self,
        matcher: &Matcher,
        scratch: &mut Scratch,
        line: &Line<'_>,
        spans: &mut Vec<(usize, usize)>,
    ) {
        self.clear();
        spans.clear();
        let Self { names, members: out, ends } = self;
        let (haystack, from) = line.haystack(matcher.terminator);
        matches::pattern_captures(matcher, scratch, line, |span, captures| {
            spans.push(span);
            let pattern = captures.pattern().map_or(0, |pattern| pattern.as_usize());
            out.extend_from_slice(b",\"pattern\":");
            number(pattern as u64, out);
            out.extend_from_slice(b",\"captures\":[");
            for (at, name) in names.get(pattern).into_iter().flatten().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                out.extend_from_slice(b"{\"number\":");
                number(at as u64 + 1, out);
                out.extend_from_slice(b",\"name\":");
                match name {
                    Some(name) => text(name, out),
                    None => out.extend_from_slice(b"null"),
                }
                match captures.get_group(at + 1) {
                    Some(span) => {
                        out.extend_from_slice(b",\"match\":");
                        data(haystack.get(span.start..span.end).unwrap_or_default(), out);
                        out.extend_from_slice(b",\"start\":");
                        number((span.start - from) as u64, out);
                        out.extend_from_slice(b",\"end\":");
                        number((span.end - from) as u64, out);
                        out.push(b'}');
                    }
                    None => out.extend_from_slice(b",\"match\":null,\"start\":null,\"end\":null}"),
                }
            }
            out.push(b']');
            ends.push(out.len());
        });
    }

    /// The members of match number `at`.
    pub(crate) fn of(&self, at: usize) -> &[u8] {
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(at).copied().unwrap_or(start);
        self.members.get(start..end).unwrap_or_default()
    }
}
