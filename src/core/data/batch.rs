//! A batch: the records of one block, as columns of cells.
//!
//! A batch owns its block, so it can wait for the drain or be kept by a sort. Columns are looked up by name in each
//! batch, because inputs may differ; a stage does that once per batch and then loops over rows.

use std::borrow::Cow;
use std::sync::Arc;

use crate::core::block::{Block, Origin};
use crate::core::data::cell::{Cell, Kind, MAX_CELL};
use crate::core::data::irregular::Irregular;
use crate::core::data::number::Number;
use crate::core::data::value::Value;
use crate::core::error::{Code, Error, Problem};
use crate::core::integer::narrow;
use crate::core::scan::number::parse_small_at;

/// One column: its name and a value for each record of the batch (selected or not).
#[derive(Debug, Clone)]
pub(crate) struct Column {
    /// The name as users write it.
    pub(crate) name: Arc<str>,
    /// The values, one per record.
    pub(crate) values: Values,
}

/// The values of a column.
#[derive(Debug, Clone)]
pub(crate) enum Values {
    /// Spans of the block or of the side buffer.
    Cells(Vec<Cell>),
    /// Computed numbers; none is null.
    Numbers(Vec<Option<Number>>),
}

impl Values {
    /// Whether any record has a value here, null or not.
    pub(crate) fn any(&self) -> bool {
        match self {
            Self::Cells(cells) => cells.iter().any(|cell| cell.kind() != Kind::Missing),
            Self::Numbers(_) => true,
        }
    }
}

/// Which records of a batch are still there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Selection {
    /// All of them.
    #[default]
    All,
    /// These, in this order, by index.
    Rows(Vec<u32>),
}

/// Which columns each record has, in which order, for records that differ (JSON). Without one, every record has
/// every column in column order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shapes {
    /// Each distinct order: column indices.
    pub(crate) orders: Vec<Vec<u32>>,
    /// For each record, which of `orders`.
    pub(crate) of_row: Vec<u32>,
}

/// How the raw text of records is written, so that an encoder knows whether it may copy it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// Delimited text with this delimiter and quote.
    Delimited {
        /// Between cells.
        delimiter: u8,
        /// Around cells.
        quote: u8,
    },
    /// JSON values.
    Json,
}

/// How the delimited records of an input are laid out. Its cells of kind `Bare`, `Quoted` and `QuotedRaw` are written so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Delimited {
    /// Between cells.
    pub(crate) delimiter: u8,
    /// Around cells.
    pub(crate) quote: u8,
    /// The columns of every raw record, in order, whether they were decoded or not.
    pub(crate) columns: Vec<Arc<str>>,
}

/// The raw text of each record in the block.
#[derive(Debug, Clone)]
pub(crate) struct Records {
    /// How it is written.
    pub(crate) dialect: Dialect,
    /// `(start, end)` of each record in `block.bytes`; a delimited record ends after its line end, a JSON value with
    /// its last byte.
    pub(crate) spans: Vec<(u32, u32)>,
}

/// What went wrong with one record of a batch; the records before it are good.
#[derive(Debug)]
pub(crate) struct RowFailure {
    /// The record, by its index in the batch (not in the selection).
    pub(crate) row: usize,
    /// What went wrong.
    pub(crate) error: Error,
}

/// Records that break the rules and are kept elsewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Rejected {
    /// The number of good records of the block before it, and `(start, end)` in `block.bytes`.
    pub(crate) records: Vec<(u32, u32, u32)>,
}

/// The records of one block.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// The input bytes.
    pub(crate) block: Block,
    /// The input of the records, where all are of one and no stage put them together anew.
    pub(crate) origin: Option<Arc<Origin>>,
    /// Computed bytes that cells may point into.
    pub(crate) side: Vec<u8>,
    /// Number of records, selected or not.
    pub(crate) rows: usize,
    /// How many records came before this batch in the run.
    pub(crate) first_row: u64,
    /// The number of each record in the run, where they do not follow each other from `first_row` on: records that
    /// come back from disk.
    pub(crate) ids: Option<Vec<u64>>,
    /// The records' raw text, as long as no stage has touched the columns.
    pub(crate) raw: Option<Records>,
    /// How the block is laid out, where it is delimited text with line feeds: tells an encoder of the same dialect that
    /// untouched cells may keep their source bytes. Stays when columns change.
    pub(crate) delimited: Option<Arc<Delimited>>,
    /// The columns.
    pub(crate) columns: Vec<Column>,
    /// Orders of records that differ.
    pub(crate) shapes: Option<Shapes>,
    /// The records that remain.
    pub(crate) selection: Selection,
    /// What is not among the records, or was changed to be.
    pub(crate) irregular: Irregular,
    /// What broke the rules, in order.
    pub(crate) rejected: Rejected,
}

