//! A grid over the positions of cell and record ends: which records a block has, and where each of their cells is.
//!
//! Most blocks are regular: every record has as many cells as the header, so the list of positions is the grid as it stands,
//! with one entry in front, and record *r*'s cell *c* lies between entries `r * columns + c` and the next. Blocks with blank
//! lines or ragged records are copied into a grid of one more entry per record.

use crate::core::data::batch::Rejected;
use crate::core::data::cell::MAX_CELL;
use crate::core::data::irregular::{Irregular, Oddity};
use crate::core::format::{Fault, Ragged};
use crate::core::integer::narrow;
use crate::core::scan::delimited::Structure;

/// The cells of a block.
#[derive(Debug)]
pub(super) struct Grid {
    /// Positions: the one before a cell's first byte, and the one after its last.
    pub(super) index: Vec<u32>,
    /// Entries per record.
    pub(super) stride: usize,
    /// Number of records.
    pub(super) rows: usize,
    /// What is not among the records, or was changed to be.
    pub(super) irregular: Irregular,
    /// What broke the rules and is kept elsewhere.
    pub(super) rejected: Rejected,
}

/// What a grid is made for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape<'a> {
    /// Cells per record, at least one.
    pub(super) columns: usize,
    /// The byte that ends records.
    pub(super) terminator: u8,
    /// What to do with records of another length.
    pub(super) ragged: Ragged,
    /// Whether those that would be an error or left out are kept elsewhere.
    pub(super) rejects: bool,
    /// The byte that starts comments, which are no records.
    pub(super) comment: Option<u8>,
    /// What gave the number of columns, for messages.
    pub(super) authority: &'a str,
}

/// Makes a grid of `index`: the position before the first record, then those of all cell and record ends in
/// `bytes[..end]`. `spare` is a buffer for the copy, and comes back as the buffer that is not used.
pub(super) fn build(
    mut index: Vec<u32>,
    spare: &mut Vec<u32>,
    structure: Structure,
    bytes: &[u8],
    end: usize,
    shape: Shape<'_>,
) -> (Grid, Option<Fault>) {
    let ends_record = |at: u32| at as usize >= end || bytes.get(at as usize) == Some(&shape.terminator);
    let mut records = structure.records;
    let mut fault = None;
    let first = index.first().copied().unwrap_or(u32::MAX);
    let last = index.last().copied().unwrap_or(first);
    if structure.open {
        fault = Some(
            Fault::new(last.wrapping_add(1) as usize, "quoted cell is never closed")
                .hint("--quote CHAR names another quote"),
        );
        let kept = index.iter().skip(1).rposition(|at| ends_record(*at)).map_or(1, |at| at + 2);
        index.truncate(kept);
    } else if last.wrapping_add(1) as usize != end || (index.len() > 1 && !ends_record(last)) {
        index.push(narrow(end));
        records += 1;
    }
    let cells = index.len() - 1;
    let regular = shape.comment.is_none()
        && cells == records * shape.columns
        && (1..=records).all(|record| index.get(record * shape.columns).is_some_and(|at| ends_record(*at)));
    let mut grid = Grid {
        index,
        stride: shape.columns,
        rows: records,
        irregular: Irregular::default(),
        rejected: Rejected::default(),
    };
    if !regular {
        let mut copy = std::mem::take(spare);
        copy.clear();
        let copied = copy_rows(&grid.index, &mut copy, bytes, ends_record, shape);
        fault = copied.fault.or(fault);
        *spare = std::mem::replace(&mut grid.index, copy);
        let Copied { rows, irregular, rejected, .. } = copied;
        grid = Grid { stride: shape.columns + 1, rows, irregular, rejected, ..grid };
    }
    if end - first.wrapping_add(1) as usize > MAX_CELL {
        fault = limit_cells(&mut grid).or(fault);
    }
    (grid, fault)
}

/// The records that count: their number, what became of the others, and the fault that ended the copy.
#[derive(Debug, Default)]
struct Copied {
    rows: usize,
    irregular: Irregular,
    rejected: Rejected,
    fault: Option<Fault>,
}

/// Copies the records that count, with the position before each in front.
fn copy_rows(
    index: &[u32],
    copy: &mut Vec<u32>,
    bytes: &[u8],
    ends_record: impl Fn(u32) -> bool,
    shape: Shape<'_>,
) -> Copied {
    let mut copied = Copied::default();
    let mut rest = index;
    while let Some((&front, ends)) = rest.split_first() {
        let Some(count) = ends.iter().position(|at| ends_record(*at)).map(|at| at + 1) else {
            break;
        };
        let (ends, _) = ends.split_at(count);
        rest = rest.get(count..).unwrap_or_default();
        let (start, end) = (front.wrapping_add(1), ends.last().copied().unwrap_or_default());
        if shape.comment.is_some() && bytes.get(start as usize) == shape.comment.as_ref() {
            continue;
        }
        if ends.len() == shape.columns {
            copy.push(front);
            copy.extend_from_slice(ends);
            copied.rows += 1;
            continue;
        }
        let returned = end > start && bytes.get(end as usize - 1) == Some(&b'\r');
        let content_end = end - u32::from(returned);
        if ends.len() == 1 && content_end == start {
            copied.irregular.add(copied.rows, Oddity::Blank);
            continue;
        }
        match shape.ragged {
            Ragged::Error | Ragged::Skip if shape.rejects => {
                let stop = narrow((end as usize + 1).min(bytes.len()));
                copied.rejected.records.push((narrow(copied.rows), start, stop));
            }
            Ragged::Skip => copied.irregular.add(copied.rows, Oddity::Skipped),
            Ragged::Error => {
                copied.fault = Some(ragged_fault(start, ends.len(), shape));
                return copied;
            }
            Ragged::Pad => {
                copy.push(front);
                copy.extend(ends.iter().take(shape.columns));
                let oddity = if ends.len() < shape.columns { Oddity::Padded } else { Oddity::Cut };
                copied.irregular.add(copied.rows, oddity);
                copied.rows += 1;
                if oddity == Oddity::Padded {
                    copy.pop();
                    copy.extend(std::iter::repeat_n(content_end, shape.columns + 1 - ends.len()));
                }
            }
        }
    }
    copied
}

fn ragged_fault(start: u32, found: usize, shape: Shape<'_>) -> Fault {
    let fields = if found == 1 { "field" } else { "fields" };
    Fault::new(start as usize, format!("record has {found} {fields}, {} has {}", shape.authority, shape.columns)).hint(
        "--ragged pad fills missing fields with null, --ragged skip leaves such records out, --rejects FILE keeps them",
    )
}

/// Ends the grid before the first record with a cell that is too long to be one. Only asked of huge blocks.
fn limit_cells(grid: &mut Grid) -> Option<Fault> {
    for row in 0..grid.rows {
        let mut cells = grid.index.get(row * grid.stride..).unwrap_or_default().array_windows::<2>();
        let long = cells
            .by_ref()
            .take(grid.stride)
            .find(|[front, end]| end.saturating_sub(front.wrapping_add(1)) as usize > MAX_CELL);
        if let Some([front, _]) = long {
            grid.rows = row;
            return Some(Fault::new(front.wrapping_add(1) as usize, format!("cell is longer than {MAX_CELL} bytes")));
        }
    }
    None
}
