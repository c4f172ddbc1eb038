//! Looks for the value at a path in a stream of JSON, and checks every byte that is not part of it.
//!
//! A machine that sees one byte at a time: it runs outside the records, which is little of the input.

use crate::core::format::Fault;
use crate::core::format::json::boundary::SEPARATOR;
use crate::core::format::json::fault::{Bad, MAX_DEPTH, What, at_end, bad};
use crate::core::format::json::path::{Segment, key_text};
use crate::core::format::json::syntax::is_blank;

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// More of this.
    Go,
    /// The elements of the array at the path; its opening bracket has been taken.
    Array,
}

/// What the machine expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Top,
    Value,
    ValueOrEnd,
    Key,
    KeyOrEnd,
    Colon,
    After,
    Text { key: bool },
    Escape { key: bool },
    Hex { key: bool, left: u8 },
    Number(Digits),
    Word { rest: &'static [u8] },
}

/// Where in a number the machine is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Digits {
    Minus,
    Zero,
    Whole,
    Point,
    Fraction,
    Exponent,
    Sign,
    Power,
}

/// The machine.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about a place in the text")]
pub(crate) struct Outer {
    path: Vec<Segment>,
    /// The path as the user wrote it.
    name: String,
    state: State,
    /// Open containers: whether each is an object.
    open: Vec<bool>,
    /// How many of them, from the outermost, lie on the path.
    along: usize,
    /// For those, the number of the element that is being read.
    index: Vec<i64>,
    /// The inside of the key that is being read, and whether it is the path's.
    key: Vec<u8>,
    key_matches: bool,
    /// Depth at which the record that is being passed on ends.
    passing: Option<usize>,
    /// Whether a separator must be put at the next place that is free.
    separate: bool,
    /// Whether the path was found at all, and in this top-level value.
    found: bool,
    found_here: bool,
}

impl Outer {
    /// A machine at the start of the input.
    pub(crate) fn new(path: Vec<Segment>, name: String) -> Self {
        Self {
            path,
            name,
            state: State::Top,
            open: Vec::new(),
            along: 0,
            index: Vec::new(),
            key: Vec::new(),
            key_matches: false,
            passing: None,
            separate: false,
            found: false,
            found_here: false,
        }
    }

