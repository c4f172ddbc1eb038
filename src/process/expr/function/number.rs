//! A number as people write it.

use super::super::node::Type;
use super::Function;
use super::number_value;
use super::on_text;
use crate::core::data::number::Number;
use crate::core::registry::{Example, Row};

/// `number(text, point?)`
pub(super) const ROW: Row<Function> = Row {
    name: "number",
    aliases: &[],
    usage: "number(text, point?)",
    summary: "The number that people wrote: blanks, a currency, % and thousands separators are passed over; the decimal point is '.' unless given; null where there is none",
    examples: &[
        Example { input: "number(' $1,234.50 ')", output: "1234.5" },
        Example { input: "number('1.234,5 €', ',')", output: "1234.5" },
        Example { input: "number('-3 %')", output: "-3" },
        Example { input: "number('(20)')", output: "-20" },
        Example { input: "number('1-2') is null", output: "true" },
    ],
    item: Function {
        arity: (1, 2),
        regex: None,
        bind: |args| {
            let point =
                if args.nodes.len() > 1 { args.constant_text(1, "the decimal point")? } else { ".".to_string() };
            if point != "." && point != "," {
                return Err(args.problem(1, "the decimal point is '.' or ','"));
            }
            let comma = point == ",";
            Ok(on_text(args, Type::Number, move |text| number_value(written(&String::from_utf8_lossy(&text), comma))))
        },
    },
};

/// Reads a number with separators. They may stand between digits of the whole part only.
fn written(text: &str, comma: bool) -> Option<Number> {
    let text = text.trim();
    let (negative, text) = match text.strip_prefix('(').and_then(|inside| inside.strip_suffix(')')) {
        Some(inside) => (true, inside),
        None => (false, text),
    };
    let (point, separator) = if comma { (',', '.') } else { ('.', ',') };
    let is_around = |character: char| {
        !character.is_ascii_digit() && !matches!(character, '-' | '+' | '.' | ',') && !character.is_ascii_alphabetic()
    };
    let text = text.trim_matches(is_around);
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest.trim_start_matches(is_around)),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = text.split_once(point).unwrap_or((text, ""));
    let is_separator = |character: &char| {
        *character == separator || matches!(*character, '\'' | '’' | '_' | ' ' | '\u{a0}' | '\u{202f}')
    };
    let mut digits = sign.to_string();
    digits.extend(whole.chars().filter(|character| !is_separator(character)));
    if !fraction.is_empty() {
        digits.push('.');
        digits.push_str(fraction);
    }
    let number = Number::parse(digits.as_bytes())?;
    Some(if negative { number.negate() } else { number })
}
