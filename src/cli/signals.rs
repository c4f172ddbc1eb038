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
    use std::io::{self, Read, Write};
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::{Arc, Mutex, PoisonError};
    use std::thread;

    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::flag::register;
    use signal_hook::low_level::{emulate_default_handler, pipe};

    use crate::core::output::naming::Guard;

    /// The lock is held while a step is made and while a signal ends the run, so that neither comes in the middle of the
    /// other. The signals are taken at the first step, so that runs without one leave them as they are.
    #[derive(Debug, Default)]
    pub(super) struct Waiting(Arc<Mutex<Taken>>);

    /// Whether the signals were taken.
    #[derive(Debug, Default)]
    struct Taken(bool);

    impl Guard for Waiting {
        fn hold(&self, step: &mut dyn FnMut() -> io::Result<()>) -> io::Result<()> {
            let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if !taken.0 {
                // Where they cannot be had, they do what they always did.
                let _ = take(&self.0);
                taken.0 = true;
            }
            step()
        }
    }

    /// Takes those that are not ignored: a thread waits for them and lets them end the run.
    fn take(steps: &Arc<Mutex<Taken>>) -> io::Result<()> {
        let ignored = ignored().unwrap_or(u64::MAX);
        let heeded = |signal: &i32| ignored >> (signal - 1) & 1 == 0;
        let signals = [SIGHUP, SIGINT, SIGTERM].into_iter().filter(heeded);
        let came: Vec<(i32, Arc<AtomicBool>)> = signals.map(|signal| (signal, Arc::default())).collect();
        let (mut wake, waker) = io::pipe()?;
        let (awaited, steps) = (came.clone(), Arc::clone(steps));
        thread::Builder::new().name("signals".into()).spawn(move || {
            while wake.read_exact(&mut [0]).is_ok() {
                let _no_step = steps.lock().unwrap_or_else(PoisonError::into_inner);
                for (signal, _) in awaited.iter().filter(|(_, came)| came.load(Ordering::SeqCst)) {
                    let _ = emulate_default_handler(*signal);
                }
            }
        })?;
        for (signal, came) in came {
            let own = waker.try_clone()?;
            register(signal, came)?;
            pipe::register(signal, own)?;
        }
        // For one that came before it could wake the thread.
        (&waker).write_all(&[0])
    }

    /// The signals that whoever started us told to be ignored (proc(5), `SigIgn`), the first as the lowest bit.
    fn ignored() -> Option<u64> {
        let status = fs::read_to_string("/proc/self/status").ok()?;
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
        u64::from_str_radix(mask.trim(), 16).ok()
    }
}
