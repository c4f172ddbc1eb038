//! Parts of a big input: the ranges of a file, the chunks of a stream.
//!
//! Any thread searches any part; the edge that one part hands to the next makes each print what it would have printed
//! in one piece.
//!
//! A stream is read by one thread at a time. While others have nothing to do, they search what it reads. Where all have
//! work, as with many compressed files, it searches each chunk itself, right after it was made and into the same buffer
//! again and again, so that neither leaves the cache: a thread then has only its own window and its own chunk there. On 1 GiB
//! of log in 16 zstd files that takes a tenth less time than handing on every chunk in a buffer of its own.

use std::sync::Arc;
use std::time::Instant;

use memchr::memchr;

use crate::core::error::{Problem, Result};
use crate::core::exec::ordered::Step;
use crate::core::input::open::{Opened, Source};
use crate::core::input::positional::read_full_at;
use crate::search::binary::{Rule, WINDOW};
use crate::search::context::Edge;
use crate::search::members::Members;
use crate::search::printer::Counts;
use crate::search::region::Region;
use crate::search::reporter::Reporter;
use crate::search::searcher::{Claim, Output, Searcher, Worker};
use crate::search::source::{Chunk, Chunks, Input, Lines, Pace, RANGE, Ranges, WIDE_RANGE};

/// Most chunks of a stream that are read at once.
const CHUNKS: usize = 16;

/// Most ranges of a file that are claimed at once: claims take memory.
const RANGES: u64 = 64;

/// A part of an input.
pub(crate) struct Part {
    /// The input.
    pub(crate) input: Arc<Input>,
    /// What was found in the part.
    pub(crate) counts: Counts,
    /// How the search of the input ended, after its last part.
    pub(crate) end: Option<Edge>,
    /// Whether the rest of the input cannot be searched.
    pub(crate) failed: bool,
    /// When work on the part began.
    pub(crate) began: Instant,
}

/// An input that is searched in parts.
pub(crate) enum Big {
    /// By ranges.
    File(Arc<Ranges>),
    /// By chunks, from the first.
    Stream(Arc<Input>, Box<Chunks>),
}

impl Big {
    /// The work that it is.
    pub(super) fn claims(self, after: After) -> Vec<Claim> {
        match self {
            Self::File(ranges) => std::iter::once(Claim::Ranges(ranges, 0)).chain(after.map(Claim::Members)).collect(),
            Self::Stream(input, chunks) => vec![Claim::Pull(input, chunks, 0, after)],
        }
    }
}

/// The archive that a stream is a member of, which is read on after it.
pub(crate) type After = Option<Box<Members>>;

impl Searcher<'_, '_> {
    /// The parts of a big input; none where the conditions on files leave it out.
    pub(super) fn parts(
        &self,
        reporter: &mut Reporter<'_>,
        opened: Opened,
        path: Vec<u8>,
        mut rule: Rule,
    ) -> Result<Option<Big>> {
        let plan = self.plan;
        let admitted = reporter.admit(rule, opened.source);
        let Some(source) = admitted.map_err(|error| error.or_at_path(&path))? else { return Ok(None) };
        let terminator = plan.matcher.terminator;
        let lines = Lines { before: plan.shape(rule).before, longest: plan.config.longest, terminator };
        Ok(Some(match source {
            Source::File { file, len, start } => {
                if start > 0 {
                    rule = rule.of_a_stream();
                }
                let mut edge = Edge::default();
                if matches!(rule, Rule::Glance | Rule::Leave) {
                    let mut window = vec![0; (WINDOW as u64).min(len.saturating_sub(start)).try_into().unwrap_or(0)];
                    let read = read_full_at(&file, &mut window, start)
                        .map_err(|error| Problem::io(String::from_utf8_lossy(&path), &error))?;
                    edge.binary = window.get(..read).and_then(|head| memchr(0, head)).map(|at| at as u64);
                    edge.halted = rule == Rule::Leave && edge.binary.is_some();
                }
                let input = Input::starting(path, rule, edge, self.cancel.clone(), (self.start(), Pace::Steady));
                let size = plan.config.block_size.unwrap_or(if rule.reads_all() { WIDE_RANGE } else { RANGE });
                Big::File(Arc::new(Ranges { input, file, start, end: len.max(start), size, lines }))
            }
            Source::Stream(reader) => {
                rule = rule.of_a_stream();
                let size = plan.config.block_size.unwrap_or(RANGE);
                let pace = if reader.live { Pace::Live } else { Pace::Steady };
                let input = Input::starting(path, rule, Edge::default(), self.cancel.clone(), (self.start(), pace));
                Big::Stream(input, Box::new(Chunks::new(reader.into_reader(), size, rule, lines)))
            }
        }))
    }

