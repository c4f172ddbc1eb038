//! `--window`: columns computed along the records, of all or of each group. The order of the records is that of the window.
//!
//! Functions that look back (`lag`, running and moving sums) stream: each batch computes its arguments and keys on its own
//! thread, and only the states pass from batch to batch (`streaming`). Where one looks ahead (`lead`, `rank`, `share`),
//! everything is taken in first (`whole`).

mod function;
mod state;
mod streaming;
#[cfg(test)]
mod tests;
mod whole;

use std::sync::Arc;

use crate::core::data::batch::{Batch, Column, Values, store};
use crate::core::data::cell::Cell;
use crate::core::data::value::Value;
use crate::core::error::{Problem, Result};
use crate::core::exec::cancel::Cancel;
use crate::core::registry::{Example, Row, find};
use crate::process::expr::function::FUNCTIONS;
use crate::process::expr::{Kind, Parsed, Program, Tally, check_columns, parse_list, slot_name, split_calls, visit};
use crate::process::stage::derive::{fill_missing, put};
use crate::process::stage::keys::KeyOf;
use crate::process::stage::names::{Names, split_by};
use crate::process::stage::{Columns, Needs, Operation, Setup, Stage, StageKind, Written};

pub(crate) use function::functions;
use function::{Call, is_function, suggest};

/// The row of the table.
pub(crate) const ROW: Row<StageKind> = Row {
    name: "window",
    aliases: &[],
    usage: "--window 'd=ms-lag(ms), run=sum(ms), r=rank(ms) by host'",
    summary: "Compute columns along the records, of all or of each group",
    examples: &[Example {
        input: "mytools process --window 'd = ms - lag(ms), avg7 = mean(ms, 7) by host'",
        output: "the difference to the record before, and the mean of the last seven, of each host",
    }],
    item: StageKind { short: None, value: Some("ITEMS"), attach: &[], build },
};

fn build(written: &Written, setup: &Setup) -> Result<Box<dyn Stage>> {
    let (list, by) = split_by(&written.value);
    let by = by.map(|by| Names::new(by, &setup.env)).transpose()?.map(Arc::new);
    let (mut calls, mut items): (Vec<Call>, Vec<Item>) = (Vec::new(), Vec::new());
    for item in parse_list(list)? {
        let parts = split_calls(&item.value, &is_function)?;
        check_rest(&parts.rest)?;
        let first = calls.len();
        for call in &parts.calls {
            calls.push(Call::bind(&item.value, call, setup)?);
        }
        let slots = first..calls.len();
        let program = Program::bind(&parts.rest, &setup.env, &[])?;
        if program.counts_rows() {
            let problem = item.value.problem(item.value.expr.span, "row() cannot stand here");
            return Err(problem.hint("write row_number()").into());
        }
        items.push(Item { name: item.result_name().into(), slots, program, parsed: item.value });
    }
    let plan = Arc::new(Plan { calls, items });
    Ok(Box::new(Window { text: written.value.clone(), plan, by, cancel: setup.cancel.clone() }))
}

/// Tells mistyped functions.
fn check_rest(rest: &Parsed) -> Result<()> {
    let mut problem = None;
    visit(&rest.expr, &mut |part| {
        if let Kind::Call { name, at, .. } = &part.kind
            && find(FUNCTIONS, name).is_none()
        {
            problem.get_or_insert(rest.problem(*at, format!("unknown function '{name}'")).hint(suggest(name)));
        }
    });
    problem.map_or(Ok(()), |problem| Err(problem.into()))
}

/// What is computed. All threads share it.
struct Plan {
    calls: Vec<Call>,
    items: Vec<Item>,
}

/// A column of the result.
struct Item {
    name: Arc<str>,
    /// The calls it is made of.
    slots: std::ops::Range<usize>,
    /// The expression over their results.
    program: Program,
    parsed: Parsed,
}

struct Window {
    text: String,
    plan: Arc<Plan>,
    by: Option<Arc<Names>>,
    cancel: Cancel,
}

impl Stage for Window {
    fn explain(&self) -> String {
        format!("compute {} along the records", self.text)
    }

