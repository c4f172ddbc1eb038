//! ripgrep's JSON events: one object per line, of type begin, match, context, end and summary.
//!
//! Order and names of the keys are ripgrep's, as its `grep-printer` documents them. Text that is not UTF-8 is given as
//! `{"bytes": …}` in base64.

use std::time::Duration;

use crate::core::format::json::escape::quote;
use crate::core::pattern::matcher::{Matcher, Scratch};
use crate::search::context::{Line, Sink};
use crate::search::printer::Counts;
use crate::search::replace::Replacer;

/// Prints the events of the lines of one file, or of a part of it.
pub(crate) struct Json<'r> {
    /// Finds the matches in a line.
    pub(crate) matcher: &'r Matcher,
    /// Replaces them, if asked to.
    pub(crate) replacer: Option<&'r mut Replacer>,
    /// Whether lines that do not match are selected.
    pub(crate) invert: bool,
    /// A buffer for the matches of a line.
    pub(crate) spans: &'r mut Vec<(usize, usize)>,
    /// The path as `{"text": …}`.
    pub(crate) path: &'r [u8],
    /// What was seen.
    pub(crate) counts: Counts,
    /// Where it goes.
    pub(crate) out: &'r mut Vec<u8>,
}

impl Sink for Json<'_> {
    fn matched(&mut self, scratch: &mut Scratch, line: &Line<'_>) {
        self.counts.lines += 1;
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

    fn hidden(&mut self) {
        self.counts.lines += 1;
    }
}

impl Json<'_> {
    /// Finds the matches of a line, and what replaces them.
    fn find(&mut self, scratch: &mut Scratch, line: &Line<'_>) {
        let text = line.bytes.strip_suffix(b"\n").unwrap_or(line.bytes);
        let spans = &mut *self.spans;
        spans.clear();
        self.matcher.spans(scratch, text, |start, end| spans.push((start, end)));
        let terminator = line.bytes.get(text.len()..).unwrap_or_default();
        // An empty match behind the last byte of the input is not on the line.
        if terminator.is_empty() && spans.last().is_some_and(|span| span.0 >= text.len()) {
            spans.pop();
        }
        if let Some(replacer) = &mut self.replacer {
            replacer.replace(self.matcher, scratch, text, terminator);
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
        number(line.number, out);
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
            out.push(b'}');
        }
        out.extend_from_slice(b"]}}\n");
    }
}

/// What is told of a search, of one file or of all.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Stats {
    /// Time spent.
    pub(crate) elapsed: Duration,
    /// Files searched.
    pub(crate) searches: u64,
    /// Files with a selected line.
    pub(crate) searches_with_match: u64,
    /// Bytes searched.
    pub(crate) bytes_searched: u64,
    /// Bytes printed.
    pub(crate) bytes_printed: u64,
    /// What was found.
    pub(crate) counts: Counts,
}

impl Stats {
    /// Adds the numbers of another file.
    pub(crate) fn add(&mut self, other: &Self) {
        self.elapsed += other.elapsed;
        self.searches += other.searches;
        self.searches_with_match += other.searches_with_match;
        self.bytes_searched += other.bytes_searched;
        self.bytes_printed += other.bytes_printed;
        self.counts.add(other.counts);
    }
}

/// The event before the first line of a file.
pub(crate) fn begin(path: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"type\":\"begin\",\"data\":{\"path\":");
    out.extend_from_slice(path);
    out.extend_from_slice(b"}}\n");
}

/// The event after the last line of a file.
pub(crate) fn end(path: &[u8], binary: Option<u64>, stats: &Stats, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"type\":\"end\",\"data\":{\"path\":");
    out.extend_from_slice(path);
    out.extend_from_slice(b",\"binary_offset\":");
    match binary {
        Some(offset) => number(offset, out),
        None => out.extend_from_slice(b"null"),
    }
    let Stats { elapsed, searches, searches_with_match, bytes_searched, bytes_printed, counts } = stats;
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
pub(crate) fn summary(stats: &Stats, total: Duration, out: &mut Vec<u8>) {
    let time = |time: &Duration| {
        format!(
            "{{\"human\":\"{:.6}s\",\"nanos\":{},\"secs\":{}}}",
            time.as_secs_f64(),
            time.subsec_nanos(),
            time.as_secs()
        )
    };
    let Stats { elapsed, searches, searches_with_match, bytes_searched, bytes_printed, counts } = stats;
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
pub(crate) fn data(bytes: &[u8], out: &mut Vec<u8>) {
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

fn number(number: u64, out: &mut Vec<u8>) {
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
