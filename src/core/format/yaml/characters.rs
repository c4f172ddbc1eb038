//! A stream as characters, for the parser of YAML, which holds those of a scalar until it has ended.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use granit_parser::{ErrorKind, InputIoError};

use crate::core::input::blocks::longer_than_allowed;

/// Bytes that are read at a time.
const CHUNK: usize = 64 << 10;

/// The characters of a stream of UTF-8.
pub(super) struct Characters {
    inner: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    given: usize,
    filled: usize,
    /// Bytes since the last event, which the parser may hold all.
    pending: Arc<AtomicUsize>,
    /// Most of them.
    most: usize,
}

impl Characters {
    /// The characters of `inner`. Whoever takes them says in `pending` when it has let go of them, and holds `most` bytes
    /// of them at most.
    pub(super) fn new(inner: Box<dyn Read + Send>, pending: Arc<AtomicUsize>, most: usize) -> Self {
        Self { inner, buffer: vec![0; CHUNK], given: 0, filled: 0, pending, most }
    }
}

impl Iterator for Characters {
    type Item = Result<char, ErrorKind>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let rest = self.buffer.get(self.given..self.filled).unwrap_or_default();
            if let Some(byte) = rest.first().filter(|byte| byte.is_ascii()) {
                self.given += 1;
                return Some(Ok(*byte as char));
            }
            let head = rest.get(..4).unwrap_or(rest);
            let valid = match std::str::from_utf8(head) {
                Ok(text) => text,
                Err(error) => {
                    std::str::from_utf8(head.get(..error.valid_up_to()).unwrap_or_default()).unwrap_or_default()
                }
            };
            if let Some(character) = valid.chars().next() {
                self.given += character.len_utf8();
                return Some(Ok(character));
            }
            if rest.len() >= 4 {
                return Some(Err(not_utf8()));
            }
            // What is left may be the start of a character.
            self.buffer.copy_within(self.given..self.filled, 0);
            self.filled -= self.given;
            self.given = 0;
            let room = self.buffer.get_mut(self.filled..).unwrap_or_default();
            match self.inner.read(room) {
                Ok(0) if self.filled == 0 => return None,
                Ok(0) => return Some(Err(not_utf8())),
                Ok(read) => {
                    self.filled += read;
                    if self.pending.fetch_add(read, Ordering::Relaxed) > self.most {
                        let error = io::Error::other(longer_than_allowed("a value", self.most));
                        return Some(Err(ErrorKind::InputIo { error: InputIoError::from_io(error) }));
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Some(Err(ErrorKind::InputIo { error: InputIoError::from_io(error) })),
            }
        }
    }
}

fn not_utf8() -> ErrorKind {
    ErrorKind::InputIo { error: InputIoError::from_message("bytes that are no UTF-8") }
}
