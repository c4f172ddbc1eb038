//! A flag that stops a run: later claims are not made, waiting workers wake up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A shared stop flag. Clones are the same flag.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cancel {
    stopped: Arc<AtomicBool>,
}

impl Cancel {
    /// Asks everyone to stop.
    pub(crate) fn stop(&self) {
        self.stopped.store(true, Ordering::Release);
    }

    /// Takes the request back, for another run with the same flag.
    pub(crate) fn reset(&self) {
        self.stopped.store(false, Ordering::Release);
    }

    /// Whether someone asked to stop.
    pub(crate) fn stopped(&self) -> bool {
        self.stopped.load(Ordering::Acquire)
    }
}
