//! What is printed around rewritten files: the summary at the end.

use std::time::Duration;

use crate::core::error::Result;
use crate::core::text::units;
use crate::search::printer::file::Searched;
use crate::search::printer::stats::Stats;
use crate::search::printer::{Counts, Depth, Lines, Needs, Pen, Printer};
use crate::search::rewrite::{Rewrite, Summary};

/// The printer of a run that rewrites.
pub(crate) struct Rewriting(pub(crate) Rewrite);

impl Printer for Rewriting {
    fn needs(&self) -> Needs {
        Needs { depth: Depth::Lines, numbers: true, spans: false, context: false, hides_binary: false, stats: false }
    }

    fn pen(&self) -> Box<dyn Pen + '_> {
        Box::new(Capped)
    }

    fn tail(&self, _: &Searched<'_>, _: &mut Stats, _: &mut Vec<u8>) -> Result<u64> {
        Ok(0)
    }

    fn finish(&self, stats: &Stats, _: Duration, out: &mut Vec<u8>) -> Result<u64> {
        if self.0 != Rewrite::Write(Summary::Printed) {
            return Ok(0);
        }
        let (files, replacements) = (stats.searches_with_match, stats.counts.matches);
        let text = format!(
            "{} {} changed, {} {}\n",
            units::count(files),
            if files == 1 { "file" } else { "files" },
            units::count(replacements),
            if replacements == 1 { "replacement" } else { "replacements" },
        );
        out.extend_from_slice(text.as_bytes());
        Ok(0)
    }
}

/// Prints nothing: rewritten files are not searched line by line for printing.
struct Capped;

impl Pen for Capped {
    fn print(&mut self, _: Lines<'_, '_>, _: &[u8], _: &mut Vec<u8>) -> Counts {
        Counts::default()
    }
}
