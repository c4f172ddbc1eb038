//! Syslog: RFC 5424 and RFC 3164, told apart line by line, and the lines of log files, which have no priority and may have
//! times as in RFC 3339.
//!
//! Priority is the number as it came; facility and severity are its names. Structured data is a JSON object of objects.
//! Where a line has no tag, all behind the host is the message.

use crate::core::data::cell::{Cell, Kind};
use crate::core::error::Result;
use crate::core::format::json::escape::quote;
use crate::core::format::line::fields::Fields;
use crate::core::format::line::{self, LineParser, Miss, Names, look, miss, opening};
use crate::core::format::{Format, Opening, ReadOptions, Reader, Scratch, Unopened};
use crate::core::registry::{Example, Row};

/// The table row.
pub(crate) const ROW: Row<Format> = Row {
    name: "syslog",
    aliases: &[],
    usage: "syslog",
    summary: "Syslog: RFC 5424, RFC 3164 and log files",
    examples: &[Example {
        input: "<34>Oct 11 22:14:15 web1 su[230]: failed for ann\n",
        output: "{\"priority\":34,\"facility\":\"auth\",\"severity\":\"crit\",\"time\":\"Oct 11 22:14:15\",\
                 \"host\":\"web1\",\"app\":\"su\",\"pid\":230,\"msgid\":null,\"structured_data\":null,\
                 \"message\":\"failed for ann\"}\n",
    }],
    item: Format {
        reader: Some(|options| Ok(Box::new(SyslogReader { options: options.clone() }))),
        sniff: Some(sniff),
        parser: Some(|_| Ok(Box::new(Syslog))),
        read_flags: line::FLAGS,
        ..Format::NONE
    },
};

struct SyslogReader {
    options: ReadOptions,
}

impl Reader for SyslogReader {
    fn open(&self, head: &[u8], whole: bool) -> Result<Opening, Unopened> {
        let look = look(head, whole, &self.options)?;
        Ok(opening(Syslog, "a syslog line", look.start, look.terminator, &self.options))
    }
}

/// Names of facilities, then of severities (RFC 5424 §6.2.1, and the customary names), eight bytes each.
const LEXICON: &[u8] = b"kern    user    mail    daemon  auth    syslog  lpr     news    uucp    cron    authpriv\
ftp     ntp     audit   alert   clock   local0  local1  local2  local3  local4  local5  local6  local7  \
emerg   alert   crit    err     warning notice  info    debug   ";
const SLOT: usize = 8;
const SEVERITIES: usize = 24;

const PRIORITY: usize = 0;
const FACILITY: usize = 1;
const SEVERITY: usize = 2;
const TIME: usize = 3;
const HOST: usize = 4;
const APP: usize = 5;
const PID: usize = 6;
const MSGID: usize = 7;
const DATA: usize = 8;
const MESSAGE: usize = 9;

/// Whether the first line has a priority or a time, and then a host and a tag.
fn sniff(head: &[u8]) -> bool {
    let line = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end).find(|line| !line.is_empty());
    let names = LineParser::names(&Syslog);
    let mut fields = Fields::new(&names, None, b"", 0, &mut Scratch::default());
    let fits = line.is_some_and(|line| Syslog.parse(&mut (), line, &mut fields).is_ok());
    fields.end();
    let (columns, ..) = fields.finish();
    let has = |column: usize| match columns.get(column).map(|column| &column.values) {
        Some(crate::core::data::batch::Values::Cells(cells)) => cells.iter().any(|cell| !cell.is_null()),
        _ => false,
    };
    fits && (has(PRIORITY) || has(APP)) && has(TIME)
}

/// Parses syslog.
struct Syslog;

impl LineParser for Syslog {
    type Worker = ();

    fn worker(&self) {}

    fn names(&self) -> Names {
        Names::fixed(&[
            "priority",
            "facility",
            "severity",
            "time",
            "host",
            "app",
            "pid",
            "msgid",
            "structured_data",
            "message",
        ])
    }

    fn lexicon(&self) -> &'static [u8] {
        LEXICON
    }

    #[inline]
    fn parse(&self, (): &mut (), line: &[u8], fields: &mut Fields) -> Result<(), Miss> {
        let start = priority(line, fields)?;
        if start > 0 && line.get(start..start + 2) == Some(b"1 ") {
            return rfc5424(line, start + 2, fields);
        }
        rfc3164(line, start, fields)
    }
}

