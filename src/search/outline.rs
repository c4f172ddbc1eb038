//! The lines that enclose others: functions, classes, sections. They are known by indentation alone, in any language.
//!
//! A line encloses what stands below it and is indented deeper, up to the next line that is not. Of the lines that
//! enclose one, the innermost counts that looks like the head of a definition or a section, as
//! [`starts_something`] has it. A line `[like this]` and a heading `## like this` enclose all up to the next of their
//! kind. Blank lines and comments enclose nothing and end nothing; nor do lines that only close what was open.
//!
//! What encloses the end of a stretch of lines is what enclosed its start, less what its lines ended, and what they
//! opened: so stretches are looked through on all threads, and put together in order.

use std::sync::Arc;

use crate::core::pattern::terminator::Terminator;

/// Blanks up to the next column that a tab leads to.
const TAB: usize = 8;

/// Words that start a block, not a definition.
const BLOCKS: [&str; 40] = [
    "if", "else", "elif", "elsif", "elseif", "unless", "for", "foreach", "while", "until", "loop", "do", "done",
    "match", "switch", "case", "default", "select", "when", "try", "catch", "except", "finally", "ensure", "rescue",
    "with", "using", "begin", "then", "return", "throw", "yield", "await", "let", "where", "in", "end", "not", "and",
    "or",
];

/// What a line does to those around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// Nothing.
    None,
    /// It is a line at this level; whether it is the head of something.
    Line(usize, bool),
    /// It closes what is deeper than this level.
    Closes(usize),
}

/// A line that encloses others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    level: usize,
    /// Offset of its first byte in the input's data.
    pub(crate) offset: u64,
    /// Line ends before it, since the start of the stretch or of the input.
    pub(crate) line: u64,
    /// The line, with its end.
    pub(crate) text: Arc<[u8]>,
}

/// The heads that enclose a place, the innermost last.
pub(crate) type Heads = Arc<[Head]>;

/// What a stretch of lines does to the heads that enclose it.
#[derive(Debug, Default)]
pub(crate) struct Outline {
    /// Heads at this level or deeper have ended.
    ended: Option<usize>,
    /// Heads of the stretch that have not ended, outermost first.
    open: Vec<Open>,
}

/// A head of the stretch.
#[derive(Debug, Clone, Copy)]
struct Open {
    level: usize,
    start: usize,
    end: usize,
    line: u64,
}

impl Outline {
    /// Takes in the lines `from..to` of a buffer, of which the first is number `line` of the stretch; returns the number
    /// of the line behind them.
    pub(crate) fn read(&mut self, bytes: &[u8], from: usize, to: usize, terminator: Terminator, mut line: u64) -> u64 {
        let mut start = from;
        while start < to {
            let end = terminator.line_end(bytes, start).min(to);
            let text = terminator.trim(bytes.get(start..end).unwrap_or_default());
            match role(text) {
                Role::None => {}
                Role::Closes(level) => self.end_at(level + 1),
                Role::Line(level, is_head) => {
                    self.end_at(level);
                    if is_head {
                        self.open.push(Open { level, start, end, line });
                    }
                }
            }
            start = end;
            line += 1;
        }
        line
    }

    fn end_at(&mut self, level: usize) {
        while self.open.pop_if(|open| open.level >= level).is_some() {}
        if self.ended.is_none_or(|ended| level < ended) {
            self.ended = Some(level);
        }
    }

    /// The innermost head that encloses a line behind the stretch: one of those before it, or of the stretch itself,
    /// whose bytes are in a buffer that starts at an offset. `base` are the line ends before the stretch.
    pub(crate) fn enclosing(&self, line: &[u8], before: &[Head], bytes: &[u8], offset: u64, base: u64) -> Option<Head> {
        let below = match role(line) {
            Role::None => usize::MAX,
            Role::Line(level, _) => level,
            Role::Closes(level) => level + 1,
        };
        if let Some(open) = self.open.iter().rev().find(|open| open.level < below) {
            return Some(open.head(bytes, offset, base));
        }
        let below = self.ended.map_or(below, |ended| below.min(ended));
        before.iter().rev().find(|head| head.level < below).cloned()
    }

    /// The heads behind the stretch, given those before it.
    pub(crate) fn after(&self, before: &[Head], bytes: &[u8], offset: u64, base: u64) -> Heads {
        let kept = before.iter().take_while(|head| self.ended.is_none_or(|ended| head.level < ended)).cloned();
        kept.chain(self.open.iter().map(|open| open.head(bytes, offset, base))).collect()
    }
}

impl Open {
    fn head(&self, bytes: &[u8], offset: u64, base: u64) -> Head {
        Head {
            level: self.level,
            offset: offset + self.start as u64,
            line: base + self.line,
            text: bytes.get(self.start..self.end).unwrap_or_default().into(),
        }
    }
}

/// What a line does. A section is at level 0, a line without indentation at level 1.
fn role(line: &[u8]) -> Role {
    let mut column = 0;
    let mut rest = line;
    while let Some((byte, after)) = rest.split_first() {
        match byte {
            b' ' => column += 1,
            b'\t' => column = (column / TAB + 1) * TAB,
            b'\r' => {}
            _ => break,
        }
        rest = after;
    }
    let rest = rest.trim_ascii_end();
    let level = column + 1;
    match rest {
        [b'[', .., b']'] | [b'#', b'#', ..] if column == 0 && is_section(rest) => Role::Line(0, true),
        [] | [b'#' | b';', ..] | [b'/', b'/' | b'*', ..] | [b'*', b' ' | b'/', ..] | [b'-', b'-', b' ', ..] => {
            Role::None
        }
        [b'{'] | [b')' | b'}' | b']', ..] => Role::Closes(level),
        _ => Role::Line(level, starts_something(rest)),
    }
}

