//! `--fill-down`: nulls become the value above them, in all records or in those of the same group.
//!
//! Each batch fills itself as far as it can; only the last values pass from batch to batch.

use std::sync::Arc;

use crate::core::data::batch::{Batch, Values};
use crate::core::data::cell::{Cell, Kind};
use crate::core::data::value::Value;
use crate::core::error::Result;
use crate::core::exec::cancel::Cancel;
use crate::core::exec::relay::Relay;
use crate::core::integer::narrow;
use crate::core::registry::{Example, Row};
use crate::process::aggregate::key_set::{KeySet, Seed};
use crate::process::stage::fill::into_cells;
use crate::process::stage::keys::{KeyOf, Keys};
use crate::process::stage::names::{Names, split_by};
use crate::process::stage::{Columns, Needs, Operation, Rows, Scope, Setup, Stage, StageKind, Written};

/// The row of the table.
pub(crate) const ROW: Row<StageKind> = Row {
    name: "fill-down",
    aliases: &["fill_down"],
    usage: "--fill-down 'COLUMNS [by COLUMNS]'",
    summary: "Put the value of the record above where columns are null",
    examples: &[Example { input: "mytools process --fill-down region", output: "each region under its heading" }],
    item: StageKind { short: None, value: Some("COLUMNS"), attach: &[], build },
};

fn build(written: &Written, setup: &Setup) -> Result<Box<dyn Stage>> {
    let (columns, by) = split_by(&written.value);
    let names = Arc::new(Names::new(columns, &setup.env)?);
    let by = by.map(|by| Names::new(by, &setup.env)).transpose()?.map(Arc::new);
    Ok(Box::new(FillDown { text: written.value.clone(), names, by, cancel: setup.cancel.clone() }))
}

struct FillDown {
    text: String,
    names: Arc<Names>,
    by: Option<Arc<Names>>,
    cancel: Cancel,
}

impl Stage for FillDown {
    fn explain(&self) -> String {
        format!("fill down {}", self.text)
    }

    fn columns(&self, before: &Columns) -> Result<Columns> {
        self.names.check(before)?;
        self.by.iter().try_for_each(|by| by.check(before))?;
        Ok(before.clone())
    }

    fn needs(&self, after: Needs) -> Needs {
        after.decoded().and(self.names.texts().chain(self.by.iter().flat_map(|by| by.texts())))
    }

    fn keeps_file(&self) -> bool {
        true
    }

    fn operation(&self) -> Result<Operation> {
        let seed = Seed::default();
        let above = Above { keys: KeySet::new(seed.clone()), values: Vec::new() };
        Ok(Operation::Rows(Box::new(FillingDown {
            names: Arc::clone(&self.names),
            of: self.by.as_ref().map_or(KeyOf::Nothing, |by| KeyOf::Columns(Arc::clone(by))),
            seed,
            above: Relay::new(above, self.cancel.clone()),
        })))
    }
}

struct FillingDown {
    names: Arc<Names>,
    of: KeyOf,
    seed: Seed,
    above: Relay<Above>,
}

/// The last values so far: for each group, one for each column that had one.
#[derive(Debug)]
struct Above {
    keys: KeySet,
    values: Vec<Vec<Option<Value<'static>>>>,
}

