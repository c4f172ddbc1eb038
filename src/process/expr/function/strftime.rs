//! A time in a format.

use super::super::node::Type;
use super::Function;
use super::text_value;
use crate::core::data::time::Time;
use crate::core::data::value::Value;
use crate::core::registry::{Example, Row};

/// `strftime(time, 'format')`
pub(super) const ROW: Row<Function> = Row {
    name: "strftime",
    aliases: &[],
    usage: "strftime(time, 'format')",
    summary: "The time in a format of strftime, on the clocks of --tz",
    examples: &[Example { input: "strftime('2026-03-01T12:07:31Z', '%d.%m.%Y %H:%M')", output: "01.03.2026 12:07" }],
    item: Function {
        arity: (2, 2),
        regex: None,
        bind: |args| {
            let format = args.constant_text(1, "a time format")?;
            let epoch = Time::parse(b"1970-01-01", &args.binder.zone);
            if epoch.is_some_and(|epoch| epoch.format(&format, &args.binder.zone).is_none()) {
                return Err(args
                    .problem(1, "this time format does not parse")
                    .hint("write it like '%Y-%m-%d %H:%M:%S'"));
            }
            Ok(args.each(
                Type::Text,
                Box::new(move |call| {
                    let zone = call.zone;
                    call.time(0).and_then(|time| time.format(&format, zone)).map_or(Value::Null, text_value)
                }),
            ))
        },
    },
};
