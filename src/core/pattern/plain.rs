//! A test: the lines and spans of a [`Matcher`] are those of the plain engine on each line alone, for random expressions.
//! Most of them have no literal, so that windows are what finds them.

#![allow(clippy::unwrap_used)]

use std::ops::ControlFlow;

use regex::bytes::{Regex, RegexBuilder};

use crate::core::pattern::matcher::{Detail, Matcher};
use crate::core::pattern::syntax::{Bounds, Case, Syntax};
use crate::core::pattern::terminator::Terminator;

/// Expressions to try.
const ROUNDS: usize = 400;

struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }

    fn pick<'s>(&mut self, from: &[&'s str]) -> &'s str {
        from[self.below(from.len())]
    }
}

const ATOMS: [&str; 34] = [
    "[0-3]",
    "[ab]",
    "[a-c3]",
    r"\d",
    r"\w",
    r"\W",
    r"\s",
    r"\S",
    ".",
    "[^a]",
    "[^0-3 ]",
    r"(?-u:\w)",
    r"(?-u:[\x80-\xff])",
    r"(?-u:[^a])",
    r"(?-u:\xc3)",
    "é",
    "[éa]",
    "(?i:k)",
    "(?i:s[a-b])",
    "(?i:[k-s])",
    r"[\u{212a}b]",
    r"\p{Greek}",
    r"\b",
    r"\B",
    r"\b{start-half}",
    r"\b{end}",
    "^",
    "$",
    "",
    "(?:)",
    "(?:|a)",
    "[a&&b]?",
    "a",
    "0",
];

const REPEATS: [&str; 14] =
    ["*", "+", "?", "*?", "+?", "??", "{2}", "{3}", "{0}", "{1,3}", "{2,}", "{0,5}", "{4,}?", "{17}"];

fn expression(random: &mut Random, depth: usize) -> String {
    if depth == 0 {
        return random.pick(&ATOMS).to_string();
    }
    let mut part = || expression(random, depth - 1);
    let (one, other, third) = (part(), part(), part());
    match random.below(8) {
        0..=2 => format!("{one}{other}{third}"),
        3 => format!("(?:{one}|{other})"),
        4 => format!("({one}|{other}){third}"),
        5 => format!("{one}(?:{other}){}{third}", random.pick(&REPEATS)),
        _ => format!("(?:{one}){}{other}", random.pick(&REPEATS)),
    }
}

fn text(random: &mut Random) -> Vec<u8> {
    let pieces: [&[u8]; 20] = [
        b"a",
        b"b",
        b"c",
        b"A",
        b"k",
        b"K",
        b"S",
        b"0",
        b"3",
        b" ",
        b"\n",
        b"\n",
        b"\r\n",
        b"\r",
        b"\0",
        b"\xff",
        b"\xc3",
        "é".as_bytes(),
        "\u{212a}".as_bytes(),
        "λſ".as_bytes(),
    ];
    let few = 1 + random.below(pieces.len());
    (0..random.below(200)).flat_map(|_| pieces[random.below(few)]).copied().collect()
}

/// The expression as the plain engine takes it.
fn engine(pattern: &str, syntax: Syntax) -> Option<Regex> {
    let bounded = match syntax.bounds {
        Bounds::None => pattern.to_string(),
        Bounds::Word => format!(r"\b{{start-half}}(?:{pattern})\b{{end-half}}"),
        Bounds::Line => format!("^(?:{pattern})$"),
    };
    let ignore = syntax.case == Case::Insensitive;
    RegexBuilder::new(&bounded).multi_line(true).case_insensitive(ignore).unicode(syntax.unicode).build().ok()
}

type Spans = Vec<(usize, usize)>;

/// Each line that matches, where it starts, and the spans in it.
fn found(matcher: &Matcher, text: &[u8]) -> Vec<(usize, Spans)> {
    let mut lines = Vec::new();
    matcher.lines(&mut matcher.scratch(), text, |start, end| {
        lines.push((start, end));
        ControlFlow::Continue(())
    });
    let mut scratch = matcher.scratch();
    let mut spans_of = |start, end| {
        let mut spans = Vec::new();
        matcher.spans(&mut scratch, matcher.text(text, start, end), 0, |start, end| {
            spans.push((start, end));
            ControlFlow::Continue(())
        });
        spans
    };
    lines.into_iter().map(|(start, end)| (start, spans_of(start, end))).collect()
}

fn plain(regex: &Regex, terminator: Terminator, text: &[u8]) -> Vec<(usize, Spans)> {
    let mut at = 0;
    let mut lines = Vec::new();
    for line in text.split_inclusive(|byte| *byte == terminator.byte()) {
        let spans: Spans = regex.find_iter(terminator.trim(line)).map(|found| (found.start(), found.end())).collect();
        if !spans.is_empty() {
            lines.push((at, spans));
        }
        at += line.len();
    }
    lines
}

#[test]
fn finds_what_the_plain_engine_finds() {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut tried = 0;
    while tried < ROUNDS {
        let depth = 1 + random.below(2);
        let pattern = expression(&mut random, depth);
        let syntax = Syntax {
            bounds: [Bounds::None, Bounds::None, Bounds::Word, Bounds::Line][random.below(4)],
            case: [Case::Sensitive, Case::Insensitive][random.below(2)],
            terminator: [Terminator::Lf, Terminator::Nul][random.below(2)],
            unicode: random.below(4) > 0,
            ..Syntax::default()
        };
        let Some(regex) = engine(&pattern, syntax) else { continue };
        let Ok(matcher) = Matcher::new(std::slice::from_ref(&pattern), syntax, Detail::Spans) else { continue };
        tried += 1;
        for _ in 0..6 {
            let text = text(&mut random);
            let expected = plain(&regex, syntax.terminator, &text);
            let text = text.as_slice();
            assert_eq!(found(&matcher, text), expected, "{pattern:?} {syntax:?} {:?}", text.escape_ascii().to_string());
        }
    }
}
