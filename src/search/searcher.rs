//! The task of a search: claims runs of files, searches them, splits what is big.
//!
//! A small file is read whole and searched at once. A big one is split into ranges that all threads take, a stream
//! into chunks that are read in order and searched by anyone; the parts take the place of the file in the line.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use memchr::memchr;

use crate::core::error::{Problem, Result};
use crate::core::exec::cancel::Cancel;
use crate::core::exec::ordered::{Flow, Step, Task};
use crate::core::input::open::{Small, Source, open_stdin, read_small};
use crate::core::input::positional::read_full_at;
use crate::core::input::walk::{Entry, Item, Kind, Run, Walk, Walker};
use crate::core::pattern::matcher::Scratch;
use crate::search::binary::{Rule, WINDOW, has_short_head};
use crate::search::config::Mode;
use crate::search::context::{Edge, Nothing, Shape, emit, skip};
use crate::search::drain::{Drain, Pool};
use crate::search::plan::{Plan, Product, Summary as Told};
use crate::search::printer::Counts;
use crate::search::printer::color::Paint;
use crate::search::printer::file::{Searched, head, json_path, tail};
use crate::search::printer::json::{Json, Stats};
use crate::search::printer::records::{Records, Rows, Table};
use crate::search::printer::standard::Standard;
use crate::search::printer::summary::Summary;
use crate::search::region::{Found, Region, count_selected, select};
use crate::search::replace::Replacer;
use crate::search::source::{Chunk, Chunks, Input, RANGE, Ranges, WIDE_RANGE, end_lines_at_nuls};

/// Files up to this size are read whole.
const SMALL: usize = 1 << 20;

/// Most chunks of a stream that are read at once.
const CHUNKS: usize = 16;

/// A search that all threads work on.
pub(crate) struct Searcher<'p, 'd> {
    /// What to do.
    pub(crate) plan: &'p Plan,
    /// Where files come from.
    pub(crate) walk: Walk,
    /// Wakes those who wait for an edge when the run is over.
    pub(crate) cancel: Cancel,
    /// Where results may go as they come, without waiting for their place in the line.
    pub(crate) early: Option<&'p Mutex<Drain<'d>>>,
    /// Buffers for the output of parts.
    pub(crate) pool: &'p Pool,
}

/// A piece of work.
pub(crate) enum Claim {
    /// Consecutive files.
    Run(Run),
    /// A range of a big file.
    Range(Arc<Ranges>, u64),
    /// The next chunks of a stream, from this number on.
    Pull(Arc<Input>, Box<Chunks>, u64),
    /// A chunk of a stream.
    Chunk(Arc<Input>, Box<Chunk>, u64),
}

/// What a thread keeps between pieces.
pub(crate) struct Worker {
    walker: Walker,
    tools: Tools,
    /// For files that are read whole: as long as the longest of them.
    small: Vec<u8>,
    /// For ranges.
    buffer: Vec<u8>,
}

/// What a region is searched and printed with.
struct Tools {
    scratch: Scratch,
    found: Found,
    replacer: Option<Replacer>,
    spans: Vec<(usize, usize)>,
    rows: Option<Rows>,
}

/// What a piece of work hands to the drain.
#[derive(Default)]
pub(crate) struct Output {
    /// Finished bytes.
    pub(crate) bytes: Vec<u8>,
    /// Whether the separator of files belongs before them if anything was printed before.
    pub(crate) lead: bool,
    /// What went wrong.
    pub(crate) problems: Vec<Problem>,
    /// Statistics of the files that are done.
    pub(crate) stats: Stats,
    /// Records in `bytes`.
    pub(crate) records: u64,
    /// The part of a big input that `bytes` are.
    pub(crate) part: Option<Part>,
}

/// A part of an input.
pub(crate) struct Part {
    /// The input.
    pub(crate) input: Arc<Input>,
    /// What was found in the part.
    pub(crate) counts: Counts,
    /// How the search of the input ended, after its last part.
    pub(crate) end: Option<Edge>,
    /// When work on the part began.
    pub(crate) began: Instant,
}

