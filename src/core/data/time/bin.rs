//! Cuts time into bins. Bins follow the zone's clocks: `1d` starts at local midnight, `1w` on Monday.

use super::{DAY, NANOS, Time, Zone, civil, days};

/// How wide a bin is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Width {
    /// Nanoseconds, counted from 1970 on the zone's clocks.
    Nanos(i128),
    /// Days, counted from 1970.
    Days(i64),
    /// Weeks from Monday.
    Weeks(i64),
    /// Months of the calendar, counted from January of year 0.
    Months(i64),
}

impl Width {
    /// Reads `500ms`, `30s`, `5m`, `1h`, `1d`, `1w`, `1mo`, `1q`, `1y`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let split = text.find(|character: char| !character.is_ascii_digit())?;
        let (count, unit) = text.split_at_checked(split)?;
        let count: i64 = if count.is_empty() { 1 } else { count.parse().ok()? };
        if !(1..=1_000_000_000).contains(&count) {
            return None;
        }
        let nanos = |unit: i128| Self::Nanos(i128::from(count) * unit);
        Some(match unit.trim_start() {
            "us" => nanos(1_000),
            "ms" => nanos(1_000_000),
            "s" | "sec" | "second" | "seconds" => nanos(NANOS),
            "m" | "min" | "minute" | "minutes" => nanos(60 * NANOS),
            "h" | "hour" | "hours" => nanos(3600 * NANOS),
            "d" | "day" | "days" => Self::Days(count),
            "w" | "week" | "weeks" => Self::Weeks(count),
            "mo" | "month" | "months" => Self::Months(count),
            "q" | "quarter" | "quarters" => Self::Months(count * 3),
            "y" | "year" | "years" => Self::Months(count * 12),
            _ => return None,
        })
    }
}

impl Time {
    /// The start of the bin that the time is in.
    pub(crate) fn bin(self, width: Width, zone: &Zone) -> Option<Self> {
        let offset = zone.offset(self);
        let today = (self.seconds + offset).div_euclid(DAY);
        let start = match width {
            Width::Nanos(width) => {
                let ahead = i128::from(offset) * NANOS;
                return Self::from_total((self.total() + ahead).div_euclid(width) * width - ahead);
            }
            Width::Days(width) => today.div_euclid(width) * width,
            // 1970 began on a Thursday; day 4 was a Monday.
            Width::Weeks(width) => (today - 4).div_euclid(7 * width) * 7 * width + 4,
            Width::Months(width) => {
                let (year, month, _) = civil(today);
                let start = (year * 12 + month - 1).div_euclid(width) * width;
                days(start.div_euclid(12), start.rem_euclid(12) + 1, 1)
            }
        };
        zone.instant(start.checked_mul(DAY)?, 0)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::tests::{shown, utc};
    use super::{Time, Width};
    use crate::core::data::time::Zone;

    #[test]
    fn bins_start_where_clocks_do() {
        let berlin = Zone::new(Some("Europe/Berlin"), None).unwrap();
        for (text, width, zone, expected) in [
            ("2026-03-01T12:07:31.5Z", "5m", &utc(), "2026-03-01T12:05:00Z"),
            ("2026-03-01T12:07:31.5Z", "500ms", &utc(), "2026-03-01T12:07:31.5Z"),
            ("1969-12-31T23:59:59Z", "1h", &utc(), "1969-12-31T23:00:00Z"),
            ("2026-03-01T12:07:31Z", "1w", &utc(), "2026-02-23T00:00:00Z"),
            ("2026-05-17T12:07:31Z", "1q", &utc(), "2026-04-01T00:00:00Z"),
            ("2026-05-17T12:07:31Z", "1y", &utc(), "2026-01-01T00:00:00Z"),
            ("2026-06-30T22:30:00Z", "1d", &berlin, "2026-07-01T00:00:00+02:00"),
            ("2026-03-29T12:00:00Z", "1d", &berlin, "2026-03-29T00:00:00+01:00"),
        ] {
            let time = Time::parse(text.as_bytes(), zone).unwrap();
            assert_eq!(shown(time.bin(Width::parse(width).unwrap(), zone), zone), expected, "{text} {width}");
        }
        for wrong in ["", "5", "0m", "5 fortnights", "-1h"] {
            assert_eq!(Width::parse(wrong), None, "{wrong}");
        }
    }
}
