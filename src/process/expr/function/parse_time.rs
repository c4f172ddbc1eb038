//! A time read in a given format.

use super::super::node::Type;
use super::super::tally::Wanted;
use super::Function;
use super::text_value;
use crate::core::data::time::Time;
use crate::core::data::value::Value;
use crate::core::registry::{Example, Row};

/// `parse_time(text, 'format', zone?)`
pub(super) const ROW: Row<Function> = Row {
    name: "parse_time",
    aliases: &["strptime"],
    usage: "parse_time(text, 'format', zone?)",
    summary: "The time that a text in a format of strptime is, of --tz or another zone where it names none; null where it does not fit",
    examples: &[
        Example { input: "parse_time('01.03.2026 12:07', '%d.%m.%Y %H:%M')", output: "2026-03-01T12:07:00Z" },
        Example { input: "parse_time('3/1/26', '%m/%d/%y')", output: "2026-03-01T00:00:00Z" },
        Example { input: "parse_time('01.07.2026', '%d.%m.%Y', 'Europe/Berlin')", output: "2026-06-30T22:00:00Z" },
    ],
    item: Function {
        arity: (2, 3),
        regex: None,
        bind: |args| {
            let format = args.constant_text(1, "a time format")?;
            if jiff::fmt::strtime::parse(&format, "").is_err_and(|error| {
                error.to_string().contains("directive") && error.to_string().contains("unrecognized")
            }) {
                return Err(args
                    .problem(1, "this time format does not parse")
                    .hint("write it like '%Y-%m-%d %H:%M:%S'"));
            }
            let given = args.zone(2)?;
            Ok(args.each(
                Type::Time,
                Box::new(move |call| {
                    let zone = call.zone;
                    let Some(text) = call.text(0) else { return Value::Null };
                    let time = Time::parse_as(&String::from_utf8_lossy(&text), &format, given.as_ref().unwrap_or(zone));
                    if time.is_none() {
                        call.misfit(0, Wanted::Time, &Value::Text(text));
                    }
                    time.map_or(Value::Null, |time| {
                        let mut text = Vec::new();
                        time.write(zone, &mut text);
                        text_value(text)
                    })
                }),
            ))
        },
    },
};
