//! Whole-format tests: against `serde_json`, and the same answer wherever the input is cut.
#![allow(clippy::unwrap_used, clippy::panic, clippy::format_push_string, clippy::semicolon_if_nothing_returned)]

use std::io::Read;

use serde::de::IgnoredAny;
use serde_json::Value as Oracle;

use crate::core::block::Block;
use crate::core::data::batch::Batch;
use crate::core::data::value::Value;
use crate::core::format::{Fault, Projection, ReadOptions, Reader, Scratch, StreamFault, WriteOptions, jsonl};
use crate::core::input::boundary::Window;

/// A small random generator.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    fn blanks(&mut self) -> &'static str {
        self.pick(&["", "", "", "", " ", "\n", "\t", "\r\n  "])
    }

    fn value(&mut self, depth: usize, out: &mut String) {
        match self.below(if depth > 3 { 6 } else { 9 }) {
            0 => out.push_str(self.pick(&[
                "0",
                "-1",
                "12.50",
                "1e5",
                "-0.1E-2",
                "123456789012345678901234567890",
                "3.14159",
            ])),
            1 => out.push_str(self.pick(&["true", "false", "null"])),
            2..=5 => {
                out.push('"');
                out.push_str(self.pick(&[
                    "",
                    "x",
                    "\\n",
                    "\\u00e9\\\\",
                    "é漢",
                    "a longer text that does not fit thirty-two bytes",
                    "},{\\\"",
                    "[1,2]",
                ]));
                out.push('"');
            }
            6 | 7 => self.object(depth + 1, out),
            _ => {
                out.push('[');
                for index in 0..self.below(4) {
                    out.push_str(if index > 0 { "," } else { "" });
                    out.push_str(self.blanks());
                    self.value(depth + 1, out);
                    out.push_str(self.blanks());
                }
                out.push(']');
            }
        }
    }

    fn object(&mut self, depth: usize, out: &mut String) {
        out.push('{');
        out.push_str(self.blanks());
        for index in 0..self.below(6) {
            out.push_str(if index > 0 { "," } else { "" });
            out.push_str(self.blanks());
            let key = if self.below(5) == 0 { self.below(7) } else { index };
            let name =
                ["id", "name", "a key of more than thirty-two bytes, which is long", "k", "k\\u0041", "a.b", "z"][key];
            out.push_str(&format!("\"{name}\"{}:{}", self.blanks(), self.blanks()));
            self.value(depth, out);
            out.push_str(self.blanks());
        }
        out.push('}');
    }

    fn stream(&mut self) -> String {
        let mut text = self.blanks().to_string();
        for _ in 0..self.below(8) {
            if self.below(4) == 0 {
                self.value(0, &mut text)
            } else {
                self.object(0, &mut text)
            }
            text.push_str(self.pick(&["\n", "\n", "\r\n", " ", "\n\n  "]));
        }
        text
    }

    fn mutate(&mut self, text: &str) -> Vec<u8> {
        let mut bytes = text.as_bytes().to_vec();
        for _ in 0..=self.below(2) {
            let at = self.below(bytes.len() + 1);
            match self.below(3) {
                0 if at < bytes.len() => {
                    bytes.remove(at);
                }
                1 if at < bytes.len() => bytes[at] = b"{}[]\",:0 -.eE\\tn\n\x01u"[self.below(19)],
                _ => bytes.insert(at, b"{}[]\",:0 -.eE\\tn\n\x01u"[self.below(19)]),
            }
        }
        bytes
    }
}

fn block(bytes: &[u8], start: usize, end: usize) -> Block {
    Block { bytes: bytes.to_vec(), start, end, last: end == bytes.len(), ..Block::default() }
}

fn reader() -> Box<dyn Reader> {
    jsonl::ROW.item.reader.unwrap()(&ReadOptions::default()).unwrap()
}

fn decode(bytes: &[u8], projection: &Projection) -> (Batch, Option<Fault>) {
    let opening = reader().open(b"{", false).unwrap();
    opening.decoder.decode(block(bytes, 0, bytes.len()), projection, &mut Scratch::default())
}

