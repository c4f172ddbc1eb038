//! Points in time: reading the forms that logs and data have, printing RFC 3339, and cutting into bins.
//!
//! Expressions are its only user. The common forms are read by hand; jiff has the time zones and the rarer forms.

mod bin;
mod parse;
mod parts;
mod span;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::core::data::number::{Number, Wide};
use crate::core::error::{Code, Problem};
use crate::core::registry::did_you_mean;

pub(crate) use bin::Width;
pub(crate) use span::Span;

/// A point in time, in the years 0 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Time {
    /// Seconds since 1970 in UTC.
    seconds: i64,
    /// Nanoseconds after that.
    nanos: u32,
}

/// The first and last seconds of the years that RFC 3339 can write.
const RANGE: std::ops::RangeInclusive<i64> = -62_167_219_200..=253_402_300_799;

const DAY: i64 = 86_400;
const NANOS: i128 = 1_000_000_000;

/// The zone of times that name none, and of printed times; UTC unless it is said.
#[derive(Debug, Clone, Default)]
pub(crate) struct Zone {
    /// None is UTC, which needs no tables.
    tz: Option<TimeZone>,
    /// The year of syslog times.
    year: Option<i16>,
}

/// The names of all zones that are known here.
pub(crate) fn zones() -> Vec<String> {
    jiff::tz::db().available().map(|zone| zone.to_string()).collect()
}

impl Zone {
    /// The zone of that name (`Europe/Berlin`, `UTC`, `+02:00`), UTC where none is given. `year` is that of times
    /// without one.
    pub(crate) fn new(name: Option<&str>, year: Option<i16>) -> Result<Self, Problem> {
        let Some(name) = name.filter(|name| !matches!(*name, "UTC" | "utc" | "Z" | "z")) else {
            return Ok(Self { tz: None, year });
        };
        let offset = parse::offset(name.as_bytes()).and_then(|seconds| jiff::tz::Offset::from_seconds(seconds).ok());
        let tz = match offset {
            Some(offset) => TimeZone::fixed(offset),
            None => TimeZone::get(name).map_err(|_| {
                let known = zones();
                let hint = did_you_mean(name, known.iter().map(String::as_str));
                Problem::new(Code::Usage, format!("unknown time zone '{name}'"))
                    .hint(hint.unwrap_or_else(|| "zones are named like Europe/Berlin, UTC or +02:00".to_string()))
            })?,
        };
        Ok(Self { tz: Some(tz), year })
    }

    /// Seconds by which the zone's clocks are ahead of UTC.
    fn offset(&self, time: Time) -> i64 {
        match (&self.tz, Timestamp::from_second(time.seconds)) {
            (Some(tz), Ok(timestamp)) => i64::from(tz.to_offset(timestamp).seconds()),
            _ => 0,
        }
    }

    /// The time at which the zone's clocks show these seconds since 1970. In a gap the later, in a fold the earlier.
    fn instant(&self, local: i64, nanos: u32) -> Option<Time> {
        let Some(tz) = &self.tz else { return Time::new(local, nanos) };
        let shown = Timestamp::from_second(local).ok()?.to_zoned(TimeZone::UTC).datetime();
        let timestamp = tz.to_ambiguous_timestamp(shown).compatible().ok()?;
        Time::new(timestamp.as_second(), nanos)
    }
}

impl Time {
    fn new(seconds: i64, nanos: u32) -> Option<Self> {
        RANGE.contains(&seconds).then_some(Self { seconds, nanos })
    }

    /// Reads RFC 3339, ISO 8601, Common Log Format or syslog times.
    pub(crate) fn parse(text: &[u8], zone: &Zone) -> Option<Self> {
        parse::parse(text, zone)
    }

    /// Nanoseconds since 1970.
    fn total(self) -> i128 {
        i128::from(self.seconds) * NANOS + i128::from(self.nanos)
    }

    fn from_total(nanos: i128) -> Option<Self> {
        let seconds = i64::try_from(nanos.div_euclid(NANOS)).ok()?;
        Self::new(seconds, u32::try_from(nanos.rem_euclid(NANOS)).ok()?)
    }

    /// The seconds from the other time to this one.
    pub(crate) fn since(self, other: Self) -> Number {
        Number::Exact { units: self.total() - other.total(), scale: 9 }.normal()
    }

