//! Binary files: which bytes are looked at, and what a NUL does.
//!
//! The rules are ripgrep's, down to its 64 KiB buffer: a file found on the way is left at the buffer with the first
//! NUL; one the user named is searched on, with NULs as line ends, but nothing more is printed. Where up to ten regular
//! files were named, only the first 64 KiB and what is printed is looked at.

use memchr::memrchr;

use crate::core::error::Problem;
use crate::core::integer::to_index;

/// What a NUL byte in an input does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    /// It ends the search of the file.
    Quit,
    /// It ends its line, and what is printed.
    Convert,
    /// It ends what is printed, where it is in the first 64 KiB or in a line to be printed.
    Glance,
    /// It ends the search, where it is in the first 64 KiB or in a line to be printed.
    Leave,
    /// Nothing: it is a byte as any other.
    Text,
}

impl Rule {
    /// Whether every byte is looked at.
    pub(crate) fn reads_all(self) -> bool {
        matches!(self, Self::Quit | Self::Convert)
    }

    /// Whether it ends the search, and not only what is printed.
    pub(crate) fn quits(self) -> bool {
        matches!(self, Self::Quit | Self::Leave)
    }

    /// The rule for what comes as a stream: then every byte is looked at.
    pub(crate) fn of_a_stream(self) -> Self {
        match self {
            Self::Leave => Self::Quit,
            Self::Glance => Self::Convert,
            Self::Quit | Self::Convert | Self::Text => self,
        }
    }

    /// The rule for a text that is not cut into lines before it is searched: then only a glance is taken.
    pub(crate) fn at_a_glance(self) -> Self {
        match self {
            Self::Quit => Self::Leave,
            Self::Convert => Self::Glance,
            Self::Glance | Self::Leave | Self::Text => self,
        }
    }
}

/// What `--debug` says of a file whose search a NUL ended.
pub(crate) fn stopped(path: &[u8], offset: u64) -> Problem {
    let path = String::from_utf8_lossy(path);
    Problem::debug(format!("a binary file, left at the NUL byte at {offset}")).at_path(path).hint("-uuu searches it")
}

/// ripgrep's buffer: how far it looks ahead for a NUL.
pub(crate) const WINDOW: usize = 64 << 10;

/// What ripgrep reads first, to look for a byte order mark. Where a line ends in it, it is a buffer of its own.
const HEAD: usize = 3;

/// Whether ripgrep's first buffer is a short one.
pub(crate) fn has_short_head(bytes: &[u8]) -> bool {
    bytes.iter().take(HEAD).any(|byte| *byte == b'\n')
}

/// Follows the buffers in which ripgrep would read the input: each starts where the last line of the one before it
/// broke off.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Windows {
    /// Offset of the first byte in the present buffer.
    start: u64,
    /// Its size, which doubles for long lines.
    size: u64,
}

impl Default for Windows {
    fn default() -> Self {
        Self { start: 0, size: WINDOW as u64 }
    }
}

impl Windows {
    /// Whether the present buffer holds an offset.
    pub(crate) fn holds(&self, offset: u64) -> bool {
        offset < self.start + self.size
    }

    /// Moves on to the buffer that holds `target` (or to the last one that starts before `end`) and returns its start.
    /// `lines` are whole lines from offset `from`, up to `end` at least.
    pub(crate) fn seek(&mut self, lines: &[u8], from: u64, end: u64, target: Option<u64>) -> u64 {
        if from == 0 && self.start == 0 && has_short_head(lines) {
            self.size = HEAD as u64;
        }
        loop {
            let stop = self.start + self.size;
            if target.is_some_and(|target| target < stop)
                || (target.is_none() && stop > end)
                || stop > from + lines.len() as u64
            {
                return self.start;
            }
            let upto = to_index(stop.saturating_sub(from));
            let last = lines.get(..upto).and_then(|window| memrchr(b'\n', window));
            let next = last.map_or(from, |newline| from + newline as u64 + 1);
            if next > self.start {
                self.start = next;
                self.size = self.size.max(WINDOW as u64);
            } else {
                self.size *= 2;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{WINDOW, Windows};

    #[test]
    fn windows_start_at_lines() {
        let text = b"0123456789abcde\n".repeat(10_000);
        let whole = Windows::default().seek(&text, 0, text.len() as u64, Some(150_000));
        assert_eq!(whole, 2 * WINDOW as u64);
        let mut parts = Windows::default();
        for (at, part) in text.chunks(1600).enumerate() {
            let from = (at * 1600) as u64;
            let end = from + part.len() as u64;
            if end > 150_000 {
                assert_eq!(parts.seek(part, from, end, Some(150_000)), whole);
                break;
            }
            parts.seek(part, from, end, None);
        }
    }
}
