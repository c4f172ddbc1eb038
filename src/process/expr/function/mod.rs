//! The functions of the expression language: one file and one row in [`FUNCTIONS`] each.
//!
//! A function is given its bound arguments and gives back what to run: mostly a closure for one record ([`each`]). Text
//! functions count characters, take null to null and give text.

use std::borrow::Cow;

use super::ast::{Expr, Span};
use super::bind::Binder;
use super::node::{Apply, Evaluate, Node, Op, Type};
use crate::core::data::number::Number;
use crate::core::data::time::{Time, Zone};
use crate::core::data::value::Value;
use crate::core::error::Problem;
use crate::core::registry::Row;

mod abs;
mod arg;
mod array;
mod base64_decode;
mod base64_encode;
mod bin;
mod bool;
mod bytes;
mod case;
mod ceil;
mod clamp;
mod coalesce;
mod contains;
mod date;
mod day;
mod duration;
mod ends_with;
mod env;
mod exp;
mod extract;
mod extract_all;
mod file;
mod float;
mod floor;
mod format;
mod format_bytes;
mod format_duration;
mod from_unix;
mod get;
mod greatest;
mod has;
mod hash;
mod hour;
mod r#if;
mod index_of;
mod int;
mod ip_in;
mod is_empty;
mod is_null;
mod is_number;
mod join;
mod keys;
mod least;
mod left;
mod len;
mod ln;
mod log10;
mod log2;
mod lower;
mod ltrim;
mod matches;
mod md5;
mod minute;
mod month;
mod now;
mod number;
mod object;
mod pad;
mod parse_json;
mod parse_time;
mod pow;
mod quarter;
mod regex_replace;
mod repeat;
mod replace;
mod reverse;
mod right;
mod round;
mod row;
mod rpad;
mod rtrim;
mod second;
mod sign;
mod split;
mod sqrt;
mod starts_with;
mod str;
mod strftime;
mod substr;
mod title;
mod to_json;
mod to_unix;
mod today;
mod trim;
mod trunc;
mod r#type;
mod tz;
mod upper;
mod url_decode;
mod url_encode;
mod url_host;
mod url_path;
mod url_query;
mod values;
mod week;
mod weekday;
mod year;
mod yearday;

/// Every function, in the order of `mytools list functions`.
pub(crate) static FUNCTIONS: &[Row<Function>] = &[
    lower::ROW,
    upper::ROW,
    title::ROW,
    trim::ROW,
    ltrim::ROW,
    rtrim::ROW,
    pad::ROW,
    rpad::ROW,
    left::ROW,
    right::ROW,
    substr::ROW,
    split::ROW,
    join::ROW,
    replace::ROW,
    regex_replace::ROW,
    reverse::ROW,
    repeat::ROW,
    len::ROW,
    contains::ROW,
    starts_with::ROW,
    ends_with::ROW,
    index_of::ROW,
    matches::ROW,
    extract::ROW,
    extract_all::ROW,
    format::ROW,
    abs::ROW,
    sign::ROW,
    round::ROW,
    floor::ROW,
    ceil::ROW,
    trunc::ROW,
    sqrt::ROW,
    pow::ROW,
    exp::ROW,
    ln::ROW,
    log10::ROW,
    log2::ROW,
    least::ROW,
    greatest::ROW,
    clamp::ROW,
    int::ROW,
    float::ROW,
    number::ROW,
    str::ROW,
    bool::ROW,
    r#type::ROW,
    is_null::ROW,
    is_empty::ROW,
    is_number::ROW,
    coalesce::ROW,
    r#if::ROW,
    case::ROW,
    date::ROW,
    parse_time::ROW,
    from_unix::ROW,
    to_unix::ROW,
    now::ROW,
    today::ROW,
    bin::ROW,
    year::ROW,
    quarter::ROW,
    month::ROW,
    week::ROW,
    day::ROW,
    weekday::ROW,
    yearday::ROW,
    hour::ROW,
    minute::ROW,
    second::ROW,
    tz::ROW,
    strftime::ROW,
    duration::ROW,
    format_duration::ROW,
    bytes::ROW,
    format_bytes::ROW,
    get::ROW,
    has::ROW,
    keys::ROW,
    values::ROW,
    array::ROW,
    object::ROW,
    parse_json::ROW,
    to_json::ROW,
    url_host::ROW,
    url_path::ROW,
    url_query::ROW,
    url_decode::ROW,
    url_encode::ROW,
    ip_in::ROW,
    base64_encode::ROW,
    base64_decode::ROW,
    md5::ROW,
    hash::ROW,
    row::ROW,
    file::ROW,
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

    /// The zone that an argument names, where it is given.
    pub(super) fn zone(&self, index: usize) -> Result<Option<Zone>, Problem> {
        if index >= self.nodes.len() {
            return Ok(None);
        }
        let name = self.constant_text(index, "a time zone")?;
        let zone = Zone::new(Some(&name), self.binder.env.year);
        zone.map(Some).map_err(|problem| {
            let span = self.span(index);
            problem.caret(self.binder.parsed.source.to_string(), span.start, span.end)
        })
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

/// What to run: a function of the first argument's text; null of null.
fn on_text(
    args: &mut Arguments<'_, '_>,
    kind: Type,
    of: impl for<'v> Fn(Cow<'v, [u8]>) -> Value<'v> + Send + Sync + 'static,
) -> (Op, Type) {
    args.each(kind, Box::new(move |call| call.text(0).map_or(Value::Null, &of)))
}

/// What to run: a function of the first argument as a double; null where its result is no number.
fn on_float(args: &mut Arguments<'_, '_>, of: fn(f64) -> f64) -> (Op, Type) {
    args.each(
        Type::Number,
        Box::new(move |call| number_value(call.number(0).map(Number::to_f64).map(of).and_then(Number::finite))),
    )
}

/// What to run: a part of the first argument's time, on the clocks of the zone in the second.
fn on_time(args: &mut Arguments<'_, '_>, part: fn(Time, &Zone) -> Option<i64>) -> Result<(Op, Type), Problem> {
    let given = args.zone(1)?;
    Ok(args.each(
        Type::Number,
        Box::new(move |call| {
            let zone = given.as_ref().unwrap_or(call.zone);
            let part = call.time(0).and_then(|time| part(time, zone));
            number_value(part.map(|part| Number::int(i128::from(part))))
        }),
    ))
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
            let digits = digits.and_then(|digits| i32::try_from(digits.clamp(-400, 400)).ok());
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
        let mut names: Vec<_> = crate::core::registry::names(FUNCTIONS).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
