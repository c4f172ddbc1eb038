//! How values compare: the rule of expressions, and the one total order of sorts.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::core::data::number::Number;
use crate::core::data::value::Value;

/// Compares two values as expressions compare two columns: as numbers where both are numeric text, else as text. None
/// where one is null, which has no order.
pub(crate) fn compare(a: &Value<'_>, b: &Value<'_>) -> Option<Ordering> {
    if a.is_null() || b.is_null() {
        return None;
    }
    match (a.to_number(), b.to_number()) {
        (Some(a), Some(b)) => Some(a.compare(b)),
        _ => Some(a.to_text().cmp(&b.to_text())),
    }
}

/// Whether two values are equal, as expressions see it: null equals null and nothing else.
pub(crate) fn equal(a: &Value<'_>, b: &Value<'_>) -> bool {
    match (a.is_null(), b.is_null()) {
        (false, false) => compare(a, b) == Some(Ordering::Equal),
        (a, b) => a && b,
    }
}

/// Where a value stands in a sort: numbers before text before null.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank<'a> {
    /// Numbers come first, by value.
    Number(Number),
    /// Then text, by bytes.
    Text(Cow<'a, [u8]>),
    /// Null comes last.
    Null,
}

/// The rank of a value. A nested value ranks as its text.
pub(crate) fn rank<'a>(value: &'a Value<'_>) -> Rank<'a> {
    if value.is_null() {
        return Rank::Null;
    }
    match value.to_number() {
        Some(number) => Rank::Number(number),
        None => Rank::Text(value.to_text()),
    }
}

/// What a sort key looks at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum SortMode {
    /// Numbers by value, then text by bytes.
    #[default]
    Auto,
    /// Everything as text.
    Text,
    /// Numbers only; what is none ranks with null.
    Number,
    /// Text with the runs of digits in it as numbers: `a2` before `a10`.
    Natural,
}

/// The order of one sort key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct SortOrder {
    /// What it looks at.
    pub(crate) mode: SortMode,
    /// From great to small. Nulls stay where they are.
    pub(crate) descending: bool,
    /// Nulls before everything, not after it.
    pub(crate) nulls_first: bool,
}

impl SortOrder {
    /// The rank of a value for this key.
    pub(crate) fn rank<'a>(self, value: &'a Value<'_>) -> Rank<'a> {
        match self.mode {
            SortMode::Auto => rank(value),
            SortMode::Number => value.to_number().map_or(Rank::Null, Rank::Number),
            SortMode::Text | SortMode::Natural if value.is_null() => Rank::Null,
            SortMode::Text | SortMode::Natural => Rank::Text(value.to_text()),
        }
    }

    /// Compares two ranks.
    pub(crate) fn compare_ranks(self, a: &Rank<'_>, b: &Rank<'_>) -> Ordering {
        let nulls = |order: Ordering| if self.nulls_first { order.reverse() } else { order };
        let order = match (a, b) {
            (Rank::Null, Rank::Null) => return Ordering::Equal,
            (Rank::Null, _) => return nulls(Ordering::Greater),
            (_, Rank::Null) => return nulls(Ordering::Less),
            (Rank::Text(a), Rank::Text(b)) if self.mode == SortMode::Natural => natural(a, b),
            (a, b) => a.cmp(b),
        };
        if self.descending { order.reverse() } else { order }
    }

    /// Compares two values.
    pub(crate) fn compare(self, a: &Value<'_>, b: &Value<'_>) -> Ordering {
        self.compare_ranks(&self.rank(a), &self.rank(b))
    }
}

/// Compares text with its runs of digits as numbers. Texts that differ only in leading zeros compare by bytes.
pub(crate) fn natural(a: &[u8], b: &[u8]) -> Ordering {
    let (mut x, mut y) = (a, b);
    loop {
        match (x.split_first(), y.split_first()) {
            (None, None) => return a.cmp(b),
            (None, _) => return Ordering::Less,
            (_, None) => return Ordering::Greater,
            (Some((first, after_x)), Some((second, after_y))) => {
                if first.is_ascii_digit() && second.is_ascii_digit() {
                    let (left, rest_x) = digits(x);
                    let (right, rest_y) = digits(y);
                    let order = left.len().cmp(&right.len()).then_with(|| left.cmp(right));
                    if order != Ordering::Equal {
                        return order;
                    }
                    (x, y) = (rest_x, rest_y);
                } else if first == second {
                    (x, y) = (after_x, after_y);
                } else {
                    return first.cmp(second);
                }
            }
        }
    }
}

/// The run of digits at the start, without leading zeros, and what follows it.
fn digits(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let (run, rest) = text.split_at(end);
    let zeros = run.iter().position(|byte| *byte != b'0').unwrap_or(run.len());
    (run.get(zeros..).unwrap_or_default(), rest)
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use super::{SortMode, SortOrder, compare, equal, natural};
    use crate::core::data::value::Value;

    fn bare(text: &str) -> Value<'_> {
        Value::Bare(text.as_bytes().into())
    }

    fn sorted(order: SortOrder, values: &[&'static str]) -> Vec<&'static str> {
        let value = |text: &'static str| if text == "null" { Value::Null } else { bare(text) };
        let mut values = values.to_vec();
        values.sort_by(|a, b| order.compare(&value(a), &value(b)));
        values
    }

    #[test]
    fn two_columns_compare_as_numbers_where_both_are() {
        assert_eq!(compare(&bare("9"), &bare("10")), Some(Ordering::Less));
        assert_eq!(compare(&bare("9"), &bare("x")), Some(Ordering::Less));
        assert!(equal(&bare("1.0"), &bare("1")));
        assert!(!equal(&bare("1.0"), &bare("1x")));
        assert!(equal(&Value::Null, &Value::Missing));
        assert!(!equal(&Value::Null, &bare("")));
        assert_eq!(compare(&Value::Null, &bare("1")), None);
    }

    #[test]
    fn sorts_numbers_then_text_then_nulls() {
        let values = ["b", "10", "null", "9", "a", "", "1e1"];
        assert_eq!(sorted(SortOrder::default(), &values), ["9", "10", "1e1", "", "a", "b", "null"]);
        let falling = SortOrder { descending: true, ..SortOrder::default() };
        assert_eq!(sorted(falling, &values), ["b", "a", "", "10", "1e1", "9", "null"]);
        let first = SortOrder { nulls_first: true, ..falling };
        assert_eq!(sorted(first, &values), ["null", "b", "a", "", "10", "1e1", "9"]);
        let text = SortOrder { mode: SortMode::Text, ..SortOrder::default() };
        assert_eq!(sorted(text, &values), ["", "10", "1e1", "9", "a", "b", "null"]);
        let numbers = SortOrder { mode: SortMode::Number, ..SortOrder::default() };
        assert_eq!(sorted(numbers, &values), ["9", "10", "1e1", "b", "null", "a", ""]);
    }

    #[test]
    fn natural_order_reads_digits_as_numbers() {
        assert_eq!(natural(b"a2", b"a10"), Ordering::Less);
        assert_eq!(natural(b"a02b", b"a2a"), Ordering::Greater);
        assert_eq!(natural(b"a01", b"a1"), Ordering::Less);
        assert_eq!(natural(b"a", b"a1"), Ordering::Less);
    }
}
