//! YAML 1.2, event by event: each document is a record, or, where it is a sequence, each of its elements. The records
//! come out as JSON, so that the decoder of JSON reads them; no more than one of them is held at a time.
//!
//! Plain scalars are what the core schema says, and keep their text: one that is a number of JSON is that number, digit
//! for digit; `0x1F`, `007`, `+1`, `.inf` and dates stay text, as do `yes` and `no`. Quoted ones are text. Aliases are
//! replaced by what they stand for, and merge keys (`<<`) by the pairs that the mapping does not have itself. Tags that
//! are not of the core schema, anchors and comments are passed over and counted.

use std::collections::HashMap;
use std::io::{self, Read};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use granit_parser::{Event, FallibleBufferedInput, Marker, Parser, ScalarStyle, ScanError, Span, Tag, options};

use crate::core::data::cell::Kind;
use crate::core::error::{Code, Problem, Result};
use crate::core::format::json::array::Elements;
use crate::core::format::json::boundary::{SEPARATOR, Values};
use crate::core::format::json::decoder::ValuesDecoder;
use crate::core::format::json::escape::quote;
use crate::core::format::json::path::{Segment, key_text, member_spans};
use crate::core::format::json::reader::root;
use crate::core::format::json::syntax::{Look, Nest, value};
use crate::core::format::yaml::characters::Characters;
use crate::core::format::yaml::dropped::{Dropped, YamlDecoder};
use crate::core::format::{Opening, ReadOptions, Reader, Unopened};
use crate::core::input::blocks::MAX_RECORD;

/// Most bytes that the aliases of a record may add to it: a few lines can ask for more than any memory holds.
const MOST_ALIASED: usize = 64 << 20;

/// Bytes of JSON that are made before they are handed out.
const CHUNK: usize = 64 << 10;

/// A reader of YAML.
pub(super) fn reader(options: &ReadOptions) -> Result<Box<dyn Reader>> {
    let root = match &options.root {
        None => None,
        Some(name) => Some((name.clone(), root(name)?)),
    };
    Ok(Box::new(YamlReader { root, most: options.longest.unwrap_or(MAX_RECORD) }))
}

/// Whether the text starts as YAML documents do that say so.
pub(super) fn sniff(head: &[u8]) -> bool {
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii_end();
    line == b"---" || line.starts_with(b"%YAML ") || line.starts_with(b"--- ")
}

struct YamlReader {
    root: Option<(String, Vec<Segment>)>,
    /// Most bytes of a record.
    most: usize,
}

impl Reader for YamlReader {
    fn open(&self, _: &[u8], _: bool) -> Result<Opening, Unopened> {
        let (root, most) = (self.root.clone(), self.most);
        let style = if root.is_some() { Style::Documents } else { Style::Records };
        let dropped = Arc::new(Dropped::default());
        let values = ValuesDecoder { boundary: Values { separated: true } };
        Ok(Opening {
            decoder: Arc::new(YamlDecoder { values, dropped: Arc::clone(&dropped) }),
            data_start: 0,
            columns: None,
            header: None,
            notes: Vec::new(),
            wrap: Some(Box::new(move |inner| {
                let records = Box::new(Records::new(inner, (style, most), dropped));
                match root {
                    Some((name, path)) => Box::new(Elements::new(records, path, name)),
                    None => records,
                }
            })),
        })
    }
}

/// What becomes of a document that is a sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    /// Its elements are the records.
    Records,
    /// It is one value.
    Documents,
}

/// An open sequence or mapping.
struct Open {
    /// Where it starts in the record.
    start: usize,
    anchor: usize,
    /// Number of elements or pairs so far.
    count: usize,
    map: Option<Map>,
}

/// What a mapping knows of its pairs.
#[derive(Default)]
struct Map {
    /// The keys, as JSON strings in the record.
    keys: Vec<Range<usize>>,
    /// Whether a key was read whose value comes next.
    keyed: bool,
    /// Whether that key is a merge key; its value starts here.
    merging: Option<usize>,
    /// The JSON of what is to be merged, in order.
    merges: Vec<Vec<u8>>,
}

/// The stream of records as JSON.
struct Records {
    dropped: Arc<Dropped>,
    parser: Parser<'static, FallibleBufferedInput<Characters>>,
    style: Style,
    /// Bytes that the parser took since its last event.
    pending: Arc<AtomicUsize>,
    /// Most bytes of a record.
    most: usize,
    /// Whole records, of which `given` bytes are handed out.
    ready: Vec<u8>,
    given: usize,
    /// The record that is being made.
    record: Vec<u8>,
    open: Vec<Open>,
    /// Whether the document is a sequence whose elements are the records.
    elements: bool,
    anchors: HashMap<usize, Vec<u8>>,
    aliased: usize,
    ended: bool,
    failure: Option<io::Error>,
}

