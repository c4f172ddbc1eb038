//! Records in order on disk, and the merge that reads them back: what sorts, groups and distinct records become when
//! memory does not hold them.
//!
//! A [`Run`] is a list of frames, each a chunk of records with a mark for each of them. Records are in the order of
//! their marks; where those are equal, of the keys, if there are any, and then of their numbers ([`Batch::id`]), which
//! are different for all records of all runs. [`Merged`] is a table over runs: the merge picks records, one chunk
//! after the other, and hands them on; whoever asked for the chunk copies them, so that all threads take part.
//!
//! Chunks in memory are as small as the limit asks for. Where there are more runs than chunks fit, runs are
//! merged to longer ones first.

use std::cmp::Ordering;
use std::sync::Arc;
use std::sync::atomic::{self, AtomicUsize};

use rayon::prelude::*;

use crate::core::data::batch::Batch;
use crate::core::data::saved::{restore, save};
use crate::core::error::Result;
use crate::core::exec::cancel::Cancel;
use crate::core::exec::memory::{Memory, Share};
use crate::core::exec::relay::Relay;
use crate::core::exec::spill::{Frame, Spill};
use crate::core::format::Scratch;
use crate::core::integer::{narrow, to_index};
use crate::process::stage::Table;
use crate::process::stage::digits::{Doubles, Place, next};
use crate::process::stage::keys::found_value;
use crate::process::stage::names::Found;
use crate::process::stage::order::Key;
use crate::process::stage::store::{CHUNK_ROWS, Pick, Source, copy};

/// Records in order, on disk.
#[derive(Debug)]
pub(crate) struct Run {
    spill: Arc<Spill>,
    frames: Vec<Frame>,
}

/// How large chunks are, for a limit of memory.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    /// About the most bytes of a chunk.
    pub(crate) chunk: usize,
    /// Most runs that are merged at once.
    pub(crate) fan_in: usize,
}

impl Size {
    /// The sizes for a limit.
    pub(crate) fn new(memory: &Memory) -> Self {
        let chunk = (memory.limit() / 256).clamp(4 << 10, 1 << 20);
        Self { chunk, fan_in: (memory.limit() / (8 * chunk)).clamp(4, 512) }
    }
}

/// Writes a run.
#[derive(Debug)]
pub(crate) struct Writing {
    run: Run,
    bytes: Vec<u8>,
    /// What is to be one chunk, and its bytes.
    waiting: (Vec<Batch>, usize),
    /// Bytes of a chunk of what is appended.
    most: usize,
}

impl Writing {
    /// A run without records.
    pub(crate) fn new(spill: &Arc<Spill>) -> Self {
        let run = Run { spill: Arc::clone(spill), frames: Vec::new() };
        Self { run, bytes: Vec::new(), waiting: (Vec::new(), 0), most: 0 }
    }

    /// A run to which batches are appended whose records are marked by their numbers.
    pub(crate) fn appending(spill: &Arc<Spill>, memory: &Memory) -> Self {
        Self { most: Size::new(memory).chunk, ..Self::new(spill) }
    }

