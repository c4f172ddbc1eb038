//! Records after records: a feed, what happens to its batches, and a second feed behind them.
//!
//! A `--union` puts the records of another input behind those it is given; some joins have records of their own to add
//! once all others are through. What stands before such a stage in the plan sees only the first feed; what it held back
//! until it had seen all of that comes before the second.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::core::data::batch::Batch;
use crate::core::error::Result;
use crate::core::exec::cancel::Cancel;
use crate::core::exec::ordered::Flow;
use crate::core::exec::relay::Relay;
use crate::core::format::Scratch;
use crate::process::sight::Sight;
use crate::process::source::{Feed, InputClaim, Inputs, Loaded};
use crate::process::stage::{Locate, Rows, Scope};
use crate::process::stored::Stored;

/// Where the records of a part of the plan come from.
pub(crate) enum Records<'a> {
    /// Inputs.
    Inputs(&'a Inputs),
    /// A table that a stage gathered, or that it adds.
    Stored(Stored),
    /// One after the other.
    Chain(Box<Chain<'a>>),
}

/// A piece of work of one of them.
pub(crate) enum Piece {
    /// A block of an input.
    Input(InputClaim),
    /// A chunk of a table.
    Chunk(usize),
    /// A piece of one of two.
    Link(Link, Box<Piece>),
    /// A chunk of what was held back.
    Rest(Rest, usize),
}

/// What an operation of a chain held back.
#[derive(Clone)]
pub(crate) struct Rest {
    records: Arc<Stored>,
    /// How many operations do not see it any more.
    seen: usize,
}

/// Which of two feeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Link {
    First,
    Second,
}

/// Two feeds, one after the other.
pub(crate) struct Chain<'a> {
    first: Records<'a>,
    /// What happens to the batches of the first.
    rows: &'a [Box<dyn Rows>],
    second: Records<'a>,
    claimed: Mutex<Claimed>,
    /// Enough came out of the first.
    enough: AtomicBool,
    /// Counts records in order, and knows when all of the first are through.
    passed: Relay<u64>,
}

#[derive(Default)]
struct Claimed {
    next: u64,
    /// How many operations were asked for what they held back, and the last that there was.
    asked: usize,
    rest: Option<Rest>,
    /// The number of the second feed's first piece.
    second: Option<u64>,
}

impl<'a> Chain<'a> {
    /// A chain of two feeds.
    pub(crate) fn new(first: Records<'a>, rows: &'a [Box<dyn Rows>], second: Records<'a>, cancel: &Cancel) -> Self {
        Self {
            first,
            rows,
            second,
            claimed: Mutex::default(),
            enough: AtomicBool::new(false),
            passed: Relay::new(0, cancel.clone()),
        }
    }

    /// The next piece of the first feed, or of what an operation on it held back.
    fn claim_first(&self, claimed: &mut Claimed, scratch: &mut Scratch) -> Result<Option<Piece>> {
        while !self.enough.load(Ordering::Relaxed) {
            let found = match &claimed.rest {
                None => self.first.claim(scratch)?.map(|(_, piece)| Piece::Link(Link::First, Box::new(piece))),
                Some(rest) => rest.records.claim(scratch)?.map(|(_, chunk)| Piece::Rest(rest.clone(), chunk)),
            };
            let Some(asked) = self.rows.get(claimed.asked).filter(|_| found.is_none()) else { return Ok(found) };
            claimed.asked += 1;
            // It must have seen everything.
            self.passed.wait(claimed.next)?;
            if let Some(table) = asked.rest()? {
                claimed.rest = Some(Rest { records: Arc::new(Stored::new(Arc::from(table))), seen: claimed.asked });
            }
        }
        Ok(None)
    }

