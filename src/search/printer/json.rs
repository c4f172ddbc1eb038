//! ripgrep's JSON events: one object per line, of type begin, match, context, end and summary.
//!
//! Order and names of the keys are ripgrep's, as its `grep-printer` documents them. Text that is not UTF-8 is given as
//! `{"bytes": …}` in base64.

use std::time::Duration;

use crate::core::error::Result;
use crate::core::format::json::escape::quote;
use crate::core::pattern::matcher::{Matcher, Scratch};
use crate::search::config::Config;
use crate::search::context::{Line, Sink};
use crate::search::matches;
use crate::search::printer::captures::Captures;
use crate::search::printer::file::Searched;
use crate::search::printer::stats::Stats;
use crate::search::printer::{Counts, Depth, Lines, Needs, Pen, Printer};
use crate::search::replace::Replacer;

/// Prints events.
pub(crate) struct Json {
    /// What matches are replaced with.
    replacement: Option<String>,
    /// Whether the groups of matches are told, and which pattern matched.
    captures: bool,
    /// Whether lines have their numbers.
    numbers: bool,
}

impl Json {
    /// The printer that a configuration asks for.
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            replacement: config.replacement.clone(),
            captures: config.look.captures,
            numbers: config.line_number != Some(false),
        }
    }
}

impl Printer for Json {
    fn needs(&self) -> Needs {
        let spans = !self.captures;
        Needs { depth: Depth::Lines, numbers: self.numbers, spans, context: true, hides_binary: false, stats: true }
    }

    fn pen(&self) -> Box<dyn Pen + '_> {
        let replacer = self.replacement.as_deref().map(Replacer::new);
        let Self { captures: wants_captures, numbers, .. } = *self;
        Box::new(JsonPen { replacer, wants_captures, numbers, captures: None, spans: Vec::new() })
    }

    fn head(&self, path: &[u8], out: &mut Vec<u8>) {
        begin(&as_data(path), out);
    }

    fn tail(&self, file: &Searched<'_>, stats: &mut Stats, out: &mut Vec<u8>) -> Result<u64> {
        if file.printed > 0 {
            end(&as_data(file.path), file.edge.binary, stats, out);
        }
        Ok(0)
    }

    fn finish(&self, stats: &Stats, elapsed: Duration, out: &mut Vec<u8>) -> Result<u64> {
        summary(stats, elapsed, out);
        Ok(0)
    }

    fn tells_stats(&self) -> bool {
        true
    }
}

struct JsonPen {
    replacer: Option<Replacer>,
    wants_captures: bool,
    numbers: bool,
    captures: Option<Captures>,
    spans: Vec<(usize, usize)>,
}

impl Pen for JsonPen {
    fn print(&mut self, lines: Lines<'_, '_>, path: &[u8], out: &mut Vec<u8>) -> Counts {
        let (path, counts) = (as_data(path), Counts::default());
        let (matcher, invert) = (lines.matcher, lines.shape.invert);
        let Self { replacer, wants_captures, numbers, captures, spans } = self;
        if *wants_captures && captures.is_none() {
            *captures = Some(Captures::new(matcher));
        }
        let captures = captures.as_mut();
        let mut sink = Events {
            matcher,
            replacer: replacer.as_mut(),
            captures,
            invert,
            numbers: *numbers,
            spans,
            path: &path,
            counts,
            out,
        };
        lines.to(&mut sink);
        sink.counts
    }
}

/// Prints the events of the lines of one file, or of a part of it.
struct Events<'r> {
    /// Finds the matches in a line.
    matcher: &'r Matcher,
    /// Replaces them, if asked to.
    replacer: Option<&'r mut Replacer>,
    /// Tells their groups, if asked to.
    captures: Option<&'r mut Captures>,
    /// Whether lines that do not match are selected.
    invert: bool,
    /// Whether lines have their numbers.
    numbers: bool,
    /// A buffer for the matches of a line.
    spans: &'r mut Vec<(usize, usize)>,
    /// The path as `{"text": …}`.
    path: &'r [u8],
    /// What was seen.
    counts: Counts,
    /// Where it goes.
    out: &'r mut Vec<u8>,
}

impl Sink for Events<'_> {
    fn matched(&mut self, scratch: &mut Scratch, line: &Line<'_>) {
        self.counts.lines += line.count(self.matcher.terminator);
        self.find(scratch, line);
        self.counts.matches += self.spans.len() as u64;
        self.event("match", line);
    }

    fn context(&mut self, scratch: &mut Scratch, line: &Line<'_>) {
        self.spans.clear();
        if let Some(replacer) = &mut self.replacer {
            replacer.spans.clear();
        }
        if self.invert {
            self.find(scratch, line);
        }
        self.event("context", line);
    }

    fn gap(&mut self) {}

    fn hidden(&mut self, _: &mut Scratch, _: &Line<'_>) {
        self.counts.lines += 1;
    }
}