impl Batch {
    /// Keeps only the selected records before this one. Selections of batches that stream are in input order.
    pub(crate) fn truncate(&mut self, row: usize) {
        match &mut self.selection {
            Selection::Rows(rows) => {
                let kept = rows.iter().position(|kept| *kept as usize >= row).unwrap_or(rows.len());
                rows.truncate(kept);
            }
            all @ Selection::All => *all = Selection::Rows((0..narrow(row.min(self.rows))).collect()),
        }
    }

    /// Replaces the values of a column, or adds one behind the others, and tells where it is. Orders stay as they are.
    pub(crate) fn put(&mut self, name: &Arc<str>, values: Values) -> usize {
        let at = self.find(name).unwrap_or(self.columns.len());
        match self.columns.get_mut(at) {
            Some(column) => column.values = values,
            None => self.columns.push(Column { name: Arc::clone(name), values }),
        }
        at
    }

    /// Gives each record the order of columns that `change` makes of the one it has, by what `variant` says of it. So the
    /// order in which columns are met does not depend on which records share a batch.
    pub(crate) fn reorder(&mut self, variant: impl Fn(usize) -> u8, change: impl Fn(u8, &mut Vec<u32>)) {
        let all = || vec![(0..narrow(self.columns.len())).collect()];
        let old = self.shapes.take().unwrap_or_else(|| Shapes { orders: all(), of_row: vec![0; self.rows] });
        let mut new = Shapes::default();
        let mut known: Vec<(u32, u8)> = Vec::new();
        for row in 0..self.rows {
            let of = (old.of_row.get(row).copied().unwrap_or(0), variant(row));
            let number = known.iter().position(|known| *known == of).unwrap_or_else(|| {
                let mut order = old.orders.get(of.0 as usize).cloned().unwrap_or_default();
                change(of.1, &mut order);
                known.push(of);
                new.orders.push(order);
                known.len() - 1
            });
            new.of_row.push(narrow(number));
        }
        self.shapes = Some(new);
    }

    /// The number of a record in the run.
    #[inline]
    pub(crate) fn id(&self, row: usize) -> u64 {
        match &self.ids {
            None => self.first_row + row as u64,
            Some(ids) => ids.get(row).copied().unwrap_or(u64::MAX),
        }
    }

    /// About the bytes of memory it takes.
    pub(crate) fn memory(&self) -> usize {
        let column = |column: &Column| match &column.values {
            Values::Cells(cells) => cells.capacity() * size_of::<Cell>(),
            Values::Numbers(numbers) => numbers.capacity() * size_of::<Option<Number>>(),
        };
        let spans = self.raw.as_ref().map_or(0, |raw| raw.spans.capacity() * 8);
        let shapes = self.shapes.as_ref().map_or(0, |shapes| shapes.of_row.capacity() * 4);
        let ids = self.ids.as_ref().map_or(0, |ids| ids.capacity() * 8);
        let columns: usize = self.columns.iter().map(column).sum();
        self.block.bytes.capacity() + self.side.capacity() + columns + spans + shapes + ids + 512
    }

    /// Where in the block a record, or something of it, starts; none where all of it was computed.
    pub(crate) fn start_of(&self, row: usize) -> Option<usize> {
        if let Some(raw) = &self.raw {
            return raw.spans.get(row).map(|(start, _)| *start as usize);
        }
        let start = |column: &Column| match &column.values {
            Values::Cells(cells) => {
                let cell = cells.get(row).filter(|cell| !cell.in_side() && cell.start() + cell.len() > 0)?;
                Some(cell.start())
            }
            Values::Numbers(_) => None,
        };
        self.columns.iter().filter_map(start).min()
    }

