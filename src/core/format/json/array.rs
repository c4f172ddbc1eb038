//! Streams the elements of arrays: a reader around the input that hands out just the records, for `[…]` and `--root`.
//!
//! What comes out is as long as what goes in, byte for byte at the same place, so that offsets (and lines) stay true:
//! elements as they are, [`SEPARATOR`] for the comma or bracket behind each, blanks for all that is not part of a record.
//! One thread runs it, so elements are only looked for ([`scan::json_masks`](crate::core::scan::json_masks)): that there is
//! exactly one value between commas is checked here, the value itself by the decoder. What lies outside the array is
//! checked by [`Outer`].

use std::io::{self, ErrorKind, Read};
use std::ops::ControlFlow;

use crate::core::format::json::boundary::SEPARATOR;
use crate::core::format::json::fault::{Bad, What, at_end, message};
use crate::core::format::json::path::Segment;
use crate::core::format::json::root::{Outer, Step};
use crate::core::format::{Fault, StreamFault};
use crate::core::scan::json_masks::{Carry, Masks, Visit, walk};

/// Bytes asked of the input at a time.
const CHUNK: usize = 256 << 10;

/// The reader of records.
pub(crate) struct Elements {
    inner: Box<dyn Read + Send>,
    place: Place,
    outer: Outer,
    /// `[given..ready]` waits to be handed out, `[ready..filled]` to be looked at.
    buffer: Vec<u8>,
    given: usize,
    ready: usize,
    filled: usize,
    /// Offset in the input of `buffer[0]`.
    offset: u64,
    ended: bool,
    failure: Option<io::Error>,
}

/// Where in the input the reader is.
enum Place {
    /// Outside the array whose elements are the records.
    Outside,
    /// In it.
    Inside(Carry, Array),
}

/// The array whose elements are the records, while it is read.
struct Array {
    /// Open containers of the element that is being read.
    depth: usize,
    next: Next,
    /// Where the array's closing bracket is in the bytes of this walk.
    end: Option<usize>,
    bad: Option<Bad>,
}

/// What the array expects between elements.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    First,
    Value,
    After,
}

impl Elements {
    /// Reads the records at `path` (all of the input's top-level values where it is empty; of arrays, their elements).
    pub(crate) fn new(inner: Box<dyn Read + Send>, path: Vec<Segment>, name: String) -> Self {
        Self {
            inner,
            place: Place::Outside,
            outer: Outer::new(path, name),
            buffer: vec![0; CHUNK + 64],
            given: 0,
            ready: 0,
            filled: 0,
            offset: 0,
            ended: false,
            failure: None,
        }
    }

    /// Reads on and looks at what was read.
    fn fill(&mut self) -> io::Result<()> {
        self.buffer.copy_within(self.ready..self.filled, 0);
        self.offset += self.ready as u64;
        self.filled -= self.ready;
        (self.given, self.ready) = (0, 0);
        let fresh = self.filled;
        let room = self.buffer.get_mut(fresh..fresh + CHUNK).unwrap_or_default();
        match self.inner.read(room) {
            Ok(0) => self.ended = true,
            Ok(read) => self.filled += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => return Ok(()),
            Err(error) => return Err(error),
        }
        let mut bytes = std::mem::take(&mut self.buffer);
        let filled = bytes.get_mut(..self.filled).unwrap_or_default();
        let separator = memchr::memchr(SEPARATOR, filled.get(fresh..).unwrap_or_default()).map(|at| fresh + at);
        let (ready, mut failed) = match separator {
            // The byte that we put between elements is in the input: nothing behind it can be told apart.
            Some(at) => (at, Some(message(What::Value, at, filled))),
            None => self.look(filled),
        };
        if self.ended && failed.is_none() {
            failed = self.finish(self.filled).err();
        }
        if let Some(fault) = failed {
            let offset = self.offset + fault.at as u64;
            self.ended = true;
            self.failure = Some(io::Error::new(ErrorKind::InvalidData, StreamFault { fault, offset }));
        }
        self.ready = ready;
        self.buffer = bytes;
        Ok(())
    }

