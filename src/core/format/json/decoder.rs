//! Decodes blocks of JSON values into batches, validating every byte.
//!
//! The loop follows the tree of [`shape`](super::shape): one vector comparison per key. Where strings end is found for
//! thousands of bytes ahead ([`json_strings`](crate::core::scan::json_strings)), so that no value waits for the one before.
//! Measured on lines of 276 bytes and thirteen fields, two of them read, one core of an EPYC with AVX-512: 3.5 GB/s.

#![expect(clippy::inline_always, reason = "must be compiled into the loop that chose the instruction set")]

use crate::core::block::Block;
use crate::core::data::batch::{Batch, Dialect, Records, Selection, Shapes as BatchShapes};
use crate::core::data::cell::Kind;
use crate::core::format::json::boundary::{SEPARATOR, Values};
use crate::core::format::json::columns::{Columns, VALUE};
use crate::core::format::json::fault::{Bad, What, bad, report};
use crate::core::format::json::shape::{Action, NONE, Shapes};
use crate::core::format::json::syntax::{Ends, Look, Nest, Take, blanks, each_value, is_blank, value};
use crate::core::format::{Decoder, Fault, Projection, Scratch};
use crate::core::input::boundary::Boundary;
use crate::core::integer::narrow;
use crate::core::scan::json::{Job, Portable, Scanner, dispatch};
use crate::core::scan::json_strings::Strings;

/// Decodes JSON values that stand one after the other.
#[derive(Debug)]
pub(crate) struct ValuesDecoder {
    /// Where its blocks are cut.
    pub(crate) boundary: Values,
}

impl Decoder for ValuesDecoder {
    fn boundary(&self) -> &dyn Boundary {
        &self.boundary
    }

    fn decode(&self, block: Block, projection: &Projection, scratch: &mut Scratch) -> (Batch, Option<Fault>) {
        let end = block.end.min(block.bytes.len());
        let mut walk = Walk {
            bytes: block.bytes.get(..end).unwrap_or_default(),
            separated: self.boundary.separated,
            columns: Columns::new(projection, scratch),
            shapes: Shapes::new(),
            shape_of: projection.columns.is_none().then(|| scratch.take_indices()),
            order: Vec::new(),
            nest: Nest::default(),
            strings: Strings::new(block.start, scratch.take_indices(), scratch.take_indices()),
            raw: projection.raw.then(|| scratch.take_spans()),
            rows: 0,
            known: 0,
            scratch,
        };
        let result = if end > u32::MAX as usize {
            bad(block.start, What::Length)
        } else {
            dispatch(Run { walk: &mut walk, start: block.start })
        };
        let fault = result.err().map(|bad| report(bad, &block));
        let Walk { columns, shapes, strings, shape_of, raw, rows, known, .. } = walk;
        strings.into_buffers().into_iter().for_each(|buffer| scratch.keep_indices(buffer));
        let known = if fault.is_some() { known } else { columns.len() };
        let columns = columns.finish(rows, known);
        let mut spans = raw;
        if let Some(spans) = &mut spans {
            spans.truncate(rows);
        }
        let orders = shapes.orders;
        let shapes = shape_of.filter(|_| orders.len() > 1).map(|of_row| BatchShapes { orders, of_row });
        let batch = Batch {
            block,
            rows,
            raw: spans.map(|spans| Records { dialect: Dialect::Json, spans }),
            columns,
            shapes,
            selection: Selection::All,
            ..Batch::default()
        };
        (batch, fault)
    }
}

/// The state of decoding one block.
struct Walk<'a> {
    /// The block up to the end of its own records.
    bytes: &'a [u8],
    separated: bool,
    columns: Columns,
    shapes: Shapes,
    /// The order of each record's columns, where all columns are read.
    shape_of: Option<Vec<u32>>,
    /// The columns of a record that has left the tree.
    order: Vec<u32>,
    nest: Nest,
    strings: Strings,
    raw: Option<Vec<(u32, u32)>>,
    rows: usize,
    /// Number of columns before the record that is being read.
    known: usize,
    scratch: &'a mut Scratch,
}

