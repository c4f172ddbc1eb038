//! `--unpivot`: columns become records, their names and values two columns.

use std::sync::{Arc, OnceLock};

use crate::core::data::batch::{Batch, RowFailure, Values, store};
use crate::core::data::cell::{Cell, Kind};
use crate::core::data::value::Value;
use crate::core::error::{Code, Problem, Result};
use crate::core::exec::cancel::Cancel;
use crate::core::integer::narrow;
use crate::core::registry::{Example, Row};
use crate::process::stage::derive::put;
use crate::process::stage::names::{Name, Names, glob_matches, is_glob, split, split_outside, unquote};
use crate::process::stage::repeat::{Renumber, check_size, repeat};
use crate::process::stage::{Columns, Needs, Operation, Rows, Scope, Setup, Stage, StageKind, Written};

/// The row of the table.
pub(crate) const ROW: Row<StageKind> = Row {
    name: "unpivot",
    aliases: &["melt"],
    usage: "--unpivot 'a,b,c* into NAME,VALUE'",
    summary: "One record for each of these columns; with its name and value, called so unless 'into' says else; globs work",
    examples: &[Example {
        input: "mytools process --unpivot 'q1,q2,q3,q4 into quarter,value'",
        output: "four records of each, with quarter and value",
    }],
    item: StageKind { short: None, value: Some("COLUMNS"), attach: &[], build },
};

fn build(written: &Written, setup: &Setup) -> Result<Box<dyn Stage>> {
    let (list, into) = match split_outside(&written.value, " into ").as_slice() {
        [list] => (*list, ["name".to_string(), "value".to_string()]),
        [list, into] => match split(into).as_slice() {
            [name, value] => (*list, [unquote(name).0, unquote(value).0]),
            _ => return Err(wrong(into).into()),
        },
        _ => return Err(wrong(&written.value).into()),
    };
    if into.iter().any(String::is_empty) || into.first() == into.last() {
        return Err(wrong(&into.join(",")).into());
    }
    Ok(Box::new(Unpivot {
        text: written.value.clone(),
        names: Arc::new(Names::new(list, &setup.env)?),
        into: into.map(Arc::from),
        settled: OnceLock::new(),
        cancel: setup.cancel.clone(),
    }))
}

fn wrong(text: &str) -> Problem {
    let problem = Problem::new(Code::Usage, format!("'{}' in --unpivot does not name two columns", text.trim()));
    problem.hint("write --unpivot 'q1,q2 into quarter,value'")
}

struct Unpivot {
    text: String,
    names: Arc<Names>,
    into: [Arc<str>; 2],
    /// The columns, where all are known before reading.
    settled: OnceLock<Arc<[Arc<str>]>>,
    cancel: Cancel,
}

/// Whether an item stands for a column.
fn fits(name: &Name, column: &str) -> bool {
    *name.text == *column || !name.exact && is_glob(&name.text) && glob_matches(&name.text, column)
}

impl Stage for Unpivot {
    fn explain(&self) -> String {
        format!("unpivot {}", self.text)
    }

    fn columns(&self, before: &Columns) -> Result<Columns> {
        let known = |name: &Name| before.names.iter().any(|column| fits(name, column));
        self.names.check_but(before, |name| !name.exact && is_glob(&name.text))?;
        for name in self.names.get() {
            if !before.open && !known(name) {
                return Err(Problem::new(Code::UnknownColumn, format!("no column fits '{}'", name.text)).into());
            }
        }
        let mut columns: Vec<Arc<str>> = Vec::new();
        for name in self.names.get() {
            for column in before.names.iter().filter(|column| fits(name, column)) {
                if !columns.contains(column) {
                    columns.push(Arc::clone(column));
                }
            }
        }
        let mut after = before.clone();
        after.names.retain(|column| !columns.contains(column));
        for name in &columns {
            after.removed.push((Arc::clone(name), format!("--unpivot {}", self.text)));
        }
        for into in &self.into {
            if after.names.contains(into) {
                let problem = Problem::new(Code::Plan, format!("there is a column '{into}' already"));
                return Err(problem.hint("name others: --unpivot '… into NAME,VALUE'").into());
            }
            after.names.push(Arc::clone(into));
            after.removed.retain(|(name, _)| name != into);
        }
        if !before.open {
            let _ = self.settled.set(columns.into());
        }
        Ok(after)
    }

    fn needs(&self, after: Needs) -> Needs {
        match (after.decoded(), self.settled.get()) {
            (Needs::Only(names), Some(columns)) => {
                let others = names.into_iter().filter(|name| self.into.iter().all(|into| **into != **name));
                Needs::only(others).and(columns.iter().map(ToString::to_string))
            }
            _ => Needs::All,
        }
    }

    fn keeps_file(&self) -> bool {
        true
    }