    /// Turns bytes into what is handed out; returns how many are done.
    fn look(&mut self, bytes: &mut [u8]) -> (usize, Option<Fault>) {
        let mut at = 0;
        while at < bytes.len() {
            match &mut self.place {
                Place::Outside => match self.outer.step(bytes, at) {
                    Ok((next, Step::Go)) => at = next,
                    Ok((next, Step::Array)) => {
                        at = next;
                        let array = Array { depth: 0, next: Next::First, end: None, bad: None };
                        self.place = Place::Inside(Carry::default(), array);
                    }
                    Err(bad) => return (at, Some(message(bad.what, bad.at, bytes))),
                },
                Place::Inside(carry, array) => {
                    let rest = bytes.get_mut(at..).unwrap_or_default();
                    let mut done = walk(rest, carry, array);
                    let open = array.end.is_none() && array.bad.is_none();
                    if open && self.ended && done < rest.len() {
                        done = array.last(carry, rest, done);
                    }
                    if let Some(bad) = array.bad {
                        return (at + bad.at, Some(message(bad.what, at + bad.at, bytes)));
                    }
                    if let Some(end) = array.end {
                        at += end + 1;
                        self.place = Place::Outside;
                        self.outer.array_ended();
                    } else {
                        return (at + done, None);
                    }
                }
            }
        }
        (at, None)
    }

    fn finish(&mut self, end: usize) -> Result<(), Fault> {
        match &self.place {
            Place::Inside(..) => Err(at_end(Bad { at: end, what: What::CommaOrBracket }, end)),
            Place::Outside => self.outer.finish(end),
        }
    }
}

impl Read for Elements {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.given == self.ready {
            if let Some(failure) = self.failure.take() {
                return Err(failure);
            }
            if self.ended {
                return Ok(0);
            }
            self.fill()?;
        }
        let ready = self.buffer.get(self.given..self.ready).unwrap_or_default();
        let length = ready.len().min(out.len());
        for (out, ready) in out.get_mut(..length).into_iter().zip(ready.get(..length)) {
            out.copy_from_slice(ready);
        }
        self.given += length;
        Ok(length)
    }
}

impl Array {
    /// Looks at the last bytes of the input, fewer than a block, which start at `base` of `rest`.
    fn last(&mut self, carry: &mut Carry, rest: &mut [u8], base: usize) -> usize {
        struct Tail<'a>(&'a mut Array, usize);
        impl Visit for Tail<'_> {
            fn block(&mut self, _: usize, masks: Masks, bytes: &mut [u8; 64]) -> ControlFlow<()> {
                self.0.block(self.1, masks, bytes)
            }
        }
        let mut block = [b' '; 64];
        let tail = rest.get_mut(base..).unwrap_or_default();
        for (to, from) in block.iter_mut().zip(tail.iter()) {
            *to = *from;
        }
        walk(&mut block, carry, &mut Tail(self, base));
        for (to, from) in tail.iter_mut().zip(&block) {
            *to = *from;
        }
        rest.len()
    }

    /// One piece of structure between elements, or the start of one.
    fn between(&mut self, masks: &Masks, bit: u32, byte: &mut u8) -> Result<bool, What> {
        let set = |mask: u64| mask >> bit & 1 == 1;
        if set(masks.comma) {
            if self.next != Next::After {
                return Err(What::Value);
            }
            self.next = Next::Value;
            *byte = SEPARATOR;
        } else if set(masks.close) {
            if self.next == Next::Value {
                return Err(What::Value);
            }
            if *byte != b']' {
                return Err(if self.next == Next::First { What::Value } else { What::CommaOrBracket });
            }
            *byte = SEPARATOR;
            return Ok(true);
        } else {
            if self.next == Next::After {
                return Err(What::CommaOrBracket);
            }
            self.next = Next::After;
            self.depth = usize::from(set(masks.open));
        }
        Ok(false)
    }
}

impl Visit for Array {
    #[inline]
    fn block(&mut self, base: usize, masks: Masks, bytes: &mut [u8; 64]) -> ControlFlow<()> {
        let closes = masks.close.count_ones() as usize;
        if self.depth > closes {
            // The element does not end in this block, so nothing else in it matters.
            self.depth = self.depth + masks.open.count_ones() as usize - closes;
            return ControlFlow::Continue(());
        }
        let mut left = u64::MAX;
        loop {
            let wanted = if self.depth > 0 {
                masks.open | masks.close
            } else {
                masks.open | masks.close | masks.comma | masks.start
            } & left;
            if wanted == 0 {
                return ControlFlow::Continue(());
            }
            let bit = wanted.trailing_zeros();
            left = (u64::MAX << bit) << 1;
            if self.depth > 0 {
                let open = masks.open >> bit & 1 == 1;
                self.depth = if open { self.depth + 1 } else { self.depth - 1 };
                continue;
            }
            let at = base + bit as usize;
            let Some(byte) = bytes.get_mut(bit as usize) else {
                return ControlFlow::Continue(());
            };
            match self.between(&masks, bit, byte) {
                Ok(false) => {}
                Ok(true) => {
                    self.end = Some(at);
                    return ControlFlow::Break(());
                }
                Err(what) => {
                    self.bad = Some(Bad { at, what });
                    return ControlFlow::Break(());
                }
            }
        }
    }
}
