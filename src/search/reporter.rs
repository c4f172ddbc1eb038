//! Reports the lines of a region: selects them, then counts them or prints them the way the plan asks.
//!
//! Each thread has one reporter, whose buffers serve all its regions. [`Reporter::print`] prints what the last
//! [`Reporter::select`] found, so whoever needs to look at the selection in between can.

use crate::core::error::Result;
use crate::core::pattern::matcher::Scratch;
use crate::search::context::{Edge, Nothing, Shape, emit, skip};
use crate::search::plan::{Plan, Product, Summary as Told};
use crate::search::printer::Counts;
use crate::search::printer::file::json_path;
use crate::search::printer::json::Json;
use crate::search::printer::records::{Records, Rows, Table};
use crate::search::printer::standard::Standard;
use crate::search::printer::summary::Summary;
use crate::search::region::{Found, Region, count_selected, select};
use crate::search::replace::Replacer;

/// What a thread searches and prints regions with.
pub(crate) struct Reporter<'p> {
    plan: &'p Plan,
    scratch: Scratch,
    found: Found,
    replacer: Option<Replacer>,
    spans: Vec<(usize, usize)>,
    rows: Option<Rows>,
}

impl<'p> Reporter<'p> {
    /// The reporter of a thread.
    pub(crate) fn new(plan: &'p Plan) -> Self {
        Self {
            plan,
            scratch: plan.matcher.scratch(),
            found: Found::default(),
            replacer: plan.config.replacement.as_deref().map(Replacer::new),
            spans: Vec::new(),
            rows: plan.table.as_ref().map(Table::rows),
        }
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
        if matches!(plan.product, Product::Summary(Told::Lines)) {
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
        let plan = self.plan;
        let matcher = &plan.matcher;
        let Self { scratch, found, replacer, spans, rows, .. } = self;
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
                let mut sink = Records { table, matcher, path, counts, rows, out };
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

    /// Writes the records that printing has gathered; returns how many there were since the last time.
    pub(crate) fn write_records(&mut self, out: &mut Vec<u8>) -> Result<u64> {
        let (Product::Records, Some(table), Some(rows)) = (&self.plan.product, &self.plan.table, &mut self.rows) else {
            return Ok(0);
        };
        table.encode(rows, out)?;
        rows.take_written()
    }
}