impl Task for Searcher<'_, '_> {
    type Claim = Claim;
    type Worker = Worker;
    type Output = Output;

    fn worker(&self) -> Worker {
        Worker {
            walker: Walker::default(),
            small: Vec::new(),
            buffer: Vec::new(),
            tools: Tools {
                scratch: self.plan.matcher.scratch(),
                found: Found::default(),
                replacer: self.plan.config.replacement.as_deref().map(Replacer::new),
                spans: Vec::new(),
                rows: self.plan.table.as_ref().map(Table::rows),
            },
        }
    }

    fn claim(&self, worker: &mut Worker) -> Result<Option<(u64, Claim)>> {
        let claim = self.walk.claim(&mut worker.walker)?;
        Ok(claim.map(|(seq, run)| (seq, Claim::Run(run))))
    }

    fn work(&self, worker: &mut Worker, claim: Claim) -> Result<Step<Claim, Output>> {
        match claim {
            Claim::Run(run) => self.run(worker, run),
            Claim::Range(ranges, index) => self.range(worker, &ranges, index).map(Step::Done),
            Claim::Pull(input, chunks, index) => Ok(Self::pull(&input, chunks, index)),
            Claim::Chunk(input, chunk, index) => {
                let began = Instant::now();
                let part = self.part(&mut worker.tools, &input, index, chunk.region(), began);
                part.map(Step::Done)
            }
        }
    }

    fn weight(&self, output: &Output) -> usize {
        output.bytes.len() + output.problems.len() * 128
    }
}

impl Searcher<'_, '_> {
    /// Searches files until one is too big for one thread.
    fn run(&self, worker: &mut Worker, run: Run) -> Result<Step<Claim, Output>> {
        let mut output = Output::default();
        let mut items = run.items.into_iter();
        while let Some(item) = items.next() {
            let entry = match item {
                Item::File(entry) => entry,
                Item::Problem(problem) => {
                    output.problems.push(self.hinted(problem));
                    continue;
                }
            };
            if self.plan.config.mode == Mode::Files {
                self.list(&entry, &mut output)?;
                continue;
            }
            match self.file(worker, &entry, &mut output) {
                Ok(None) => {}
                Ok(Some(mut rest)) => {
                    rest.push(Claim::Run(Run { items: items.collect() }));
                    return Ok(Step::Split(output, rest));
                }
                Err(crate::core::error::Error::Problem(problem)) => output.problems.push(*problem),
                Err(error) => return Err(error),
            }
        }
        self.hand_over(output).map(Step::Done)
    }

    /// Where the order of files does not matter, prints at once what is not in the middle of a big input.
    fn hand_over(&self, output: Output) -> Result<Output> {
        let Some(early) = self.early else { return Ok(output) };
        let mut drain = early.lock().unwrap_or_else(PoisonError::into_inner);
        if drain.is_open() {
            return Ok(output);
        }
        if drain.take(output)? == Flow::Stop {
            self.cancel.stop();
        }
        Ok(Output::default())
    }

    /// `-p` with what is no path deserves a word.
    fn hinted(&self, problem: Problem) -> Problem {
        let named = |path: &str| self.plan.config.select.roots.iter().any(|root| root.as_path() == Path::new(path));
        if self.plan.config.path_flag
            && problem.hint.is_none()
            && problem.path.as_deref().is_some_and(|path| named(path) && !Path::new(path).exists())
        {
            return problem.hint("-p names a path to search here; --heading -n prints for reading");
        }
        problem
    }

    /// Prints a path for `--files`.
    fn list(&self, entry: &Entry, output: &mut Output) -> Result<()> {
        let path = path_bytes(&entry.path);
        output.stats.searches += 1;
        output.stats.searches_with_match += 1;
        if self.plan.config.quiet {
            return Ok(());
        }
        if let Some(table) = &self.plan.table {
            output.records += 1;
            return table.encode_file(path, 0, &mut output.bytes);
        }
        Paint::Path.put(self.plan.style.color, path, &mut output.bytes);
        output.bytes.push(b'\n');
        Ok(())
    }

