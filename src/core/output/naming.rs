//! The step in which the new version of a file takes its name.
//!
//! A version that replaces a file has a name of its own for a moment, and a signal that ended the run in it would leave
//! that behind. So signals wait for the step. Which do, and how, is told from outside; without a word none does.

use std::fmt::Debug;
use std::io;
use std::sync::Arc;

/// Who lets signals wait.
pub(crate) trait Guard: Debug + Send + Sync {
    /// Takes the step while signals wait, one at a time.
    fn hold(&self, step: &mut dyn FnMut() -> io::Result<()>) -> io::Result<()>;
}

/// How the step is taken. Clones share the guard.
#[derive(Debug, Clone, Default)]
pub(crate) struct Naming {
    guard: Option<Arc<dyn Guard>>,
}

impl Naming {
    /// With a guard.
    pub(crate) fn guarded_by(guard: impl Guard + 'static) -> Self {
        Self { guard: Some(Arc::new(guard)) }
    }

    /// Takes the step.
    pub(crate) fn step(&self, mut step: impl FnMut() -> io::Result<()>) -> io::Result<()> {
        match &self.guard {
            Some(guard) => guard.hold(&mut step),
            None => step(),
        }
    }
}
