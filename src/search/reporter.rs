//! Reports the lines of a region: selects them, then counts them or prints them the way the plan asks.
//!
//! Each thread has one reporter, whose buffers serve all its regions. [`Reporter::print`] prints what the last
//! [`Reporter::select`] found, so whoever needs to look at the selection in between can.

use crate::core::error::{Problem, Result};
use crate::core::input::open::Source;
use crate::core::pattern::backtracker::GaveUp;
use crate::core::pattern::matcher::Scratch;
use crate::search::binary::Rule;
use crate::search::context::{Edge, Nothing, Shape, emit, skip};
use crate::search::gate::Keeper;
use crate::search::outline::Outline;
use crate::search::plan::Plan;
use crate::search::printer::{Counts, Depth, Lines, Pen};
use crate::search::region::{Found, Region, count_selected, select};

/// What a thread searches and prints regions with.
pub(crate) struct Reporter<'p> {
    plan: &'p Plan,
    scratch: Scratch,
    found: Found,
    outline: Outline,
    pen: Box<dyn Pen + 'p>,
    keeper: Keeper,
    /// Most results of the next file that is all in memory, where the quota of the run is nearly used up.
    pub(crate) limit: Option<u64>,
}

impl<'p> Reporter<'p> {
    /// The reporter of a thread.
    pub(crate) fn new(plan: &'p Plan) -> Self {
        let (pen, keeper) = (plan.printer.pen(), plan.gate.keeper());
        Self {
            plan,
            scratch: plan.matcher.scratch(),
            found: Found::default(),
            outline: Outline::default(),
            pen,
            keeper,
            limit: None,
        }
    }

    /// Whether a file that is all in memory is to be searched.
    pub(crate) fn passes(&mut self, rule: Rule, bytes: &[u8]) -> Result<bool> {
        let passes = self.plan.gate.is_open() || self.plan.gate.passes(&mut self.keeper, rule, bytes);
        self.keeper.doubt().map_or(Ok(passes), |doubt| Err(doubt.into()))
    }

    /// The source, where it is to be searched. Fails without naming the path.
    pub(crate) fn admit(&mut self, rule: Rule, source: Source) -> Result<Option<Source>> {
        if self.plan.gate.is_open() {
            return Ok(Some(source));
        }
        let admitted = self.plan.gate.admit(&mut self.keeper, rule, source)?;
        self.keeper.doubt().map_or(Ok(admitted), |doubt| Err(doubt.into()))
    }

    /// Finds the selected lines of a region; whether there are any.
    pub(crate) fn select(&mut self, region: &Region<'_>) -> bool {
        select(&self.plan.matcher, &mut self.scratch, region, self.plan.search(), &mut self.found);
        !self.found.selected.is_empty()
    }

    /// Finds the lines of a region that enclose what is behind it.
    pub(crate) fn outline(&mut self, region: &Region<'_>) {
        self.outline = Outline::default();
        self.outline.read(region.bytes, region.start, region.end, self.plan.matcher.terminator, 0);
    }

    /// Brings an edge past the region whose lines were selected, without printing them.
    pub(crate) fn advance(&mut self, shape: &Shape, region: &Region<'_>, edge: &mut Edge) {
        let base = edge.lines;
        // Which enclosing lines are printed does not matter to the regions behind.
        let bare = Shape { function: false, ..*shape };
        if shape.is_linear() && region.nul.is_none() && edge.binary.is_none() {
            skip(shape, region, &self.found, edge);
        } else {
            emit(&bare, &self.plan.matcher, &mut self.scratch, region, &self.found, edge, &mut Nothing);
            // They will be told when the region is printed.
            self.scratch.take_given_up();
        }
        if shape.function {
            let before = edge.heads.take().unwrap_or_default();
            edge.heads = Some(self.outline.after(&before, region.bytes, region.offset, base));
        }
    }

    /// Counts the selected lines of a region, or their matches.
    pub(crate) fn count(&mut self, shape: &Shape, region: &Region<'_>) -> Counts {
        let plan = self.plan;
        if plan.needs.depth == Depth::Count && !plan.matcher.crosses() {
            let lines = count_selected(&plan.matcher, &mut self.scratch, region.lines(), shape.invert);
            return Counts { lines, matches: 0 };
        }
        self.select(region);
        self.print(shape, region, &mut Edge::default(), &[], &mut Vec::new())
    }

    /// Prints the lines of the region that were selected last.
    pub(crate) fn print(
        &mut self,
        shape: &Shape,
        region: &Region<'_>,
        edge: &mut Edge,
        path: &[u8],
        out: &mut Vec<u8>,
    ) -> Counts {
        let (matcher, scratch, found) = (&self.plan.matcher, &mut self.scratch, &self.found);
        self.pen.print(Lines { shape, matcher, scratch, region, found, edge }, path, out)
    }

    /// Where the pattern gave up since the last call: in printed lines, and at the line that `edge` says ended the search.
    pub(crate) fn given_up(&mut self, region: &Region<'_>, edge: &Edge, path: &[u8]) -> Vec<Problem> {
        let mut offsets = self.scratch.take_given_up();
        if edge.broken {
            offsets.extend(self.found.broken.take().map(|at| region.offset + at as u64));
        }
        let problem = |offset| GaveUp::problem(offset).at_path(String::from_utf8_lossy(path));
        offsets.into_iter().map(problem).collect()
    }

    /// Writes the records that printing has gathered; returns how many there were since the last time.
    pub(crate) fn write_records(&mut self, out: &mut Vec<u8>) -> Result<u64> {
        self.pen.write_records(out)
    }
}
