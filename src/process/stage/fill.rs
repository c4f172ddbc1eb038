//! `--fill`: values for nulls. What is not null stays as it came.

use std::sync::Arc;

use crate::core::data::batch::{Batch, Selection, Values, store};
use crate::core::data::cell::Cell;
use crate::core::data::value::Value;
use crate::core::error::{Code, Problem, Result};
use crate::core::integer::narrow;
use crate::core::registry::{Example, Row, names};
use crate::process::aggregate::AGGREGATES;
use crate::process::expr::{Parsed, Program, Tally, check_columns, parse_list};
use crate::process::stage::derive::put;
use crate::process::stage::names::{glob_matches, is_glob};
use crate::process::stage::remarks::Told;
use crate::process::stage::{Columns, Needs, Operation, Rows, Scope, Setup, Stage, StageKind, Written};

/// The row of the table.
pub(crate) const ROW: Row<StageKind> = Row {
    name: "fill",
    aliases: &[],
    usage: "--fill 'x=0, y=\"none\"'",
    summary: "Put values where columns are null or missing; '* = 0' does so in every column",
    examples: &[Example { input: "mytools process --fill 'qty=0, note=\"\"'", output: "no nulls in these columns" }],
    item: StageKind { short: None, value: Some("ITEMS"), attach: &[], build },
};

fn build(written: &Written, setup: &Setup) -> Result<Box<dyn Stage>> {
    let mut items = Vec::new();
    let aggregates: Vec<&str> = names(AGGREGATES).collect();
    for item in parse_list(&written.value)? {
        let Some(name) = item.name else {
            let problem = item.value.problem(item.value.expr.span, format!("'{}' has no value", item.value.text()));
            return Err(problem.hint(format!("write --fill '{}=0'", item.value.text())).into());
        };
        let program = Program::bind(&item.value, &setup.env, &aggregates)?;
        if program.counts_rows() {
            let problem = Problem::new(Code::Plan, "row() cannot fill").hint("use --derive 'x = x ?? row()'");
            return Err(problem.into());
        }
        items.push(Item { name: name.into(), program, parsed: item.value, told: Told::default() });
    }
    Ok(Box::new(Fill { text: written.value.clone(), items: items.into() }))
}

struct Item {
    /// A column, or a glob.
    name: Arc<str>,
    program: Program,
    parsed: Parsed,
    told: Told<Tally>,
}

struct Fill {
    text: String,
    items: Arc<[Item]>,
}

impl Stage for Fill {
    fn explain(&self) -> String {
        format!("fill {}", self.text)
    }

    fn columns(&self, before: &Columns) -> Result<Columns> {
        for item in self.items.iter() {
            check_columns(&item.parsed, |name| before.check(name))?;
            if !is_glob(&item.name) {
                before.check(&item.name)?;
            }
        }
        Ok(before.clone())
    }

    fn needs(&self, after: Needs) -> Needs {
        let mut needs = after.decoded();
        for item in self.items.iter() {
            let Some(names) = item.program.columns() else { return Needs::All };
            needs = needs.and(names.iter().cloned());
        }
        needs
    }

    fn keeps_file(&self) -> bool {
        true
    }

    fn operation(&self) -> Result<Operation> {
        Ok(Operation::Rows(Box::new(Filling { items: Arc::clone(&self.items) })))
    }
}

struct Filling {
    items: Arc<[Item]>,
}

impl Rows for Filling {
    fn apply(&self, batch: &mut Batch, scope: &mut Scope<'_>) -> Result<()> {
        batch.raw = None;
        for item in self.items.iter() {
            let names: Vec<Arc<str>> = if is_glob(&item.name) {
                let all = batch.columns.iter().map(|column| Arc::clone(&column.name));
                all.filter(|name| glob_matches(&item.name, name)).collect()
            } else {
                vec![Arc::clone(&item.name)]
            };
            for name in names {
                let mut tally = Tally::default();
                fill(batch, &name, &item.program, &mut tally);
                if let Some(failure) = item.program.failure(&tally) {
                    scope.fail(batch, failure);
                }
                item.told.add(tally, &mut scope.remarks);
            }
        }
        Ok(())
    }

    fn notes(&self) -> Vec<Problem> {
        let notes = |item: &Item| item.told.look(|tally| item.program.notes(tally));
        self.items.iter().flat_map(notes).collect()
    }
}

/// Puts the program's values where the column is null.
fn fill(batch: &mut Batch, name: &Arc<str>, program: &Program, tally: &mut Tally) {
    let column = batch.find(name);
    let is_null = |row: &usize| column.is_none_or(|column| batch.value(column, *row).is_null());
    let open: Vec<u32> = batch.rows().filter(is_null).map(narrow).collect();
    if open.is_empty() {
        return;
    }
    let selection = std::mem::replace(&mut batch.selection, Selection::Rows(open.clone()));
    let found = program.values(batch, tally);
    batch.selection = selection;
    let old = column.and_then(|column| batch.columns.get(column)).map(|column| column.values.clone());
    let mut cells = match (old, &found) {
        (Some(Values::Numbers(mut numbers)), Values::Numbers(found)) => {
            for row in open {
                if let (Some(number), Some(found)) = (numbers.get_mut(row as usize), found.get(row as usize)) {
                    *number = *found;
                }
            }
            return put(batch, name, Values::Numbers(numbers));
        }
        (old, _) => into_cells(old.unwrap_or_else(|| Values::Cells(vec![Cell::MISSING; batch.rows])), &mut batch.side),
    };
    let found = into_cells(found, &mut batch.side);
    for row in open {
        if let (Some(cell), Some(found)) = (cells.get_mut(row as usize), found.get(row as usize)) {
            *cell = if found.is_null() { Cell::NULL } else { *found };
        }
    }
    put(batch, name, Values::Cells(cells));
}

/// Values as cells.
pub(crate) fn into_cells(values: Values, side: &mut Vec<u8>) -> Vec<Cell> {
    match values {
        Values::Cells(cells) => cells,
        Values::Numbers(numbers) => {
            numbers.into_iter().map(|number| store(side, &number.map_or(Value::Null, Value::Number))).collect()
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::core::data::testing::{csv, json};
    use crate::process::stage::testing::{on_batches, stage};

    #[test]
    fn fills_nulls_and_leaves_the_rest_as_it_came() {
        let batch = || csv("a,b\n1.10,\n,x\n\"\",\n", 0);
        assert_eq!(on_batches("fill", "a=0, b=a", vec![batch()]), ["a=1.10 b=1.10", "a=0 b=x", "a= b="]);
        assert_eq!(on_batches("fill", "* = 'none'", vec![batch()]), ["a=1.10 b=none", "a=none b=x", "a= b=none"]);
        let batch = json(&[&[("a", "null"), ("b", "1")], &[("b", "2")]], 0);
        assert_eq!(on_batches("fill", "a=b * 10", vec![batch]), ["a=10 b=1", "b=2 a=20"]);
    }

    #[test]
    fn says_what_is_missing() {
        assert_eq!(stage("fill", "a").err().unwrap().to_string(), "'a' has no value; write --fill 'a=0'");
    }
}
