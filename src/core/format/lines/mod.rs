//! Plain lines: the values of one column, one per line.

mod encoder;

use crate::core::format::Format;
use crate::core::registry::{Example, Row};

/// The table row.
pub(crate) const ROW: Row<Format> = Row {
    name: "lines",
    aliases: &[],
    usage: "lines",
    summary: "Plain lines: the values of one column, as they are",
    examples: &[Example {
        input: r#"[{"name": "ann \"a\""}, {"name": null}, {"name": 1.50}]"#,
        output: "ann \"a\"\n\n1.50\n",
    }],
    item: Format { extensions: &[], reader: None, encoder: Some(encoder::encoder), sniff: None },
};
