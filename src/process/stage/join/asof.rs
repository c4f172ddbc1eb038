//! `--kind asof`: the last row at or before a record, by number or by time.
//!
//! Numbers are compared with numbers by value, times with times as instants; what is neither has no place.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::core::data::number::{Number, Wide};
use crate::core::data::time::{Time, Width, Zone};
use crate::core::data::value::Value;
use crate::core::error::{Code, Problem, Result};
use crate::process::stage::join::build::Pick;

/// Where a row stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::process::stage) enum Ordered {
    /// Nowhere.
    Nothing,
    /// At a number.
    Number(Number),
    /// At an instant.
    Time(Time),
}

/// Reads where rows stand.
#[derive(Debug, Clone)]
pub(in crate::process::stage) struct Reading {
    zone: Arc<Zone>,
}

impl Reading {
    /// Times without a zone are in this one.
    pub(in crate::process::stage) fn new(zone: Zone) -> Self {
        Self { zone: Arc::new(zone) }
    }

    /// Where a row with this value stands.
    pub(in crate::process::stage) fn of(&self, value: &Value<'_>) -> Ordered {
        if value.is_null() {
            return Ordered::Nothing;
        }
        match value.to_number() {
            Some(number) => Ordered::Number(number),
            None => Time::parse(&value.to_text(), &self.zone).map_or(Ordered::Nothing, Ordered::Time),
        }
    }
}

/// The rows of one key in their order; equal ones in that of the input.
#[derive(Debug, Default)]
pub(in crate::process::stage) struct Moments {
    numbers: Vec<(Number, Pick)>,
    times: Vec<(Time, Pick)>,
}

impl Moments {
    /// Sorts rows.
    pub(in crate::process::stage) fn new(rows: impl Iterator<Item = (Ordered, Pick)>) -> Self {
        let mut moments = Self::default();
        for (ordered, pick) in rows {
            match ordered {
                Ordered::Nothing => {}
                Ordered::Number(number) => moments.numbers.push((number, pick)),
                Ordered::Time(time) => moments.times.push((time, pick)),
            }
        }
        moments.numbers.sort_by(|a, b| a.0.compare(b.0));
        moments.times.sort_by_key(|(time, _)| *time);
        moments
    }

    /// The last row at or before a place, and not farther before it than `tolerance`.
    pub(in crate::process::stage) fn last(&self, ordered: Ordered, tolerance: Option<Number>) -> Option<Pick> {
        let wide = &mut Wide::default();
        let (distance, pick) = match ordered {
            Ordered::Nothing => return None,
            Ordered::Number(number) => {
                let behind = self.numbers.partition_point(|(other, _)| other.compare(number) != Ordering::Greater);
                let (other, pick) = self.numbers.get(behind.checked_sub(1)?)?;
                (number.subtract(*other, wide), *pick)
            }
            Ordered::Time(time) => {
                let behind = self.times.partition_point(|(other, _)| *other <= time);
                let (other, pick) = self.times.get(behind.checked_sub(1)?)?;
                (Some(time.since(*other)), *pick)
            }
        };
        match tolerance {
            Some(tolerance) if distance.is_none_or(|distance| distance > tolerance) => None,
            _ => Some(pick),
        }
    }
}

/// Reads a tolerance: a number, or a width of time, which is so many seconds.
pub(in crate::process::stage) fn tolerance(text: &str) -> Result<Number> {
    const DAY: i128 = 86_400;
    let number = Number::parse(text.trim().as_bytes()).filter(|number| *number >= Number::ZERO);
    let width = || match Width::parse(text)? {
        Width::Nanos(nanos) => Some(Number::Exact { units: nanos, scale: 9 }),
        Width::Days(days) => Some(Number::int(i128::from(days) * DAY)),
        Width::Weeks(weeks) => Some(Number::int(i128::from(weeks) * 7 * DAY)),
        Width::Months(_) => None,
    };
    number.or_else(width).ok_or_else(|| {
        Problem::new(Code::Usage, format!("'{}' in --tolerance is no distance", text.trim()))
            .hint("write a number, or a time like 500ms, 30s, 5m, 1h, 1d, 1w")
            .into()
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Moments, Ordered, Reading, tolerance};
    use crate::core::data::number::Number;
    use crate::core::data::time::Zone;
    use crate::core::data::value::Value;

    fn at(text: &str) -> Ordered {
        Reading::new(Zone::new(None, None).unwrap()).of(&Value::Bare(text.as_bytes().into()))
    }

    #[test]
    fn finds_the_last_at_or_before() {
        let rows = ["5", "1.0", "x", "1", "2026-03-01T12:00:00Z", "", "2026-03-01T11:00:00+00:00"];
        let moments = Moments::new(rows.iter().enumerate().map(|(row, text)| (at(text), (0, row as u32))));
        let last = |text: &str, most: Option<&str>| {
            moments.last(at(text), most.map(|most| tolerance(most).unwrap())).map(|pick| pick.1)
        };
        assert_eq!(
            [last("0.9", None), last("1", None), last("4.99", None), last("1e9", None)],
            [None, Some(3), Some(3), Some(0)]
        );
        assert_eq!([last("8", Some("2")), last("7", Some("2"))], [None, Some(0)]);
        assert_eq!(last("2026-03-01T11:59:59Z", None), Some(6));
        assert_eq!(
            [last("2026-03-01T12:05:00Z", Some("5m")), last("2026-03-01T12:05:01Z", Some("5m"))],
            [Some(4), None]
        );
        assert_eq!(last("x", None), None);
    }

    #[test]
    fn tolerances_are_numbers_or_widths() {
        assert_eq!(tolerance("2h").unwrap(), Number::int(7200));
        assert_eq!(tolerance(" 1.5").unwrap(), Number::parse(b"1.5").unwrap());
        assert!(tolerance("1mo").is_err());
        assert!(tolerance("-1").is_err());
    }
}
