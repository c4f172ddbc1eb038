//! The whole of CSV against the `csv` crate, at every cut.
#![allow(clippy::unwrap_used)]

use std::borrow::Cow;
use std::io::Cursor;
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::core::block::Block;
use crate::core::data::batch::{Batch, Column, Selection, Values, store};
use crate::core::data::cell::{Cell, Kind};
use crate::core::data::value::Value;
use crate::core::format::csv::machine::{self, Place};
use crate::core::format::{
    Decoder, Encoder, Fault, Opening, Projection, Quoting, Ragged, ReadOptions, Scratch, Unopened, WriteOptions,
};
use crate::core::input::boundary::{State, Window};
use crate::core::scan::lanes::Marks;

const MARKS: Marks = Marks { delimiter: b',', quote: b'"', terminator: b'\n' };

/// A small generator of pseudo-random numbers (xorshift).
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 11) % limit as u64) as usize
    }

    /// Text of a few tokens from an alphabet.
    fn text(&mut self, tokens: &[&str], longest: usize) -> String {
        let len = self.below(longest + 1);
        (0..len).map(|_| tokens[self.below(tokens.len())]).collect()
    }
}

/// Any bytes: mostly irregular.
const WILD: &[&str] = &["a", "bc", ",", "\"", "\"\"", "\n", ",\"", "\",", "\"\n", "é", " ", ",\n"];
/// Whole cells and separators: mostly regular.
const TAME: &[&str] =
    &["a,", "12,", "\"x\",", "\"\",", ",", "\"a\"\"b\",", "\"n\nm\",", "z\n", "\"y\"\n", "\n", "7,8\n"];
/// The same with CRLF.
const RETURNS: &[&str] = &["a,", "\"x\",", ",", "\"n\r\nm\",", "z\r\n", "\"y\"\r\n", "\r\n", "7,8\r\n", "q\"r\r\n"];

fn open(head: &str, options: &ReadOptions) -> Result<Opening, Fault> {
    super::reader(options, b',').unwrap().open(head.as_bytes(), true).map_err(Unopened::into_fault)
}

/// A decoder for columns `a`, `b`, …
fn decoder(columns: &str, options: &ReadOptions) -> Arc<dyn Decoder> {
    open(columns, options).unwrap().decoder
}

/// Bytes of other blocks around the block's own.
const AROUND: &[u8] = b"#\",\n";

fn block(text: &[u8]) -> Block {
    let (start, end) = (AROUND.len(), AROUND.len() + text.len());
    Block { bytes: [AROUND, text, AROUND].concat(), start, end, last: true, ..Block::default() }
}

/// All values of a batch; none is null.
fn rows(batch: &Batch) -> Vec<Vec<Option<String>>> {
    let cell = |column: &Column, row: usize| match &column.values {
        Values::Cells(cells) if cells[row].is_null() => None,
        Values::Cells(cells) => Some(String::from_utf8_lossy(&batch.text(cells[row])).into_owned()),
        Values::Numbers(_) => None,
    };
    batch.rows().map(|row| batch.columns.iter().map(|column| cell(column, row)).collect()).collect()
}

fn decode(decoder: &dyn Decoder, text: &[u8]) -> (Batch, Option<Fault>) {
    decoder.decode(block(text), &Projection::default(), &mut Scratch::default())
}

/// What the `csv` crate reads: every record, of any length.
fn oracle(text: &str) -> Vec<Vec<String>> {
    let terminator = if text.contains('\r') { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).terminator(terminator).from_reader(text.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(str::to_string).collect()).collect()
}

fn ends_open(text: &str) -> bool {
    machine::run(text.as_bytes(), Place::Start, MARKS, |_, _| ControlFlow::Continue(())) == Place::Quoted
}

fn plain(rows: Vec<Vec<Option<String>>>) -> Vec<Vec<String>> {
    rows.into_iter().map(|row| row.into_iter().map(Option::unwrap_or_default).collect()).collect()
}

