//! Plain lines: each a record of one column `line`; written, the values of one column.

mod encoder;
mod reader;

use crate::core::format::Format;
use crate::core::registry::{Example, Row};

/// The table row.
pub(crate) const ROW: Row<Format> = Row {
    name: "lines",
    aliases: &["text"],
    usage: "lines",
    summary: "Plain lines: records of the one column line; the values of one column, as they are",
    examples: &[Example {
        input: r#"[{"name": "ann \"a\""}, {"name": null}, {"name": 1.50}]"#,
        output: "ann \"a\"\n\n1.50\n",
    }],
    item: Format {
        reader: Some(reader::reader),
        encoder: Some(encoder::encoder),
        read_flags: &["skip-lines", "encoding"],
        write_flags: &["null-value"],
        ..Format::NONE
    },
};
