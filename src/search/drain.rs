//! Puts the results together in order: separators, what stands once for a file, problems, statistics.

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::core::diagnostics::Diagnostics;
use crate::core::error::{Problem, Result};
use crate::core::exec::ordered::Flow;
use crate::core::output::writer::Writer;
use crate::search::config::{Mode, Sort};
use crate::search::context::Edge;
use crate::search::part::Part;
use crate::search::plan::Plan;
use crate::search::printer::Counts;
use crate::search::printer::file::{Searched, tail};
use crate::search::printer::records::Assembly;
use crate::search::printer::stats::Stats;
use crate::search::ranked::{Ranked, Ranking};
use crate::search::searcher::Output;
use crate::search::source::Pace;

/// Buffers that go back from where they were used up: fresh memory for each part costs more than filling it.
#[derive(Debug, Default)]
pub(crate) struct Pool(Mutex<Vec<Vec<u8>>>);

impl Pool {
    /// A buffer with the bytes of its last use.
    pub(crate) fn take(&self) -> Vec<u8> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    /// An empty buffer.
    pub(crate) fn take_empty(&self) -> Vec<u8> {
        let mut buffer = self.take();
        buffer.clear();
        buffer
    }

    /// Gives a buffer back.
    pub(crate) fn give(&self, buffer: Vec<u8>) {
        if buffer.capacity() > 0 {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(buffer);
        }
    }
}

/// The state of the output.
pub(crate) struct Drain<'d> {
    plan: &'d Plan,
    target: &'d mut Writer,
    diagnostics: &'d Diagnostics,
    pool: &'d Pool,
    records: Option<Assembly<'d>>,
    /// Counts that are sorted before they are printed.
    ranking: Option<Ranking>,
    /// Whether anything was printed.
    written: bool,
    /// The big input whose parts are coming in.
    open: Option<Open>,
    /// Statistics of all files so far.
    pub(crate) stats: Stats,
    scrap: Vec<u8>,
    /// Whether the paths come from a list whose writer may be slow.
    lists_as_it_comes: bool,
}

/// A big input whose parts are coming in.
#[derive(Default)]
struct Open {
    counts: Counts,
    printed: u64,
    began: Option<Instant>,
    /// Whether its search broke off.
    failed: bool,
}

impl<'d> Drain<'d> {
    /// Starts the output.
    pub(crate) fn new(
        plan: &'d Plan,
        target: &'d mut Writer,
        diagnostics: &'d Diagnostics,
        pool: &'d Pool,
    ) -> Result<Self> {
        let mut scrap = Vec::new();
        let records = plan.printer.table().map(|table| Assembly::new(table, &plan.config.temp_dir, &mut scrap));
        target.put(&scrap)?;
        let drain = Self {
            plan,
            target,
            diagnostics,
            pool,
            records,
            ranking: matches!(plan.config.sort, Sort::Falling | Sort::Rising).then(Ranking::default),
            written: false,
            open: None,
            stats: Stats::default(),
            scrap,
            lists_as_it_comes: plan.config.select.listed.as_ref().is_some_and(|listed| listed.path == Path::new("-")),
        };
        for note in plan.printer.table().into_iter().flat_map(|table| &table.notes) {
            drain.problem(note);
        }
        Ok(drain)
    }

    /// Takes the next result.
    pub(crate) fn take(&mut self, mut output: Output) -> Result<Flow> {
        match output.part.take() {
            None => {
                self.problems(&output);
                if output.lead {
                    self.stats.bytes_printed += self.separate()?;
                }
                match &mut self.ranking {
                    Some(ranking) => ranking.take(&output.bytes, &output.ranked),
                    None => self.put(&output.bytes, output.records)?,
                }
                if self.lists_as_it_comes {
                    self.target.flush_all()?;
                }
            }
            Some(part) => {
                self.part(&part, &output)?;
                if part.input.pace == Pace::Live {
                    // Whoever follows the input through us must not wait for what comes after it.
                    self.target.flush_all()?;
                }
                self.pool.give(std::mem::take(&mut output.bytes));
            }
        }
        self.stats.add(&output.stats);
        let enough = self.plan.config.quiet && !self.plan.needs.stats && self.stats.found > 0;
        Ok(if enough { Flow::Stop } else { Flow::Continue })
    }

