//! Turns an expression's text into tokens. Strings stay as written: whether a string is a regex, and so raw, is known to
//! the parser only.

use super::ast::{Span, problem};
use crate::core::data::number::Number;
use crate::core::error::Problem;

/// A token and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) kind: Lexeme,
    pub(super) span: Span,
}

/// What a token is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Lexeme {
    /// A bare name or keyword.
    Name(String),
    /// A name in backticks.
    Quoted(String),
    /// A string; its span includes the quotes.
    String,
    /// A number.
    Number(Number),
    /// An operator, bracket or comma.
    Sign(&'static str),
    /// The end of the text.
    End,
}

/// Longer signs come before their prefixes.
const SIGNS: [&str; 31] = [
    "==", "=~", "!=", "!~", "<=", "<>", ">=", "&&", "||", "??", "++", "//", "**", "=", "!", "<", ">", "+", "-", "*",
    "/", "%", "(", ")", "[", "]", ",", ".", "&", "|", "?",
];

/// Splits a text into tokens; the last is `End`.
pub(super) fn tokens(source: &str) -> Result<Vec<Token>, Problem> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = source.get(at..).and_then(|rest| rest.chars().next()) {
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        // A path has no blanks around its points, so `.5` after a name is no number.
        let joined = tokens.last().is_some_and(|token: &Token| {
            token.span.end == at && matches!(token.kind, Lexeme::Name(_) | Lexeme::Quoted(_) | Lexeme::Sign("]"))
        });
        let (kind, end) = token(source, at, first, joined)?;
        tokens.push(Token { kind, span: Span { start: at, end } });
        at = end;
    }
    tokens.push(Token { kind: Lexeme::End, span: Span { start: source.len(), end: source.len() } });
    Ok(tokens)
}

/// Reads the token at an offset.
fn token(source: &str, at: usize, first: char, joined: bool) -> Result<(Lexeme, usize), Problem> {
    let rest = source.get(at..).unwrap_or_default();
    if is_name_start(first) {
        let len = rest.find(|c: char| !is_name_part(c)).unwrap_or(rest.len());
        return Ok((Lexeme::Name(rest.get(..len).unwrap_or_default().to_string()), at + len));
    }
    let fraction = rest.strip_prefix('.').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    if first.is_ascii_digit() || (fraction && !joined) {
        return number(source, at);
    }
    match first {
        '"' | '\'' => Ok((Lexeme::String, string_end(source, at, first)?)),
        '`' => backticks(source, at),
        _ => match SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            Some(sign) => Ok((Lexeme::Sign(sign), at + sign.len())),
            None => Err(problem(
                source,
                Span { start: at, end: at + first.len_utf8() },
                format!("unexpected '{first}' in the expression"),
            )
            .hint("odd column names are written col(\"…\")")),
        },
    }
}

fn is_name_start(character: char) -> bool {
    character.is_alphabetic() || character == '_' || character == '@' || character == '$'
}

fn is_name_part(character: char) -> bool {
    character.is_alphanumeric() || character == '_' || character == '@' || character == '$'
}

/// Reads a number literal.
fn number(source: &str, at: usize) -> Result<(Lexeme, usize), Problem> {
    let rest = source.get(at..).unwrap_or_default();
    let bytes = rest.as_bytes();
    let mut len = 0;
    while let Some(byte) = bytes.get(len) {
        let exponent_sign = matches!(byte, b'+' | b'-')
            && matches!(bytes.get(len.wrapping_sub(1)), Some(b'e' | b'E'))
            && bytes.get(len + 1).is_some_and(u8::is_ascii_digit);
        if byte.is_ascii_alphanumeric() || *byte == b'.' || *byte == b'_' || exponent_sign {
            len += 1;
        } else {
            break;
        }
    }
    let text = rest.get(..len).unwrap_or_default();
    match Number::parse(text.as_bytes()) {
        Some(number) => Ok((Lexeme::Number(number), at + len)),
        None => Err(problem(source, Span { start: at, end: at + len }, format!("'{text}' is not a number"))
            .hint("quote it if it is text, or write col(\"…\") if it is a column")),
    }
}

/// Finds the end of a string: the same quote, not after a backslash.
fn string_end(source: &str, at: usize, quote: char) -> Result<usize, Problem> {
    let mut escaped = false;
    for (offset, character) in source.get(at + 1..).unwrap_or_default().char_indices() {
        if escaped {
            escaped = false;
        } else if character == '\\' {
            escaped = true;
        } else if character == quote {
            return Ok(at + 1 + offset + 1);
        }
    }
    Err(problem(source, Span { start: at, end: source.len() }, "this string has no closing quote"))
}

/// Reads a name in backticks; a doubled backtick is one.
fn backticks(source: &str, at: usize) -> Result<(Lexeme, usize), Problem> {
    let mut name = String::new();
    let mut rest = source.get(at + 1..).unwrap_or_default().char_indices().peekable();
    while let Some((offset, character)) = rest.next() {
        if character != '`' {
            name.push(character);
        } else if rest.peek().is_some_and(|(_, next)| *next == '`') {
            name.push('`');
            rest.next();
        } else {
            return Ok((Lexeme::Quoted(name), at + 1 + offset + 1));
        }
    }
    Err(problem(source, Span { start: at, end: source.len() }, "this name has no closing backtick"))
}

/// The text of a string token, escapes resolved.
pub(super) fn cook(source: &str, span: Span) -> Result<String, Problem> {
    let inside = raw(source, span);
    let mut text = String::with_capacity(inside.len());
    let mut rest = inside.char_indices();
    while let Some((offset, character)) = rest.next() {
        if character != '\\' {
            text.push(character);
            continue;
        }
        let start = span.start + 1 + offset;
        let Some((_, escape)) = rest.next() else { break };
        match escape {
            'n' => text.push('\n'),
            't' => text.push('\t'),
            'r' => text.push('\r'),
            '\\' | '"' | '\'' => text.push(escape),
            'u' => {
                let after = inside.get(offset + 2..).unwrap_or_default();
                let code = after.strip_prefix('{').and_then(|after| after.split_once('}')).map(|(code, _)| code);
                let decoded = code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32);
                let (Some(code), Some(decoded)) = (code, decoded) else {
                    return Err(problem(source, Span { start, end: start + 2 }, "a \\u escape is written \\u{1F600}"));
                };
                text.push(decoded);
                rest.nth(code.chars().count() + 1);
            }
            other => {
                let span = Span { start, end: start + 1 + other.len_utf8() };
                return Err(problem(source, span, format!("unknown escape '\\{other}'"))
                    .hint(format!("write '\\\\{other}' for a backslash")));
            }
        }
    }
    Ok(text)
}

/// The text of a string token as a regex has it: backslashes stay.
pub(super) fn raw(source: &str, span: Span) -> &str {
    source.get(span.start + 1..span.end.saturating_sub(1)).unwrap_or_default()
}
