//! Zstd frames (RFC 8878), one after the other, with skippable ones between them.
//!
//! The library's context holds tables and the window: 160 KiB, and for a file of level 3 some MiB more. Memory that is
//! fresh for each file costs a page fault for every 4 KiB, so a thread keeps the context that it was done with last.
//!
//! The library decodes into a ring of its own and copies the text from there. Two ways around were measured on 1 GiB of log
//! at level 3, and gain too little. A ring of ours, which the searcher could look into, takes 2 to 4 % less time, but needs
//! the block-wise functions, which have no safe wrapper. A ring of twice the length, by a frame's header that asks for one,
//! lets fewer matches begin before the last turn of the ring, which are copied by a call each: 3 % less on one thread,
//! nothing on two. Both hold while the text is copied to memory that is in the cache, so who reads should use one buffer of a
//! few hundred KiB again and again.

use std::cell::Cell;
use std::io::{self, BufRead, Read};

use zstd::zstd_safe::{DCtx, InBuffer, OutBuffer, ResetDirective, get_error_name};

/// Bytes of the largest context that is kept: one with a window of 8 MiB, which is that of level 19.
const KEPT: usize = 10 << 20;

thread_local! {
    /// The context that the thread was done with last.
    static SPARE: Cell<Option<DCtx<'static>>> = const { Cell::new(None) };
}

/// The text of all frames.
pub(super) struct Frames<R> {
    source: R,
    /// Given back when this is dropped.
    context: Option<DCtx<'static>>,
    /// Whether the last frame has been decoded to its end and no other has begun, so that the source may end.
    between: bool,
    /// Whether the context may hold text that has not been read.
    holds_text: bool,
}

impl<R: BufRead> Frames<R> {
    /// Starts to decode.
    pub(super) fn new(source: R) -> io::Result<Self> {
        let context = SPARE.take().or_else(DCtx::try_create);
        let context = context.ok_or_else(|| io::Error::other("no memory for a decompression context"))?;
        Ok(Self { source, context: Some(context), between: false, holds_text: false })
    }
}

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(context) = self.context.as_mut().filter(|_| !buffer.is_empty()) else { return Ok(0) };
        loop {
            // What is there must not wait for more of the source.
            let input = if self.holds_text { &[] } else { self.source.fill_buf()? };
            if input.is_empty() && !self.holds_text {
                return if self.between { Ok(0) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
            }
            let mut from = InBuffer::around(input);
            let mut to = OutBuffer::around(&mut *buffer);
            let hint = context.decompress_stream(&mut to, &mut from);
            let hint = hint.map_err(|code| io::Error::other(get_error_name(code)))?;
            let (consumed, written) = (from.pos(), to.pos());
            self.between = hint == 0;
            self.holds_text = !self.between && written == buffer.len();
            self.source.consume(consumed);
            if written > 0 {
                return Ok(written);
            }
        }
    }
}

impl<R> Drop for Frames<R> {
    fn drop(&mut self) {
        let Some(mut context) = self.context.take() else { return };
        if context.reset(ResetDirective::SessionOnly).is_ok() && context.sizeof() <= KEPT {
            // A thread that ends keeps nothing.
            let _ = SPARE.try_with(|spare| spare.set(Some(context)));
        }
    }
}

#[cfg(test)]
mod tests;
