//! The table: a row as soon as its job has run, and at the end all of them once more as Markdown.

use std::fmt::Write as _;
use std::time::Duration;

use crate::jobs::search::SHAPES;
use crate::jobs::{Goal, Job};
use crate::measure::Measured;

/// All rows so far.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<[String; 6]>,
    differences: Vec<String>,
    /// For patterns without a useful literal: how much faster than the best peer.
    shapes: Vec<f64>,
}

/// The goal for those patterns, in the median.
const SHAPES_GOAL: f64 = 3.0;

impl Table {
    /// Adds a job's row, and says on standard error how each program did.
    pub(crate) fn add(&mut self, job: &Job, measured: &[Measured]) {
        let Some(ours) = measured.first() else { return };
        let mut others = String::new();
        eprintln!("{}: {} lines", job.name, ours.answer.lines);
        for (contender, measured) in job.contenders.iter().zip(measured) {
            let agrees = ours.answer.agrees(&measured.answer);
            eprintln!(
                "  {:<20} {:>8.3} s {:>8.3} s CPU {:>8.1} MiB  first output {:>6.1} ms{}",
                contender.name,
                measured.time.as_secs_f64(),
                measured.cpu.as_secs_f64(),
                mebibytes(measured),
                measured.first.as_secs_f64() * 1e3,
                if agrees { "" } else { "  ANOTHER ANSWER" },
            );
            if !agrees {
                self.differences.push(format!("{}: {} gives another answer", job.name, contender.name));
            }
            if contender.name != "mytools" {
                let _ = write!(others, "{}{} {}", separator(&others), contender.name, seconds(measured.time));
            }
        }
        let reached: Vec<String> = job.goals.iter().filter_map(|goal| self.reached(job, goal, measured)).collect();
        self.rows.push([
            job.name.to_string(),
            seconds(ours.time),
            others,
            reached.join(", "),
            seconds(ours.cpu),
            format!("{:.0}", mebibytes(ours)),
        ]);
    }

    /// Whether all programs gave the same answers.
    pub(crate) fn agreed(&self) -> bool {
        self.differences.is_empty()
    }

    /// Prints all.
    pub(crate) fn print(&mut self) {
        let head = ["job", "mytools, s", "peers, s", "ratio (goal)", "CPU, s", "MiB"].map(String::from);
        let rows: Vec<&[String; 6]> = std::iter::once(&head).chain(&self.rows).collect();
        let widths: Vec<usize> =
            (0..head.len()).map(|at| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or(0)).collect();
        for (number, row) in rows.iter().enumerate() {
            let cells = row.iter().zip(&widths).map(|(cell, width)| format!(" {cell:<width$} "));
            println!("|{}|", cells.collect::<Vec<_>>().join("|"));
            if number == 0 {
                let lines = widths.iter().map(|width| format!(" {} ", "-".repeat(*width)));
                println!("|{}|", lines.collect::<Vec<_>>().join("|"));
            }
        }
        self.shapes.sort_by(f64::total_cmp);
        if let Some(median) = self.shapes.get(self.shapes.len() / 2) {
            println!("\nregexes without a literal, median: {}", against(*median, SHAPES_GOAL));
        }
        for difference in &self.differences {
            println!("{difference}");
        }
    }

    /// What came of a goal; nothing where none of those it is over was found.
    fn reached(&mut self, job: &Job, goal: &Goal, measured: &[Measured]) -> Option<String> {
        let ours = measured.first()?.time.as_secs_f64();
        let named = job.contenders.iter().zip(measured).filter(|(contender, _)| goal.over.contains(&contender.name));
        let (best, time) =
            named.map(|(contender, measured)| (contender.name, measured.time)).min_by_key(|(_, time)| *time)?;
        let ratio = time.as_secs_f64() / ours;
        if job.name.starts_with(SHAPES) {
            self.shapes.push(ratio);
        }
        Some(format!("{} {best}", against(ratio, goal.least)))
    }
}

fn against(ratio: f64, goal: f64) -> String {
    format!("{ratio:.2}x ({goal}){}", if ratio < goal { " MISSED" } else { "" })
}

fn separator(before: &str) -> &'static str {
    if before.is_empty() { "" } else { ", " }
}

fn seconds(time: Duration) -> String {
    format!("{:.3}", time.as_secs_f64())
}

fn mebibytes(measured: &Measured) -> f64 {
    measured.memory as f64 / 1024.0
}
