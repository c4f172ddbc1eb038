//! Tables for people: aligned columns under a header and a rule.
//!
//! A table fits the terminal where there is one: the widest columns are shortened, and where even that is not enough
//! the last columns are left out, which the last line says. In a pipe nothing is ever cut.

use std::io::Write;
use std::sync::Arc;

use crate::core::data::batch::Batch;
use crate::core::error::Result;
use crate::core::format::cells::{BOLD, Class, DIM, Escape, Look, PLAIN, pad, shorten as fit_text};
use crate::core::format::widths::{Measure, Shown, print, survey, write};
use crate::core::format::{Encoder, Format, Layout, Spool, WriteOptions};
use crate::core::output::writer::fault;
use crate::core::registry::{Example, Row};

/// The row of the table.
pub(crate) const ROW: Row<Format> = Row {
    name: "table",
    aliases: &[],
    usage: "-t, -f table",
    summary: "Aligned columns for people; fitted to the terminal, never cut in a pipe",
    examples: &[Example {
        input: r#"[{"user":"ann","n":10},{"user":"bo","n":7}]"#,
        output: "user   n\n────  ──\nann   10\nbo     7\n",
    }],
    item: Format { encoder: Some(encoder), write_flags: &["null-value"], ..Format::NONE },
};

/// Between columns.
const GAP: usize = 2;
/// A text column is not made narrower than this while others can give.
const COMFORT: usize = 16;
/// No column is made narrower than this; rather columns are left out.
const FLOOR: usize = 6;

#[expect(clippy::unnecessary_wraps, reason = "the table's signature, which other encoders need")]
fn encoder(options: &WriteOptions) -> Result<Box<dyn Encoder>> {
    let null = options.null_value.clone().unwrap_or_else(|| String::from(if options.color { "null" } else { "" }));
    Ok(Box::new(Table { width: options.width, color: options.color, precision: options.precision, null }))
}

struct Table {
    width: Option<usize>,
    color: bool,
    precision: Option<u8>,
    null: String,
}

impl Encoder for Table {
    fn layout(&self) -> Layout {
        Layout::Widths
    }

    fn start(&self, _: &[Arc<str>], _: Option<&[u8]>, _: &mut Vec<u8>) {}

    fn records(&self, batch: &Batch, columns: &[Arc<str>], out: &mut Vec<u8>) -> Result<()> {
        write(batch, columns, Look { escape: Escape::Control, precision: self.precision }, out);
        Ok(())
    }

    fn unspool(&self, spool: &mut dyn Spool, _: usize, columns: &[Arc<str>], out: &mut dyn Write) -> Result<()> {
        if columns.is_empty() {
            return Ok(());
        }
        let measures = survey(spool, columns, Escape::Control)?;
        let (widths, hidden) = fit(&measures, self.null.len(), self.width);
        let mut put = |text: &[u8]| out.write_all(text).map_err(|error| fault("output", &error));
        let mut head = Vec::new();
        self.header(&measures, &widths, hidden, &mut head);
        put(&head)?;
        print(spool, |cells, text| self.line(cells, &measures, &widths, hidden, text), &mut put)?;
        if hidden > 0 {
            let plural = if hidden == 1 { "" } else { "s" };
            put(format!("… {hidden} more column{plural}; -f vertical shows all\n").as_bytes())?;
        }
        Ok(())
    }

    fn end(&self, _: u64, _: &mut Vec<u8>) {}
}

impl Table {
    fn header(&self, measures: &[Measure], widths: &[usize], hidden: usize, out: &mut Vec<u8>) {
        let mut line = Line::new(out);
        for (measure, width) in measures.iter().zip(widths) {
            let style = if self.color { BOLD } else { b"" };
            line.cell(&measure.name, measure.name_width, *width, measure.numbers, style);
        }
        line.end(hidden);
        for (index, width) in widths.iter().enumerate() {
            if index > 0 {
                pad(GAP, out);
            } else if self.color {
                out.extend_from_slice(DIM);
            }
            out.extend_from_slice("─".repeat(*width).as_bytes());
        }
        if self.color {
            out.extend_from_slice(PLAIN);
        }
        out.push(b'\n');
    }

