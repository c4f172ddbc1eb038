//! A value kept as it came, in a buffer that is used again when another takes its place.

use std::borrow::Cow;

use crate::core::data::cell::Kind;
use crate::core::data::value::Value;
use crate::process::aggregate::intake::{Item, value};

/// About the bytes of memory that a kept text takes besides itself.
pub(super) const KEPT: usize = 32;

/// The text of a value and its form.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    kind: Kind,
    text: Vec<u8>,
}

impl Kept {
    /// Null.
    pub(super) const NULL: Self = Self { kind: Kind::Null, text: Vec::new() };

    /// Keeps a value instead. Computed numbers are kept as they are printed.
    pub(super) fn set(&mut self, item: Item<'_>) {
        self.text.clear();
        match item {
            Item::Cell { kind, bytes } => {
                self.kind = kind;
                self.text.extend_from_slice(bytes);
            }
            Item::Number(number) => {
                self.kind = Kind::Number;
                number.write(&mut self.text);
            }
        }
    }

    /// The value.
    pub(super) fn value(&self) -> Value<'_> {
        value(self.kind, &self.text)
    }

    /// The value's text.
    pub(super) fn text(&self) -> Cow<'_, [u8]> {
        text(self.kind, &self.text)
    }
}

/// The text that a cell stands for.
pub(super) fn text(kind: Kind, bytes: &[u8]) -> Cow<'_, [u8]> {
    match value(kind, bytes) {
        Value::Bool(true) => Cow::Borrowed(b"true"),
        Value::Bool(false) => Cow::Borrowed(b"false"),
        Value::Bare(text) | Value::Literal(text) | Value::Text(text) | Value::Nested(text) => text,
        Value::Missing | Value::Null | Value::Number(_) => Cow::Borrowed(b""),
    }
}