/// Whether a line is in brackets, or a heading of two to six `#`.
fn is_section(line: &[u8]) -> bool {
    if line.first() == Some(&b'[') {
        return true;
    }
    let depth = line.iter().take_while(|byte| **byte == b'#').count();
    (2..=6).contains(&depth) && line.get(depth) == Some(&b' ')
}

/// Whether a line, without its indentation, looks like the head of a definition or section: it starts with a word that
/// does not start a mere block; what is before its first bracket is no call of a method or macro and no assignment; and
/// where it ends in the middle of a list, it has two words before the bracket, as `fn name(` has and a call has not.
fn starts_something(line: &[u8]) -> bool {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | 128..);
    if !line.first().is_some_and(|byte| (is_word(byte) && !byte.is_ascii_digit()) || matches!(byte, b'@' | b'"' | b'<'))
    {
        return false;
    }
    let word = line.get(..line.iter().take_while(|byte| is_word(byte)).count()).unwrap_or_default();
    if BLOCKS.iter().any(|block| block.as_bytes() == word) {
        return false;
    }
    let bracket = line.iter().position(|byte| *byte == b'(').unwrap_or(line.len());
    let name = line.get(..bracket).unwrap_or_default();
    let holds = |text: &[u8]| memchr::memmem::find(line, text).is_some();
    let is_function = holds(b"=>") || holds(b"function") || holds(b"func(");
    if bracket < line.len() && (name.contains(&b'.') || name.contains(&b'!')) && !is_function {
        return false;
    }
    if name.contains(&b'=') && !is_function {
        return false;
    }
    let words = name.split(|byte| *byte == b' ').filter(|word| !word.is_empty()).count();
    let is_open = matches!(line.last(), Some(b'(' | b'[' | b','));
    let ends_statement = line.last() == Some(&b';');
    !ends_statement && (!is_open || words >= 2)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Head, Heads, Outline, starts_something};
    use crate::core::pattern::terminator::Terminator;

    const SOURCE: &str = "\
use std::fmt;

impl Thing {
    /// Says it.
    fn long(
        one: u32,
    ) -> u32 {
        if one > 2 {
            return call(
                one,
            );
        }
#ifdef X
        other
    }

    fn short() {
        let x = 1;
    }
}

[section]
key = 1
text
";

    /// The head of each line, the text read in stretches of so many lines.
    fn heads(text: &str, lines: usize) -> Vec<Option<String>> {
        let mut before: Heads = Vec::<Head>::new().into();
        let all: Vec<&str> = text.split_inclusive('\n').collect();
        let mut base = 0;
        let mut found = Vec::new();
        for stretch in all.chunks(lines) {
            let bytes = stretch.concat().into_bytes();
            let mut outline = Outline::default();
            let (mut at, mut number) = (0, 0);
            for line in stretch {
                let head = outline.enclosing(line.trim_end_matches('\n').as_bytes(), &before, &bytes, 0, base);
                found.push(head.map(|head| {
                    let text = String::from_utf8(head.text.to_vec()).unwrap();
                    assert_eq!(all[head.line as usize], text);
                    text.trim().to_string()
                }));
                number = outline.read(&bytes, at, at + line.len(), Terminator::Lf, number);
                at += line.len();
            }
            before = outline.after(&before, &bytes, 0, base);
            base += number;
        }
        found
    }

    #[test]
    fn lines_are_in_what_encloses_them() {
        let found = heads(SOURCE, 100);
        let of = |line: usize| found[line - 1].as_deref();
        assert_eq!(of(1), None);
        assert_eq!(of(5), Some("impl Thing {"));
        assert_eq!(of(6), Some("fn long("));
        assert_eq!(of(10), Some("fn long("), "neither the call nor the if");
        assert_eq!(of(14), Some("fn long("), "a preprocessor line ends nothing");
        assert_eq!(of(18), Some("fn short() {"));
        assert_eq!(of(20), Some("impl Thing {"));
        assert_eq!(of(23), Some("[section]"));
    }

    #[test]
    fn stretches_add_up() {
        let whole = heads(SOURCE, 100);
        for lines in 1..12 {
            assert_eq!(heads(SOURCE, lines), whole, "{lines}");
        }
    }

    #[test]
    fn heads_look_like_heads() {
        for head in [
            "fn main() {",
            "def f(self):",
            "class A:",
            "func (s *T) Name() {",
            "public static void main(String[] args) {",
            "const f = (a) => {",
            "module.exports = function (a) {",
            "describe('x', () => {",
            "main() {",
            "key:",
            "\"key\": {",
            "template <typename T>",
            "@decorator",
        ] {
            assert!(starts_something(head.as_bytes()), "{head}");
        }
        for other in
            ["if x {", "foo(", "a.b(c, {", "assert!(x, {", "x = y[", "return f(", "let x = {", "a = {", "12", "f();"]
        {
            assert!(!starts_something(other.as_bytes()), "{other}");
        }
    }
}
