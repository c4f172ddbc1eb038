//! Binds a parsed expression: looks functions up, gives every part a type, decides how comparisons compare, and
//! computes what is constant. What cannot make sense is an error here, with a caret, before anything is read.

use std::collections::HashMap;
use std::sync::Arc;

use regex::bytes::Regex;

use super::Env;
use super::ast::{Arithmetic, Column, Comparison, Expr, Kind, Parsed, Span as Place, balanced};
use super::eval::Run;
use super::function::{self, Arguments};
use super::node::{Mode, Node, Op, Source, Type};
use super::split::slot_name;
use super::tally::{Tally, Wanted};
use crate::core::data::batch::Batch;
use crate::core::data::number::Number;
use crate::core::data::time::{Span, Zone};
use crate::core::data::value::Value;
use crate::core::error::Problem;
use crate::core::integer::narrow;

/// The name of sources that are found by position; no column has it.
pub(super) const POSITION: &str = "\u{0}position";

/// What binding collects for a program.
pub(super) struct Binder<'a> {
    pub(super) parsed: &'a Parsed,
    pub(super) env: &'a Env,
    pub(super) aggregates: &'a [&'a str],
    pub(super) zone: Arc<Zone>,
    /// The columns it reads.
    pub(super) sources: Vec<Source>,
    /// Columns by position: index into `sources` and position from 0.
    pub(super) positions: Vec<(usize, usize)>,
    /// The texts of parts, for messages.
    pub(super) sites: Vec<String>,
    /// The index of each text among them.
    pub(super) site_of: HashMap<String, u32>,
    /// Whether row numbers are asked for.
    pub(super) counts_rows: bool,
}

type Bind = Result<Node, Problem>;

