//! The task of a search: claims runs of files, searches them, splits what is big.
//!
//! A small file is read whole and searched at once. A big one is split into ranges that all threads take, a stream
//! into chunks that are read in order and searched by anyone; the parts take the place of the file in the line.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use memchr::memchr;

use crate::core::error::{Error, Problem, Result};
use crate::core::exec::cancel::Cancel;
use crate::core::exec::ordered::{Flow, Step, Task};
use crate::core::input::archive::Archive;
use crate::core::input::blocks::resize;
use crate::core::input::open::{STDIN, Small, open, open_stdin, open_stream, read_small};
use crate::core::input::positional::LINE;
use crate::core::input::walk::{Entry, Item, Kind, Run, Walk, Walker};
use crate::search::binary::{Rule, WINDOW, has_short_head};
use crate::search::busy::Busy;
use crate::search::config::{Mode, Sort};
use crate::search::context::{Edge, Shape};
use crate::search::drain::{Drain, Pool};
use crate::search::members::{Members, Texts};
use crate::search::part::{After, Part};
use crate::search::plan::Plan;
use crate::search::printer::Counts;
use crate::search::printer::file::{Searched, tail};
use crate::search::printer::stats::Stats;
use crate::search::quota::{Again, entries};
use crate::search::ranked::Ranked;
use crate::search::region::Region;
use crate::search::reporter::Reporter;
use crate::search::rewrite::editor::Editor;
use crate::search::source::{Chunk, Chunks, Input, Ranges, end_lines_at_nuls};
use crate::search::whole::read_whole;

/// Files up to this size are read whole.
const SMALL: usize = 1 << 20;

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
    /// Buffers for the chunks that one thread reads and another searches.
    pub(crate) chunks: Pool,
    /// How many threads work on a claim.
    pub(crate) busy: Busy,
}

/// A piece of work.
pub(crate) enum Claim {
    /// Consecutive files.
    Run(Run),
    /// A range of a big file.
    Range(Arc<Ranges>, u64),
    /// The ranges of a big file from this number on.
    Ranges(Arc<Ranges>, u64),
    /// The next chunks of a stream, from this number on.
    Pull(Arc<Input>, Box<Chunks>, u64, After),
    /// A chunk of a stream.
    Chunk(Arc<Input>, Box<Chunk>, u64),
    /// The end of a stream that cannot be read on.
    Broken(Arc<Input>, Box<Problem>, u64),
    /// The next members of an archive.
    Members(Box<Members>),
    /// The texts of members.
    Texts(Texts),
}

/// What a thread keeps between pieces.
pub(crate) struct Worker<'p> {
    walker: Walker,
    pub(super) reporter: Reporter<'p>,
    /// For files that are read whole: as long as the longest of them.
    pub(super) small: Vec<u8>,
    /// For ranges.
    buffer: Vec<u8>,
    /// For the chunks that the thread both reads and searches.
    pub(super) chunk: Vec<u8>,
    /// Rewrites files, where that is asked for.
    editor: Option<Editor<'p>>,
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
    /// The big input whose parts come next, where it is new.
    pub(crate) opens: Option<Arc<Input>>,
    /// How to make a shorter output, where there is a quota.
    pub(crate) again: Option<Again>,
    /// Where each count ends in `bytes`, where they are sorted by it.
    pub(crate) ranked: Vec<Ranked>,
}

