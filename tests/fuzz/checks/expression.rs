//! Expressions: nothing panics, a record's value does not depend on the records around it, and a filter keeps what the
//! condition says.

use super::choice;
use super::reading::open;
use crate::core::block::Block;
use crate::core::data::batch::Batch;
use crate::core::data::time::Time;
use crate::core::data::value::Value;
use crate::core::format::{Projection, ReadOptions, Scratch};
use crate::process::expr::{Env, Program, Tally, parse, parse_list, split};

/// Records with values of every kind in the same columns.
const RECORDS: [&str; 9] = [
    r#"{"a":1,"b":"x","s":"text é","t":"2026-03-01T12:00:00Z","n":null,"o":{"k":[1,2,{"z":"y"}]},"f":-0.5}"#,
    r#"{"a":"007","b":"","s":"a;b;;c","t":"01/Mar/2026:12:00:00 +0100","n":1,"o":[],"f":1e999}"#,
    r#"{"a":170141183460469231731687303715884105727,"b":true,"s":"10.0.0.1","t":"Mar  1 12:00:00","o":"{\"k\":1}"}"#,
    r#"{"a":-99999999999999999999999999999999999999999,"b":false,"s":"https://h:1/p?q=1#f","t":1772366851,"f":"1e-999"}"#,
    r#"{"a":0.1,"b":"NaN","s":"\u0000\ud83d\ude00","t":"0000-00-00","o":{"":null},"f":"-0"}"#,
    r#"{"a":"","b":"é","s":"a\"b\\c","t":"9999-12-31T23:59:60Z","o":[[["deep"]]],"f":9007199254740993}"#,
    r#"{"a":"-9223372036854775808","b":"true","s":"%41%zz","t":"-9999-01-01","o":{},"f":0.000000000000000000000000000000000000001}"#,
    "{}",
    r#"{"a":" 1 ","b":"x y","s":"SGVsbG8=","t":"2026-02-30","o":1e400,"f":"5m"}"#,
];

const AGGREGATES: [&str; 4] = ["count", "sum", "min", "p99"];

/// The text of an expression.
pub fn expression(data: &[u8]) {
    let (picks, text) = choice(data);
    let Ok(text) = std::str::from_utf8(text) else { return };
    let _ = parse_list(text);
    let Ok(parsed) = parse(text) else { return };
    let _ = split(&parsed, &|name| AGGREGATES.contains(&name));
    let env = Env {
        args: vec![("x".into(), "10".into())],
        vars: vec![("HOME".into(), "/root".into())],
        now: Time::at(1_772_366_851, 0),
        year: Some(2026),
        strict: picks & 1 != 0,
        ..Env::default()
    };
    let Ok(program) = Program::bind(&parsed, &env, &AGGREGATES) else { return };
    let all = RECORDS.join("\n");
    let together = values(&program, &mut batch(&all, 0));
    let mut holds = Vec::new();
    for (number, record) in RECORDS.iter().enumerate() {
        let alone = values(&program, &mut batch(record, number as u64));
        assert_eq!(alone, together[number..=number], "record {number} of {text:?}");
        if together[number].1 == "true" {
            holds.push(number);
        }
    }
    if let Ok(condition) = Program::predicate(&parsed, &env, &AGGREGATES) {
        let mut batch = batch(&all, 0);
        condition.filter(&mut batch, &mut Tally::default());
        assert_eq!(batch.rows().collect::<Vec<_>>(), holds, "{text:?} as a filter");
    }
}

/// Whether each value is null, and its text.
fn values(program: &Program, batch: &mut Batch) -> Vec<(bool, String)> {
    let tally = &mut Tally::default();
    let values = program.values(batch, tally);
    let _ = (program.notes(tally), program.failure(tally));
    let value = |row| match batch.value_of(&values, row) {
        Value::Null | Value::Missing => (true, String::new()),
        value => (false, value.to_text().escape_ascii().to_string()),
    };
    (0..batch.rows).map(value).collect()
}

fn batch(lines: &str, first_row: u64) -> Batch {
    let opening = open("jsonl", lines.as_bytes(), &ReadOptions::default()).unwrap();
    let block = Block { bytes: lines.as_bytes().to_vec(), end: lines.len(), last: true, ..Block::default() };
    let columns = ["a", "b", "s", "t", "n", "o", "f"].map(ToString::to_string).to_vec();
    let projection = Projection { columns: Some(columns), raw: false };
    let (mut batch, fault) = opening.decoder.decode(block, &projection, &mut Scratch::default());
    assert_eq!(fault, None);
    batch.first_row = first_row;
    batch
}
