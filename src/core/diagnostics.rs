//! Where problems go: reported and counted, in the order in which they are handed in.

use std::io::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::core::error::{Level, Problem};

/// Reports problems to a writer.
pub(crate) struct Diagnostics {
    writer: Mutex<Box<dyn Write + Send>>,
    errors: AtomicBool,
}

impl Diagnostics {
    /// Reports to this writer.
    pub(crate) fn plain(writer: Box<dyn Write + Send>) -> Self {
        Self { writer: Mutex::new(writer), errors: AtomicBool::new(false) }
    }

    /// Reports a problem.
    pub(crate) fn emit(&self, problem: &Problem) {
        if problem.level == Level::Debug {
            return;
        }
        if problem.level == Level::Error {
            self.errors.store(true, Ordering::Relaxed);
        }
        if let Ok(mut writer) = self.writer.lock() {
            // There is nobody to tell that telling failed.
            let _ = writeln!(writer, "mytools: {problem}");
        }
    }

    /// Whether any error was reported.
    pub(crate) fn had_errors(&self) -> bool {
        self.errors.load(Ordering::Relaxed)
    }
}
