//! What clocks and calendars show of a time, and times from counts and from texts of a known format.

use jiff::fmt::strtime;
use jiff::tz::TimeZone;

use super::{DAY, NANOS, Time, Zone, civil, days};
use crate::core::data::number::{Number, Wide};

/// A time on the clocks and in the calendar of a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Parts {
    /// The year.
    pub(crate) year: i64,
    /// 1 to 12.
    pub(crate) month: i64,
    /// 1 to 31.
    pub(crate) day: i64,
    /// 0 to 23.
    pub(crate) hour: i64,
    /// 0 to 59.
    pub(crate) minute: i64,
    /// 0 to 59.
    pub(crate) second: i64,
    /// 1 is Monday, 7 Sunday (ISO 8601).
    pub(crate) weekday: i64,
    /// 1 to 366.
    pub(crate) yearday: i64,
}

impl Parts {
    /// The week of the year (ISO 8601): that of its Thursday.
    pub(crate) fn week(self) -> i64 {
        let thursday = days(self.year, self.month, self.day) + 4 - self.weekday;
        let (year, ..) = civil(thursday);
        (thursday - days(year, 1, 1)) / 7 + 1
    }
}

impl Time {
    /// The point in time so long after 1970 began in UTC.
    pub(crate) fn at(seconds: i64, nanos: u32) -> Option<Self> {
        Self::new(seconds, nanos)
    }

    /// The time on the clocks and in the calendar of a zone.
    pub(crate) fn parts(self, zone: &Zone) -> Parts {
        let local = self.seconds + zone.offset(self);
        let (today, clock) = (local.div_euclid(DAY), local.rem_euclid(DAY));
        let (year, month, day) = civil(today);
        Parts {
            year,
            month,
            day,
            hour: clock / 3600,
            minute: clock / 60 % 60,
            second: clock % 60,
            weekday: (today + 3).rem_euclid(7) + 1,
            yearday: today - days(year, 1, 1) + 1,
        }
    }

    /// Seconds since 1970 in UTC, with their fraction.
    pub(crate) fn unix(self) -> Number {
        Number::Exact { units: self.total(), scale: 9 }.normal()
    }

    /// The time so many seconds after 1970 began in UTC, to the nanosecond.
    pub(crate) fn from_unix(seconds: Number) -> Option<Self> {
        let nanos = seconds.multiply(Number::int(NANOS), &mut Wide::default())?.round(0).to_integer()?;
        Self::from_total(nanos)
    }

    /// Reads a time in a format of `strptime`. Without a zone in the text it is that of `zone`, without a time of day
    /// midnight.
    pub(crate) fn parse_as(text: &str, format: &str, zone: &Zone) -> Option<Self> {
        let broken = strtime::parse(format, text).ok()?;
        if let Ok(timestamp) = broken.to_timestamp() {
            return Self::new(timestamp.as_second(), timestamp.subsec_nanosecond().unsigned_abs());
        }
        let datetime = match broken.to_datetime() {
            Ok(datetime) => datetime,
            Err(_) => broken.to_date().ok()?.at(0, 0, 0, 0),
        };
        let shown = TimeZone::UTC.to_ambiguous_timestamp(datetime).compatible().ok()?;
        zone.instant(shown.as_second(), shown.subsec_nanosecond().unsigned_abs())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::tests::{shown, utc};
    use super::Time;
    use crate::core::data::number::tests::{number, printed};
    use crate::core::data::time::Zone;

    #[test]
    fn shows_what_calendars_show() {
        let zone = Zone::new(Some("Europe/Berlin"), None).unwrap();
        let parts = Time::parse(b"2026-12-31T23:30:45Z", &zone).unwrap().parts(&zone);
        assert_eq!((parts.year, parts.month, parts.day), (2027, 1, 1));
        assert_eq!((parts.hour, parts.minute, parts.second), (0, 30, 45));
        assert_eq!((parts.weekday, parts.yearday, parts.week()), (5, 1, 53));
        for (date, week) in [("2024-12-30", 1), ("2021-01-03", 53), ("2026-06-15", 25), ("1969-12-31", 1)] {
            assert_eq!(Time::parse(date.as_bytes(), &utc()).unwrap().parts(&utc()).week(), week, "{date}");
        }
    }

    #[test]
    fn counts_from_1970() {
        let time = Time::from_unix(number("-0.5")).unwrap();
        assert_eq!(shown(Some(time), &utc()), "1969-12-31T23:59:59.5Z");
        assert_eq!(printed(time.unix()), "-0.5");
        assert_eq!(Time::from_unix(number("1e30")), None);
    }

    #[test]
    fn reads_formats() {
        let berlin = Zone::new(Some("Europe/Berlin"), None).unwrap();
        for (text, format, expected) in [
            ("01.03.2026", "%d.%m.%Y", "2026-03-01T00:00:00+01:00"),
            ("01.07.2026 12:30", "%d.%m.%Y %H:%M", "2026-07-01T12:30:00+02:00"),
            ("2026-07-01 12:30:00 +0000", "%Y-%m-%d %H:%M:%S %z", "2026-07-01T14:30:00+02:00"),
            ("Mar 1 2026", "%b %d %Y", "2026-03-01T00:00:00+01:00"),
            ("x", "%Y", "none"),
            ("12:30", "%H:%M", "none"),
        ] {
            assert_eq!(shown(Time::parse_as(text, format, &berlin), &berlin), expected, "{text}");
        }
    }
}