#[test]
fn decodes_as_the_csv_crate_does() {
    let names = ["a,b", "a,b,c"];
    for seed in 0..6000 {
        let random = &mut Random::new(seed);
        let tokens = [WILD, TAME, RETURNS][random.below(3)];
        let text = random.text(tokens, 40);
        let mut expected = oracle(&text);
        let open = ends_open(&text);
        if open {
            expected.pop();
        }
        for (columns, names) in [2, 3].into_iter().zip(names) {
            for ragged in [Ragged::Error, Ragged::Pad, Ragged::Skip] {
                let options = ReadOptions { ragged, ..ReadOptions::default() };
                let (batch, fault) = decode(&*decoder(names, &options), text.as_bytes());
                let fits = |row: &&Vec<String>| row.len() == columns;
                let wanted: Vec<Vec<String>> = match ragged {
                    Ragged::Error => expected.iter().take_while(fits).cloned().collect(),
                    Ragged::Skip => expected.iter().filter(fits).cloned().collect(),
                    Ragged::Pad => {
                        let pad = |mut row: Vec<String>| {
                            row.resize(columns, String::new());
                            row
                        };
                        expected.iter().cloned().map(pad).collect()
                    }
                };
                let broken = open || (ragged == Ragged::Error && wanted.len() < expected.len());
                assert_eq!(plain(rows(&batch)), wanted, "seed {seed} {ragged:?} {text:?}");
                assert_eq!(fault.is_some(), broken, "seed {seed} {ragged:?} {text:?} {fault:?}");
            }
        }
    }
}

/// The states at every multiple of `size`, by summaries alone, each made without lookahead.
fn states(decoder: &dyn Decoder, text: &[u8], size: usize) -> Vec<State> {
    let boundary = decoder.boundary();
    let mut states = vec![0];
    for (number, range) in text.chunks(size).enumerate() {
        let before = (number * size).checked_sub(1).map(|at| text[at]);
        let window = Window { before, bytes: range, len: range.len(), at_end: false };
        let summary = boundary.summarize(&window);
        states.push(boundary.resolve(states[number], summary, &window));
    }
    states
}

#[test]
fn every_cut_gives_the_same_records() {
    for seed in 0..600 {
        let random = &mut Random::new(seed);
        let tokens = [WILD, TAME, RETURNS][random.below(3)];
        let text = random.text(tokens, 60);
        let bytes = text.as_bytes();
        let decoder = decoder("a,b,c", &ReadOptions { ragged: Ragged::Pad, ..ReadOptions::default() });
        let whole = rows(&decode(&*decoder, bytes).0);
        for size in 1..=64 {
            let states = states(&*decoder, bytes, size);
            let mut found = Vec::new();
            let mut expected_start = 0;
            for (number, state) in states.iter().enumerate().take(bytes.len().div_ceil(size)) {
                let from = number * size;
                let before = from.checked_sub(1).map(|at| bytes[at]);
                let len = size.min(bytes.len() - from);
                let window = Window { before, bytes: &bytes[from..], len, at_end: true };
                let boundary = decoder.boundary();
                let end_of_data = bytes.len() - from;
                let start = boundary.next_start(*state, &window, 0).unwrap_or(end_of_data);
                let end = boundary.next_start(states[number + 1], &window, len).unwrap_or(end_of_data);
                if start >= len {
                    assert_eq!(start, end, "seed {seed} size {size} range {number} {text:?}");
                    continue;
                }
                assert_eq!(from + start, expected_start, "seed {seed} size {size} {text:?}");
                expected_start = from + end;
                found.extend(rows(&decode(&*decoder, &bytes[from + start..from + end]).0));
            }
            assert_eq!(found, whole, "seed {seed} size {size} {text:?}");
        }
    }
}

#[test]
fn streams_are_cut_at_the_last_record_start() {
    for seed in 0..3000 {
        let random = &mut Random::new(seed);
        let tokens = [WILD, TAME][random.below(2)];
        let text = random.text(tokens, 60);
        let mut last = None;
        machine::run(text.as_bytes(), Place::Start, MARKS, |at, byte| {
            last = if byte == b'\n' { Some(at + 1) } else { last };
            ControlFlow::Continue(())
        });
        let decoder = decoder("a,b", &ReadOptions::default());
        let window = Window { before: None, bytes: text.as_bytes(), len: text.len(), at_end: false };
        assert_eq!(decoder.boundary().last_start(&window), last, "seed {seed} {text:?}");
    }
}

