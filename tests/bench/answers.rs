//! Whether two programs gave the same answer, without keeping either.
//!
//! What a program prints is taken apart line by line as it comes, each line brought to a form in which the same answers
//! are equal, hashed and added up, so that a gigabyte of output costs no memory and order does not matter.

use serde_json::Value;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// When answers are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answers {
    /// The same lines.
    Lines,
    /// The same comma-separated rows. The first cell and all texts are compared as they are; numbers behind it by value,
    /// as some peers sum in floats: all of them weighted by their place and added up, to 12 digits of their size.
    Rows,
    /// The same objects; numbers by value, to 12 digits, whether they are numbers or text.
    Objects,
    /// The same `match` events of `--json`; the others hold times.
    Matches,
    /// Nothing is compared: each program prints about itself.
    Any,
}

/// What a program printed, so far.
#[derive(Debug, Clone)]
pub(crate) struct Digest {
    answers: Answers,
    /// The start of a line whose end is still to come.
    open: Vec<u8>,
    /// Lines that count.
    pub(crate) lines: u64,
    sum: u64,
    /// Numbers of rows, weighted, and their size.
    numbers: f64,
    size: f64,
}

impl Digest {
    /// Of an answer of which nothing has come.
    pub(crate) fn new(answers: Answers) -> Self {
        Self { answers, open: Vec::new(), lines: 0, sum: 0, numbers: 0.0, size: 0.0 }
    }

    /// Takes what has come.
    pub(crate) fn take(&mut self, bytes: &[u8]) {
        let mut lines = bytes.split(|byte| *byte == b'\n');
        let last = lines.next_back().unwrap_or_default();
        for line in lines {
            if self.open.is_empty() {
                self.line(line);
            } else {
                self.open.extend_from_slice(line);
                let line = std::mem::take(&mut self.open);
                self.line(&line);
            }
        }
        self.open.extend_from_slice(last);
    }

    /// Takes the end.
    pub(crate) fn end(&mut self) {
        let line = std::mem::take(&mut self.open);
        if !line.is_empty() {
            self.line(&line);
        }
    }

    /// Whether another answer is the same.
    pub(crate) fn agrees(&self, other: &Self) -> bool {
        let near = (self.numbers - other.numbers).abs() <= 1e-12 * self.size.max(other.size);
        self.answers == Answers::Any || (self.lines, self.sum) == (other.lines, other.sum) && near
    }

    fn line(&mut self, line: &[u8]) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let hash = match self.answers {
            Answers::Lines => xxh3_64(line),
            Answers::Rows => self.row(&String::from_utf8_lossy(line)),
            Answers::Objects => xxh3_64(object(line).as_bytes()),
            Answers::Matches if line.starts_with(br#"{"type":"match""#) => xxh3_64(line),
            Answers::Matches | Answers::Any => return,
        };
        self.lines += 1;
        self.sum = self.sum.wrapping_add(hash);
    }

    fn row(&mut self, line: &str) -> u64 {
        let mut cells = line.trim_end().split(',').map(|cell| cell.trim_matches('"'));
        let mut row = scalar(cells.next().unwrap_or_default());
        let key = row.clone();
        for (column, cell) in cells.enumerate() {
            row.push(',');
            if let Ok(number) = cell.parse::<f64>() {
                // Between 0 and 1, and another one for each place.
                let weight = xxh3_64_with_seed(key.as_bytes(), column as u64) as f64 / u64::MAX as f64;
                self.numbers += weight * number;
                self.size += weight * number.abs();
            } else {
                row.push_str(cell);
            }
        }
        xxh3_64(row.as_bytes())
    }
}

fn scalar(text: &str) -> String {
    match text.parse::<f64>() {
        // What cancels out exactly leaves a rest in floats.
        Ok(number) if number.abs() < 1e-9 => "0".to_string(),
        Ok(number) => format!("{number:.11e}"),
        Err(_) => text.to_string(),
    }
}

fn object(line: &[u8]) -> String {
    // Arrays of objects, one to a line, are the same objects.
    let line = line.strip_prefix(b"[").unwrap_or(line);
    let line = line.strip_suffix(b",").or_else(|| line.strip_suffix(b"]")).unwrap_or(line);
    serde_json::from_slice(line).map_or_else(|_| String::from_utf8_lossy(line).into_owned(), canonical)
}

fn canonical(value: Value) -> String {
    match value {
        Value::String(text) => scalar(&text),
        Value::Number(number) => scalar(&number.to_string()),
        Value::Object(fields) => {
            let mut fields: Vec<String> =
                fields.into_iter().map(|(name, value)| format!("{name}:{}", canonical(value))).collect();
            fields.sort_unstable();
            fields.join("\x1f")
        }
        other => other.to_string(),
    }
}
