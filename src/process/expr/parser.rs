//! Reads expressions and lists of them by recursive descent.
//!
//! From loose to tight: `or` < `and` < `not` < comparisons, `in`, `between`, `=~`, `is` < `??` < `++` < `+ -` <
//! `* / // %` < unary `-` < paths and calls.

use super::ast::{Arithmetic, Column, Comparison, Expr, Kind, Parsed, Span, balanced};
use super::column::{column, path};
use super::cursor::{Cursor, is_keyword};
use super::function;
use super::lexer::{Lexeme, cook, raw};
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
const DEPTH: usize = 100;

/// Most operators of an expression that lean to the left, each one level deeper than the one before, for the same reason.
const LINKS: usize = 500;

/// Reads one expression.
pub(crate) fn parse(source: &str) -> Result<Parsed, Problem> {
    let mut parser = Parser::new(source)?;
    let expr = parser.expression()?;
    parser.cursor.end("the end of the expression")?;
    Ok(Parsed { source: parser.cursor.source, expr })
}

/// Reads a list of expressions between commas, each maybe with a name: `n = count, total = sum(ms)`.
pub(crate) fn parse_list(source: &str) -> Result<Vec<Item>, Problem> {
    let mut parser = Parser::new(source)?;
    let mut items = Vec::new();
    loop {
        parser.links = 0;
        let name = parser.item_name()?;
        let expr = parser.expression()?;
        items.push(Item { name, value: Parsed { source: parser.cursor.source.clone(), expr } });
        if !parser.cursor.take(",") {
            break;
        }
    }
    parser.cursor.end("a comma or the end")?;
    Ok(items)
}

struct Parser {
    cursor: Cursor,
    depth: usize,
    links: usize,
}

type Parse<T = Expr> = Result<T, Problem>;

impl Parser {
    fn new(source: &str) -> Parse<Self> {
        Ok(Self { cursor: Cursor::new(source)?, depth: 0, links: 0 })
    }

    /// The name in front of a single `=`: bare, a path, quoted, or `*`.
    fn item_name(&mut self) -> Parse<Option<String>> {
        let start = self.cursor.at;
        if let Some(glob) = self.glob() {
            return Ok(Some(glob));
        }
        let name = match self.cursor.kind().clone() {
            Lexeme::String => {
                let span = self.cursor.span();
                self.cursor.at += 1;
                Some(cook(&self.cursor.source, span)?)
            }
            Lexeme::Name(name) if name == "col" && *self.cursor.ahead(1) == Lexeme::Sign("(") => {
                match self.primary()?.kind {
                    Kind::Column(column) => Some(column.name),
                    _ => None,
                }
            }
            Lexeme::Name(_) | Lexeme::Quoted(_) => match column(&mut self.cursor)?.kind {
                Kind::Column(column) => Some(column.name),
                _ => None,
            },
            _ => None,
        };
        if name.is_some() && self.cursor.take("=") {
            return Ok(name);
        }
        self.cursor.at = start;
        Ok(None)
    }

    /// A name with `*` in it and the `=` after it: `*`, `price_*`.
    fn glob(&mut self) -> Option<String> {
        let start = self.cursor.at;
        let mut glob = String::new();
        let mut end = None;
        loop {
            let piece = match self.cursor.kind() {
                Lexeme::Sign("*") => "*",
                Lexeme::Name(name) => name.as_str(),
                _ => break,
            };
            if end.is_some_and(|end| end != self.cursor.span().start) {
                break;
            }
            glob.push_str(piece);
            end = Some(self.cursor.span().end);
            self.cursor.at += 1;
        }
        if glob.contains('*') && self.cursor.take("=") {
            return Some(glob);
        }
        self.cursor.at = start;
        None
    }

