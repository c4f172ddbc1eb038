//! The lines that a search finds, and the matches in them, against the `regex` crate on one line after the other.

use std::ops::ControlFlow;

use regex::bytes::{Regex, RegexBuilder};

use super::choice;
use crate::core::pattern::matcher::{Detail, Matcher};
use crate::core::pattern::syntax::{Bounds, Case, Syntax};
use crate::core::pattern::terminator::Terminator;
use crate::search::region::{Found, Region, Search, count_selected, select};

/// The largest compiled pattern that is tried: larger ones only cost time.
const SIZE: usize = 1 << 20;

/// The first byte holds the flags, the first line the pattern; the rest is searched.
pub fn search(data: &[u8]) {
    let (flags, rest) = choice(data);
    let (pattern, text) = rest.split_at(memchr::memchr(b'\n', rest).unwrap_or(rest.len()));
    let text = text.get(1..).unwrap_or_default();
    let Ok(pattern) = std::str::from_utf8(pattern) else { return };
    let terminator = if flags & 16 == 0 { Terminator::Lf } else { Terminator::CrLf };
    let syntax = Syntax {
        case: if flags & 1 == 0 { Case::Sensitive } else { Case::Insensitive },
        bounds: [Bounds::None, Bounds::Word, Bounds::Line, Bounds::None][flags >> 1 & 3],
        fixed: flags & 8 != 0,
        terminator,
        size_limit: SIZE,
        ..Syntax::default()
    };
    if flags & 128 != 0 {
        backtracking(pattern, syntax, text);
        return;
    }
    let Ok(matcher) = Matcher::new(&[pattern.to_string()], syntax, Detail::Spans) else { return };
    let Some(regex) = oracle(pattern, syntax) else { return };
    let told = || format!("{pattern:?} {syntax:?} {}", text.escape_ascii());
    let lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
    let matches: Vec<bool> = lines.iter().map(|line| regex.is_match(terminator.trim(line))).collect();
    let invert = flags & 32 != 0;

    let mut found = Found::default();
    let how = Search { invert, count_lines: true, spans: flags & 64 != 0, first_only: false, limit: None };
    select(&matcher, &mut matcher.scratch(), &Region::whole(text), how, &mut found);
    let mut selected = vec![false; lines.len()];
    let mut starts = Vec::new();
    let mut at = 0;
    for line in &lines {
        starts.push(at);
        at += line.len();
    }
    for (number, run) in found.selected.iter().enumerate() {
        let (start, end) = (run.start as usize, run.end as usize);
        let first = starts.binary_search(&start).unwrap_or_else(|_| panic!("{start} starts no line: {}", told()));
        assert_eq!(run.line as usize, first, "{}", told());
        let covered = selected.iter_mut().zip(&starts).filter(|(_, at)| (start..end).contains(*at));
        covered.for_each(|(line, _)| *line = true);
        let Some(spans) = found.spans(number) else { continue };
        let spans: Vec<_> = spans.iter().map(|(from, to)| (*from as usize, *to as usize)).collect();
        let wanted: Vec<_> =
            regex.find_iter(terminator.trim(lines[first])).map(|one| (one.start(), one.end())).collect();
        assert_eq!(spans, wanted, "{}", told());
    }
    let wanted: Vec<bool> = matches.iter().map(|is| *is != invert).collect();
    assert_eq!(selected, wanted, "{}", told());
    let count = count_selected(&matcher, &mut matcher.scratch(), text, invert);
    assert_eq!(count as usize, wanted.iter().filter(|is| **is).count(), "{}", told());

    let scratch = &mut matcher.scratch();
    for line in lines {
        let line = terminator.trim(line);
        let mut spans = Vec::new();
        matcher.spans(scratch, line, 0, |start, end| {
            spans.push((start, end));
            ControlFlow::Continue(())
        });
        let wanted: Vec<_> = regex.find_iter(line).map(|found| (found.start(), found.end())).collect();
        assert_eq!(spans, wanted, "{} in {}", line.escape_ascii(), told());
    }
}

/// The pattern as the `regex` crate has it; none where it is too large.
pub(super) fn oracle(pattern: &str, syntax: Syntax) -> Option<Regex> {
    let pattern = if syntax.fixed { regex::escape(pattern) } else { pattern.to_string() };
    let bounded = match syntax.bounds {
        Bounds::None => pattern,
        Bounds::Word => format!(r"\b{{start-half}}(?:{pattern})\b{{end-half}}"),
        Bounds::Line => format!(r"^(?:{pattern})$"),
    };
    let mut builder = RegexBuilder::new(&bounded);
    builder.multi_line(true).case_insensitive(syntax.case == Case::Insensitive).size_limit(SIZE);
    builder.crlf(syntax.terminator == Terminator::CrLf).build().ok()
}

/// With `-P` there is no oracle but the matcher itself, on one line after the other.
fn backtracking(pattern: &str, syntax: Syntax, text: &[u8]) {
    let Ok(matcher) = Matcher::backtracking(&[pattern.to_string()], syntax, Detail::Spans) else { return };
    if matcher.crosses() {
        return;
    }
    let mut found = Vec::new();
    let scratch = &mut matcher.scratch();
    matcher.lines(scratch, text, |start, end| {
        found.push((start, end));
        ControlFlow::Continue(())
    });
    if scratch.take_broken().is_some() {
        return;
    }
    let mut at = 0;
    let mut wanted = Vec::new();
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        if matcher.is_match(&mut matcher.scratch(), syntax.terminator.trim(line)) {
            wanted.push((at, at + line.len()));
        }
        at += line.len();
    }
    assert_eq!(found, wanted, "{pattern:?} {}", text.escape_ascii());
}
