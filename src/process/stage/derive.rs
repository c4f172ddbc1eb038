//! `--derive`: computes columns. Later items see earlier ones; a column of that name is replaced in its place.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::core::data::batch::{Batch, RowFailure, Values};
use crate::core::data::cell::{Cell, Kind};
use crate::core::error::{Problem, Result};
use crate::core::exec::cancel::Cancel;
use crate::core::integer::narrow;
use crate::core::registry::{Example, Row, names};
use crate::process::aggregate::AGGREGATES;
use crate::process::expr::{Env, Parsed, Program, Tally, check_columns, parse_list, replace_column};
use crate::process::stage::names::{glob_matches, is_glob, root};
use crate::process::stage::numbering::Numbering;
use crate::process::stage::remarks::Told;
use crate::process::stage::{Columns, Needs, Operation, Rows, Scope, Setup, Stage, StageKind, Written};

/// The row of the table.
pub(crate) const ROW: Row<StageKind> = Row {
    name: "derive",
    aliases: &["mutate", "set"],
    usage: "--derive 'x=EXPR, y=EXPR'",
    summary: "Compute columns; '* = trim(_)' computes every column from itself, 'a* = trim(_)' those that fit",
    examples: &[Example {
        input: "mytools process --derive 's = ms / 1000, slow = s > 1'",
        output: "every record with two more columns",
    }],
    item: StageKind { short: None, value: Some("ITEMS"), attach: &[], build },
};

fn build(written: &Written, setup: &Setup) -> Result<Box<dyn Stage>> {
    let mut items = Vec::new();
    for item in parse_list(&written.value)? {
        let name: Arc<str> = item.result_name().into();
        let what = if is_glob(&name) {
            What::Every(item.value.clone())
        } else {
            What::One(Arc::new(bind(&item.value, &setup.env)?), item.value.clone())
        };
        items.push(Item { name, what });
    }
    let items = Arc::new(items);
    let env = Arc::clone(&setup.env);
    Ok(Box::new(Derive {
        text: written.value.clone(),
        items,
        env,
        cancel: setup.cancel.clone(),
        before: OnceLock::new(),
    }))
}

fn bind(parsed: &Parsed, env: &Env) -> Result<Program> {
    let aggregates: Vec<&str> = names(AGGREGATES).collect();
    Program::bind(parsed, env, &aggregates)
}

/// The programs of `* = …`, by column: bound when a column is first seen.
type Bound = Mutex<BTreeMap<Arc<str>, Arc<Program>>>;

enum What {
    One(Arc<Program>, Parsed),
    Every(Parsed),
}

struct Item {
    name: Arc<str>,
    what: What,
}

struct Derive {
    text: String,
    items: Arc<Vec<Item>>,
    env: Arc<Env>,
    cancel: Cancel,
    before: OnceLock<BTreeSet<Arc<str>>>,
}

impl Stage for Derive {
    fn explain(&self) -> String {
        format!("derive {}", self.text)
    }

    fn columns(&self, before: &Columns) -> Result<Columns> {
        let _ = self.before.set(before.names.iter().cloned().collect());
        let mut columns = before.clone();
        for item in self.items.iter() {
            match &item.what {
                What::One(_, parsed) => {
                    check_columns(parsed, |name| columns.check(name))?;
                    if !columns.names.contains(&item.name) {
                        columns.names.push(Arc::clone(&item.name));
                    }
                }
                What::Every(parsed) => {
                    bind(parsed, &self.env)?;
                    check_columns(parsed, |name| if name == "_" { Ok(()) } else { columns.check(name) })?;
                }
            }
        }
        Ok(columns)
    }

    fn needs(&self, after: Needs) -> Needs {
        let mut needs = after.decoded();
        for item in self.items.iter().rev() {
            let What::One(program, _) = &item.what else {
                return Needs::All;
            };
            let Some(names) = program.columns() else {
                return Needs::All;
            };
            if let Needs::Only(wanted) = &mut needs {
                // A path into the computed column is not one into the column it replaces.
                let known = self.before.get();
                let exact = |path: &str| known.is_some_and(|known| known.contains(path));
                wanted.retain(|path| **path != *item.name && (root(path) != &*item.name || exact(path)));
            }
            needs = needs.and(names.iter().cloned());
        }
        needs
    }

    fn keeps_file(&self) -> bool {
        true
    }

    fn operation(&self) -> Result<Operation> {
        let counts = |item: &Item| match &item.what {
            What::One(program, _) => Ok(program.counts_rows()),
            What::Every(parsed) => Ok(bind(parsed, &self.env)?.counts_rows()),
        };
        let counted = self.items.iter().map(counts).collect::<Result<Vec<bool>>>()?.contains(&true);
        Ok(Operation::Rows(Box::new(Deriving {
            items: Arc::clone(&self.items),
            env: Arc::clone(&self.env),
            bound: self.items.iter().map(|_| Bound::default()).collect(),
            told: Told::default(),
            numbering: counted.then(|| Numbering::new(&self.cancel)),
        })))
    }
}

struct Deriving {
    items: Arc<Vec<Item>>,
    env: Arc<Env>,
    bound: Vec<Bound>,
    told: Told<Vec<Tally>>,
    numbering: Option<Numbering>,
}

