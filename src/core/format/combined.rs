//! Access logs of Apache httpd and nginx: the combined format, and [`common`](super::common) without its last two fields
//! (Apache HTTP Server, `mod_log_config`, "Common Log Format").
//!
//! `-` is null. The request is split into method, path and protocol; one that is no request is all path. What stands
//! behind the user agent is `extra`, a column that is only there where the first line has it. Escapes of both servers
//! (`\"`, `\\`, `\xHH` and those of C) are undone in quoted parts.

use std::borrow::Cow;

use crate::core::data::cell::{Cell, Kind};
use crate::core::error::Result;
use crate::core::format::line::fields::Fields;
use crate::core::format::line::{self, LineParser, Miss, Names, look, miss, opening};
use crate::core::format::{Format, Opening, ReadOptions, Reader, Unopened};
use crate::core::integer::byte;
use crate::core::registry::{Example, Row};

/// The table row.
pub(crate) const ROW: Row<Format> = Row {
    name: "combined",
    aliases: &["access"],
    usage: "combined",
    summary: "Access logs of Apache and nginx: the combined log format",
    examples: &[Example {
        input: "192.0.2.7 - ann [14/Mar/2026:09:00:07 +0000] \"GET /a HTTP/1.1\" 200 512 \"-\" \"curl/8.5\"\n",
        output: "{\"remote_host\":\"192.0.2.7\",\"ident\":null,\"user\":\"ann\",\"time\":\"14/Mar/2026:09:00:07 +0000\",\
                 \"method\":\"GET\",\"path\":\"/a\",\"protocol\":\"HTTP/1.1\",\"status\":200,\"bytes\":512,\
                 \"referer\":null,\"user_agent\":\"curl/8.5\"}\n",
    }],
    item: Format {
        reader: Some(|options| reader(options, Layout::Combined)),
        sniff: Some(|head| sniff(head, Layout::Combined)),
        parser: Some(|_| Ok(Box::new(Access { layout: Layout::Combined, extra: Extra::Column }))),
        read_flags: line::FLAGS,
        ..Format::NONE
    },
};

/// Which of the two formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Without referer and user agent.
    Common,
    /// With them.
    Combined,
}

/// What becomes of text behind the last field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extra {
    /// It is an error.
    None,
    /// It is a column.
    Column,
}

/// Parses access logs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Access {
    /// Which fields there are.
    pub(crate) layout: Layout,
    /// What may stand behind them.
    pub(crate) extra: Extra,
}

struct AccessReader {
    layout: Layout,
    options: ReadOptions,
}

/// A reader of one of the two formats.
#[expect(clippy::unnecessary_wraps, reason = "the signature of the table")]
pub(crate) fn reader(options: &ReadOptions, layout: Layout) -> Result<Box<dyn Reader>> {
    Ok(Box::new(AccessReader { layout, options: options.clone() }))
}

/// Whether the first line is one of this format.
pub(crate) fn sniff(head: &[u8], layout: Layout) -> bool {
    let line = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end).find(|line| !line.is_empty());
    let extra = if layout == Layout::Combined { Extra::Column } else { Extra::None };
    line.is_some_and(|line| behind(Access { layout, extra }, line).is_ok())
}

/// What stands behind the fields of a line.
fn behind(access: Access, line: &[u8]) -> Result<usize, Miss> {
    let mut none = Fields::new(&Names::Fixed(Vec::new()), None, b"", 0, &mut crate::core::format::Scratch::default());
    access.read(line, &mut none)
}

impl Reader for AccessReader {
    fn open(&self, head: &[u8], whole: bool) -> Result<Opening, Unopened> {
        let look = look(head, whole, &self.options)?;
        let access = Access { layout: self.layout, extra: Extra::Column };
        let extra = match behind(access, look.first) {
            Ok(end) if end < look.first.len() => Extra::Column,
            _ => Extra::None,
        };
        let (access, what) = match self.layout {
            Layout::Common => (Access { extra, ..access }, "a common log line"),
            Layout::Combined => (Access { extra, ..access }, "a combined log line"),
        };
        Ok(opening(access, what, look.start, look.terminator, &self.options))
    }
}

