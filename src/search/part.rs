//! Parts of a big input: the ranges of a file, the chunks of a stream.
//!
//! Any thread searches any part; the edge that one part hands to the next makes each print what it would have printed
//! in one piece.

use std::sync::Arc;
use std::time::Instant;

use memchr::memchr;

use crate::core::error::{Problem, Result};
use crate::core::exec::ordered::Step;
use crate::search::binary::Rule;
use crate::search::context::Edge;
use crate::search::printer::Counts;
use crate::search::region::Region;
use crate::search::reporter::Reporter;
use crate::search::searcher::{After, Claim, Output, Searcher};
use crate::search::source::{Chunks, Input, Ranges};

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

impl Searcher<'_, '_> {
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

    /// Reads the next chunks of a stream and leaves them to whoever is free.
    pub(super) fn pull(
        input: &Arc<Input>,
        mut chunks: Box<Chunks>,
        mut index: u64,
        after: After,
    ) -> Step<Claim, Output> {
        let mut rest = Vec::new();
        let mut ended = false;
        let from = index;
        while rest.len() < CHUNKS && !ended {
            match chunks.next() {
                Ok((chunk, eager)) => {
                    let halted = input.halted(index);
                    ended = chunk.is_last() || halted;
                    let chunk = if halted && !chunk.is_last() { chunk.cut() } else { chunk };
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
        if !ended {
            rest.push(Claim::Pull(Arc::clone(input), chunks, index, after));
        } else if let Some(members) = after {
            rest.push(Claim::Members(members));
        }
        let opens = (from == 0).then(|| Arc::clone(input));
        Step::Split(Output { opens, ..Output::default() }, rest)
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
        output.bytes = self.pool.take();
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
