//! Flattening: nested objects become columns, for outputs that are flat.
//!
//! A member of an object in column `name` goes to column `name.key`, to any depth; arrays and empty objects stay JSON
//! text. The result depends on the records alone, never on which of them share a batch: a record with an object fills
//! the columns of its members, one with anything else fills `name`, and columns stand in the order in which the records
//! first have them. Two values of one record for one column are an error.

use std::ops::Range;
use std::sync::Arc;

use hashbrown::HashMap;

use crate::core::data::batch::{Batch, Column, RowFailure, Values};
use crate::core::data::cell::{Cell, Kind};
use crate::core::error::{Code, Problem, Result};
use crate::core::format::json::path::{MemberSpans, key_text, member_spans, value_end};
use crate::core::format::json::pretty::compact;
use crate::core::integer::narrow;

/// Spreads the objects of a batch over columns, and makes the JSON text that stays compact, so that it keeps to one line.
/// Only the selected records are looked at. Where one of them fails, the batch is as it was, so that the caller can
/// take the records before it.
pub(crate) fn flatten(batch: &mut Batch) -> Result<(), RowFailure> {
    spread(batch)?;
    for column in 0..batch.columns.len() {
        compact_nested(batch, column);
    }
    Ok(())
}

/// Rewrites the nested cells of a column without blanks between their tokens.
fn compact_nested(batch: &mut Batch, column: usize) {
    let Some(Values::Cells(cells)) = batch.columns.get_mut(column).map(|column| &mut column.values) else { return };
    if !cells.iter().any(|cell| cell.kind() == Kind::Nested) {
        return;
    }
    let mut cells = std::mem::take(cells);
    for cell in cells.iter_mut().filter(|cell| cell.kind() == Kind::Nested) {
        let source = batch.bytes(*cell);
        if source.iter().any(u8::is_ascii_whitespace) {
            let mut text = Vec::with_capacity(source.len());
            compact(source, &mut text);
            *cell = Cell::side(Kind::Nested, batch.side.len(), text.len());
            batch.side.append(&mut text);
        }
    }
    if let Some(column) = batch.columns.get_mut(column) {
        column.values = Values::Cells(cells);
    }
}

/// Spreads objects. Without objects nothing is done.
fn spread(batch: &mut Batch) -> Result<(), RowFailure> {
    if !batch.columns.iter().any(|column| has_objects(batch, column)) {
        return Ok(());
    }
    let mut flat = Flat { batch, nodes: Vec::new(), outputs: Vec::new(), by_name: HashMap::default() };
    let roots: Vec<usize> = batch.columns.iter().map(|column| flat.node(Arc::clone(&column.name))).collect();
    let every: Vec<u32> = (0..narrow(batch.columns.len())).collect();
    for row in batch.rows() {
        let order = match &batch.shapes {
            Some(shapes) => {
                let shape = shapes.of_row.get(row).copied().unwrap_or_default();
                shapes.orders.get(shape as usize).unwrap_or(&every)
            }
            None => &every,
        };
        for column in order {
            if let (Some(source), Some(root)) = (batch.columns.get(*column as usize), roots.get(*column as usize)) {
                flat.field(*root, row, source).map_err(|error| RowFailure { row, error })?;
            }
        }
    }
    let outputs = std::mem::take(&mut flat.outputs);
    let columns = outputs.into_iter().map(|output| output.column(batch.rows)).collect();
    batch.columns = columns;
    batch.raw = None;
    batch.shapes = None;
    Ok(())
}

fn has_objects(batch: &Batch, column: &Column) -> bool {
    match &column.values {
        Values::Cells(cells) => batch.rows().any(|row| cells.get(row).is_some_and(|cell| is_object(batch, *cell))),
        Values::Numbers(_) => false,
    }
}

/// Whether a cell is an object with members.
fn is_object(batch: &Batch, cell: Cell) -> bool {
    cell.kind() == Kind::Nested && {
        let text = batch.bytes(cell);
        text.first() == Some(&b'{') && member_spans(text).next().is_some()
    }
}

