//! Sparklines: one line of eight heights per charted column and group, from its least to its greatest value.
//!
//! Points stand where their time first came; a group without a value there has a gap. Where there are more points than
//! room, each character stands for the mean of some that follow each other.

use std::collections::HashMap;

use crate::core::format::cells::{BOLD, PLAIN, pad};
use crate::core::format::chart::{CYAN, Cell, Records, Screen};
use crate::core::integer::{float, to_index, whole};

/// Heights of a value.
const HEIGHTS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/// A sparkline is never given less room than this.
const LEAST: usize = 10;

/// One line: its name, its points in place, and what is said behind it.
struct Line {
    name: String,
    width: usize,
    points: Vec<Option<f64>>,
    told: String,
}

/// Appends the sparklines.
pub(super) fn draw(records: &Records, screen: Screen, out: &mut Vec<u8>) {
    let (places, count) = places(records);
    let mut lines = Vec::new();
    for column in &records.charted {
        for (label, rows) in groups(records) {
            lines.push(line(records, *column, &label, &rows, (&places, count)));
        }
    }
    if let (Some(time), true) = (records.labels.first(), records.count > 0) {
        let ends = [0, records.count - 1].map(|row| records.cell(*time, row).text.as_str());
        let text = format!("{}: {} to {}, {count} points\n", records.name(*time).0, ends[0], ends[1]);
        out.extend_from_slice(text.as_bytes());
    }
    let names = lines.iter().map(|line| line.width).max().unwrap_or(0);
    let told = lines.iter().map(|line| line.told.len()).max().unwrap_or(0);
    let room = screen.width.saturating_sub(names + 2 + 2 + told).max(LEAST);
    for line in &lines {
        if screen.color {
            out.extend_from_slice(BOLD);
        }
        out.extend_from_slice(line.name.as_bytes());
        if screen.color {
            out.extend_from_slice(PLAIN);
        }
        pad(names - line.width + 2, out);
        if screen.color {
            out.extend_from_slice(CYAN);
        }
        out.extend_from_slice(spark(&line.points, room).as_bytes());
        if screen.color {
            out.extend_from_slice(PLAIN);
        }
        out.extend_from_slice(b"  ");
        out.extend_from_slice(line.told.as_bytes());
        out.push(b'\n');
    }
}

/// The place of each record on the line, and how many places there are.
fn places(records: &Records) -> (Vec<usize>, usize) {
    let Some(time) = records.labels.first() else { return ((0..records.count).collect(), records.count) };
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let mut places = Vec::with_capacity(records.count);
    for row in 0..records.count {
        let next = seen.len();
        places.push(*seen.entry(&records.cell(*time, row).text).or_insert(next));
    }
    (places, seen.len())
}

/// The records of each value of the labels behind the time, in order of first appearance.
fn groups(records: &Records) -> Vec<(String, Vec<usize>)> {
    let mut index: HashMap<String, usize> = HashMap::new();
    let mut groups: Vec<(String, Vec<usize>)> = Vec::new();
    for row in 0..records.count {
        let labels = records.labels.iter().skip(1).map(|label| records.cell(*label, row).text.as_str());
        let label = labels.collect::<Vec<_>>().join(" ");
        let at = *index.entry(label.clone()).or_insert(groups.len());
        match groups.get_mut(at) {
            Some((_, rows)) => rows.push(row),
            None => groups.push((label, vec![row])),
        }
    }
    groups
}

fn line(records: &Records, column: usize, label: &str, rows: &[usize], places: (&[usize], usize)) -> Line {
    let (name, width) = records.name(column);
    let mut points = vec![None; places.1];
    let cells: Vec<&Cell> = rows.iter().map(|row| records.cell(column, *row)).collect();
    for (row, cell) in rows.iter().zip(&cells) {
        let place = places.0.get(*row).and_then(|place| points.get_mut(*place));
        if let (Some(point), Some(value)) = (place, cell.value) {
            *point = Some(value);
        }
    }
    let valued = || cells.iter().filter_map(|cell| Some((cell.value?, cell.text.as_str())));
    let text = |found: Option<(f64, &str)>| found.map_or_else(String::new, |(_, text)| text.to_string());
    let least = text(valued().min_by(|left, right| left.0.total_cmp(&right.0)));
    let most = text(valued().max_by(|left, right| left.0.total_cmp(&right.0)));
    let told = format!("min {least}  max {most}  last {}", text(valued().next_back()));
    let (name, width) = if label.is_empty() {
        (name.to_string(), width)
    } else {
        let name = format!("{label} {name}");
        let width = unicode_width::UnicodeWidthStr::width(name.as_str());
        (name, width)
    };
    Line { name, width, points, told }
}

/// The line of heights, at most `room` characters.
fn spark(points: &[Option<f64>], room: usize) -> String {
    let count = points.len().min(room);
    let means: Vec<Option<f64>> = (0..count)
        .map(|at| {
            let (from, to) = (at * points.len() / count, (at + 1) * points.len() / count);
            let some: Vec<f64> = points.get(from..to).unwrap_or_default().iter().copied().flatten().collect();
            (!some.is_empty()).then(|| some.iter().sum::<f64>() / float(some.len() as u64))
        })
        .collect();
    let low = means.iter().copied().flatten().fold(f64::INFINITY, f64::min);
    let high = means.iter().copied().flatten().fold(f64::NEG_INFINITY, f64::max);
    let height = |value: f64| {
        let part = if high > low { (value - low) / (high - low) } else { 0.0 };
        HEIGHTS.get(to_index(whole((part * 7.0).round()))).copied().unwrap_or(" ")
    };
    means.iter().map(|mean| mean.map_or(" ", height)).collect()
}

#[cfg(test)]
mod tests {
    use super::spark;

    #[test]
    fn heights_run_from_the_least_to_the_greatest() {
        assert_eq!(spark(&[Some(1.0), Some(3.0), None, Some(8.0), Some(5.0)], 80), "▁▃ █▅");
        assert_eq!(spark(&[Some(5.0), Some(5.0)], 80), "▁▁");
        assert_eq!(spark(&[], 80), "");
    }

    #[test]
    fn what_does_not_fit_is_averaged() {
        assert_eq!(spark(&[Some(0.0), Some(2.0), Some(7.0), Some(9.0)], 2), "▁█");
    }
}