const FIELDS: [&str; 11] =
    ["remote_host", "ident", "user", "time", "method", "path", "protocol", "status", "bytes", "referer", "user_agent"];

impl LineParser for Access {
    type Worker = ();

    fn worker(&self) {}

    fn names(&self) -> Names {
        let count = self.fields();
        let mut names: Vec<&str> = FIELDS.iter().take(count).copied().collect();
        if self.extra == Extra::Column {
            names.push("extra");
        }
        Names::fixed(&names)
    }

    #[inline]
    fn parse(&self, (): &mut (), line: &[u8], fields: &mut Fields) -> Result<(), Miss> {
        let end = self.read(line, fields)?;
        if end == line.len() {
            return Ok(());
        }
        if self.extra == Extra::None {
            return miss(end, "text behind the last field, which the first line does not have");
        }
        let start = end + 1;
        if line.get(start..) == Some(b"-") {
            fields.cell(self.fields(), Cell::NULL);
        } else {
            fields.put(self.fields(), Kind::Bare, start, line.len());
        }
        Ok(())
    }
}

impl Access {
    fn fields(self) -> usize {
        if self.layout == Layout::Common { FIELDS.len() - 2 } else { FIELDS.len() }
    }

    /// Reads the fields; gives where they end: at the end of the line or at a space.
    #[inline]
    fn read(self, line: &[u8], fields: &mut Fields) -> Result<usize, Miss> {
        let host = word(line, 0, "expected the remote host")?;
        bare(fields, line, 0, 0, host);
        let ident = word(line, host + 1, "expected the identity, or -")?;
        bare(fields, line, 1, host + 1, ident);
        // A user name may hold spaces: it ends before the bracket.
        let bracket = memchr::memmem::find(line.get(ident..).unwrap_or_default(), b" [")
            .map(|at| ident + at)
            .filter(|bracket| *bracket > ident);
        let Some(bracket) = bracket else { return miss(ident + 1, "expected the user and then a time in brackets") };
        bare(fields, line, 2, ident + 1, bracket);
        let time = bracket + 2;
        let Some(close) = memchr::memchr(b']', line.get(time..).unwrap_or_default()).map(|at| time + at) else {
            return miss(time, "expected ']' after the time");
        };
        fields.put(3, Kind::Bare, time, close);
        let open = close + 2;
        if line.get(close + 1..open + 1) != Some(b" \"") {
            return miss(close + 1, "expected the request in quotes");
        }
        let (close, escaped) = quoted(line, open + 1, "expected '\"' after the request")?;
        request(fields, line, open + 1, close, escaped);
        let status = word(line, close + 2, "expected the status")?;
        if line.get(close + 1) != Some(&b' ') || !number(line.get(close + 2..status).unwrap_or_default()) {
            return miss(close + 1, "expected the status");
        }
        bare(fields, line, 7, close + 2, status);
        let bytes = word(line, status + 1, "expected the number of bytes, or -")?;
        if !number(line.get(status + 1..bytes).unwrap_or_default()) {
            return miss(status + 1, "expected the number of bytes, or -");
        }
        bare(fields, line, 8, status + 1, bytes);
        if self.layout == Layout::Common {
            return Ok(bytes);
        }
        let mut end = bytes;
        for (column, expected) in [(9, "expected the referer in quotes"), (10, "expected the user agent in quotes")] {
            if line.get(end..end + 2) != Some(b" \"") {
                return miss(end, expected);
            }
            let (close, escaped) = quoted(line, end + 2, "expected a closing '\"'")?;
            text(fields, line, column, end + 2, close, escaped);
            end = close + 1;
        }
        if end < line.len() && line.get(end) != Some(&b' ') {
            return miss(end, "expected a space behind the user agent");
        }
        Ok(end)
    }
}

/// Whether a field is a number or `-`.
fn number(field: &[u8]) -> bool {
    field == b"-" || !field.is_empty() && field.iter().all(u8::is_ascii_digit)
}