    /// Searches a file that fits the buffer; returns the parts of one that does not.
    fn file(&self, worker: &mut Worker, entry: &Entry, output: &mut Output) -> Result<Option<Vec<Claim>>> {
        let plan = self.plan;
        let mut rule = plan.rule(entry);
        let Worker { tools, small: buffer, .. } = worker;
        let small = plan.config.block_size.unwrap_or(SMALL);
        let opened = if entry.kind == Kind::Stdin {
            open_stdin(plan.open_options())?
        } else {
            buffer.resize(small, 0);
            match read_small(&entry.path, plan.open_options(), buffer)? {
                Small::Whole { start, end } => {
                    if rule == Rule::Glance && start > 0 {
                        rule = Rule::Convert;
                    }
                    let bytes = buffer.get_mut(start..end).unwrap_or_default();
                    self.whole(tools, path_bytes(&entry.path), rule, bytes, output)?;
                    return Ok(None);
                }
                Small::Opened(opened) => opened,
            }
        };
        let path = match entry.kind {
            Kind::Stdin => b"<stdin>".to_vec(),
            Kind::File | Kind::Special => path_bytes(&entry.path).to_vec(),
        };
        let before = plan.shape(rule).before;
        Ok(Some(match opened.source {
            Source::File { file, len, start } => {
                if rule == Rule::Glance && start > 0 {
                    rule = Rule::Convert;
                }
                let mut edge = Edge::default();
                if rule == Rule::Glance {
                    let mut window = vec![0; WINDOW.min(len.saturating_sub(start) as usize)];
                    let read = read_full_at(&file, &mut window, start)
                        .map_err(|error| Problem::io(String::from_utf8_lossy(&path), &error))?;
                    edge.binary = window.get(..read).and_then(|head| memchr(0, head)).map(|at| at as u64);
                }
                let input = Input::new(path, rule, edge, self.cancel.clone());
                let size = plan.config.block_size.unwrap_or(if rule.reads_all() { WIDE_RANGE } else { RANGE });
                let ranges = Arc::new(Ranges { input, file, start, end: len.max(start), size, before });
                (0..ranges.count()).map(|index| Claim::Range(Arc::clone(&ranges), index)).collect()
            }
            Source::Stream(reader) => {
                if rule == Rule::Glance {
                    rule = Rule::Convert;
                }
                let size = plan.config.block_size.unwrap_or(RANGE);
                let input = Input::new(path, rule, Edge::default(), self.cancel.clone());
                vec![Claim::Pull(input, Box::new(Chunks::new(reader, size, rule, before)), 0)]
            }
        }))
    }

    /// Searches a file that is all in memory.
    fn whole(&self, tools: &mut Tools, path: &[u8], rule: Rule, bytes: &mut [u8], output: &mut Output) -> Result<()> {
        let plan = self.plan;
        let began = plan.stats().then(Instant::now);
        let shape = plan.shape(rule);
        let mut edge = Edge::default();
        let mut nul = None;
        match rule {
            Rule::Glance => {
                edge.binary = bytes.get(..bytes.len().min(WINDOW)).and_then(|head| memchr(0, head)).map(|at| at as u64);
            }
            Rule::Quit => nul = memchr(0, bytes),
            Rule::Convert => {
                nul = memchr(0, bytes);
                if nul.is_some() {
                    end_lines_at_nuls(bytes);
                }
            }
        }
        // A NUL in ripgrep's first buffer ends the search of a file before it begins.
        if rule == Rule::Quit && nul.is_some_and(|at| at < WINDOW) && !has_short_head(bytes) {
            output.stats.searches += 1;
            return Ok(());
        }
        let region = Region { nul, ..Region::whole(bytes) };
        let from = output.bytes.len();
        let counts = self.search(tools, &shape, &region, &mut edge, path, output)?;
        let printed = (output.bytes.len() - from) as u64;
        let elapsed = began.map(|began| began.elapsed()).unwrap_or_default();
        let searched = Searched { path, rule, counts, edge: &edge, printed, elapsed };
        let (stats, records) = tail(plan, &searched, &mut output.bytes)?;
        output.stats.add(&stats);
        output.records += records;
        Ok(())
    }

