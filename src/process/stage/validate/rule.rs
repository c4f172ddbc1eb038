//! The rules of `--validate` as they are written: short forms for what is asked most, and any condition.

use std::sync::Arc;

use crate::core::error::{Code, Error, Problem, Result};
use crate::core::registry::did_you_mean;
use crate::process::expr::{Kind, Parsed, Program, check_columns, columns, parse, visit};
use crate::process::stage::names::{Names, split, split_outside};
use crate::process::stage::{Columns, Setup};

/// A rule.
pub(super) struct Rule {
    /// As written.
    pub(super) text: String,
    /// The columns it reads; none for a condition that reads them by position.
    pub(super) columns: Option<Arc<Names>>,
    pub(super) test: Test,
    parsed: Option<Parsed>,
}

/// What a rule asks.
pub(super) enum Test {
    /// No two records with the same values in these columns; null is no value.
    Unique(Arc<Names>),
    /// A condition that holds.
    Condition {
        /// The condition.
        program: Box<Program>,
        /// Whether records where a column is null pass unasked.
        nulls_pass: bool,
    },
}

/// What can stand behind `is`, and the condition that it is; `{}` is the column.
const TYPES: &[(&str, &str)] = &[
    ("int", "({}) =~ '^[+-]?[0-9]+$'"),
    ("number", "is_number({})"),
    ("bool", "bool({}) is not null"),
    ("date", "date({}) is not null"),
    ("time", "date({}) is not null"),
];

/// Reads the rules.
pub(super) fn rules(text: &str, setup: &Setup) -> Result<Vec<Rule>> {
    split(text).into_iter().map(|text| rule(text, setup)).collect()
}

fn rule(text: &str, setup: &Setup) -> Result<Rule> {
    if text.is_empty() {
        return Err(Problem::new(Code::Usage, "a rule is empty")
            .hint("write --validate 'id unique, x not null'")
            .into());
    }
    if let Some(subject) = text.strip_suffix(" unique") {
        let subject = subject.trim();
        let inside = subject.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(subject);
        let names = Arc::new(Names::new(inside, &setup.env)?);
        let columns = Some(Arc::clone(&names));
        return Ok(Rule { text: text.to_string(), columns, test: Test::Unique(names), parsed: None });
    }
    if let Some(subject) = text.strip_suffix(" not null").and_then(|rest| rest.strip_suffix(" is").or(Some(rest))) {
        return condition(text, &format!("({subject}) is not null"), setup);
    }
    if let [subject, range] = split_outside(text, " in ").as_slice()
        && let Some((low, high)) = range.trim().split_once("..")
    {
        let (low, high) = (low.trim(), high.trim());
        let written = match (low.is_empty(), high.is_empty()) {
            (false, false) => format!("({subject}) between {low} and {high}"),
            (false, true) => format!("({subject}) >= {low}"),
            (true, false) => format!("({subject}) <= {high}"),
            (true, true) => format!("is_number({subject})"),
        };
        return condition(text, &written, setup);
    }
    if let [subject, kind] = split_outside(text, " is ").as_slice()
        && !matches!(kind.trim(), "null" | "not null")
    {
        let kind = kind.trim();
        let Some((_, pattern)) = TYPES.iter().find(|(name, _)| *name == kind) else {
            let names = TYPES.iter().map(|(name, _)| *name);
            let hint = did_you_mean(kind, names.clone())
                .unwrap_or_else(|| format!("types: {}", names.collect::<Vec<_>>().join(", ")));
            return Err(Problem::new(Code::Usage, format!("'{kind}' is no type of --validate")).hint(hint).into());
        };
        return condition(text, &pattern.replace("{}", subject), setup);
    }
    condition(text, text, setup).map_err(|error| match text.rsplit_once(' ') {
        // A word behind a column, as of `id uniqe`.
        Some((_, word)) => match (error, did_you_mean(word, ["unique"])) {
            (Error::Problem(problem), Some(hint)) => Error::from(problem.hint(hint)),
            (error, _) => error,
        },
        None => error,
    })
}

/// A rule that is the condition `written`.
fn condition(text: &str, written: &str, setup: &Setup) -> Result<Rule> {
    let parsed = parse(written)?;
    let program = Program::predicate(&parsed, &setup.env, &[])?;
    if program.counts_rows() {
        return Err(parsed.problem(parsed.expr.span, "row() cannot stand in a rule").into());
    }
    // Null is let pass, as by the checks of databases, unless the condition itself asks for it.
    let mut nulls_pass = true;
    visit(&parsed.expr, &mut |part| {
        if matches!(part.kind, Kind::IsNull { .. } | Kind::Coalesce(..) | Kind::Null) {
            nulls_pass = false;
        }
    });
    let nulls_pass = nulls_pass || TYPES.iter().any(|(name, _)| text.ends_with(&format!(" is {name}")));
    let names: Vec<String> = columns(&parsed.expr);
    let columns = match program.columns() {
        Some(_) if !names.is_empty() => Some(Arc::new(Names::of(&names, &setup.env)?)),
        _ => None,
    };
    Ok(Rule {
        text: text.to_string(),
        columns,
        test: Test::Condition { program: Box::new(program), nulls_pass },
        parsed: Some(parsed),
    })
}

impl Rule {
    /// Checks that its columns may exist.
    pub(super) fn check(&self, before: &Columns) -> Result<()> {
        match (&self.parsed, &self.columns) {
            (Some(parsed), _) => check_columns(parsed, |name| before.check(name)),
            (None, Some(names)) => names.check(before),
            (None, None) => Ok(()),
        }
    }
}