impl Output {
    /// Adds the records that printing has gathered.
    pub(super) fn write_records(&mut self, reporter: &mut Reporter<'_>, path: &[u8]) -> Result<()> {
        match reporter.write_records(&mut self.bytes) {
            Ok(records) => self.records += records,
            Err(Error::Problem(problem)) => self.problems.push(problem.at_path(String::from_utf8_lossy(path))),
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

impl<'p> Task for Searcher<'p, '_> {
    type Claim = Claim;
    type Worker = Worker<'p>;
    type Output = Output;

    fn worker(&self) -> Worker<'p> {
        Worker {
            walker: Walker::default(),
            reporter: Reporter::new(self.plan),
            small: Vec::new(),
            buffer: Vec::new(),
            chunk: Vec::new(),
            editor: Editor::new(self.plan),
        }
    }

    fn claim(&self, worker: &mut Worker<'p>) -> Result<Option<(u64, Claim)>> {
        let claim = self.walk.claim(&mut worker.walker)?;
        Ok(claim.map(|(seq, run)| (seq, Claim::Run(run))))
    }

    fn work(&self, worker: &mut Worker<'p>, claim: Claim) -> Result<Step<Claim, Output>> {
        let _working = self.busy.work();
        match claim {
            Claim::Run(run) => self.run(worker, run),
            Claim::Range(ranges, index) => {
                let Worker { reporter, buffer, .. } = worker;
                self.range(reporter, buffer, &ranges, index).map(Step::Done)
            }
            Claim::Ranges(ranges, index) => {
                let opens = (index == 0).then(|| Arc::clone(&ranges.input));
                Ok(Step::Split(Output { opens, ..Output::default() }, Self::ranges(ranges, index)))
            }
            Claim::Broken(input, problem, index) => self.fail(&input, index, true, *problem).map(Step::Done),
            Claim::Pull(input, chunks, index, after) => self.pull(worker, &input, chunks, index, after),
            Claim::Members(members) => self.members(worker, members),
            Claim::Texts(texts) => self.texts(worker, texts).map(Step::Done),
            Claim::Chunk(input, chunk, index) => {
                let began = Instant::now();
                let part = self.part(&mut worker.reporter, &input, index, chunk.region(), began);
                self.chunks.give(chunk.into_buffer());
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
    fn run(&self, worker: &mut Worker<'_>, run: Run) -> Result<Step<Claim, Output>> {
        let again = self.has_quota().then(|| Again::Files(entries(&run.items)));
        let mut output = Output { again, ..Output::default() };
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
                Err(Error::Problem(problem)) => output.problems.push(*problem),
                Err(error) => return Err(error),
            }
        }
        self.hand_over(output).map(Step::Done)
    }

    /// Where the order of files does not matter, prints at once what is not in the middle of a big input.
    pub(super) fn hand_over(&self, output: Output) -> Result<Output> {
        let Some(early) = self.early else { return Ok(output) };
        let mut drain = early.lock().unwrap_or_else(PoisonError::into_inner);
        if drain.is_open() {
            return Ok(output);
        }
        if self.deliver(&mut drain, output)? == Flow::Stop {
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
    pub(super) fn list(&self, entry: &Entry, output: &mut Output) -> Result<()> {
        let counts = Counts { lines: 1, matches: 0 };
        let searched = Searched {
            path: shown_path(entry),
            rule: Rule::Convert,
            counts,
            edge: &Edge::default(),
            printed: 0,
            elapsed: Duration::ZERO,
            failed: false,
        };
        let (stats, records) = tail(&*self.plan.printer, &searched, &mut output.bytes)?;
        output.stats.add(&stats);
        output.records += records;
        Ok(())
    }

    /// Searches a file that fits the buffer; returns the parts of one that does not.
    pub(super) fn file(
        &self,
        worker: &mut Worker<'_>,
        entry: &Entry,
        output: &mut Output,
    ) -> Result<Option<Vec<Claim>>> {
        let plan = self.plan;
        let mut rule = plan.rule(entry);
        let Worker { reporter, small: buffer, editor, .. } = worker;
        if let Some(editor) = editor {
            return editor.file(reporter, entry, rule, output).map(|()| None);
        }
        let path = shown_path(entry);
        let named = |problem: Problem| problem.at_path(String::from_utf8_lossy(path));
        let opened = match self.open(entry, buffer)? {
            Small::Whole { start, end, as_is } => {
                if !as_is && !plan.matcher.crosses() {
                    rule = rule.of_a_stream();
                }
                let bytes = buffer.get_mut(start..end).unwrap_or_default();
                if plan.config.decompress
                    && let Some(archive) = Archive::of_bytes(bytes)
                {
                    return Ok(Some(Self::archive(archive.map_err(named)?, path)));
                }
                if entry.kind != Kind::Archive {
                    self.whole(reporter, path, rule, bytes, output)?;
                }
                return Ok(None);
            }
            Small::Opened(opened) => opened,
        };
        let opened = if plan.config.decompress {
            match Archive::of(opened).map_err(named)? {
                Ok(archive) => return Ok(Some(Self::archive(archive, path))),
                Err(_) if entry.kind == Kind::Archive => return Ok(None),
                Err(opened) => opened,
            }
        } else {
            opened
        };
        if plan.matcher.crosses() {
            let mut text = read_whole(opened.source, plan.config.longest).map_err(named)?;
            self.whole(reporter, path, rule, &mut text, output)?;
            return Ok(None);
        }
        let parts = self.parts(reporter, opened, path.to_vec(), rule)?;
        output.stats.searches += u64::from(parts.is_none());
        Ok(parts.map(|parts| parts.claims(None)))
    }

    /// Opens an input, and reads it if it is small.
    fn open(&self, entry: &Entry, buffer: &mut Vec<u8>) -> Result<Small> {
        let options = self.plan.open_options();
        if entry.kind == Kind::Stdin {
            return Ok(Small::Opened(open_stdin(options)?));
        }
        if let Some(preprocessor) = self.plan.preprocessor.as_ref().filter(|found| found.wants(&entry.path)) {
            let printed = preprocessor.run(&entry.path)?;
            let opened = open_stream(printed, Path::new(""), options);
            let opened = opened.map_err(|error| Problem::io(entry.path.display().to_string(), &error))?;
            return Ok(Small::Opened(opened));
        }
        if entry.kind == Kind::Special {
            // Its writer may be slow, and it cannot be read again.
            return Ok(Small::Opened(open(&entry.path, options)?));
        }
        resize(buffer, LINE + self.small());
        Ok(read_small(&entry.path, entry.directory.as_ref(), options, buffer)?)
    }

    /// Tells whoever watches of so many bytes, all of a file.
    fn tell(&self, bytes: usize) {
        if let Some(bar) = &self.plan.config.progress {
            bar.meter().add(bytes as u64);
            bar.meter().add_file();
        }
    }

    /// Files up to this size are read whole.
    pub(super) fn small(&self) -> usize {
        self.plan.config.block_size.unwrap_or(SMALL)
    }

    /// Searches a file that is all in memory.
    pub(super) fn whole(
        &self,
        reporter: &mut Reporter<'_>,
        path: &[u8],
        rule: Rule,
        bytes: &mut [u8],
        output: &mut Output,
    ) -> Result<()> {
        let plan = self.plan;
        let began = plan.needs.stats.then(Instant::now);
        self.tell(bytes.len());
        let shape = plan.shape(rule);
        let shape = Shape {
            limit: reporter.limit.map_or(shape.limit, |limit| shape.limit.map(|most| most.min(limit))),
            ..shape
        };
        let mut edge = Edge::default();
        let mut nul = None;
        match rule {
            Rule::Glance | Rule::Leave => {
                edge.binary = bytes.get(..bytes.len().min(WINDOW)).and_then(|head| memchr(0, head)).map(|at| at as u64);
            }
            Rule::Text => {}
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
            edge.binary = nul.map(|at| at as u64);
        }
        let from = output.bytes.len();
        let counts = if rule.quits() && edge.binary.is_some() {
            Counts::default()
        } else if reporter.passes(rule, bytes).map_err(|error| error.or_at_path(path))? {
            let region = Region { nul, ..Region::whole(bytes) };
            let counts = self.search(reporter, &shape, &region, &mut edge, path, output)?;
            output.problems.extend(reporter.given_up(&region, &edge, path));
            counts
        } else {
            output.stats.searches += 1;
            return Ok(());
        };
        output.problems.extend(plan.omission(path, rule, &edge));
        let printed = (output.bytes.len() - from) as u64;
        let elapsed = began.map(|began| began.elapsed()).unwrap_or_default();
        let searched = Searched { path, rule, counts, edge: &edge, printed, elapsed, failed: edge.broken };
        let (stats, records) = tail(&*plan.printer, &searched, &mut output.bytes)?;
        output.stats.add(&stats);
        output.records += records;
        if matches!(plan.config.sort, Sort::Falling | Sort::Rising) {
            output.ranked.push(Ranked { count: stats.total, end: output.bytes.len(), records });
        }
        Ok(())
    }

    /// Searches and prints a whole input.
    fn search(
        &self,
        reporter: &mut Reporter<'_>,
        shape: &Shape,
        region: &Region<'_>,
        edge: &mut Edge,
        path: &[u8],
        output: &mut Output,
    ) -> Result<Counts> {
        if self.plan.is_free(shape) {
            return Ok(reporter.count(shape, region));
        }
        let selected = reporter.select(region);
        let printing = selected || shape.passthru;
        let quick = !shape.rule.reads_all() && !self.plan.needs.stats && !self.plan.matcher.may_give_up();
        if !printing && quick {
            return Ok(Counts::default());
        }
        let from = output.bytes.len();
        if printing {
            if from > 0 {
                output.bytes.extend_from_slice(self.plan.printer.separator());
            }
            self.plan.printer.head(path, &mut output.bytes);
        }
        let begun = output.bytes.len();
        let counts = reporter.print(shape, region, edge, path, &mut output.bytes);
        output.write_records(reporter, path)?;
        if output.bytes.len() == begun {
            output.bytes.truncate(from);
        } else if from == 0 {
            output.lead = true;
        }
        Ok(counts)
    }
}

/// What a file is called where it is printed.
fn shown_path(entry: &Entry) -> &[u8] {
    match entry.kind {
        Kind::Stdin => STDIN.as_bytes(),
        Kind::File | Kind::Archive | Kind::Special => path_bytes(&entry.path),
    }
}

/// A path as it is printed.
fn path_bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}
