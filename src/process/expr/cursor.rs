//! The place an expression's parser has come to: looks at tokens, takes them, and words the errors about them.

use std::sync::Arc;

use super::ast::{Span, problem};
use super::lexer::{Lexeme, Token, tokens};
use crate::core::error::Problem;

/// The tokens of an expression and the place the parser has come to.
pub(super) struct Cursor {
    pub(super) source: Arc<str>,
    tokens: Vec<Token>,
    /// Number of the token here.
    pub(super) at: usize,
}

impl Cursor {
    /// At the start of a text.
    pub(super) fn new(source: &str) -> Result<Self, Problem> {
        Ok(Self { source: source.into(), tokens: tokens(source)?, at: 0 })
    }

    /// The token here.
    pub(super) fn kind(&self) -> &Lexeme {
        self.ahead(0)
    }

    /// The token some places on.
    pub(super) fn ahead(&self, by: usize) -> &Lexeme {
        self.tokens.get(self.at + by).map_or(&Lexeme::End, |token| &token.kind)
    }

    /// Where the token here stands.
    pub(super) fn span(&self) -> Span {
        let end = self.source.len();
        self.tokens.get(self.at).map_or(Span { start: end, end }, |token| token.span)
    }

    /// Where the token some places on stands.
    pub(super) fn span_ahead(&self, by: usize) -> Span {
        self.tokens.get(self.at + by).map_or(Span::default(), |token| token.span)
    }

    /// Where the token before it stands.
    pub(super) fn last(&self) -> Span {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(Span::default(), |token| token.span)
    }

    /// Whether this sign is here.
    pub(super) fn at_sign(&self, sign: &str) -> bool {
        matches!(self.kind(), Lexeme::Sign(found) if *found == sign)
    }

    /// Whether this word is here.
    pub(super) fn at_word(&self, word: &str) -> bool {
        matches!(self.kind(), Lexeme::Name(found) if found == word)
    }

    /// Passes this sign if it is here; whether it was.
    pub(super) fn take(&mut self, sign: &str) -> bool {
        let found = self.at_sign(sign);
        self.at += usize::from(found);
        found
    }

    /// Passes this word if it is here; whether it was.
    pub(super) fn take_word(&mut self, word: &str) -> bool {
        let found = self.at_word(word);
        self.at += usize::from(found);
        found
    }

    /// An error about a stretch of the text.
    pub(super) fn problem(&self, span: Span, message: impl Into<String>) -> Problem {
        problem(&self.source, span, message)
    }

    /// The token here as an error shows it.
    fn shown(&self) -> String {
        let span = self.span();
        match self.source.get(span.start..span.end) {
            Some("") | None => "the end".to_string(),
            Some(text) => format!("'{text}'"),
        }
    }

    /// Passes this sign, which must be here.
    pub(super) fn expect(&mut self, sign: &str, after: &str) -> Result<(), Problem> {
        if self.take(sign) {
            return Ok(());
        }
        Err(self.unexpected(&format!("'{sign}' after {after}")))
    }

    /// An error about the token here, with what is known about its like.
    pub(super) fn unexpected(&self, wanted: &str) -> Problem {
        let span = self.span();
        let here = self.shown();
        let found = |message: &str, hint: &str| self.problem(span, message).hint(hint);
        match self.kind() {
            Lexeme::Sign("=") => found("'=' does not compare", "write '=='"),
            Lexeme::Sign("<>") => found("there is no '<>'", "write '!='"),
            Lexeme::Sign("**") => found("there is no '**'", "multiply with '*'"),
            Lexeme::Sign("&") => found("there is no '&'", "write 'and'"),
            Lexeme::Sign("|") => found("there is no '|'", "write 'or'"),
            Lexeme::Name(name) if name.eq_ignore_ascii_case("like") || name.eq_ignore_ascii_case("ilike") => {
                found(&format!("there is no '{name}'"), "use contains(x, 'text') or x =~ 'regex'")
            }
            Lexeme::Name(name) if is_keyword(&name.to_lowercase()) && !is_keyword(name) => {
                found(&format!("unexpected {here}"), &format!("write '{}'", name.to_lowercase()))
            }
            _ => self.problem(span, format!("expected {wanted}, found {here}")),
        }
    }

    /// Makes sure that nothing is left.
    pub(super) fn end(&self, wanted: &str) -> Result<(), Problem> {
        match self.kind() {
            Lexeme::End => Ok(()),
            Lexeme::Sign(")") => Err(self.problem(self.span(), "this ')' closes nothing")),
            _ => Err(self.unexpected(&format!("an operator or {wanted}"))),
        }
    }
}

/// Whether a word belongs to the language, so that a column of that name must be written otherwise.
pub(super) fn is_keyword(name: &str) -> bool {
    matches!(name, "and" | "or" | "not" | "in" | "between" | "is")
}