    fn operation(&self) -> Result<Operation> {
        Ok(Operation::Rows(Box::new(Unpivoting {
            names: Arc::clone(&self.names),
            settled: self.settled.get().cloned(),
            into: self.into.clone(),
            renumber: Renumber::new(&self.cancel),
        })))
    }
}

struct Unpivoting {
    names: Arc<Names>,
    settled: Option<Arc<[Arc<str>]>>,
    into: [Arc<str>; 2],
    renumber: Renumber,
}

impl Unpivoting {
    /// The columns to take of records whose fields stand in this order.
    fn taken(&self, batch: &Batch, order: &[u32]) -> Vec<u32> {
        if let Some(settled) = &self.settled {
            return settled.iter().filter_map(|name| batch.find(name).map(narrow)).collect();
        }
        let mut taken: Vec<u32> = Vec::new();
        for name in self.names.get() {
            for at in order {
                let fits = batch.columns.get(*at as usize).is_some_and(|column| fits(name, &column.name));
                if fits && !taken.contains(at) {
                    taken.push(*at);
                }
            }
        }
        taken
    }
}

impl Rows for Unpivoting {
    fn apply(&self, batch: &mut Batch, scope: &mut Scope<'_>) -> Result<()> {
        let all: Vec<u32> = (0..narrow(batch.columns.len())).collect();
        let orders = batch.shapes.as_ref().map_or(std::slice::from_ref(&all), |shapes| &shapes.orders);
        let taken: Vec<Vec<u32>> = orders.iter().map(|order| self.taken(batch, order)).collect();
        let mut side = std::mem::take(&mut batch.side);
        let mut labels: Vec<Option<Cell>> = vec![None; batch.columns.len()];
        let (mut from, mut names, mut values) = (Vec::new(), Vec::new(), Vec::new());
        for row in batch.rows() {
            let shape = batch.shapes.as_ref().and_then(|shapes| shapes.of_row.get(row)).copied().unwrap_or(0);
            for at in taken.get(shape as usize).into_iter().flatten() {
                let Some(column) = batch.columns.get(*at as usize) else { continue };
                let cell = match &column.values {
                    Values::Cells(cells) => cells.get(row).copied().unwrap_or(Cell::MISSING),
                    Values::Numbers(numbers) => match numbers.get(row).copied().flatten() {
                        Some(number) => store(&mut side, &Value::Number(number)),
                        None => Cell::NULL,
                    },
                };
                if cell.kind() == Kind::Missing {
                    continue;
                }
                let Some(label) = labels.get_mut(*at as usize) else { continue };
                let text = Value::Text(column.name.as_bytes().into());
                names.push(*label.get_or_insert_with(|| store(&mut side, &text)));
                values.push(cell);
                from.push(narrow(row));
            }
            check_size("unpivot", from.len(), side.len())?;
        }
        batch.side = side;
        repeat(batch, &from);
        scope.remarks.remade(&from);
        let gone: Vec<bool> =
            (0..narrow(batch.columns.len())).map(|at| taken.iter().any(|taken| taken.contains(&at))).collect();
        remove(batch, &gone);
        let mut taken_by: Option<RowFailure> = None;
        for (name, cells) in self.into.iter().zip([names, values]) {
            let clash = batch.find(name).and_then(|at| (0..batch.rows).find(|row| has(batch, *row, narrow(at))));
            if let Some(row) = clash.filter(|row| taken_by.as_ref().is_none_or(|failure| *row < failure.row)) {
                let problem = Problem::new(Code::Data, format!("there is a column '{name}' already"));
                let error = problem.hint("name others: --unpivot '… into NAME,VALUE'").into();
                taken_by = Some(RowFailure { row, error });
            }
            put(batch, name, Values::Cells(cells));
        }
        if let Some(failure) = taken_by {
            scope.fail(batch, failure);
        }
        self.renumber.place(batch, scope.seq)
    }
}

/// Whether a record has a column.
fn has(batch: &Batch, row: usize, column: u32) -> bool {
    let Some(shapes) = &batch.shapes else { return true };
    let shape = shapes.of_row.get(row).copied().unwrap_or(0);
    shapes.orders.get(shape as usize).is_some_and(|order| order.contains(&column))
}

/// Takes columns away.
fn remove(batch: &mut Batch, gone: &[bool]) {
    let mut kept = 0;
    let mut place = Vec::with_capacity(gone.len());
    for gone in gone {
        place.push((!gone).then_some(kept));
        kept += u32::from(!gone);
    }
    let mut flags = gone.iter();
    batch.columns.retain(|_| !flags.next().is_some_and(|gone| *gone));
    for order in batch.shapes.iter_mut().flat_map(|shapes| &mut shapes.orders) {
        *order = order.iter().filter_map(|column| *place.get(*column as usize)?).collect();
    }
}
