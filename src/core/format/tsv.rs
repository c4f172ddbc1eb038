//! Tab-separated values: CSV with a tab.

use crate::core::format::{Format, csv};
use crate::core::registry::{Example, Row};

/// The table row.
pub(crate) const ROW: Row<Format> = Row {
    name: "tsv",
    aliases: &["tab"],
    usage: "tsv",
    summary: "Tab-separated values: CSV with a tab",
    examples: &[Example { input: "a\tb\n1\tx\n", output: "a\tb\n1\tx\n" }],
    item: Format {
        extensions: &["tsv", "tab"],
        reader: Some(|options| csv::reader(options, b'\t')),
        encoder: Some(|options| csv::encoder(options, b'\t')),
        sniff: Some(|head| csv::sniff(head, b'\t', b',')),
        parser: Some(|options| csv::cell::parser(options, b'\t')),
        read_flags: csv::READ_FLAGS,
        write_flags: csv::WRITE_FLAGS,
    },
};
