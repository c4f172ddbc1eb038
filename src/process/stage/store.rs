//! Records that a gathering stage keeps, and gives out again in another order, chunk by chunk.
//!
//! Kept batches own their blocks. A chunk copies what its records are: the raw source and the cells in it where there is
//! a source, else the text of the cells. Records of different sources never share a chunk, so a chunk is as raw as they.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::core::block::Block;
use crate::core::data::batch::{Batch, Column, Delimited, Dialect, Records, Shapes, Values, store};
use crate::core::data::cell::{Cell, Kind};
use crate::core::data::value::Value;
use crate::core::error::Result;
use crate::core::exec::memory::Share;
use crate::core::format::Scratch;
use crate::core::integer::narrow;
use crate::process::stage::Table;

/// Most records of a chunk.
pub(crate) const CHUNK_ROWS: usize = 4096;
/// About the most bytes of a chunk.
const CHUNK_BYTES: usize = 4 << 20;

/// A record: the number of its batch and its index there.
pub(crate) type Pick = (u32, u32);

/// Kept records in their new order.
pub(crate) struct Store {
    batches: Vec<Batch>,
    picks: Vec<Pick>,
    layout: Layout,
    /// Where chunks start, and the end.
    starts: Vec<usize>,
    /// The memory that all this takes, where it is counted.
    share: Option<Share>,
}

impl Store {
    /// Puts records in an order.
    pub(crate) fn new(batches: Vec<Batch>, picks: Vec<Pick>) -> Self {
        Self::with_chunks(batches, picks, CHUNK_BYTES)
    }

    /// The same, in chunks of about so many bytes.
    pub(crate) fn with_chunks(batches: Vec<Batch>, picks: Vec<Pick>, most: usize) -> Self {
        let layout = Layout::new(batches.iter());
        let sizes: Vec<usize> = batches.iter().map(|batch| 1 + bytes_held(batch) / batch.rows.max(1)).collect();
        let mut starts = vec![0];
        let (mut rows, mut bytes, mut source) = (0, 0, None);
        for (at, (batch, _)) in picks.iter().enumerate() {
            let batch = *batch as usize;
            let size = sizes.get(batch).copied().unwrap_or(1);
            let here = layout.source_of.get(batch);
            if rows == CHUNK_ROWS || bytes + size > most && rows > 0 || rows > 0 && source != here {
                starts.push(at);
                (rows, bytes) = (0, 0);
            }
            rows += 1;
            bytes += size;
            source = here;
        }
        if !picks.is_empty() {
            starts.push(picks.len());
        }
        Self { batches, picks, layout, starts, share: None }
    }

    /// The same, giving back the memory of this share with its own.
    #[must_use]
    pub(crate) fn holding(mut self, share: Share) -> Self {
        self.share = Some(share);
        self
    }

    /// The same, where of records that have their raw text only these columns will be looked at: others are left out, which
    /// spares a look all over memory for each cell.
    #[must_use]
    pub(crate) fn keeping(mut self, columns: &BTreeSet<String>) -> Self {
        self.layout.idle = self.layout.names.iter().map(|name| !columns.contains(&**name)).collect();
        self
    }

    /// The numbers in the run of the records of a chunk.
    pub(crate) fn ids(&self, index: usize) -> Vec<u64> {
        let id =
            |(batch, row): &Pick| self.batches.get(*batch as usize).map_or(u64::MAX, |batch| batch.id(*row as usize));
        self.picks_of(index).iter().map(id).collect()
    }

    fn picks_of(&self, index: usize) -> &[Pick] {
        let start = self.starts.get(index).copied().unwrap_or(self.picks.len());
        let end = self.starts.get(index + 1).copied().unwrap_or(self.picks.len());
        self.picks.get(start..end).unwrap_or_default()
    }
}

impl Table for Store {
    fn chunks(&self) -> usize {
        self.starts.len() - 1
    }

    fn chunk(&self, index: usize, scratch: &mut Scratch) -> Result<Batch> {
        let batches: Vec<&Batch> = self.batches.iter().collect();
        let mut batch = gather(&batches, self.picks_of(index), &self.layout, scratch);
        batch.first_row = self.starts.get(index).map_or(0, |start| *start as u64);
        Ok(batch)
    }
}

/// Copies some records of a batch into a batch of their own.
pub(crate) fn extract(batch: &Batch, rows: &[u32], scratch: &mut Scratch) -> Batch {
    let layout = Layout::new(std::iter::once(batch));
    let picks: Vec<Pick> = rows.iter().map(|row| (0, *row)).collect();
    let mut extracted = gather(&[batch], &picks, &layout, scratch);
    extracted.first_row = batch.first_row;
    extracted
}