/// Reads `<34>`, if it is there; gives where what follows starts.
fn priority(line: &[u8], fields: &mut Fields) -> Result<usize, Miss> {
    if line.first() != Some(&b'<') {
        return Ok(0);
    }
    let digits = line.iter().skip(1).take(3).take_while(|byte| byte.is_ascii_digit()).count();
    let value = line.iter().skip(1).take(digits).fold(0, |value, byte| value * 10 + usize::from(byte - b'0'));
    if digits == 0 || value > 191 || line.get(digits + 1) != Some(&b'>') {
        return miss(1, "expected a priority from 0 to 191 and '>'");
    }
    fields.put(PRIORITY, Kind::Bare, 1, digits + 1);
    for (column, slot) in [(FACILITY, value / 8), (SEVERITY, SEVERITIES + value % 8)] {
        let word = LEXICON.get(slot * SLOT..(slot + 1) * SLOT).unwrap_or_default();
        fields.word(column, slot * SLOT, word.trim_ascii_end().len());
    }
    Ok(digits + 2)
}

/// The end of the field at `start`.
fn word(line: &[u8], start: usize, expected: &'static str) -> Result<usize, Miss> {
    let rest = line.get(start..).unwrap_or_default();
    match memchr::memchr(b' ', rest).unwrap_or(rest.len()) {
        0 => miss(start.min(line.len()), expected),
        len => Ok(start + len),
    }
}

/// Puts a field of RFC 5424, in which `-` is null.
fn field(line: &[u8], column: usize, kind: Kind, start: usize, end: usize, fields: &mut Fields) {
    if line.get(start..end) == Some(b"-") {
        fields.cell(column, Cell::NULL);
    } else {
        fields.put(column, kind, start, end);
    }
}

/// What follows the version (RFC 5424 §6).
fn rfc5424(line: &[u8], start: usize, fields: &mut Fields) -> Result<(), Miss> {
    let mut at = start;
    let parts = [
        (TIME, Kind::Bare, "expected a time, or -"),
        (HOST, Kind::Text, "expected a host, or -"),
        (APP, Kind::Text, "expected an application, or -"),
        (PID, Kind::Bare, "expected a process, or -"),
        (MSGID, Kind::Text, "expected the kind of message, or -"),
    ];
    for (column, kind, expected) in parts {
        let end = word(line, at, expected)?;
        let text = line.get(at..end).unwrap_or_default();
        if column == TIME && text != b"-" && iso_end(text) != Some(text.len()) {
            return miss(at, "expected a time as in RFC 3339, or -");
        }
        field(line, column, kind, at, end, fields);
        at = end + 1;
    }
    let end = match line.get(at) {
        Some(b'-') => at + 1,
        Some(b'[') => data(line, at, fields)?,
        _ => return miss(at.min(line.len()), "expected structured data, or -"),
    };
    match line.get(end) {
        None => Ok(()),
        Some(b' ') => {
            let start = end + 1;
            // The message of §6.4 may start with a byte order mark, which is no part of its text.
            let mark = if line.get(start..).is_some_and(|rest| rest.starts_with(b"\xEF\xBB\xBF")) { 3 } else { 0 };
            fields.put(MESSAGE, Kind::Text, start + mark, line.len());
            Ok(())
        }
        Some(_) => miss(end, "expected a space behind the structured data"),
    }
}

/// Reads structured data (RFC 5424 §6.3) as a JSON object; gives where it ends.
fn data(line: &[u8], start: usize, fields: &mut Fields) -> Result<usize, Miss> {
    let mut at = start;
    let mut object = Vec::new();
    while line.get(at) == Some(&b'[') {
        let id = at + 1;
        let rest = line.get(id..).unwrap_or_default();
        let len = rest.iter().position(|byte| matches!(byte, b' ' | b']' | b'"' | b'=')).unwrap_or(rest.len());
        if len == 0 {
            return miss(id, "expected the name of an element");
        }
        object.push(if object.is_empty() { b'{' } else { b',' });
        quoted(rest.get(..len).unwrap_or_default(), &mut object);
        object.extend_from_slice(b":{");
        at = id + len;
        let mut first = true;
        while line.get(at) == Some(&b' ') {
            let name = at + 1;
            let rest = line.get(name..).unwrap_or_default();
            let len = memchr::memchr3(b'=', b']', b'"', rest).unwrap_or(rest.len());
            if len == 0 || rest.get(len..len + 2) != Some(b"=\"") {
                return miss(name, "expected name=\"value\" in the structured data");
            }
            if !std::mem::replace(&mut first, false) {
                object.push(b',');
            }
            quoted(rest.get(..len).unwrap_or_default(), &mut object);
            object.push(b':');
            let (value, end) = value(line, name + len + 2)?;
            quoted(&value, &mut object);
            at = end + 1;
        }
        if line.get(at) != Some(&b']') {
            return miss(at.min(line.len()), "expected ']' in the structured data");
        }
        object.push(b'}');
        at += 1;
    }
    object.push(b'}');
    fields.made(DATA, Kind::Nested, |out| out.extend_from_slice(&object));
    Ok(at)
}

/// Appends a JSON string.
fn quoted(text: &[u8], out: &mut Vec<u8>) {
    quote(&String::from_utf8_lossy(text), out);
}