    /// Appends a batch of few records. Its numbers are higher than those before.
    pub(crate) fn append(&mut self, batch: Batch) -> Result<()> {
        if self.waiting.0.first().is_some_and(|first| Source::of(first) != Source::of(&batch)) {
            self.flush()?;
        }
        self.waiting.1 += batch.memory();
        self.waiting.0.push(batch);
        if self.waiting.1 >= self.most { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<()> {
        let (batches, _) = std::mem::take(&mut self.waiting);
        if batches.is_empty() {
            return Ok(());
        }
        let all: Vec<&Batch> = batches.iter().collect();
        let rows =
            |(at, batch): (usize, &Batch)| batch.rows().map(move |row| (narrow(at), narrow(row))).collect::<Vec<_>>();
        let picks: Vec<Pick> = batches.iter().enumerate().flat_map(rows).collect();
        let mut chunk = copy(&all, &picks, &mut Scratch::default());
        let ids =
            picks.iter().map(|(at, row)| batches.get(*at as usize).map_or(u64::MAX, |batch| batch.id(*row as usize)));
        let ids: Vec<u64> = ids.collect();
        chunk.ids = Some(ids.clone());
        self.push(&ids, &chunk)
    }

    /// Appends a chunk with the marks of its records. All its records are selected.
    pub(crate) fn push(&mut self, marks: &[u64], batch: &Batch) -> Result<()> {
        self.bytes.clear();
        self.bytes.extend(marks.iter().flat_map(|mark| mark.to_le_bytes()));
        save(batch, &mut self.bytes);
        // The number of marks is that of the records, which the batch knows.
        self.bytes.extend_from_slice(&(marks.len() as u64).to_le_bytes());
        self.run.frames.push(self.run.spill.write(&self.bytes)?);
        Ok(())
    }

    /// The run.
    pub(crate) fn finish(mut self) -> Result<Run> {
        self.flush()?;
        Ok(self.run)
    }
}

/// A chunk in memory.
#[derive(Debug)]
struct Chunk {
    batch: Batch,
    marks: Vec<u64>,
    /// Where the keys are.
    found: Vec<Found>,
    /// Which of the merge's sources it is of.
    source: usize,
}

/// What decides between records.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    /// The keys; none where marks decide.
    pub(crate) keys: Arc<[Key]>,
    /// Whether equal marks mean equal numbers of the first key.
    pub(crate) doubles: Doubles,
}

impl Default for Order {
    /// Marks decide.
    fn default() -> Self {
        Self { keys: Arc::default(), doubles: Doubles::Exact }
    }
}

impl Order {
    /// Compares records with equal marks.
    fn compare(&self, mark: u64, (a, x): (&Chunk, usize), (b, y): (&Chunk, usize)) -> Ordering {
        for (at, key) in self.keys.iter().enumerate() {
            if at == 0 && next(key.order, mark, Place::First, self.doubles).is_none() {
                continue;
            }
            let (Some(left), Some(right)) = (a.found.get(at), b.found.get(at)) else { break };
            let found = key.order.compare(&found_value(left, &a.batch, x), &found_value(right, &b.batch, y));
            if found.is_ne() {
                return found;
            }
        }
        a.batch.id(x).cmp(&b.batch.id(y))
    }
}

/// A run that is being read.
struct Reading {
    spill: Arc<Spill>,
    frames: std::vec::IntoIter<Frame>,
    chunk: Arc<Chunk>,
    row: usize,
    /// The mark of the record at `row`.
    mark: u64,
    /// Position of the chunk among those picked from in this round.
    place: Option<(u64, u32)>,
}

/// Some runs that are being merged.
struct Merge {
    order: Order,
    /// A heap: each is before those at twice its position plus one and two.
    heap: Vec<Reading>,
    sources: Vec<Source>,
    /// Most bytes of the chunks that come out.
    most: usize,
    /// Records that came out.
    given: u64,
    bytes: Vec<u8>,
}

/// Records that come next, and the chunks they are in.
struct Picked {
    first_row: u64,
    chunks: Vec<Arc<Chunk>>,
    picks: Vec<Pick>,
}

impl Merge {
    fn new(runs: Vec<Run>, order: Order, most: usize) -> Result<Self> {
        let mut merge = Self { order, heap: Vec::new(), sources: Vec::new(), most, given: 0, bytes: Vec::new() };
        for Run { spill, frames } in runs {
            let mut frames = frames.into_iter();
            if let Some(chunk) = merge.load(&spill, &mut frames)? {
                let mark = chunk.marks.first().copied().unwrap_or(0);
                merge.heap.push(Reading { spill, frames, chunk, row: 0, mark, place: None });
            }
        }
        (0..merge.heap.len() / 2).rev().for_each(|at| merge.sink(at));
        Ok(merge)
    }