impl Binder<'_> {
    pub(super) fn problem(&self, span: Place, message: impl Into<String>) -> Problem {
        self.parsed.problem(span, message)
    }

    pub(super) fn text(&self, span: Place) -> &str {
        self.parsed.source.get(span.start..span.end).unwrap_or_default()
    }

    /// The index of a part's text among the sites.
    fn site(&mut self, span: Place) -> u32 {
        if let Some(site) = self.site_of.get(self.text(span)) {
            return *site;
        }
        let text = self.text(span).to_string();
        let site = narrow(self.sites.len());
        self.sites.push(text.clone());
        self.site_of.insert(text, site);
        site
    }

    /// Binds an expression and computes it at once where it is constant.
    pub(super) fn bind(&mut self, expr: &Expr) -> Bind {
        let site = self.site(expr.span);
        let (op, kind) = self.operation(expr)?;
        self.fold(Node { op, kind, site }, expr.span)
    }

    fn operation(&mut self, expr: &Expr) -> Result<(Op, Type), Problem> {
        let boolean = |op| Ok((op, Type::Bool));
        match &expr.kind {
            Kind::Null => Ok((Op::Constant(Value::Null), Type::Any)),
            Kind::Bool(value) => boolean(Op::Constant(Value::Bool(*value))),
            Kind::Number(number) => Ok((Op::Constant(Value::Number(*number)), Type::Number)),
            Kind::Text(text) => Ok((Op::Constant(Value::Text(text.clone().into_bytes().into())), Type::Text)),
            Kind::Column(column) => Ok((self.source(Source::new(column)), Type::Any)),
            Kind::Position(position) => Ok((self.position(*position), Type::Any)),
            Kind::Slot(slot) => {
                let column = Column { name: slot_name(*slot), exact: true };
                Ok((self.source(Source::new(&column)), Type::Any))
            }
            Kind::Negate(inner) => Ok((Op::Negate(Box::new(self.operand(inner)?)), Type::Number)),
            Kind::Arithmetic(operator, left, right) => self.arithmetic(*operator, left, right),
            Kind::Concat(left, right) => {
                Ok((Op::Concat(Box::new(self.bind(left)?), Box::new(self.bind(right)?)), Type::Text))
            }
            Kind::Coalesce(left, right) => {
                let nodes = vec![self.bind(left)?, self.bind(right)?];
                let kind = common_type(nodes.iter());
                Ok((Op::Coalesce(nodes), kind))
            }
            Kind::Not(inner) => boolean(Op::Not(Box::new(self.condition(inner)?))),
            Kind::And(left, right) => {
                boolean(Op::And(Box::new(self.condition(left)?), Box::new(self.condition(right)?)))
            }
            Kind::Or(left, right) => boolean(Op::Or(Box::new(self.condition(left)?), Box::new(self.condition(right)?))),
            Kind::Compare(operator, left, right) => boolean(self.compare(*operator, left, right, expr.span)?),
            Kind::Match { subject, pattern, negated } => boolean(self.matches(subject, pattern, *negated)?),
            Kind::In { subject, items, negated } => {
                let op = self.within(subject, items, expr.span)?;
                boolean(self.maybe_not(op, *negated, expr.span))
            }
            Kind::Between { subject, low, high, negated } => {
                let low = self.compare(Comparison::GreaterEqual, subject, low, expr.span)?;
                let high = self.compare(Comparison::LessEqual, subject, high, expr.span)?;
                let both = Op::And(self.condition_node(low, expr.span), self.condition_node(high, expr.span));
                boolean(self.maybe_not(both, *negated, expr.span))
            }
            Kind::IsNull { subject, negated } => {
                let op = Op::IsNull(Box::new(self.bind(subject)?));
                boolean(self.maybe_not(op, *negated, expr.span))
            }
            Kind::Call { name, at, args } => self.call(name, *at, args, expr.span),
        }
    }

    fn source(&mut self, source: Source) -> Op {
        let found = self.sources.iter().position(|old| old.name == source.name && old.paths == source.paths);
        Op::Column(found.unwrap_or_else(|| {
            self.sources.push(source);
            self.sources.len() - 1
        }))
    }

    fn position(&mut self, position: usize) -> Op {
        self.sources.push(Source { name: POSITION.to_string(), paths: Vec::new() });
        self.positions.push((self.sources.len() - 1, position - 1));
        Op::Column(self.sources.len() - 1)
    }

    #[expect(clippy::unnecessary_box_returns, reason = "operations hold their parts boxed")]
    fn condition_node(&mut self, op: Op, span: Place) -> Box<Node> {
        Box::new(Node { op, kind: Type::Bool, site: self.site(span) })
    }

    fn maybe_not(&mut self, op: Op, negated: bool, span: Place) -> Op {
        if negated { Op::Not(self.condition_node(op, span)) } else { op }
    }

    /// Binds what must be a condition.
    pub(super) fn condition(&mut self, expr: &Expr) -> Bind {
        let node = self.bind(expr)?;
        if node.kind == Type::Bool {
            return Ok(node);
        }
        let text = self.text(expr.span).to_string();
        let problem = self.problem(expr.span, format!("'{text}' is not a condition"));
        Err(match expr.kind {
            Kind::Column(_) => {
                problem.hint(format!("write '{text} == true', '{text} is not null' or another comparison"))
            }
            _ => problem.hint("compare it with something"),
        })
    }

    /// Binds an operand of arithmetic.
    fn operand(&mut self, expr: &Expr) -> Bind {
        let node = self.bind(expr)?;
        let text = self.text(expr.span);
        if node.kind == Type::Bool {
            return Err(self
                .problem(expr.span, format!("'{text}' is a condition, not a number"))
                .hint("use if(c, 1, 0)"));
        }
        if let Op::Constant(value) = &node.op
            && node.kind != Type::Time
            && !value.is_null()
            && value.to_number().is_none()
        {
            return Err(self.problem(expr.span, format!("{text} is not a number")).hint("join text with '++'"));
        }
        Ok(node)
    }

    /// A time and a span that is written out: `date(t) + '1mo'`.
    fn moved(&mut self, operator: Arithmetic, time: &Expr, span: &Expr) -> Result<Option<(Op, Type)>, Problem> {
        let Kind::Text(text) = &span.kind else { return Ok(None) };
        let span = match (operator, Span::parse(text)) {
            (Arithmetic::Add, Some(span)) => span,
            (Arithmetic::Subtract, Some(span)) => span.reversed(),
            _ => return Ok(None),
        };
        let node = self.bind(time)?;
        Ok((node.kind != Type::Number && node.kind != Type::Bool)
            .then(|| (Op::Later(Box::new(node), span), Type::Time)))
    }

    fn arithmetic(&mut self, operator: Arithmetic, left: &Expr, right: &Expr) -> Result<(Op, Type), Problem> {
        let moved = match (operator, self.moved(operator, left, right)?) {
            (Arithmetic::Add, None) => self.moved(operator, right, left)?,
            (_, moved) => moved,
        };
        if let Some(moved) = moved {
            return Ok(moved);
        }
        let (l, r) = (Box::new(self.operand(left)?), Box::new(self.operand(right)?));
        match (operator, l.kind, r.kind) {
            (_, Type::Time, _) | (_, _, Type::Time) => {}
            _ => return Ok((Op::Arithmetic(operator, l, r), Type::Number)),
        }
        match (operator, l.kind, r.kind) {
            (Arithmetic::Subtract, Type::Time, Type::Number) => {
                Ok((Op::Shift { time: l, seconds: r, back: true }, Type::Time))
            }
            (Arithmetic::Subtract, Type::Time | Type::Any | Type::Text, Type::Time | Type::Any | Type::Text) => {
                Ok((Op::Difference(l, r), Type::Number))
            }
            (Arithmetic::Add, Type::Time, Type::Number | Type::Any) => {
                Ok((Op::Shift { time: l, seconds: r, back: false }, Type::Time))
            }
            (Arithmetic::Add, Type::Number | Type::Any, Type::Time) => {
                Ok((Op::Shift { time: r, seconds: l, back: false }, Type::Time))
            }
            _ => Err(self
                .problem(left.span.to(right.span), "times are only subtracted, or moved by seconds")
                .hint("date(a) - date(b) is in seconds; date(a) + '1h' is an hour later, date(a) + '1mo' a month")),
        }
    }

    fn compare(&mut self, operator: Comparison, left: &Expr, right: &Expr, span: Place) -> Result<Op, Problem> {
        if left.is_literal() && right.is_literal() {
            let name = [left, right].into_iter().find_map(|side| match &side.kind {
                Kind::Text(text) => Some(text.clone()),
                _ => None,
            });
            let problem = self.problem(span, "both sides of this comparison are constants");
            return Err(match name {
                Some(name) => {
                    problem.hint(format!("is '{name}' a column? write it without quotes, or col(\"{name}\")"))
                }
                None => problem.hint("compare a column with something"),
            });
        }
        let (mut l, mut r) = (self.bind(left)?, self.bind(right)?);
        if matches!(left.kind, Kind::Null) || matches!(right.kind, Kind::Null) {
            let subject = if matches!(right.kind, Kind::Null) { l } else { r };
            let is_null = Op::IsNull(Box::new(subject));
            return Ok(match operator {
                Comparison::Equal => is_null,
                Comparison::NotEqual => self.maybe_not(is_null, true, span),
                _ => Op::Constant(Value::Bool(false)),
            });
        }
        // A truth value compares as its word, so that `true` in CSV and in JSON are alike.
        for (node, expr) in [(&mut l, left), (&mut r, right)] {
            if let Kind::Bool(value) = expr.kind {
                node.op = Op::Constant(Value::Text(if value { b"true".into() } else { b"false".into() }));
            }
        }
        let texts = |expr: &Expr| matches!(expr.kind, Kind::Text(_) | Kind::Bool(_));
        let mode = if l.kind == Type::Time || r.kind == Type::Time {
            Mode::Time
        } else if texts(left) || texts(right) {
            Mode::Text
        } else if l.kind == Type::Number || r.kind == Type::Number {
            Mode::Number
        } else {
            Mode::Dynamic
        };
        for (node, expr) in [(&l, left), (&r, right)] {
            self.check_time(mode, node, expr)?;
        }
        // Constants go to the right, where the kernels look for them.
        let (operator, l, r) = match (&l.op, &r.op) {
            (Op::Constant(_), Op::Constant(_)) => (operator, l, r),
            (Op::Constant(_), _) => (mirrored(operator), r, l),
            _ => (operator, l, r),
        };
        Ok(Op::Compare { mode, operator, left: Box::new(l), right: Box::new(r) })
    }

    /// A constant in a comparison of times must be a time.
    fn check_time(&self, mode: Mode, node: &Node, expr: &Expr) -> Result<(), Problem> {
        match &node.op {
            Op::Constant(value) if mode == Mode::Time && super::node::time(value, &self.zone).is_none() => {
                let text = self.text(expr.span);
                Err(self.problem(expr.span, format!("{text} is not a time")).hint("write it like date(\"2026-03-01\")"))
            }
            _ => Ok(()),
        }
    }

    fn matches(&mut self, subject: &Expr, pattern: &Expr, negated: bool) -> Result<Op, Problem> {
        let subject = Box::new(self.bind(subject)?);
        let bound = self.bind(pattern)?;
        let regex = match &bound.op {
            Op::Constant(value) if !value.is_null() => self.regex(&value.to_text(), pattern.span)?,
            _ => {
                return Err(self
                    .problem(pattern.span, "a regex must be a constant")
                    .hint("write x =~ 'regex' or arg('name')"));
            }
        };
        Ok(Op::Match { subject, regex, negated })
    }

    /// Compiles a regex.
    pub(super) fn regex(&self, pattern: &[u8], span: Place) -> Result<Regex, Problem> {
        let pattern = String::from_utf8_lossy(pattern);
        Regex::new(&pattern).map_err(|error| {
            let text = error.to_string();
            let reason = text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_string();
            self.problem(span, format!("the regex does not parse: {reason}"))
        })
    }

    /// `x in (…)`: literals become a set, other items comparisons.
    fn within(&mut self, subject: &Expr, items: &[Expr], span: Place) -> Result<Op, Problem> {
        if subject.is_literal() && items.iter().all(Expr::is_literal) {
            return Err(self.problem(span, "both sides of 'in' are constants").hint("compare a column with something"));
        }
        let bound = self.bind(subject)?;
        let temporal = bound.kind == Type::Time;
        let (mut numbers, mut texts, mut null) = (Vec::new(), Vec::new(), false);
        let mut others = Vec::new();
        for item in items {
            match &item.kind {
                _ if temporal => others.push(item),
                Kind::Number(number) => numbers.push(*number),
                Kind::Text(text) => texts.push(text.clone().into_bytes()),
                Kind::Bool(value) => texts.push(value.to_string().into_bytes()),
                Kind::Null => null = true,
                _ => others.push(item),
            }
        }
        let op = Op::In { subject: Box::new(bound), numbers, texts, null };
        let equal = others.into_iter().map(|item| self.compare(Comparison::Equal, subject, item, item.span));
        let equal = equal.collect::<Result<Vec<_>, _>>()?;
        let site = self.site(span);
        let node = |op| Box::new(Node { op, kind: Type::Bool, site });
        Ok(balanced(op, equal, |left, right| Op::Or(node(left), node(right))))
    }

    fn call(&mut self, name: &str, at: Place, args: &[Expr], span: Place) -> Result<(Op, Type), Problem> {
        let Some(row) = crate::core::registry::find(function::FUNCTIONS, name) else {
            return Err(self.unknown_function(name, at));
        };
        let (least, most) = row.item.arity;
        if args.len() < least || args.len() > most {
            let given = args.len();
            let plural = if given == 1 { "" } else { "s" };
            return Err(self
                .problem(span, format!("'{}' does not take {given} argument{plural}", row.name))
                .hint(format!("write {}", row.usage)));
        }
        let nodes = args.iter().map(|arg| self.bind(arg)).collect::<Result<Vec<_>, _>>()?;
        (row.item.bind)(&mut Arguments { binder: self, exprs: args, nodes, span })
    }

    fn unknown_function(&self, name: &str, at: Place) -> Problem {
        if self.aggregates.contains(&name) {
            return self
                .problem(at, format!("'{name}' is an aggregate, which works on groups of records"))
                .hint("use it in -a/--agg");
        }
        let mut names: Vec<&str> = crate::core::registry::names(function::FUNCTIONS).collect();
        names.extend(self.aggregates);
        let hint = crate::core::registry::did_you_mean(name, names);
        let problem = self.problem(at, format!("unknown function '{name}'"));
        problem.hint(hint.unwrap_or_else(|| "see 'mytools list functions'".to_string()))
    }

    /// Computes a node whose parts are all constants.
    fn fold(&mut self, node: Node, span: Place) -> Bind {
        if matches!(node.op, Op::Constant(_)) || !is_constant(&node) {
            return Ok(node);
        }
        let batch = Batch { rows: 1, ..Batch::default() };
        let mut tally = Tally::default();
        let value = {
            let mut run = Run::new(&batch, &[], &[], &self.zone, &mut tally);
            run.values(&node, &[0]).pop().map_or(Value::Null, Value::into_owned)
        };
        if let Some(misfit) = tally.misfits.first() {
            let wanted = if misfit.wanted == Wanted::Time { "time" } else { "number" };
            return Err(self.problem(span, format!("'{}' is not a {wanted}", misfit.example)));
        }
        Ok(Node { op: Op::Constant(value), ..node })
    }
}