    fn line(&self, cells: &[Shown<'_>], measures: &[Measure], widths: &[usize], hidden: usize, out: &mut Vec<u8>) {
        let cells = cells.iter().copied().chain(std::iter::repeat(Shown::MISSING));
        let mut line = Line::new(out);
        for ((cell, width), measure) in cells.zip(widths).zip(measures) {
            if cell.class == Class::Null {
                line.cell(&self.null, self.null.len(), *width, measure.numbers, if self.color { DIM } else { b"" });
            } else {
                line.cell(cell.text, cell.width, *width, measure.numbers, b"");
            }
        }
        line.end(hidden);
    }
}

/// A line being written. Spaces are owed until something follows them, so no line ends in them.
struct Line<'a> {
    out: &'a mut Vec<u8>,
    owed: usize,
}

impl<'a> Line<'a> {
    fn new(out: &'a mut Vec<u8>) -> Self {
        Self { out, owed: 0 }
    }

    fn cell(&mut self, text: &str, width: usize, room: usize, right: bool, style: &[u8]) {
        let (text, width) = fit_text(text, width, room);
        let space = room.saturating_sub(width);
        if right {
            self.owed += space;
        }
        if width > 0 {
            pad(self.owed, self.out);
            self.owed = 0;
            self.out.extend_from_slice(style);
            self.out.extend_from_slice(text.as_bytes());
            if !style.is_empty() {
                self.out.extend_from_slice(PLAIN);
            }
        }
        self.owed += GAP + if right { 0 } else { space };
    }

    fn end(self, hidden: usize) {
        if hidden > 0 {
            pad(self.owed, self.out);
            self.out.extend_from_slice("…".as_bytes());
        }
        self.out.push(b'\n');
    }
}

/// The widths to print with, for as many of the first columns as fit, and the number of those that do not.
fn fit(measures: &[Measure], null: usize, screen: Option<usize>) -> (Vec<usize>, usize) {
    let full = |measure: &Measure| measure.name_width.max(measure.width).max(if measure.nulls { null } else { 0 });
    let mut widths: Vec<usize> = measures.iter().map(full).collect();
    let Some(screen) = screen else {
        return (widths, 0);
    };
    let needs = |widths: &[usize], floor: usize| {
        widths.iter().map(|width| floor.min(*width) + GAP).sum::<usize>().saturating_sub(GAP)
    };
    if needs(&widths, usize::MAX) <= screen {
        return (widths, 0);
    }
    let mut room = screen;
    let mut hidden = 0;
    while widths.len() > 1 && needs(&widths, FLOOR) > room {
        widths.pop();
        hidden = measures.len() - widths.len();
        room = screen.saturating_sub(GAP + 1);
    }
    let room = room.saturating_sub(GAP * (widths.len() - 1));
    let text: Vec<bool> = measures.iter().map(|measure| !measure.numbers).collect();
    shorten(&mut widths, &text, COMFORT, room);
    shorten(&mut widths, &vec![true; measures.len()], FLOOR, room);
    (widths, hidden)
}