    /// The time that many seconds later, to the nanosecond.
    pub(crate) fn plus(self, seconds: Number) -> Option<Self> {
        let nanos = seconds.multiply(Number::int(NANOS), &mut Wide::default())?.round(0).to_integer()?;
        Self::from_total(self.total().checked_add(nanos)?)
    }

    /// Appends the time as RFC 3339 in the zone, with as many digits of a second as it needs.
    pub(crate) fn write(self, zone: &Zone, out: &mut Vec<u8>) {
        let offset = zone.offset(self);
        let local = self.seconds + offset;
        let (year, month, day) = civil(local.div_euclid(DAY));
        let second = local.rem_euclid(DAY);
        pad(out, year, 4, b"");
        pad(out, month, 2, b"-");
        pad(out, day, 2, b"-");
        pad(out, second / 3600, 2, b"T");
        pad(out, second / 60 % 60, 2, b":");
        pad(out, second % 60, 2, b":");
        if self.nanos > 0 {
            pad(out, i64::from(self.nanos), 9, b".");
            while out.last() == Some(&b'0') {
                out.pop();
            }
        }
        if offset == 0 {
            out.push(b'Z');
            return;
        }
        pad(out, offset.abs() / 3600, 2, if offset < 0 { b"-" } else { b"+" });
        pad(out, offset.abs() / 60 % 60, 2, b":");
    }

    /// The time as `strftime` prints it in the zone; none where the format is wrong.
    pub(crate) fn format(self, format: &str, zone: &Zone) -> Option<String> {
        let tz = zone.tz.clone().unwrap_or(TimeZone::UTC);
        let zoned = Timestamp::new(self.seconds, i32::try_from(self.nanos).ok()?).ok()?.to_zoned(tz);
        jiff::fmt::strtime::format(format, &zoned).ok()
    }
}

/// Appends what stands before a number, and the number with so many digits at least.
fn pad(out: &mut Vec<u8>, value: i64, width: usize, before: &[u8]) {
    out.extend_from_slice(before);
    let mut buffer = itoa::Buffer::new();
    let digits = buffer.format(value).as_bytes();
    out.resize(out.len() + width.saturating_sub(digits.len()), b'0');
    out.extend_from_slice(digits);
}

/// Days since 1970 of a date (Howard Hinnant, "chrono-compatible low-level date algorithms").
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// Year, month and day of days since 1970 (the inverse).
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Time, Zone, civil, days};
    use crate::core::data::number::Number;

    pub(super) fn utc() -> Zone {
        Zone::new(None, Some(2026)).unwrap()
    }

    pub(super) fn shown(time: Option<Time>, zone: &Zone) -> String {
        let mut out = Vec::new();
        match time {
            Some(time) => time.write(zone, &mut out),
            None => out.extend_from_slice(b"none"),
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn dates_and_days_are_inverse() {
        for day in (-719_528..2_932_896).step_by(13) {
            let (year, month, date) = civil(day);
            assert_eq!(days(year, month, date), day);
        }
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(days(2024, 2, 29)), (2024, 2, 29));
    }

    #[test]
    fn prints_in_the_zone_and_counts_seconds() {
        let berlin = Zone::new(Some("Europe/Berlin"), None).unwrap();
        let winter = Time::parse(b"2026-01-01T00:30:00Z", &berlin);
        assert_eq!(shown(winter, &berlin), "2026-01-01T01:30:00+01:00");
        let summer = Time::parse(b"2026-07-01", &berlin);
        assert_eq!(shown(summer, &utc()), "2026-06-30T22:00:00Z");
        let (a, b) = (winter.unwrap(), Time::parse(b"2026-01-01T00:30:00.25Z", &berlin).unwrap());
        assert_eq!(b.since(a), Number::parse(b"0.25").unwrap());
        assert_eq!(a.plus(Number::parse(b"0.25").unwrap()), Some(b));
        assert_eq!(a.plus(Number::parse(b"1e30").unwrap()), None);
        assert_eq!(winter.unwrap().parts(&berlin).hour, 1);
        assert_eq!(winter.unwrap().format("%d.%m.%Y %H:%M", &berlin).as_deref(), Some("01.01.2026 01:30"));
    }

    #[test]
    fn zones_have_names_or_offsets() {
        assert!(Zone::new(Some("Nowhere/Else"), None).is_err());
        let zone = Zone::new(Some("-05:30"), None).unwrap();
        assert_eq!(shown(Time::parse(b"2026-03-01T12:00:00Z", &zone), &zone), "2026-03-01T06:30:00-05:30");
    }
}
