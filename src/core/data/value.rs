//! One value outside a batch: what expressions pass around and groups keep.

use std::borrow::Cow;

use crate::core::data::number::Number;

/// A value with as much type as is known of it.
///
/// `Bare` and `Literal` still are source text: they print byte for byte as they came.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value<'a> {
    /// The record has no such field.
    Missing,
    /// Null.
    Null,
    /// A boolean.
    Bool(bool),
    /// A computed number.
    Number(Number),
    /// A JSON number as written.
    Literal(Cow<'a, [u8]>),
    /// Text of a format without types: a number where its text is one.
    Bare(Cow<'a, [u8]>),
    /// A string.
    Text(Cow<'a, [u8]>),
    /// The source text of a JSON array or object.
    Nested(Cow<'a, [u8]>),
}

impl Value<'_> {
    /// The same value, owning its bytes.
    pub(crate) fn into_owned(self) -> Value<'static> {
        match self {
            Self::Missing => Value::Missing,
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(value),
            Self::Number(number) => Value::Number(number),
            Self::Literal(text) => Value::Literal(Cow::Owned(text.into_owned())),
            Self::Bare(text) => Value::Bare(Cow::Owned(text.into_owned())),
            Self::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Self::Nested(text) => Value::Nested(Cow::Owned(text.into_owned())),
        }
    }

    /// Whether the value is null or missing.
    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Self::Missing | Self::Null)
    }

    /// The number this value is, by the definition of numeric text that serves comparison, arithmetic, aggregates and
    /// sort: sign, digits, fraction, exponent.
    pub(crate) fn to_number(&self) -> Option<Number> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Literal(text) | Self::Bare(text) | Self::Text(text) => Number::parse(text),
            _ => None,
        }
    }

    /// The value as text, as keys, `++` and text comparison see it. Null is empty.
    pub(crate) fn to_text(&self) -> Cow<'_, [u8]> {
        match self {
            Self::Missing | Self::Null => Cow::Borrowed(b""),
            Self::Bool(true) => Cow::Borrowed(b"true"),
            Self::Bool(false) => Cow::Borrowed(b"false"),
            Self::Number(number) => {
                let mut text = Vec::new();
                number.write(&mut text);
                Cow::Owned(text)
            }
            Self::Literal(text) | Self::Bare(text) | Self::Text(text) | Self::Nested(text) => Cow::Borrowed(text),
        }
    }
}
