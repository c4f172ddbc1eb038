//! `p50(x)`, `p99(x)`, `p999(x)`: quantiles named by their digits after the point.

use crate::core::data::number::Number;
use crate::core::registry::{Example, Row};
use crate::process::aggregate::quantiles::{STATE, read};
use crate::process::aggregate::{Aggregate, Argument};

/// The row of every percentile.
pub(super) static ROW_REF: Row<Aggregate> = ROW;

pub(super) const ROW: Row<Aggregate> = Row {
    name: "p50",
    aliases: &["p1", "p5", "p25", "p75", "p90", "p95", "p99", "p999"],
    usage: "p50(x), p99(x), p999(x), …",
    summary: "The quantile named by the digits: p5 is 0.05, p50 0.5, p99 0.99, p999 0.999",
    examples: &[
        Example { input: "p50(x) of 3, 1, 2", output: "2" },
        Example { input: "p99(x) of 1, 2, 3, 4, 5, 6, 7, 8, 9, 10", output: "9.91" },
    ],
    item: Aggregate { arguments: &[Argument::Value], optional: 0, preset: None, state: STATE, read },
};

/// The quantile that a name stands for: one digit counts hundredths, more are digits after the point;
/// `p100` is the greatest.
pub(super) fn parse(name: &str) -> Option<Number> {
    let digits = name.strip_prefix('p')?;
    if digits.is_empty() || digits.len() > 9 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let scale = if digits == "100" { 2 } else { u8::try_from(digits.len().max(2)).ok()? };
    Some(Number::Exact { units: digits.parse().ok()?, scale })
}
