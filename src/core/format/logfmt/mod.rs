//! logfmt: `key=value` pairs, one record per line.

mod encoder;
mod reader;

use crate::core::format::{Format, line};
use crate::core::registry::{Example, Row};

/// The table row.
pub(crate) const ROW: Row<Format> = Row {
    name: "logfmt",
    aliases: &[],
    usage: "logfmt",
    summary: "Pairs of key=value, one record per line",
    examples: &[Example {
        input: r#"[{"level": "info", "msg": "two words", "ms": 1.50, "at": {"host": "a"}, "err": null}]"#,
        output: "level=info msg=\"two words\" ms=1.50 at.host=a err=\n",
    }],
    item: Format {
        extensions: &["logfmt"],
        reader: Some(reader::reader),
        encoder: Some(encoder::encoder),
        sniff: Some(reader::sniff),
        parser: Some(|_| Ok(Box::new(reader::Logfmt))),
        read_flags: line::FLAGS,
        write_flags: &["null-value"],
    },
};