    /// Takes the byte at `at`, and blanks it out where it is not part of a record. Returns the next place to look at.
    pub(crate) fn step(&mut self, bytes: &mut [u8], at: usize) -> Result<(usize, Step), Bad> {
        let Some(&byte) = bytes.get(at) else {
            return Ok((at, Step::Go));
        };
        if let State::Number(digits) = self.state {
            match number(digits, byte).map_err(|what| Bad { at, what })? {
                Some(digits) => self.state = State::Number(digits),
                // The byte behind a number is not part of it.
                None if self.open.is_empty()
                    && (byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')) =>
                {
                    return bad(at, What::AfterScalar);
                }
                None => {
                    self.value_ended();
                    return Ok((at, Step::Go));
                }
            }
            self.mark(bytes, at, self.passing.is_some());
            return Ok((at + 1, Step::Go));
        }
        let passed = self.passing.is_some();
        let step = self.take(byte).or_else(|what| bad(at, what))?;
        let part = (passed || self.passing.is_some()) && step == Step::Go;
        self.mark(bytes, at, part);
        Ok((at + 1, step))
    }

    /// Keeps a byte, or blanks it out; line ends stay.
    fn mark(&mut self, bytes: &mut [u8], at: usize, part: bool) {
        if let Some(byte) = bytes.get_mut(at)
            && !part
            && *byte != b'\n'
        {
            *byte = if std::mem::take(&mut self.separate) { SEPARATOR } else { b' ' };
        }
    }

    /// The array at the path has ended.
    pub(crate) fn array_ended(&mut self) {
        self.value_ended();
    }

    /// The input has ended.
    pub(crate) fn finish(&mut self, end: usize) -> Result<(), Fault> {
        let what = match self.state {
            State::Top => None,
            State::Number(Digits::Zero | Digits::Whole | Digits::Fraction | Digits::Power) if self.open.is_empty() => {
                None
            }
            State::After if self.open.last() == Some(&true) => Some(What::CommaOrBrace),
            State::After | State::ValueOrEnd => Some(What::CommaOrBracket),
            State::Key | State::KeyOrEnd | State::Colon => Some(What::Key),
            _ => Some(What::Value),
        };
        if let Some(what) = what {
            return Err(at_end(Bad { at: end, what }, end));
        }
        if !self.found && !self.path.is_empty() {
            return Err(Fault::new(end, format!("nothing at '{}'", self.name))
                .hint("--root takes keys and positions, as in data.items or pages[0].rows"));
        }
        Ok(())
    }

    fn take(&mut self, byte: u8) -> Result<Step, What> {
        match self.state {
            State::Text { key } => self.text(key, byte)?,
            State::Escape { key } => {
                self.state = match byte {
                    b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => State::Text { key },
                    b'u' => State::Hex { key, left: 4 },
                    _ => return Err(What::Escape),
                };
                self.key.extend(key.then_some(byte));
            }
            State::Hex { key, left } => {
                if !byte.is_ascii_hexdigit() {
                    return Err(What::Escape);
                }
                self.state = if left == 1 { State::Text { key } } else { State::Hex { key, left: left - 1 } };
                self.key.extend(key.then_some(byte));
            }
            State::Word { rest } => match rest.split_first() {
                Some((next, [])) if *next == byte => self.value_ended(),
                Some((next, rest)) if *next == byte => self.state = State::Word { rest },
                _ => return Err(What::Value),
            },
            _ if is_blank(byte) => {}
            State::ValueOrEnd if byte == b']' => self.close(),
            State::Top | State::Value | State::ValueOrEnd => return self.value(byte),
            State::KeyOrEnd if byte == b'}' => self.close(),
            State::Key | State::KeyOrEnd if byte == b'"' => {
                self.key.clear();
                self.state = State::Text { key: true };
            }
            State::Key => return Err(What::Key),
            State::KeyOrEnd => return Err(What::KeyOrEnd),
            State::Colon if byte == b':' => self.state = State::Value,
            State::Colon => return Err(What::Colon),
            State::After | State::Number(_) => self.after(byte)?,
        }
        Ok(Step::Go)
    }

    fn text(&mut self, key: bool, byte: u8) -> Result<(), What> {
        match byte {
            b'"' if key => {
                let on_path = self.along == self.open.len();
                let segment = self.path.get(self.open.len().wrapping_sub(1));
                self.key_matches =
                    on_path && matches!(segment, Some(Segment::Key(name)) if *key_text(&self.key) == *name.as_bytes());
                self.state = State::Colon;
            }
            b'"' => self.value_ended(),
            b'\\' => {
                self.state = State::Escape { key };
                self.key.extend(key.then_some(byte));
            }
            0..0x20 => return Err(What::Control),
            _ => self.key.extend(key.then_some(byte)),
        }
        Ok(())
    }

    fn after(&mut self, byte: u8) -> Result<(), What> {
        match (byte, self.open.last()) {
            (b',', Some(true)) => self.state = State::Key,
            (b',', Some(false)) => {
                if self.along == self.open.len()
                    && let Some(index) = self.index.last_mut()
                {
                    *index += 1;
                }
                self.state = State::Value;
            }
            (b'}', Some(true)) | (b']', Some(false)) => self.close(),
            (_, Some(true)) => return Err(What::CommaOrBrace),
            _ => return Err(What::CommaOrBracket),
        }
        Ok(())
    }

    /// A value starts.
    fn value(&mut self, byte: u8) -> Result<Step, What> {
        let depth = self.open.len();
        let matches = self.along == depth
            && match (self.open.last(), self.path.get(depth.wrapping_sub(1))) {
                (None, _) => true,
                (Some(true), Some(Segment::Key(_))) => self.key_matches,
                (Some(false), Some(Segment::Index(wanted))) => self.index.last() == Some(wanted),
                _ => false,
            };
        if depth == 0 {
            self.found_here = false;
        }
        let target = matches && depth == self.path.len() && self.passing.is_none();
        if target {
            if self.found_here {
                return Err(What::Twice);
            }
            (self.found, self.found_here) = (true, true);
            if byte == b'[' {
                return Ok(Step::Array);
            }
            self.passing = Some(depth);
        }
        self.state = match byte {
            b'"' => State::Text { key: false },
            b'{' | b'[' => {
                if depth >= MAX_DEPTH {
                    return Err(What::Depth);
                }
                self.open.push(byte == b'{');
                if matches && !target {
                    self.along += 1;
                    self.index.push(0);
                }
                if byte == b'{' { State::KeyOrEnd } else { State::ValueOrEnd }
            }
            b'-' => State::Number(Digits::Minus),
            b'0' => State::Number(Digits::Zero),
            b'1'..=b'9' => State::Number(Digits::Whole),
            b't' => State::Word { rest: b"rue" },
            b'f' => State::Word { rest: b"alse" },
            b'n' => State::Word { rest: b"ull" },
            _ => return Err(What::Value),
        };
        Ok(Step::Go)
    }

    fn close(&mut self) {
        self.open.pop();
        if self.along > self.open.len() {
            self.along = self.open.len();
            self.index.pop();
        }
        self.value_ended();
    }

    fn value_ended(&mut self) {
        let depth = self.open.len();
        self.state = if depth == 0 { State::Top } else { State::After };
        if self.passing == Some(depth) {
            self.passing = None;
            self.separate = true;
        }
    }
}

/// The place in a number after one more byte; none where the byte is not part of it.
fn number(digits: Digits, byte: u8) -> Result<Option<Digits>, What> {
    Ok(Some(match (digits, byte) {
        (Digits::Minus, b'0') => Digits::Zero,
        (Digits::Minus | Digits::Whole, b'0'..=b'9') => Digits::Whole,
        (Digits::Zero, b'0'..=b'9') => return Err(What::LeadingZero),
        (Digits::Zero | Digits::Whole, b'.') => Digits::Point,
        (Digits::Zero | Digits::Whole | Digits::Fraction, b'e' | b'E') => Digits::Exponent,
        (Digits::Point | Digits::Fraction, b'0'..=b'9') => Digits::Fraction,
        (Digits::Exponent, b'+' | b'-') => Digits::Sign,
        (Digits::Exponent | Digits::Sign | Digits::Power, b'0'..=b'9') => Digits::Power,
        (Digits::Minus | Digits::Point | Digits::Exponent | Digits::Sign, _) => return Err(What::Digit),
        _ => return Ok(None),
    }))
}
