//! `--extract`: the named groups of a regex become columns. A value that it does not match gives nulls.

use std::sync::{Arc, OnceLock};

use crate::core::error::Result;
use crate::core::format::regex::Pattern;
use crate::core::registry::{Example, Row};
use crate::process::expr::{Kind, parse};
use crate::process::stage::names::Name;
use crate::process::stage::parsing::{Misfits, Parsing};
use crate::process::stage::{Setup, Stage, StageKind, Written};

/// The row of the table.
pub(crate) const ROW: Row<StageKind> = Row {
    name: "extract",
    aliases: &[],
    usage: "--extract 'COLUMN =~ \"REGEX\"'",
    summary: "Make columns of the named groups of a regex; null where it does not match",
    examples: &[Example {
        input: "mytools process --extract 'path =~ \"^/users/(?<id>[0-9]+)\"'",
        output: "every record with the column id",
    }],
    item: StageKind { short: None, value: Some("WHAT"), attach: &[], build },
};

fn build(written: &Written, setup: &Setup) -> Result<Box<dyn Stage>> {
    let parsed = parse(&written.value)?;
    let wrong =
        |message: &str| parsed.problem(parsed.expr.span, message).hint("--extract 'path =~ \"^/(?<first>[^/]+)\"'");
    let Kind::Match { subject, pattern, negated: false } = &parsed.expr.kind else {
        return Err(wrong("this is not a column, =~ and a regex").into());
    };
    let (Kind::Column(_), Kind::Text(regex)) = (&subject.kind, &pattern.kind) else {
        return Err(wrong("a column stands left of =~ and a regex right of it").into());
    };
    let column = parsed.source.get(subject.span.start..subject.span.end).unwrap_or_default();
    let pattern = Pattern::new(regex)?;
    Ok(Box::new(Parsing {
        text: format!("extract {}", written.value),
        source: Name::new(column, &setup.env)?,
        what: "a match".to_string(),
        parser: Arc::new(pattern),
        misfits: Misfits::Silent,
        settled: OnceLock::new(),
        wanted: OnceLock::new(),
    }))
}