/// Where following the tree led.
enum Way {
    /// To the end of the record: one past it, and the order of its columns.
    End { at: usize, shape: u32 },
    /// To a place behind a value where no record before had what is here.
    Lost { node: u32, at: usize },
}

struct Run<'a, 'b> {
    walk: &'a mut Walk<'b>,
    start: usize,
}

impl Job for Run<'_, '_> {
    type Output = Result<(), Bad>;

    #[inline(always)]
    fn run<S: Scanner>(self, scanner: S) -> Result<(), Bad> {
        let walk = self.walk;
        let mut at = self.start;
        loop {
            at = walk.between(at);
            let Some(first) = walk.bytes.get(at) else {
                return Ok(());
            };
            walk.known = walk.columns.len();
            let start = at;
            let shape = if *first == b'{' {
                let (end, shape) = walk.object(scanner, at)?;
                at = end;
                shape
            } else {
                let (end, shape) = walk.other(at)?;
                at = end;
                shape
            };
            if let Some(spans) = &mut walk.raw {
                spans.push((narrow(start), narrow(at)));
            }
            if let Some(shape_of) = &mut walk.shape_of {
                shape_of.push(shape);
            }
            walk.rows += 1;
            if walk.columns.overflow(walk.rows) {
                return bad(start, What::Keys);
            }
        }
    }
}