impl Records {
    fn new(inner: Box<dyn Read + Send>, (style, most): (Style, usize), dropped: Arc<Dropped>) -> Self {
        let pending = Arc::new(AtomicUsize::new(0));
        let characters = Characters::new(inner, Arc::clone(&pending), most);
        // Comments are only counted, so however many stand together is fine.
        let options = options! { max_buffered_comment_events: usize::MAX };
        Self {
            dropped,
            parser: Parser::new_from_fallible_iter_with_options(characters, options),
            style,
            pending,
            most,
            ready: Vec::new(),
            given: 0,
            record: Vec::new(),
            open: Vec::new(),
            elements: false,
            anchors: HashMap::new(),
            aliased: 0,
            ended: false,
            failure: None,
        }
    }

    /// Makes records until there are enough to hand out.
    fn refill(&mut self) {
        self.ready.clear();
        self.given = 0;
        while self.ready.len() < CHUNK && !self.ended {
            let outcome = match self.parser.next_event() {
                None => {
                    self.ended = true;
                    Ok(())
                }
                Some(Ok((event, span))) => self.event(event, span),
                Some(Err(error)) => Err(scan_failure(error)),
            };
            self.pending.store(0, Ordering::Relaxed);
            if let Err(error) = outcome {
                self.ended = true;
                self.failure = Some(error);
            }
        }
    }