/// Copies records, all of one source, of several batches into one.
pub(crate) fn copy(batches: &[&Batch], picks: &[Pick], scratch: &mut Scratch) -> Batch {
    gather(batches, picks, &Layout::new(batches.iter().copied()), scratch)
}

/// Bytes of text a batch holds.
pub(crate) fn bytes_held(batch: &Batch) -> usize {
    batch.block.bytes.len() + batch.side.len()
}

/// How the columns of several batches go together.
struct Layout {
    names: Vec<Arc<str>>,
    /// Which columns are computed numbers everywhere.
    numbers: Vec<bool>,
    /// Which columns of records that have their raw text nobody will look at.
    idle: Vec<bool>,
    /// For each batch, which of `maps`.
    map_of: Vec<u32>,
    maps: Vec<Map>,
    /// Each distinct order of fields, in columns of the layout.
    orders: Vec<Vec<u32>>,
    /// Whether every record has every column in order.
    uniform: bool,
    sources: Vec<Source>,
    /// For each batch, which of `sources`.
    source_of: Vec<u32>,
}

/// The columns of a batch as columns of the layout.
struct Map {
    names: Vec<Arc<str>>,
    shapes: Vec<Vec<u32>>,
    /// For each column of the layout, the one of the batch.
    from: Vec<Option<u32>>,
    /// For each order of the batch, which order of the layout.
    orders: Vec<u32>,
}

/// What the text of a batch is.
#[derive(Debug, PartialEq)]
pub(crate) struct Source {
    raw: Option<Dialect>,
    delimited: Option<Arc<Delimited>>,
}

impl Source {
    /// That of this batch.
    pub(crate) fn of(batch: &Batch) -> Self {
        Self { raw: batch.raw.as_ref().map(|raw| raw.dialect), delimited: batch.delimited.clone() }
    }
}

impl Layout {
    fn new<'a>(batches: impl Iterator<Item = &'a Batch>) -> Self {
        let mut layout = Self {
            names: Vec::new(),
            numbers: Vec::new(),
            idle: Vec::new(),
            map_of: Vec::with_capacity(batches.size_hint().0),
            maps: Vec::new(),
            orders: Vec::new(),
            uniform: true,
            sources: Vec::new(),
            source_of: Vec::with_capacity(batches.size_hint().0),
        };
        for batch in batches {
            let source = Source::of(batch);
            let known = layout.sources.iter().position(|old| *old == source);
            layout.source_of.push(narrow(known.unwrap_or(layout.sources.len())));
            if known.is_none() {
                layout.sources.push(source);
            }
            layout.add(batch);
        }
        let places = layout.names.len();
        for map in &mut layout.maps {
            map.from.resize(places, None);
        }
        let identity: Vec<u32> = (0..narrow(places)).collect();
        layout.uniform = layout.orders.iter().all(|order| *order == identity);
        layout
    }

    fn add(&mut self, batch: &Batch) {
        let no_shapes = Vec::new();
        let shapes = batch.shapes.as_ref().map_or(&no_shapes, |shapes| &shapes.orders);
        let same = |map: &Map| {
            map.shapes == *shapes
                && map.names.len() == batch.columns.len()
                && map.names.iter().zip(&batch.columns).all(|(name, column)| *name == column.name)
        };
        // Neighbours are most often alike.
        let known = self.maps.iter().rposition(same).unwrap_or_else(|| self.add_map(batch, shapes));
        self.map_of.push(narrow(known));
        for (place, from) in self.maps.get(known).map_or(&Vec::new(), |map| &map.from).iter().enumerate() {
            let column = from.and_then(|column| batch.columns.get(column as usize));
            if let (Some(Column { values: Values::Cells(_), .. }), Some(numbers)) =
                (column, self.numbers.get_mut(place))
            {
                *numbers = false;
            }
        }
    }

    fn add_map(&mut self, batch: &Batch, shapes: &[Vec<u32>]) -> usize {
        let names: Vec<Arc<str>> = batch.columns.iter().map(|column| Arc::clone(&column.name)).collect();
        let mut places = Vec::with_capacity(names.len());
        for name in &names {
            let known = self.names.iter().position(|old| old == name);
            places.push(narrow(known.unwrap_or(self.names.len())));
            if known.is_none() {
                self.names.push(Arc::clone(name));
                self.numbers.push(true);
            }
        }
        let mut from = vec![None; self.names.len()];
        for (column, place) in places.iter().enumerate() {
            if let Some(from) = from.get_mut(*place as usize) {
                *from = Some(narrow(column));
            }
        }
        let all: Vec<u32> = (0..narrow(places.len())).collect();
        let orders = if batch.shapes.is_some() { shapes } else { std::slice::from_ref(&all) };
        let orders = orders.iter().map(|order| {
            let order: Vec<u32> = order.iter().filter_map(|column| places.get(*column as usize).copied()).collect();
            let known = self.orders.iter().position(|old| *old == order);
            narrow(known.unwrap_or_else(|| {
                self.orders.push(order);
                self.orders.len() - 1
            }))
        });
        let orders = orders.collect();
        self.maps.push(Map { names, shapes: shapes.to_vec(), from, orders });
        self.maps.len() - 1
    }

    fn map(&self, batch: u32) -> Option<&Map> {
        self.maps.get(*self.map_of.get(batch as usize)? as usize)
    }

    /// The order of the fields of a record.
    fn order(&self, batch: &Batch, (number, row): Pick) -> u32 {
        let shape = batch.shapes.as_ref().and_then(|shapes| shapes.of_row.get(row as usize)).copied().unwrap_or(0);
        self.map(number).and_then(|map| map.orders.get(shape as usize)).copied().unwrap_or(0)
    }
}