impl Rows for FillingDown {
    fn apply(&self, batch: &mut Batch, scope: &mut Scope<'_>) -> Result<()> {
        batch.raw = None;
        let mut here = KeySet::new(self.seed.clone());
        let keys = Keys::new(&self.of, batch);
        let groups: Vec<usize> = keys.iter().map(|key| here.number(key)).collect();
        let names = self.names.get();
        // The last value of each column in each group of this batch.
        let mut last: Vec<Vec<Option<Value<'static>>>> = vec![vec![None; names.len()]; here.len()];
        let rows: Vec<usize> = batch.rows().collect();
        for (at, name) in names.iter().enumerate() {
            let Some(column) = batch.find(&name.text) else { continue };
            let mut left = here.len();
            for (row, group) in rows.iter().zip(&groups).rev() {
                let Some(slot) = last.get_mut(*group).and_then(|group| group.get_mut(at)) else { continue };
                if slot.is_none() {
                    let value = batch.value(column, *row);
                    if !value.is_null() {
                        *slot = Some(value.into_owned());
                        left -= 1;
                    }
                }
                if left == 0 {
                    break;
                }
            }
        }
        let above = self.above.advance(scope.seq, |above| {
            let numbers = above.keys.number_all(&here);
            above.values.resize_with(above.keys.len(), || vec![None; names.len()]);
            let mut before = Vec::with_capacity(numbers.len());
            for (number, last) in numbers.into_iter().zip(last) {
                let Some(values) = above.values.get_mut(number) else { continue };
                before.push(values.clone());
                for (value, last) in values.iter_mut().zip(last) {
                    if last.is_some() {
                        *value = last;
                    }
                }
            }
            before
        })?;
        for (at, name) in names.iter().enumerate() {
            let carried: Vec<Cell> = above
                .iter()
                .map(|values| match values.get(at) {
                    Some(Some(value)) => batch.store(value),
                    _ => Cell::NULL,
                })
                .collect();
            fill_down(batch, &Arc::from(name.text.as_str()), &rows, &groups, carried);
        }
        Ok(())
    }
}

/// Fills one column; `carried` holds the value above the batch for each of its groups.
fn fill_down(batch: &mut Batch, name: &Arc<str>, rows: &[usize], groups: &[usize], mut carried: Vec<Cell>) {
    let old = batch.find(name).and_then(|column| batch.columns.get(column)).map(|column| column.values.clone());
    let old = old.unwrap_or_else(|| Values::Cells(vec![Cell::MISSING; batch.rows]));
    let mut cells = into_cells(old, &mut batch.side);
    for (row, group) in rows.iter().zip(groups) {
        let (Some(cell), Some(carried)) = (cells.get_mut(*row), carried.get_mut(*group)) else { continue };
        if !cell.is_null() {
            *carried = *cell;
        } else if !carried.is_null() {
            *cell = *carried;
        }
    }
    put_where_it_is(batch, name, cells);
}

/// Puts a column into the records that have it now; the others stay without, so that the order in which columns are met
/// does not depend on which records share a batch.
fn put_where_it_is(batch: &mut Batch, name: &Arc<str>, cells: Vec<Cell>) {
    let at = batch.find(name);
    let column = narrow(at.unwrap_or(batch.columns.len()));
    let is_there = |row: usize| cells.get(row).is_some_and(|cell| cell.kind() != Kind::Missing);
    if at.is_none() && !(0..batch.rows).any(is_there) {
        return;
    }
    if at.is_none() || batch.shapes.is_some() {
        batch.reorder(
            |row| u8::from(is_there(row)),
            |is_there, order| {
                if is_there == 1 && !order.contains(&column) {
                    order.push(column);
                }
            },
        );
    }
    batch.put(name, Values::Cells(cells));
}

#[cfg(test)]
mod tests {
    use crate::core::data::batch::Batch;
    use crate::core::data::testing::csv;
    use crate::process::stage::testing::on_batches;

    fn batches(size: usize) -> Vec<Batch> {
        let rows = [",1", "a,", "b,3", ",", "a,", ",6", "b,", "a,8", ","];
        let batch = |(at, rows): (usize, &[&str])| csv(&format!("h,n\n{}\n", rows.join("\n")), (at * size) as u64);
        rows.chunks(size).enumerate().map(batch).collect()
    }

    #[test]
    fn fills_from_the_record_above_at_any_split() {
        for size in 1..=9 {
            let filled = on_batches("fill-down", "h, n", batches(size));
            let expected =
                ["h= n=1", "h=a n=1", "h=b n=3", "h=b n=3", "h=a n=3", "h=a n=6", "h=b n=6", "h=a n=8", "h=a n=8"];
            assert_eq!(filled, expected, "{size}");
            let filled = on_batches("fill-down", "n by h", batches(size));
            let expected =
                ["h= n=1", "h=a n=", "h=b n=3", "h= n=1", "h=a n=", "h= n=6", "h=b n=3", "h=a n=8", "h= n=6"];
            assert_eq!(filled, expected, "{size}");
        }
    }
}
