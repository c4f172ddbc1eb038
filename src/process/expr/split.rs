//! Splits an expression over groups into calls of aggregates and an expression over their results.
//!
//! `round(sum(ms) / count, 2)` becomes the calls `sum(ms)` and `count()` and the expression `round(#0 / #1, 2)`, whose
//! slots are columns named by [`slot_name`]. The names of aggregates are handed in, so that this floor does not know
//! them.

use super::ast::{Expr, Kind, Parsed, Span, visit};
use crate::core::error::Problem;

/// An expression over groups.
#[derive(Debug, Clone)]
pub(crate) struct Split {
    /// The calls of aggregates, each distinct text once.
    pub(crate) calls: Vec<AggregateCall>,
    /// The expression over their results. Its other columns are those of the groups.
    pub(crate) rest: Parsed,
}

impl Split {
    /// Whether the expression is nothing but the first call.
    pub(crate) fn is_one_call(&self) -> bool {
        matches!(self.rest.expr.kind, Kind::Slot(0))
    }
}

/// One call of an aggregate.
#[derive(Debug, Clone)]
pub(crate) struct AggregateCall {
    /// The name as written.
    pub(crate) name: String,
    /// Where the name stands.
    pub(crate) at: Span,
    /// The whole call.
    pub(crate) span: Span,
    /// Its arguments.
    pub(crate) args: Vec<Parsed>,
}

/// The column that holds the results of call `index` where the rest of a [`Split`] is evaluated.
pub(crate) fn slot_name(index: usize) -> String {
    format!("\u{0}{index}")
}

/// Takes the calls of aggregates out of an expression. A bare name of an aggregate is a call without arguments.
pub(crate) fn split(parsed: &Parsed, is_aggregate: &dyn Fn(&str) -> bool) -> Result<Split, Problem> {
    taken(parsed, is_aggregate, Bare::Calls)
}

/// The same for functions that are always written with brackets: a bare name is a column.
pub(crate) fn split_calls(parsed: &Parsed, is_function: &dyn Fn(&str) -> bool) -> Result<Split, Problem> {
    taken(parsed, is_function, Bare::Columns)
}

fn taken(parsed: &Parsed, is_aggregate: &dyn Fn(&str) -> bool, bare: Bare) -> Result<Split, Problem> {
    let mut splitter = Splitter { parsed, is_aggregate, bare, calls: Vec::new() };
    let mut expr = parsed.expr.clone();
    splitter.take(&mut expr)?;
    Ok(Split { calls: splitter.calls, rest: Parsed { source: parsed.source.clone(), expr } })
}

/// What the bare name of a function is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bare {
    /// A call without arguments.
    Calls,
    /// A column.
    Columns,
}

/// Whether a part is a call of an aggregate.
fn called<'a>(expr: &'a Expr, is_aggregate: &dyn Fn(&str) -> bool, bare: Bare) -> Option<(&'a str, Span, &'a [Expr])> {
    match &expr.kind {
        Kind::Call { name, at, args } if is_aggregate(name) => Some((name, *at, args)),
        Kind::Column(column) if bare == Bare::Calls && !column.exact && is_aggregate(&column.name) => {
            Some((&column.name, expr.span, &[]))
        }
        _ => None,
    }
}

struct Splitter<'a> {
    parsed: &'a Parsed,
    is_aggregate: &'a dyn Fn(&str) -> bool,
    bare: Bare,
    calls: Vec<AggregateCall>,
}

impl Splitter<'_> {
    fn take(&mut self, expr: &mut Expr) -> Result<(), Problem> {
        let Some((name, at, args)) = called(expr, self.is_aggregate, self.bare) else {
            for child in expr.children_mut() {
                self.take(child)?;
            }
            return Ok(());
        };
        for arg in args {
            self.check_flat(arg)?;
        }
        let call = AggregateCall {
            name: name.to_string(),
            at,
            span: expr.span,
            args: args.iter().map(|arg| Parsed { source: self.parsed.source.clone(), expr: arg.clone() }).collect(),
        };
        let texts = |call: &AggregateCall| call.args.iter().map(|arg| arg.text().to_string()).collect::<Vec<_>>();
        let same = self.calls.iter().position(|old| old.name == call.name && texts(old) == texts(&call));
        expr.kind = Kind::Slot(same.unwrap_or(self.calls.len()));
        if same.is_none() {
            self.calls.push(call);
        }
        Ok(())
    }

    /// Inside an aggregate only rows are seen. A bare name there is a column, whatever it is called.
    fn check_flat(&self, arg: &Expr) -> Result<(), Problem> {
        let mut nested = None;
        visit(arg, &mut |part| {
            if let Kind::Call { name, at, .. } = &part.kind
                && (self.is_aggregate)(name)
            {
                nested.get_or_insert((name.clone(), *at));
            }
        });
        match nested {
            None => Ok(()),
            Some((name, at)) => Err(self.parsed.problem(at, format!("'{name}' stands inside another aggregate"))),
        }
    }
}
