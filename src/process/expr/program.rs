//! A bound expression: what stages and aggregates run on batches.

use std::collections::HashMap;
use std::sync::Arc;

use super::Env;
use super::ast::{Expr, Kind as Part, Parsed, Span};
use super::bind::{Binder, POSITION};
use super::eval::Run;
use super::node::{Node, Op, Source, Type};
use super::tally::{Tally, Wanted};
use crate::core::data::batch::{Batch, RowFailure, Selection, Values, fits, store, too_long};
use crate::core::data::cell::Cell;
use crate::core::data::time::Zone;
use crate::core::data::value::Value;
use crate::core::error::{Code, Problem, Result};
use crate::core::integer::{narrow, to_index};

/// A bound expression. It is shared by all threads.
#[derive(Debug)]
pub(crate) struct Program {
    root: Node,
    sources: Vec<Source>,
    /// Index into `sources` and position in the batch, of columns by position.
    positions: Vec<(usize, usize)>,
    /// The names of `sources`, without positions.
    names: Vec<String>,
    sites: Vec<String>,
    zone: Arc<Zone>,
    counts_rows: bool,
    strict: bool,
}

impl Program {
    /// Binds an expression. `aggregates` are names to tell apart from unknown functions in errors.
    pub(crate) fn bind(parsed: &Parsed, env: &Env, aggregates: &[&str]) -> Result<Self> {
        let mut binder = Binder {
            parsed,
            env,
            aggregates,
            zone: Arc::new(Zone::new(env.tz.as_deref(), env.year)?),
            sources: Vec::new(),
            positions: Vec::new(),
            sites: Vec::new(),
            site_of: HashMap::new(),
            counts_rows: false,
        };
        let root = binder.bind(&parsed.expr)?;
        let by_name = |source: &&Source| source.name != POSITION;
        let names = binder.sources.iter().filter(by_name).map(|source| source.name.clone()).collect();
        Ok(Self {
            root,
            names,
            sources: binder.sources,
            positions: binder.positions,
            sites: binder.sites,
            zone: binder.zone,
            counts_rows: binder.counts_rows,
            strict: env.strict,
        })
    }

    /// Binds the expression of a filter, which must be a condition.
    pub(crate) fn predicate(parsed: &Parsed, env: &Env, aggregates: &[&str]) -> Result<Self> {
        let program = Self::bind(parsed, env, aggregates)?;
        program.check_condition(parsed)?;
        Ok(program)
    }

    /// Fails where the expression, of which `parsed` is the text, is not a condition.
    pub(crate) fn check_condition(&self, parsed: &Parsed) -> Result<()> {
        if self.root.kind == Type::Bool {
            return Ok(());
        }
        let text = parsed.text();
        let hint = match &parsed.expr.kind {
            // The shell takes `> 5` away from an unquoted `ms > 5`.
            Part::Column(_) => format!("is '{text}' the whole filter? quote it: '{text} > 100'"),
            _ => "compare it with something".to_string(),
        };
        Err(parsed.problem(parsed.expr.span, format!("'{text}' is not a condition")).hint(hint).into())
    }

    /// The columns (or paths) it reads, as written; none where it reads columns by position and so needs all.
    pub(crate) fn columns(&self) -> Option<&[String]> {
        if self.positions.is_empty() { Some(&self.names) } else { None }
    }

    /// Whether it asks for row numbers: then `Batch::first_row` must count the records that reach the stage, and record
    /// `i` of the selection has number `first_row + i + 1`.
    pub(crate) fn counts_rows(&self) -> bool {
        self.counts_rows
    }

