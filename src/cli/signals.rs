//! Signals that are errors of a system call here, and not the end of the run.

/// Lets a file that grows past the limit of `ulimit -f` be an error of the write, with a message, as a full disk is. Without
/// this the signal ends the run without a word.
#[cfg(unix)]
pub(crate) fn prepare() {
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;
    // Where it cannot be had, the signal does what it always did.
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::new(AtomicBool::new(false)));
}

/// Other systems have no such signal.
#[cfg(not(unix))]
pub(crate) fn prepare() {}
