//! Finds the lines of a file that a replacement changes.
//!
//! One for each thread. Files are read as they are searched, by the same rules about binary files; what has matches and
//! cannot be changed is a problem, what has none is passed over.

use std::fs::File;
use std::path::Path;

use memchr::memchr;

use crate::core::error::{Code, Problem, Result};
use crate::core::input::live::Stream;
use crate::core::input::open::{Source, open};
use crate::core::input::positional::{PositionalReader, read_full_at};
use crate::core::input::walk::{Entry, Kind};
use crate::core::integer::to_index;
use crate::core::pattern::backtracker::GaveUp;
use crate::core::pattern::matcher::Scratch;
use crate::search::binary::{Rule, WINDOW, stopped};
use crate::search::context::Line;
use crate::search::matches;
use crate::search::plan::Plan;
use crate::search::printer::Counts;
use crate::search::region::{Found, Region, Search, select};
use crate::search::replace::Replacer;
use crate::search::reporter::Reporter;
use crate::search::rewrite::Rewrite;
use crate::search::rewrite::crossing::Edits;
use crate::search::rewrite::hunks::Hunks;
use crate::search::rewrite::tree::{Place, Tree};
use crate::search::rewrite::version::Version;
use crate::search::searcher::Output;
use crate::search::source::{Chunks, Lines, RANGE};
use crate::search::whole::read_whole;

/// What changes in a region: whole lines, and what stands in their place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Change<'b> {
    /// First byte in the region's buffer.
    pub(crate) start: usize,
    /// One past the last byte.
    pub(crate) end: usize,
    /// Line ends of the region before `start`.
    pub(crate) line: u64,
    /// The new text.
    pub(crate) new: &'b [u8],
}

/// What a thread rewrites files with.
pub(crate) struct Editor<'p> {
    plan: &'p Plan,
    kind: Rewrite,
    tree: &'p Tree,
    scratch: Scratch,
    found: Found,
    replacer: Replacer,
    spans: Vec<(usize, usize)>,
}

/// Where the changes of a file go.
enum Target<'f> {
    Diff(Hunks),
    Write(Version<'f>),
}

/// A file that is being read.
struct Pass<'f> {
    path: &'f Path,
    target: Target<'f>,
    /// Matching lines that may still be changed.
    left: u64,
    /// Changed lines, and replacements in them.
    counts: Counts,
    /// Whether any line matched.
    matched: bool,
    /// Whether the file was met before under another path.
    met: bool,
    /// What a NUL does in a search of the file.
    rule: Rule,
    /// Offset of the first NUL.
    binary: Option<u64>,
}

impl<'p> Editor<'p> {
    /// The editor of a thread, where the plan is to rewrite.
    pub(crate) fn new(plan: &'p Plan) -> Option<Self> {
        let (kind, tree) = (plan.config.rewrite?, plan.tree.as_ref()?);
        let replacer = Replacer::new(plan.config.replacement.as_deref().unwrap_or_default());
        let (scratch, found) = (plan.matcher.scratch(), Found::default());
        Some(Self { plan, kind, tree, scratch, found, replacer, spans: Vec::new() })
    }

    /// Rewrites a file.
    pub(crate) fn file(
        &mut self,
        reporter: &mut Reporter<'_>,
        entry: &Entry,
        rule: Rule,
        output: &mut Output,
    ) -> Result<()> {
        let shown = || entry.path.display().to_string();
        let refused = |what: &str| Problem::new(Code::Io, what).at_path(shown());
        match entry.kind {
            Kind::File => {}
            Kind::Archive => return Ok(()),
            Kind::Stdin => {
                return Err(Problem::new(Code::Io, "cannot be rewritten")
                    .at_path("<stdin>")
                    .hint("name files, or leave out --diff and --write to print the replaced text")
                    .into());
            }
            Kind::Special => return Err(refused("is not a regular file and was left as it is").into()),
        }
        let opened = open(&entry.path, self.plan.open_options())?;
        output.stats.searches += 1;
        let path = entry.path.as_os_str().as_encoded_bytes();
        match reporter.admit(rule, opened.source).map_err(|error| error.or_at_path(path))? {
            None => Ok(()),
            Some(Source::File { file, len, start }) => {
                self.text(&entry.path, rule, &file, start..len.max(start), output)
            }
            Some(Source::Stream(stream)) => {
                if self.has_match(stream, rule).map_err(|problem| problem.at_path(shown()))? {
                    let what = "is compressed or not UTF-8 and was left as it is";
                    return Err(refused(what).hint("unpack or convert it first").into());
                }
                Ok(())
            }
        }
    }