    /// The next chunk of a run that has records.
    fn load(&mut self, spill: &Spill, frames: &mut std::vec::IntoIter<Frame>) -> Result<Option<Arc<Chunk>>> {
        for frame in frames {
            let mut bytes = std::mem::take(&mut self.bytes);
            spill.read(frame, &mut bytes)?;
            let (rest, count) = bytes.split_last_chunk().unwrap_or((&[], &[0; 8]));
            let (marks, mut rest) = rest.split_at_checked(to_index(u64::from_le_bytes(*count)) * 8).unwrap_or_default();
            let marks: Vec<u64> = marks.as_chunks().0.iter().map(|mark| u64::from_le_bytes(*mark)).collect();
            let batch = restore(&mut rest)?;
            self.bytes = bytes;
            let Some(mut batch) = batch.filter(|batch| batch.rows > 0) else { continue };
            let found = self.order.keys.iter().map(|key| key.name.find(&mut batch)).collect();
            let source = Source::of(&batch);
            let known = self.sources.iter().position(|old| *old == source).unwrap_or(self.sources.len());
            if known == self.sources.len() {
                self.sources.push(source);
            }
            return Ok(Some(Arc::new(Chunk { batch, marks, found, source: known })));
        }
        Ok(None)
    }

    /// Whether the record of one run comes before that of another.
    fn before(&self, a: usize, b: usize) -> bool {
        let (Some(a), Some(b)) = (self.heap.get(a), self.heap.get(b)) else { return false };
        let order = a.mark.cmp(&b.mark);
        order.then_with(|| self.order.compare(a.mark, (&a.chunk, a.row), (&b.chunk, b.row))).is_lt()
    }

    /// Moves a run down to where it belongs.
    fn sink(&mut self, mut at: usize) {
        loop {
            let (left, right) = (2 * at + 1, 2 * at + 2);
            let least = if right < self.heap.len() && self.before(right, left) { right } else { left };
            if least >= self.heap.len() || !self.before(least, at) {
                return;
            }
            self.heap.swap(least, at);
            at = least;
        }
    }

    /// The next records, all of one source; none at the end.
    fn next(&mut self) -> Result<Option<Picked>> {
        let mut picked = Picked { first_row: self.given, chunks: Vec::new(), picks: Vec::new() };
        let (mut bytes, mut source) = (0, None);
        // Records that came out before tell one round from another.
        let round = self.given;
        while let Some(top) = self.heap.first_mut() {
            let size = record_size(&top.chunk.batch, top.row);
            let full = picked.picks.len() == CHUNK_ROWS || bytes + size > self.most;
            if !picked.picks.is_empty() && (full || source != Some(top.chunk.source)) {
                break;
            }
            source = Some(top.chunk.source);
            bytes += size;
            let place = match top.place {
                Some((of, place)) if of == round => place,
                _ => {
                    picked.chunks.push(Arc::clone(&top.chunk));
                    narrow(picked.chunks.len()) - 1
                }
            };
            top.place = Some((round, place));
            picked.picks.push((place, narrow(top.row)));
            top.row += 1;
            if let Some(mark) = top.chunk.marks.get(top.row) {
                top.mark = *mark;
            } else {
                self.advance()?;
            }
            self.sink(0);
        }
        self.given += picked.picks.len() as u64;
        Ok((!picked.picks.is_empty()).then_some(picked))
    }

    /// Goes on to the next chunk of the first run, or drops the run.
    fn advance(&mut self) -> Result<()> {
        let mut run = self.heap.swap_remove(0);
        if let Some(chunk) = self.load(&run.spill, &mut run.frames)? {
            run.mark = chunk.marks.first().copied().unwrap_or(0);
            run.chunk = chunk;
            run.row = 0;
            run.place = None;
            self.heap.push(run);
            let last = self.heap.len() - 1;
            self.heap.swap(0, last);
        }
        Ok(())
    }
}

/// About the bytes of a record.
fn record_size(batch: &Batch, row: usize) -> usize {
    let raw = batch.raw.as_ref().and_then(|raw| raw.spans.get(row)).map(|(start, end)| (end - start) as usize);
    raw.unwrap_or_else(|| (batch.block.bytes.len() + batch.side.len()) / batch.rows.max(1)) + 8
}

impl Picked {
    fn copy(&self, scratch: &mut Scratch) -> Batch {
        let batches: Vec<&Batch> = self.chunks.iter().map(|chunk| &chunk.batch).collect();
        let mut batch = copy(&batches, &self.picks, scratch);
        batch.first_row = self.first_row;
        batch
    }

