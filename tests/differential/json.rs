//! JSON against `serde_json`: what it refuses we refuse, what it accepts comes back as the same value.

use proptest::prelude::*;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::harness::mytools;

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e9_f64..1e9).prop_map(Value::from),
        "[a-z\"\\\\/\n\t\u{1}\u{e9}\u{1F600}]{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec(("[a-d.\u{e9}\"]{0,3}", inner), 0..4)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

fn record() -> impl Strategy<Value = Value> {
    prop::collection::vec(("[a-d]{1,3}", value()), 0..5)
        .prop_map(|entries| Value::Object(entries.into_iter().collect()))
}

fn parse_lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn records_come_back(records in prop::collection::vec(record(), 0..8), pretty: bool, block in 1_usize..65) {
        let array = Value::from(records.clone());
        let text = if pretty { serde_json::to_string_pretty(&array).unwrap() } else { array.to_string() };
        let lines: String = records.iter().flat_map(|record| [record.to_string(), "\n".to_string()]).collect();
        for (from, input) in [("json", &text), ("jsonl", &lines), ("json", &lines)] {
            for to in ["json", "jsonl"] {
                let run = mytools(["process", "--from", from, "-f", to, "-j3"]).stdin(input.as_bytes());
                let outcome = run.env("MYTOOLS_TEST_BLOCK", block.to_string()).run();
                prop_assert_eq!(outcome.code, 0, "{}", outcome.errors());
                let found = match to {
                    "json" => serde_json::from_slice(&outcome.stdout).unwrap(),
                    _ => Value::from(parse_lines(&outcome.text())),
                };
                prop_assert_eq!(&found, &array, "from {} to {}", from, to);
                if (from, to) == ("jsonl", "jsonl") {
                    prop_assert_eq!(outcome.text(), lines.clone());
                }
            }
        }
    }

    #[test]
    fn what_serde_refuses_is_refused(record in record(), at in any::<prop::sample::Index>(), byte in "[\\[\\]{}:,\"0-9a-z \\\\.+-]") {
        let mut text = record.to_string().into_bytes();
        let at = at.index(text.len());
        text[at] = byte.as_bytes()[0];
        // serde_json also refuses text that is not UTF-8, which we pass on as it is.
        prop_assume!(std::str::from_utf8(&text).is_ok());
        // Not `Value`: a number too large for an f64 (`6e78306`) is good JSON that it cannot hold and that we keep as its text.
        let mut values = serde_json::Deserializer::from_slice(&text).into_iter::<IgnoredAny>();
        let good = values.all(|value| value.is_ok());
        let outcome = mytools(["process", "--from", "json", "-f", "jsonl"]).stdin(text.clone()).run();
        prop_assert_eq!(outcome.code == 0, good, "{} {}", String::from_utf8_lossy(&text), outcome.errors());
    }
}
