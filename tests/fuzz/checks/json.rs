//! The JSON decoder against `serde_json`.

use serde::de::IgnoredAny;
use serde_json::{Deserializer, Value};

use super::choice;
use super::reading::{Cut, read};
use crate::core::format::ReadOptions;

/// The first byte says how the text is cut.
pub fn json(data: &[u8]) {
    let (picks, text) = choice(data);
    let cut = [Cut::Whole, Cut::Ranges(7), Cut::Chunks(5), Cut::Ranges(1)][picks % 4];
    let reading = match read("json", text, &ReadOptions::default(), cut) {
        Ok(reading) => reading,
        Err(fault) => panic!("not opened: {fault}"),
    };
    // The grammar alone: depth, numbers out of range and lone surrogates are no matter here.
    let mut stream = Deserializer::from_slice(text).into_iter::<IgnoredAny>();
    let valid = stream.by_ref().all(|value| value.is_ok());
    let told = || format!("{cut:?} {reading:?} {}", text.escape_ascii());
    assert_eq!(reading.fault.is_none(), valid, "{}", told());
    // Values are only held against each other where serde keeps all that ours says.
    let mut expected = Vec::new();
    for (number, value) in Deserializer::from_slice(text).into_iter::<Value>().enumerate() {
        match value {
            Ok(Value::Array(values)) if number == 0 || starts_array(text) => expected.extend(values),
            Ok(value) => expected.push(value),
            Err(_) => return,
        }
    }
    let found: Vec<Value> = reading.records.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let expected: Vec<Value> = expected.into_iter().map(record).collect();
    assert_eq!(found, expected, "{}", told());
}

fn starts_array(text: &[u8]) -> bool {
    text.trim_ascii_start().starts_with(b"[")
}

/// A value as a record.
fn record(value: Value) -> Value {
    match value {
        Value::Object(_) => value,
        value => serde_json::json!({ "value": value }),
    }
}