    /// Searches one range of a big file.
    fn range(&self, worker: &mut Worker, ranges: &Ranges, index: u64) -> Result<Output> {
        let began = Instant::now();
        let input = &ranges.input;
        let last = index + 1 == ranges.count();
        if input.halted() {
            return self.pass(input, index, last, began);
        }
        match ranges.load(index, &mut worker.buffer) {
            Ok(region) => {
                let region = Region { last, ..region };
                self.part(&mut worker.tools, input, index, region, began)
            }
            Err(error) => {
                let mut output = self.pass(input, index, last, began)?;
                output.problems.push(Problem::io(String::from_utf8_lossy(&input.path), &error));
                Ok(output)
            }
        }
    }

    /// Lets the edge pass a part that is not searched.
    fn pass(&self, input: &Arc<Input>, index: u64, last: bool, began: Instant) -> Result<Output> {
        let free = self.is_free(&self.plan.shape(input.rule));
        let end = if free { Edge::default() } else { input.edges.advance(index, |edge| edge.clone())? };
        let part = Part { input: Arc::clone(input), counts: Counts::default(), end: last.then_some(end), began };
        Ok(Output { part: Some(part), ..Output::default() })
    }

    /// Reads the next chunks of a stream and leaves them to whoever is free.
    fn pull(input: &Arc<Input>, mut chunks: Box<Chunks>, mut index: u64) -> Step<Claim, Output> {
        let mut rest = Vec::new();
        let mut output = Output::default();
        let mut ended = false;
        while rest.len() < CHUNKS && !ended {
            match chunks.next() {
                Ok((chunk, eager)) => {
                    ended = chunk.is_last() || input.halted();
                    let chunk = if input.halted() && !chunk.is_last() { chunk.cut() } else { chunk };
                    rest.push(Claim::Chunk(Arc::clone(input), Box::new(chunk), index));
                    index += 1;
                    if !eager {
                        break;
                    }
                }
                Err(error) => {
                    output.problems.push(Problem::io(String::from_utf8_lossy(&input.path), &error));
                    rest.push(Claim::Chunk(Arc::clone(input), Box::new(Chunk::end()), index));
                    ended = true;
                }
            }
        }
        if !ended {
            rest.push(Claim::Pull(Arc::clone(input), chunks, index));
        }
        Step::Split(output, rest)
    }

    /// Searches one part of an input.
    fn part(
        &self,
        tools: &mut Tools,
        input: &Arc<Input>,
        index: u64,
        region: Region<'_>,
        began: Instant,
    ) -> Result<Output> {
        let plan = self.plan;
        let shape = plan.shape(input.rule);
        let mut part = Part { input: Arc::clone(input), counts: Counts::default(), end: None, began };
        let mut output = Output::default();
        if self.is_free(&shape) {
            part.counts = self.count(tools, &shape, &region);
            if shape.first_only && part.counts.lines > 0 {
                input.halt();
            }
            part.end = region.last.then(Edge::default);
            output.part = Some(part);
            return Ok(output);
        }
        select(&plan.matcher, &mut tools.scratch, &region, plan.search(), &mut tools.found);
        let mut region = region;
        if input.rule == Rule::Glance && !tools.found.selected.is_empty() {
            region.nul = memchr(0, region.lines()).map(|at| region.start + at);
        }
        let mut edge = input.edges.advance(index, |edge| {
            let start = edge.clone();
            if shape.is_linear() && region.nul.is_none() && edge.binary.is_none() {
                skip(&shape, &region, &tools.found, edge);
            } else {
                emit(&shape, &plan.matcher, &mut tools.scratch, &region, &tools.found, edge, &mut Nothing);
            }
            start
        })?;
        output.bytes = self.pool.take();
        part.counts = self.print(tools, &shape, &region, &mut edge, &input.path, &mut output.bytes);
        if let (Some(table), Some(rows)) = (&plan.table, &mut tools.rows)
            && matches!(plan.product, Product::Records)
        {
            output.records += rows.len() as u64;
            table.encode(rows, &mut output.bytes)?;
        }
        if edge.halted {
            input.halt();
        }
        part.end = region.last.then_some(edge);
        output.part = Some(part);
        Ok(output)
    }