/// A place in the records: a column, or a member of an object in one.
struct Node {
    name: Arc<str>,
    /// By the source text of the key.
    children: HashMap<Vec<u8>, usize, foldhash::fast::RandomState>,
    /// The column it fills, once it has been seen.
    output: Option<usize>,
}

/// A column of the result.
struct Output {
    name: Arc<str>,
    values: Values,
    /// Which node filled it last.
    owner: usize,
}

impl Output {
    fn column(self, rows: usize) -> Column {
        let values = match self.values {
            Values::Cells(mut cells) => {
                cells.resize(rows, Cell::MISSING);
                Values::Cells(cells)
            }
            numbers @ Values::Numbers(_) => numbers,
        };
        Column { name: self.name, values }
    }
}

struct Flat<'a> {
    batch: &'a Batch,
    nodes: Vec<Node>,
    outputs: Vec<Output>,
    by_name: HashMap<Arc<str>, usize, foldhash::fast::RandomState>,
}

impl Flat<'_> {
    fn node(&mut self, name: Arc<str>) -> usize {
        self.nodes.push(Node { name, children: HashMap::default(), output: None });
        self.nodes.len() - 1
    }

    /// Spreads one field of a record.
    fn field(&mut self, root: usize, row: usize, source: &Column) -> Result<()> {
        let cells = match &source.values {
            Values::Cells(cells) => cells,
            numbers @ Values::Numbers(_) => {
                let output = self.output(root);
                return match self.outputs.get_mut(output) {
                    Some(output) if output.owner == root => {
                        // They serve all records, so the first that comes by takes them.
                        if let Values::Cells(_) = output.values {
                            output.values = numbers.clone();
                        }
                        Ok(())
                    }
                    _ => Err(self.collision(root)),
                };
            }
        };
        let cell = cells.get(row).copied().unwrap_or(Cell::MISSING);
        if is_object(self.batch, cell) { self.spread(root, row, cell) } else { self.put(root, row, cell) }
    }

    /// Spreads an object. Objects in objects wait on a stack of iterators, not of calls.
    fn spread(&mut self, root: usize, row: usize, cell: Cell) -> Result<()> {
        struct Level<'a> {
            node: usize,
            text: &'a [u8],
            /// Where the text starts in the cell's buffer.
            start: usize,
            members: MemberSpans<'a>,
        }
        let text = self.batch.bytes(cell);
        let mut levels = vec![Level { node: root, text, start: cell.start(), members: member_spans(text) }];
        while let Some(level) = levels.last_mut() {
            let Some((key, value)) = level.members.next() else {
                levels.pop();
                continue;
            };
            let (node, text, start) = (level.node, level.text, level.start);
            let child = self.child(node, text.get(key).unwrap_or_default());
            let inner = cell_at(cell.in_side(), text, start, value);
            if is_object(self.batch, inner) {
                let text = self.batch.bytes(inner);
                levels.push(Level { node: child, text, start: inner.start(), members: member_spans(text) });
            } else {
                self.put(child, row, inner)?;
            }
        }
        Ok(())
    }

    fn child(&mut self, node: usize, key: &[u8]) -> usize {
        let parent = self.nodes.get(node);
        if let Some(child) = parent.and_then(|parent| parent.children.get(key)) {
            return *child;
        }
        let text = key_text(key);
        let prefix = parent.map_or("", |parent| &parent.name);
        let name: Arc<str> = Arc::from(format!("{prefix}.{}", String::from_utf8_lossy(&text)));
        let known = parent.and_then(|parent| parent.children.get(&*text)).copied();
        let text = text.into_owned();
        let child = known.unwrap_or_else(|| self.node(name));
        if let Some(parent) = self.nodes.get_mut(node) {
            // A key written with escapes is the same key.
            parent.children.insert(key.to_vec(), child);
            if !text.contains(&b'\\') {
                parent.children.entry(text).or_insert(child);
            }
        }
        child
    }

    /// The column that a node fills, added behind the others where it is new.
    fn output(&mut self, node: usize) -> usize {
        if let Some(output) = self.nodes.get(node).and_then(|node| node.output) {
            return output;
        }
        let name = self.nodes.get(node).map_or_else(|| Arc::from(""), |node| Arc::clone(&node.name));
        let output = *self.by_name.entry(Arc::clone(&name)).or_insert(self.outputs.len());
        if output == self.outputs.len() {
            self.outputs.push(Output { name, values: Values::Cells(Vec::new()), owner: node });
        }
        if let Some(node) = self.nodes.get_mut(node) {
            node.output = Some(output);
        }
        output
    }

    /// Puts a value of record `row` into the column of a node.
    fn put(&mut self, node: usize, row: usize, cell: Cell) -> Result<()> {
        let output = self.output(node);
        let Some(Output { values: Values::Cells(cells), owner, .. }) = self.outputs.get_mut(output) else {
            return Err(self.collision(node));
        };
        if cells.len() < row {
            cells.resize(row, Cell::MISSING);
        }
        match cells.get_mut(row) {
            None => {
                cells.push(cell);
                *owner = node;
            }
            // A key that comes twice in an object: the last value counts.
            Some(last) if *owner == node || last.kind() == Kind::Missing => {
                *last = cell;
                *owner = node;
            }
            Some(_) if cell.kind() == Kind::Missing => {}
            Some(_) => return Err(self.collision(node)),
        }
        Ok(())
    }

    #[cold]
    fn collision(&self, node: usize) -> crate::core::error::Error {
        let name = self.nodes.get(node).map_or("", |node| &node.name);
        Problem::new(Code::Data, format!("flattening gives a record two values for the column '{name}'"))
            .hint("rename or drop one of them first")
            .into()
    }
}