    /// Rewrites a plain file, whose data is at `range`.
    fn text(
        &mut self,
        path: &Path,
        rule: Rule,
        file: &File,
        range: std::ops::Range<u64>,
        output: &mut Output,
    ) -> Result<()> {
        let failed = |error: &std::io::Error| Problem::io(path.display().to_string(), error);
        let bytes = path.as_os_str().as_encoded_bytes();
        let target = match self.kind {
            Rewrite::Diff(context) => {
                let mut mark = vec![0; to_index(range.start)];
                let read = read_full_at(file, &mut mark, 0).map_err(|error| failed(&error))?;
                mark.truncate(read);
                Target::Diff(Hunks::new(bytes, mark, context, self.plan.config.color))
            }
            Rewrite::Write(_) => Target::Write(Version::new(path, file, range.start, &self.plan.config.naming)?),
        };
        let left = self.plan.config.max_count.unwrap_or(u64::MAX);
        let mut pass =
            Pass { path, target, left, counts: Counts::default(), matched: false, met: false, rule, binary: None };
        let own = file.try_clone().map_err(|error| failed(&error))?;
        if self.plan.matcher.crosses() {
            let source = Source::File { file: own, len: range.end, start: range.start };
            let text = read_whole(source, self.plan.config.longest)
                .map_err(|problem| problem.at_path(path.display().to_string()))?;
            self.whole(&text, range.start, &mut pass)?;
        } else {
            let reader = PositionalReader { file: own, at: range.start, end: range.end };
            self.chunks(reader, to_index(range.end - range.start), &mut pass)?;
        }
        self.end(pass, output)
    }

    /// Takes the changes of a file of `size` bytes, chunk by chunk.
    fn chunks(&mut self, reader: PositionalReader, size: usize, pass: &mut Pass<'_>) -> Result<()> {
        // A small file is one chunk, and what tells that it has ended.
        let size = self.chunk_size().min(size + 1);
        let looks = if pass.rule == Rule::Text { Rule::Text } else { Rule::Quit };
        let mut chunks = Chunks::new(Box::new(reader), size, looks, self.lines());
        let (mut lines, mut buffer) = (0, Vec::new());
        loop {
            let (chunk, _) = chunks.next(buffer).map_err(|problem| problem.at_path(pass.path.display().to_string()))?;
            let region = chunk.region();
            lines = self.region(&region, lines, pass)?;
            if chunk.is_last() || pass.met || pass.binary.is_some() && (pass.rule == Rule::Quit || pass.matched) {
                return Ok(());
            }
            buffer = chunk.into_buffer();
        }
    }

    /// Takes the changes of a file in which matches may cross lines, and in front of which there is a byte order mark of
    /// so many bytes.
    fn whole(&mut self, text: &[u8], mark: u64, pass: &mut Pass<'_>) -> Result<()> {
        let matcher = &self.plan.matcher;
        pass.binary = if pass.rule == Rule::Text { None } else { memchr(0, text).map(|at| at as u64) };
        if pass.rule.quits() && pass.binary.is_some_and(|at| at < WINDOW as u64) {
            return Ok(());
        }
        let edits = Edits::find(matcher, &mut self.scratch, &self.replacer, text, pass.left);
        certain(self.scratch.take_given_up().first().copied(), pass.path)?;
        pass.matched = edits.matched;
        if pass.binary.is_some() || edits.count() == 0 || !pass.begin(self.tree)? {
            return Ok(());
        }
        pass.counts = Counts { lines: 1, matches: edits.count() };
        let region = Region::whole(text);
        edits.changes(text, mark, matcher.terminator, |change| pass.change(&region, change))?;
        pass.rest(&region, matcher.terminator.count(text) as u64)
    }

    /// Puts the changes of a file where they go.
    fn end(&self, pass: Pass<'_>, output: &mut Output) -> Result<()> {
        let (path, bytes) = (pass.path, pass.path.as_os_str().as_encoded_bytes());
        if let Some(at) = pass.binary {
            if pass.rule.quits() && (at < WINDOW as u64 || !pass.matched) {
                output.problems.extend(self.plan.config.select.tells_omitted.then(|| stopped(bytes, at)));
            } else if pass.matched {
                let what = format!("is binary, with a NUL byte at {at}, and was left as it is");
                let problem = Problem::new(Code::Io, what).at_path(path.display().to_string());
                return Err(problem.hint("-a takes it as text").into());
            }
            return Ok(());
        }
        if pass.met || pass.counts.lines == 0 {
            return Ok(());
        }
        match pass.target {
            Target::Diff(hunks) if self.plan.config.quiet => drop(hunks),
            Target::Diff(hunks) => output.bytes.extend(hunks.finish()),
            Target::Write(version) => output.problems.extend(version.commit()?),
        }
        output.stats.searches_with_match += 1;
        output.stats.found += 1;
        output.stats.counts.add(pass.counts);
        Ok(())
    }