    /// Leaves the next ranges of a big file, from this number on, to whoever is free.
    pub(super) fn ranges(ranges: Arc<Ranges>, index: u64) -> Vec<Claim> {
        let stop = ranges.count().min(index + RANGES);
        let mut claims: Vec<Claim> = (index..stop).map(|index| Claim::Range(Arc::clone(&ranges), index)).collect();
        if stop < ranges.count() {
            claims.push(Claim::Ranges(ranges, stop));
        }
        claims
    }

    /// Searches one range of a big file.
    pub(super) fn range(
        &self,
        reporter: &mut Reporter<'_>,
        buffer: &mut Vec<u8>,
        ranges: &Ranges,
        index: u64,
    ) -> Result<Output> {
        let began = Instant::now();
        let input = &ranges.input;
        let last = index + 1 == ranges.count();
        if input.halted(index) {
            return self.pass(input, index, last, began);
        }
        match ranges.load(index, buffer) {
            Ok(region) => {
                let region = Region { last, ..region };
                self.part(reporter, input, index, region, began)
            }
            Err(problem) => self.fail(input, index, last, problem),
        }
    }

    /// Lets the edge pass a part that is not searched.
    fn pass(&self, input: &Arc<Input>, index: u64, last: bool, began: Instant) -> Result<Output> {
        let free = self.plan.is_free(&self.plan.shape(input.rule));
        let end = if free { Edge::default() } else { input.advance(index, |edge| edge.clone())? };
        let end = last.then_some(end);
        let part = Part { input: Arc::clone(input), counts: Counts::default(), end, failed: false, began };
        Ok(Output { part: Some(part), ..Output::default() })
    }

    /// Ends the search of an input at a part that cannot be searched, if it has not ended before.
    pub(super) fn fail(&self, input: &Arc<Input>, index: u64, last: bool, problem: Problem) -> Result<Output> {
        input.halt(index);
        let (mut end, mut over) = (Edge::default(), false);
        if !self.plan.is_free(&self.plan.shape(input.rule)) {
            (end, over) = input.advance(index, |edge| {
                let over = std::mem::replace(&mut edge.halted, true);
                (edge.clone(), over)
            })?;
        }
        let end = last.then_some(end);
        let began = Instant::now();
        let part = Part { input: Arc::clone(input), counts: Counts::default(), end, failed: !over, began };
        let mut output = Output { part: Some(part), ..Output::default() };
        if !over {
            output.problems.push(problem.at_path(String::from_utf8_lossy(&input.path)));
        }
        Ok(output)
    }

    /// Reads the next chunks of a stream and leaves them to whoever is free; where nobody is, searches them itself.
    pub(super) fn pull(
        &self,
        worker: &mut Worker<'_>,
        input: &Arc<Input>,
        mut chunks: Box<Chunks>,
        mut index: u64,
        after: After,
    ) -> Result<Step<Claim, Output>> {
        let idle = self.has_idle();
        // The first part may have to wait until it is told of the output of this step.
        if index > 0 && !idle {
            return self.pull_own(worker, input, chunks, index, after);
        }
        let most = if idle { CHUNKS } else { 1 };
        let mut rest = Vec::new();
        let mut ended = false;
        let from = index;
        while rest.len() < most && !ended {
            match next_chunk(&mut chunks, input, index, self.chunks.take()) {
                Ok((chunk, eager)) => {
                    ended = chunk.is_last();
                    rest.push(Claim::Chunk(Arc::clone(input), Box::new(chunk), index));
                    index += 1;
                    if !eager {
                        break;
                    }
                }
                Err(problem) => {
                    rest.push(Claim::Broken(Arc::clone(input), Box::new(problem), index));
                    ended = true;
                }
            }
        }
        let next =
            if ended { after.map(Claim::Members) } else { Some(Claim::Pull(Arc::clone(input), chunks, index, after)) };
        rest.extend(next);
        let opens = (from == 0).then(|| Arc::clone(input));
        Ok(Step::Split(Output { opens, ..Output::default() }, rest))
    }

