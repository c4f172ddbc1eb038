//! Markdown tables, as GitHub Flavored Markdown has them (spec §4.10), aligned for reading as plain text too.

use std::io::Write;
use std::sync::Arc;

use crate::core::data::batch::Batch;
use crate::core::error::Result;
use crate::core::format::cells::{Class, Escape, Look, append, pad};
use crate::core::format::widths::{Measure, Shown, print, survey, write};
use crate::core::format::{Encoder, Format, Layout, Spool, WriteOptions};
use crate::core::output::writer::fault;
use crate::core::registry::{Example, Row};

/// The row of the table.
pub(crate) const ROW: Row<Format> = Row {
    name: "markdown",
    aliases: &["md"],
    usage: "-f markdown",
    summary: "A table in GitHub Flavored Markdown",
    examples: &[Example {
        input: r#"[{"user":"ann","n":10},{"user":"bo","n":7}]"#,
        output: "| user |   n |\n| ---- | --: |\n| ann  |  10 |\n| bo   |   7 |\n",
    }],
    item: Format {
        extensions: &["md", "markdown"],
        encoder: Some(encoder),
        write_flags: &["null-value"],
        ..Format::NONE
    },
};

/// A rule of at least three characters is one everywhere.
const LEAST: usize = 3;

#[expect(clippy::unnecessary_wraps, reason = "the table's signature, which other encoders need")]
fn encoder(options: &WriteOptions) -> Result<Box<dyn Encoder>> {
    let mut null = Vec::new();
    let null_width = append(options.null_value.as_deref().unwrap_or_default().as_bytes(), Escape::Markdown, &mut null);
    Ok(Box::new(Markdown {
        precision: options.precision,
        null: String::from_utf8_lossy(&null).into_owned(),
        null_width,
    }))
}

struct Markdown {
    precision: Option<u8>,
    null: String,
    null_width: usize,
}

impl Encoder for Markdown {
    fn layout(&self) -> Layout {
        Layout::Widths
    }

    fn start(&self, _: &[Arc<str>], _: Option<&[u8]>, _: &mut Vec<u8>) {}

    fn records(&self, batch: &Batch, columns: &[Arc<str>], out: &mut Vec<u8>) -> Result<()> {
        write(batch, columns, Look { escape: Escape::Markdown, precision: self.precision }, out);
        Ok(())
    }

    fn unspool(&self, spool: &mut dyn Spool, _: usize, columns: &[Arc<str>], out: &mut dyn Write) -> Result<()> {
        if columns.is_empty() {
            return Ok(());
        }
        let measures = survey(spool, columns, Escape::Markdown)?;
        let null = |measure: &Measure| if measure.nulls { self.null_width } else { 0 };
        let full = |measure: &Measure| measure.name_width.max(measure.width).max(null(measure)).max(LEAST);
        let widths: Vec<usize> = measures.iter().map(full).collect();
        let mut put = |text: &[u8]| out.write_all(text).map_err(|error| fault("output", &error));
        put(&header(&measures, &widths))?;
        let line = |cells: &[Shown<'_>], text: &mut Vec<u8>| {
            let cells = cells.iter().copied().chain(std::iter::repeat(Shown::MISSING));
            for ((cell, width), measure) in cells.zip(&widths).zip(&measures) {
                let (shown, taken) = match cell.class {
                    Class::Null => (self.null.as_str(), self.null_width),
                    _ => (cell.text, cell.width),
                };
                aligned(shown, width.saturating_sub(taken), measure.numbers, text);
            }
            text.extend_from_slice(b"|\n");
        };
        print(spool, line, &mut put)
    }

    fn end(&self, _: u64, _: &mut Vec<u8>) {}
}

fn header(measures: &[Measure], widths: &[usize]) -> Vec<u8> {
    let mut out = Vec::new();
    for (measure, width) in measures.iter().zip(widths) {
        aligned(&measure.name, width.saturating_sub(measure.name_width), measure.numbers, &mut out);
    }
    out.extend_from_slice(b"|\n");
    for (measure, width) in measures.iter().zip(widths) {
        let rule = "-".repeat(width - usize::from(measure.numbers));
        out.extend_from_slice(format!("| {rule}{} ", if measure.numbers { ":" } else { "" }).as_bytes());
    }
    out.extend_from_slice(b"|\n");
    out
}

fn aligned(text: &str, space: usize, right: bool, out: &mut Vec<u8>) {
    out.extend_from_slice(b"| ");
    if right {
        pad(space, out);
    }
    out.extend_from_slice(text.as_bytes());
    if !right {
        pad(space, out);
    }
    out.push(b' ');
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::Cursor;
    use std::sync::Arc;

    use super::{WriteOptions, encoder};
    use crate::core::data::testing::csv;

    #[test]
    fn escapes_pipes_and_aligns() {
        let batch = csv("a|b,n\nx|y,1\n,22\n", 0);
        let columns: Vec<Arc<str>> = batch.columns.iter().map(|column| Arc::clone(&column.name)).collect();
        let encoder = encoder(&WriteOptions::default()).unwrap();
        let (mut spool, mut out) = (Vec::new(), Vec::new());
        encoder.records(&batch, &columns, &mut spool).unwrap();
        encoder.unspool(&mut Cursor::new(spool), 2, &columns, &mut out).unwrap();
        let expected = "| a\\|b |   n |\n| ---- | --: |\n| x\\|y |   1 |\n|      |  22 |\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