/// The end of the field at `start`, which is not empty.
#[inline]
fn word(line: &[u8], start: usize, expected: &'static str) -> Result<usize, Miss> {
    let rest = line.get(start..).unwrap_or_default();
    match memchr::memchr(b' ', rest).unwrap_or(rest.len()) {
        0 => Err(Miss { at: start.min(line.len()), message: Cow::Borrowed(expected) }),
        len => Ok(start + len),
    }
}

/// Puts an unquoted field.
#[inline]
fn bare(fields: &mut Fields, line: &[u8], column: usize, start: usize, end: usize) {
    if line.get(start..end) == Some(b"-") {
        fields.cell(column, Cell::NULL);
    } else {
        fields.put(column, Kind::Bare, start, end);
    }
}

/// The closing quote of the text at `start`, and whether there are backslashes in it. A quote that neither a space nor the
/// end of the line follows is taken for text: some servers do not escape it.
#[inline]
fn quoted(line: &[u8], start: usize, expected: &'static str) -> Result<(usize, bool), Miss> {
    let mut escaped = false;
    let mut at = start;
    while let Some(found) = memchr::memchr2(b'"', b'\\', line.get(at..).unwrap_or_default()) {
        at += found;
        if line.get(at) == Some(&b'\\') {
            escaped = true;
            at += 2;
        } else if matches!(line.get(at + 1), None | Some(b' ')) {
            return Ok((at, escaped));
        } else {
            at += 1;
        }
    }
    miss(line.len(), expected)
}

/// Puts quoted text.
#[inline]
fn text(fields: &mut Fields, line: &[u8], column: usize, start: usize, end: usize, escaped: bool) {
    let source = line.get(start..end).unwrap_or_default();
    if source == b"-" {
        fields.cell(column, Cell::NULL);
    } else if escaped {
        fields.made(column, Kind::Text, |out| unescape(source, out));
    } else {
        fields.text(column, start, end);
    }
}

/// Splits the request. Its path ends at the last space that a protocol follows.
#[inline]
fn request(fields: &mut Fields, line: &[u8], start: usize, end: usize, escaped: bool) {
    let source = line.get(start..end).unwrap_or_default();
    let method = memchr::memchr(b' ', source).filter(|at| {
        let method = source.get(..*at).unwrap_or_default();
        !method.is_empty() && method.iter().all(|byte| byte.is_ascii_uppercase() || matches!(byte, b'-' | b'_'))
    });
    let Some(method) = method else {
        fields.cell(4, Cell::NULL);
        text(fields, line, 5, start, end, escaped);
        fields.cell(6, Cell::NULL);
        return;
    };
    fields.text(4, start, start + method);
    let path = start + method + 1;
    let protocol = memchr::memrchr(b' ', source)
        .filter(|at| *at > method && source.get(at + 1..).is_some_and(|rest| rest.starts_with(b"HTTP/")))
        .map(|at| start + at);
    text(fields, line, 5, path, protocol.unwrap_or(end), escaped);
    match protocol {
        Some(space) => fields.text(6, space + 1, end),
        None => fields.cell(6, Cell::NULL),
    }
}

/// Undoes the escapes of both servers; a backslash before anything else stays.
fn unescape(source: &[u8], out: &mut Vec<u8>) {
    let mut rest = source;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        out.extend_from_slice(rest.get(..at).unwrap_or_default());
        rest = rest.get(at + 1..).unwrap_or_default();
        let hex = |at: usize| rest.get(at).and_then(|byte| (*byte as char).to_digit(16));
        let (byte, used) = match (rest.first(), hex(1), hex(2)) {
            (Some(b'x'), Some(high), Some(low)) => (byte((high * 16 + low).into()), 3),
            (Some(b'n'), ..) => (b'\n', 1),
            (Some(b't'), ..) => (b'\t', 1),
            (Some(b'r'), ..) => (b'\r', 1),
            (Some(b'b'), ..) => (8, 1),
            (Some(b'v'), ..) => (11, 1),
            (Some(byte @ (b'"' | b'\\')), ..) => (*byte, 1),
            _ => (b'\\', 0),
        };
        out.push(byte);
        rest = rest.get(used..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
}
