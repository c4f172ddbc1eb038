//! HTML: one page with a table, complete in itself (no script, no other file), light or dark as the reader's system is.

use std::io::{BufRead, Write};
use std::sync::Arc;

use crate::core::data::batch::Batch;
use crate::core::error::{Code, Problem, Result, plain_io_message};
use crate::core::format::cells::{Class, Escape, Look, append, show_cell};
use crate::core::format::{Encoder, Format, Layout, Spool, WriteOptions};
use crate::core::output::writer::fault;
use crate::core::registry::{Example, Row};

/// The row of the table.
pub(crate) const ROW: Row<Format> = Row {
    name: "html",
    aliases: &[],
    usage: "html",
    summary: "A page with a table, complete in itself",
    examples: &[Example {
        input: r#"[{"user":"<ann>","n":10},{"user":null,"n":7}]"#,
        output: concat!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n",
            "<meta name=\"viewport\" content=\"width=device-width\">\n<title>mytools</title>\n<style>\n",
            ":root { color-scheme: light dark; font: 14px/1.4 system-ui, sans-serif; }\n",
            "table { border-collapse: collapse; }\n",
            "th, td { padding: .2em .7em; text-align: left; vertical-align: top; border-bottom: 1px solid #8884; }\n",
            "th { position: sticky; top: 0; background: Canvas; border-bottom: 2px solid #888; }\n",
            ".n { text-align: right; font-variant-numeric: tabular-nums; }\n",
            ".x { background: #8882; }\n",
            "</style>\n</head>\n<body>\n<table>\n",
            "<thead>\n<tr><th>user</th><th>n</th></tr>\n</thead>\n<tbody>\n",
            "<tr><td>&lt;ann&gt;</td><td class=\"n\">10</td></tr>\n",
            "<tr><td class=\"x\"></td><td class=\"n\">7</td></tr>\n",
            "</tbody>\n</table>\n<p>2 records</p>\n</body>\n</html>\n"
        ),
    }],
    item: Format { extensions: &["html", "htm"], encoder: Some(encoder), write_flags: &["null-value"], ..Format::NONE },
};

/// Colours follow the system's; numbers stand right, nulls are shaded.
const STYLE: &str = "\
:root { color-scheme: light dark; font: 14px/1.4 system-ui, sans-serif; }
table { border-collapse: collapse; }
th, td { padding: .2em .7em; text-align: left; vertical-align: top; border-bottom: 1px solid #8884; }
th { position: sticky; top: 0; background: Canvas; border-bottom: 2px solid #888; }
.n { text-align: right; font-variant-numeric: tabular-nums; }
.x { background: #8882; }
";

/// Ends a record; no other text has it, since line ends in cells become `<br>`.
const END: &[u8] = b"</tr>\n";

#[expect(clippy::unnecessary_wraps, reason = "the table's signature, which other encoders need")]
fn encoder(options: &WriteOptions) -> Result<Box<dyn Encoder>> {
    let look = Look { escape: Escape::Html, precision: options.precision };
    let mut null = Vec::new();
    append(options.null_value.as_deref().unwrap_or_default().as_bytes(), Escape::Html, &mut null);
    Ok(Box::new(Html { look, null }))
}

struct Html {
    look: Look,
    null: Vec<u8>,
}

impl Encoder for Html {
    fn layout(&self) -> Layout {
        Layout::Header
    }

    fn start(&self, columns: &[Arc<str>], _: Option<&[u8]>, out: &mut Vec<u8>) {
        let head = format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n<title>mytools</title>\n\
             <style>\n{STYLE}</style>\n</head>\n<body>\n<table>\n<thead>\n<tr>"
        );
        out.extend_from_slice(head.as_bytes());
        for name in columns {
            out.extend_from_slice(b"<th>");
            append(name.as_bytes(), Escape::Html, out);
            out.extend_from_slice(b"</th>");
        }
        out.extend_from_slice(b"</tr>\n</thead>\n<tbody>\n");
    }

    fn records(&self, batch: &Batch, columns: &[Arc<str>], out: &mut Vec<u8>) -> Result<()> {
        let found: Vec<Option<usize>> = batch.find_all(columns);
        let mut cell = Vec::new();
        for row in batch.rows() {
            out.extend_from_slice(b"<tr>");
            for column in &found {
                cell.clear();
                let (class, _) = show_cell(batch, *column, row, self.look, &mut cell);
                let open: &[u8] = match class {
                    Class::Missing | Class::Text => b"<td>",
                    Class::Null => b"<td class=\"x\">",
                    Class::Number => b"<td class=\"n\">",
                };
                out.extend_from_slice(open);
                out.extend_from_slice(if class == Class::Null { &self.null } else { &cell });
                out.extend_from_slice(b"</td>");
            }
            out.extend_from_slice(END);
        }
        Ok(())
    }

    fn unspool(&self, spool: &mut dyn Spool, had: usize, columns: &[Arc<str>], out: &mut dyn Write) -> Result<()> {
        let missing = b"<td></td>".repeat(columns.len().saturating_sub(had));
        let mut line = Vec::new();
        loop {
            line.clear();
            let read = BufRead::read_until(spool, b'\n', &mut line).map_err(|error| {
                Problem::new(Code::Io, format!("cannot read spooled records: {}", plain_io_message(&error)))
            })?;
            if read == 0 {
                return Ok(());
            }
            let cells = line.strip_suffix(END).unwrap_or(&line);
            for piece in [cells, &missing, END] {
                out.write_all(piece).map_err(|error| fault("output", &error))?;
            }
        }
    }

    fn end(&self, records: u64, out: &mut Vec<u8>) {
        let plural = if records == 1 { "" } else { "s" };
        let foot = format!("</tbody>\n</table>\n<p>{records} record{plural}</p>\n</body>\n</html>\n");
        out.extend_from_slice(foot.as_bytes());
    }
}