    fn expression(&mut self) -> Parse {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(self.cursor.problem(self.cursor.span(), "the expression is nested too deeply"));
        }
        let result = self.or();
        self.depth -= 1;
        result
    }

    fn or(&mut self) -> Parse {
        let first = self.and()?;
        let mut rest = Vec::new();
        while self.cursor.take_word("or") || self.cursor.take("||") {
            rest.push(self.and()?);
        }
        Ok(balanced(first, rest, |left, right| join(left, right, Kind::Or)))
    }

    fn and(&mut self) -> Parse {
        let first = self.not()?;
        let mut rest = Vec::new();
        while self.cursor.take_word("and") || self.cursor.take("&&") {
            rest.push(self.not()?);
        }
        Ok(balanced(first, rest, |left, right| join(left, right, Kind::And)))
    }

    fn not(&mut self) -> Parse {
        let start = self.cursor.span();
        if self.cursor.take_word("not") || self.cursor.take("!") {
            self.depth += 1;
            if self.depth > DEPTH {
                return Err(self.cursor.problem(start, "the expression is nested too deeply"));
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
        let before = self.cursor.at;
        let compared = self.compared(left)?;
        if self.cursor.at != before
            && (comparison(self.cursor.kind()).is_some() || self.cursor.at_sign("=~") || self.cursor.at_sign("!~"))
        {
            return Err(self
                .cursor
                .problem(self.cursor.span(), "comparisons do not chain")
                .hint("join them with 'and', or write 'x between a and b'"));
        }
        Ok(compared)
    }

    /// A value with the comparison that follows it, if one does.
    fn compared(&mut self, left: Expr) -> Parse {
        let start = left.span;
        let subject = Box::new(left);
        if let Some(operator) = comparison(self.cursor.kind()) {
            self.cursor.at += 1;
            let right = self.coalesce()?;
            return Ok(join(*subject, right, |l, r| Kind::Compare(operator, l, r)));
        }
        if self.cursor.at_sign("=~") || self.cursor.at_sign("!~") {
            let negated = self.cursor.at_sign("!~");
            self.cursor.at += 1;
            let pattern = self.pattern()?;
            return Ok(join(*subject, pattern, |subject, pattern| Kind::Match { subject, pattern, negated }));
        }
        let kind = if self.cursor.take_word("is") {
            let negated = self.cursor.take_word("not");
            if !self.cursor.take_word("null") {
                return Err(self.cursor.unexpected("'null' after 'is'").hint("write 'is null', 'is not null' or '=='"));
            }
            Kind::IsNull { subject, negated }
        } else {
            let negated = self.cursor.at_word("not")
                && matches!(self.cursor.ahead(1), Lexeme::Name(next) if next == "in" || next == "between");
            self.cursor.at += usize::from(negated);
            if self.cursor.take_word("in") {
                Kind::In { subject, items: self.items()?, negated }
            } else if self.cursor.take_word("between") {
                let low = Box::new(self.coalesce()?);
                if !self.cursor.take_word("and") {
                    return Err(self.cursor.unexpected("'and' in 'between a and b'"));
                }
                Kind::Between { subject, low, high: Box::new(self.coalesce()?), negated }
            } else {
                return Ok(*subject);
            }
        };
        Ok(Expr { kind, span: start.to(self.cursor.last()) })
    }

    /// The right side of `=~`: a string there is raw.
    fn pattern(&mut self) -> Parse {
        let span = self.cursor.span();
        if *self.cursor.kind() == Lexeme::String {
            self.cursor.at += 1;
            return Ok(Expr { kind: Kind::Text(raw(&self.cursor.source, span).to_string()), span });
        }
        if self.cursor.at_sign("/") {
            return Err(self.cursor.problem(span, "a regex is written as a string").hint("write x =~ 'regex'"));
        }
        self.coalesce()
    }

    /// The list after `in`.
    fn items(&mut self) -> Parse<Vec<Expr>> {
        let close = if self.cursor.take("(") {
            ")"
        } else if self.cursor.take("[") {
            "]"
        } else {
            return Err(self.cursor.unexpected("a list after 'in'").hint("write x in ('a', 'b')"));
        };
        self.arguments(close, |_| false)
    }

    /// Expressions between commas up to a closing sign. `is_raw` says which are regexes.
    fn arguments(&mut self, close: &str, is_raw: impl Fn(usize) -> bool) -> Parse<Vec<Expr>> {
        let open = self.cursor.last();
        let mut items = Vec::new();
        while !self.cursor.take(close) {
            if *self.cursor.kind() == Lexeme::End {
                return Err(self.cursor.problem(open, format!("this bracket has no closing '{close}'")));
            }
            if !items.is_empty() && !self.cursor.take(",") {
                return Err(self.cursor.unexpected(&format!("',' or '{close}'")));
            }
            let raw = is_raw(items.len()) && *self.cursor.kind() == Lexeme::String;
            items.push(if raw { self.pattern()? } else { self.expression()? });
        }
        Ok(items)
    }

    fn coalesce(&mut self) -> Parse {
        let mut left = self.concat()?;
        while self.cursor.take("??") {
            self.link()?;
            let right = self.concat()?;
            left = join(left, right, Kind::Coalesce);
        }
        Ok(left)
    }

    fn concat(&mut self) -> Parse {
        let first = self.sum()?;
        let mut rest = Vec::new();
        while self.cursor.take("++") {
            rest.push(self.sum()?);
        }
        Ok(balanced(first, rest, |left, right| join(left, right, Kind::Concat)))
    }

    /// Counts an operator whose left side may be one like it: those are bound and computed level by level.
    fn link(&mut self) -> Parse<()> {
        self.links += 1;
        if self.links > LINKS {
            let most = format!("at most {LINKS} of + - * / // % ?? in one");
            return Err(self.cursor.problem(self.cursor.last(), "the expression is too long").hint(most));
        }
        Ok(())
    }

    fn sum(&mut self) -> Parse {
        let mut left = self.product()?;
        loop {
            let operator = match self.cursor.kind() {
                Lexeme::Sign("+") => Arithmetic::Add,
                Lexeme::Sign("-") => Arithmetic::Subtract,
                _ => return Ok(left),
            };
            self.cursor.at += 1;
            self.link()?;
            let right = self.product()?;
            left = join(left, right, |l, r| Kind::Arithmetic(operator, l, r));
        }
    }

    fn product(&mut self) -> Parse {
        let mut left = self.unary()?;
        loop {
            let operator = match self.cursor.kind() {
                Lexeme::Sign("*") => Arithmetic::Multiply,
                Lexeme::Sign("/") => Arithmetic::Divide,
                Lexeme::Sign("//") => Arithmetic::FloorDivide,
                Lexeme::Sign("%") => Arithmetic::Remainder,
                _ => return Ok(left),
            };
            self.cursor.at += 1;
            self.link()?;
            let right = self.unary()?;
            left = join(left, right, |l, r| Kind::Arithmetic(operator, l, r));
        }
    }

    fn unary(&mut self) -> Parse {
        let start = self.cursor.span();
        let (minus, plus) = (self.cursor.at_sign("-"), self.cursor.at_sign("+"));
        if minus || plus {
            self.cursor.at += 1;
            self.depth += 1;
            if self.depth > DEPTH {
                return Err(self.cursor.problem(start, "the expression is nested too deeply"));
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
        if self.cursor.at_sign("!") || self.cursor.at_word("not") {
            return self.not();
        }
        self.primary()
    }

    fn primary(&mut self) -> Parse {
        let span = self.cursor.span();
        match self.cursor.kind().clone() {
            Lexeme::Number(number) => {
                self.cursor.at += 1;
                Ok(Expr { kind: Kind::Number(number), span })
            }
            Lexeme::String => {
                self.cursor.at += 1;
                Ok(Expr { kind: Kind::Text(cook(&self.cursor.source, span)?), span })
            }
            Lexeme::Sign("(") => {
                self.cursor.at += 1;
                let inner = self.expression()?;
                if *self.cursor.kind() == Lexeme::End {
                    return Err(self.cursor.problem(span, "this bracket has no closing ')'"));
                }
                self.cursor.expect(")", "the expression in brackets")?;
                Ok(Expr { kind: inner.kind, span: span.to(self.cursor.last()) })
            }
            Lexeme::Quoted(_) => column(&mut self.cursor),
            Lexeme::Name(name) => self.named(&name, span),
            _ => Err(self.cursor.unexpected("a value")),
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
            self.cursor.at += 1;
            return Ok(Expr { kind, span });
        }
        if is_keyword(name) {
            return Err(self
                .cursor
                .unexpected("a value")
                .hint(format!("a column of that name is written col(\"{name}\")")));
        }
        if *self.cursor.ahead(1) == Lexeme::Sign("(") {
            self.cursor.at += 2;
            return self.call(name, span);
        }
        column(&mut self.cursor)
    }

    fn call(&mut self, name: &str, at: Span) -> Parse {
        let args = self.arguments(")", |argument| function::takes_regex(name, argument))?;
        let span = at.to(self.cursor.last());
        if name != "col" {
            return Ok(Expr { kind: Kind::Call { name: name.to_string(), at, args }, span });
        }
        match args.as_slice() {
            [Expr { kind: Kind::Text(name), .. }] => {
                let column = Column { name: name.clone(), exact: true };
                path(&mut self.cursor, column, span)
            }
            [Expr { kind: Kind::Number(number), .. }] => {
                match number.to_integer().and_then(|number| usize::try_from(number).ok()) {
                    Some(position) if position > 0 => Ok(Expr { kind: Kind::Position(position), span }),
                    _ => Err(self.cursor.problem(span, "positions of columns are 1, 2, 3, …")),
                }
            }
            _ => Err(self
                .cursor
                .problem(span, "col takes the name or the position of a column")
                .hint("col(\"odd name\"), col(3)")),
        }
    }
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