/// Copies records, all of one source, into a new batch.
fn gather(batches: &[&Batch], picks: &[Pick], layout: &Layout, scratch: &mut Scratch) -> Batch {
    let mut out = Batch { rows: picks.len(), side: scratch.take_bytes(), ..Batch::default() };
    let sources: Vec<&Batch> = picks.iter().filter_map(|(batch, _)| batches.get(*batch as usize).copied()).collect();
    let source = picks.first().and_then(|(batch, _)| layout.source_of.get(*batch as usize));
    let source = source.and_then(|source| layout.sources.get(*source as usize));
    out.delimited = source.and_then(|source| source.delimited.clone());
    // Where each record was, and where it is now.
    let mut moves: Vec<(u32, u32, u32)> = Vec::new();
    if let Some(dialect) = source.and_then(|source| source.raw) {
        let spans = copy_records(&sources, picks, dialect, &mut moves, &mut out.block, scratch);
        out.raw = Some(Records { dialect, spans });
    }
    for (place, name) in layout.names.iter().enumerate() {
        let numbers = layout.numbers.get(place).copied().unwrap_or(false);
        let from = |batch: u32| layout.map(batch).and_then(|map| *map.from.get(place)?);
        let idle = out.raw.is_some() && layout.idle.get(place) == Some(&true);
        let values = if idle {
            let mut cells = scratch.take_cells();
            cells.resize(picks.len(), Cell::MISSING);
            Values::Cells(cells)
        } else if numbers {
            let number = |(batch, pick): (&&Batch, &Pick)| match from(pick.0)
                .and_then(|column| batch.columns.get(column as usize))
            {
                Some(Column { values: Values::Numbers(numbers), .. }) => {
                    numbers.get(pick.1 as usize).copied().flatten()
                }
                _ => None,
            };
            Values::Numbers(sources.iter().zip(picks).map(number).collect())
        } else {
            let mut cells = scratch.take_cells();
            cells.reserve(picks.len());
            for (at, (batch, pick)) in sources.iter().zip(picks).enumerate() {
                let column = from(pick.0).and_then(|column| batch.columns.get(column as usize));
                cells.push(match column.map(|column| &column.values) {
                    None => Cell::MISSING,
                    Some(Values::Cells(cells)) => {
                        let cell = cells.get(pick.1 as usize).copied().unwrap_or(Cell::MISSING);
                        copy_cell(cell, batch, moves.get(at), &mut out)
                    }
                    Some(Values::Numbers(numbers)) => match numbers.get(pick.1 as usize).copied().flatten() {
                        Some(number) => store(&mut out.side, &Value::Number(number)),
                        None => Cell::NULL,
                    },
                });
            }
            Values::Cells(cells)
        };
        out.columns.push(Column { name: Arc::clone(name), values });
    }
    if !layout.uniform {
        let of_row = sources.iter().zip(picks).map(|(batch, pick)| layout.order(batch, *pick)).collect();
        out.shapes = Some(Shapes { orders: layout.orders.clone(), of_row });
    }
    out.block.end = out.block.bytes.len();
    out
}

