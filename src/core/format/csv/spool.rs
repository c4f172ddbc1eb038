//! Pads spooled records: what was written with fewer columns than there are in the end.

use std::io::{BufRead, Write};

use crate::core::error::{Error, Problem, Result};
use crate::core::format::csv::machine::{self, Place};
use crate::core::scan::lanes::Marks;

/// Copies the spool and puts `padding` in front of every line end outside quotes.
pub(super) fn pad(spool: &mut dyn BufRead, marks: Marks, padding: &[u8], out: &mut dyn Write) -> Result<()> {
    let mut place = Place::Start;
    // A carriage return at the end of a piece waits for what follows: it may belong to a line end.
    let mut held: &[u8] = b"";
    loop {
        let piece = spool.fill_buf().map_err(|error| failure(&error))?;
        let (Some(&first), len) = (piece.first(), piece.len()) else {
            break;
        };
        if padding.is_empty() {
            out.write_all(piece).map_err(|error| failure(&error))?;
            spool.consume(len);
            continue;
        }
        if first != b'\n' || place == Place::Quoted {
            out.write_all(std::mem::take(&mut held)).map_err(|error| failure(&error))?;
        }
        let mut from = 0;
        let mut written = Ok(());
        place = machine::sweep(piece, place, marks, |at, byte| {
            if byte != marks.terminator || written.is_err() {
                return;
            }
            let record = piece.get(from..at).unwrap_or_default();
            let (record, returned) = match record {
                [rest @ .., b'\r'] => (rest, b"\r".as_slice()),
                _ if at == 0 => (record, std::mem::take(&mut held)),
                _ => (record, b"".as_slice()),
            };
            from = at + 1;
            written = [record, padding, returned, b"\n"].into_iter().try_for_each(|part| out.write_all(part));
        });
        written.map_err(|error| failure(&error))?;
        let mut rest = piece.get(from..).unwrap_or_default();
        if let [before @ .., b'\r'] = rest {
            rest = before;
            held = b"\r";
        }
        out.write_all(rest).map_err(|error| failure(&error))?;
        spool.consume(len);
    }
    out.write_all(held).map_err(|error| failure(&error))
}

fn failure(error: &std::io::Error) -> Error {
    if error.kind() == std::io::ErrorKind::BrokenPipe {
        return Error::BrokenPipe;
    }
    Problem::io("<output>", error).into()
}