impl Events<'_> {
    /// Finds the matches of a line, and what replaces them.
    fn find(&mut self, scratch: &mut Scratch, line: &Line<'_>) {
        match &mut self.captures {
            Some(captures) => captures.find(self.matcher, scratch, line, self.spans),
            None => matches::find(self.matcher, scratch, line, self.spans),
        }
        if let Some(replacer) = &mut self.replacer {
            replacer.replace(self.matcher, scratch, line);
        }
    }

    fn event(&mut self, kind: &str, line: &Line<'_>) {
        let out = &mut *self.out;
        out.extend_from_slice(b"{\"type\":\"");
        out.extend_from_slice(kind.as_bytes());
        out.extend_from_slice(b"\",\"data\":{\"path\":");
        out.extend_from_slice(self.path);
        out.extend_from_slice(b",\"lines\":");
        data(line.bytes, out);
        out.extend_from_slice(b",\"line_number\":");
        if self.numbers {
            number(line.number, out);
        } else {
            out.extend_from_slice(b"null");
        }
        out.extend_from_slice(b",\"absolute_offset\":");
        number(line.offset, out);
        out.extend_from_slice(b",\"submatches\":[");
        for (at, &(start, end)) in self.spans.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            out.extend_from_slice(b"{\"match\":");
            data(line.bytes.get(start..end).unwrap_or_default(), out);
            if let Some(replacer) = &self.replacer
                && let Some(&(from, to)) = replacer.spans.get(at)
            {
                out.extend_from_slice(b",\"replacement\":");
                data(replacer.text.get(from..to).unwrap_or_default(), out);
            }
            out.extend_from_slice(b",\"start\":");
            number(start as u64, out);
            out.extend_from_slice(b",\"end\":");
            number(end as u64, out);
            if let Some(captures) = &self.captures {
                out.extend_from_slice(captures.of(at));
            }
            out.push(b'}');
        }
        out.extend_from_slice(b"]}}\n");
    }
}

/// The event before the first line of a file.
fn begin(path: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"type\":\"begin\",\"data\":{\"path\":");
    out.extend_from_slice(path);
    out.extend_from_slice(b"}}\n");
}

/// The event after the last line of a file.
fn end(path: &[u8], binary: Option<u64>, stats: &Stats, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"type\":\"end\",\"data\":{\"path\":");
    out.extend_from_slice(path);
    out.extend_from_slice(b",\"binary_offset\":");
    match binary {
        Some(offset) => number(offset, out),
        None => out.extend_from_slice(b"null"),
    }
    let Stats { elapsed, searches, searches_with_match, bytes_searched, bytes_printed, counts, .. } = stats;
    let text = format!(
        ",\"stats\":{{\"elapsed\":{{\"secs\":{},\"nanos\":{},\"human\":\"{:.6}s\"}},\"searches\":{searches},\
         \"searches_with_match\":{searches_with_match},\"bytes_searched\":{bytes_searched},\
         \"bytes_printed\":{bytes_printed},\"matched_lines\":{},\"matches\":{}}}}}}}\n",
        elapsed.as_secs(),
        elapsed.subsec_nanos(),
        elapsed.as_secs_f64(),
        counts.lines,
        counts.matches,
    );
    out.extend_from_slice(text.as_bytes());
}

/// The last event, about all files. Its keys are sorted, as ripgrep's are here.
fn summary(stats: &Stats, total: Duration, out: &mut Vec<u8>) {
    let time = |time: &Duration| {
        format!(
            "{{\"human\":\"{:.6}s\",\"nanos\":{},\"secs\":{}}}",
            time.as_secs_f64(),
            time.subsec_nanos(),
            time.as_secs()
        )
    };
    let Stats { elapsed, searches, searches_with_match, bytes_searched, bytes_printed, counts, .. } = stats;
    let text = format!(
        "{{\"data\":{{\"elapsed_total\":{},\"stats\":{{\"bytes_printed\":{bytes_printed},\
         \"bytes_searched\":{bytes_searched},\"elapsed\":{},\"matched_lines\":{},\"matches\":{},\
         \"searches\":{searches},\"searches_with_match\":{searches_with_match}}}}},\"type\":\"summary\"}}\n",
        time(&total),
        time(elapsed),
        counts.lines,
        counts.matches,
    );
    out.extend_from_slice(text.as_bytes());
}

/// Appends `{"text": …}`, or `{"bytes": …}` for what is not UTF-8.
pub(super) fn data(bytes: &[u8], out: &mut Vec<u8>) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        out.extend_from_slice(b"{\"text\":");
        quote(text, out);
    } else {
        out.extend_from_slice(b"{\"bytes\":\"");
        base64(bytes, out);
        out.push(b'"');
    }
    out.push(b'}');
}

/// Appends a JSON string.
pub(super) fn text(text: &str, out: &mut Vec<u8>) {
    quote(text, out);
}

/// A text as `{"text": …}`.
fn as_data(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    data(text, &mut out);
    out
}

/// Appends bytes in base64 (RFC 4648 §4).
fn base64(bytes: &[u8], out: &mut Vec<u8>) {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for group in bytes.chunks(3) {
        let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4_usize {
            let letter = LETTERS.get((bits >> (18 - 6 * at)) as usize & 63).copied().unwrap_or(b'A');
            out.push(if at > group.len() { b'=' } else { letter });
        }
    }
}

/// Appends a number.
pub(super) fn number(number: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{base64, data};

    #[test]
    fn text_or_base64() {
        let shown = |bytes: &[u8]| {
            let mut out = Vec::new();
            data(bytes, &mut out);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(shown(b"a\"\x01\n"), r#"{"text":"a\"\u0001\n"}"#);
        assert_eq!(shown(b"\xff"), r#"{"bytes":"/w=="}"#);
        let mut out = Vec::new();
        base64(b"fooba", &mut out);
        assert_eq!(out, b"Zm9vYmE=");
    }
}