    /// Position of the column of that name.
    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| &*column.name == name)
    }

    /// Number of records that remain.
    pub(crate) fn selected(&self) -> usize {
        match &self.selection {
            Selection::All => self.rows,
            Selection::Rows(rows) => rows.len(),
        }
    }

    /// Indices of the records that remain, in order.
    pub(crate) fn rows(&self) -> RowIter<'_> {
        match &self.selection {
            Selection::All => RowIter::All(0..narrow(self.rows)),
            Selection::Rows(rows) => RowIter::Rows(rows.iter()),
        }
    }

    /// The source text a cell points at.
    #[inline]
    pub(crate) fn bytes(&self, cell: Cell) -> &[u8] {
        let from = if cell.in_side() { &self.side } else { &self.block.bytes };
        from.get(cell.start()..cell.start() + cell.len()).unwrap_or_default()
    }

    /// The short plain number that a cell's source text is, if it is one.
    #[inline]
    pub(crate) fn small(&self, cell: Cell) -> Option<(i64, u8)> {
        parse_small_at(self.source(cell), cell.start(), cell.len())
    }

    /// What a cell points into.
    #[inline]
    fn source(&self, cell: Cell) -> &[u8] {
        if cell.in_side() { &self.side } else { &self.block.bytes }
    }

    /// The text a cell stands for: unquoted and unescaped. Null is empty.
    pub(crate) fn text(&self, cell: Cell) -> Cow<'_, [u8]> {
        let bytes = self.bytes(cell);
        match cell.kind() {
            Kind::Missing | Kind::Null => Cow::Borrowed(b""),
            Kind::True => Cow::Borrowed(b"true"),
            Kind::False => Cow::Borrowed(b"false"),
            Kind::QuotedRaw => Cow::Owned(unquote(bytes)),
            Kind::TextRaw => Cow::Owned(unescape(bytes)),
            _ => Cow::Borrowed(bytes),
        }
    }

    /// The value a cell stands for.
    pub(crate) fn cell_value(&self, cell: Cell) -> Value<'_> {
        match cell.kind() {
            Kind::Missing => Value::Missing,
            Kind::Null => Value::Null,
            Kind::True => Value::Bool(true),
            Kind::False => Value::Bool(false),
            Kind::Bare | Kind::Quoted | Kind::QuotedRaw => Value::Bare(self.text(cell)),
            Kind::Number => Value::Literal(self.text(cell)),
            Kind::Text | Kind::TextRaw => Value::Text(self.text(cell)),
            Kind::Nested => Value::Nested(self.text(cell)),
        }
    }

    /// The value of a column in a record.
    pub(crate) fn value(&self, column: usize, row: usize) -> Value<'_> {
        self.columns.get(column).map_or(Value::Missing, |column| self.value_of(&column.values, row))
    }

    /// The value of a record in values that belong to this batch, whether or not they are one of its columns.
    pub(crate) fn value_of(&self, values: &Values, row: usize) -> Value<'_> {
        match values {
            Values::Cells(cells) => cells.get(row).map_or(Value::Missing, |cell| self.cell_value(*cell)),
            Values::Numbers(numbers) => match numbers.get(row) {
                Some(Some(number)) => Value::Number(*number),
                _ => Value::Null,
            },
        }
    }

    /// Puts a column in front whose every cell is this value.
    pub(crate) fn put_first(&mut self, name: &Arc<str>, value: &Value<'_>) {
        let cell = self.store(value);
        let values = Values::Cells(vec![cell; self.rows]);
        self.columns.insert(0, Column { name: Arc::clone(name), values });
        for order in self.shapes.iter_mut().flat_map(|shapes| &mut shapes.orders) {
            for column in order.iter_mut() {
                *column += 1;
            }
            order.insert(0, 0);
        }
    }

    /// Stores a value's text in the side buffer and returns a cell for it.
    pub(crate) fn store(&mut self, value: &Value<'_>) -> Cell {
        store(&mut self.side, value)
    }
}

/// Whether a value's text, stored at `start` of a side buffer, is within what a cell can span.
pub(crate) fn fits(start: usize, value: &Value<'_>) -> bool {
    let text = match value {
        Value::Literal(text) | Value::Bare(text) | Value::Text(text) | Value::Nested(text) => text.len(),
        _ => 0,
    };
    text <= MAX_CELL && u32::try_from(start).is_ok()
}

