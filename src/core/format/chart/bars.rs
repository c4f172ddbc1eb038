//! Horizontal bars: one per record, one block of them per charted column, with the labels and the value as text.

use crate::core::format::cells::{BOLD, PLAIN, pad, shorten};
use crate::core::format::chart::{CYAN, Cell, Records, Screen};
use crate::core::integer::{float, to_index, whole};

/// Between columns.
const GAP: usize = 2;

/// A bar is never given less room than this.
const LEAST: usize = 20;

/// Blocks of one to eight eighths, from the left.
const EIGHTHS: [&str; 8] = ["▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"];

/// Appends the bars. Labels are shortened only on a terminal.
pub(super) fn draw(records: &Records, screen: Screen, out: &mut Vec<u8>) {
    for (index, column) in records.charted.iter().enumerate() {
        if index > 0 {
            out.push(b'\n');
        }
        Block::new(records, *column, screen).draw(out);
    }
}

/// Which side of its column a label stands at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Align {
    Left,
    Right,
}

/// A column of labels.
#[derive(Debug, Clone, Copy)]
struct LabelColumn {
    column: usize,
    width: usize,
    align: Align,
}

/// The bars of one column.
struct Block<'a> {
    records: &'a Records,
    column: usize,
    labels: Vec<LabelColumn>,
    /// Width of the values.
    value: usize,
    scale: Scale,
    color: bool,
}

/// How values become lengths, in eighths of a character.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Scale {
    /// Eighths for each unit.
    unit: f64,
    /// Characters left of zero.
    left: usize,
}

impl Scale {
    /// The scale for values from `low` to `high` in `room` characters.
    fn new(low: f64, high: f64, room: usize) -> Self {
        let (low, high) = (low.min(0.0), high.max(0.0));
        let span = high - low;
        if span <= 0.0 || !span.is_finite() {
            return Self { unit: 0.0, left: 0 };
        }
        let left = if low < 0.0 { to_index(whole((float(room as u64) * -low / span).ceil())) } else { 0 };
        let right = room.saturating_sub(left);
        // The longer side is as long as the room for it allows.
        let unit =
            |room: usize, extent: f64| if extent > 0.0 { float(room as u64) * 8.0 / extent } else { f64::INFINITY };
        Self { unit: unit(left, -low).min(unit(right, high)), left }
    }

    /// The bar of a value, with the space left of it.
    fn bar(self, value: f64) -> String {
        let mut eighths = to_index(whole((value.abs() * self.unit).round()));
        if eighths == 0 && value != 0.0 && self.unit > 0.0 {
            eighths = 1;
        }
        if value < 0.0 {
            // There are no blocks that grow from the right, so these lengths are whole.
            let length = eighths.div_ceil(8).min(self.left);
            return " ".repeat(self.left - length) + &"█".repeat(length);
        }
        let mut bar = " ".repeat(self.left) + &"█".repeat(eighths / 8);
        bar.push_str((eighths % 8).checked_sub(1).and_then(|rest| EIGHTHS.get(rest)).copied().unwrap_or(""));
        bar
    }
}

impl<'a> Block<'a> {
    fn new(records: &'a Records, column: usize, screen: Screen) -> Self {
        let width = screen.width;
        let widest = |column: usize| {
            let cells = (0..records.count).map(|row| records.cell(column, row).width);
            cells.max().unwrap_or(0).max(records.name(column).1)
        };
        let value = widest(column);
        let mut labels: Vec<LabelColumn> = records
            .labels
            .iter()
            .map(|column| LabelColumn {
                column: *column,
                width: widest(*column),
                align: if records.is_number(*column) { Align::Right } else { Align::Left },
            })
            .collect();
        let used = |labels: &[LabelColumn]| labels.iter().map(|label| label.width + GAP).sum::<usize>() + value + GAP;
        if screen.fits && used(&labels) + LEAST > width {
            let share = width.saturating_sub(LEAST + value + GAP) / labels.len().max(1);
            for label in &mut labels {
                label.width = label.width.min(share.saturating_sub(GAP).max(4));
            }
        }
        let room = width.saturating_sub(used(&labels)).max(LEAST);
        let values = || (0..records.count).filter_map(|row| records.cell(column, row).value);
        let scale = Scale::new(values().fold(0.0, f64::min), values().fold(0.0, f64::max), room);
        Self { records, column, labels, value, scale, color: screen.color }
    }

    fn draw(&self, out: &mut Vec<u8>) {
        let records = self.records;
        if self.color {
            out.extend_from_slice(BOLD);
        }
        for label in &self.labels {
            let (text, taken) = records.name(label.column);
            put_label(text, taken, *label, out);
        }
        let (name, taken) = records.name(self.column);
        pad(self.value - taken, out);
        out.extend_from_slice(name.as_bytes());
        if self.color {
            out.extend_from_slice(PLAIN);
        }
        out.push(b'\n');
        for row in 0..records.count {
            for label in &self.labels {
                let Cell { text, width, .. } = records.cell(label.column, row);
                put_label(text, *width, *label, out);
            }
            let cell = records.cell(self.column, row);
            pad(self.value - cell.width, out);
            out.extend_from_slice(cell.text.as_bytes());
            let bar = cell.value.map(|value| self.scale.bar(value)).unwrap_or_default();
            if !bar.is_empty() {
                pad(GAP, out);
                if self.color {
                    out.extend_from_slice(CYAN);
                }
                out.extend_from_slice(bar.as_bytes());
                if self.color {
                    out.extend_from_slice(PLAIN);
                }
            }
            let end = out.trim_ascii_end().len();
            out.truncate(end);
            out.push(b'\n');
        }
    }
}

/// Appends a label, shortened to its column, and the gap behind it.
fn put_label(text: &str, taken: usize, column: LabelColumn, out: &mut Vec<u8>) {
    let (text, taken) = shorten(text, taken, column.width);
    let space = column.width.saturating_sub(taken);
    if column.align == Align::Right {
        pad(space, out);
    }
    out.extend_from_slice(text.as_bytes());
    if column.align == Align::Left {
        pad(space, out);
    }
    pad(GAP, out);
}

#[cfg(test)]
mod tests {
    use super::Scale;

    #[test]
    fn lengths_follow_values() {
        let scale = Scale::new(0.0, 16.0, 2);
        assert_eq!([0.0, 1.0, 8.0, 12.0, 16.0].map(|value| scale.bar(value)), ["", "▏", "█", "█▌", "██"]);
        assert_eq!(scale.bar(0.001), "▏", "what is there is seen");
    }

    #[test]
    fn negative_values_stand_left_of_zero() {
        let scale = Scale::new(-10.0, 30.0, 8);
        assert_eq!(
            [-10.0, -5.0, 0.0, 15.0, 30.0].map(|value| scale.bar(value)),
            ["██", " █", "  ", "  ███", "  ██████"]
        );
    }

    #[test]
    fn nothing_to_scale_is_no_bar() {
        assert_eq!(Scale::new(0.0, 0.0, 9).bar(0.0), "");
        assert_eq!(Scale::new(f64::MIN, f64::MAX, 9).bar(1.0), "");
    }
}
