//! The template of `format`: text with `{}` where values go, and how they are written there.

use crate::core::data::number::Number;
use crate::core::data::value::Value;

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// Text as it is.
    Text(String),
    /// A value, written so.
    Value(Spec),
}

/// How a value is written: `{:<8}`, `{:*^20}`, `{:08.2}`, `{:,}`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Spec {
    fill: Option<char>,
    align: Option<Align>,
    /// Zeros between sign and digits up to the width.
    zeros: bool,
    width: usize,
    /// Commas between groups of three digits.
    grouped: bool,
    precision: Option<i32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Align {
    Left,
    Center,
    Right,
}

/// Takes a template apart; the error says what is wrong with it.
pub(super) fn pieces(template: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, brace) = rest.split_at_checked(at).unwrap_or_default();
        text.push_str(before);
        if let Some(after) = brace.strip_prefix("{{").or_else(|| brace.strip_prefix("}}")) {
            text.extend(brace.chars().next());
            rest = after;
            continue;
        }
        let inside = brace.strip_prefix('{').ok_or("this '}' opens nothing; write '}}' for a brace")?;
        let (spec, after) = inside.split_once('}').ok_or("this '{' has no closing '}'; write '{{' for a brace")?;
        if !text.is_empty() {
            pieces.push(Piece::Text(std::mem::take(&mut text)));
        }
        let spec = Spec::parse(spec).ok_or_else(|| format!("'{{{spec}}}' is not understood"))?;
        pieces.push(Piece::Value(spec));
        rest = after;
    }
    text.push_str(rest);
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
    Ok(pieces)
}

impl Spec {
    fn parse(text: &str) -> Option<Self> {
        let mut spec = Self::default();
        if text.is_empty() {
            return Some(spec);
        }
        let mut rest: Vec<char> = text.strip_prefix(':')?.chars().rev().collect();
        let align = |character: &char| match character {
            '<' => Some(Align::Left),
            '^' => Some(Align::Center),
            '>' => Some(Align::Right),
            _ => None,
        };
        if let Some(found) = rest.iter().rev().nth(1).and_then(align) {
            (spec.align, spec.fill) = (Some(found), rest.pop());
            rest.pop();
        } else if let Some(found) = rest.last().and_then(align) {
            spec.align = Some(found);
            rest.pop();
        }
        if rest.last() == Some(&'0') {
            spec.zeros = true;
            rest.pop();
        }
        let number = |rest: &mut Vec<char>| {
            let mut digits = String::new();
            while let Some(digit) = rest.pop_if(|character| character.is_ascii_digit()) {
                digits.push(digit);
            }
            digits
        };
        let width = number(&mut rest);
        // Wider is meant by nobody.
        spec.width = if width.is_empty() { 0 } else { width.parse().ok().filter(|width| *width <= 10_000)? };
        spec.grouped = rest.pop_if(|character| *character == ',').is_some();
        if rest.pop_if(|character| *character == '.').is_some() {
            spec.precision = Some(number(&mut rest).parse().ok().filter(|digits| *digits <= 100)?);
        }
        rest.is_empty().then_some(spec)
    }

    /// Appends a value. Digits and groups are for numbers only.
    pub(super) fn write(&self, value: &Value<'_>, out: &mut String) {
        let number = value.to_number();
        let plain = !self.grouped && self.precision.is_none();
        let text = match number {
            Some(number) if !plain => self.digits(number),
            _ => String::from_utf8_lossy(&value.to_text()).into_owned(),
        };
        let missing = self.width.saturating_sub(text.chars().count());
        if self.zeros && number.is_some() {
            let (sign, digits) = text.split_at(usize::from(text.starts_with('-')));
            out.push_str(sign);
            out.extend(std::iter::repeat_n('0', missing));
            out.push_str(digits);
            return;
        }
        let default = if number.is_some() { Align::Right } else { Align::Left };
        let before = match self.align.unwrap_or(default) {
            Align::Left => 0,
            Align::Center => missing / 2,
            Align::Right => missing,
        };
        let fill = self.fill.unwrap_or(' ');
        out.extend(std::iter::repeat_n(fill, before));
        out.push_str(&text);
        out.extend(std::iter::repeat_n(fill, missing - before));
    }

    /// A number with so many digits after the point and in groups.
    fn digits(&self, number: Number) -> String {
        let mut text = Vec::new();
        let rounded = self.precision.map_or(number, |digits| number.round(digits));
        rounded.write(&mut text);
        let text = String::from_utf8_lossy(&text).into_owned();
        if text.contains('e') {
            return text;
        }
        let (sign, text) = text.split_at(usize::from(text.starts_with('-')));
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let mut out = sign.to_string();
        for (at, digit) in whole.chars().enumerate() {
            if self.grouped && at > 0 && (whole.len() - at).is_multiple_of(3) {
                out.push(',');
            }
            out.push(digit);
        }
        let wanted = self.precision.map_or(fraction.len(), |digits| digits.unsigned_abs() as usize);
        if wanted > 0 {
            out.push('.');
            out.push_str(fraction);
            out.extend(std::iter::repeat_n('0', wanted.saturating_sub(fraction.len())));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::{Piece, pieces};
    use crate::core::data::value::Value;

    fn written(template: &str, value: &str) -> String {
        let mut out = String::new();
        for piece in pieces(template).unwrap_or_default() {
            match piece {
                Piece::Text(text) => out.push_str(&text),
                Piece::Value(spec) => spec.write(&Value::Bare(value.as_bytes().into()), &mut out),
            }
        }
        out
    }

    #[test]
    fn writes_as_asked() {
        for (template, value, expected) in [
            ("a{}b", "1.50", "a1.50b"),
            ("{{{}}}", "x", "{x}"),
            ("{:>4}|", "ab", "  ab|"),
            ("{:4}|", "ab", "ab  |"),
            ("{:4}|", "7", "   7|"),
            ("{:*^7}", "ab", "**ab***"),
            ("{:06.2}", "-1.5", "-01.50"),
            ("{:.0}", "2.5", "3"),
            ("{:.3}", "1", "1.000"),
            ("{:,.1}", "-1234567.89", "-1,234,567.9"),
            ("{:,}", "n/a", "n/a"),
            ("{:.2}", "n/a", "n/a"),
        ] {
            assert_eq!(written(template, value), expected, "{template} {value}");
        }
    }

    #[test]
    fn says_what_is_wrong() {
        for (template, reason) in
            [("{", "no closing"), ("}", "opens nothing"), ("{x}", "not understood"), ("{:.}", "not")]
        {
            assert!(pieces(template).is_err_and(|error| error.contains(reason)), "{template}");
        }
    }
}
