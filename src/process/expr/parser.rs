//! Reads expressions and lists of them by recursive descent.
//!
//! From loose to tight: `or` < `and` < `not` < comparisons, `in`, `between`, `=~`, `is` < `??` < `++` < `+ -` <
//! `* / // %` < unary `-` < paths and calls.

use std::sync::Arc;

use super::ast::{Arithmetic, Column, Comparison, Expr, Kind, Parsed, Span, problem};
use super::function;
use super::lexer::{Lexeme, Token, cook, raw, tokens};
use crate::core::error::Problem;

/// One item of a list: `name = expr`, or just `expr`.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    /// The name in front of `=`.
    pub(crate) name: Option<String>,
    /// The expression.
    pub(crate) value: Parsed,
}

impl Item {
    /// The name of the result.
    pub(crate) fn result_name(&self) -> String {
        self.name.clone().unwrap_or_else(|| super::ast::default_name(&self.value))
    }
}

/// Deepest nesting of an expression, so that no input overflows the stack.
const DEPTH: usize = 200;

/// Reads one expression.
pub(crate) fn parse(source: &str) -> Result<Parsed, Problem> {
    let mut parser = Parser::new(source)?;
    let expr = parser.expression()?;
    parser.end("the end of the expression")?;
    Ok(Parsed { source: parser.source, expr })
}

/// Reads a list of expressions between commas, each maybe with a name: `n = count, total = sum(ms)`.
pub(crate) fn parse_list(source: &str) -> Result<Vec<Item>, Problem> {
    let mut parser = Parser::new(source)?;
    let mut items = Vec::new();
    loop {
        let name = parser.item_name()?;
        let expr = parser.expression()?;
        items.push(Item { name, value: Parsed { source: parser.source.clone(), expr } });
        if !parser.take(",") {
            break;
        }
    }
    parser.end("a comma or the end")?;
    Ok(items)
}

struct Parser {
    source: Arc<str>,
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

type Parse<T = Expr> = Result<T, Problem>;

impl Parser {
    fn new(source: &str) -> Parse<Self> {
        Ok(Self { source: source.into(), tokens: tokens(source)?, at: 0, depth: 0 })
    }

    fn kind(&self) -> &Lexeme {
        self.ahead(0)
    }

    fn ahead(&self, by: usize) -> &Lexeme {
        self.tokens.get(self.at + by).map_or(&Lexeme::End, |token| &token.kind)
    }

    fn span(&self) -> Span {
        let end = self.source.len();
        self.tokens.get(self.at).map_or(Span { start: end, end }, |token| token.span)
    }

    fn last(&self) -> Span {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(Span::default(), |token| token.span)
    }

    fn at_sign(&self, sign: &str) -> bool {
        matches!(self.kind(), Lexeme::Sign(found) if *found == sign)
    }

    fn at_word(&self, word: &str) -> bool {
        matches!(self.kind(), Lexeme::Name(found) if found == word)
    }

    fn take(&mut self, sign: &str) -> bool {
        let found = self.at_sign(sign);
        self.at += usize::from(found);
        found
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = self.at_word(word);
        self.at += usize::from(found);
        found
    }

