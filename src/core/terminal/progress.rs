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

use indicatif::{HumanBytes, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::core::text::escape::escape_controls;
use crate::core::text::units;

/// How long a run may take before anything is drawn.
const DELAY: Duration = Duration::from_secs(1);

/// How often the meter is looked at.
const INTERVAL: Duration = Duration::from_millis(100);

/// What a phase of a run is measured in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Bytes that are read.
    #[default]
    Bytes,
    /// Pieces of work that mean nothing to a reader but their share.
    Pieces,
    /// Nothing: nobody can tell how far it is.
    Nothing,
}

/// What a run is at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Phase {
    /// Tells it from the one before.
    number: u64,
    /// What it does, in a few words.
    what: String,
    unit: Unit,
}

/// What has been done of a phase, and of how much.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    done: AtomicU64,
    total: AtomicU64,
    files: AtomicU64,
    /// Bytes in temporary files.
    spilled: AtomicU64,
    phase: Mutex<Phase>,
}

impl Meter {
    /// Begins a phase of the run, of `total` units; 0 where nobody knows.
    pub(crate) fn enter(&self, what: &str, unit: Unit, total: u64) {
        let mut phase = self.phase.lock().unwrap_or_else(PoisonError::into_inner);
        *phase = Phase { number: phase.number + 1, what: escape_controls(what).into_owned(), unit };
        self.done.store(0, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
    }

    /// Counts so much of it as done.
    pub(crate) fn add(&self, units: u64) {
        self.done.fetch_add(units, Ordering::Relaxed);
    }

    /// Counts a file as done.
    pub(crate) fn add_file(&self) {
        self.files.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts bytes that went to a temporary file.
    pub(crate) fn add_spilled(&self, bytes: u64) {
        self.spilled.fetch_add(bytes, Ordering::Relaxed);
    }

    /// What is said in words.
    fn message(&self, phase: &Phase) -> String {
        let (files, spilled) = (self.files.load(Ordering::Relaxed), self.spilled.load(Ordering::Relaxed));
        let mut message = phase.what.clone();
        if files > 0 {
            let noun = if files == 1 { "file" } else { "files" };
            message = format!("{message} {} {noun},", units::count(files));
        }
        if spilled > 0 {
            message = format!("{message} ({} on disk)", HumanBytes(spilled));
        }
        message
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
    let mut shown = None;
    loop {
        let ended = done.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = changed.wait_timeout_while(ended, wait, |ended| !*ended);
        if *waited.unwrap_or_else(PoisonError::into_inner).0 {
            break;
        }
        wait = INTERVAL;
        let phase = meter.phase.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let total = meter.total.load(Ordering::Relaxed);
        if shown != Some(phase.number) {
            if shown.is_none() {
                bar.set_draw_target(ProgressDrawTarget::stderr());
            } else {
                bar.reset();
            }
            bar.set_style(style(phase.unit, total));
            shown = Some(phase.number);
        }
        if total > 0 {
            bar.set_length(total);
        }
        bar.set_message(meter.message(&phase));
        bar.set_position(meter.done.load(Ordering::Relaxed));
        bar.tick();
    }
    bar.finish_and_clear();
}

fn style(unit: Unit, total: u64) -> ProgressStyle {
    let template = match unit {
        Unit::Bytes if total > 0 => "{msg} {wide_bar} {bytes}/{total_bytes} {binary_bytes_per_sec} {eta} left",
        Unit::Bytes => "{spinner} {msg} {bytes} {binary_bytes_per_sec}",
        Unit::Pieces if total > 0 => "{msg} {wide_bar} {percent}% {eta} left",
        Unit::Pieces | Unit::Nothing => "{spinner} {msg} {elapsed}",
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

    use super::{Bar, Meter, Phase, Unit};

    #[test]
    fn a_short_run_leaves_nothing_behind() {
        let bar = Bar::start();
        bar.meter().enter("reading", Unit::Bytes, 10);
        bar.meter().add(10);
        let mut out = Vec::new();
        bar.over(&mut out).write_all(b"a line\n").unwrap();
        bar.finish();
        assert_eq!(out, b"a line\n");
    }

    #[test]
    fn a_phase_is_told_with_what_it_needs() {
        let meter = Meter::default();
        let told = |meter: &Meter| meter.message(&meter.phase.lock().unwrap());
        meter.enter("sort by a\nb", Unit::Nothing, 0);
        assert_eq!(told(&meter), "sort by a\\nb");
        meter.add_file();
        meter.add_spilled(3 << 20);
        assert_eq!(told(&meter), "sort by a\\nb 1 file, (3.00 MiB on disk)");
        assert_eq!(
            meter.phase.lock().unwrap().clone(),
            Phase { number: 1, what: "sort by a\\nb".into(), unit: Unit::Nothing }
        );
    }
}