/// A quoted value from behind its quote, and where its closing quote is. A backslash stands before `"`, `\` and `]`.
fn value(line: &[u8], start: usize) -> Result<(Vec<u8>, usize), Miss> {
    let mut value = Vec::new();
    let mut at = start;
    while let Some(byte) = line.get(at) {
        match (byte, line.get(at + 1)) {
            (b'"', _) => return Ok((value, at)),
            (b'\\', Some(next @ (b'"' | b'\\' | b']'))) => {
                value.push(*next);
                at += 2;
            }
            _ => {
                value.push(*byte);
                at += 1;
            }
        }
    }
    miss(start - 1, "a quote that is never closed")
}

/// A time, a host, a tag and a message (RFC 3164 §4.1).
fn rfc3164(line: &[u8], start: usize, fields: &mut Fields) -> Result<(), Miss> {
    let rest = line.get(start..).unwrap_or_default();
    let Some(len) = bsd_end(rest).or_else(|| iso_end(rest)).filter(|len| rest.get(*len) == Some(&b' ')) else {
        let expected = if start == 0 { "expected <priority> or a time" } else { "expected a version or a time" };
        return miss(start, expected);
    };
    fields.put(TIME, Kind::Bare, start, start + len);
    let mut at = start + len + 1;
    let host = word(line, at, "expected a host")?;
    let text = line.get(at..host).unwrap_or_default();
    // A tag may follow the time directly, where a program logged to its own machine.
    if !text.ends_with(b":") || text.ends_with(b"::") {
        fields.put(HOST, Kind::Text, at, host);
        at = (host + 1).min(line.len());
    }
    let rest = line.get(at..).unwrap_or_default();
    let len = rest.iter().position(|byte| matches!(byte, b':' | b'[' | b' ')).unwrap_or(rest.len());
    let mut end = at + len;
    let mut pid = None;
    if rest.get(len) == Some(&b'[')
        && let Some(close) = memchr::memchr(b']', rest)
    {
        pid = Some((end + 1, at + close));
        end = at + close + 1;
    }
    if len > 0 && line.get(end) == Some(&b':') {
        fields.put(APP, Kind::Text, at, at + len);
        if let Some((start, end)) = pid {
            fields.put(PID, Kind::Bare, start, end);
        }
        let blank = usize::from(line.get(end + 1) == Some(&b' '));
        at = end + 1 + blank;
    }
    fields.put(MESSAGE, Kind::Text, at, line.len());
    Ok(())
}

/// The length of `Oct 11 22:14:15`, with or without a year or a fraction.
fn bsd_end(text: &[u8]) -> Option<usize> {
    let is_digit = |at: usize| text.get(at).is_some_and(u8::is_ascii_digit);
    let name = text.get(..3)?;
    let is_month = name.first().is_some_and(u8::is_ascii_uppercase) && name.iter().all(u8::is_ascii_alphabetic);
    let is_day = (is_digit(4) || text.get(4) == Some(&b' ')) && is_digit(5);
    if !is_month || text.get(3) != Some(&b' ') || !is_day || text.get(6) != Some(&b' ') {
        return None;
    }
    let year = (7..11).all(is_digit) && text.get(11) == Some(&b' ');
    clock_end(text, if year { 12 } else { 7 })
}

/// The end of `22:14:15` at an offset, or of `22:14:15.003`.
fn clock_end(text: &[u8], at: usize) -> Option<usize> {
    let is_digit = |at: usize| text.get(at).is_some_and(u8::is_ascii_digit);
    let digits = [0, 1, 3, 4, 6, 7].iter().all(|offset| is_digit(at + offset));
    if !digits || text.get(at + 2) != Some(&b':') || text.get(at + 5) != Some(&b':') {
        return None;
    }
    let mut end = at + 8;
    if text.get(end) == Some(&b'.') && is_digit(end + 1) {
        end += 1 + text.get(end + 1..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
    }
    Some(end)
}

/// The length of `2026-03-01T22:14:15.003Z` or with `+02:00`.
fn iso_end(text: &[u8]) -> Option<usize> {
    let is_digit = |at: usize| text.get(at).is_some_and(u8::is_ascii_digit);
    let date = [0, 1, 2, 3, 5, 6, 8, 9].iter().all(|at| is_digit(*at));
    if !date || text.get(4) != Some(&b'-') || text.get(7) != Some(&b'-') || text.get(10) != Some(&b'T') {
        return None;
    }
    let end = clock_end(text, 11)?;
    match text.get(end) {
        Some(b'Z') => Some(end + 1),
        Some(b'+' | b'-') if [1, 2, 4, 5].iter().all(|at| is_digit(end + at)) && text.get(end + 3) == Some(&b':') => {
            Some(end + 6)
        }
        _ => Some(end),
    }
}
