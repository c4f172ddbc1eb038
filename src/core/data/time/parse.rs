//! Reads times. RFC 3339 and its ISO 8601 neighbours, Common Log Format and syslog are read by hand, byte by byte;
//! jiff reads the other forms of ISO 8601.

use jiff::Timestamp;
use jiff::civil::DateTime;

use super::{DAY, Time, Zone, days};
use crate::core::integer::signed;

/// What a clock showed, where.
struct Shown {
    /// Seconds since 1970 as if in UTC.
    local: i64,
    nanos: u32,
    /// Seconds ahead of UTC, where the text says so.
    offset: Option<i32>,
}

/// Reads a time in any of the forms.
pub(super) fn parse(text: &[u8], zone: &Zone) -> Option<Time> {
    let shown = iso(text).or_else(|| clf(text)).or_else(|| syslog(text, zone.year));
    let Some(shown) = shown else { return other(text, zone) };
    match shown.offset {
        Some(offset) => Time::new(shown.local - i64::from(offset), shown.nanos),
        None => zone.instant(shown.local, shown.nanos),
    }
}

/// A fixed number of digits at an offset.
#[inline]
fn digits(text: &[u8], at: usize, count: usize) -> Option<i64> {
    let mut value = 0;
    for byte in text.get(at..at + count)? {
        if !byte.is_ascii_digit() {
            return None;
        }
        value = value * 10 + i64::from(byte - b'0');
    }
    Some(value)
}

/// Seconds since 1970 of a date and a time of day, each part in range. A leap second counts as the one before it.
fn local(date: (i64, i64, i64), clock: (i64, i64, i64)) -> Option<i64> {
    let (year, month, day) = date;
    let (hour, minute, second) = clock;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=last).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    Some(days(year, month, day) * DAY + hour * 3600 + minute * 60 + second.min(59))
}

/// `2026-03-01`, `2026-03-01T12:00`, `2026-03-01 12:00:00.25+02:00` (RFC 3339 §5.6 and ISO 8601).
fn iso(text: &[u8]) -> Option<Shown> {
    let date = (digits(text, 0, 4)?, digits(text, 5, 2)?, digits(text, 8, 2)?);
    if text.get(4) != Some(&b'-') || text.get(7) != Some(&b'-') {
        return None;
    }
    let Some(separator) = text.get(10) else {
        return Some(Shown { local: local(date, (0, 0, 0))?, nanos: 0, offset: None });
    };
    if !matches!(separator, b'T' | b't' | b' ') || text.get(13) != Some(&b':') {
        return None;
    }
    let (hour, minute) = (digits(text, 11, 2)?, digits(text, 14, 2)?);
    let (mut second, mut nanos, mut at) = (0, 0, 16);
    if text.get(at) == Some(&b':') {
        second = digits(text, 17, 2)?;
        at = 19;
        if matches!(text.get(at), Some(b'.' | b',')) {
            (nanos, at) = fraction(text, at + 1)?;
        }
    }
    let rest = text.get(at..).unwrap_or_default();
    let offset = if rest.is_empty() { None } else { Some(offset(rest.trim_ascii_start())?) };
    Some(Shown { local: local(date, (hour, minute, second))?, nanos, offset })
}

/// Digits of a second as nanoseconds, further ones dropped, and where they end.
fn fraction(text: &[u8], from: usize) -> Option<(u32, usize)> {
    let run = text.get(from..)?;
    let len = run.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(run.len());
    if len == 0 {
        return None;
    }
    let digit = |at: usize| if at < len { run.get(at).map_or(0, |byte| u32::from(byte - b'0')) } else { 0 };
    Some(((0..9).fold(0, |nanos, at| nanos * 10 + digit(at)), from + len))
}

