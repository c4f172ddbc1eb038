//! Reads columns of expressions: a name, and the path into it.

use super::ast::{Column, Expr, Kind, Span};
use super::cursor::Cursor;
use super::lexer::{Lexeme, cook};
use crate::core::error::Problem;

/// Most parts of a path: more are nobody's data, and looking for them costs the square of their number.
const PARTS: usize = 1000;

/// A column that starts with a bare or quoted name.
pub(super) fn column(cursor: &mut Cursor) -> Result<Expr, Problem> {
    let span = cursor.span();
    let (name, exact) = match cursor.kind().clone() {
        Lexeme::Name(name) => (name, false),
        Lexeme::Quoted(name) => (name, true),
        _ => return Err(cursor.unexpected("a column")),
    };
    cursor.at += 1;
    path(cursor, Column { name, exact }, span)
}

/// The `.b[0]["k"]` after a name. Its parts join without blanks, as data paths are written.
pub(super) fn path(cursor: &mut Cursor, mut column: Column, start: Span) -> Result<Expr, Problem> {
    let mut span = start;
    let mut parts = 0;
    while cursor.span().start == span.end {
        let (part, tokens) = match (cursor.kind(), cursor.ahead(1), cursor.ahead(2)) {
            (Lexeme::Sign("."), Lexeme::Name(name), _) => (format!(".{name}"), 2),
            (Lexeme::Sign("."), Lexeme::Quoted(name), _) => (format!("[\"{name}\"]"), 2),
            (Lexeme::Sign("["), Lexeme::Number(index), Lexeme::Sign("]")) => match index.to_integer() {
                Some(index) => (format!("[{index}]"), 3),
                None => break,
            },
            (Lexeme::Sign("["), Lexeme::Sign("-"), Lexeme::Number(index)) => match index.to_integer() {
                Some(index) if *cursor.ahead(3) == Lexeme::Sign("]") => (format!("[-{index}]"), 4),
                _ => break,
            },
            (Lexeme::Sign("["), Lexeme::String, Lexeme::Sign("]")) => {
                let inside = cursor.span_ahead(1);
                (format!("[\"{}\"]", cook(&cursor.source, inside)?), 3)
            }
            _ => break,
        };
        if column.exact {
            column = Column { name: as_path(&column.name), exact: false };
        }
        column.name.push_str(&part);
        cursor.at += tokens;
        span = span.to(cursor.last());
        parts += 1;
        if parts > PARTS {
            return Err(cursor.problem(span, format!("a path has at most {PARTS} parts")));
        }
    }
    if cursor.at_sign("[") && cursor.span().start == span.end {
        return Err(cursor.problem(cursor.span(), "an index is a number or a quoted name").hint("a[0], a[\"key\"]"));
    }
    Ok(Expr { kind: Kind::Column(column), span })
}

/// A quoted name as the head of a path.
fn as_path(name: &str) -> String {
    if name.contains(['.', '[']) { format!("[\"{name}\"]") } else { name.to_string() }
}