    /// Hands a batch of the first feed to those of its operations that have not seen it.
    fn pass(&self, seq: u64, mut loaded: Loaded, seen: usize, scratch: &mut Scratch) -> Result<Loaded> {
        let mut scope = Scope::new(seq, scratch);
        scope.failure = loaded.failure.take();
        scope.remarks = std::mem::take(&mut loaded.remarks);
        scope.places = loaded.places.as_ref().map(|places| places as &dyn Locate);
        for rows in self.rows.iter().skip(seen) {
            rows.apply(&mut loaded.batch, &mut scope)?;
        }
        let flow = scope.flow;
        loaded.failure = scope.failure;
        loaded.remarks = scope.remarks;
        if flow == Flow::Stop {
            // As in the pipeline: what stands behind enough records must not matter.
            loaded.problems.clear();
            loaded.sight.end_at(loaded.remarks.records());
            loaded.failure = None;
            self.enough.store(true, Ordering::Relaxed);
        }
        Ok(loaded)
    }

    fn load_second(&self, seq: u64, piece: Piece, scratch: &mut Scratch) -> Result<Loaded> {
        let start = self.claimed.lock().unwrap_or_else(PoisonError::into_inner).second.unwrap_or(seq);
        self.passed.wait(start)?;
        self.second.load(seq - start, piece, scratch)
    }
}

impl Feed for Chain<'_> {
    type Claim = Piece;

    fn claim(&self, scratch: &mut Scratch) -> Result<Option<(u64, Piece)>> {
        let mut claimed = self.claimed.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found = None;
        if claimed.second.is_none() {
            found = self.claim_first(&mut claimed, scratch)?;
        }
        if found.is_none() {
            let next = claimed.next;
            claimed.second.get_or_insert(next);
            found = self.second.claim(scratch)?.map(|(_, piece)| Piece::Link(Link::Second, Box::new(piece)));
        }
        let Some(piece) = found else { return Ok(None) };
        claimed.next += 1;
        Ok(Some((claimed.next - 1, piece)))
    }

    fn load(&self, seq: u64, piece: Piece, scratch: &mut Scratch) -> Result<Loaded> {
        let mut loaded = match piece {
            Piece::Link(Link::First, piece) => self.pass(seq, self.first.load(seq, *piece, scratch)?, 0, scratch)?,
            Piece::Link(Link::Second, piece) => self.load_second(seq, *piece, scratch)?,
            Piece::Rest(rest, chunk) => self.pass(seq, rest.records.load(seq, chunk, scratch)?, rest.seen, scratch)?,
            // Pieces come back to where they were claimed.
            Piece::Input(_) | Piece::Chunk(_) => return Ok(Loaded::good(Batch::default())),
        };
        // Records are numbered anew, whatever numbers they had.
        loaded.batch.ids = None;
        let rows = loaded.batch.rows as u64;
        loaded.batch.first_row = self.passed.advance(seq, |passed| {
            *passed += rows;
            *passed - rows
        })?;
        Ok(loaded)
    }

    fn drained(&self, sight: &Sight, flow: Flow) -> Result<()> {
        let enough = self.enough.load(Ordering::Relaxed);
        self.first.drained(sight, if enough { Flow::Stop } else { flow })?;
        self.second.drained(sight, flow)
    }
}

impl Feed for Records<'_> {
    type Claim = Piece;

    fn claim(&self, scratch: &mut Scratch) -> Result<Option<(u64, Piece)>> {
        Ok(match self {
            Self::Inputs(inputs) => inputs.claim(scratch)?.map(|(seq, claim)| (seq, Piece::Input(claim))),
            Self::Stored(stored) => stored.claim(scratch)?.map(|(seq, chunk)| (seq, Piece::Chunk(chunk))),
            Self::Chain(chain) => chain.claim(scratch)?,
        })
    }

    fn load(&self, seq: u64, piece: Piece, scratch: &mut Scratch) -> Result<Loaded> {
        match (self, piece) {
            (Self::Inputs(inputs), Piece::Input(claim)) => inputs.load(seq, claim, scratch),
            (Self::Stored(stored), Piece::Chunk(chunk)) => stored.load(seq, chunk, scratch),
            (Self::Chain(chain), piece) => chain.load(seq, piece, scratch),
            // Pieces come back to where they were claimed.
            _ => Ok(Loaded::good(Batch::default())),
        }
    }

    fn drained(&self, sight: &Sight, flow: Flow) -> Result<()> {
        match self {
            Self::Inputs(inputs) => inputs.drained(sight, flow),
            Self::Stored(stored) => stored.drained(sight, flow),
            Self::Chain(chain) => chain.drained(sight, flow),
        }
    }
}
