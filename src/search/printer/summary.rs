//! Counting: what `-c`, `-l` and `-q` need of the lines.

use crate::core::pattern::matcher::{Matcher, Scratch, trimmed};
use crate::search::context::{Line, Sink};
use crate::search::printer::Counts;

/// Counts selected lines and, if asked to, the matches in them.
pub(crate) struct Summary<'r> {
    /// Finds the matches in a line, where they are counted.
    pub(crate) matcher: Option<&'r Matcher>,
    /// What was seen.
    pub(crate) counts: Counts,
}

impl Sink for Summary<'_> {
    fn matched(&mut self, scratch: &mut Scratch, line: &Line<'_>) {
        self.counts.lines += 1;
        if let Some(matcher) = self.matcher {
            let mut matches = 0;
            let text = trimmed(line.bytes, 0, line.bytes.len());
            matcher.spans(scratch, text, |start, _| matches += u64::from(start < line.bytes.len()));
            // A selected line counts once at least, also where it was selected for not matching.
            self.counts.matches += matches.max(1);
        }
    }

    fn context(&mut self, _: &mut Scratch, _: &Line<'_>) {}

    fn gap(&mut self) {}

    fn hidden(&mut self) {
        self.counts.lines += 1;
    }
}
