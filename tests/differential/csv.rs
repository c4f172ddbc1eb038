//! CSV against the `csv` crate: what it reads and writes is what we read and write.

use proptest::prelude::*;

use crate::harness::{Dir, mytools};

/// Text that may or may not be good CSV, all rows of one width by construction: cells are drawn with and without quotes.
fn record(columns: usize) -> impl Strategy<Value = String> {
    let plain = "[a-c0-9. \u{e9}]{0,5}";
    let quoted = "[a-c,\n \u{e9}]{0,5}(\"\")?[a-c]{0,2}".prop_map(|text| format!("\"{text}\""));
    prop::collection::vec(prop_oneof![plain.prop_map(|text| text), quoted], columns).prop_map(|cells| cells.join(","))
}

fn document() -> impl Strategy<Value = String> {
    let line_end = prop_oneof![Just("\n"), Just("\r\n")];
    ((2_usize..5), line_end, any::<bool>()).prop_flat_map(|(columns, end, terminated)| {
        prop::collection::vec(record(columns), 0..12).prop_map(move |records| {
            let header = (0..columns).map(|column| format!("k{column}")).collect::<Vec<_>>().join(",");
            let mut text = header;
            for record in records {
                text.push_str(end);
                text.push_str(&record);
            }
            if terminated {
                text.push_str(end);
            }
            text
        })
    })
}

/// The records as the crate reads them, each as the JSON strings of its cells.
fn expected(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(ToString::to_string).collect()).collect()
}

fn found(json_lines: &str) -> Vec<Vec<String>> {
    let objects = json_lines.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    objects
        .map(|object| {
            let values = object.as_object().unwrap().values();
            // A null cell reads as empty text in the crate.
            values.map(|value| value.as_str().unwrap_or_default().to_string()).collect()
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reads_what_the_csv_crate_reads(text in document(), block in 1_usize..65) {
        let dir = Dir::new();
        dir.file("t.csv", &text);
        let run = mytools(["process", "t.csv", "-f", "jsonl", "--infer", "none", "-j2"]);
        let outcome = run.env("MYTOOLS_TEST_BLOCK", block.to_string()).dir(dir.path()).run();
        prop_assert_eq!(outcome.code, 0, "{}", outcome.errors());
        prop_assert_eq!(found(&outcome.text()), expected(&text));
    }

    #[test]
    fn what_it_writes_the_csv_crate_reads_the_same(text in document()) {
        let dir = Dir::new();
        dir.file("t.csv", &text);
        for quoting in ["keep", "minimal", "all"] {
            let run = mytools(["process", "t.csv", "-f", "csv", "--derive", "k0 = k0", "--quoting", quoting]);
            let outcome = run.dir(dir.path()).run();
            prop_assert_eq!(outcome.code, 0, "{}", outcome.errors());
            prop_assert_eq!(expected(&outcome.text()), expected(&text), "{}", quoting);
        }
    }
}