impl Deriving {
    /// Computes all items and counts for each; gives the first record that cannot be computed.
    fn derive(&self, batch: &mut Batch, tallies: &mut Vec<Tally>) -> Result<Option<RowFailure>> {
        let mut first: Option<RowFailure> = None;
        let mut fail = |failure: Option<RowFailure>| {
            if let Some(failure) = failure
                && first.as_ref().is_none_or(|first| failure.row < first.row)
            {
                first = Some(failure);
            }
        };
        for (item, bound) in self.items.iter().zip(&self.bound) {
            let mut tally = Tally::default();
            match &item.what {
                What::One(program, _) => {
                    let mut values = program.values(batch, &mut tally);
                    fill_missing(&mut values);
                    put(batch, &item.name, values);
                    fail(program.failure(&tally));
                }
                What::Every(parsed) => {
                    // All read the columns as they were before the item.
                    let names: Vec<(usize, Arc<str>)> = batch
                        .columns
                        .iter()
                        .map(|column| Arc::clone(&column.name))
                        .enumerate()
                        .filter(|(_, name)| glob_matches(&item.name, name))
                        .collect();
                    let mut computed = Vec::with_capacity(names.len());
                    for (at, name) in &names {
                        let program = self.every(parsed, bound, name)?;
                        computed.push((*at, program.values(batch, &mut tally)));
                        fail(program.failure(&tally));
                    }
                    for (at, values) in computed {
                        if let Some(column) = batch.columns.get_mut(at) {
                            column.values = values;
                        }
                    }
                }
            }
            tallies.push(tally);
        }
        Ok(first)
    }

    fn every(&self, parsed: &Parsed, bound: &Bound, name: &Arc<str>) -> Result<Arc<Program>> {
        let mut bound = bound.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(program) = bound.get(name) {
            return Ok(Arc::clone(program));
        }
        let program = Arc::new(bind(&replace_column(parsed, "_", name), &self.env)?);
        bound.insert(Arc::clone(name), Arc::clone(&program));
        Ok(program)
    }
}

impl Rows for Deriving {
    fn apply(&self, batch: &mut Batch, scope: &mut Scope<'_>) -> Result<()> {
        batch.raw = None;
        let mut tallies = Vec::with_capacity(self.items.len());
        let derive = |batch: &mut Batch| self.derive(batch, &mut tallies);
        let failure = Numbering::numbered(self.numbering.as_ref(), batch, scope.seq, derive)?;
        self.told.add(tallies, &mut scope.remarks);
        if let Some(failure) = failure {
            scope.fail(batch, failure);
        }
        Ok(())
    }

    fn notes(&self) -> Vec<Problem> {
        let mut notes = Vec::new();
        self.told.look(|tallies| {
            for ((item, bound), tally) in self.items.iter().zip(&self.bound).zip(tallies) {
                match &item.what {
                    What::One(program, _) => notes.extend(program.notes(tally)),
                    What::Every(_) => {
                        let bound = bound.lock().unwrap_or_else(PoisonError::into_inner);
                        notes.extend(bound.values().next().map(|program| program.notes(tally)).unwrap_or_default());
                    }
                }
            }
        });
        notes
    }
}

/// Makes fields that are not there null: a computed column has a value in every record.
pub(crate) fn fill_missing(values: &mut Values) {
    if let Values::Cells(cells) = values {
        for cell in cells.iter_mut().filter(|cell| cell.kind() == Kind::Missing) {
            *cell = Cell::NULL;
        }
    }
}

/// Replaces a column, or adds it behind the others of every record.
pub(crate) fn put(batch: &mut Batch, name: &Arc<str>, values: Values) {
    let at = batch.put(name, values);
    if let Some(shapes) = &mut batch.shapes {
        for order in shapes.orders.iter_mut().filter(|order| !order.contains(&narrow(at))) {
            order.push(narrow(at));
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeSet;

    use crate::core::data::testing::{csv, json};
    use crate::process::stage::Needs;
    use crate::process::stage::testing::{columns, on_batches, stage};

    #[test]
    fn later_items_see_earlier_ones_and_columns_are_replaced_in_place() {
        let batch = csv("a,b\n1,2\n3,\n", 0);
        assert_eq!(on_batches("derive", "a = a + 1, c = a * 10", vec![batch]), ["a=2 b=2 c=20", "a=4 b= c=40"]);
        let batch = json(&[&[("a", "1")], &[("b", "2"), ("a", "3")]], 0);
        assert_eq!(on_batches("derive", "c = a, b = 5", vec![batch]), ["a=1 c=1 b=5", "b=5 a=3 c=3"]);
    }

    #[test]
    fn computes_every_column_from_itself() {
        let batch = csv("a,b\n x ,1\n,y \n", 0);
        assert_eq!(on_batches("derive", "* = upper(trim(_))", vec![batch]), ["a=X b=1", "a= b=Y"]);
    }

    #[test]
    fn numbers_the_records_that_reach_it() {
        let batches = || vec![csv("a\nx\ny\n", 0), csv("a\nz\n", 2)];
        assert_eq!(on_batches("derive", "n = row()", batches()), ["a=x n=1", "a=y n=2", "a=z n=3"]);
        assert_eq!(on_batches("where", "row() >= 2", batches()), ["a=y", "a=z"]);
    }

    #[test]
    fn needs_what_it_reads_and_not_what_it_makes() {
        let derive = stage("derive", "x = a + 1, y = x").unwrap();
        derive.columns(&columns(&["a", "b"])).unwrap();
        let needs = |names: &[&str]| derive.needs(Needs::only(names.iter().map(ToString::to_string)));
        assert_eq!(needs(&["y", "b"]), Needs::only(["a".to_string(), "b".to_string()]));
        assert_eq!(derive.needs(Needs::Raw(BTreeSet::new())), Needs::All);
    }
}
