//! A value kept as it came: short text in place, longer text in a buffer that is used again when another takes its place.

use std::borrow::Cow;

use crate::core::data::cell::Kind;
use crate::core::data::value::Value;
use crate::core::integer::byte;
use crate::process::aggregate::intake::{Item, value};

/// About the bytes of memory that a kept text takes besides itself.
pub(super) const KEPT: usize = 32;
/// Longest text that is kept in place.
const SHORT: usize = 13;

/// The text of a value and its form, in 16 bytes.
#[derive(Debug, Clone)]
pub(super) enum Kept {
    /// Text of at most [`SHORT`] bytes.
    Short { kind: Kind, len: u8, text: [u8; SHORT] },
    /// Longer text, or what was.
    #[expect(clippy::box_collection, reason = "a thin pointer keeps short values small")]
    Long { kind: Kind, text: Box<Vec<u8>> },
}

impl Kept {
    /// Null.
    pub(super) const NULL: Self = Self::Short { kind: Kind::Null, len: 0, text: [0; SHORT] };

    /// Keeps a value instead. Computed numbers are kept as they are printed.
    #[inline]
    pub(super) fn set(&mut self, item: Item<'_>) {
        match item {
            Item::Cell { kind, bytes } => self.put(kind, bytes),
            Item::Number(number) => {
                let mut text = Vec::new();
                number.write(&mut text);
                self.put(Kind::Number, &text);
            }
        }
    }

    #[inline]
    fn put(&mut self, new: Kind, bytes: &[u8]) {
        if let Self::Long { kind, text } = self {
            *kind = new;
            text.clear();
            text.extend_from_slice(bytes);
            return;
        }
        let mut text = [0; SHORT];
        *self = match text.get_mut(..bytes.len()) {
            Some(start) => {
                start.copy_from_slice(bytes);
                Self::Short { kind: new, len: byte(bytes.len() as u64), text }
            }
            None => Self::Long { kind: new, text: Box::new(bytes.to_vec()) },
        };
    }

    fn parts(&self) -> (Kind, &[u8]) {
        match self {
            Self::Short { kind, len, text } => (*kind, text.get(..usize::from(*len)).unwrap_or_default()),
            Self::Long { kind, text } => (*kind, text),
        }
    }

    /// The value.
    pub(super) fn value(&self) -> Value<'_> {
        let (kind, bytes) = self.parts();
        value(kind, bytes)
    }

    /// The value's text.
    pub(super) fn text(&self) -> Cow<'_, [u8]> {
        let (kind, bytes) = self.parts();
        text(kind, bytes)
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

#[cfg(test)]
mod tests {
    use super::{Item, Kept, SHORT};
    use crate::core::data::cell::Kind;

    #[test]
    fn keeps_short_and_long_text_one_after_the_other() {
        let mut kept = Kept::NULL;
        assert_eq!(size_of::<Kept>(), 16);
        for len in [0, 1, SHORT, SHORT + 1, 2, 300, SHORT] {
            let bytes: Vec<u8> = (0..len).map(|at| at as u8).collect();
            kept.set(Item::Cell { kind: Kind::Text, bytes: &bytes });
            assert_eq!(kept.text(), bytes.as_slice());
            assert_eq!(kept.clone().text(), bytes.as_slice());
        }
    }
}