    fn event(&mut self, event: Event<'static>, span: Span) -> io::Result<()> {
        let at = span.start;
        match event {
            Event::DocumentStart(..) => {
                self.elements = false;
                self.anchors.clear();
            }
            Event::Comment(..) => {
                self.dropped.comments.fetch_add(1, Ordering::Relaxed);
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.dropped.node(anchor, tag.as_deref());
                if self.open.is_empty() && !self.elements && self.style == Style::Records {
                    self.elements = true;
                    return Ok(());
                }
                self.before(true, at)?;
                self.open.push(Open { start: self.record.len(), anchor, count: 0, map: None });
                self.record.push(b'[');
            }
            Event::MappingStart(_, anchor, tag) => {
                self.dropped.node(anchor, tag.as_deref());
                self.before(true, at)?;
                self.open.push(Open { start: self.record.len(), anchor, count: 0, map: Some(Map::default()) });
                self.record.push(b'{');
            }
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(open) => self.close(open, at)?,
                // The end of the sequence whose elements were the records.
                None => self.elements = false,
            },
            Event::Scalar(text, style, anchor, tag) => {
                self.dropped.node(anchor, tag.as_deref());
                // What is not written is given as `~`.
                let text = if span.is_empty() && style == ScalarStyle::Plain { "" } else { &text };
                self.scalar(text, style, anchor, tag.as_deref(), at)?;
            }
            Event::Alias(anchor) => {
                let Some(json) = self.anchors.get(&anchor).cloned() else {
                    return Err(failure("an alias inside of what it stands for", at));
                };
                self.aliased += json.len();
                if self.aliased > MOST_ALIASED {
                    let most = MOST_ALIASED >> 20;
                    return Err(failure(&format!("aliases that add more than {most} MiB to a record"), at));
                }
                let is_key = self.before(json.starts_with(b"{") || json.starts_with(b"["), at)?;
                if is_key && !json.starts_with(b"\"") {
                    quote(&String::from_utf8_lossy(&json), &mut self.record);
                } else {
                    self.record.extend_from_slice(&json);
                }
                self.after(is_key, at)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Writes what stands before a value or key; says which it is. `collection` says that it is no scalar.
    fn before(&mut self, collection: bool, at: Marker) -> io::Result<bool> {
        let Some(open) = self.open.last_mut() else { return Ok(false) };
        let Some(map) = &mut open.map else {
            if open.count > 0 {
                self.record.push(b',');
            }
            open.count += 1;
            return Ok(false);
        };
        if map.keyed {
            return Ok(false);
        }
        if collection {
            return Err(failure("a key that is a sequence or a mapping", at));
        }
        if open.count > 0 {
            self.record.push(b',');
        }
        open.count += 1;
        map.keys.push(self.record.len()..self.record.len());
        Ok(true)
    }

    /// Takes note of a value or key that is complete.
    fn after(&mut self, is_key: bool, at: Marker) -> io::Result<()> {
        if self.record.len() > self.most {
            return Err(failure(&format!("a record of more than {} MiB", self.most >> 20), at));
        }
        let Some(open) = self.open.last_mut() else {
            // A record is whole where its separator stands, also where what follows cannot be read.
            self.record.push(if self.style == Style::Records { SEPARATOR } else { b'\n' });
            self.ready.append(&mut self.record);
            self.aliased = 0;
            return Ok(());
        };
        let Some(map) = &mut open.map else { return Ok(()) };
        if is_key {
            if let Some(key) = map.keys.last_mut() {
                key.end = self.record.len();
            }
            self.record.push(b':');
            map.keyed = true;
            return Ok(());
        }
        map.keyed = false;
        if let Some(start) = map.merging.take() {
            let merged = self.record.split_off(start);
            open.count -= 1;
            if open.count > 0 {
                self.record.pop();
            }
            if merged.starts_with(b"[") {
                let elements = crate::core::format::json::path::element_spans(&merged);
                for element in elements.map(|span| merged.get(span).unwrap_or_default()) {
                    map.merges.push(mapping(element, at)?.to_vec());
                }
            } else {
                map.merges.push(mapping(&merged, at)?.to_vec());
            }
        }
        Ok(())
    }

    /// Ends a sequence or mapping.
    fn close(&mut self, open: Open, at: Marker) -> io::Result<()> {
        let Some(map) = open.map else {
            self.record.push(b']');
            return self.done(open.start, open.anchor, at);
        };
        let mut has: Vec<Vec<u8>> = Vec::new();
        if !map.merges.is_empty() {
            let text =
                |key: &Range<usize>| self.record.get(key.start + 1..key.end - 1).map(|key| key_text(key).into_owned());
            has.extend(map.keys.iter().filter_map(text));
        }
        let mut count = open.count;
        for merge in &map.merges {
            for (key, found) in member_spans(merge) {
                let key = merge.get(key).unwrap_or_default();
                let text = key_text(key).into_owned();
                if has.contains(&text) {
                    continue;
                }
                has.push(text);
                if count > 0 {
                    self.record.push(b',');
                }
                count += 1;
                self.record.push(b'"');
                self.record.extend_from_slice(key);
                self.record.extend_from_slice(b"\":");
                self.record.extend_from_slice(merge.get(found).unwrap_or_default());
            }
        }
        self.record.push(b'}');
        self.done(open.start, open.anchor, at)
    }

    /// Keeps what has an anchor.
    fn done(&mut self, start: usize, anchor: usize, at: Marker) -> io::Result<()> {
        self.keep(start, anchor);
        self.after(false, at)
    }

    fn keep(&mut self, start: usize, anchor: usize) {
        if anchor > 0 {
            self.anchors.insert(anchor, self.record.get(start..).unwrap_or_default().to_vec());
        }
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        at: Marker,
    ) -> io::Result<()> {
        let plain = style == ScalarStyle::Plain && tag.is_none();
        if self.open.is_empty() && !self.elements && plain && text.is_empty() {
            // A document with nothing in it.
            return Ok(());
        }
        let is_key = self.before(false, at)?;
        let start = self.record.len();
        if is_key {
            if plain && text == "<<" {
                if let Some(map) = self.open.last_mut().and_then(|open| open.map.as_mut()) {
                    map.keys.pop();
                    map.keyed = true;
                    map.merging = Some(start);
                }
                return Ok(());
            }
            quote(text, &mut self.record);
        } else {
            write_scalar(text, style, tag, &mut self.record);
        }
        self.keep(start, anchor);
        self.after(is_key, at)
    }
}

/// What a merge key brings in, which must be a mapping.
fn mapping(json: &[u8], at: Marker) -> io::Result<&[u8]> {
    if json.starts_with(b"{") { Ok(json) } else { Err(failure("a merge key without a mapping", at)) }
}

/// Appends a scalar as JSON (YAML 1.2.2 §10.3.2, numbers only where JSON writes them so).
fn write_scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>, out: &mut Vec<u8>) {
    let core = tag.and_then(|tag| tag.core_suffix());
    let typed = match (tag, core) {
        (None, _) => style == ScalarStyle::Plain,
        (Some(_), Some(core)) => core != "str",
        // `!` makes text of a plain scalar; tags of other schemas say nothing about how it is written.
        (Some(tag), None) => {
            style == ScalarStyle::Plain && !(tag.handle().is_empty() && tag.suffix() == "!") && tag.original() != "!"
        }
    };
    match text {
        "" | "~" | "null" | "Null" | "NULL" if typed => out.extend_from_slice(b"null"),
        "true" | "True" | "TRUE" if typed => out.extend_from_slice(b"true"),
        "false" | "False" | "FALSE" if typed => out.extend_from_slice(b"false"),
        _ if typed && is_number(text.as_bytes()) => out.extend_from_slice(text.as_bytes()),
        _ => quote(text, out),
    }
}

/// Whether a text is exactly a JSON number.
pub(crate) fn is_number(text: &[u8]) -> bool {
    text.first().is_some_and(|byte| byte.is_ascii_digit() || *byte == b'-')
        && value(&mut Look, text, 0, &mut Nest::default())
            .is_ok_and(|found| found.kind == Kind::Number && found.end == text.len())
}

/// The error at a place of the input, which names its line.
fn failure(message: &str, at: Marker) -> io::Error {
    let (line, column) = (at.line() as u64, at.col() as u64 + 1);
    io::Error::other(Problem::new(Code::Data, message).at_line(line).at_column(column))
}

/// The error of the parser; one of the stream below as it came.
fn scan_failure(error: ScanError) -> io::Error {
    let at = *error.marker();
    let message = error.info();
    match error.try_into_input_io_error() {
        Ok(input) => {
            let message = input.message().to_string();
            input.try_into_io_error().unwrap_or_else(|_| failure(&message, at))
        }
        Err(_) => failure(&format!("not YAML: {message}"), at),
    }
}

impl Read for Records {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given == self.ready.len() {
            self.refill();
        }
        let ready = self.ready.get(self.given..).unwrap_or_default();
        if ready.is_empty() {
            return self.failure.take().map_or(Ok(0), Err);
        }
        let count = ready.len().min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(ready) {
            *to = *from;
        }
        self.given += count;
        Ok(count)
    }
}
