//! Signals that are errors of a system call here, and those that wait until a file has its name.

use crate::core::output::naming::Naming;

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

/// How output files take their names: the signals that end a run wait for it.
#[cfg(target_os = "linux")]
pub(crate) fn naming() -> Naming {
    Naming::guarded_by(waiting::Waiting::default())
}

/// Elsewhere a version has a name from the start.
#[cfg(not(target_os = "linux"))]
pub(crate) fn naming() -> Naming {
    Naming::default()
}

#[cfg(target_os = "linux")]
mod waiting {
    use std::fs;
    use std::io;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::{Arc, Mutex, PoisonError};

    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::flag::{register, register_conditional_default};
    use signal_hook::low_level::emulate_default_handler;

    use crate::core::output::naming::Guard;

    /// The signals are taken at the first step, so that runs without one leave them as they are.
    #[derive(Debug, Default)]
    pub(super) struct Waiting(Mutex<Option<Signals>>);

    /// The signals that were taken.
    #[derive(Debug)]
    struct Signals {
        /// Whether one that comes ends the run at once.
        deadly: Arc<AtomicBool>,
        /// Each, and whether it came.
        came: Vec<(i32, Arc<AtomicBool>)>,
    }

    impl Guard for Waiting {
        fn hold(&self, step: &mut dyn FnMut() -> io::Result<()>) -> io::Result<()> {
            let mut signals = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let signals = signals.get_or_insert_with(Signals::take);
            signals.deadly.store(false, Ordering::SeqCst);
            let outcome = step();
            // One that comes from here on finds this set; one that came before is found below.
            signals.deadly.store(true, Ordering::SeqCst);
            for (signal, came) in &signals.came {
                if came.swap(false, Ordering::SeqCst) {
                    let _ = emulate_default_handler(*signal);
                }
            }
            outcome
        }
    }

    impl Signals {
        /// Takes those that are not ignored.
        fn take() -> Self {
            let deadly = Arc::new(AtomicBool::new(true));
            let ignored = ignored();
            let take = |signal: &i32| {
                let came = Arc::new(AtomicBool::new(false));
                register_conditional_default(*signal, Arc::clone(&deadly)).ok()?;
                register(*signal, Arc::clone(&came)).ok()?;
                Some((*signal, came))
            };
            let heeded = |signal: &&i32| ignored.is_some_and(|ignored| ignored >> (**signal - 1) & 1 == 0);
            let came = [SIGHUP, SIGINT, SIGTERM].iter().filter(heeded).filter_map(take).collect();
            Self { deadly, came }
        }
    }

    /// The signals that whoever started us told to be ignored (proc(5), `SigIgn`), the first as the lowest bit.
    fn ignored() -> Option<u64> {
        let status = fs::read_to_string("/proc/self/status").ok()?;
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
        u64::from_str_radix(mask.trim(), 16).ok()
    }
}