impl Walk<'_> {
    /// The first byte of the next record.
    #[inline(always)]
    fn between(&self, at: usize) -> usize {
        if self.bytes.get(at..).is_some_and(|rest| rest.starts_with(b"\n{")) {
            return at + 1;
        }
        let mut at = blanks(self.bytes, at);
        while self.separated && self.bytes.get(at) == Some(&SEPARATOR) {
            at = blanks(self.bytes, at + 1);
        }
        at
    }

    /// Reads the object at `at`: one past its end, and the order of its columns.
    #[inline(always)]
    fn object<S: Scanner>(&mut self, scanner: S, at: usize) -> Result<(usize, u32), Bad> {
        let first = at;
        let (mut node, mut at) = (0, at);
        loop {
            let next = self.shapes.child(node);
            (node, at) = match self.follow(scanner, node, next, at)? {
                Way::End { at, shape } => return Ok((at, shape)),
                Way::Lost { node, at } => {
                    let (node, at, action) = self.step(node, at, at == first)?;
                    if let Action::End(shape) = action {
                        return Ok((at, shape));
                    }
                    self.strings.pass();
                    (node, self.rare(at, action)?)
                }
            };
        }
    }

    /// Reads fields as long as the keys are those of records before.
    #[inline(always)]
    fn follow<S: Scanner>(&mut self, scanner: S, node: u32, next: u32, at: usize) -> Result<Way, Bad> {
        let Self { bytes, rows, columns, strings, nest, shapes, .. } = self;
        let nodes = shapes.nodes.as_slice();
        let (mut node, mut next, mut at) = (node, next, at);
        loop {
            let Some(step) = nodes.get(next as usize) else {
                return Ok(Way::Lost { node, at });
            };
            let len = step.len as usize;
            if !scanner.same(bytes, at, &step.text) || len > 32 && !same_tail(bytes, at, step.seen as usize, len) {
                next = step.sibling;
                continue;
            }
            at += len;
            if let Action::End(shape) = step.action {
                return Ok(Way::End { at, shape });
            }
            (node, next) = (next, step.child);
            strings.pass();
            at = blanks(bytes, at);
            let mut field = Field { action: step.action, columns, row: *rows, bytes };
            at = each_value(scanner, strings, bytes, at, nest, &mut field)?;
        }
    }

    /// Reads the value of a field whose key is new: where it ends.
    #[inline(never)]
    fn rare(&mut self, at: usize, action: Action) -> Result<usize, Bad> {
        let Self { bytes, rows, columns, strings, nest, .. } = self;
        let at = blanks(bytes, at);
        each_value(Portable, strings, bytes, at, nest, &mut Field { action, columns, row: *rows, bytes })
    }

    /// Parses what stands between two values and adds it to the tree: the new node, where the next value starts, and
    /// what to do with it.
    #[inline(never)]
    fn step(&mut self, from: u32, at: usize, first: bool) -> Result<(u32, usize, Action), Bad> {
        let bytes = self.bytes;
        let start = at;
        let mut at = if first { at } else { blanks(bytes, at) };
        let end = match bytes.get(at) {
            Some(b'{') if first => {
                at = blanks(bytes, at + 1);
                bytes.get(at) == Some(&b'}')
            }
            Some(b',') if !first => {
                at = blanks(bytes, at + 1);
                if bytes.get(at) != Some(&b'"') {
                    return bad(at, What::Key);
                }
                false
            }
            Some(b'}') if !first => true,
            _ => return bad(at, What::CommaOrBrace),
        };
        if end {
            let mut order = Vec::new();
            if from == NONE {
                order.clone_from(&self.order);
            } else if self.shape_of.is_some() {
                self.shapes.columns_to(from, &mut order);
            }
            let shape = if self.shape_of.is_some() { self.shapes.order(order) } else { 0 };
            let text = bytes.get(start..=at).unwrap_or_default();
            self.shapes.add(from, text, start, Action::End(shape));
            return Ok((NONE, at + 1, Action::End(shape)));
        }
        if bytes.get(at) != Some(&b'"') {
            return bad(at, What::KeyOrEnd);
        }
        let (stop, escaped) = Look.string(bytes, at + 1)?;
        let source = bytes.get(at + 1..stop).unwrap_or_default();
        at = blanks(bytes, stop + 1);
        if bytes.get(at) != Some(&b':') {
            return bad(at, What::Colon);
        }
        at = blanks(bytes, at + 1);
        let action = self.columns.action(source, escaped, self.scratch);
        let node = self.shapes.add(from, bytes.get(start..at).unwrap_or_default(), start, action);
        if node == NONE
            && let Action::Column(column) = action
            && self.shape_of.is_some()
        {
            if from != NONE {
                self.order.clear();
                self.shapes.columns_to(from, &mut self.order);
            }
            self.order.push(column);
        }
        Ok((node, at, action))
    }

    /// Reads a value that is no object: a record with one column.
    #[inline(never)]
    fn other(&mut self, at: usize) -> Result<(usize, u32), Bad> {
        let found = value(&mut self.strings, self.bytes, at, &mut self.nest)?;
        let next = self.bytes.get(found.end).copied().unwrap_or(b' ');
        let delimited = matches!(self.bytes.get(at), Some(b'"' | b'['));
        let separator = self.separated && next == SEPARATOR;
        let stop = separator || matches!(next, b'"' | b'[' | b']' | b'{' | b'}' | b',' | b':') || is_blank(next);
        if !delimited && !stop {
            return bad(found.end, What::AfterScalar);
        }
        let action = self.columns.action(VALUE.as_bytes(), false, self.scratch);
        let mut field = Field { action, columns: &mut self.columns, row: self.rows, bytes: self.bytes };
        field.take(found.kind, found.start, found.stop)?;
        let order = if let Action::Column(column) = action { vec![column] } else { Vec::new() };
        let shape = if self.shape_of.is_some() { self.shapes.order(order) } else { 0 };
        Ok((found.end, shape))
    }
}

/// Puts the value of a field where it is wanted.
struct Field<'a> {
    action: Action,
    columns: &'a mut Columns,
    row: usize,
    bytes: &'a [u8],
}

impl Take for Field<'_> {
    #[inline(always)]
    fn take(&mut self, kind: Kind, start: usize, stop: usize) -> Result<(), Bad> {
        match self.action {
            Action::Skip | Action::End(_) => Ok(()),
            Action::Column(column) => self.columns.set(column, self.row, kind, start, stop),
            Action::Targets(list) => self.columns.set_targets(list, self.row, kind, start, stop, self.bytes),
        }
    }
}

/// Whether a text longer than a needle also agrees behind it.
#[inline(never)]
fn same_tail(bytes: &[u8], at: usize, seen: usize, len: usize) -> bool {
    match (bytes.get(at + 32..at + len), bytes.get(seen + 32..seen + len)) {
        (Some(here), Some(there)) => here == there,
        _ => false,
    }
}