    /// Searches and prints a whole input.
    fn search(
        &self,
        tools: &mut Tools,
        shape: &Shape,
        region: &Region<'_>,
        edge: &mut Edge,
        path: &[u8],
        output: &mut Output,
    ) -> Result<Counts> {
        if self.is_free(shape) {
            return Ok(self.count(tools, shape, region));
        }
        select(&self.plan.matcher, &mut tools.scratch, region, self.plan.search(), &mut tools.found);
        if tools.found.selected.is_empty() && !shape.rule.reads_all() && !self.plan.stats() {
            return Ok(Counts::default());
        }
        if let (Some(table), Product::Records) = (&self.plan.table, &self.plan.product) {
            let counts = self.print(tools, shape, region, edge, path, &mut output.bytes);
            if let Some(rows) = &mut tools.rows {
                output.records += rows.len() as u64;
                table.encode(rows, &mut output.bytes)?;
            }
            return Ok(counts);
        }
        let from = output.bytes.len();
        if !tools.found.selected.is_empty() && !matches!(self.plan.product, Product::Summary(_)) {
            if from > 0 {
                output.bytes.extend_from_slice(self.plan.separator());
            }
            head(self.plan, path, &mut output.bytes);
        }
        let begun = output.bytes.len();
        let counts = self.print(tools, shape, region, edge, path, &mut output.bytes);
        if output.bytes.len() == begun {
            output.bytes.truncate(from);
        } else if from == 0 {
            output.lead = true;
        }
        Ok(counts)
    }

    /// Whether parts can be counted each on its own.
    fn is_free(&self, shape: &Shape) -> bool {
        matches!(self.plan.product, Product::Summary(_)) && shape.rule == Rule::Glance && shape.limit.is_none()
    }

    /// Counts the selected lines of a region, or their matches.
    fn count(&self, tools: &mut Tools, shape: &Shape, region: &Region<'_>) -> Counts {
        let plan = self.plan;
        if matches!(plan.product, Product::Summary(Told::Lines)) {
            let lines = count_selected(&plan.matcher, &mut tools.scratch, region.lines(), shape.invert);
            return Counts { lines, matches: 0 };
        }
        select(&plan.matcher, &mut tools.scratch, region, plan.search(), &mut tools.found);
        self.print(tools, shape, region, &mut Edge::default(), &[], &mut Vec::new())
    }

    /// Prints the selected lines of a region.
    fn print(
        &self,
        tools: &mut Tools,
        shape: &Shape,
        region: &Region<'_>,
        edge: &mut Edge,
        path: &[u8],
        out: &mut Vec<u8>,
    ) -> Counts {
        let plan = self.plan;
        let matcher = &plan.matcher;
        let Tools { scratch, found, replacer, spans, rows } = tools;
        let (replacer, counts) = (replacer.as_mut(), Counts::default());
        match (&plan.product, &plan.table, rows) {
            (Product::Lines, ..) => {
                let style = &plan.style;
                let mut sink = Standard { style, matcher, replacer, spans, path, counts, out };
                emit(shape, matcher, scratch, region, found, edge, &mut sink);
                sink.counts
            }
            (Product::Events, ..) => {
                let path = json_path(path);
                let invert = shape.invert;
                let mut sink = Json { matcher, replacer, invert, spans, path: &path, counts, out };
                emit(shape, matcher, scratch, region, found, edge, &mut sink);
                sink.counts
            }
            (Product::Records, Some(table), Some(rows)) => {
                let mut sink = Records { table, matcher, path, counts, rows };
                emit(shape, matcher, scratch, region, found, edge, &mut sink);
                sink.counts
            }
            (Product::Summary(_) | Product::Records, ..) => {
                let wanted = matches!(plan.product, Product::Summary(Told::Matches));
                let mut sink = Summary { matcher: wanted.then_some(matcher), counts };
                emit(shape, matcher, scratch, region, found, edge, &mut sink);
                sink.counts
            }
        }
    }
}

/// A path as it is printed.
fn path_bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}