    /// Reads the next chunks of a stream and searches each at once, until something is found.
    fn pull_own(
        &self,
        worker: &mut Worker<'_>,
        input: &Arc<Input>,
        mut chunks: Box<Chunks>,
        mut index: u64,
        after: After,
    ) -> Result<Step<Claim, Output>> {
        let from = index;
        loop {
            let (output, ended) = match next_chunk(&mut chunks, input, index, std::mem::take(&mut worker.chunk)) {
                Ok((chunk, _)) => {
                    let output = self.part(&mut worker.reporter, input, index, chunk.region(), Instant::now())?;
                    let ended = chunk.is_last();
                    worker.chunk = chunk.into_buffer();
                    (output, ended)
                }
                Err(problem) => (self.fail(input, index, true, problem)?, true),
            };
            index += 1;
            if ended {
                return Ok(Step::Split(output, after.map(Claim::Members).into_iter().collect()));
            }
            let pauses = input.pace == Pace::Live || index - from == CHUNKS as u64 || self.has_idle();
            if pauses || !is_blank(&output) {
                return Ok(Step::Split(output, vec![Claim::Pull(Arc::clone(input), chunks, index, after)]));
            }
            self.pool.give(output.bytes);
        }
    }

    /// Whether a thread has nothing to do, or is about to look for something.
    fn has_idle(&self) -> bool {
        self.busy.count() < self.plan.config.threads
    }

    /// Searches one part of an input.
    pub(super) fn part(
        &self,
        reporter: &mut Reporter<'_>,
        input: &Arc<Input>,
        index: u64,
        region: Region<'_>,
        began: Instant,
    ) -> Result<Output> {
        let plan = self.plan;
        if let Some(bar) = &plan.config.progress {
            bar.meter().add(region.lines().len() as u64);
            if region.last {
                bar.meter().add_file();
            }
        }
        let shape = plan.shape(input.rule);
        let mut part = Part { input: Arc::clone(input), counts: Counts::default(), end: None, failed: false, began };
        let mut output = Output::default();
        if plan.is_free(&shape) {
            part.counts = reporter.count(&shape, &region);
            if shape.first_only && part.counts.lines > 0 {
                input.halt(index);
            }
            part.end = region.last.then(Edge::default);
            output.part = Some(part);
            return Ok(output);
        }
        let selected = reporter.select(&region);
        let mut region = region;
        if matches!(input.rule, Rule::Glance | Rule::Leave) && selected {
            region.nul = memchr(0, region.lines()).map(|at| region.start + at);
            region.clean = region.nul.is_none();
        }
        if shape.function {
            reporter.outline(&region);
        }
        let mut edge = input.advance(index, |edge| {
            let start = edge.clone();
            reporter.advance(&shape, &region, edge);
            start
        })?;
        output.bytes = self.pool.take_empty();
        let over = edge.halted;
        part.counts = reporter.print(&shape, &region, &mut edge, &input.path, &mut output.bytes);
        output.write_records(reporter, &input.path)?;
        if !over {
            part.failed = edge.broken;
            output.problems.extend(reporter.given_up(&region, &edge, &input.path));
        }
        if edge.halted {
            input.halt(index);
        }
        part.end = region.last.then_some(edge);
        output.part = Some(part);
        Ok(output)
    }
}

/// The next chunk of a stream, the last one where the search of it has ended; as [`Chunks::next`].
fn next_chunk(chunks: &mut Chunks, input: &Input, index: u64, buffer: Vec<u8>) -> Result<(Chunk, bool), Problem> {
    let (chunk, eager) = chunks.next(buffer)?;
    Ok((if input.halted(index) { chunk.cut() } else { chunk }, eager))
}

/// Whether nothing was found in a part, and the drain need not know of it.
fn is_blank(output: &Output) -> bool {
    let is_blank = |part: &Part| part.counts == Counts::default() && part.end.is_none() && !part.failed;
    output.bytes.is_empty() && output.problems.is_empty() && output.part.as_ref().is_none_or(is_blank)
}