    /// Takes the changes of a region, which has `lines` line ends before it; returns how many the next one has.
    fn region(&mut self, region: &Region<'_>, lines: u64, pass: &mut Pass<'_>) -> Result<u64> {
        let search = Search { invert: false, count_lines: true, spans: false, first_only: false, limit: None };
        select(&self.plan.matcher, &mut self.scratch, region, search, &mut self.found);
        certain(self.found.broken.map(|at| region.offset + at as u64), pass.path)?;
        let nul = region.nul.filter(|_| pass.binary.is_none());
        pass.binary = pass.binary.or(region.nul.map(|nul| region.offset + nul as u64));
        for run in &self.found.selected {
            let (start, end) = (run.start as usize, run.end as usize);
            if pass.binary.is_some() && nul.is_none_or(|nul| end > nul) {
                // The file stays as it is; a search of one that was named would go on and find this.
                pass.matched |= pass.rule != Rule::Quit;
                break;
            }
            if pass.left == 0 {
                break;
            }
            pass.left -= 1;
            pass.matched = true;
            let bytes = region.slice(start, end);
            let number = lines + u64::from(run.line) + 1;
            let line = Line { bytes, offset: region.offset + start as u64, number, within: None, spans: None };
            let replaced = self.replacer.replace(&self.plan.matcher, &mut self.scratch, &line);
            certain(self.scratch.take_given_up().first().copied(), pass.path)?;
            if !replaced || self.replacer.text == bytes {
                continue;
            }
            if pass.counts.lines == 0 && !pass.begin(self.tree)? {
                return Ok(lines);
            }
            matches::find(&self.plan.matcher, &mut self.scratch, &line, &mut self.spans);
            let pairs = self.spans.iter().zip(&self.replacer.spans);
            let differs = |(old, new): &(&(usize, usize), &(usize, usize))| {
                bytes.get(old.0..old.1) != self.replacer.text.get(new.0..new.1)
            };
            pass.counts.add(Counts { lines: 1, matches: pairs.filter(differs).count() as u64 });
            let change = Change { start, end, line: u64::from(run.line), new: &self.replacer.text };
            pass.change(region, &change)?;
        }
        pass.rest(region, self.found.newlines)?;
        Ok(lines + self.found.newlines)
    }

    /// Whether anything in a stream matches.
    fn has_match(&mut self, stream: Stream, rule: Rule) -> Result<bool, Problem> {
        let search = Search { invert: false, count_lines: false, spans: false, first_only: true, limit: None };
        if self.plan.matcher.crosses() {
            let text = read_whole(Source::Stream(stream), self.plan.config.longest)?;
            select(&self.plan.matcher, &mut self.scratch, &Region::whole(&text), search, &mut self.found);
            return Ok(!self.found.selected.is_empty());
        }
        let mut chunks = Chunks::new(stream.into_reader(), self.chunk_size(), rule, self.lines());
        let mut buffer = Vec::new();
        loop {
            let (chunk, _) = chunks.next(buffer)?;
            select(&self.plan.matcher, &mut self.scratch, &chunk.region(), search, &mut self.found);
            if chunk.is_last() || !self.found.selected.is_empty() {
                return Ok(!self.found.selected.is_empty());
            }
            buffer = chunk.into_buffer();
        }
    }

    fn lines(&self) -> Lines {
        let (plan, before) = (self.plan, self.kind.context());
        Lines { before, longest: plan.config.longest, terminator: plan.matcher.terminator }
    }

    fn chunk_size(&self) -> usize {
        self.plan.config.block_size.unwrap_or(RANGE)
    }
}

/// Fails where the pattern gave up in the line at an offset: then the file stays as it is.
fn certain(broken: Option<u64>, path: &Path) -> Result<()> {
    let problem = broken.map(|offset| GaveUp::problem(offset).at_path(path.display().to_string()));
    problem.map_or(Ok(()), |problem| Err(problem.into()))
}

impl Pass<'_> {
    /// Decides at the first change whether the file may be changed; false where it was met before.
    fn begin(&mut self, tree: &Tree) -> Result<bool> {
        match (tree.place(self.path)?, &mut self.target) {
            (Place::Met, _) => self.met = true,
            (Place::Linked(real), Target::Diff(hunks)) => {
                // `patch` does not follow links: it gets the path that the file has from here.
                let here = std::fs::canonicalize(".").unwrap_or_default();
                let real = real.strip_prefix(here).unwrap_or(&real);
                hunks.rename(real.as_os_str().as_encoded_bytes());
            }
            (Place::Linked(_) | Place::Here, _) => {}
        }
        Ok(!self.met)
    }

    /// Takes a change in a region.
    fn change(&mut self, region: &Region<'_>, change: &Change<'_>) -> Result<()> {
        match &mut self.target {
            Target::Diff(hunks) => hunks.change(region, change),
            Target::Write(version) => version.change(region, change)?,
        }
        Ok(())
    }

    /// Takes the rest of a region, which has `newlines` line ends, as it is.
    fn rest(&mut self, region: &Region<'_>, newlines: u64) -> Result<()> {
        match &mut self.target {
            Target::Diff(hunks) => hunks.pass(region, newlines),
            Target::Write(version) => version.pass(region)?,
        }
        Ok(())
    }
}
