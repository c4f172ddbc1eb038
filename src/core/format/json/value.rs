//! One value as JSON, for arrays and objects that expressions and aggregates make.

use crate::core::data::value::Value;
use crate::core::format::json::escape::{plain_is_number, quote};

/// Appends a value as JSON. Text without a type is bare where a cell of CSV would be; what is not UTF-8 becomes U+FFFD.
pub(crate) fn write(value: &Value<'_>, out: &mut Vec<u8>) {
    match value {
        Value::Missing | Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(_) | Value::Literal(_) | Value::Nested(_) => out.extend_from_slice(&value.to_text()),
        Value::Number(number) => number.write(out),
        Value::Bare(text) if plain_is_number(text) => out.extend_from_slice(text),
        Value::Bare(text) | Value::Text(text) => string(text, out),
    }
}

/// Appends text as a JSON string; what is not UTF-8 becomes U+FFFD.
pub(crate) fn string(text: &[u8], out: &mut Vec<u8>) {
    quote(&String::from_utf8_lossy(text), out);
}

/// Appends values as a JSON array.
pub(crate) fn array<'v>(values: impl IntoIterator<Item = Value<'v>>, out: &mut Vec<u8>) {
    out.push(b'[');
    for (index, value) in values.into_iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write(&value, out);
    }
    out.push(b']');
}

#[cfg(test)]
mod tests {
    use super::array;
    use crate::core::data::number::Number;
    use crate::core::data::value::Value;

    #[test]
    fn text_without_a_type_is_a_number_where_nothing_is_lost() {
        let values = [
            Value::Null,
            Value::Bool(true),
            Value::Number(Number::int(3)),
            Value::Bare(b"1.10".into()),
            Value::Bare(b"007".into()),
            Value::Text(b"1\n\xFF".into()),
            Value::Nested(b"{}".into()),
        ];
        let mut out = Vec::new();
        array(values, &mut out);
        assert_eq!(String::from_utf8_lossy(&out), "[null,true,3,1.10,\"007\",\"1\\n\u{FFFD}\",{}]");
    }
}
