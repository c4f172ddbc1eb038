//! TOML: a document is one record; `--root` streams an array of tables in it. It is read whole.
//!
//! Numbers keep their text where JSON writes them so, and else their value (`1_000`, `0xFF`, `+1`); `inf` and `nan` are
//! text, and so are dates, as written.

use std::io::Cursor;
use std::sync::Arc;

use toml_edit::{Document, Item, Value};

use crate::core::error::Result;
use crate::core::format::json::READ_FLAGS;
use crate::core::format::json::array::Elements;
use crate::core::format::json::boundary::Values;
use crate::core::format::json::decoder::ValuesDecoder;
use crate::core::format::json::escape::quote;
use crate::core::format::json::path::Segment;
use crate::core::format::json::reader::root;
use crate::core::format::yaml::reader::is_number;
use crate::core::format::{Fault, Format, Opening, ReadOptions, Reader, Unopened};
use crate::core::registry::{Example, Row};

/// The table row.
pub(crate) const ROW: Row<Format> = Row {
    name: "toml",
    aliases: &[],
    usage: "toml",
    summary: "TOML: a document as one record, or an array of tables at --root",
    examples: &[Example {
        input: "a = 1_000\nb = 1.10\n[c]\nd = 2026-03-01\n",
        output: "{\"a\":1000,\"b\":1.10,\"c\":{\"d\":\"2026-03-01\"}}\n",
    }],
    item: Format { extensions: &["toml"], reader: Some(reader), read_flags: READ_FLAGS, ..Format::NONE },
};

fn reader(options: &ReadOptions) -> Result<Box<dyn Reader>> {
    let root = match &options.root {
        None => None,
        Some(name) => Some((name.clone(), root(name)?)),
    };
    Ok(Box::new(TomlReader { root }))
}

struct TomlReader {
    root: Option<(String, Vec<Segment>)>,
}

impl Reader for TomlReader {
    fn reads_whole(&self) -> bool {
        true
    }

    fn open(&self, head: &[u8], _: bool) -> Result<Opening, Unopened> {
        let text = std::str::from_utf8(head)
            .map_err(|error| Fault::new(error.valid_up_to(), "bytes that are no UTF-8, which TOML must be"))?;
        let document = Document::parse(text).map_err(|error| {
            let message = error.message().lines().map(str::trim).collect::<Vec<_>>().join(", ");
            Fault::new(error.span().map_or(0, |span| span.start), format!("not TOML: {message}"))
        })?;
        let mut json = Vec::with_capacity(head.len());
        Writer { source: text }.item(document.as_item(), &mut json);
        json.push(b'\n');
        let root = self.root.clone();
        Ok(Opening {
            decoder: Arc::new(ValuesDecoder { boundary: Values { separated: root.is_some() } }),
            data_start: 0,
            columns: None,
            header: None,
            notes: Vec::new(),
            wrap: Some(Box::new(move |_| {
                let records = Box::new(Cursor::new(json));
                match root {
                    Some((name, path)) => Box::new(Elements::new(records, path, name)),
                    None => records,
                }
            })),
        })
    }
}

/// Writes items as JSON, with the text they were written in at hand.
#[derive(Clone, Copy)]
struct Writer<'a> {
    source: &'a str,
}

impl Writer<'_> {
    fn item(self, item: &Item, out: &mut Vec<u8>) {
        match item {
            Item::None => out.extend_from_slice(b"null"),
            Item::Value(found) => self.value(found, out),
            Item::Table(table) => members(table.iter(), |item, out| self.item(item, out), out),
            Item::ArrayOfTables(tables) => {
                list(tables.iter(), |table, out| members(table.iter(), |item, out| self.item(item, out), out), out);
            }
        }
    }

    fn value(self, found: &Value, out: &mut Vec<u8>) {
        let source = found.span().and_then(|span| self.source.get(span)).unwrap_or_default();
        match found {
            Value::String(text) => quote(text.value(), out),
            Value::Boolean(truth) => out.extend_from_slice(if *truth.value() { b"true" } else { b"false" }),
            Value::Datetime(_) => quote(source, out),
            Value::Array(array) => list(array.iter(), |found, out| self.value(found, out), out),
            Value::InlineTable(table) => members(table.iter(), |found, out| self.value(found, out), out),
            Value::Integer(_) if is_number(source.as_bytes()) => out.extend_from_slice(source.as_bytes()),
            Value::Integer(number) => out.extend_from_slice(number.value().to_string().as_bytes()),
            Value::Float(_) => {
                let plain = source.replace('_', "");
                let plain = plain.strip_prefix('+').unwrap_or(&plain);
                if is_number(plain.as_bytes()) {
                    out.extend_from_slice(plain.as_bytes());
                } else {
                    quote(source, out);
                }
            }
        }
    }
}

fn members<'a, T>(pairs: impl Iterator<Item = (&'a str, T)>, write: impl Fn(T, &mut Vec<u8>), out: &mut Vec<u8>) {
    out.push(b'{');
    for (number, (key, item)) in pairs.enumerate() {
        if number > 0 {
            out.push(b',');
        }
        quote(key, out);
        out.push(b':');
        write(item, out);
    }
    out.push(b'}');
}

fn list<T>(items: impl Iterator<Item = T>, write: impl Fn(T, &mut Vec<u8>), out: &mut Vec<u8>) {
    out.push(b'[');
    for (number, item) in items.enumerate() {
        if number > 0 {
            out.push(b',');
        }
        write(item, out);
    }
    out.push(b']');
}
