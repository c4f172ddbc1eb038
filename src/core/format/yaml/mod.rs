//! YAML 1.2: a sequence of records out.

mod encoder;

use crate::core::format::Format;
use crate::core::registry::{Example, Row};

/// The table row.
pub(crate) const ROW: Row<Format> = Row {
    name: "yaml",
    aliases: &["yml"],
    usage: "yaml",
    summary: "YAML: a sequence of records",
    examples: &[Example {
        input: r#"[{"user": "ann", "zip": "0123", "tags": ["a", "b"], "at": {"x": 1}}, {}]"#,
        output: "- user: ann\n  zip: \"0123\"\n  tags:\n  - a\n  - b\n  at:\n    x: 1\n- {}\n",
    }],
    item: Format { extensions: &["yaml", "yml"], encoder: Some(encoder::encoder), ..Format::NONE },
};