    /// The value, where it is the same for all records.
    pub(crate) fn constant(&self) -> Option<Value<'static>> {
        match &self.root.op {
            Op::Constant(value) => Some(value.clone()),
            _ => None,
        }
    }

    /// The position of the column in a batch, where the expression is nothing but a column that the batch has: then its
    /// values need no computing.
    pub(crate) fn column(&self, batch: &Batch) -> Option<usize> {
        match self.root.op {
            Op::Column(_) => self.run(batch, &mut Tally::default()).column(&self.root),
            _ => None,
        }
    }

    fn run<'b, 't>(&'b self, batch: &'b Batch, tally: &'t mut Tally) -> Run<'b, 't> {
        Run::new(batch, &self.sources, &self.positions, &self.zone, tally)
    }

    /// Keeps the selected records for which the condition holds.
    pub(crate) fn filter(&self, batch: &mut Batch, tally: &mut Tally) {
        let mut rows = selected(batch);
        let holds = self.run(batch, tally).test(&self.root, &rows);
        let before = rows.len();
        let mut holds = holds.into_iter();
        rows.retain(|_| holds.next().unwrap_or(false));
        if rows.len() < before {
            batch.selection = Selection::Rows(rows);
        }
    }

    /// The values for all records of a batch, null for those not selected. Texts go to the batch's side buffer.
    pub(crate) fn values(&self, batch: &mut Batch, tally: &mut Tally) -> Values {
        if let Some(index) = self.column(batch) {
            return batch.columns.get(index).map_or(Values::Cells(Vec::new()), |column| column.values.clone());
        }
        let rows = selected(batch);
        let base = batch.side.len();
        let mut side = Vec::new();
        let values = self.compute(batch, &rows, base, &mut side, tally);
        batch.side.append(&mut side);
        values
    }

    /// Computes the values of rows; text goes to `side`, which will stand at `base`.
    fn compute(&self, batch: &Batch, rows: &[u32], base: usize, side: &mut Vec<u8>, tally: &mut Tally) -> Values {
        let mut run = self.run(batch, &mut *tally);
        if self.root.kind == Type::Number {
            return Values::Numbers(scatter(batch.rows, rows, run.numbers(&self.root, rows), None));
        }
        let values = run.values(&self.root, rows);
        if !values.is_empty() && values.iter().all(|value| matches!(value, Value::Number(_) | Value::Null)) {
            let numbers = values.iter().map(Value::to_number).collect();
            return Values::Numbers(scatter(batch.rows, rows, numbers, None));
        }
        let cells = values
            .iter()
            .zip(rows)
            .map(|(value, row)| {
                if !fits(base + side.len(), value) {
                    tally.too_long = Some(tally.too_long.map_or(*row, |first| first.min(*row)));
                    return Cell::NULL;
                }
                let cell = store(side, value);
                if cell.in_side() { Cell::side(cell.kind(), base + cell.start(), cell.len()) } else { cell }
            })
            .collect();
        Values::Cells(scatter(batch.rows, rows, cells, Cell::NULL))
    }

    /// The first text of a batch that no cell can hold, or under `--strict` the first value that did not fit, where
    /// `tally` is of that batch alone.
    pub(crate) fn failure(&self, tally: &Tally) -> Option<RowFailure> {
        if let Some(row) = tally.too_long {
            return Some(RowFailure { row: row as usize, error: too_long().into() });
        }
        let first = tally.misfits.iter().filter(|_| self.strict).min_by_key(|misfit| misfit.at)?;
        let site = self.site(first.site);
        let message = format!("'{}' in '{site}' is not a {}", first.example, wanted(first.wanted));
        let problem = Problem::new(Code::Value, message).hint("without --strict it becomes null");
        Some(RowFailure { row: to_index(first.at.1), error: problem.into() })
    }

    fn site(&self, site: u32) -> &str {
        self.sites.get(site as usize).map_or("", String::as_str)
    }

    /// What to tell the user at the end.
    pub(crate) fn notes(&self, tally: &Tally) -> Vec<Problem> {
        // Under `--strict` the first of them is an error, which says it all.
        let mut misfits: Vec<_> = tally.misfits.iter().filter(|_| !self.strict).collect();
        misfits.sort_by_key(|misfit| (misfit.site, misfit.wanted as u8));
        let mut notes = Vec::new();
        for misfit in misfits {
            let (site, example, wanted) = (self.site(misfit.site), &misfit.example, wanted(misfit.wanted));
            notes.push(Problem::note(match misfit.seen.count() {
                1 => format!("1 value of '{site}' is not a {wanted} and became null ('{example}')"),
                count => format!("{count} values of '{site}' are not {wanted}s and became null (first: '{example}')"),
            }));
        }
        match tally.wide.count() {
            0 => {}
            1 => notes.push(Problem::note("1 result exceeded 128 bits and is a 64-bit float")),
            count => notes.push(Problem::note(format!("{count} results exceeded 128 bits and are 64-bit floats"))),
        }
        notes
    }
}

fn wanted(wanted: Wanted) -> &'static str {
    match wanted {
        Wanted::Number => "number",
        Wanted::Time => "time",
    }
}

fn selected(batch: &Batch) -> Vec<u32> {
    match &batch.selection {
        Selection::All => (0..narrow(batch.rows)).collect(),
        Selection::Rows(rows) => rows.clone(),
    }
}

/// Puts the results of some rows where all rows have a place.
fn scatter<T: Clone>(len: usize, rows: &[u32], values: Vec<T>, rest: T) -> Vec<T> {
    if values.len() == len && rows.iter().enumerate().all(|(index, row)| *row as usize == index) {
        return values;
    }
    let mut all = vec![rest; len];
    for (row, value) in rows.iter().zip(values) {
        if let Some(place) = all.get_mut(*row as usize) {
            *place = value;
        }
    }
    all
}

/// What `file()` is called among the columns that an expression names; no column has it.
pub(crate) const FILE: &str = "\u{0}file";

/// Runs a check of each column an expression names, and of [`FILE`] where it asks for the file of the record, and adds the caret to what it finds.
pub(crate) fn check_columns(parsed: &Parsed, mut check: impl FnMut(&str) -> Result<()>) -> Result<()> {
    let mut columns: Vec<(String, Span)> = Vec::new();
    super::ast::visit(&parsed.expr, &mut |part: &Expr| match &part.kind {
        Part::Column(column) => columns.push((column.name.clone(), part.span)),
        Part::Position(number) => columns.push((format!("col({number})"), part.span)),
        Part::Call { name, .. } if name == "file" => columns.push((FILE.to_string(), part.span)),
        _ => {}
    });
    for (name, span) in columns {
        check(&name).map_err(|error| match error {
            crate::core::error::Error::Problem(problem) if problem.caret.is_none() => {
                problem.caret(parsed.source.to_string(), span.start, span.end).into()
            }
            other => other,
        })?;
    }
    Ok(())
}
