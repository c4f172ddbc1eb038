//! Windows against plain computation, at any split of the records.

use crate::core::data::batch::Batch;
use crate::core::data::testing::csv;
use crate::process::stage::testing::{on_batches, stage};

fn batches(rows: &[&str], size: usize) -> Vec<Batch> {
    let batch = |(at, rows): (usize, &[&str])| csv(&format!("h,n\n{}\n", rows.join("\n")), (at * size) as u64);
    rows.chunks(size).enumerate().map(batch).collect()
}

const ROWS: &[&str] = &["a,10", "b,1.5", "a,4", "a,", "b,2.5", "a,10", "b,x"];

/// The new column of each record.
fn column(window: &str, size: usize) -> Vec<String> {
    let lines = on_batches("window", window, batches(ROWS, size));
    lines.iter().map(|line| line.rsplit_once('=').map(|(_, value)| value.to_string()).unwrap_or_default()).collect()
}

#[test]
fn computes_along_the_records_of_each_group() {
    for (window, expected) in [
        ("v = lag(n) by h", ["", "", "10", "4", "1.5", "", "2.5"]),
        ("v = lag(n, 2, 'none') by h", ["none", "none", "none", "10", "none", "4", "1.5"]),
        ("v = lead(n) by h", ["4", "2.5", "", "10", "x", "", ""]),
        ("v = lead(n, 2) by h", ["", "x", "10", "", "", "", ""]),
        ("v = n - lag(n) by h", ["", "", "-6", "", "1", "", ""]),
        ("v = sum(n) by h", ["10", "1.5", "14", "14", "4", "24", "4"]),
        ("v = sum(n, 2) by h", ["10", "1.5", "14", "4", "4", "10", "2.5"]),
        ("v = mean(n, 2)", ["10", "5.75", "2.75", "4", "2.5", "6.25", "10"]),
        ("v = min(n) by h", ["10", "1.5", "4", "4", "1.5", "4", "1.5"]),
        ("v = max(n, 3)", ["10", "10", "10", "4", "4", "10", "x"]),
        ("v = count(n) by h", ["1", "1", "2", "2", "2", "3", "3"]),
        ("v = count()", ["1", "2", "3", "4", "5", "6", "7"]),
        ("v = row_number() by h", ["1", "1", "2", "3", "2", "4", "3"]),
        ("v = first(n) by h", ["10", "1.5", "10", "10", "1.5", "10", "1.5"]),
        ("v = rank(n) by h", ["2", "1", "1", "", "2", "2", "3"]),
        ("v = rank(n, 'desc') by h", ["1", "3", "3", "", "2", "1", "1"]),
        ("v = dense_rank(n)", ["4", "1", "3", "", "2", "4", "5"]),
        ("v = total(n) by h", ["24", "4", "24", "24", "4", "24", "4"]),
        (
            "v = share(n) by h",
            ["0.4166666666666667", "0.375", "0.16666666666666666", "", "0.625", "0.4166666666666667", ""],
        ),
    ] {
        for size in [1, 2, 3, 7] {
            assert_eq!(column(window, size), expected, "{window} {size}");
        }
    }
}

#[test]
fn says_what_is_wrong() {
    for (window, said) in [
        ("v = lagg(n)", "unknown function 'lagg'; did you mean 'lag'?"),
        ("v = lag()", "'lag' does not take 0 arguments; write lag(x, offset?, default?)"),
        ("v = lag(n, n)", "'n' is not a constant; write lag(x, offset?, default?)"),
        ("v = sum(n, 0)", "'sum' needs a number of records here; write sum(x, records?)"),
        ("v = rank(n, 'down')", "a rank is 'asc' or 'desc'; write rank(x, 'desc'?)"),
        ("v = sum(lag(n))", "'lag' stands inside another aggregate"),
        ("v = lag(row())", "row() cannot stand here; write row_number()"),
    ] {
        let found = stage("window", window).err().map(|error| error.to_string()).unwrap_or_default();
        assert_eq!(found, said, "{window}");
    }
}
