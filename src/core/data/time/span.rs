//! Lengths of time as people write them: `1h30m`, `2 days`, `1mo`. Months and days are those of the calendar, so a day
//! later is the same clock time also where clocks change.

use super::{DAY, NANOS, Time, Zone, civil, days};
use crate::core::data::number::{Number, Wide};

/// A length of time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Span {
    /// Months of the calendar.
    pub(crate) months: i64,
    /// Days of the calendar.
    pub(crate) days: i64,
    /// Nanoseconds beside them.
    pub(crate) nanos: i128,
}

impl Span {
    /// Reads `90s`, `1h30m`, `-2 days`, `1y 2mo`, `1.5h`, `PT1H30M`, `01:30:00`; none for other text.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let span = clock(text).or_else(|| iso(text)).or_else(|| units(text))?;
        Some(if negative { span.reversed() } else { span })
    }

    /// The same length backwards.
    pub(crate) fn reversed(self) -> Self {
        Self { months: -self.months, days: -self.days, nanos: -self.nanos }
    }

    /// The length in seconds, a day as 86400 of them; none where months, which differ, are in it.
    pub(crate) fn seconds(self) -> Option<Number> {
        let nanos = i128::from(self.days) * i128::from(DAY) * NANOS + self.nanos;
        (self.months == 0).then(|| Number::Exact { units: nanos, scale: 9 }.normal())
    }

    /// Adds `number` of a unit.
    fn add(&mut self, number: Number, unit: &str) -> Option<()> {
        let whole = || number.to_integer().and_then(|whole| i64::try_from(whole).ok());
        let nanos = match unit {
            "ns" => 1,
            "us" | "µs" => 1_000,
            "ms" | "millisecond" | "milliseconds" => 1_000_000,
            "s" | "sec" | "secs" | "second" | "seconds" => NANOS,
            "m" | "min" | "mins" | "minute" | "minutes" => 60 * NANOS,
            "h" | "hr" | "hrs" | "hour" | "hours" => 3600 * NANOS,
            "d" | "day" | "days" | "w" | "week" | "weeks" => {
                let each = if unit.starts_with('w') { 7 } else { 1 };
                if let Some(whole) = whole() {
                    self.days = self.days.checked_add(whole.checked_mul(each)?)?;
                    return Some(());
                }
                i128::from(each) * i128::from(DAY) * NANOS
            }
            "mo" | "month" | "months" => return self.add_months(whole()?, 1),
            "q" | "quarter" | "quarters" => return self.add_months(whole()?, 3),
            "y" | "yr" | "year" | "years" => return self.add_months(whole()?, 12),
            _ => return None,
        };
        let nanos = number.multiply(Number::int(nanos), &mut Wide::default())?.round(0).to_integer()?;
        self.nanos = self.nanos.checked_add(nanos)?;
        Some(())
    }

    fn add_months(&mut self, count: i64, each: i64) -> Option<()> {
        self.months = self.months.checked_add(count.checked_mul(each)?)?;
        Some(())
    }
}

/// `hh:mm:ss`, `mm:ss` with or without a fraction.
fn clock(text: &str) -> Option<Span> {
    let mut parts: Vec<Number> = Vec::new();
    for part in text.split(':') {
        let number = Number::parse(part.as_bytes())?;
        parts.push(Some(number).filter(|number| *number >= Number::ZERO)?);
    }
    let (hours, minutes, seconds) = match parts.as_slice() {
        [hours, minutes, seconds] => (*hours, *minutes, *seconds),
        [minutes, seconds] => (Number::ZERO, *minutes, *seconds),
        _ => return None,
    };
    let mut span = Span::default();
    span.add(hours, "h")?;
    span.add(minutes, "m")?;
    span.add(seconds, "s")?;
    Some(span)
}

/// `P1Y2M3DT4H5M6.7S` (ISO 8601, durations).
fn iso(text: &str) -> Option<Span> {
    let text = text.strip_prefix('P')?;
    let (date, time) = text.split_once('T').unwrap_or((text, ""));
    let mut span = Span::default();
    let mut found = false;
    for (part, names) in
        [(date, &[("Y", "y"), ("M", "mo"), ("W", "w"), ("D", "d")][..]), (time, &[("H", "h"), ("M", "m"), ("S", "s")])]
    {
        let mut rest = part;
        while !rest.is_empty() {
            let end = rest.find(|character: char| character.is_ascii_alphabetic())?;
            let (number, unit) = (rest.get(..end)?, rest.get(end..=end)?);
            let (_, unit) = names.iter().find(|(name, _)| *name == unit)?;
            span.add(Number::parse(number.replace(',', ".").as_bytes())?, unit)?;
            rest = rest.get(end + 1..)?;
            found = true;
        }
    }
    found.then_some(span)
}

