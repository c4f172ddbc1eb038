//! Comma-separated values (RFC 4180), and every other delimited text: one delimiter, one quote, a header record.

mod boundary;
pub(crate) mod cell;
mod decoder;
mod encoder;
mod grid;
mod machine;
mod quoting;
mod reader;
mod rewrite;
mod sniff;
mod spool;

use crate::core::error::{Code, Problem, Result};
use crate::core::format::csv::encoder::CsvEncoder;
use crate::core::format::csv::quoting::Style;
use crate::core::format::csv::reader::CsvReader;
pub(crate) use crate::core::format::csv::reader::distinct;
use crate::core::format::{Encoder, Format, ReadOptions, Reader, WriteOptions};
use crate::core::registry::{Example, Row};
use crate::core::scan::newlines::count_byte;

/// The table row.
pub(crate) const ROW: Row<Format> = Row {
    name: "csv",
    aliases: &[],
    usage: "csv",
    summary: "Comma-separated values with a header record",
    examples: &[Example { input: "a,b\n1,x\n", output: "a,b\n1,x\n" }],
    item: Format {
        extensions: &["csv"],
        reader: Some(|options| reader(options, b',')),
        encoder: Some(|options| encoder(options, b',')),
        sniff: Some(|head| sniff(head, b',', b'\t')),
        parser: Some(|options| cell::parser(options, b',')),
        read_flags: READ_FLAGS,
        write_flags: WRITE_FLAGS,
    },
};

/// The flags that say how delimited text is read.
pub(crate) const READ_FLAGS: &[&str] = &[
    "delimiter",
    "quote",
    "no-header",
    "header",
    "ragged",
    "rejects",
    "skip-lines",
    "comment",
    "escape",
    "encoding",
    "null-value",
];

/// The flags that say how delimited text is written.
pub(crate) const WRITE_FLAGS: &[&str] =
    &["out-delimiter", "quote", "no-header", "quoting", "crlf", "bom", "escape-formulas", "null-value"];

/// A reader of delimited text.
pub(crate) fn reader(options: &ReadOptions, delimiter: u8) -> Result<Box<dyn Reader>> {
    let delimiter = options.delimiter.unwrap_or(delimiter);
    let quote = options.quote.unwrap_or(b'"');
    check(delimiter, quote)?;
    if let (Some(escape), true) = (options.escape, options.escape == Some(delimiter) || options.escape == Some(quote)) {
        let problem = Problem::new(Code::Usage, format!("--escape '{}' is the delimiter or the quote", escape as char));
        return Err(problem.hint("a doubled quote needs no --escape").into());
    }
    Ok(Box::new(CsvReader { delimiter, quote, options: options.clone() }))
}

/// An encoder of delimited text.
pub(crate) fn encoder(options: &WriteOptions, delimiter: u8) -> Result<Box<dyn Encoder>> {
    let delimiter = options.delimiter.unwrap_or(delimiter);
    let quote = options.quote.unwrap_or(b'"');
    check(delimiter, quote)?;
    let style = Style::new(options, delimiter, quote);
    Ok(Box::new(CsvEncoder {
        style,
        crlf: options.crlf,
        bom: options.bom,
        no_header: options.no_header,
        precision: options.precision,
    }))
}

/// Whether the first line that is not blank has at least one of `delimiter` and more of it than of the `other`, and does
/// not start as JSON does; for the comma also where another delimiter is plain.
pub(crate) fn sniff(head: &[u8], delimiter: u8, other: u8) -> bool {
    let line = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).find(|line| !line.is_empty());
    let line = line.unwrap_or_default();
    let count = |byte| count_byte(line, byte);
    if matches!(line, [b'{' | b'[', ..]) || count(0) > 0 {
        return false;
    }
    let told = || matches!(sniff::delimiter(head, true, b'"', b'\n'), Ok(Some(b';' | b'|')));
    count(delimiter) > count(other) || delimiter == b',' && count(other) == 0 && told()
}

/// Delimiter, quote and line end must differ.
fn check(delimiter: u8, quote: u8) -> Result<()> {
    for (byte, flag) in [(delimiter, "--delimiter"), (quote, "--quote")] {
        if matches!(byte, b'\n' | b'\r') {
            return Err(Problem::new(Code::Usage, format!("{flag} cannot be a line end")).into());
        }
    }
    if delimiter == quote {
        return Err(Problem::new(Code::Usage, "delimiter and quote are the same").hint("--quote CHAR").into());
    }
    Ok(())
}

#[cfg(test)]
mod tests;
