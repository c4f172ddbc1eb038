//! Runs a parser over the lines of a block.

use crate::core::block::Block;
use crate::core::data::batch::{Batch, Rejected};
use crate::core::data::cell::MAX_CELL;
use crate::core::data::irregular::{Irregular, Oddity};
use crate::core::format::line::boundary::content;
use crate::core::format::line::fields::Fields;
use crate::core::format::line::{LineParser, Miss};
use crate::core::format::{Decoder, Fault, Projection, Ragged, ReadOptions, Scratch};
use crate::core::input::boundary::{Boundary, Lines};
use crate::core::integer::narrow;

/// Decodes lines.
pub(crate) struct LineDecoder<P> {
    parser: P,
    /// The kind of line, for messages: `a combined log line`.
    what: &'static str,
    lines: Lines,
    ragged: Ragged,
    rejects: bool,
    /// Whether blank lines are records.
    blank: Blank,
}

/// What blank lines are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Blank {
    /// Nothing.
    Skipped,
    /// Records.
    Records,
}

impl<P: LineParser> LineDecoder<P> {
    /// A decoder whose blank lines are no records.
    pub(crate) fn new(parser: P, what: &'static str, terminator: u8, options: &ReadOptions) -> Self {
        let (ragged, rejects) = (options.ragged, options.rejects);
        Self { parser, what, lines: Lines { terminator }, ragged, rejects, blank: Blank::Skipped }
    }

    /// The same with another rule for blank lines.
    #[must_use]
    pub(crate) fn blank(mut self, blank: Blank) -> Self {
        self.blank = blank;
        self
    }

    /// The fault of a line at `start`.
    fn fault(&self, start: usize, miss: &Miss) -> Fault {
        Fault::new(start + miss.at, format!("not {}: {}", self.what, miss.message)).hint(
            "--ragged skip leaves such lines out, --ragged pad keeps what was read, --rejects FILE keeps the lines",
        )
    }
}

impl<P: LineParser> Decoder for LineDecoder<P> {
    fn boundary(&self) -> &dyn Boundary {
        &self.lines
    }

    fn decode(&self, block: Block, projection: &Projection, scratch: &mut Scratch) -> (Batch, Option<Fault>) {
        let wanted = projection.columns.as_deref().filter(|_| !projection.raw);
        let names = LineParser::names(&self.parser);
        let mut fields = Fields::new(&names, wanted, LineParser::lexicon(&self.parser), 0, scratch);
        let mut irregular = Irregular::default();
        let mut rejected = Rejected::default();
        let mut worker = self.parser.worker();
        let mut fault = None;
        let end = block.end.min(block.bytes.len());
        let bytes = block.bytes.get(..end).unwrap_or_default();
        let mut at = block.start;
        while at < end {
            let rest = bytes.get(at..).unwrap_or_default();
            let stop = memchr::memchr(self.lines.terminator, rest).map_or(end, |found| at + found);
            let line = bytes.get(at..content(bytes, at, stop, self.lines.terminator)).unwrap_or_default();
            let next = (stop + 1).min(end);
            if self.blank == Blank::Skipped && self.parser.is_blank(line) {
                irregular.add(fields.rows(), Oddity::Blank);
                at = next;
                continue;
            }
            if line.len() > MAX_CELL || fields.overflow() || fields.full() {
                fault = Some(too_large(at, line));
                break;
            }
            fields.begin(at, false);
            match self.parser.parse(&mut worker, line, &mut fields) {
                Ok(()) => fields.end(),
                Err(_) if self.ragged == Ragged::Pad => {
                    irregular.add(fields.rows(), Oddity::Incomplete);
                    fields.end();
                }
                Err(_) if self.rejects => {
                    fields.abandon();
                    rejected.records.push((narrow(fields.rows()), narrow(at), narrow(next)));
                }
                Err(_) if self.ragged == Ragged::Skip => {
                    fields.abandon();
                    irregular.add(fields.rows(), Oddity::Misfit);
                }
                Err(miss) => {
                    fields.abandon();
                    fault = Some(self.fault(at, &miss));
                    break;
                }
            }
            at = next;
        }
        let rows = fields.rows();
        let (columns, shapes, side) = fields.finish();
        (Batch { block, side, rows, columns, shapes, irregular, rejected, ..Batch::default() }, fault)
    }
}

/// The fault of a line that no batch can hold.
#[cold]
fn too_large(at: usize, line: &[u8]) -> Fault {
    if line.len() > MAX_CELL {
        return Fault::new(at, format!("a line is longer than {} MiB", MAX_CELL >> 20));
    }
    Fault::new(at, "too many different names to read as columns").hint("name the columns that you need with --select")
}
