//! Numbers that wait for the rest of their column (`--infer column`): bare only if every cell of it is one.
//!
//! While records are spooled such a cell stands as a mark, the number of its column, another mark, its text and the
//! first mark again. Neither mark can stand anywhere else: JSON text has no raw control characters but blanks.

use std::io::{self, BufRead, Write};

use crate::core::error::{Error, Problem, Result};

/// In front of a cell that waits, and behind it.
const MARK: u8 = 1;

/// Between the column and the text.
const BETWEEN: u8 = 2;

/// Appends a number that waits.
#[inline(never)]
pub(super) fn defer(column: usize, text: &[u8], out: &mut Vec<u8>) {
    out.push(MARK);
    out.extend_from_slice(column.to_string().as_bytes());
    out.push(BETWEEN);
    out.extend_from_slice(text);
    out.push(MARK);
}

/// Copies spooled records; `bare` says of each column by its number whether its cells are numbers.
pub(super) fn settle(spool: &mut dyn BufRead, bare: &[bool], out: &mut dyn Write) -> Result<()> {
    copy(spool, bare, out).map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Error::BrokenPipe,
        _ => Problem::io("<output>", &error).into(),
    })
}

fn copy(spool: &mut dyn BufRead, bare: &[bool], out: &mut dyn Write) -> io::Result<()> {
    let (mut column, mut text) = (Vec::new(), Vec::new());
    loop {
        let piece = spool.fill_buf()?;
        if piece.is_empty() {
            return Ok(());
        }
        let marked = memchr::memchr(MARK, piece);
        let end = marked.unwrap_or(piece.len());
        out.write_all(piece.get(..end).unwrap_or_default())?;
        spool.consume(end + usize::from(marked.is_some()));
        if marked.is_none() {
            continue;
        }
        column.clear();
        text.clear();
        spool.read_until(BETWEEN, &mut column)?;
        spool.read_until(MARK, &mut text)?;
        text.pop();
        let digits = column.iter().filter(|byte| byte.is_ascii_digit());
        let column = digits.fold(0, |number: usize, digit| number * 10 + usize::from(digit - b'0'));
        let quote: &[u8] = if bare.get(column).copied().unwrap_or(false) { b"" } else { b"\"" };
        for part in [quote, &text, quote] {
            out.write_all(part)?;
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::BufReader;

    use super::{defer, settle};

    #[test]
    fn each_column_is_settled_wherever_pieces_end() {
        let mut spooled = b"{\"a\":".to_vec();
        defer(0, b"1.10", &mut spooled);
        spooled.extend_from_slice(b",\"b\":");
        defer(12, b"-7", &mut spooled);
        spooled.extend_from_slice(b"}\n");
        let mut bare = vec![false; 13];
        bare[12] = true;
        for size in 1..20 {
            let mut out = Vec::new();
            settle(&mut BufReader::with_capacity(size, spooled.as_slice()), &bare, &mut out).unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), "{\"a\":\"1.10\",\"b\":-7}\n", "{size}");
        }
    }
}
