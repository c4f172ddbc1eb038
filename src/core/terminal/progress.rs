//! How far a run has come, on standard error, when it takes longer than a moment.
//!
//! Readers add to a [`Meter`] once per block, which costs nothing; a thread of its own looks at it ten times a second and
//! draws. Problems are printed through [`Bar::over`], so that the two never mix.

use std::fmt;
use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How long a run may take before anything is drawn.
const DELAY: Duration = Duration::from_secs(1);

/// How often the meter is looked at.
const INTERVAL: Duration = Duration::from_millis(100);

/// Bytes read so far, of how many.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    read: AtomicU64,
    total: AtomicU64,
}

impl Meter {
    /// Counts bytes as read.
    pub(crate) fn add(&self, bytes: u64) {
        self.read.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Sets how many there will be; 0 where nobody knows.
    pub(crate) fn expect(&self, bytes: u64) {
        self.total.store(bytes, Ordering::Relaxed);
    }
}

/// A bar that shows a meter until it is finished or dropped.
pub(crate) struct Bar {
    meter: Arc<Meter>,
    drawn: ProgressBar,
    done: Arc<(Mutex<bool>, Condvar)>,
    drawer: Mutex<Option<JoinHandle<()>>>,
}

impl fmt::Debug for Bar {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Bar").field("meter", &self.meter).finish_non_exhaustive()
    }
}

impl Bar {
    /// A bar that shows itself on standard error after a moment.
    pub(crate) fn start() -> Self {
        let (meter, bar) = (Arc::new(Meter::default()), ProgressBar::hidden());
        let done = Arc::new((Mutex::new(false), Condvar::new()));
        let drawer = {
            let (meter, bar, done) = (Arc::clone(&meter), bar.clone(), Arc::clone(&done));
            // Without a thread there is no bar, and the run is none the worse.
            std::thread::Builder::new().name("progress".into()).spawn(move || draw(&meter, &bar, &done)).ok()
        };
        Self { meter, drawn: bar, done, drawer: Mutex::new(drawer) }
    }

    /// What it shows.
    pub(crate) fn meter(&self) -> &Meter {
        &self.meter
    }

    /// A writer whose lines appear above the bar.
    pub(crate) fn over<W: Write>(&self, inner: W) -> Over<W> {
        Over { bar: self.drawn.clone(), inner }
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        let (done, changed) = &*self.done;
        *done.lock().unwrap_or_else(PoisonError::into_inner) = true;
        changed.notify_all();
        let drawer = self.drawer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(drawer) = drawer {
            // The drawer has nothing to tell.
            let _ = drawer.join();
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.finish();
    }
}

fn draw(meter: &Meter, bar: &ProgressBar, done: &(Mutex<bool>, Condvar)) {
    let (done, changed) = done;
    let mut wait = DELAY;
    let mut shown = false;
    loop {
        let ended = done.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = changed.wait_timeout_while(ended, wait, |ended| !*ended);
        if *waited.unwrap_or_else(PoisonError::into_inner).0 {
            break;
        }
        let total = meter.total.load(Ordering::Relaxed);
        if total > 0 {
            bar.set_length(total);
        }
        bar.set_position(meter.read.load(Ordering::Relaxed));
        if !shown {
            bar.set_style(style(total));
            bar.set_draw_target(ProgressDrawTarget::stderr());
            shown = true;
            wait = INTERVAL;
        }
        bar.tick();
    }
    bar.finish_and_clear();
}

fn style(total: u64) -> ProgressStyle {
    let template = if total > 0 {
        "{wide_bar} {bytes}/{total_bytes} {binary_bytes_per_sec} {eta} left"
    } else {
        "{spinner} {bytes} {binary_bytes_per_sec}"
    };
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// Writes above a bar.
pub(crate) struct Over<W> {
    bar: ProgressBar,
    inner: W,
}

impl<W: Write> Write for Over<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bar.suspend(|| self.inner.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::Write;

    use super::Bar;

    #[test]
    fn a_short_run_leaves_nothing_behind() {
        let bar = Bar::start();
        bar.meter().expect(10);
        bar.meter().add(10);
        let mut out = Vec::new();
        bar.over(&mut out).write_all(b"a line\n").unwrap();
        bar.finish();
        assert_eq!(out, b"a line\n");
    }
}
