//! Navigation in the raw text of JSON arrays and objects, for expressions (`a.b[0].c`), projections and flattening.
//!
//! The text has been validated by the decoder (or was printed by us), so nothing is checked again: on text that is not
//! JSON the functions find nothing or too much, but they never panic and never read past it. Spans are ranges of the
//! text that was passed in, so callers can make cells of them.

use std::borrow::Cow;
use std::ops::Range;

use crate::core::data::batch::unescape;
use crate::core::data::value::Value;

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Segment {
    /// The member of that name.
    Key(String),
    /// The element at that position, from 0; negative positions count from the end.
    Index(i64),
}

/// Reads a path: `a.b[0].c`, `a["odd name"][-1]`. None where the text is not a path.
pub(crate) fn parse(text: &str) -> Option<Vec<Segment>> {
    let mut segments = Vec::new();
    let mut rest = text;
    if !rest.starts_with('[') {
        rest = take_key(rest, &mut segments)?;
    }
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('.') {
            rest = take_key(after, &mut segments)?;
        } else {
            let inside = rest.strip_prefix('[')?;
            let quoted = inside.strip_prefix('"').map(|inside| (inside, "\"]"));
            let quoted = quoted.or_else(|| inside.strip_prefix('\'').map(|inside| (inside, "']")));
            if let Some((inside, end)) = quoted {
                let (key, after) = inside.split_once(end)?;
                segments.push(Segment::Key(key.to_string()));
                rest = after;
            } else {
                let (index, after) = inside.split_once(']')?;
                segments.push(Segment::Index(index.parse().ok()?));
                rest = after;
            }
        }
    }
    Some(segments)
}

fn take_key<'a>(text: &'a str, segments: &mut Vec<Segment>) -> Option<&'a str> {
    let end = text.find(['.', '[']).unwrap_or(text.len());
    let (key, rest) = text.split_at_checked(end)?;
    if key.is_empty() {
        return None;
    }
    segments.push(Segment::Key(key.to_string()));
    Some(rest)
}

/// The value at a path in an array or object. Of duplicate keys the last counts.
pub(crate) fn get<'a>(json: &'a [u8], path: &[Segment]) -> Option<Value<'a>> {
    span(json, path).and_then(|span| json.get(span)).map(value)
}

/// Where the value at a path is, without the blanks around it.
pub(crate) fn span(json: &[u8], path: &[Segment]) -> Option<Range<usize>> {
    let mut at = trimmed(json);
    for segment in path {
        let inner = json.get(at.clone())?;
        let found = match segment {
            Segment::Key(key) => {
                let mut found = None;
                for (name, value) in member_spans(inner) {
                    if inner.get(name).is_some_and(|name| *key_text(name) == *key.as_bytes()) {
                        found = Some(value);
                    }
                }
                found?
            }
            Segment::Index(index) if *index >= 0 => element_spans(inner).nth(usize::try_from(*index).ok()?)?,
            Segment::Index(index) => {
                let length = element_spans(inner).count();
                let index = length.checked_sub(usize::try_from(index.unsigned_abs()).ok()?)?;
                element_spans(inner).nth(index)?
            }
        };
        at = at.start + found.start..at.start + found.end;
    }
    Some(at)
}

/// The value that a text of JSON, without blanks around it, stands for.
pub(crate) fn value(text: &[u8]) -> Value<'_> {
    match text.first() {
        None => Value::Missing,
        Some(b'"') => Value::Text(key_text(text.get(1..text.len().saturating_sub(1)).unwrap_or_default())),
        Some(b'{' | b'[') => Value::Nested(Cow::Borrowed(text)),
        Some(b't') => Value::Bool(true),
        Some(b'f') => Value::Bool(false),
        Some(b'n') => Value::Null,
        Some(_) => Value::Literal(Cow::Borrowed(text)),
    }
}

/// The members of an object, keys unescaped, in source order, duplicates included. Nothing where it is not an object.
pub(crate) fn members(json: &[u8]) -> impl Iterator<Item = (Cow<'_, [u8]>, Value<'_>)> {
    member_spans(json).filter_map(|(name, span)| Some((key_text(json.get(name)?), value(json.get(span)?))))
}

/// The elements of an array. Nothing where it is not an array.
pub(crate) fn elements(json: &[u8]) -> impl Iterator<Item = Value<'_>> {
    element_spans(json).filter_map(|span| json.get(span)).map(value)
}

/// Where the members of an object are: the inside of the key's quotes, and the value.
pub(crate) fn member_spans(json: &[u8]) -> MemberSpans<'_> {
    MemberSpans { walk: Walk::into(json, b'{') }
}

/// Where the elements of an array are.
pub(crate) fn element_spans(json: &[u8]) -> ElementSpans<'_> {
    ElementSpans { walk: Walk::into(json, b'[') }
}

/// Iterates over the spans of an object's keys and values.
#[derive(Debug)]
pub(crate) struct MemberSpans<'a> {
    walk: Walk<'a>,
}

impl Iterator for MemberSpans<'_> {
    type Item = (Range<usize>, Range<usize>);

    fn next(&mut self) -> Option<Self::Item> {
        let name = self.walk.value()?;
        let colon = blanks(self.walk.json, name.end);
        self.walk.at = colon + 1;
        let value = self.walk.value()?;
        Some((name.start + 1..(name.end - 1).max(name.start + 1), value))
    }
}

/// Iterates over the spans of an array's elements.
#[derive(Debug)]
pub(crate) struct ElementSpans<'a> {
    walk: Walk<'a>,
}

impl Iterator for ElementSpans<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        self.walk.value()
    }
}