    fn problem(&self, span: Span, message: impl Into<String>) -> Problem {
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

    fn expect(&mut self, sign: &str, after: &str) -> Parse<()> {
        if self.take(sign) {
            return Ok(());
        }
        Err(self.unexpected(&format!("'{sign}' after {after}")))
    }

    /// An error about the token here, with what is known about its like.
    fn unexpected(&self, wanted: &str) -> Problem {
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

    fn end(&self, wanted: &str) -> Parse<()> {
        match self.kind() {
            Lexeme::End => Ok(()),
            Lexeme::Sign(")") => Err(self.problem(self.span(), "this ')' closes nothing")),
            _ => Err(self.unexpected(&format!("an operator or {wanted}"))),
        }
    }

    /// The name in front of a single `=`: bare, a path, quoted, or `*`.
    fn item_name(&mut self) -> Parse<Option<String>> {
        let start = self.at;
        let name = match self.kind().clone() {
            Lexeme::Sign("*") => {
                self.at += 1;
                Some("*".to_string())
            }
            Lexeme::String => {
                let span = self.span();
                self.at += 1;
                Some(cook(&self.source, span)?)
            }
            Lexeme::Name(name) if name == "col" && *self.ahead(1) == Lexeme::Sign("(") => match self.primary()?.kind {
                Kind::Column(column) => Some(column.name),
                _ => None,
            },
            Lexeme::Name(_) | Lexeme::Quoted(_) => match self.column()?.kind {
                Kind::Column(column) => Some(column.name),
                _ => None,
            },
            _ => None,
        };
        if name.is_some() && self.take("=") {
            return Ok(name);
        }
        self.at = start;
        Ok(None)
    }

    fn expression(&mut self) -> Parse {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(self.problem(self.span(), "the expression is nested too deeply"));
        }
        let result = self.or();
        self.depth -= 1;
        result
    }

    fn or(&mut self) -> Parse {
        let mut left = self.and()?;
        while self.take_word("or") || self.take("||") {
            let right = self.and()?;
            left = join(left, right, Kind::Or);
        }
        Ok(left)
    }

    fn and(&mut self) -> Parse {
        let mut left = self.not()?;
        while self.take_word("and") || self.take("&&") {
            let right = self.not()?;
            left = join(left, right, Kind::And);
        }
        Ok(left)
    }

    fn not(&mut self) -> Parse {
        let start = self.span();
        if self.take_word("not") || self.take("!") {
            self.depth += 1;
            if self.depth > DEPTH {
                return Err(self.problem(start, "the expression is nested too deeply"));
            }
            let inner = self.not()?;
            self.depth -= 1;
            let span = start.to(inner.span);
            return Ok(Expr { kind: Kind::Not(Box::new(inner)), span });
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Parse {
        let left = self.coalesce()?;
        let before = self.at;
        let compared = self.compared(left)?;
        if self.at != before && (comparison(self.kind()).is_some() || self.at_sign("=~") || self.at_sign("!~")) {
            return Err(self
                .problem(self.span(), "comparisons do not chain")
                .hint("join them with 'and', or write 'x between a and b'"));
        }
        Ok(compared)
    }

    /// A value with the comparison that follows it, if one does.
    fn compared(&mut self, left: Expr) -> Parse {
        let start = left.span;
        let subject = Box::new(left);
        if let Some(operator) = comparison(self.kind()) {
            self.at += 1;
            let right = self.coalesce()?;
            return Ok(join(*subject, right, |l, r| Kind::Compare(operator, l, r)));
        }
        if self.at_sign("=~") || self.at_sign("!~") {
            let negated = self.at_sign("!~");
            self.at += 1;
            let pattern = self.pattern()?;
            return Ok(join(*subject, pattern, |subject, pattern| Kind::Match { subject, pattern, negated }));
        }
        let kind = if self.take_word("is") {
            let negated = self.take_word("not");
            if !self.take_word("null") {
                return Err(self.unexpected("'null' after 'is'").hint("write 'is null', 'is not null' or '=='"));
            }
            Kind::IsNull { subject, negated }
        } else {
            let negated =
                self.at_word("not") && matches!(self.ahead(1), Lexeme::Name(next) if next == "in" || next == "between");
            self.at += usize::from(negated);
            if self.take_word("in") {
                Kind::In { subject, items: self.items()?, negated }
            } else if self.take_word("between") {
                let low = Box::new(self.coalesce()?);
                if !self.take_word("and") {
                    return Err(self.unexpected("'and' in 'between a and b'"));
                }
                Kind::Between { subject, low, high: Box::new(self.coalesce()?), negated }
            } else {
                return Ok(*subject);
            }
        };
        Ok(Expr { kind, span: start.to(self.last()) })
    }

    /// The right side of `=~`: a string there is raw.
    fn pattern(&mut self) -> Parse {
        let span = self.span();
        if *self.kind() == Lexeme::String {
            self.at += 1;
            return Ok(Expr { kind: Kind::Text(raw(&self.source, span).to_string()), span });
        }
        if self.at_sign("/") {
            return Err(self.problem(span, "a regex is written as a string").hint("write x =~ 'regex'"));
        }
        self.coalesce()
    }

    /// The list after `in`.
    fn items(&mut self) -> Parse<Vec<Expr>> {
        let close = if self.take("(") {
            ")"
        } else if self.take("[") {
            "]"
        } else {
            return Err(self.unexpected("a list after 'in'").hint("write x in ('a', 'b')"));
        };
        self.arguments(close, |_| false)
    }

    /// Expressions between commas up to a closing sign. `is_raw` says which are regexes.
    fn arguments(&mut self, close: &str, is_raw: impl Fn(usize) -> bool) -> Parse<Vec<Expr>> {
        let open = self.last();
        let mut items = Vec::new();
        while !self.take(close) {
            if *self.kind() == Lexeme::End {
                return Err(self.problem(open, format!("this bracket has no closing '{close}'")));
            }
            if !items.is_empty() && !self.take(",") {
                return Err(self.unexpected(&format!("',' or '{close}'")));
            }
            let raw = is_raw(items.len()) && *self.kind() == Lexeme::String;
            items.push(if raw { self.pattern()? } else { self.expression()? });
        }
        Ok(items)
    }

    fn coalesce(&mut self) -> Parse {
        let mut left = self.concat()?;
        while self.take("??") {
            let right = self.concat()?;
            left = join(left, right, Kind::Coalesce);
        }
        Ok(left)
    }

    fn concat(&mut self) -> Parse {
        let mut left = self.sum()?;
        while self.take("++") {
            let right = self.sum()?;
            left = join(left, right, Kind::Concat);
        }
        Ok(left)
    }

    fn sum(&mut self) -> Parse {
        let mut left = self.product()?;
        loop {
            let operator = match self.kind() {
                Lexeme::Sign("+") => Arithmetic::Add,
                Lexeme::Sign("-") => Arithmetic::Subtract,
                _ => return Ok(left),
            };
            self.at += 1;
            let right = self.product()?;
            left = join(left, right, |l, r| Kind::Arithmetic(operator, l, r));
        }
    }

    fn product(&mut self) -> Parse {
        let mut left = self.unary()?;
        loop {
            let operator = match self.kind() {
                Lexeme::Sign("*") => Arithmetic::Multiply,
                Lexeme::Sign("/") => Arithmetic::Divide,
                Lexeme::Sign("//") => Arithmetic::FloorDivide,
                Lexeme::Sign("%") => Arithmetic::Remainder,
                _ => return Ok(left),
            };
            self.at += 1;
            let right = self.unary()?;
            left = join(left, right, |l, r| Kind::Arithmetic(operator, l, r));
        }
    }

    fn unary(&mut self) -> Parse {
        let start = self.span();
        let (minus, plus) = (self.at_sign("-"), self.at_sign("+"));
        if minus || plus {
            self.at += 1;
            self.depth += 1;
            if self.depth > DEPTH {
                return Err(self.problem(start, "the expression is nested too deeply"));
            }
            let inner = self.unary()?;
            self.depth -= 1;
            let span = start.to(inner.span);
            return Ok(match inner.kind {
                kind if plus => Expr { kind, span },
                Kind::Number(number) => Expr { kind: Kind::Number(number.negate()), span },
                kind => Expr { kind: Kind::Negate(Box::new(Expr { kind, span: inner.span })), span },
            });
        }
        if self.at_sign("!") || self.at_word("not") {
            return self.not();
        }
        self.primary()
    }

    fn primary(&mut self) -> Parse {
        let span = self.span();
        match self.kind().clone() {
            Lexeme::Number(number) => {
                self.at += 1;
                Ok(Expr { kind: Kind::Number(number), span })
            }
            Lexeme::String => {
                self.at += 1;
                Ok(Expr { kind: Kind::Text(cook(&self.source, span)?), span })
            }
            Lexeme::Sign("(") => {
                self.at += 1;
                let inner = self.expression()?;
                if *self.kind() == Lexeme::End {
                    return Err(self.problem(span, "this bracket has no closing ')'"));
                }
                self.expect(")", "the expression in brackets")?;
                Ok(Expr { kind: inner.kind, span: span.to(self.last()) })
            }
            Lexeme::Quoted(_) => self.column(),
            Lexeme::Name(name) => self.named(&name, span),
            _ => Err(self.unexpected("a value")),
        }
    }

    /// A literal, a call or a column.
    fn named(&mut self, name: &str, span: Span) -> Parse {
        let literal = match name {
            "null" => Some(Kind::Null),
            "true" => Some(Kind::Bool(true)),
            "false" => Some(Kind::Bool(false)),
            _ => None,
        };
        if let Some(kind) = literal {
            self.at += 1;
            return Ok(Expr { kind, span });
        }
        if is_keyword(name) {
            return Err(self.unexpected("a value").hint(format!("a column of that name is written col(\"{name}\")")));
        }
        if *self.ahead(1) == Lexeme::Sign("(") {
            self.at += 2;
            return self.call(name, span);
        }
        self.column()
    }

    fn call(&mut self, name: &str, at: Span) -> Parse {
        let args = self.arguments(")", |argument| function::takes_regex(name, argument))?;
        let span = at.to(self.last());
        if name != "col" {
            return Ok(Expr { kind: Kind::Call { name: name.to_string(), at, args }, span });
        }
        match args.as_slice() {
            [Expr { kind: Kind::Text(name), .. }] => {
                let column = Column { name: name.clone(), exact: true };
                self.path(column, span)
            }
            [Expr { kind: Kind::Number(number), .. }] => {
                match number.to_integer().and_then(|number| usize::try_from(number).ok()) {
                    Some(position) if position > 0 => Ok(Expr { kind: Kind::Position(position), span }),
                    _ => Err(self.problem(span, "positions of columns are 1, 2, 3, …")),
                }
            }
            _ => Err(self
                .problem(span, "col takes the name or the position of a column")
                .hint("col(\"odd name\"), col(3)")),
        }
    }

    /// A column that starts with a bare or quoted name.
    fn column(&mut self) -> Parse {
        let span = self.span();
        let (name, exact) = match self.kind().clone() {
            Lexeme::Name(name) => (name, false),
            Lexeme::Quoted(name) => (name, true),
            _ => return Err(self.unexpected("a column")),
        };
        self.at += 1;
        self.path(Column { name, exact }, span)
    }

    /// The `.b[0]["k"]` after a name. Its parts join without blanks, as data paths are written.
    fn path(&mut self, mut column: Column, start: Span) -> Parse {
        let mut span = start;
        while self.span().start == span.end {
            let (part, tokens) = match (self.kind(), self.ahead(1), self.ahead(2)) {
                (Lexeme::Sign("."), Lexeme::Name(name), _) => (format!(".{name}"), 2),
                (Lexeme::Sign("."), Lexeme::Quoted(name), _) => (format!("[\"{name}\"]"), 2),
                (Lexeme::Sign("["), Lexeme::Number(index), Lexeme::Sign("]")) => match index.to_integer() {
                    Some(index) => (format!("[{index}]"), 3),
                    None => break,
                },
                (Lexeme::Sign("["), Lexeme::Sign("-"), Lexeme::Number(index)) => match index.to_integer() {
                    Some(index) if *self.ahead(3) == Lexeme::Sign("]") => (format!("[-{index}]"), 4),
                    _ => break,
                },
                (Lexeme::Sign("["), Lexeme::String, Lexeme::Sign("]")) => {
                    let inside = self.tokens.get(self.at + 1).map_or(Span::default(), |token| token.span);
                    (format!("[\"{}\"]", cook(&self.source, inside)?), 3)
                }
                _ => break,
            };
            if column.exact {
                column = Column { name: as_path(&column.name), exact: false };
            }
            column.name.push_str(&part);
            self.at += tokens;
            span = span.to(self.last());
        }
        if self.at_sign("[") && self.span().start == span.end {
            return Err(self.problem(self.span(), "an index is a number or a quoted name").hint("a[0], a[\"key\"]"));
        }
        Ok(Expr { kind: Kind::Column(column), span })
    }
}

/// A quoted name as the head of a path.
fn as_path(name: &str) -> String {
    if name.contains(['.', '[']) { format!("[\"{name}\"]") } else { name.to_string() }
}

fn join(left: Expr, right: Expr, kind: impl FnOnce(Box<Expr>, Box<Expr>) -> Kind) -> Expr {
    let span = left.span.to(right.span);
    Expr { kind: kind(Box::new(left), Box::new(right)), span }
}

fn comparison(token: &Lexeme) -> Option<Comparison> {
    match token {
        Lexeme::Sign("==") => Some(Comparison::Equal),
        Lexeme::Sign("!=") => Some(Comparison::NotEqual),
        Lexeme::Sign("<") => Some(Comparison::Less),
        Lexeme::Sign("<=") => Some(Comparison::LessEqual),
        Lexeme::Sign(">") => Some(Comparison::Greater),
        Lexeme::Sign(">=") => Some(Comparison::GreaterEqual),
        _ => None,
    }
}

fn is_keyword(name: &str) -> bool {
    matches!(name, "and" | "or" | "not" | "in" | "between" | "is")
}
