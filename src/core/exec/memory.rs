//! The memory that a run may hold, and the disk that takes the rest.
//!
//! [`Memory`] is one per run and shared by all that keeps records: sorts, groups, the build side of a join. Each thread
//! of an operation has a [`Share`], says what it holds, and asks whether that is too much; if so it writes what it holds
//! to a [`Spill`] and goes on with nothing. So the sum of what is held stays near the limit, whichever thread holds it.
//! What is not kept (blocks under work, output that waits for its turn) is bounded elsewhere and not counted.
//!
//! ```text
//! let mut share = memory.share(threads);      // one for each thread, when its state is made
//! …
//! kept.push(batch);
//! share.hold(bytes_of(&kept));                // all that it holds now, not what was added
//! if share.is_full() {
//!     let spill = memory.spill()?;            // keep it as long as its frames: the last one to go deletes the file
//!     for batch in kept.drain(..) {
//!         bytes.clear();
//!         save(&batch, &mut bytes);           // `core::data::saved` writes batches as bytes, several in a frame
//!         frames.push(spill.write(&bytes)?);
//!     }
//!     share.hold(0);
//! }
//! …
//! spill.read(frame, &mut bytes)?;             // any thread, any order, as often as needed
//! while let Some(batch) = restore(&mut rest)? { … }
//! ```
//!
//! Invariant: what a share holds is given back when it is dropped, so a table that keeps records keeps its share.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::core::error::Result;
use crate::core::exec::fault::Fault;
use crate::core::exec::spill::Spill;
use crate::core::terminal::progress::Bar;

/// The memory of a run. Clones are the same.
#[derive(Debug, Clone)]
pub(crate) struct Memory {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    limit: usize,
    used: AtomicUsize,
    directory: PathBuf,
    spill: Mutex<Weak<Spill>>,
    /// Tells what goes to temporary files.
    progress: Option<Arc<Bar>>,
    /// Where the run is to panic, for tests.
    fault: Fault,
}

impl Memory {
    /// Memory of `limit` bytes; what is more goes to temporary files in `directory`, or where the system has
    /// them where it is empty.
    pub(crate) fn new(limit: usize, directory: PathBuf) -> Self {
        Self::made(limit.max(1), directory, None, Fault::default())
    }

    /// The same, telling this bar what goes to temporary files. Nothing may be held yet.
    #[must_use]
    pub(crate) fn shown_by(self, progress: Option<Arc<Bar>>) -> Self {
        Self::made(self.inner.limit, self.inner.directory.clone(), progress, self.inner.fault)
    }

    /// The same in a run that is to panic somewhere. Nothing may be held yet.
    #[must_use]
    pub(crate) fn failing_at(self, fault: Fault) -> Self {
        Self::made(self.inner.limit, self.inner.directory.clone(), self.inner.progress.clone(), fault)
    }

    fn made(limit: usize, directory: PathBuf, progress: Option<Arc<Bar>>, fault: Fault) -> Self {
        let spill = Mutex::new(Weak::new());
        Self { inner: Arc::new(Inner { limit, used: AtomicUsize::new(0), directory, spill, progress, fault }) }
    }

    /// Where temporary files go; empty where the system has a place.
    pub(crate) fn directory(&self) -> &Path {
        &self.inner.directory
    }

    /// Where the run is to panic, for tests.
    pub(crate) fn fault(&self) -> Fault {
        self.inner.fault
    }

    /// The limit in bytes.
    pub(crate) fn limit(&self) -> usize {
        self.inner.limit
    }

    /// The part of one of `among` threads.
    pub(crate) fn share(&self, among: usize) -> Share {
        Share { memory: self.clone(), part: self.limit() / among.max(1), held: 0 }
    }

    /// The file that takes what is too much. All that is in use at one time share it; it is gone when the last of them
    /// is, so whoever reads frames back keeps it.
    pub(crate) fn spill(&self) -> Result<Arc<Spill>> {
        let mut current = self.inner.spill.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(spill) = current.upgrade() {
            return Ok(spill);
        }
        let spill = Arc::new(Spill::new(&self.inner.directory, self.inner.progress.clone(), self.inner.fault)?);
        *current = Arc::downgrade(&spill);
        Ok(spill)
    }
}

impl Default for Memory {
    /// A gibibyte, and temporary files where the system has them.
    fn default() -> Self {
        Self::new(1 << 30, PathBuf::new())
    }
}

/// What one thread of an operation holds.
#[derive(Debug)]
pub(crate) struct Share {
    memory: Memory,
    part: usize,
    held: usize,
}

impl Share {
    /// Says how many bytes are held now.
    pub(crate) fn hold(&mut self, bytes: usize) {
        let used = &self.memory.inner.used;
        if bytes >= self.held {
            used.fetch_add(bytes - self.held, Ordering::Relaxed);
        } else {
            used.fetch_sub(self.held - bytes, Ordering::Relaxed);
        }
        self.held = bytes;
    }

    /// How many bytes are held.
    pub(crate) fn held(&self) -> usize {
        self.held
    }

    /// Whether what is held should go to disk: the run holds too much, and this thread not the least of it.
    pub(crate) fn is_full(&self) -> bool {
        self.memory.inner.used.load(Ordering::Relaxed) > self.memory.limit() && self.held > self.part / 2
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.hold(0);
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::Memory;

    #[test]
    fn those_who_hold_most_are_full() {
        let memory = Memory::new(100, PathBuf::new());
        let (mut a, mut b) = (memory.share(2), memory.share(2));
        a.hold(90);
        b.hold(10);
        assert!(!a.is_full() && !b.is_full());
        b.hold(20);
        assert!(a.is_full() && !b.is_full());
        a.hold(0);
        assert!(!a.is_full() && !b.is_full());
        b.hold(101);
        assert!(b.is_full());
        drop(b);
        a.hold(100);
        assert!(!a.is_full());
    }
}
