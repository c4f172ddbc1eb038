//! Writes records as logfmt: keys bare, values bare where that is safe and double-quoted elsewhere.
//!
//! Null is `key=`, the empty string `key=""`. Objects spread with dots, arrays stay JSON. What logfmt has no way to
//! write, a key with a space, is an error.

use std::io::Write;
use std::sync::Arc;

use crate::core::data::batch::Batch;
use crate::core::data::value::Value;
use crate::core::error::{Code, Problem, Result};
use crate::core::format::fields::each_record;
use crate::core::format::json::path::{member_spans, members};
use crate::core::format::json::pretty::compact;
use crate::core::format::{Encoder, Layout, Spool, WriteOptions};

/// Levels of objects that are spread; what is deeper stays JSON.
const LEVELS: usize = 64;

/// Makes the encoder.
#[expect(clippy::unnecessary_wraps, reason = "the signature of the table")]
pub(super) fn encoder(options: &WriteOptions) -> Result<Box<dyn Encoder>> {
    let null = options.null_value.clone().unwrap_or_default().into_bytes();
    Ok(Box::new(Logfmt { precision: options.precision, null }))
}

struct Logfmt {
    precision: Option<u8>,
    null: Vec<u8>,
}

impl Encoder for Logfmt {
    fn layout(&self) -> Layout {
        Layout::Stream
    }

    fn start(&self, _: &[Arc<str>], _: Option<&[u8]>, _: &mut Vec<u8>) {}

    fn records(&self, batch: &Batch, _: &[Arc<str>], out: &mut Vec<u8>) -> Result<()> {
        let mut keys: Vec<Vec<u8>> = Vec::new();
        each_record(batch, |fields| {
            let start = out.len();
            keys.clear();
            let mut spread = false;
            for (column, value) in fields {
                let name = batch.columns.get(*column).map_or("", |column| &*column.name);
                spread |= self.field(name.as_bytes(), value, 1, &mut keys, out)?;
            }
            if out.len() > start {
                out.pop();
            }
            out.push(b'\n');
            if spread { unique(&mut keys) } else { Ok(()) }
        })
    }

    fn unspool(&self, _: &mut dyn Spool, _: usize, _: &[Arc<str>], _: &mut dyn Write) -> Result<()> {
        Ok(())
    }

    fn end(&self, _: u64, _: &mut Vec<u8>) {}
}

impl Logfmt {
    /// Appends `key=value` and a space, or those of all members of an object; whether it was one.
    fn field(
        &self,
        key: &[u8],
        value: &Value<'_>,
        level: usize,
        keys: &mut Vec<Vec<u8>>,
        out: &mut Vec<u8>,
    ) -> Result<bool> {
        if let Value::Nested(json) = value
            && level < LEVELS
            && member_spans(json).next().is_some()
        {
            for (name, member) in members(json) {
                self.field(&[key, b".", &name].concat(), &member, level + 1, keys, out)?;
            }
            return Ok(true);
        }
        put_key(key, out)?;
        keys.push(key.to_vec());
        match value {
            Value::Missing | Value::Null => out.extend_from_slice(&self.null),
            Value::Number(number) => number.write_rounded(self.precision, out),
            Value::Nested(json) => {
                let mut text = Vec::with_capacity(json.len());
                compact(json, &mut text);
                put_text(&text, &self.null, out);
            }
            _ => put_text(&value.to_text(), &self.null, out),
        }
        out.push(b' ');
        Ok(false)
    }
}

fn put_key(key: &[u8], out: &mut Vec<u8>) -> Result<()> {
    if key.is_empty() || key.iter().any(|byte| is_special(*byte)) {
        let name = String::from_utf8_lossy(key).into_owned();
        let problem = Problem::new(Code::Value, format!("'{}' cannot be a key of logfmt", name.escape_debug()));
        return Err(problem.hint("keys have no spaces, quotes or '='; --rename gives it another name").into());
    }
    out.extend_from_slice(key);
    out.push(b'=');
    Ok(())
}

/// Whether a byte ends a bare key or value.
fn is_special(byte: u8) -> bool {
    byte <= b' ' || matches!(byte, b'=' | b'"' | 0x7F)
}

/// Appends text, in quotes where it could be taken for something else.
fn put_text(text: &[u8], null: &[u8], out: &mut Vec<u8>) {
    if !text.is_empty() && text != null && !text.iter().any(|byte| is_special(*byte)) {
        out.extend_from_slice(text);
        return;
    }
    out.push(b'"');
    for byte in text {
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0..=31 | 0x7F => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => out.push(*byte),
        }
    }
    out.push(b'"');
}

/// Two values of one record for one key are an error.
fn unique(keys: &mut [Vec<u8>]) -> Result<()> {
    keys.sort_unstable();
    match keys.windows(2).find(|pair| pair.first() == pair.last()) {
        Some([key, ..]) => {
            let name = String::from_utf8_lossy(key).into_owned();
            let problem = Problem::new(Code::Data, format!("a record has two values for '{name}' once it is flat"));
            Err(problem.hint("--rename or --drop one of them").into())
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::encoder;
    use crate::core::data::testing::json;
    use crate::core::format::WriteOptions;

    fn printed(record: &[(&str, &str)]) -> Result<String, String> {
        let encoder = encoder(&WriteOptions::default()).unwrap();
        let mut out = Vec::new();
        encoder.records(&json(&[record], 0), &[], &mut out).map_err(|error| error.to_string())?;
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn quotes_where_needed() {
        let record = [("a", "\"x=y\""), ("b", "\"\""), ("c", "null"), ("d", "\"été\""), ("e", "[1, \"z\"]")];
        assert_eq!(printed(&record).unwrap(), "a=\"x=y\" b=\"\" c= d=été e=\"[1,\\\"z\\\"]\"\n");
    }

    #[test]
    fn spreads_objects_once() {
        assert_eq!(printed(&[("a", r#"{"b": {"c": 1}, "d": {}}"#)]).unwrap(), "a.b.c=1 a.d={}\n");
        assert!(printed(&[("a.b", "1"), ("a", r#"{"b": 2}"#)]).unwrap_err().contains("two values for 'a.b'"));
        assert!(printed(&[("a b", "1")]).unwrap_err().contains("'a b' cannot be a key"));
    }
}
