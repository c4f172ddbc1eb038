//! A number of seconds as people read it.

use super::super::node::Type;
use super::Function;
use super::text_value;
use crate::core::data::number::Number;
use crate::core::data::number::Wide;
use crate::core::data::value::Value;
use crate::core::registry::{Example, Row};

/// `format_duration(seconds)`
pub(super) const ROW: Row<Function> = Row {
    name: "format_duration",
    aliases: &[],
    usage: "format_duration(seconds)",
    summary: "A number of seconds as people read it",
    examples: &[
        Example { input: "format_duration(5405)", output: "1h30m5s" },
        Example { input: "format_duration(-0.25)", output: "-250ms" },
        Example { input: "format_duration(90061.5)", output: "1d1h1m1.5s" },
    ],
    item: Function {
        arity: (1, 1),
        regex: None,
        bind: |args| {
            Ok(args.each(
                Type::Text,
                Box::new(|call| call.number(0).map_or(Value::Null, |seconds| text_value(shown(seconds)))),
            ))
        },
    },
};

fn shown(seconds: Number) -> String {
    let mut out = String::new();
    let wide = &mut Wide::default();
    let mut rest = seconds.abs();
    if seconds < Number::ZERO {
        out.push('-');
    }
    if rest < Number::int(1) && !rest.is_zero() {
        if let Some(thousandths) = rest.multiply(Number::int(1000), wide) {
            push(thousandths, "ms", &mut out);
        }
        return out;
    }
    for (each, unit) in [(86_400, "d"), (3600, "h"), (60, "m")] {
        let each = Number::int(each);
        let whole = rest.floor_divide(each, wide).filter(|whole| !whole.is_zero());
        if let (Some(whole), Some(left)) = (whole, rest.remainder(each, wide)) {
            push(whole, unit, &mut out);
            rest = left;
        }
    }
    if !rest.is_zero() || seconds.is_zero() {
        push(rest, "s", &mut out);
    }
    out
}

fn push(number: Number, unit: &str, out: &mut String) {
    let mut digits = Vec::new();
    number.write(&mut digits);
    out.push_str(&String::from_utf8_lossy(&digits));
    out.push_str(unit);
}
