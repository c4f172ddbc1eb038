//! The functions of `--window`, and how a call of one is read.

use crate::core::data::value::Value;
use crate::core::error::{Problem, Result};
use crate::core::registry::did_you_mean;
use crate::process::expr::{AggregateCall, Parsed, Program, as_number, columns};
use crate::process::stage::Setup;

/// What a window function gives for a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    /// The value so many records before.
    Lag,
    /// The value so many records behind.
    Lead,
    /// Of all records so far, or of the last few.
    Sum,
    /// Of all records so far, or of the last few.
    Mean,
    /// Of all records so far, or of the last few.
    Min,
    /// Of all records so far, or of the last few.
    Max,
    /// Of all records so far, or of the last few.
    Count,
    /// The first value so far.
    First,
    /// The number of the record.
    RowNumber,
    /// The place of the value among all, with gaps behind equal ones.
    Rank,
    /// The place of the value among all different ones.
    DenseRank,
    /// The sum over all records.
    Total,
    /// The value's part of the sum over all records.
    Share,
}

/// Every function: name, how it is written, least and most number of arguments.
const FUNCTIONS: &[(&str, Function, &str, usize, usize)] = &[
    ("lag", Function::Lag, "lag(x, offset?, default?)", 1, 3),
    ("lead", Function::Lead, "lead(x, offset?, default?)", 1, 3),
    ("sum", Function::Sum, "sum(x, records?)", 1, 2),
    ("mean", Function::Mean, "mean(x, records?)", 1, 2),
    ("avg", Function::Mean, "avg(x, records?)", 1, 2),
    ("min", Function::Min, "min(x, records?)", 1, 2),
    ("max", Function::Max, "max(x, records?)", 1, 2),
    ("count", Function::Count, "count(x?, records?)", 0, 2),
    ("first", Function::First, "first(x)", 1, 1),
    ("row_number", Function::RowNumber, "row_number()", 0, 0),
    ("rank", Function::Rank, "rank(x, 'desc'?)", 1, 2),
    ("dense_rank", Function::DenseRank, "dense_rank(x, 'desc'?)", 1, 2),
    ("total", Function::Total, "total(x)", 1, 1),
    ("share", Function::Share, "share(x)", 1, 1),
];

/// The names of all functions, and how they are written.
pub(crate) fn functions() -> impl Iterator<Item = (&'static str, &'static str)> {
    FUNCTIONS.iter().map(|(name, _, usage, ..)| (*name, *usage))
}

/// Whether a name is that of a window function.
pub(super) fn is_function(name: &str) -> bool {
    FUNCTIONS.iter().any(|(known, ..)| *known == name)
}

/// A hint about a name that is none.
pub(super) fn suggest(name: &str) -> String {
    let names = FUNCTIONS.iter().map(|(name, ..)| *name);
    did_you_mean(name, names.clone())
        .unwrap_or_else(|| format!("window functions: {}", names.collect::<Vec<_>>().join(", ")))
}

/// A call as bound.
#[derive(Debug)]
pub(super) struct Call {
    /// What it gives.
    pub(super) function: Function,
    /// What it is of; none for `row_number()` and `count()`.
    pub(super) argument: Option<Program>,
    /// How far `lag` and `lead` look, or how many records the last few are.
    pub(super) reach: Option<usize>,
    /// What `lag` and `lead` give where there is no record.
    pub(super) default: Value<'static>,
    /// Whether ranks count from the greatest.
    pub(super) descending: bool,
}

impl Call {
    /// Binds a call; `item` is the expression it stands in.
    pub(super) fn bind(item: &Parsed, call: &AggregateCall, setup: &Setup) -> Result<Self> {
        let fault = |message: String, usage: &str| item.problem(call.span, message).hint(format!("write {usage}"));
        let Some((name, function, usage, least, most)) = FUNCTIONS.iter().find(|(name, ..)| *name == call.name) else {
            return Err(item.problem(call.at, format!("unknown window function '{}'", call.name)).into());
        };
        let given = call.args.len();
        if given < *least || given > *most {
            let plural = if given == 1 { "" } else { "s" };
            return Err(fault(format!("'{name}' does not take {given} argument{plural}"), usage).into());
        }
        let numeric = matches!(function, Function::Sum | Function::Mean | Function::Total | Function::Share);
        let bind = |input: &Parsed| {
            let number = numeric.then(|| as_number(input));
            Program::bind(number.as_ref().unwrap_or(input), &setup.env, &[])
        };
        let argument = call.args.first().map(bind).transpose()?;
        if argument.as_ref().is_some_and(Program::counts_rows) {
            return Err(item.problem(call.span, "row() cannot stand here").hint("write row_number()").into());
        }
        let constant = |at: usize| -> Result<Option<Value<'static>>> {
            let Some(parameter) = call.args.get(at) else { return Ok(None) };
            let value = if columns(&parameter.expr).is_empty() {
                Program::bind(parameter, &setup.env, &[])?.constant()
            } else {
                None
            };
            let missing =
                || parameter.problem(parameter.expr.span, format!("'{}' is not a constant", parameter.text()));
            Ok(Some(value.ok_or_else(|| missing().hint(format!("write {usage}")))?))
        };
        let second = constant(1)?;
        let mut bound = Self {
            function: *function,
            argument,
            reach: None,
            default: constant(2)?.unwrap_or(Value::Null),
            descending: false,
        };
        let Some(second) = second else { return Ok(bound) };
        if matches!(function, Function::Rank | Function::DenseRank) {
            bound.descending = match second.to_text().as_ref() {
                b"desc" => true,
                b"asc" => false,
                _ => return Err(fault("a rank is 'asc' or 'desc'".to_string(), usage).into()),
            };
            return Ok(bound);
        }
        let least = i128::from(!matches!(function, Function::Lag | Function::Lead));
        let number = second.to_number().and_then(crate::core::data::number::Number::to_integer);
        let reach = number.filter(|number| *number >= least).and_then(|number| usize::try_from(number).ok());
        let wrong = || -> Problem { fault(format!("'{name}' needs a number of records here"), usage) };
        bound.reach = Some(reach.ok_or_else(wrong)?);
        Ok(bound)
    }

    /// Whether later records decide about earlier ones.
    pub(super) fn looks_ahead(&self) -> bool {
        use Function::{DenseRank, Lead, Rank, Share, Total};
        matches!(self.function, Lead | Rank | DenseRank | Share | Total)
    }
}
