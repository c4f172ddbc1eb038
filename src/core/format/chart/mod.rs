//! Charts in text: horizontal bars for groups, sparklines for series.
//!
//! Columns that are not all numbers (or, where all are, the first of several) label the records; every other column is
//! charted. Where the first label is a time, or there is none, the records are a series in the order they came, and each
//! charted column becomes a sparkline (one for each value of the other labels); else each record becomes a bar. All
//! records are kept until the end: charts are for results, not for millions of records.

mod bars;
mod series;

use std::io::Write;
use std::sync::Arc;

use crate::core::data::batch::Batch;
use crate::core::data::number::Number;
use crate::core::data::time::{Time, Zone};
use crate::core::error::{Code, Problem, Result};
use crate::core::format::cells::{Class, Escape, Look};
use crate::core::format::widths::{Measure, Shown, print, survey, write};
use crate::core::format::{Encoder, Format, Layout, Spool, WriteOptions};
use crate::core::output::writer::fault;
use crate::core::registry::{Example, Row};

/// The row of the table.
pub(crate) const ROW: Row<Format> = Row {
    name: "chart",
    aliases: &[],
    usage: "-f chart",
    summary: "Bars for groups, sparklines for series",
    examples: &[
        Example {
            input: r#"[{"host":"a","n":40},{"host":"bb","n":100}]"#,
            output: concat!(
                "host    n\n",
                "a      40  ███████████████████████████▋\n",
                "bb    100  █████████████████████████████████████████████████████████████████████\n"
            ),
        },
        Example {
            input: r#"[{"ms":1},{"ms":3},{"ms":8},{"ms":5}]"#, output: "ms  ▁▃█▅  min 1  max 8  last 5\n"
        },
    ],
    item: Format { encoder: Some(encoder), ..Format::NONE },
};

/// What is drawn.
const CYAN: &[u8] = b"\x1b[36m";

/// Width where no terminal says otherwise.
const WIDTH: usize = 80;

/// Most records that a chart is drawn of.
const MOST: usize = 100_000;

#[expect(clippy::unnecessary_wraps, reason = "the table's signature, which other encoders need")]
fn encoder(options: &WriteOptions) -> Result<Box<dyn Encoder>> {
    let look = Look { escape: Escape::Control, precision: options.precision };
    let screen = Screen { width: options.width.unwrap_or(WIDTH), fits: options.width.is_some(), color: options.color };
    Ok(Box::new(Chart { look, screen }))
}

struct Chart {
    look: Look,
    screen: Screen,
}

/// Where a chart is drawn.
#[derive(Debug, Clone, Copy)]
struct Screen {
    /// Its width.
    width: usize,
    /// Whether it is a terminal, which lines must not overrun.
    fits: bool,
    /// Whether it shows colours.
    color: bool,
}

/// A shown cell.
#[derive(Debug, Clone, Default)]
struct Cell {
    text: String,
    width: usize,
    /// The number to draw.
    value: Option<f64>,
}

/// The records of a chart, column by column.
struct Records {
    measures: Vec<Measure>,
    cells: Vec<Vec<Cell>>,
    count: usize,
    /// Columns that label.
    labels: Vec<usize>,
    /// Columns that are charted.
    charted: Vec<usize>,
}

impl Encoder for Chart {
    fn layout(&self) -> Layout {
        Layout::Widths
    }

    fn start(&self, _: &[Arc<str>], _: Option<&[u8]>, _: &mut Vec<u8>) {}

    fn records(&self, batch: &Batch, columns: &[Arc<str>], out: &mut Vec<u8>) -> Result<()> {
        write(batch, columns, self.look, out);
        Ok(())
    }

    fn unspool(&self, spool: &mut dyn Spool, _: usize, columns: &[Arc<str>], out: &mut dyn Write) -> Result<()> {
        let records = read(spool, columns)?;
        if records.count == 0 {
            return Ok(());
        }
        if records.charted.is_empty() {
            let problem = Problem::new(Code::Data, "nothing to chart: no column holds just numbers");
            return Err(problem.hint("aggregate first, as in -g host -a 'n=count'").into());
        }
        let mut text = Vec::new();
        if records.is_series() {
            series::draw(&records, self.screen, &mut text);
        } else {
            bars::draw(&records, self.screen, &mut text);
        }
        out.write_all(&text).map_err(|error| fault("output", &error))
    }

    fn end(&self, _: u64, _: &mut Vec<u8>) {}
}

fn read(spool: &mut dyn Spool, columns: &[Arc<str>]) -> Result<Records> {
    let measures = survey(spool, columns, Escape::Control)?;
    let mut cells: Vec<Vec<Cell>> = vec![Vec::new(); columns.len()];
    let mut count = 0_usize;
    let line = |shown: &[Shown<'_>], _: &mut Vec<u8>| {
        count += 1;
        if count > MOST {
            return;
        }
        for (index, column) in cells.iter_mut().enumerate() {
            let shown = shown.get(index).copied().unwrap_or(Shown::MISSING);
            let number = (shown.class == Class::Number).then(|| Number::parse(shown.text.as_bytes())).flatten();
            let value = number.map(Number::to_f64).filter(|value| value.is_finite());
            column.push(Cell { text: shown.text.to_string(), width: shown.width, value });
        }
    };
    print(spool, line, |_| Ok(()))?;
    if count > MOST {
        let problem = Problem::new(Code::Data, format!("{count} records are too many for a chart"));
        return Err(problem.hint("aggregate first, or take the first with -n").into());
    }
    let numbers: Vec<usize> = (0..columns.len()).filter(|at| measures.get(*at).is_some_and(|is| is.numbers)).collect();
    let mut labels: Vec<usize> = (0..columns.len()).filter(|at| !numbers.contains(at)).collect();
    let mut charted = numbers;
    if labels.is_empty() && charted.len() > 1 {
        labels.push(charted.remove(0));
    }
    Ok(Records { measures, cells, count, labels, charted })
}

impl Records {
    /// Whether the records are points in time, or bare numbers.
    fn is_series(&self) -> bool {
        let Some(first) = self.labels.first() else { return true };
        let cells = self.cells.get(*first).map(Vec::as_slice).unwrap_or_default();
        self.count > 1
            && Zone::new(None, None)
                .is_ok_and(|zone| cells.iter().all(|cell| Time::parse(cell.text.as_bytes(), &zone).is_some()))
    }

    fn cell(&self, column: usize, row: usize) -> &Cell {
        static NONE: Cell = Cell { text: String::new(), width: 0, value: None };
        self.cells.get(column).and_then(|column| column.get(row)).unwrap_or(&NONE)
    }

    fn is_number(&self, column: usize) -> bool {
        self.measures.get(column).is_some_and(|measure| measure.numbers)
    }

    fn name(&self, column: usize) -> (&str, usize) {
        self.measures.get(column).map_or(("", 0), |measure| (&measure.name, measure.name_width))
    }
}