/// Copies raw records one behind the other. Finding them and copying them are two loops, so that the reads of each, which
/// go all over memory, overlap.
fn copy_records(
    sources: &[&Batch],
    picks: &[Pick],
    dialect: Dialect,
    moves: &mut Vec<(u32, u32, u32)>,
    block: &mut Block,
    scratch: &mut Scratch,
) -> Vec<(u32, u32)> {
    let mut bytes = scratch.take_bytes();
    moves.extend(sources.iter().zip(picks).map(|(batch, pick)| {
        let span = batch.raw.as_ref().and_then(|raw| raw.spans.get(pick.1 as usize));
        let (start, end) = span.copied().unwrap_or_default();
        (start, end, 0)
    }));
    bytes.reserve(moves.iter().map(|(start, end, _)| (end - start) as usize + 1).sum());
    let mut spans = scratch.take_spans();
    for (batch, (start, end, now)) in sources.iter().zip(moves.iter_mut()) {
        let record = batch.block.bytes.get(*start as usize..*end as usize).unwrap_or_default();
        *now = narrow(bytes.len());
        bytes.extend_from_slice(record);
        // The last record of an input may lack the line end that it needs now.
        if matches!(dialect, Dialect::Delimited { .. }) && !record.ends_with(b"\n") {
            bytes.push(b'\n');
        }
        spans.push((*now, narrow(bytes.len())));
    }
    block.bytes = bytes;
    spans
}

/// A cell over the copied record where it lies in it, else over a copy of its own. Source cells are copied into the block,
/// with their quotes, so that an encoder of the same dialect still finds them as they came.
fn copy_cell(cell: Cell, batch: &Batch, moved: Option<&(u32, u32, u32)>, out: &mut Batch) -> Cell {
    if cell.is_null() {
        return cell;
    }
    let (start, len) = (cell.start(), cell.len());
    if cell.in_side() {
        let at = out.side.len();
        out.side.extend_from_slice(batch.bytes(cell));
        return Cell::side(cell.kind(), at, len);
    }
    if let Some((from, to, now)) = moved
        && start >= *from as usize
        && start + len <= *to as usize
    {
        return Cell::new(cell.kind(), start - *from as usize + *now as usize, len);
    }
    let quotes = usize::from(cell.kind() == Kind::Quoted && start > 0);
    let at = out.block.bytes.len();
    let source = batch.block.bytes.get(start - quotes..start + len + quotes).unwrap_or_default();
    out.block.bytes.extend_from_slice(source);
    Cell::new(cell.kind(), at + quotes, len)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Store, extract};
    use crate::core::data::testing::{csv, json, lines};
    use crate::core::format::Scratch;
    use crate::process::stage::Table;

    fn all(store: &Store) -> Vec<String> {
        (0..store.chunks()).flat_map(|chunk| lines(&store.chunk(chunk, &mut Scratch::default()).unwrap())).collect()
    }

    #[test]
    fn copies_raw_records_with_their_line_ends() {
        let store = Store::new(vec![csv("a,b\n1,x\n2,y", 0), csv("a,b\n3,z\n", 2)], vec![(0, 1), (1, 0), (0, 0)]);
        let chunk = store.chunk(0, &mut Scratch::default()).unwrap();
        assert_eq!(chunk.block.bytes, b"2,y\n3,z\n1,x\n");
        assert_eq!(chunk.raw.as_ref().unwrap().spans, [(0, 4), (4, 8), (8, 12)]);
        assert_eq!(lines(&chunk), ["a=2 b=y", "a=3 b=z", "a=1 b=x"]);
    }

    #[test]
    fn keeps_each_records_fields_in_order() {
        let batches =
            vec![json(&[&[("a", "1"), ("b", "\"x\"")], &[("b", "2")]], 0), json(&[&[("c", "3"), ("a", "4")]], 2)];
        let store = Store::new(batches, vec![(1, 0), (0, 1), (0, 0)]);
        assert_eq!(all(&store), ["c=3 a=4", "b=2", "a=1 b=x"]);
    }

    #[test]
    fn separates_sources() {
        let mut plain = csv("a\n2\n", 1);
        plain.raw = None;
        let store = Store::new(vec![csv("a\n1\n3\n", 0), plain], vec![(0, 0), (1, 0), (0, 1)]);
        assert_eq!(store.chunks(), 3);
        assert_eq!(all(&store), ["a=1", "a=2", "a=3"]);
    }

    #[test]
    fn extracts_rows() {
        assert_eq!(lines(&extract(&csv("a\n1\n2\n3\n", 5), &[2, 0], &mut Scratch::default())), ["a=3", "a=1"]);
    }
}
