//! How many threads of a search have work, so that one that reads a stream knows whether another could search it.

use std::sync::atomic::{AtomicUsize, Ordering};

/// How many threads work on a claim now.
#[derive(Debug, Default)]
pub(crate) struct Busy(AtomicUsize);

/// A thread at work, until this is dropped.
pub(crate) struct Working<'b>(&'b Busy);

impl Busy {
    /// One thread more works.
    pub(crate) fn work(&self) -> Working<'_> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Working(self)
    }

    /// How many work. Others may begin or end in the meantime, so nothing but speed may depend on it.
    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Drop for Working<'_> {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::Busy;

    #[test]
    fn counts_those_at_work() {
        let busy = Busy::default();
        let first = busy.work();
        let second = busy.work();
        assert_eq!(busy.count(), 2);
        drop(first);
        assert_eq!(busy.count(), 1);
        drop(second);
        assert_eq!(busy.count(), 0);
    }
}
