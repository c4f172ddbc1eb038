//! What is printed once for a file: before its first line and after its last.

use std::time::Duration;

use crate::core::error::Result;
use crate::search::binary::Rule;
use crate::search::context::Edge;
use crate::search::plan::{Plan, Product, Summary};
use crate::search::printer::Counts;
use crate::search::printer::color::Paint;
use crate::search::printer::json::{self, Stats};

/// A file whose search is over.
pub(crate) struct Searched<'r> {
    /// Its path as printed.
    pub(crate) path: &'r [u8],
    /// What a NUL did.
    pub(crate) rule: Rule,
    /// What was found.
    pub(crate) counts: Counts,
    /// How the search ended.
    pub(crate) edge: &'r Edge,
    /// How many bytes of lines and events were printed, the one before them included.
    pub(crate) printed: u64,
    /// How long it took.
    pub(crate) elapsed: Duration,
}

/// Appends what stands before the first line of a file.
pub(crate) fn head(plan: &Plan, path: &[u8], out: &mut Vec<u8>) {
    match plan.product {
        Product::Events => json::begin(&json_path(path), out),
        Product::Lines if plan.style.heading && plan.style.path => {
            Paint::Path.put(plan.style.color, path, out);
            out.push(b'\n');
        }
        _ => {}
    }
}

/// Appends what stands after the last line of a file; returns its statistics and how many records were appended.
pub(crate) fn tail(plan: &Plan, file: &Searched<'_>, out: &mut Vec<u8>) -> Result<(Stats, u64)> {
    let mut counts = file.counts;
    let mut records = 0;
    let mut stats = Stats {
        elapsed: file.elapsed,
        searches: 1,
        searches_with_match: 0,
        bytes_searched: match (file.rule, file.edge.binary) {
            (Rule::Glance, Some(offset)) => offset.min(file.edge.position),
            _ => file.edge.position,
        },
        bytes_printed: file.printed,
        counts,
    };
    match (&plan.product, &plan.table) {
        (Product::Lines, _) => binary_message(plan, file, out),
        (Product::Events, _) => {
            stats.searches_with_match = u64::from(counts.lines > 0);
            if file.printed > 0 {
                json::end(&json_path(file.path), file.edge.binary, &stats, out);
            }
        }
        (Product::Records, _) => {}
        (Product::Summary(summary), table) => {
            if file.rule == Rule::Quit && file.edge.binary.is_some() {
                counts = Counts::default();
            }
            if counts.lines > 0 {
                let count = if *summary == Summary::Matches { counts.matches } else { counts.lines };
                match (summary, table) {
                    (Summary::Nothing, _) => {}
                    (_, Some(table)) => {
                        table.encode_file(file.path, count, out)?;
                        records = 1;
                    }
                    (Summary::Path, None) => {
                        Paint::Path.put(plan.style.color, file.path, out);
                        out.push(b'\n');
                    }
                    (Summary::Lines | Summary::Matches, None) => count_line(plan, file.path, count, out),
                }
            }
        }
    }
    stats.searches_with_match = u64::from(counts.lines > 0);
    stats.counts = counts;
    Ok((stats, records))
}

fn count_line(plan: &Plan, path: &[u8], count: u64, out: &mut Vec<u8>) {
    if plan.style.path {
        Paint::Path.put(plan.style.color, path, out);
        out.push(b':');
    }
    out.extend_from_slice(itoa::Buffer::new().format(count).as_bytes());
    out.push(b'\n');
}

/// Says that a file with matches is binary.
fn binary_message(plan: &Plan, file: &Searched<'_>, out: &mut Vec<u8>) {
    let (Some(offset), 1..) = (file.edge.binary, file.counts.lines) else { return };
    if plan.style.path {
        Paint::Path.put(plan.style.color, file.path, out);
        out.extend_from_slice(b": ");
    }
    let what = match file.rule {
        Rule::Quit => "WARNING: stopped searching binary file after match",
        Rule::Convert | Rule::Glance => "binary file matches",
    };
    out.extend_from_slice(format!("{what} (found \"\\0\" byte around offset {offset})\n").as_bytes());
}

/// A path as `{"text": …}`.
pub(crate) fn json_path(path: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    json::data(path, &mut out);
    out
}
