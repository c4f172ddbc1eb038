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

#[cfg(test)]
mod tests {
    use super::escape_controls;

    #[test]
    fn shows_controls_and_leaves_the_rest() {
        assert_eq!(escape_controls("a\u{1b}[31m\nb\u{9b}"), "a\\u{1b}[31m\\nb\\u{9b}");
        assert_eq!(escape_controls("größe \\n"), "größe \\n");
    }
}
