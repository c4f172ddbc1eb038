//! The tree of a parsed expression, with the place of each part in the text for carets.

use std::sync::Arc;

use crate::core::data::number::Number;
use crate::core::error::{Code, Problem};

/// Where a part stands in the text, in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Span {
    /// First byte.
    pub(crate) start: usize,
    /// One past the last byte.
    pub(crate) end: usize,
}

impl Span {
    /// From the start of this to the end of the other.
    pub(crate) fn to(self, other: Self) -> Self {
        Self { start: self.start, end: other.end }
    }
}

/// An expression and the text it was written in, which may hold more than this expression (a list).
#[derive(Debug, Clone)]
pub(crate) struct Parsed {
    /// The whole text that spans refer to.
    pub(crate) source: Arc<str>,
    /// The tree.
    pub(crate) expr: Expr,
}

impl Parsed {
    /// An error about a part of the text.
    pub(crate) fn problem(&self, span: Span, message: impl Into<String>) -> Problem {
        problem(&self.source, span, message)
    }

    /// The expression as written.
    pub(crate) fn text(&self) -> &str {
        self.source.get(self.expr.span.start..self.expr.span.end).unwrap_or_default()
    }

    /// The column, where the expression is nothing but one.
    pub(crate) fn column(&self) -> Option<&str> {
        match &self.expr.kind {
            Kind::Column(column) => Some(&column.name),
            _ => None,
        }
    }
}

/// An error about a part of an expression's text.
pub(super) fn problem(source: &str, span: Span, message: impl Into<String>) -> Problem {
    Problem::new(Code::Expression, message).caret(source, span.start, span.end)
}

/// A part of an expression.
#[derive(Debug, Clone)]
pub(crate) struct Expr {
    /// What it is.
    pub(crate) kind: Kind,
    /// Where it stands.
    pub(crate) span: Span,
}

/// A column as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    /// Its name, or the path into one.
    pub(crate) name: String,
    /// Whether the name is exact: written in quotes, so never a path.
    pub(crate) exact: bool,
}

/// What a part of an expression is.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number literal.
    Number(Number),
    /// A string literal.
    Text(String),
    /// A column by name or path.
    Column(Column),
    /// A column by position, from 1: `col(3)`.
    Position(usize),
    /// The result of an aggregate call, by number; made by the splitting of aggregates, never by the parser.
    Slot(usize),
    /// `-x`
    Negate(Box<Expr>),
    /// `not x`
    Not(Box<Expr>),
    /// `x + y` and the like.
    Arithmetic(Arithmetic, Box<Expr>, Box<Expr>),
    /// `x ++ y`
    Concat(Box<Expr>, Box<Expr>),
    /// `x ?? y`
    Coalesce(Box<Expr>, Box<Expr>),
    /// `x and y`
    And(Box<Expr>, Box<Expr>),
    /// `x or y`
    Or(Box<Expr>, Box<Expr>),
    /// `x == y` and the like.
    Compare(Comparison, Box<Expr>, Box<Expr>),
    /// `x =~ "regex"`, `x !~ "regex"`
    Match {
        /// The text.
        subject: Box<Expr>,
        /// The regex, a constant.
        pattern: Box<Expr>,
        /// `!~`
        negated: bool,
    },
    /// `x in (a, b)`, `x not in (a, b)`
    In {
        /// What is looked for.
        subject: Box<Expr>,
        /// Where.
        items: Vec<Expr>,
        /// `not in`
        negated: bool,
    },
    /// `x between a and b`, both included.
    Between {
        /// What is compared.
        subject: Box<Expr>,
        /// The least.
        low: Box<Expr>,
        /// The greatest.
        high: Box<Expr>,
        /// `not between`
        negated: bool,
    },
    /// `x is null`, `x is not null`
    IsNull {
        /// What is asked.
        subject: Box<Expr>,
        /// `is not null`
        negated: bool,
    },
    /// `f(x, y)`
    Call {
        /// The function as written.
        name: String,
        /// Where the name stands.
        at: Span,
        /// Its arguments.
        args: Vec<Expr>,
    },
}

/// Arithmetic operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arithmetic {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `//`
    FloorDivide,
    /// `%`
    Remainder,
}

/// Comparison operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
}

impl Expr {
    /// The parts right below this one.
    pub(crate) fn children(&self) -> Vec<&Expr> {
        match &self.kind {
            Kind::Null
            | Kind::Bool(_)
            | Kind::Number(_)
            | Kind::Text(_)
            | Kind::Column(_)
            | Kind::Position(_)
            | Kind::Slot(_) => Vec::new(),
            Kind::Negate(x) | Kind::Not(x) | Kind::IsNull { subject: x, .. } => vec![x],
            Kind::Arithmetic(_, x, y)
            | Kind::Concat(x, y)
            | Kind::Coalesce(x, y)
            | Kind::And(x, y)
            | Kind::Or(x, y)
            | Kind::Compare(_, x, y)
            | Kind::Match { subject: x, pattern: y, .. } => vec![x, y],
            Kind::In { subject, items, .. } => std::iter::once(&**subject).chain(items).collect(),
            Kind::Between { subject, low, high, .. } => vec![subject, low, high],
            Kind::Call { args, .. } => args.iter().collect(),
        }
    }

