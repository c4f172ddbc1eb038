//! YAML 1.2: documents and sequences of records in, a sequence of records out.

mod characters;
mod dropped;
mod encoder;
pub(crate) mod reader;

use crate::core::format::Format;
use crate::core::format::json::READ_FLAGS;
use crate::core::registry::{Example, Row};

/// The table row.
pub(crate) const ROW: Row<Format> = Row {
    name: "yaml",
    aliases: &["yml"],
    usage: "yaml",
    summary: "YAML: documents, or sequences of records",
    examples: &[Example {
        input: r#"[{"user": "ann", "zip": "0123", "tags": ["a", "b"], "at": {"x": 1}}, {}]"#,
        output: "- user: ann\n  zip: \"0123\"\n  tags:\n  - a\n  - b\n  at:\n    x: 1\n- {}\n",
    }],
    item: Format {
        extensions: &["yaml", "yml"],
        reader: Some(reader::reader),
        encoder: Some(encoder::encoder),
        sniff: Some(reader::sniff),
        read_flags: READ_FLAGS,
        ..Format::NONE
    },
};