/// A position in the inside of a container.
#[derive(Debug)]
struct Walk<'a> {
    json: &'a [u8],
    at: usize,
}

impl<'a> Walk<'a> {
    /// Steps into a container that starts with `open`.
    fn into(json: &'a [u8], open: u8) -> Self {
        let at = blanks(json, 0);
        let at = if json.get(at) == Some(&open) { at + 1 } else { json.len() };
        Self { json, at }
    }

    /// The next value (or key), past blanks and a comma.
    fn value(&mut self) -> Option<Range<usize>> {
        let mut start = blanks(self.json, self.at);
        if self.json.get(start) == Some(&b',') {
            start = blanks(self.json, start + 1);
        }
        if matches!(self.json.get(start), None | Some(b'}' | b']')) {
            self.at = self.json.len();
            return None;
        }
        let end = value_end(self.json, start);
        self.at = end;
        Some(start..end)
    }
}

/// Whether text is a JSON array or object.
pub(crate) fn is_json(text: &[u8]) -> bool {
    matches!(text.first(), Some(b'{' | b'[')) && serde_json::from_slice::<serde::de::IgnoredAny>(text).is_ok()
}

/// The text of a key or string, given the inside of its quotes.
pub(crate) fn key_text(inside: &[u8]) -> Cow<'_, [u8]> {
    match memchr::memchr(b'\\', inside) {
        Some(_) => Cow::Owned(unescape(inside)),
        None => Cow::Borrowed(inside),
    }
}

/// The range of the text without the blanks around it.
fn trimmed(json: &[u8]) -> Range<usize> {
    let start = blanks(json, 0);
    let end = json.iter().rposition(|byte| !is_blank(*byte)).map_or(start, |at| at + 1);
    start..end.max(start)
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\r' | b'\t')
}

fn blanks(json: &[u8], from: usize) -> usize {
    let rest = json.get(from..).unwrap_or_default();
    from + rest.iter().position(|byte| !is_blank(*byte)).unwrap_or(rest.len())
}

/// One past the end of the valid value that starts at `start`.
pub(crate) fn value_end(json: &[u8], start: usize) -> usize {
    match json.get(start) {
        Some(b'"') => string_end(json, start + 1),
        Some(b'{' | b'[') => {
            let mut depth = 0_usize;
            let mut at = start;
            while let Some(byte) = json.get(at) {
                at += 1;
                match byte {
                    b'"' => at = string_end(json, at),
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' => {
                        depth -= 1;
                        if depth == 0 {
                            break;
                        }
                    }
                    _ => {}
                }
            }
            at
        }
        _ => {
            let rest = json.get(start..).unwrap_or_default();
            let ends = |byte: &u8| matches!(byte, b',' | b'}' | b']' | b':') || is_blank(*byte);
            // At least one byte, so that a walk over broken text goes on.
            start + rest.iter().position(ends).unwrap_or(rest.len()).max(1).min(rest.len())
        }
    }
}

/// One past the closing quote of the string whose inside starts at `from`.
fn string_end(json: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(found) = memchr::memchr2(b'"', b'\\', json.get(at..).unwrap_or_default()) {
        at += found + 1;
        if json.get(at - 1) == Some(&b'"') {
            return at;
        }
        at += 1;
    }
    json.len()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Segment, Value, elements, get, members, parse};

    fn at<'a>(json: &'a str, path: &str) -> Option<Value<'a>> {
        get(json.as_bytes(), &parse(path).unwrap())
    }

    #[test]
    fn parses_paths() {
        let key = |key: &str| Segment::Key(key.to_string());
        assert_eq!(parse("a.b[0].c"), Some(vec![key("a"), key("b"), Segment::Index(0), key("c")]));
        assert_eq!(parse("[\"x y\"][-1]"), Some(vec![key("x y"), Segment::Index(-1)]));
        for wrong in ["", ".a", "a..b", "a[", "a[x]", "a.", "a]"] {
            assert_eq!(parse(wrong).filter(|path| path.len() != 1), None, "{wrong}");
        }
    }

    #[test]
    fn navigates() {
        let json = r#" {"a" : {"b":[1, "x\n", {"c":null}, true]}, "a.b": 5, "d": 1, "d": 2, "e\u0041":[]} "#;
        assert_eq!(at(json, "a.b[0]"), Some(Value::Literal(b"1".into())));
        assert_eq!(at(json, "a.b[1]"), Some(Value::Text(b"x\n".into())));
        assert_eq!(at(json, "a.b[-1]"), Some(Value::Bool(true)));
        assert_eq!(at(json, "a.b[-5]"), None);
        assert_eq!(at(json, "a.b[2].c"), Some(Value::Null));
        assert_eq!(at(json, "d"), Some(Value::Literal(b"2".into())));
        assert_eq!(at(json, "eA"), Some(Value::Nested(b"[]".into())));
        assert_eq!(at(json, "a.b.c"), None);
        assert_eq!(at(json, "[0]"), None);
    }

    #[test]
    fn iterates_and_survives_broken_text() {
        assert_eq!(elements(br#"[1,[2,"]"],{} ]"#).count(), 3);
        assert_eq!(elements(b"[ ]").count(), 0);
        assert_eq!(members(b"{}").count(), 0);
        assert_eq!(members(br#"{"a":1,"b":{"c":[]}}"#).count(), 2);
        for broken in
            ["[", "{", "{\"", "{\"a", "{\"a\"", "{\"a\":", "[\"\\", "[[", "{1", "{:", "[:::", "]", "{\"a\" 1", "[,,"]
        {
            let _ = members(broken.as_bytes()).count();
            let _ = elements(broken.as_bytes()).count();
        }
    }
}