fn all() -> Projection {
    Projection { columns: None, raw: false }
}

fn encoded(batch: &Batch) -> Vec<u8> {
    let mut out = Vec::new();
    jsonl::ROW.item.encoder.unwrap()(&WriteOptions::default()).unwrap().records(batch, &[], &mut out).unwrap();
    out
}

/// What our output must be equal to, value for value.
fn expected(bytes: &[u8]) -> Vec<Oracle> {
    let values = serde_json::Deserializer::from_slice(bytes).into_iter::<Oracle>();
    values
        .map_while(Result::ok)
        .map(|value| match value {
            object @ Oracle::Object(_) => object,
            other => serde_json::json!({ "value": other }),
        })
        .collect()
}

#[test]
fn accepts_what_serde_accepts() {
    let mut random = Random(3);
    for _ in 0..6000 {
        let text = random.stream();
        let (batch, fault) = decode(text.as_bytes(), &all());
        assert_eq!(fault, None, "{text}");
        let printed = encoded(&batch);
        assert_eq!(expected(&printed), expected(text.as_bytes()), "{text}");
        let broken = random.mutate(&text);
        let oracle: Result<Vec<IgnoredAny>, _> = serde_json::Deserializer::from_slice(&broken).into_iter().collect();
        let (_, fault) = decode(&broken, &all());
        assert_eq!(fault.is_none(), oracle.is_ok(), "{} {fault:?} {oracle:?}", String::from_utf8_lossy(&broken));
        let named = Projection { columns: Some(vec!["id".into(), "k".into()]), raw: true };
        assert_eq!(decode(&broken, &named).1, fault);
    }
}

