//! A power.

use super::super::node::Type;
use super::Function;
use super::number_value;
use crate::core::data::number::Number;
use crate::core::data::value::Value;
use crate::core::registry::{Example, Row};

/// `pow(x, y)`
pub(super) const ROW: Row<Function> = Row {
    name: "pow",
    aliases: &["power"],
    usage: "pow(x, y)",
    summary: "The x to the power of y; exact where y is a whole number and 128 bits hold the result",
    examples: &[
        Example { input: "pow(1.1, 3)", output: "1.331" },
        Example { input: "pow(2, 0.5)", output: "1.4142135623730951" },
        Example { input: "pow(2, -1)", output: "0.5" },
    ],
    item: Function {
        arity: (2, 2),
        regex: None,
        bind: |args| {
            Ok(args.each(
                Type::Number,
                Box::new(|call| {
                    let (Some(base), Some(power)) = (call.number(0), call.number(1)) else { return Value::Null };
                    let whole = power.to_integer().and_then(|power| u32::try_from(power).ok());
                    let exact = whole.and_then(|power| exactly(base, power));
                    number_value(exact.or_else(|| Number::finite(base.to_f64().powf(power.to_f64()))))
                }),
            ))
        },
    },
};

/// The power by squaring, as long as it is exact.
fn exactly(base: Number, mut power: u32) -> Option<Number> {
    let (mut result, mut square) = (Number::int(1), base);
    while power > 0 {
        if power & 1 == 1 {
            result = result.checked_mul(square)?;
        }
        power >>= 1;
        if power > 0 {
            square = square.checked_mul(square)?;
        }
    }
    Some(result.normal())
}
