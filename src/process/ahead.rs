//! Reading ahead in streams: where several inputs must be decompressed, or looked through by one thread at a time, a
//! thread that would wait for its turn at the current one reads the next ones into memory instead.
//!
//! The bytes of each input come in order whoever read them, so nothing that is made of them depends on it. What is read
//! ahead of all inputs together is bounded; the input that comes next is read first.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use crate::core::input::blocks::Bytes;
use crate::core::input::live;
use crate::process::prepared::{Data, Prepared};

/// Bytes read at a time.
const PIECE: usize = 256 << 10;

/// Most bytes read ahead for each thread but one.
const SHARE: usize = 64 << 20;

/// The streams of a run that may be read ahead.
#[derive(Default)]
pub(super) struct Ahead {
    streams: Vec<(usize, Arc<Stream>)>,
    /// Bytes read ahead and not given out yet.
    held: Arc<AtomicUsize>,
    most: usize,
}

impl Ahead {
    /// Takes the streams of these inputs in hand, where more than one thread works on more than one of them. `most` is
    /// what may be read ahead in all.
    pub(super) fn new(inputs: &mut VecDeque<Prepared>, threads: usize, most: usize) -> Self {
        let mut ahead = Self { most: most.min(SHARE.saturating_mul(threads.saturating_sub(1))), ..Self::default() };
        if ahead.most < PIECE || inputs.len() < 2 {
            return ahead;
        }
        for (index, input) in inputs.iter_mut().enumerate() {
            if let (true, Data::Open(Bytes::Stream { reader, .. })) = (input.regular, &mut input.data) {
                let inner = std::mem::replace(reader, live::Stream::of(io::empty())).into_reader();
                let reading = Reading { inner, pieces: VecDeque::new(), given: 0, ended: false, failure: None };
                let stream = Arc::new(Stream { reading: Mutex::new(reading), held: Arc::clone(&ahead.held) });
                *reader = live::Stream::of(Turn(Arc::clone(&stream)));
                ahead.streams.push((index, stream));
            }
        }
        ahead
    }

    /// Reads a piece of the first input behind those that were begun that has more and that nobody reads. Says whether
    /// it did.
    pub(super) fn help(&self, begun: usize) -> bool {
        if self.held.load(Ordering::Relaxed) + PIECE > self.most {
            return false;
        }
        let later = self.streams.iter().filter(|(index, _)| *index >= begun);
        later.take(MOST_STREAMS).any(|(_, stream)| stream.read_ahead())
    }
}

/// Most inputs that are read ahead at a time, so that looking for one stays cheap.
const MOST_STREAMS: usize = 64;

/// A stream that several threads read in turn.
struct Stream {
    reading: Mutex<Reading>,
    held: Arc<AtomicUsize>,
}

struct Reading {
    inner: Box<dyn Read + Send>,
    /// What was read ahead; of the first, `given` bytes were given out.
    pieces: VecDeque<Vec<u8>>,
    given: usize,
    ended: bool,
    /// What ended it, which is told behind the pieces.
    failure: Option<io::Error>,
}

impl Stream {
    /// Reads a piece, if nobody else reads here and there is more.
    fn read_ahead(&self) -> bool {
        let mut reading = match self.reading.try_lock() {
            Ok(reading) => reading,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return false,
        };
        if reading.ended {
            return false;
        }
        let mut piece = vec![0; PIECE];
        let mut filled = 0;
        while let Some(room) = piece.get_mut(filled..).filter(|room| !room.is_empty()) {
            match reading.inner.read(room) {
                Ok(0) => {
                    reading.ended = true;
                    break;
                }
                Ok(read) => filled += read,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    reading.ended = true;
                    reading.failure = Some(error);
                    break;
                }
            }
        }
        if filled > 0 {
            piece.truncate(filled);
            self.held.fetch_add(filled, Ordering::Relaxed);
            reading.pieces.push_back(piece);
        }
        true
    }

    fn lock(&self) -> MutexGuard<'_, Reading> {
        self.reading.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A stream as the input whose turn it is reads it.
struct Turn(Arc<Stream>);

impl Read for Turn {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut reading = self.0.lock();
        let reading = &mut *reading;
        let Some(piece) = reading.pieces.front() else {
            return match (reading.failure.take(), reading.ended) {
                (Some(failure), _) => Err(failure),
                (None, true) => Ok(0),
                (None, false) => reading.inner.read(buffer),
            };
        };
        let rest = piece.get(reading.given..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..count), rest.get(..count)) {
            to.copy_from_slice(from);
        }
        reading.given += count;
        if reading.given == piece.len() {
            self.0.held.fetch_sub(piece.len(), Ordering::Relaxed);
            reading.pieces.pop_front();
            reading.given = 0;
        }
        Ok(count)
    }
}

impl Drop for Turn {
    /// What was read ahead of an input that is given up is not held any more.
    fn drop(&mut self) {
        let mut reading = self.0.lock();
        let left: usize = reading.pieces.drain(..).map(|piece| piece.len()).sum();
        self.0.held.fetch_sub(left, Ordering::Relaxed);
        reading.ended = true;
        reading.inner = Box::new(io::empty());
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::VecDeque;
    use std::io::{self, Cursor, Read};
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, Mutex};

    use super::{PIECE, Reading, Stream, Turn};

    fn stream(inner: Box<dyn Read + Send>) -> (Arc<Stream>, Arc<AtomicUsize>) {
        let held = Arc::new(AtomicUsize::new(0));
        let reading = Reading { inner, pieces: VecDeque::new(), given: 0, ended: false, failure: None };
        (Arc::new(Stream { reading: Mutex::new(reading), held: Arc::clone(&held) }), held)
    }

    #[test]
    fn bytes_come_in_order_whoever_reads_them() {
        let text: Vec<u8> = (0..3 * PIECE + 2077).map(|n| (n % 251) as u8).collect();
        for ahead in 0..6 {
            let (stream, held) = stream(Box::new(Cursor::new(text.clone())));
            let mut turn = Turn(Arc::clone(&stream));
            let mut start = vec![0; 1000];
            turn.read_exact(&mut start).unwrap();
            let read = (0..ahead).filter(|_| stream.read_ahead()).count();
            assert_eq!(read, ahead.min(4));
            assert_eq!(held.load(Ordering::Relaxed), (ahead * PIECE).min(text.len() - 1000));
            turn.read_to_end(&mut start).unwrap();
            assert!(start == text);
            assert_eq!(held.load(Ordering::Relaxed), 0);
        }
    }

    #[test]
    fn a_failure_comes_behind_what_was_read() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("broken"))
            }
        }
        let (stream, held) = stream(Box::new(Cursor::new(b"abc".to_vec()).chain(Broken)));
        assert!(stream.read_ahead());
        assert!(!stream.read_ahead());
        let mut text = Vec::new();
        let mut turn = Turn(stream);
        assert_eq!(turn.read_to_end(&mut text).unwrap_err().to_string(), "broken");
        assert_eq!(text, b"abc");
        assert_eq!((turn.read(&mut [0; 4]).unwrap(), held.load(Ordering::Relaxed)), (0, 0));
    }

    #[test]
    fn what_is_given_up_is_not_held() {
        let (stream, held) = stream(Box::new(Cursor::new(vec![1; 10])));
        assert!(stream.read_ahead());
        drop(Turn(Arc::clone(&stream)));
        assert_eq!(held.load(Ordering::Relaxed), 0);
        assert!(!stream.read_ahead());
    }
}
