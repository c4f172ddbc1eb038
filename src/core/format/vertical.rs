//! Vertical output: one field per line, a blank line between records. For records with many or long fields.

use std::io::Write;
use std::sync::Arc;

use crate::core::data::batch::Batch;
use crate::core::data::value::Value;
use crate::core::error::Result;
use crate::core::format::cells::{BOLD, DIM, Escape, Look, PLAIN, append, pad, show};
use crate::core::format::fields::each_record;
use crate::core::format::{Encoder, Format, Layout, Spool, WriteOptions};
use crate::core::registry::{Example, Row};

/// The row of the table.
pub(crate) const ROW: Row<Format> = Row {
    name: "vertical",
    aliases: &[],
    usage: "-f vertical",
    summary: "One field per line, a blank line between records",
    examples: &[Example {
        input: r#"[{"user":"ann","n":10},{"user":"bo"}]"#,
        output: "user: ann\nn:    10\n\nuser: bo\n",
    }],
    item: Format { encoder: Some(encoder), write_flags: &["null-value"], ..Format::NONE },
};

#[expect(clippy::unnecessary_wraps, reason = "the table's signature, which other encoders need")]
fn encoder(options: &WriteOptions) -> Result<Box<dyn Encoder>> {
    let null = options.null_value.clone().unwrap_or_else(|| String::from(if options.color { "null" } else { "" }));
    Ok(Box::new(Vertical { color: options.color, precision: options.precision, null }))
}

struct Vertical {
    color: bool,
    precision: Option<u8>,
    null: String,
}

impl Encoder for Vertical {
    fn layout(&self) -> Layout {
        Layout::Stream
    }

    fn start(&self, _: &[Arc<str>], _: Option<&[u8]>, _: &mut Vec<u8>) {}

    fn records(&self, batch: &Batch, _: &[Arc<str>], out: &mut Vec<u8>) -> Result<()> {
        let names: Vec<Name> = batch.columns.iter().map(|column| Name::new(&column.name)).collect();
        each_record(batch, |fields| {
            let fields = || fields.iter().filter_map(|(column, value)| Some((names.get(*column)?, value)));
            let widest = fields().map(|(name, _)| name.width).max().unwrap_or(0);
            out.extend_from_slice(self.separator());
            fields().for_each(|(name, value)| self.field(name, widest, value, out));
            Ok(())
        })
    }

    fn separator(&self) -> &'static [u8] {
        b"\n"
    }

    fn unspool(&self, _: &mut dyn Spool, _: usize, _: &[Arc<str>], _: &mut dyn Write) -> Result<()> {
        Ok(())
    }

    fn end(&self, _: u64, _: &mut Vec<u8>) {}
}

/// The name of a column in shown form.
struct Name {
    text: Vec<u8>,
    width: usize,
}

impl Name {
    fn new(name: &str) -> Self {
        let mut text = Vec::new();
        let width = append(name.as_bytes(), Escape::Control, &mut text);
        Self { text, width }
    }
}

impl Vertical {
    fn field(&self, name: &Name, widest: usize, value: &Value<'_>, out: &mut Vec<u8>) {
        let styled = |style: &[u8], text: &[u8], out: &mut Vec<u8>| {
            if self.color {
                out.extend_from_slice(style);
            }
            out.extend_from_slice(text);
            if self.color {
                out.extend_from_slice(PLAIN);
            }
        };
        styled(BOLD, &name.text, out);
        out.push(b':');
        let before = out.len();
        pad(1 + widest - name.width, out);
        let padded = out.len();
        if matches!(value, Value::Null) {
            if !self.null.is_empty() {
                styled(DIM, self.null.as_bytes(), out);
            }
        } else {
            show(value, Look { escape: Escape::Control, precision: self.precision }, out);
        }
        if out.len() == padded {
            out.truncate(before);
        }
        out.push(b'\n');
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{WriteOptions, encoder};
    use crate::core::data::testing::{csv, json};

    #[test]
    fn prints_the_fields_of_each_record_in_its_own_order() {
        let encoder = encoder(&WriteOptions::default()).unwrap();
        let mut out = Vec::new();
        encoder.records(&csv("host,n\na,1\nb,\n", 0), &[], &mut out).unwrap();
        encoder.records(&json(&[&[("x", "[1, 2]")], &[("long", "\"v\""), ("x", "1")]], 2), &[], &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text, "\nhost: a\nn:    1\n\nhost: b\nn:\n\nx: [1, 2]\n\nlong: v\nx:    1\n");
    }
}
