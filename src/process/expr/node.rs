//! The bound form of an expression: types are known, functions and columns looked up, constants computed.

use std::fmt;

use regex::bytes::Regex;

use super::ast::{Arithmetic, Column, Comparison};
use super::tally::{Tally, Wanted};
use crate::core::data::number::Number;
use crate::core::data::time::{Span, Time, Width, Zone};
use crate::core::data::value::Value;
use crate::core::format::json::path::{self, Segment};

/// What is known of an expression's results before running it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    /// Anything: columns.
    Any,
    /// A number or null.
    Number,
    /// Text or null.
    Text,
    /// True or false, never null.
    Bool,
    /// A time, passed around as its RFC 3339 text, or null.
    Time,
}

/// A bound part of an expression.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) op: Op,
    pub(super) kind: Type,
    /// Its text, as an index into the program's sites.
    pub(super) site: u32,
}

/// How two sides are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// As numbers: what is none is unequal and without order.
    Number,
    /// As text.
    Text,
    /// As times.
    Time,
    /// As numbers where both are, else as text.
    Dynamic,
}

/// What a node does.
#[derive(Debug)]
pub(super) enum Op {
    Constant(Value<'static>),
    /// A column, as an index into the program's columns.
    Column(usize),
    /// The record's number, from 1.
    Row,
    /// The name of the record's input.
    File,
    Negate(Box<Node>),
    Arithmetic(Arithmetic, Box<Node>, Box<Node>),
    /// Seconds from the second time to the first.
    Difference(Box<Node>, Box<Node>),
    /// A time and seconds to add or take away.
    Shift {
        time: Box<Node>,
        seconds: Box<Node>,
        back: bool,
    },
    /// A time and a span of the calendar to add.
    Later(Box<Node>, Span),
    Concat(Box<Node>, Box<Node>),
    /// The first that is not null.
    Coalesce(Vec<Node>),
    Not(Box<Node>),
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    Compare {
        mode: Mode,
        operator: Comparison,
        left: Box<Node>,
        right: Box<Node>,
    },
    Match {
        subject: Box<Node>,
        regex: Regex,
        negated: bool,
    },
    /// Whether the subject equals one of these literals.
    In {
        subject: Box<Node>,
        numbers: Vec<Number>,
        texts: Vec<Vec<u8>>,
        null: bool,
    },
    IsNull(Box<Node>),
    /// The value of the first condition that holds.
    Case {
        branches: Vec<(Node, Node)>,
        otherwise: Option<Box<Node>>,
    },
    /// The time that a value is.
    Date(Box<Node>),
    /// The start of the bin that a time is in, on the clocks of a zone, where one is given.
    Bin {
        time: Box<Node>,
        width: Width,
        zone: Option<Zone>,
    },
    Call {
        evaluate: Evaluate,
        args: Vec<Node>,
    },
}

/// A function applied to one record's arguments.
pub(super) struct Evaluate(pub(super) Box<Apply>);

/// Computes a result from arguments; it may borrow from them.
pub(super) type Apply = dyn for<'v> Fn(&mut Call<'v, '_>) -> Value<'v> + Send + Sync;

impl fmt::Debug for Evaluate {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Evaluate")
    }
}

/// One call of a function: its arguments, and where to count those that do not fit.
pub(super) struct Call<'v, 'c> {
    pub(super) args: &'c mut [Value<'v>],
    pub(super) sites: &'c [u32],
    pub(super) tally: &'c mut Tally,
    /// Block and record, to order examples by.
    pub(super) at: (u64, u64),
    pub(super) zone: &'c Zone,
}

impl<'v> Call<'v, '_> {
    /// Takes an argument; null where it is not given.
    pub(super) fn value(&mut self, index: usize) -> Value<'v> {
        self.args.get_mut(index).map_or(Value::Null, |value| std::mem::replace(value, Value::Null))
    }

    /// Takes an argument as text, unless it is null.
    pub(super) fn text(&mut self, index: usize) -> Option<std::borrow::Cow<'v, [u8]>> {
        text(self.value(index))
    }

    /// An argument as a number. What is none is counted, unless it is null.
    pub(super) fn number(&mut self, index: usize) -> Option<Number> {
        let value = self.value(index);
        let number = value.to_number();
        if number.is_none() {
            self.misfit(index, Wanted::Number, &value);
        }
        number
    }

    /// An argument as an integer, decimals cut off.
    pub(super) fn integer(&mut self, index: usize) -> Option<i64> {
        self.number(index)?.truncate().to_integer().and_then(|integer| i64::try_from(integer).ok())
    }

    /// An argument as a time. What is none is counted, unless it is null.
    pub(super) fn time(&mut self, index: usize) -> Option<Time> {
        let value = self.value(index);
        let time = time(&value, self.zone);
        if time.is_none() {
            self.misfit(index, Wanted::Time, &value);
        }
        time
    }

    /// Counts an argument that is not what it should be, unless it is null.
    pub(super) fn misfit(&mut self, index: usize, wanted: Wanted, value: &Value<'_>) {
        if !value.is_null() {
            let site = self.sites.get(index).copied().unwrap_or(0);
            self.tally.misfit(site, wanted, self.at, &value.to_text());
        }
    }
}

/// The text of a value, unless it is null.
pub(super) fn text(value: Value<'_>) -> Option<std::borrow::Cow<'_, [u8]>> {
    match value {
        Value::Missing | Value::Null => None,
        Value::Literal(text) | Value::Bare(text) | Value::Text(text) | Value::Nested(text) => Some(text),
        Value::Bool(_) | Value::Number(_) => Some(value.to_text().into_owned().into()),
    }
}

/// The time a value is.
pub(super) fn time(value: &Value<'_>, zone: &Zone) -> Option<Time> {
    match value {
        Value::Bare(text) | Value::Text(text) | Value::Literal(text) => Time::parse(text, zone),
        _ => None,
    }
}

/// A column that a program reads, and the ways to find it in a batch: its exact name first, then ever shorter columns
/// with the rest of the path inside them.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) name: String,
    pub(super) paths: Vec<(String, Vec<Segment>)>,
}

impl Source {
    pub(super) fn new(column: &Column) -> Self {
        let mut paths = Vec::new();
        if !column.exact
            && let Some(segments) = path::parse(&column.name)
        {
            for cut in (1..segments.len()).rev() {
                let Some((head, rest)) = segments.split_at_checked(cut) else { continue };
                let head = joined(head);
                // `a["b"]` asks for the member `b` of `a`, never for the column `a.b`.
                if cut == 1 || column.name.starts_with(&head) {
                    paths.push((head, rest.to_vec()));
                }
            }
        }
        Self { name: column.name.clone(), paths }
    }
}

/// A path's head as the name of a column that spells it.
fn joined(segments: &[Segment]) -> String {
    let mut name = String::new();
    for segment in segments {
        match segment {
            Segment::Key(key) if name.is_empty() => name.push_str(key),
            Segment::Key(key) => {
                name.push('.');
                name.push_str(key);
            }
            Segment::Index(index) => {
                name.push('[');
                name.push_str(&index.to_string());
                name.push(']');
            }
        }
    }
    name
}