/// `Z`, `+02:00`, `+0200`, `+02` as seconds ahead of UTC.
pub(super) fn offset(text: &[u8]) -> Option<i32> {
    let (sign, rest) = match text.split_first()? {
        (b'Z' | b'z', []) => return Some(0),
        (b'+', rest) => (1, rest),
        (b'-', rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = match (rest.len(), rest.get(2)) {
        (2, _) => (digits(rest, 0, 2)?, 0),
        (4, _) => (digits(rest, 0, 2)?, digits(rest, 2, 2)?),
        (5, Some(b':')) => (digits(rest, 0, 2)?, digits(rest, 3, 2)?),
        _ => return None,
    };
    if hours >= 24 || minutes >= 60 {
        return None;
    }
    i32::try_from(sign * (hours * 3600 + minutes * 60)).ok()
}

fn month(name: &[u8]) -> Option<i64> {
    const NAMES: [&[u8; 3]; 12] =
        [b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec"];
    let at = NAMES.iter().position(|month| month.eq_ignore_ascii_case(name))?;
    Some(signed(at) + 1)
}

/// `hh:mm:ss` at an offset.
fn clock(text: &[u8], at: usize) -> Option<(i64, i64, i64)> {
    if text.get(at + 2) != Some(&b':') || text.get(at + 5) != Some(&b':') {
        return None;
    }
    Some((digits(text, at, 2)?, digits(text, at + 3, 2)?, digits(text, at + 6, 2)?))
}

/// `01/Mar/2026:12:00:00 +0000`, with or without its brackets (Apache httpd, "Common Log Format").
fn clf(text: &[u8]) -> Option<Shown> {
    let text = match text.strip_prefix(b"[") {
        Some(inside) => inside.strip_suffix(b"]")?,
        None => text,
    };
    let slashes = text.get(2) == Some(&b'/') && text.get(6) == Some(&b'/') && text.get(11) == Some(&b':');
    if !slashes {
        return None;
    }
    let date = (digits(text, 7, 4)?, month(text.get(3..6)?)?, digits(text, 0, 2)?);
    let rest = text.get(20..).unwrap_or_default();
    let offset = if rest.is_empty() { None } else { Some(offset(rest.strip_prefix(b" ")?)?) };
    Some(Shown { local: local(date, clock(text, 12)?)?, nanos: 0, offset })
}

/// `Mar  1 12:00:00`, of the given year (RFC 3164 §4.1.2), or with its year, `Mar  1 2026 12:00:00`.
fn syslog(text: &[u8], year: Option<i16>) -> Option<Shown> {
    let month = month(text.get(..3)?)?;
    if text.get(3) != Some(&b' ') || text.get(6) != Some(&b' ') {
        return None;
    }
    let day = if text.get(4) == Some(&b' ') { digits(text, 5, 1)? } else { digits(text, 4, 2)? };
    let (year, at) = match (digits(text, 7, 4), text.get(11)) {
        (Some(year), Some(b' ')) => (year, 12),
        _ => (i64::from(year?), 7),
    };
    let (nanos, end) = match text.get(at + 8) {
        Some(b'.') => fraction(text, at + 9)?,
        _ => (0, at + 8),
    };
    if end != text.len() {
        return None;
    }
    Some(Shown { local: local((year, month, day), clock(text, at)?)?, nanos, offset: None })
}

/// The rarer forms of ISO 8601 and RFC 9557: `20260301T120000Z`, `2026-W09-7`, `…[Europe/Berlin]`.
fn other(text: &[u8], zone: &Zone) -> Option<Time> {
    if text.len() < 8 || !text.first().is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let text = std::str::from_utf8(text).ok()?;
    let instant =
        |timestamp: Timestamp| Time::new(timestamp.as_second(), u32::try_from(timestamp.subsec_nanosecond()).ok()?);
    if text.contains('[') {
        return text.parse::<jiff::Zoned>().ok().and_then(|zoned| instant(zoned.timestamp()));
    }
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return instant(timestamp);
    }
    let shown: DateTime = text.parse().ok()?;
    let shown = instant(shown.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())?;
    zone.instant(shown.seconds, shown.nanos)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{shown, utc};
    use crate::core::data::time::Time;

    #[test]
    fn reads_the_forms_of_data_and_logs() {
        for (text, expected) in [
            ("2026-03-01", "2026-03-01T00:00:00Z"),
            ("2026-03-01T12:00", "2026-03-01T12:00:00Z"),
            ("2026-03-01 12:00:01", "2026-03-01T12:00:01Z"),
            ("2026-03-01T12:00:01.250Z", "2026-03-01T12:00:01.25Z"),
            ("2026-03-01T12:00:01,5+02:00", "2026-03-01T10:00:01.5Z"),
            ("2026-03-01 12:00:01 +0200", "2026-03-01T10:00:01Z"),
            ("2026-12-31T23:59:60Z", "2026-12-31T23:59:59Z"),
            ("01/Mar/2026:12:00:00 +0100", "2026-03-01T11:00:00Z"),
            ("[01/Mar/2026:12:00:00 +0000]", "2026-03-01T12:00:00Z"),
            ("Mar  1 12:00:00", "2026-03-01T12:00:00Z"),
            ("Mar 31 2025 12:00:00", "2025-03-31T12:00:00Z"),
            ("20260301T120000Z", "2026-03-01T12:00:00Z"),
            ("20260301", "2026-03-01T00:00:00Z"),
            ("2026-03-01T12:00:00+01:00[Europe/Berlin]", "2026-03-01T11:00:00Z"),
        ] {
            assert_eq!(shown(Time::parse(text.as_bytes(), &utc()), &utc()), expected, "{text}");
        }
        for text in [
            "",
            "2026",
            "2026-02-29",
            "2026-13-01",
            "2026-03-01T24:00",
            "2026-03-01T12:00:00X",
            "1772366400",
            "n/a",
            "32/Mar/2026:12:00:00 +0000",
            "Foo  1 12:00:00",
            "2026-03-01T",
            "2026-03-01T12:00:00.Z",
        ] {
            assert_eq!(shown(Time::parse(text.as_bytes(), &utc()), &utc()), "none", "{text}");
        }
    }
}