    /// Reports a problem.
    pub(crate) fn problem(&self, problem: &Problem) {
        self.diagnostics.emit(problem);
    }

    fn problems(&self, output: &Output) {
        for problem in &output.problems {
            self.problem(problem);
        }
    }

    /// Whether the parts of a big input are coming in, and nothing else may be printed.
    pub(crate) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Writes what stands between two files if anything was printed before; returns how many bytes that are.
    fn separate(&mut self) -> Result<u64> {
        let separator = self.plan.printer.separator();
        if !self.written || separator.is_empty() {
            return Ok(0);
        }
        self.target.put(separator)?;
        Ok(separator.len() as u64)
    }

    fn put(&mut self, bytes: &[u8], records: u64) -> Result<()> {
        let bytes = match &mut self.records {
            Some(assembly) if !bytes.is_empty() => assembly.take(bytes, records)?,
            _ => bytes,
        };
        if bytes.is_empty() {
            return Ok(());
        }
        self.written = true;
        self.target.put(bytes)
    }

    /// Takes a part of a big input.
    fn part(&mut self, part: &Part, output: &Output) -> Result<()> {
        let mut open = self.open.take().unwrap_or_default();
        open.began.get_or_insert(part.began);
        // What parts found that were searched although an earlier one had ended the search, depends on the threads.
        let over = open.failed || (self.plan.search().first_only && open.counts.lines > 0);
        if !over {
            self.problems(output);
            open.counts.add(part.counts);
            open.failed = part.failed;
        }
        if !over && !output.bytes.is_empty() {
            if open.printed == 0 {
                open.printed += self.separate()?;
                let mut start = std::mem::take(&mut self.scrap);
                start.clear();
                self.plan.printer.head(&part.input.path, &mut start);
                open.printed += start.len() as u64;
                self.put(&start, 0)?;
                self.scrap = start;
            }
            open.printed += output.bytes.len() as u64;
            self.put(&output.bytes, output.records)?;
        }
        if let Some(edge) = &part.end {
            return self.end(part, &open, edge);
        }
        self.open = Some(open);
        Ok(())
    }

    /// Ends a big input.
    fn end(&mut self, part: &Part, open: &Open, edge: &Edge) -> Result<()> {
        if let Some(problem) = self.plan.omission(&part.input.path, part.input.rule, edge) {
            self.problem(&problem);
        }
        let elapsed = open.began.map_or(Duration::ZERO, |began| began.elapsed());
        let searched = Searched {
            path: &part.input.path,
            rule: part.input.rule,
            counts: open.counts,
            edge,
            printed: open.printed,
            elapsed,
            failed: open.failed,
        };
        let mut end = std::mem::take(&mut self.scrap);
        end.clear();
        let (stats, records) = tail(&*self.plan.printer, &searched, &mut end)?;
        self.stats.add(&stats);
        match &mut self.ranking {
            Some(ranking) => ranking.take(&end, &[Ranked { count: stats.total, end: end.len(), records }]),
            None => self.put(&end, records)?,
        }
        self.scrap = end;
        Ok(())
    }

    /// Ends the output.
    pub(crate) fn finish(&mut self, began: Instant) -> Result<()> {
        let (plan, elapsed) = (self.plan, began.elapsed());
        for (line, records) in self.ranking.take().into_iter().flat_map(|ranking| ranking.sorted(plan.config.sort)) {
            self.put(&line, records)?;
        }
        let mut end = Vec::new();
        let records = plan.printer.finish(&self.stats, elapsed, &mut end)?;
        self.put(&end, records)?;
        let stats = self.stats.lines(elapsed);
        let tells_stats = plan.config.look.stats && plan.config.mode != Mode::Files && !plan.printer.tells_stats();
        match self.records.take() {
            Some(assembly) => {
                for note in &assembly.end(self.target)? {
                    self.problem(note);
                }
                // Between records there is no place for them.
                for line in stats.lines().filter(|line| tells_stats && !line.is_empty()) {
                    self.problem(&Problem::note(line));
                }
            }
            None if tells_stats => self.target.put(stats.as_bytes())?,
            None => {}
        }
        Ok(())
    }
}