#[test]
fn duplicate_keys_keep_the_first_position_and_the_last_value() {
    let (batch, fault) = decode(br#"{"a":1,"b":2,"a":3} {"b":1} {"a":5,"b":6}"#, &all());
    assert_eq!(fault, None);
    assert_eq!(encoded(&batch), b"{\"a\":3,\"b\":2}\n{\"b\":1}\n{\"a\":5,\"b\":6}\n");
}

#[test]
fn projects_names_and_paths() {
    let text = br#"{"a":{"b":[{"c":1},"x"]},"d":2} {"a.b":7,"a":{"b":8}} {"d":null,"a":3} 5"#;
    let columns = ["d", "a.b[0].c", "a.b", "gone", "value"].map(String::from).to_vec();
    let (batch, fault) = decode(text, &Projection { columns: Some(columns), raw: true });
    assert_eq!(fault, None);
    let row = |row: usize| (0..5).map(|column| batch.value(column, row).into_owned()).collect::<Vec<_>>();
    let number = |text: &'static str| Value::Literal(text.as_bytes().into());
    let nested = Value::Nested(br#"[{"c":1},"x"]"#.as_slice().into());
    assert_eq!(row(0), [number("2"), number("1"), nested, Value::Missing, Value::Missing]);
    assert_eq!(row(1), [Value::Missing, Value::Missing, number("7"), Value::Missing, Value::Missing]);
    assert_eq!(row(2), [Value::Null, Value::Missing, Value::Missing, Value::Missing, Value::Missing]);
    assert_eq!(row(3)[4], number("5"));
    assert_eq!(encoded(&batch).len(), text.len() + 1);
}

/// Reads as the block reader does, in ranges of `size` bytes.
fn cut(bytes: &[u8], size: usize, separated: bool) -> (Vec<u8>, Option<String>) {
    let opening = reader().open(if separated { b"[" } else { b"{" }, true).unwrap();
    let decoder = opening.decoder;
    let mut printed = Vec::new();
    let mut start = 0;
    while start < bytes.len() {
        let window = |from: usize| Window {
            before: from.checked_sub(1).map(|at| bytes[at]),
            bytes: &bytes[from..],
            len: size.min(bytes.len() - from),
            at_end: true,
        };
        let first = decoder.boundary().next_start(0, &window(start), 0).map_or(bytes.len(), |at| start + at);
        let next = (start + size).min(bytes.len());
        if first < next {
            let end = match decoder.boundary().next_start(0, &window(next), 0) {
                Some(at) if next < bytes.len() => next + at,
                _ => bytes.len(),
            };
            let (batch, fault) = decoder.decode(block(bytes, first, end), &all(), &mut Scratch::default());
            printed.extend(encoded(&batch));
            if let Some(fault) = fault {
                return (printed, Some(fault.message));
            }
        }
        start = next;
    }
    (printed, None)
}

#[test]
fn cuts_anywhere_give_the_whole() {
    let mut random = Random(11);
    for round in 0..400 {
        let text = random.stream();
        let whole = cut(text.as_bytes(), usize::MAX, false);
        let broken = random.mutate(&text);
        let fails = cut(&broken, usize::MAX, false);
        for size in [1, 2, 3, 5, 7, 16, 33, 64, 100] {
            assert_eq!(cut(text.as_bytes(), size, false), whole, "{round} {size} {text}");
            let parts = cut(&broken, size, false);
            assert_eq!(parts.1.is_some(), fails.1.is_some(), "{size} {}", String::from_utf8_lossy(&broken));
        }
        // Streams: each last start is a start.
        let opening = reader().open(b"{", false).unwrap();
        for end in 1..text.len() {
            let window = Window { before: None, bytes: &text.as_bytes()[..end], len: end, at_end: false };
            if let Some(at) = opening.decoder.boundary().last_start(&window) {
                let mut rest = window;
                rest.before = Some(text.as_bytes()[at - 1]);
                rest.bytes = &text.as_bytes()[at..];
                assert_eq!(opening.decoder.boundary().next_start(0, &rest, 0), Some(0), "{text} {at}");
            }
        }
    }
}

/// Hands out a few bytes at a time.
struct Trickle(Vec<u8>, usize, usize);

impl Read for Trickle {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let length = self.2.min(self.0.len() - self.1).min(out.len());
        out[..length].copy_from_slice(&self.0[self.1..self.1 + length]);
        self.1 += length;
        Ok(length)
    }
}

fn streamed(bytes: &[u8], root: Option<&str>, step: usize) -> (Vec<u8>, Option<StreamFault>) {
    let options = ReadOptions { root: root.map(String::from), ..ReadOptions::default() };
    let reader = super::ROW.item.reader.unwrap()(&options).unwrap();
    let wrap = reader.open(bytes, true).unwrap().wrap.unwrap();
    let mut stream = wrap(Box::new(Trickle(bytes.to_vec(), 0, step)));
    let mut out = Vec::new();
    match stream.read_to_end(&mut out) {
        Ok(_) => (out, None),
        Err(error) => {
            let fault = error.into_inner().unwrap().downcast::<StreamFault>().unwrap();
            (out, Some(*fault))
        }
    }
}

/// Records of a document with an array in it, read whole, or the message of what is wrong.
fn records(bytes: &[u8], root: Option<&str>, step: usize) -> Result<Vec<Oracle>, String> {
    let (stream, fault) = streamed(bytes, root, step);
    if let Some(fault) = fault {
        return Err(fault.to_string());
    }
    assert_eq!(stream.len(), bytes.len());
    let (printed, fault) = cut(&stream, usize::MAX, true);
    for size in [1, 7, 40] {
        let parts = cut(&stream, size, true);
        assert_eq!(parts.1.is_some(), fault.is_some());
        if fault.is_none() {
            assert_eq!(parts.0, printed);
        }
    }
    fault.map_or_else(|| Ok(expected(&printed)), Err)
}

fn wrapped(value: &Oracle) -> Oracle {
    if value.is_object() { value.clone() } else { serde_json::json!({ "value": value }) }
}

#[test]
fn arrays_stream_their_elements() {
    let mut random = Random(21);
    for round in 0..1500 {
        let mut text = format!("{}[{}", random.blanks(), random.blanks());
        for index in 0..random.below(6) {
            text.push_str(if index > 0 { "," } else { "" });
            text.push_str(random.blanks());
            random.value(0, &mut text);
            text.push_str(random.blanks());
        }
        text.push_str("] ");
        let oracle: Vec<Oracle> = serde_json::from_str::<Vec<Oracle>>(&text).unwrap().iter().map(wrapped).collect();
        let step = [1, 3, 64, 1000][round % 4];
        assert_eq!(records(text.as_bytes(), None, step).unwrap(), oracle, "{text}");
        let nested = format!(
            "{{\"x\":[1,{{\"data\":0}}],\"data\":{{\"skip\":\"\\\"\",\"it\\u0065ms\":{text},\"z\":{text}}},\"y\":-1.5e3}}"
        );
        assert_eq!(records(nested.as_bytes(), Some("data.items"), step).unwrap(), oracle, "{nested}");
        let listed = format!("[{text},[{text},{text}],7]{nested}");
        assert_eq!(records(listed.as_bytes(), Some("[1][0]"), step).unwrap(), oracle, "{nested}");
        let broken = random.mutate(&text);
        let oracle = serde_json::from_slice::<IgnoredAny>(&broken);
        if broken.trim_ascii_start().starts_with(b"[") {
            let ours = records(&broken, None, step);
            let stream: Result<Vec<IgnoredAny>, _> =
                serde_json::Deserializer::from_slice(&broken).into_iter().collect();
            assert_eq!(ours.is_ok(), stream.is_ok(), "{} {ours:?} {oracle:?}", String::from_utf8_lossy(&broken));
        }
        let broken = random.mutate(&nested);
        let oracle: Result<Vec<IgnoredAny>, _> = serde_json::Deserializer::from_slice(&broken).into_iter().collect();
        match records(&broken, Some("data.items"), step) {
            Ok(_) => assert!(oracle.is_ok(), "{}", String::from_utf8_lossy(&broken)),
            Err(message) => {
                let ours = message.contains("nothing at") || message.contains("second value");
                assert!(oracle.is_err() || ours, "{message} {}", String::from_utf8_lossy(&broken));
            }
        }
    }
}

#[test]
fn faults_of_arrays_have_their_place() {
    let fault = |text: &str| streamed(text.as_bytes(), None, 5).1.map(|fault| (fault.offset, fault.to_string()));
    assert_eq!(fault("[1,2] [3]"), None);
    assert_eq!(fault("[1,2] 3 {\"a\":[4]}"), None);
    assert_eq!(fault("[1 2]").unwrap().0, 3);
    assert_eq!(fault("[1,]").unwrap().0, 3);
    assert_eq!(fault("[1]]").unwrap().0, 3);
    assert_eq!(fault("[1],2").unwrap().0, 3);
    assert_eq!(fault("[\"a\"\"b\"]").unwrap().0, 4);
    assert_eq!(fault("[1,2").unwrap(), (4, "the input ends inside an array; is it cut short?".to_string()));
    let missing = streamed(b"{\"a\":1}", Some("a.b"), 5).1.unwrap();
    assert!(missing.to_string().starts_with("nothing at 'a.b'"));
}

#[test]
fn faults_name_what_is_wrong() {
    for (text, at, message) in [
        ("{\"a\":1 \"b\":2}", 7, "expected ',' or '}' after the value, found '\"'"),
        ("{\"a\":NaN}", 5, "JSON has no NaN"),
        ("{\"a\":-Infinity}", 6, "JSON has no Infinity"),
        ("{\"a\":1,}", 7, "a comma before '}'"),
        ("{\"a\":012}", 5, "a number with a leading zero"),
        ("{\"a\":\"x\ny\"}", 7, "a string holds a raw newline"),
        ("{\"a\":\"x", 5, "a string has no closing quote"),
        ("{\"a\":[1,2", 9, "the input ends inside an array"),
        ("{\"a\"", 4, "the input ends inside an object"),
        ("{\"a\":True}", 5, "'True' is not a value"),
        ("{\"a\":\"\\x\"}", 6, "an escape that JSON does not have"),
    ] {
        let text = format!("{{\"a\":0}}\n{text}");
        let (batch, fault) = decode(text.as_bytes(), &all());
        let fault = fault.unwrap();
        assert_eq!((fault.at, fault.message.as_str()), (at + 8, message), "{text}");
        assert_eq!(batch.rows, 1);
    }
    let deep = format!("{}1", "[".repeat(10_001));
    assert_eq!(decode(deep.as_bytes(), &all()).1.unwrap().message, "more than 10000 levels of arrays and objects");
}

/// Lines like those of a web log, about 250 bytes each.
fn lines(bytes: usize) -> Vec<u8> {
    let mut random = Random(1);
    let mut text = String::new();
    let mut id = 0;
    while text.len() < bytes {
        id += 1;
        text.push_str(&format!(
            "{{\"ts\":\"2026-03-01T12:{:02}:{:02}.123Z\",\"id\":{id},\"user_id\":{},\"region\":\"{}\",\"host\":\"web-{}\",\"method\":\"GET\",\"path\":\"/api/v1/items/{}\",\"status\":{},\"value\":{}.{:02},\"ms\":{},\"ok\":{},\"agent\":\"Mozilla/5.0 (X11; Linux x86_64) {}\"}}\n",
            random.below(60), random.below(60), random.below(100_000), random.pick(&["eu-west", "us-east", "ap-south", "eu-north"]),
            random.below(40), random.below(1_000_000), random.pick(&["200", "404", "500"]), random.below(1000), random.below(100),
            random.below(5000), random.pick(&["true", "false"]), random.pick(&["Chrome", "Firefox/123.0", "Safari"]),
        ));
    }
    text.into_bytes()
}

/// Best of many short runs, which a busy machine disturbs less than a few long ones.
fn rate(name: &str, bytes: usize, mut work: impl FnMut()) {
    let best = (0..300)
        .map(|_| {
            let start = std::time::Instant::now();
            work();
            start.elapsed().as_secs_f64()
        })
        .fold(f64::MAX, f64::min);
    println!("{name}: {:.2} GB/s", bytes as f64 / best / 1e9);
}

#[test]
#[ignore = "a measurement"]
fn speed() {
    let bytes = lines(1 << 20);
    let end = bytes.iter().rposition(|byte| *byte == b'\n').unwrap();
    let decoder = reader().open(b"{", false).unwrap().decoder;
    let encoder = jsonl::ROW.item.encoder.unwrap()(&WriteOptions::default()).unwrap();
    let mut scratch = Scratch::default();
    let mut run = |name: &str, projection: &Projection, encode: bool| {
        let mut block = Some(block(&bytes, 0, end));
        let mut out = Vec::new();
        rate(name, end, || {
            let (mut batch, fault) = decoder.decode(block.take().unwrap(), projection, &mut scratch);
            assert_eq!(fault, None);
            if encode {
                out.clear();
                encoder.records(&batch, &[], &mut out).unwrap();
            }
            block = Some(std::mem::take(&mut batch.block));
            scratch.recycle(batch);
        });
    };
    run("two columns", &Projection { columns: Some(vec!["region".into(), "value".into()]), raw: false }, false);
    run("all columns", &all(), false);
    run("all columns, encoded", &all(), true);
    run("raw", &Projection { columns: Some(vec!["region".into()]), raw: true }, false);
    let mut array = b"[".to_vec();
    array.extend(bytes[..end].iter().map(|byte| if *byte == b'\n' { b',' } else { *byte }));
    array.push(b']');
    let array: &'static [u8] = array.leak();
    let mut sink = vec![0; 1 << 20];
    rate("array", array.len(), || {
        let reader = super::ROW.item.reader.unwrap()(&ReadOptions::default()).unwrap();
        let mut stream = reader.open(b"[", false).unwrap().wrap.unwrap()(Box::new(array));
        while stream.read(&mut sink).unwrap() > 0 {}
    });
}
