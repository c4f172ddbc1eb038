//! `--max-results`: the first results of the whole run, and no more, whatever threads found in which order.
//!
//! Every file is searched as if the whole quota were its own, which nothing has to wait for. Where a finished output goes
//! past what is left, its files are searched once more, one after the other, each with what is left then. An input that is
//! searched in parts cannot be searched again; its parts wait until all before it is printed and what is left is known.

use std::sync::Arc;

use crate::core::error::{Error, Result};
use crate::core::exec::ordered::{Flow, Task};
use crate::core::input::walk::{Entry, Item};
use crate::search::config::Mode;
use crate::search::drain::Drain;
use crate::search::members::Texts;
use crate::search::printer::Depth;
use crate::search::printer::stats::Stats;
use crate::search::searcher::{Output, Searcher};
use crate::search::source::{Input, Start};

/// What to search again where an output goes past the quota.
#[derive(Debug)]
pub(crate) enum Again {
    /// Files, which are opened again.
    Files(Vec<Entry>),
    /// Texts of members.
    Texts(Texts),
}

impl Searcher<'_, '_> {
    /// Whether there is a quota.
    pub(super) fn has_quota(&self) -> bool {
        self.plan.config.max_results.is_some()
    }

    /// When the parts of a big input may begin.
    pub(super) fn start(&self) -> Start {
        if self.has_quota() { Start::WhenTold } else { Start::AtOnce }
    }

    /// Hands an output to the drain, cut to what is left of the quota.
    pub(crate) fn deliver(&self, drain: &mut Drain<'_>, mut output: Output) -> Result<Flow> {
        let Some(quota) = self.plan.config.max_results else { return drain.take(output) };
        let left = quota.saturating_sub(self.results(&drain.stats));
        if left == 0 && !drain.is_open() {
            return Ok(Flow::Stop);
        }
        if self.results(&output.stats) > left {
            output = match output.again.take() {
                Some(again) => self.again(again, left)?,
                None => output,
            };
        }
        if let Some(input) = &output.opens {
            self.grant(input, left.saturating_sub(self.results(&output.stats)))?;
        }
        let flow = drain.take(output)?;
        let done = !drain.is_open() && self.results(&drain.stats) >= quota;
        Ok(if done { Flow::Stop } else { flow })
    }

    /// What counts as a result: a selected line, or a path where paths are printed.
    fn results(&self, stats: &Stats) -> u64 {
        let paths = self.plan.needs.depth == Depth::First || self.plan.config.mode == Mode::Missing;
        if paths { stats.found } else { stats.counts.lines }
    }

    /// Lets an input's parts begin, which may have this many results.
    fn grant(&self, input: &Arc<Input>, left: u64) -> Result<()> {
        let shape = self.plan.shape(input.rule);
        input.start(|edge| {
            if let Some(limit) = shape.limit.filter(|_| !shape.first_only) {
                edge.matched = limit.saturating_sub(left);
            }
        })
    }

    /// Searches again, until nothing is left.
    fn again(&self, again: Again, left: u64) -> Result<Output> {
        let mut worker = self.worker();
        let mut output = Output::default();
        match again {
            Again::Files(entries) => {
                for entry in entries {
                    let left = left.saturating_sub(self.results(&output.stats));
                    if left == 0 {
                        break;
                    }
                    worker.reporter.limit = Some(left);
                    let outcome = match self.plan.config.mode {
                        Mode::Files => self.list(&entry, &mut output),
                        _ => self.file(&mut worker, &entry, &mut output).map(|_| ()),
                    };
                    told(outcome, &mut output)?;
                }
            }
            Again::Texts(texts) => {
                for text in texts {
                    let left = left.saturating_sub(self.results(&output.stats));
                    if left == 0 {
                        break;
                    }
                    worker.reporter.limit = Some(left);
                    self.text(&mut worker, text, &mut output)?;
                }
            }
        }
        Ok(output)
    }
}

/// A problem with one file does not end the search of others.
fn told(outcome: Result<()>, output: &mut Output) -> Result<()> {
    match outcome {
        Err(Error::Problem(problem)) => output.problems.push(*problem),
        other => return other,
    }
    Ok(())
}

/// The files of some items.
pub(super) fn entries(items: &[Item]) -> Vec<Entry> {
    let file = |item: &Item| match item {
        Item::File(entry) => Some(entry.clone()),
        Item::Problem(_) => None,
    };
    items.iter().filter_map(file).collect()
}
