//! The functions of the expression language: one file and one row in [`FUNCTIONS`] each.
//!
//! A function is given its bound arguments and gives back what to run: mostly a closure for one record ([`each`]). Text
//! functions count characters, take null to null and give text.

use super::ast::{Expr, Span};
use super::bind::Binder;
use super::node::{Apply, Evaluate, Node, Op, Type};
use crate::core::data::number::Number;
use crate::core::data::value::Value;
use crate::core::error::Problem;
use crate::core::registry::Row;

mod abs;
mod arg;
mod bin;
mod case;
mod ceil;
mod coalesce;
mod contains;
mod date;
mod ends_with;
mod env;
mod extract;
mod float;
mod floor;
mod get;
mod hour;
mod r#if;
mod int;
mod is_null;
mod join;
mod len;
mod lower;
mod replace;
mod round;
mod row;
mod split;
mod starts_with;
mod str;
mod strftime;
mod substr;
mod trim;
mod r#type;
mod upper;

/// Every function, in the order of `mytools list functions`.
pub(crate) static FUNCTIONS: &[Row<Function>] = &[
    lower::ROW,
    upper::ROW,
    trim::ROW,
    replace::ROW,
    split::ROW,
    join::ROW,
    substr::ROW,
    len::ROW,
    contains::ROW,
    starts_with::ROW,
    ends_with::ROW,
    extract::ROW,
    abs::ROW,
    round::ROW,
    floor::ROW,
    ceil::ROW,
    int::ROW,
    float::ROW,
    str::ROW,
    r#type::ROW,
    is_null::ROW,
    coalesce::ROW,
    r#if::ROW,
    case::ROW,
    date::ROW,
    bin::ROW,
    hour::ROW,
    strftime::ROW,
    get::ROW,
    row::ROW,
    arg::ROW,
    env::ROW,
];

/// Any number of arguments.
const MANY: usize = 255;

/// How a function is called and bound.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Function {
    /// Least and most number of arguments.
    pub(crate) arity: (usize, usize),
    /// Which argument is a regex, whose string literal is raw.
    pub(crate) regex: Option<usize>,
    /// Gives what to run for these arguments, and the type of the result.
    pub(super) bind: fn(&mut Arguments<'_, '_>) -> Result<(Op, Type), Problem>,
}

/// The arguments of one call in the text.
pub(super) struct Arguments<'a, 'b> {
    pub(super) binder: &'a mut Binder<'b>,
    pub(super) exprs: &'a [Expr],
    pub(super) nodes: Vec<Node>,
    /// The whole call.
    pub(super) span: Span,
}

impl Arguments<'_, '_> {
    /// What to run: a closure on each record's arguments.
    pub(super) fn each(&mut self, kind: Type, evaluate: Box<Apply>) -> (Op, Type) {
        (Op::Call { evaluate: Evaluate(evaluate), args: std::mem::take(&mut self.nodes) }, kind)
    }

    /// Takes an argument's node.
    #[expect(clippy::unnecessary_box_returns, reason = "operations hold their parts boxed")]
    pub(super) fn node(&mut self, index: usize) -> Box<Node> {
        let null = Node { op: Op::Constant(Value::Null), kind: Type::Any, site: 0 };
        Box::new(self.nodes.get_mut(index).map_or(null, |node| {
            std::mem::replace(node, Node { op: Op::Constant(Value::Null), kind: Type::Any, site: 0 })
        }))
    }

    /// Where an argument stands.
    pub(super) fn span(&self, index: usize) -> Span {
        self.exprs.get(index).map_or(self.span, |expr| expr.span)
    }

    /// An argument that is the same for all records, if it is given and so.
    pub(super) fn constant(&self, index: usize) -> Option<&Value<'static>> {
        match self.nodes.get(index).map(|node| &node.op) {
            Some(Op::Constant(value)) => Some(value),
            _ => None,
        }
    }

    /// An argument that must be constant text.
    pub(super) fn constant_text(&self, index: usize, what: &str) -> Result<String, Problem> {
        match self.constant(index) {
            Some(value) if !value.is_null() => Ok(String::from_utf8_lossy(&value.to_text()).into_owned()),
            _ => Err(self.problem(index, format!("{what} must be a constant"))),
        }
    }

    /// An error about an argument.
    pub(super) fn problem(&self, index: usize, message: impl Into<String>) -> Problem {
        self.binder.problem(self.span(index), message)
    }

    /// Checks that an argument is a condition.
    pub(super) fn check_condition(&self, index: usize) -> Result<(), Problem> {
        match self.nodes.get(index) {
            Some(node) if node.kind != Type::Bool => {
                let text = self.binder.text(self.span(index)).to_string();
                Err(self.problem(index, format!("'{text}' is not a condition")).hint("compare it with something"))
            }
            _ => Ok(()),
        }
    }
}

/// Whether the argument at that position is a regex, so that a string there is raw.
pub(super) fn takes_regex(name: &str, argument: usize) -> bool {
    crate::core::registry::find(FUNCTIONS, name).is_some_and(|row| row.item.regex == Some(argument))
}

/// Text made by a function.
fn text_value<'v>(text: impl Into<Vec<u8>>) -> Value<'v> {
    Value::Text(text.into().into())
}

/// Rounds the first argument to as many digits after the point as the second says, or to none.
fn rounding(args: &mut Arguments<'_, '_>, round: fn(Number, i32) -> Number) -> (Op, Type) {
    let given = args.nodes.len() == 2;
    args.each(
        Type::Number,
        Box::new(move |call| {
            let digits = if given { call.integer(1) } else { Some(0) };
            let digits = digits.map(|digits| digits.clamp(-400, 400) as i32);
            number_value(call.number(0).zip(digits).map(|(number, digits)| round(number, digits)))
        }),
    )
}

/// A number made by a function, or null.
fn number_value<'v>(number: Option<Number>) -> Value<'v> {
    let finite = |number: &Number| !matches!(number, Number::Float(value) if !value.is_finite());
    number.filter(finite).map_or(Value::Null, Value::Number)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::FUNCTIONS;
    use crate::core::registry::Row;
    use crate::process::expr::testing::shown;

    #[test]
    fn examples_hold() {
        for row in FUNCTIONS {
            assert!(!row.examples.is_empty(), "{} has no example", row.name);
            for example in row.examples {
                assert_eq!(shown(example.input, "{}"), example.output, "{}", example.input);
            }
        }
    }

    #[test]
    fn names_are_unique() {
        let mut names: Vec<_> = FUNCTIONS.iter().map(|row: &Row<_>| row.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), FUNCTIONS.len());
    }
}