    /// The parts right below this one, to be changed.
    pub(crate) fn children_mut(&mut self) -> Vec<&mut Expr> {
        match &mut self.kind {
            Kind::Null
            | Kind::Bool(_)
            | Kind::Number(_)
            | Kind::Text(_)
            | Kind::Column(_)
            | Kind::Position(_)
            | Kind::Slot(_) => Vec::new(),
            Kind::Negate(x) | Kind::Not(x) | Kind::IsNull { subject: x, .. } => vec![x],
            Kind::Arithmetic(_, x, y)
            | Kind::Concat(x, y)
            | Kind::Coalesce(x, y)
            | Kind::And(x, y)
            | Kind::Or(x, y)
            | Kind::Compare(_, x, y)
            | Kind::Match { subject: x, pattern: y, .. } => vec![x, y],
            Kind::In { subject, items, .. } => std::iter::once(&mut **subject).chain(items).collect(),
            Kind::Between { subject, low, high, .. } => vec![subject, low, high],
            Kind::Call { args, .. } => args.iter_mut().collect(),
        }
    }

    /// Whether the part is written out: a number, a string, `true`, `false` or `null`.
    pub(crate) fn is_literal(&self) -> bool {
        matches!(self.kind, Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::Text(_))
    }
}

/// Joins parts pair by pair, in order, so that the tree is as low as it can be, however many there are.
pub(super) fn balanced<T>(first: T, rest: Vec<T>, join: impl Fn(T, T) -> T) -> T {
    let (mut first, mut rest) = (first, rest);
    while !rest.is_empty() {
        let mut parts = rest.into_iter();
        if let Some(second) = parts.next() {
            first = join(first, second);
        }
        let mut pairs = Vec::with_capacity(parts.len().div_ceil(2));
        while let Some(left) = parts.next() {
            pairs.push(match parts.next() {
                Some(right) => join(left, right),
                None => left,
            });
        }
        rest = pairs;
    }
    first
}

/// The columns an expression reads, as written, each once, in order. Positions are not among them.
pub(crate) fn columns(expr: &Expr) -> Vec<String> {
    let mut names = Vec::new();
    visit(expr, &mut |part| {
        if let Kind::Column(column) = &part.kind
            && !names.contains(&column.name)
        {
            names.push(column.name.clone());
        }
    });
    names
}

/// Calls `see` for the expression and each part of it, outer parts first.
pub(crate) fn visit<'a>(expr: &'a Expr, see: &mut impl FnMut(&'a Expr)) {
    see(expr);
    for child in expr.children() {
        visit(child, see);
    }
}

/// The same expression reading the column `to` where it read `from` (`_` in `* = trim(_)`).
pub(crate) fn replace_column(parsed: &Parsed, from: &str, to: &str) -> Parsed {
    fn replace(expr: &mut Expr, from: &str, to: &str) {
        if let Kind::Column(column) = &mut expr.kind
            && column.name == from
        {
            *column = Column { name: to.to_string(), exact: true };
        }
        for child in expr.children_mut() {
            replace(child, from, to);
        }
    }
    let mut parsed = parsed.clone();
    replace(&mut parsed.expr, from, to);
    parsed
}

/// The same expression as a number: what is none is null and counted.
pub(crate) fn as_number(parsed: &Parsed) -> Parsed {
    let span = parsed.expr.span;
    let zero = Expr { kind: Kind::Number(Number::ZERO), span };
    let kind = Kind::Arithmetic(Arithmetic::Add, Box::new(parsed.expr.clone()), Box::new(zero));
    Parsed { source: parsed.source.clone(), expr: Expr { kind, span } }
}

/// The name of a result that was given none: a column's own; else the words of the text joined with `_`, so that it
/// needs no quoting later: `sum(ms)` is `sum_ms`.
pub(crate) fn default_name(parsed: &Parsed) -> String {
    if let Kind::Column(column) = &parsed.expr.kind {
        return column.name.clone();
    }
    let mut name = String::new();
    for character in parsed.text().chars() {
        if character.is_alphanumeric() || character == '_' {
            name.push(character);
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    let name = name.trim_end_matches('_');
    if name.is_empty() {
        return "value".to_string();
    }
    if name.starts_with(|first: char| first.is_ascii_digit()) { format!("_{name}") } else { name.to_string() }
}
