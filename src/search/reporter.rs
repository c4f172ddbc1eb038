//! Reports the lines of a region: selects them, then counts them or prints them the way the plan asks.
//!
//! Each thread has one reporter, whose buffers serve all its regions. [`Reporter::print`] prints what the last
//! [`Reporter::select`] found, so whoever needs to look at the selection in between can.

use crate::core::error::Result;
use crate::core::input::open::Source;
use crate::core::pattern::matcher::Scratch;
use crate::search::binary::Rule;
use crate::search::context::{Edge, Nothing, Shape, emit, skip};
use crate::search::gate::Keeper;
use crate::search::plan::Plan;
use crate::search::printer::{Counts, Depth, Lines, Pen};
use crate::search::region::{Found, Region, count_selected, select};

/// What a thread searches and prints regions with.
pub(crate) struct Reporter<'p> {
    plan: &'p Plan,
    scratch: Scratch,
    found: Found,
    pen: Box<dyn Pen + 'p>,
    keeper: Keeper,
}

impl<'p> Reporter<'p> {
    /// The reporter of a thread.
    pub(crate) fn new(plan: &'p Plan) -> Self {
        let (pen, keeper) = (plan.printer.pen(), plan.gate.keeper());
        Self { plan, scratch: plan.matcher.scratch(), found: Found::default(), pen, keeper }
    }

    /// Whether a file that is all in memory is to be searched.
    pub(crate) fn passes(&mut self, rule: Rule, bytes: &[u8]) -> bool {
        self.plan.gate.is_open() || self.plan.gate.passes(&mut self.keeper, rule, bytes)
    }

    /// The source, where it is to be searched. Fails without naming the path.
    pub(crate) fn admit(&mut self, rule: Rule, source: Source) -> Result<Option<Source>> {
        if self.plan.gate.is_open() {
            return Ok(Some(source));
        }
        self.plan.gate.admit(&mut self.keeper, rule, source)
    }

    /// Finds the selected lines of a region; whether there are any.
    pub(crate) fn select(&mut self, region: &Region<'_>) -> bool {
        select(&self.plan.matcher, &mut self.scratch, region, self.plan.search(), &mut self.found);
        !self.found.selected.is_empty()
    }

    /// Brings an edge past the region whose lines were selected, without printing them.
    pub(crate) fn advance(&mut self, shape: &Shape, region: &Region<'_>, edge: &mut Edge) {
        if shape.is_linear() && region.nul.is_none() && edge.binary.is_none() {
            skip(shape, region, &self.found, edge);
        } else {
            emit(shape, &self.plan.matcher, &mut self.scratch, region, &self.found, edge, &mut Nothing);
        }
    }

    /// Counts the selected lines of a region, or their matches.
    pub(crate) fn count(&mut self, shape: &Shape, region: &Region<'_>) -> Counts {
        let plan = self.plan;
        if plan.needs.depth == Depth::Count {
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

    /// Writes the records that printing has gathered; returns how many there were since the last time.
    pub(crate) fn write_records(&mut self, out: &mut Vec<u8>) -> Result<u64> {
        self.pen.write_records(out)
    }
}