#[test]
fn both_tolerant_readers_agree() {
    for seed in 0..2000 {
        let random = &mut Random::new(seed);
        let longest = if seed % 100 == 0 { 9000 } else { 60 };
        let text = random.text(WILD, longest);
        for place in [Place::Start, Place::Plain, Place::Quoted, Place::Closed] {
            let (mut bytewise, mut swept) = (Vec::new(), Vec::new());
            let end = machine::run(text.as_bytes(), place, MARKS, |at, byte| {
                bytewise.push((at, byte));
                ControlFlow::Continue(())
            });
            assert_eq!(machine::sweep(text.as_bytes(), place, MARKS, |at, byte| swept.push((at, byte))), end);
            assert_eq!(swept, bytewise, "seed {seed} {text:?}");
        }
    }
}

#[test]
fn tells_null_from_empty_and_keeps_kinds() {
    let decoder = decoder("a,b,c", &ReadOptions::default());
    let (batch, fault) = decode(&*decoder, b"1,,\"\"\n\"x\"\"y\",\"z\",\"q\"r\n");
    assert_eq!(fault, None);
    let kinds = |row: usize| -> Vec<Kind> {
        let cells = batch.columns.iter().map(|column| match &column.values {
            Values::Cells(cells) => cells[row],
            Values::Numbers(_) => Cell::MISSING,
        });
        cells.map(Cell::kind).collect()
    };
    assert_eq!(kinds(0), [Kind::Bare, Kind::Null, Kind::Quoted]);
    assert_eq!(kinds(1), [Kind::QuotedRaw, Kind::Quoted, Kind::QuotedRaw]);
    let text = |text: &str| Some(text.to_string());
    assert_eq!(rows(&batch)[1], [text("x\"y"), text("z"), text("qr")]);
}

#[test]
fn a_null_value_is_null_only_unquoted() {
    let options = ReadOptions { null_value: Some("NA".into()), ..ReadOptions::default() };
    let (batch, _) = decode(&*decoder("a,b,c,d", &options), b"NA,\"NA\",,NAN\n");
    assert_eq!(rows(&batch), [[None, Some("NA".into()), None, Some("NAN".into())]]);
}

#[test]
fn blank_lines_are_null_records_in_one_column_only() {
    let (batch, _) = decode(&*decoder("a", &ReadOptions::default()), b"1\n\n\r\n2\r\n");
    assert_eq!(rows(&batch), [[Some("1".to_string())], [None], [None], [Some("2".into())]]);
    let (batch, fault) = decode(&*decoder("a,b", &ReadOptions::default()), b"1,2\n\n\r\n3,4");
    assert_eq!((batch.rows, fault), (2, None));
}

#[test]
fn faults_name_the_record() {
    let (batch, fault) = decode(&*decoder("a,b,c", &ReadOptions::default()), b"1,2,3\n4,5\n6,7,8\n");
    let fault = fault.unwrap();
    assert_eq!((batch.rows, fault.at), (1, 6 + AROUND.len()));
    assert_eq!(fault.message, "record has 2 fields, the header has 3");
    let (batch, fault) = decode(&*decoder("a,b", &ReadOptions::default()), b"1,2\n4,\"5\n6,7\n");
    let fault = fault.unwrap();
    assert_eq!((batch.rows, fault.at - AROUND.len(), fault.message.as_str()), (1, 6, "quoted cell is never closed"));
}

#[test]
fn headers_are_read_as_written() {
    let names = |head: &str, options: &ReadOptions| {
        let opening = open(head, options).unwrap();
        let names: Vec<String> = opening.columns.unwrap().iter().map(ToString::to_string).collect();
        (names.join("|"), opening.data_start, opening.header.map(|header| String::from_utf8(header).unwrap()))
    };
    let plain = ReadOptions::default();
    assert_eq!(names("a,\"b,\"\"c\"\r\n1,2\r\n", &plain), ("a|b,\"c".into(), 11, Some("a,\"b,\"\"c\"\r\n".into())));
    assert_eq!(names("a,a,a_2\n", &plain), ("a|a_3|a_2".into(), 8, None));
    assert_eq!(names("a,b\r1,2\r3,4", &plain), ("a|b".into(), 4, None));
    assert_eq!(names("a\rb,c\n1,2\n", &plain), ("a\rb|c".into(), 6, Some("a\rb,c\n".into())));
    assert_eq!(names("", &plain), (String::new(), 0, None));
    assert_eq!(names("a,b", &plain), ("a|b".into(), 3, Some("a,b".into())));
    let bare = ReadOptions { no_header: true, ..ReadOptions::default() };
    assert_eq!(names("1,2\n", &bare), ("c1|c2".into(), 0, None));
    let given = ReadOptions { header: Some(vec!["x".into(), "y".into()]), ..ReadOptions::default() };
    assert_eq!(names("1,2\n", &given), ("x|y".into(), 4, None));
    assert_eq!(names("1,2\n", &ReadOptions { no_header: true, ..given }), ("x|y".into(), 0, None));
    let long = super::reader(&plain, b',').unwrap().open(b"a,b,c", false);
    let Some(Unopened::More(fault)) = long.err() else { unreachable!("must ask for more") };
    assert_eq!(fault.message, "the header record is longer than 5 bytes");
}