    /// What a longer run keeps of the records.
    fn marks(&self) -> (Vec<u64>, Vec<u64>) {
        let of = |(place, row): &Pick| {
            let chunk = self.chunks.get(*place as usize);
            let mark = chunk.and_then(|chunk| chunk.marks.get(*row as usize)).copied().unwrap_or(0);
            (mark, chunk.map_or(u64::MAX, |chunk| chunk.batch.id(*row as usize)))
        };
        self.picks.iter().map(of).unzip()
    }
}

/// Which numbers records have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Numbers {
    /// Those of their order here.
    New,
    /// Those they had before: they rise.
    Old,
}

/// Runs as one table.
pub(crate) struct Merged {
    merge: Relay<Merge>,
    /// Number of chunks; until the last was made, more than there are.
    chunks: AtomicUsize,
    numbers: Numbers,
    /// The memory that the chunks of the runs take.
    _share: Share,
}

impl Merged {
    /// A table of these runs.
    pub(crate) fn new(mut runs: Vec<Run>, order: Order, memory: &Memory, cancel: &Cancel) -> Result<Self> {
        let size = Size::new(memory);
        while runs.len() > size.fan_in {
            let mut groups: Vec<Vec<Run>> = Vec::new();
            while !runs.is_empty() {
                groups.push(runs.split_off(runs.len().saturating_sub(size.fan_in)));
            }
            let longer = |group: Vec<Run>| longer(group, order.clone(), size, memory);
            runs = groups.into_par_iter().map(longer).collect::<Result<Vec<Run>>>()?;
        }
        let mut share = memory.share(1);
        share.hold(runs.len() * size.chunk * 2);
        let merge = Merge::new(runs, order, size.chunk.max(64 << 10))?;
        Ok(Self {
            merge: Relay::new(merge, cancel.clone()),
            chunks: AtomicUsize::new(usize::MAX),
            numbers: Numbers::New,
            _share: share,
        })
    }

    /// The same whose records keep the numbers they had in the run.
    #[must_use]
    pub(crate) fn numbered_as_they_were(self) -> Self {
        Self { numbers: Numbers::Old, ..self }
    }
}

/// Merges runs to one.
fn longer(runs: Vec<Run>, order: Order, size: Size, memory: &Memory) -> Result<Run> {
    let mut merge = Merge::new(runs, order, size.chunk)?;
    let (mut writing, mut scratch) = (Writing::new(&memory.spill()?), Scratch::default());
    while let Some(picked) = merge.next()? {
        let mut batch = picked.copy(&mut scratch);
        let (marks, ids) = picked.marks();
        batch.ids = Some(ids);
        writing.push(&marks, &batch)?;
        scratch.recycle(batch);
    }
    writing.finish()
}

impl Table for Merged {
    fn chunks(&self) -> usize {
        self.chunks.load(atomic::Ordering::Relaxed)
    }

    fn chunk(&self, index: usize, scratch: &mut Scratch) -> Result<Batch> {
        let picked = self.merge.advance(index as u64, Merge::next)??;
        let Some(picked) = picked else {
            self.chunks.fetch_min(index, atomic::Ordering::Relaxed);
            return Ok(Batch::default());
        };
        let mut batch = picked.copy(scratch);
        if self.numbers == Numbers::Old {
            let (_, ids) = picked.marks();
            batch.first_row = ids.first().copied().unwrap_or(0);
            batch.ids = Some(ids);
        }
        Ok(batch)
    }
}