/// The error for a text that no cell can hold.
#[cold]
pub(crate) fn too_long() -> Problem {
    Problem::new(Code::Limit, format!("a value is longer than {} MiB", MAX_CELL >> 20))
}

/// Stores a value's text, which [`fits`], in a side buffer and returns a cell for it.
pub(crate) fn store(side: &mut Vec<u8>, value: &Value<'_>) -> Cell {
    let start = side.len();
    let kind = match value {
        Value::Missing => return Cell::MISSING,
        Value::Null => return Cell::NULL,
        Value::Bool(value) => return Cell::boolean(*value),
        Value::Number(number) => {
            number.write(side);
            Kind::Number
        }
        Value::Literal(text) => {
            side.extend_from_slice(text);
            Kind::Number
        }
        Value::Bare(text) => {
            side.extend_from_slice(text);
            Kind::Bare
        }
        Value::Text(text) => {
            side.extend_from_slice(text);
            Kind::Text
        }
        Value::Nested(text) => {
            side.extend_from_slice(text);
            Kind::Nested
        }
    };
    Cell::side(kind, start, side.len() - start)
}

/// Iterates over the indices of selected records.
#[derive(Debug)]
pub(crate) enum RowIter<'a> {
    /// All records.
    All(std::ops::Range<u32>),
    /// Listed ones.
    Rows(std::slice::Iter<'a, u32>),
}

impl Iterator for RowIter<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        match self {
            Self::All(range) => range.next().map(|row| row as usize),
            Self::Rows(rows) => rows.next().map(|row| *row as usize),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Self::All(range) => range.size_hint(),
            Self::Rows(rows) => rows.size_hint(),
        }
    }
}

/// The value of a source CSV cell with quotes: doubled quotes become one; a quote after the closing one, and all that
/// follows it, is literal, as is a quote inside an unquoted cell.
pub(crate) fn unquote(source: &[u8]) -> Vec<u8> {
    let Some((&quote, rest)) = source.split_first() else {
        return Vec::new();
    };
    let mut value = Vec::with_capacity(rest.len());
    let mut bytes = rest.iter().copied();
    while let Some(byte) = bytes.next() {
        if byte != quote {
            value.push(byte);
            continue;
        }
        match bytes.next() {
            Some(next) if next == quote => value.push(quote),
            Some(next) => {
                value.push(next);
                value.extend(bytes);
                break;
            }
            None => break,
        }
    }
    value
}

/// The text of the inside of a valid JSON string literal (RFC 8259 §7). A lone surrogate becomes U+FFFD.
pub(crate) fn unescape(source: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(source.len());
    let mut rest = source;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        let (before, escaped) = rest.split_at_checked(at).unwrap_or_default();
        text.extend_from_slice(before);
        let [_, escape, after @ ..] = escaped else { return text };
        rest = after;
        match escape {
            b'n' => text.push(b'\n'),
            b't' => text.push(b'\t'),
            b'r' => text.push(b'\r'),
            b'b' => text.push(8),
            b'f' => text.push(12),
            b'u' => {
                let high = hex4(rest);
                rest = rest.get(4..).unwrap_or_default();
                let mut code = high;
                if (0xD800..0xDC00).contains(&high)
                    && let [b'\\', b'u', after @ ..] = rest
                {
                    let low = hex4(after);
                    if (0xDC00..0xE000).contains(&low) {
                        code = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
                        rest = rest.get(6..).unwrap_or_default();
                    }
                }
                let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
                text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
            other => text.push(*other),
        }
    }
    text.extend_from_slice(rest);
    text
}

fn hex4(bytes: &[u8]) -> u32 {
    bytes.iter().take(4).fold(0, |code, byte| code * 16 + (*byte as char).to_digit(16).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::{unescape, unquote};

    #[test]
    fn unquotes_as_tolerant_readers_do() {
        assert_eq!(unquote(b"\"a\"\"b\""), b"a\"b");
        assert_eq!(unquote(b"\"a\"b\"c"), b"ab\"c");
        assert_eq!(unquote(b"\"\""), b"");
    }

    #[test]
    fn unescapes_surrogate_pairs() {
        assert_eq!(unescape(br"a\u00e9\ud83d\ude00\n\\"), "aé😀\n\\".as_bytes());
        assert_eq!(unescape(br"\ud83dx"), "\u{FFFD}x".as_bytes());
    }
}