#[test]
fn lone_carriage_returns_end_records_where_the_file_uses_them() {
    let text = "a,b\r1,\"2\r\"\r3,4\n5\r";
    let opening = super::reader(&ReadOptions::default(), b',').unwrap().open(&text.as_bytes()[..14], true).unwrap();
    let (batch, fault) = decode(&*opening.decoder, &text.as_bytes()[opening.data_start..]);
    assert_eq!(fault, None);
    assert_eq!(plain(rows(&batch)), [["1", "2\r"], ["3", "4\n5"]]);
    assert!(batch.delimited.is_none());
}

fn encoder(options: &WriteOptions) -> Box<dyn Encoder> {
    super::encoder(options, b',').unwrap()
}

fn encode(encoder: &dyn Encoder, batch: &Batch, columns: &[Arc<str>]) -> String {
    let mut out = Vec::new();
    encoder.records(batch, columns, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn names(names: &[&str]) -> Vec<Arc<str>> {
    names.iter().map(|name| Arc::from(*name)).collect()
}

#[test]
fn untouched_records_and_cells_keep_their_bytes() {
    let keep = encoder(&WriteOptions::default());
    for seed in 0..3000 {
        let random = &mut Random::new(seed);
        let tokens = [WILD, TAME, RETURNS][random.below(3)];
        let text = random.text(tokens, 40);
        let decoder = decoder("a,b", &ReadOptions { ragged: Ragged::Skip, ..ReadOptions::default() });
        let projection = Projection { raw: true, ..Projection::default() };
        let (mut batch, _) = decoder.decode(block(text.as_bytes()), &projection, &mut Scratch::default());
        let columns = names(&["a", "b"]);
        let copied = encode(&*keep, &batch, &columns);
        let spans = batch.raw.take().unwrap().spans;
        let mut expected = spans
            .iter()
            .map(|(start, end)| &text[*start as usize - AROUND.len()..*end as usize - AROUND.len()])
            .collect::<String>();
        if !expected.is_empty() && !expected.ends_with('\n') {
            expected.push('\n');
        }
        assert_eq!(copied, expected, "seed {seed} {text:?}");
        let by_cell = encode(&*keep, &batch, &columns);
        assert_eq!(by_cell.replace('\r', ""), copied.replace('\r', ""), "seed {seed} {text:?}");
        assert_eq!(rows(&decode(&*decoder, by_cell.as_bytes()).0), rows(&batch), "seed {seed} {text:?}");
        let swapped = encode(&*keep, &batch, &names(&["b", "a"]));
        let mut back = rows(&decode(&*decoder, swapped.as_bytes()).0);
        for row in &mut back {
            row.reverse();
        }
        assert_eq!(back, rows(&batch), "seed {seed} {text:?}");
    }
}

#[test]
fn selections_copy_neighbours_in_one_piece_and_in_order() {
    let decoder = decoder("a,b", &ReadOptions::default());
    let projection = Projection { raw: true, columns: Some(Vec::new()) };
    let (mut batch, _) = decoder.decode(block(b"1,a\n2,b\r\n\n3,c\n4,d"), &projection, &mut Scratch::default());
    assert!(batch.columns.is_empty());
    let keep = encoder(&WriteOptions::default());
    let columns = names(&["a", "b"]);
    assert_eq!(encode(&*keep, &batch, &columns), "1,a\n2,b\r\n3,c\n4,d\n");
    batch.selection = Selection::Rows(vec![3, 0, 1]);
    assert_eq!(encode(&*keep, &batch, &columns), "4,d\n1,a\n2,b\r\n");
}

/// A batch of computed values.
fn table(rows: &[Vec<Value<'_>>], columns: &[Arc<str>]) -> Batch {
    let mut side = Vec::new();
    let mut made = Vec::new();
    for (number, name) in columns.iter().enumerate() {
        let cells = rows.iter().map(|row| store(&mut side, &row[number])).collect();
        made.push(Column { name: Arc::clone(name), values: Values::Cells(cells) });
    }
    Batch { rows: rows.len(), side, columns: made, ..Batch::default() }
}

#[test]
fn every_quoting_reads_back() {
    let columns = names(&["a", "b"]);
    for seed in 0..3000 {
        let random = &mut Random::new(seed);
        let made: Vec<Vec<Option<String>>> = (0..random.below(8))
            .map(|_| {
                (0..2)
                    .map(|_| (random.below(4) > 0).then(|| random.text(&["x", "\"", ",", "\n", "\r", "NA", "7"], 4)))
                    .collect()
            })
            .collect();
        let null_value = (random.below(2) == 0).then(|| "NA".to_string());
        let values: Vec<Vec<Value<'_>>> = made
            .iter()
            .map(|row| {
                let value = |cell: &Option<String>| {
                    cell.as_ref().map_or(Value::Null, |text| Value::Text(Cow::Owned(text.clone().into_bytes())))
                };
                row.iter().map(value).collect()
            })
            .collect();
        let batch = table(&values, &columns);
        for quoting in [Quoting::Keep, Quoting::Minimal, Quoting::All, Quoting::NonNumeric] {
            for crlf in [false, true] {
                let options = WriteOptions { quoting, crlf, null_value: null_value.clone(), ..WriteOptions::default() };
                let written = encode(&*encoder(&options), &batch, &columns);
                let reading = ReadOptions { null_value: null_value.clone(), ..ReadOptions::default() };
                let (back, fault) = decode(&*decoder("a,b\n", &reading), written.as_bytes());
                assert_eq!(fault, None);
                assert_eq!(rows(&back), made, "seed {seed} {written:?}");
            }
        }
    }
}

#[test]
fn writes_each_style() {
    let columns = names(&["a", "b,c", "d"]);
    let row = vec![Value::Bare(Cow::Borrowed(b"1.50")), Value::Text(Cow::Borrowed(b"x")), Value::Null];
    let batch = table(&[row], &columns);
    let write = |quoting| {
        let encoder = encoder(&WriteOptions { quoting, ..WriteOptions::default() });
        let mut out = Vec::new();
        encoder.start(&columns, None, &mut out);
        encoder.records(&batch, &columns, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    assert_eq!(write(Quoting::Minimal), "a,\"b,c\",d\n1.50,x,\n");
    assert_eq!(write(Quoting::All), "\"a\",\"b,c\",\"d\"\n\"1.50\",\"x\",\n");
    assert_eq!(write(Quoting::NonNumeric), "\"a\",\"b,c\",\"d\"\n1.50,\"x\",\n");
    let never = encoder(&WriteOptions { quoting: Quoting::Never, ..WriteOptions::default() });
    let bad = table(&[vec![Value::Text(Cow::Borrowed(b"x,y"))]], &names(&["a"]));
    assert!(never.records(&bad, &names(&["a"]), &mut Vec::new()).is_err());
}

#[test]
fn headers_are_copied_where_they_say_the_same() {
    let start = |options: &WriteOptions, columns: &[&str], header: &str| {
        let mut out = Vec::new();
        encoder(options).start(&names(columns), Some(header.as_bytes()), &mut out);
        String::from_utf8(out).unwrap()
    };
    let keep = WriteOptions::default();
    assert_eq!(start(&keep, &["a", "b"], "\"a\",b\r\n"), "\"a\",b\r\n");
    assert_eq!(start(&keep, &["a", "b"], "a;b\n"), "a,b\n");
    assert_eq!(start(&keep, &["a", "b"], "a,b"), "a,b\n");
    assert_eq!(start(&keep, &["", "b"], "x"), ",b\n");
    assert_eq!(start(&WriteOptions { bom: true, crlf: true, ..keep }, &["a"], "a\n"), "\u{FEFF}a\r\n");
}

#[test]
fn short_spooled_records_are_padded() {
    let pad = |spool: &str, had: usize, capacity: usize| {
        let encoder = encoder(&WriteOptions { null_value: Some("-".into()), ..WriteOptions::default() });
        let mut out = Vec::new();
        let mut spool = std::io::BufReader::with_capacity(capacity, Cursor::new(spool.as_bytes().to_vec()));
        encoder.unspool(&mut spool, had, &names(&["a", "b", "c"]), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    for capacity in 1..20 {
        assert_eq!(pad("1\n\"x\r\ny\"\r\n\"\r\"\n", 1, capacity), "1,-,-\n\"x\r\ny\",-,-\r\n\"\r\",-,-\n");
        assert_eq!(pad("\n\n", 0, capacity), "-,-,-\n-,-,-\n");
        assert_eq!(pad("1,2,3\n", 3, capacity), "1,2,3\n");
    }
}

/// Run by hand in a release build: `cargo test --release --lib csv::tests::speed -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement"]
fn speed() {
    for (name, quote) in [("plain", ""), ("quoted", "\""), ("irregular", "\"")] {
        let mut text = String::new();
        let random = &mut Random::new(7);
        while text.len() < 64 << 20 {
            for column in 0..11 {
                let digits = 1 + random.below(17);
                if name == "irregular" && column == 3 {
                    text.push_str("5\",");
                    continue;
                }
                text.push_str(quote);
                (0..digits).for_each(|_| text.push(char::from(b'0' + random.below(10) as u8)));
                text.push_str(quote);
                text.push(if column == 10 { '\n' } else { ',' });
            }
        }
        let decoder = decoder("a,b,c,d,e,f,g,h,i,j,k", &ReadOptions::default());
        let bytes = text.as_bytes();
        let mut blocks = Vec::new();
        let mut from = 0;
        while from < bytes.len() {
            let window = Window {
                before: None,
                bytes: &bytes[from..bytes.len().min(from + (256 << 10))],
                len: 0,
                at_end: false,
            };
            let end = from + decoder.boundary().last_start(&window).unwrap();
            blocks.push(block(&bytes[from..end]));
            from = end;
        }
        let gigabytes = bytes.len() as f64 / 1e9;
        let mut scratch = Scratch::default();
        for (what, columns, raw) in [
            ("2 of 11", Some(vec!["b".to_string(), "d".into()]), false),
            ("1 and raw", Some(vec!["b".to_string()]), true),
            ("all", None, false),
        ] {
            let projection = Projection { columns, raw };
            let mut best = f64::MAX;
            for _ in 0..5 {
                let start = std::time::Instant::now();
                let mut rows = 0;
                for block in &mut blocks {
                    let (mut batch, fault) = decoder.decode(std::mem::take(block), &projection, &mut scratch);
                    assert_eq!(fault, None);
                    rows += batch.rows;
                    *block = std::mem::take(&mut batch.block);
                    scratch.recycle(batch);
                }
                assert!(rows > 0);
                best = best.min(start.elapsed().as_secs_f64());
            }
            println!("{name} {what}: {:.2} GB/s", gigabytes / best);
        }
        let columns = names(&["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"]);
        for (what, count, raw) in [("copy", 11, true), ("write 11", 11, false), ("write 3", 3, false)] {
            let columns = columns.get(..count).unwrap();
            let read = columns.iter().map(ToString::to_string).collect();
            let projection = Projection { columns: Some(read), raw };
            let keep = encoder(&WriteOptions::default());
            let mut best = f64::MAX;
            let mut out = Vec::new();
            for _ in 0..3 {
                let mut seconds = 0.0;
                for block in &mut blocks {
                    let (mut batch, _) = decoder.decode(std::mem::take(block), &projection, &mut scratch);
                    out.clear();
                    let start = std::time::Instant::now();
                    keep.records(&batch, columns, &mut out).unwrap();
                    seconds += start.elapsed().as_secs_f64();
                    *block = std::mem::take(&mut batch.block);
                    scratch.recycle(batch);
                }
                best = best.min(seconds);
            }
            println!("{name} {what}: {:.2} GB/s of input", gigabytes / best);
        }
        let mut best = f64::MAX;
        for _ in 0..5 {
            let start = std::time::Instant::now();
            for block in &blocks {
                let window = Window { before: None, bytes: block.body(), len: block.body().len(), at_end: false };
                std::hint::black_box(decoder.boundary().summarize(&window));
            }
            best = best.min(start.elapsed().as_secs_f64());
        }
        println!("{name} summarize: {:.2} GB/s", gigabytes / best);
    }
}