/// Numbers with units, one after the other.
fn units(text: &str) -> Option<Span> {
    let mut span = Span::default();
    let mut rest = text;
    while !rest.is_empty() {
        let split = rest.find(|character: char| !character.is_ascii_digit() && character != '.')?;
        let (number, after) = rest.split_at_checked(split)?;
        let after = after.trim_start();
        let end = after.find(|character: char| !character.is_alphabetic()).unwrap_or(after.len());
        let (unit, after) = after.split_at_checked(end)?;
        span.add(Number::parse(number.as_bytes())?, unit)?;
        rest = after.trim_start_matches([' ', ',']);
    }
    (!text.is_empty()).then_some(span)
}

impl Time {
    /// The time a span later, on the zone's clocks: months first, to a day that the month has, then days, then the rest.
    pub(crate) fn later(self, span: Span, zone: &Zone) -> Option<Self> {
        let mut time = self;
        if span.months != 0 || span.days != 0 {
            let local = self.seconds + zone.offset(self);
            let (year, month, day) = civil(local.div_euclid(DAY));
            let months = (year * 12 + month - 1).checked_add(span.months)?;
            let (year, month) = (months.div_euclid(12), months.rem_euclid(12) + 1);
            if !(-1..=9999).contains(&year) {
                return None;
            }
            let last = days(year + month / 12, month % 12 + 1, 1) - days(year, month, 1);
            let date = days(year, month, day.min(last)).checked_add(span.days)?;
            time = zone.instant(date.checked_mul(DAY)?.checked_add(local.rem_euclid(DAY))?, self.nanos)?;
        }
        Self::from_total(time.total().checked_add(span.nanos)?)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::tests::{shown, utc};
    use super::Span;
    use crate::core::data::number::tests::printed;
    use crate::core::data::time::{Time, Zone};

    #[test]
    fn reads_what_people_write() {
        for (text, seconds) in [
            ("90s", "90"),
            ("1h30m", "5400"),
            ("1h 30m, 5s", "5405"),
            ("1.5h", "5400"),
            ("250ms", "0.25"),
            ("-2 days", "-172800"),
            ("1w", "604800"),
            ("0.5d", "43200"),
            ("01:30:00", "5400"),
            ("2:05.5", "125.5"),
            ("PT1H30M", "5400"),
            ("P1DT0.5S", "86400.5"),
        ] {
            let span = Span::parse(text).unwrap();
            assert_eq!(printed(span.seconds().unwrap()), seconds, "{text}");
        }
        assert_eq!(Span::parse("1y 2mo"), Some(Span { months: 14, ..Span::default() }));
        assert_eq!(Span::parse("1mo").unwrap().seconds(), None);
        for wrong in ["", "5", "h", "1 fortnight", "1.5mo", "1h-30m", "12:", "P", "2026-03-01", "é"] {
            assert_eq!(Span::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn months_and_days_follow_the_calendar() {
        let berlin = Zone::new(Some("Europe/Berlin"), None).unwrap();
        for (text, span, zone, expected) in [
            ("2026-01-31", "1mo", &utc(), "2026-02-28T00:00:00Z"),
            ("2024-02-29", "1y", &utc(), "2025-02-28T00:00:00Z"),
            ("2026-12-15T10:00:00Z", "2mo", &utc(), "2027-02-15T10:00:00Z"),
            ("2026-03-31", "-1mo", &utc(), "2026-02-28T00:00:00Z"),
            ("2026-03-28T12:00:00", "1d", &berlin, "2026-03-29T12:00:00+02:00"),
            ("2026-03-28T12:00:00", "24h", &berlin, "2026-03-29T13:00:00+02:00"),
            ("2026-01-01", "9000y", &utc(), "none"),
        ] {
            let time = Time::parse(text.as_bytes(), zone).unwrap();
            assert_eq!(shown(time.later(Span::parse(span).unwrap(), zone), zone), expected, "{text} {span}");
        }
    }
}