    fn columns(&self, before: &Columns) -> Result<Columns> {
        self.by.iter().try_for_each(|by| by.check(before))?;
        let mut after = before.clone();
        // Records may come back from disk.
        let unfiled = before.unfiled.clone().or_else(|| Some(self.explain()));
        let before = Columns { unfiled, ..before.clone() };
        for item in &self.plan.items {
            check_columns(&item.parsed, |name| before.check(name))?;
            if !after.names.contains(&item.name) {
                after.names.push(Arc::clone(&item.name));
            }
        }
        Ok(after)
    }

    fn needs(&self, after: Needs) -> Needs {
        let mut needs = after.decoded().and(self.by.iter().flat_map(|by| by.texts()));
        let arguments = self.plan.calls.iter().filter_map(|call| call.argument.as_ref());
        for program in arguments.chain(self.plan.items.iter().map(|item| &item.program)) {
            let Some(names) = program.columns() else { return Needs::All };
            needs = needs.and(names.iter().filter(|name| !name.starts_with('\u{0}')).cloned());
        }
        needs
    }

    fn operation(&self) -> Result<Operation> {
        let of = self.by.as_ref().map_or(KeyOf::Nothing, |by| KeyOf::Columns(Arc::clone(by)));
        let plan = Arc::clone(&self.plan);
        Ok(if plan.calls.iter().any(Call::looks_ahead) {
            Operation::Gather(Box::new(whole::Gathering::new(plan, of)))
        } else {
            Operation::Rows(Box::new(streaming::Streaming::new(plan, of, &self.cancel)))
        })
    }
}

impl Plan {
    /// Every expression, arguments first.
    fn programs(&self) -> impl Iterator<Item = Option<&Program>> {
        let arguments = self.calls.iter().map(|call| call.argument.as_ref());
        arguments.chain(self.items.iter().map(|item| Some(&item.program)))
    }

    /// A tally for each expression.
    fn tallies(&self) -> Vec<Tally> {
        self.programs().map(|_| Tally::default()).collect()
    }

    /// What to tell the user at the end.
    fn notes(&self, tallies: &[Tally]) -> Vec<Problem> {
        self.programs().zip(tallies).filter_map(|(program, tally)| Some(program?.notes(tally))).flatten().collect()
    }

    /// The arguments of all calls for the records of a batch.
    fn arguments(&self, batch: &mut Batch, tallies: &mut [Tally]) -> Vec<Option<Values>> {
        let calls = self.calls.iter().zip(tallies);
        calls.map(|(call, tally)| call.argument.as_ref().map(|program| program.values(batch, tally))).collect()
    }

    /// Puts the columns into a batch, whose results are given for each call and selected record.
    fn finish(&self, batch: &mut Batch, results: Vec<Vec<Value<'static>>>, tallies: &mut [Tally]) {
        let rows: Vec<usize> = batch.rows().collect();
        let mut slots: Vec<Option<Values>> = Vec::with_capacity(results.len());
        for results in results {
            slots.push(Some(spread(batch, &rows, results)));
        }
        let mut computed = Vec::with_capacity(self.items.len());
        for (item, tally) in self.items.iter().zip(tallies.iter_mut().skip(self.calls.len())) {
            let width = batch.columns.len();
            for (index, slot) in item.slots.clone().enumerate() {
                if let Some(values) = slots.get_mut(slot).and_then(Option::take) {
                    batch.columns.push(Column { name: slot_name(index).into(), values });
                }
            }
            computed.push(item.program.values(batch, tally));
            batch.columns.truncate(width);
        }
        for (item, mut values) in self.items.iter().zip(computed) {
            fill_missing(&mut values);
            put(batch, &item.name, values);
        }
        batch.raw = None;
    }
}

/// The results of a call as a column: numbers where it computed nothing else.
fn spread(batch: &mut Batch, rows: &[usize], results: Vec<Value<'static>>) -> Values {
    if results.iter().all(|value| matches!(value, Value::Number(_) | Value::Null)) {
        let mut numbers = vec![None; batch.rows];
        for (row, value) in rows.iter().zip(results) {
            if let (Some(number), Value::Number(found)) = (numbers.get_mut(*row), value) {
                *number = Some(found);
            }
        }
        return Values::Numbers(numbers);
    }
    let mut cells = vec![Cell::NULL; batch.rows];
    for (row, value) in rows.iter().zip(results) {
        if let Some(cell) = cells.get_mut(*row) {
            *cell = store(&mut batch.side, &value);
        }
    }
    Values::Cells(cells)
}
