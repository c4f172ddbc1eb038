//! The time that a count of seconds is.

use super::super::node::Type;
use super::Function;
use super::text_value;
use crate::core::data::number::Number;
use crate::core::data::time::Time;
use crate::core::data::value::Value;
use crate::core::registry::{Example, Row};

/// `from_unix(x, 'unit'?)`
pub(super) const ROW: Row<Function> = Row {
    name: "from_unix",
    aliases: &[],
    usage: "from_unix(x, 'unit'?)",
    summary: "The time so many seconds (or 'ms', 'us', 'ns') after 1970 began in UTC",
    examples: &[
        Example { input: "from_unix(1772366851)", output: "2026-03-01T12:07:31Z" },
        Example { input: "from_unix('1772366851250', 'ms')", output: "2026-03-01T12:07:31.25Z" },
    ],
    item: Function {
        arity: (1, 2),
        regex: None,
        bind: |args| {
            let unit = if args.nodes.len() > 1 { args.constant_text(1, "the unit")? } else { "s".to_string() };
            let scale = match unit.as_str() {
                "s" => 0,
                "ms" => 3,
                "us" => 6,
                "ns" => 9,
                _ => return Err(args.problem(1, format!("'{unit}' is no unit")).hint("units are s, ms, us, ns")),
            };
            Ok(args.each(
                Type::Time,
                Box::new(move |call| {
                    let seconds =
                        call.number(0).and_then(|number| number.checked_mul(Number::Exact { units: 1, scale }));
                    let zone = call.zone;
                    seconds.and_then(Time::from_unix).map_or(Value::Null, |time| {
                        let mut text = Vec::new();
                        time.write(zone, &mut text);
                        text_value(text)
                    })
                }),
            ))
        },
    },
};