/// The cell over the valid value at `value` of `text`, which starts at `start` of its buffer.
pub(crate) fn cell_at(side: bool, text: &[u8], start: usize, value: Range<usize>) -> Cell {
    let at = start + value.start;
    let source = text.get(value).unwrap_or_default();
    debug_assert_eq!(value_end(source, 0), source.len());
    let (kind, at, length) = match source.first() {
        None => return Cell::MISSING,
        Some(b'n') => return Cell::NULL,
        Some(b't') => (Kind::True, at, source.len()),
        Some(b'f') => (Kind::False, at, source.len()),
        Some(b'{' | b'[') => (Kind::Nested, at, source.len()),
        Some(b'"') => {
            let escaped = memchr::memchr(b'\\', source).is_some();
            (if escaped { Kind::TextRaw } else { Kind::Text }, at + 1, source.len().saturating_sub(2))
        }
        Some(_) => (Kind::Number, at, source.len()),
    };
    if side { Cell::side(kind, at, length) } else { Cell::new(kind, at, length) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::flatten;
    use crate::core::block::Block;
    use crate::core::data::batch::{Batch, Column, Selection, Values};
    use crate::core::data::cell::{Cell, Kind};
    use crate::core::data::number::Number;
    use crate::core::format::{Projection, ReadOptions, Scratch, WriteOptions, jsonl};

    fn batch(text: &str) -> Batch {
        let reader = jsonl::ROW.item.reader.unwrap()(&ReadOptions::default()).unwrap();
        let decoder = reader.open(text.as_bytes(), true).unwrap().decoder;
        let block = Block { bytes: text.into(), end: text.len(), last: true, ..Block::default() };
        decoder.decode(block, &Projection::default(), &mut Scratch::default()).0
    }

    fn flat(text: &str) -> (Vec<String>, String) {
        let mut batch = batch(text);
        flatten(&mut batch).unwrap();
        let names = batch.columns.iter().map(|column| column.name.to_string()).collect();
        let mut out = Vec::new();
        jsonl::ROW.item.encoder.unwrap()(&WriteOptions::default()).unwrap().records(&batch, &[], &mut out).unwrap();
        (names, String::from_utf8(out).unwrap())
    }

    #[test]
    fn spreads_objects_in_the_order_of_the_records() {
        let (names, records) = flat(concat!(
            r#"{"u":{"x":1,"d":{"e":"a\n"}},"b":[{"c":1}]}"#,
            r#"{"u":{"y":null,"\u0078":2},"b":{}} {"u":7,"z":true}"#
        ));
        assert_eq!(names, ["u.x", "u.d.e", "b", "u.y", "u", "z"]);
        assert_eq!(
            records,
            concat!(
                r#"{"u.x":1,"u.d.e":"a\n","b":[{"c":1}]}"#,
                "\n",
                r#"{"u.x":2,"b":{},"u.y":null}"#,
                "\n",
                r#"{"u":7,"z":true}"#,
                "\n"
            )
        );
    }

    #[test]
    fn two_values_for_a_column_are_an_error() {
        assert!(flatten(&mut batch(r#"{"a":{"b":1},"a.b":2}"#)).is_err());
        assert!(flatten(&mut batch(r#"{"a.b":2,"a":{"b":1}}"#)).is_err());
        assert!(flatten(&mut batch(r#"{"a":{"b.c":1,"b":{"c":2}}}"#)).is_err());
        assert_eq!(flat(r#"{"a":{"b":1}} {"a.b":2}"#).1, "{\"a.b\":1}\n{\"a.b\":2}\n");
        assert_eq!(flat(r#"{"a":{"b":1,"b":2}}"#).1, "{\"a.b\":2}\n");
    }

    #[test]
    fn only_selected_records_count() {
        let text = r#"{"a":{"b":1},"a.b":2} {"a":1} {"a":{"b":3}} {"a":{"b":1},"a.b":2}"#;
        let mut batch = batch(text);
        batch.selection = Selection::Rows(vec![2, 1]);
        flatten(&mut batch).unwrap();
        let names: Vec<&str> = batch.columns.iter().map(|column| &*column.name).collect();
        assert_eq!(names, ["a.b", "a"]);
        assert_eq!((&*batch.value(0, 2).to_text(), &*batch.value(1, 1).to_text()), (&b"3"[..], &b"1"[..]));
    }

    #[test]
    fn a_failure_names_the_record_and_changes_nothing() {
        let mut batch = batch(r#"{"a":{"b":0}} {"a":{"b":1},"a.b":2} {"a":{"b":3}} {"a":{"b":4},"a.b":5}"#);
        batch.selection = Selection::Rows(vec![0, 2, 3]);
        assert_eq!(flatten(&mut batch).err().map(|failure| failure.row), Some(3));
        batch.selection = Selection::Rows(vec![0, 2]);
        flatten(&mut batch).unwrap();
        assert_eq!(batch.value(0, 2).to_text(), b"3".as_slice());
    }

    #[test]
    fn computed_numbers_keep_their_place() {
        let mut batch = batch(r#"{"a":{"b":1},"c":2} {"a":{"b":3},"c":4}"#);
        batch.shapes = None;
        let numbers = vec![Some(Number::int(7)), Some(Number::int(8))];
        batch.columns.push(Column { name: "n".into(), values: Values::Numbers(numbers) });
        flatten(&mut batch).unwrap();
        assert_eq!(batch.value(2, 1).to_text(), b"8".as_slice());
    }

    #[test]
    fn computed_text_is_spread_too() {
        let mut batch = batch("{\"a\":1}");
        batch.side = br#"xx{"k":{"l":"v"}}"#.to_vec();
        let cell = Cell::side(Kind::Nested, 2, 15);
        batch.columns.push(Column { name: "o".into(), values: Values::Cells(vec![cell]) });
        flatten(&mut batch).unwrap();
        assert_eq!(&*batch.columns[1].name, "o.k.l");
        assert_eq!(batch.value(1, 0).to_text(), b"v".as_slice());
    }
}