/// Shortens the widest of the columns in `may` to one common width, not below `floor`, until all fit `room`.
fn shorten(widths: &mut [usize], may: &[bool], floor: usize, room: usize) {
    let total = |cap: usize| -> usize {
        widths.iter().zip(may).map(|(width, may)| if *may { cap.min(*width) } else { *width }).sum()
    };
    let widest = widths.iter().copied().max().unwrap_or(0);
    if total(widest) <= room || widest <= floor {
        return;
    }
    let (mut low, mut high) = (floor, widest);
    while low + 1 < high {
        let cap = usize::midpoint(low, high);
        if total(cap) <= room { low = cap } else { high = cap }
    }
    let mut left = room.saturating_sub(total(low));
    for (width, may) in widths.iter_mut().zip(may) {
        if *may && *width > low {
            *width = low + usize::from(left > 0);
            left = left.saturating_sub(1);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::Cursor;
    use std::sync::Arc;

    use super::{WriteOptions, encoder};
    use crate::core::data::batch::Batch;
    use crate::core::data::testing::{csv, json};

    fn printed(batches: &[Batch], options: &WriteOptions) -> String {
        let encoder = encoder(options).unwrap();
        let mut columns: Vec<Arc<str>> = Vec::new();
        let mut spool = Vec::new();
        for batch in batches {
            for column in &batch.columns {
                if !columns.contains(&column.name) {
                    columns.push(Arc::clone(&column.name));
                }
            }
            encoder.records(batch, &columns, &mut spool).unwrap();
        }
        let mut out = Vec::new();
        encoder.unspool(&mut Cursor::new(spool), columns.len(), &columns, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn aligns_numbers_right_and_text_left() {
        let batch = csv("host,ms,note\na.example,12,日本\nb,7,\nlonger.example,100,x\n", 0);
        let expected = "\
host             ms  note
──────────────  ───  ────
a.example        12  日本
b                 7
longer.example  100  x
";
        assert_eq!(printed(&[batch], &WriteOptions::default()), expected);
    }

    #[test]
    fn pads_records_that_came_before_a_column() {
        let batches = [json(&[&[("a", "1")]], 0), json(&[&[("b", "\"x\\ny\""), ("a", "null")]], 1)];
        assert_eq!(printed(&batches, &WriteOptions::default()), "a  b\n─  ────\n1\n   x\\ny\n");
    }

    #[test]
    fn shortens_the_widest_columns_to_the_screen() {
        let line = format!("a,b,c\n1234567890,{},{}\n", "x".repeat(50), "y".repeat(30));
        let options = WriteOptions { width: Some(60), ..WriteOptions::default() };
        let expected = format!(
            "         a  b{}c\n{}\n1234567890  {}…  {}…\n",
            " ".repeat(24),
            ["─".repeat(10), "─".repeat(23), "─".repeat(23)].join("  "),
            "x".repeat(22),
            "y".repeat(22)
        );
        assert_eq!(printed(&[csv(&line, 0)], &options), expected);
    }

    #[test]
    fn leaves_columns_out_where_nothing_else_helps() {
        let header: Vec<String> = (0..9).map(|index| format!("column{index}")).collect();
        let text = format!("{}\n{}\n", header.join(","), ["value"; 9].join(","));
        let options = WriteOptions { width: Some(30), ..WriteOptions::default() };
        let table = printed(&[csv(&text, 0)], &options);
        assert!(table.lines().all(|line| unicode_width::UnicodeWidthStr::width(line) <= 60), "{table}");
        assert!(table.starts_with("column0  column1  column2  …\n"), "{table}");
        assert!(table.ends_with("… 6 more columns; -f vertical shows all\n"), "{table}");
    }

    #[test]
    fn marks_nulls_on_a_terminal() {
        let options = WriteOptions { color: true, ..WriteOptions::default() };
        let table = printed(&[csv("a,b\n,2\n", 0)], &options);
        assert_eq!(table, "\x1b[1ma\x1b[0m     \x1b[1mb\x1b[0m\n\x1b[2m────  ─\x1b[0m\n\x1b[2mnull\x1b[0m  2\n");
    }

    #[test]
    fn prints_the_same_at_any_split() {
        let rows: Vec<String> = (0..50).map(|n| format!("{n},{}\n", "x".repeat(n % 13))).collect();
        let whole = printed(&[csv(&format!("n,x\n{}", rows.concat()), 0)], &WriteOptions::default());
        for size in [1, 7, 49] {
            let parts = rows.chunks(size).map(|part| csv(&format!("n,x\n{}", part.concat()), 0)).collect::<Vec<_>>();
            assert_eq!(printed(&parts, &WriteOptions::default()), whole);
        }
    }
}