/// The operator with its sides exchanged.
fn mirrored(operator: Comparison) -> Comparison {
    match operator {
        Comparison::Less => Comparison::Greater,
        Comparison::LessEqual => Comparison::GreaterEqual,
        Comparison::Greater => Comparison::Less,
        Comparison::GreaterEqual => Comparison::LessEqual,
        same => same,
    }
}

/// The type that all nodes have, leaving out nulls, else any.
pub(super) fn common_type<'n>(nodes: impl Iterator<Item = &'n Node>) -> Type {
    let mut common = None;
    let mut nullable = false;
    for node in nodes {
        if matches!(node.op, Op::Constant(Value::Null)) {
            nullable = true;
            continue;
        }
        match common {
            None => common = Some(node.kind),
            Some(kind) if kind == node.kind => {}
            Some(_) => return Type::Any,
        }
    }
    match common {
        Some(Type::Bool) if nullable => Type::Any,
        Some(kind) => kind,
        None => Type::Any,
    }
}

/// Whether a node reads nothing of a record.
fn is_constant(node: &Node) -> bool {
    match &node.op {
        Op::Constant(_) => true,
        Op::Column(_) | Op::Row | Op::File => false,
        Op::Negate(x) | Op::Not(x) | Op::IsNull(x) | Op::Date(x) | Op::Later(x, _) => is_constant(x),
        Op::Arithmetic(_, x, y)
        | Op::Difference(x, y)
        | Op::Concat(x, y)
        | Op::And(x, y)
        | Op::Or(x, y)
        | Op::Shift { time: x, seconds: y, .. }
        | Op::Compare { left: x, right: y, .. } => is_constant(x) && is_constant(y),
        Op::Coalesce(nodes) | Op::Call { args: nodes, .. } => nodes.iter().all(is_constant),
        Op::Match { subject, .. } | Op::In { subject, .. } | Op::Bin { time: subject, .. } => is_constant(subject),
        Op::Case { branches, otherwise } => {
            branches.iter().all(|(condition, value)| is_constant(condition) && is_constant(value))
                && otherwise.as_ref().is_none_or(|node| is_constant(node))
        }
    }
}

/// The number of a constant node.
pub(super) fn constant_number(node: &Node) -> Option<Number> {
    match &node.op {
        Op::Constant(value) => value.to_number(),
        _ => None,
    }
}
