//! What ends a line.
//!
//! Everything that cuts text into lines, or writes a line that had no end, asks a [`Terminator`], so that `--crlf` and
//! `--null-data` are known in one place. Invariant: a line ends at one byte; `\r` before a `\n` only counts as part of
//! the end when the text of the line is asked for.

use memchr::{memchr, memchr_iter, memrchr};

/// What ends a line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Terminator {
    /// `\n`; a `\r` before it belongs to the line.
    #[default]
    Lf,
    /// `\n`, with or without `\r` before it.
    CrLf,
    /// A NUL byte.
    Nul,
}

impl Terminator {
    /// The byte after which the next line starts.
    #[inline]
    pub(crate) fn byte(self) -> u8 {
        match self {
            Self::Lf | Self::CrLf => b'\n',
            Self::Nul => 0,
        }
    }

    /// What is written behind text that has no end of its own.
    #[inline]
    pub(crate) fn bytes(self) -> &'static [u8] {
        match self {
            Self::Lf => b"\n",
            Self::CrLf => b"\r\n",
            Self::Nul => b"\0",
        }
    }

    /// Whether some bytes end with the end of a line.
    #[inline]
    pub(crate) fn ends(self, bytes: &[u8]) -> bool {
        bytes.last() == Some(&self.byte())
    }

    /// The text of a line.
    #[inline]
    pub(crate) fn trim(self, line: &[u8]) -> &[u8] {
        match line.split_last() {
            Some((last, text)) if *last == self.byte() => match self {
                Self::CrLf => text.strip_suffix(b"\r").unwrap_or(text),
                Self::Lf | Self::Nul => text,
            },
            _ => line,
        }
    }

    /// The first end of a line in some bytes.
    #[inline]
    pub(crate) fn find(self, bytes: &[u8]) -> Option<usize> {
        memchr(self.byte(), bytes)
    }

    /// The last end of a line in some bytes.
    #[inline]
    pub(crate) fn find_last(self, bytes: &[u8]) -> Option<usize> {
        memrchr(self.byte(), bytes)
    }

    /// Length of the first line of some bytes, its end included.
    #[inline]
    pub(crate) fn line_len(self, bytes: &[u8]) -> usize {
        self.find(bytes).map_or(bytes.len(), |end| end + 1)
    }

    /// Start of the line that holds `at`, given that a line starts at `from`.
    #[inline]
    pub(crate) fn line_start(self, bytes: &[u8], from: usize, at: usize) -> usize {
        bytes.get(from..at).and_then(|before| self.find_last(before)).map_or(from, |end| from + end + 1)
    }

    /// End of the line that holds `at`, after its terminator.
    #[inline]
    pub(crate) fn line_end(self, bytes: &[u8], at: usize) -> usize {
        bytes.get(at..).and_then(|after| self.find(after)).map_or(bytes.len(), |end| at + end + 1)
    }

    /// Ends of lines in some bytes. Where every line is selected the stretches are single lines, for which starting a
    /// vectorised count costs more than it saves.
    #[inline]
    pub(crate) fn count(self, bytes: &[u8]) -> usize {
        if bytes.len() <= 16 {
            return bytes.iter().map(|byte| usize::from(*byte == self.byte())).sum();
        }
        memchr_iter(self.byte(), bytes).count()
    }

    /// The characters that no line holds.
    pub(crate) fn banned(self) -> &'static [char] {
        match self {
            Self::Lf => &['\n'],
            Self::CrLf => &['\r', '\n'],
            Self::Nul => &['\0'],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Terminator;

    #[test]
    fn the_text_of_a_line_is_without_its_end() {
        assert_eq!(Terminator::Lf.trim(b"a\r\n"), b"a\r");
        assert_eq!(Terminator::CrLf.trim(b"a\r\n"), b"a");
        assert_eq!(Terminator::CrLf.trim(b"a\n"), b"a");
        assert_eq!(Terminator::CrLf.trim(b"a\r"), b"a\r");
        assert_eq!(Terminator::Nul.trim(b"a\n\0"), b"a\n");
        assert_eq!(Terminator::Lf.trim(b""), b"");
    }

    #[test]
    fn finds_the_line_around_a_place() {
        let text = b"ab\ncd\n";
        assert_eq!((Terminator::Lf.line_start(text, 0, 4), Terminator::Lf.line_end(text, 4)), (3, 6));
        assert_eq!((Terminator::Lf.line_len(text), Terminator::Lf.count(text)), (3, 2));
        assert_eq!(Terminator::Nul.line_end(text, 1), 6);
    }
}
