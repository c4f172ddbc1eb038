//! The three colours of search output, in ripgrep's exact bytes.

/// A piece of output that has a colour of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paint {
    /// A path: magenta.
    Path,
    /// A line number: green.
    Number,
    /// A match: bold red.
    Match,
}

/// Ends a colour.
pub(crate) const RESET: &[u8] = b"\x1b[0m";

impl Paint {
    /// The bytes that start the colour.
    pub(crate) fn start(self) -> &'static [u8] {
        match self {
            Self::Path => b"\x1b[0m\x1b[35m",
            Self::Number => b"\x1b[0m\x1b[32m",
            Self::Match => b"\x1b[0m\x1b[1m\x1b[31m",
        }
    }

    /// Appends some text in this colour, or plain.
    pub(crate) fn put(self, color: bool, text: &[u8], out: &mut Vec<u8>) {
        if color {
            out.extend_from_slice(self.start());
            out.extend_from_slice(text);
            out.extend_from_slice(RESET);
        } else {
            out.extend_from_slice(text);
        }
    }
}
