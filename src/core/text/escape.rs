//! Control characters made visible, so that a file name cannot move the cursor or fake a line.

use std::borrow::Cow;
use std::fmt::Write;

/// The text with its control characters as `\n`, `\t`, `\r` or `\u{1b}`; backslashes stay as they are.
pub(crate) fn escape_controls(text: &str) -> Cow<'_, str> {
    if !text.chars().any(char::is_control) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '\n' => escaped.push_str("\\n"),
            '\t' => escaped.push_str("\\t"),
            '\r' => escaped.push_str("\\r"),
            control if control.is_control() => {
                // Writing to a string cannot fail.
                let _ = write!(escaped, "\\u{{{:x}}}", u32::from(control));
            }
            other => escaped.push(other),
        }
    }
    Cow::Owned(escaped)
}

/// The same for bytes; those that are not UTF-8 become `\xff`, as some of them are controls to some terminals.
pub(crate) fn escape_bytes(bytes: &[u8]) -> Cow<'_, [u8]> {
    if std::str::from_utf8(bytes).is_ok_and(|text| !text.chars().any(char::is_control)) {
        return Cow::Borrowed(bytes);
    }
    let mut escaped = String::with_capacity(bytes.len() + 16);
    for chunk in bytes.utf8_chunks() {
        escaped.push_str(&escape_controls(chunk.valid()));
        for byte in chunk.invalid() {
            // Writing to a string cannot fail.
            let _ = write!(escaped, "\\x{byte:02x}");
        }
    }
    Cow::Owned(escaped.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::{escape_bytes, escape_controls};

    #[test]
    fn shows_controls_and_leaves_the_rest() {
        assert_eq!(escape_controls("a\u{1b}[31m\nb\u{9b}"), "a\\u{1b}[31m\\nb\\u{9b}");
        assert_eq!(escape_controls("größe \\n"), "größe \\n");
        assert_eq!(&*escape_bytes("größe".as_bytes()), "größe".as_bytes());
        assert_eq!(&*escape_bytes(b"a\x1b\x9b\xc2\x9b"), b"a\\u{1b}\\x9b\\u{9b}");
    }
}
