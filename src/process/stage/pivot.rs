//! `--pivot 'quarter: sum(value)'`: the values of a column become columns, filled by aggregates; the other columns are the
//! groups.
//!
//! It is a grouping by all of them, read twice: once for the names of the columns, once for the cells. Records and columns
//! come out in the order in which they first appear; where there is nothing to fill a cell with, it is null.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use hashbrown::HashMap;

use crate::core::data::batch::Batch;
use crate::core::data::value::Value;
use crate::core::error::{Code, Problem, Result};
use crate::core::format::Scratch;
use crate::core::registry::{Example, Row};
use crate::process::expr::{check_columns, parse_list};
use crate::process::stage::grouping::{self, GroupGather, GroupOrder, Grouping, bind};
use crate::process::stage::names::{quoted, quoted_name, split, split_by, split_outside, suggestion, unquote};
use crate::process::stage::table::MemoryTable;
use crate::process::stage::{Columns, Gather, Gatherer, Needs, Operation, Setup, Stage, StageKind, Table, Written};

/// The row of the table.
pub(crate) const ROW: Row<StageKind> = Row {
    name: "pivot",
    aliases: &[],
    usage: "--pivot 'COLUMN: AGGREGATES [by COLUMNS]'",
    summary: "Make columns of a column's values; aggregates fill them, the other columns are the groups unless 'by' names them",
    examples: &[
        Example {
            input: "mytools process --pivot 'quarter: sum(value)'", output: "a record per item, with q1, q2, …"
        },
        Example {
            input: "mytools process --pivot 'status: count, mean(ms) by host'",
            output: "host, 200_count, 200_mean_ms, …",
        },
    ],
    item: StageKind { short: None, value: Some("PIVOT"), attach: &[], build },
};

/// A group: its batch and its row there.
type Place = (usize, usize);

/// Most columns that values become.
const MOST: usize = 1 << 16;

fn build(written: &Written, setup: &Setup) -> Result<Box<dyn Stage>> {
    let parts = split_outside(&written.value, ":");
    let Some((columns, [_, ..])) = parts.split_first() else {
        let problem = Problem::new(Code::Usage, format!("'{}' in --pivot names no aggregate", written.value.trim()));
        return Err(problem.hint("write --pivot 'quarter: sum(value)'").into());
    };
    let (aggregates, by) = split_by(written.value.get(columns.len() + 1..).unwrap_or_default());
    let pivots: Vec<String> = split(columns).into_iter().map(|name| unquote(name).0).collect();
    if pivots.iter().any(String::is_empty) {
        return Err(Problem::new(Code::Usage, "a column name is empty").into());
    }
    parse_list(aggregates)?;
    Ok(Box::new(Pivot {
        text: written.value.clone(),
        pivots,
        aggregates: aggregates.to_string(),
        by: by.map(ToString::to_string),
        setup: setup.clone(),
        settled: OnceLock::new(),
    }))
}

struct Pivot {
    text: String,
    pivots: Vec<String>,
    aggregates: String,
    by: Option<String>,
    setup: Setup,
    settled: OnceLock<Settled>,
}

/// What the columns before the stage decide.
#[derive(Clone)]
struct Settled {
    grouping: Arc<Grouping>,
    /// The columns of groups.
    groups: Vec<Arc<str>>,
    /// The names of the aggregates.
    outputs: Vec<Arc<str>>,
    /// What later stages ask for.
    asked: Arc<Mutex<BTreeSet<String>>>,
}

impl Pivot {
    /// The columns of groups as expressions.
    fn groups(&self, before: &Columns) -> Result<Vec<String>> {
        if let Some(by) = &self.by {
            return Ok(vec![quoted(by, before).unwrap_or_else(|| by.clone())]);
        }
        if before.open {
            let problem =
                Problem::new(Code::Plan, "--pivot cannot tell the groups, as columns are not known before reading");
            return Err(problem
                .hint(format!("name them: --pivot '{} by …', or --select before it", self.text.trim()))
                .into());
        }
        let mut used: BTreeSet<String> = self.pivots.iter().cloned().collect();
        for item in parse_list(&self.aggregates)? {
            check_columns(&item.value, |name| {
                used.insert(name.to_string());
                Ok(())
            })?;
        }
        Ok(before.names.iter().filter(|name| !used.contains(&***name)).map(|name| quoted_name(name)).collect())
    }
}

impl Stage for Pivot {
    fn explain(&self) -> String {
        format!("pivot {}", self.text)
    }

    fn columns(&self, before: &Columns) -> Result<Columns> {
        for pivot in &self.pivots {
            before.check(pivot)?;
        }
        let mut keys = self.groups(before)?;
        keys.extend(self.pivots.iter().map(|name| quoted_name(name)));
        let keys = keys.join(", ");
        let lists = vec![self.aggregates.as_str()];
        let written = grouping::Written { keys: Some(&keys), aggregates: lists, order: GroupOrder::Appearance };
        let grouping = Arc::new(bind(&written, &self.setup)?);
        let mut after = grouping.columns(before, &format!("--pivot {}", self.text))?;
        let count = grouping.keys.len();
        let outputs = after.names.split_off(count);
        after.names.truncate(count - self.pivots.len());
        after.open = true;
        after.removed.clear();
        after.asked = Arc::default();
        let settled = Settled { grouping, groups: after.names.clone(), outputs, asked: Arc::clone(&after.asked) };
        let _ = self.settled.set(settled);
        Ok(after)
    }

    fn needs(&self, _: Needs) -> Needs {
        self.settled.get().map_or(Needs::All, |settled| settled.grouping.needs())
    }

    fn operation(&self) -> Result<Operation> {
        let settled = self.settled.get().cloned();
        let settled = settled.ok_or_else(|| Problem::new(Code::Internal, "a pivot has unknown columns"))?;
        let inner = GroupGather::new(Arc::clone(&settled.grouping), &self.setup);
        Ok(Operation::Gather(Box::new(Pivoting { inner, settled, pivots: self.pivots.len() })))
    }
}

struct Pivoting {
    inner: GroupGather,
    settled: Settled,
    /// How many columns become columns.
    pivots: usize,
}

impl Gather for Pivoting {
    fn gatherer(&self) -> Result<Box<dyn Gatherer>> {
        self.inner.gatherer()
    }

    fn finish(&self, gathered: Vec<Box<dyn Gatherer>>) -> Result<Box<dyn Table>> {
        let table = self.inner.finish(gathered)?;
        let batches = table.all(&mut Scratch::default())?;
        let groups = self.settled.groups.len();
        let mut rows: HashMap<Vec<u8>, usize> = HashMap::new();
        let mut columns: HashMap<Vec<u8>, usize> = HashMap::new();
        let mut values: Vec<String> = Vec::new();
        // For each record, its first group, and the group that fills each column.
        let mut records: Vec<(Place, Vec<Option<Place>>)> = Vec::new();
        for (number, batch) in batches.iter().enumerate() {
            for row in batch.rows() {
                let next = rows.len();
                let record = *rows.entry(key(batch, 0..groups, row)).or_insert(next);
                if record == records.len() {
                    records.push(((number, row), Vec::new()));
                }
                let next = columns.len();
                let column = *columns.entry(key(batch, groups..groups + self.pivots, row)).or_insert(next);
                if column == values.len() {
                    values.push(self.value_name(batch, row));
                }
                let Some((_, cells)) = records.get_mut(record) else { continue };
                if cells.len() <= column {
                    cells.resize(column + 1, None);
                }
                if let Some(cell) = cells.get_mut(column) {
                    *cell = Some((number, row));
                }
            }
        }
        let names = self.names(&values)?;
        let mut result = MemoryTable::new(names);
        for (first, cells) in &records {
            let value = |column: usize, (number, row): Place| {
                batches.get(number).map_or(Value::Null, |batch| batch.value(column, row))
            };
            let head = (0..groups).map(|column| value(column, *first));
            let body = (0..values.len()).flat_map(|column| {
                let at = cells.get(column).copied().flatten();
                let outputs = 0..self.settled.outputs.len();
                outputs.map(move |output| at.map_or(Value::Null, |at| value(groups + self.pivots + output, at)))
            });
            result.push(head.chain(body));
        }
        Ok(Box::new(result))
    }

    fn notes(&self) -> Vec<Problem> {
        self.inner.notes()
    }
}

impl Pivoting {
    /// What the values that become a column are called.
    fn value_name(&self, batch: &Batch, row: usize) -> String {
        let groups = self.settled.groups.len();
        let name = |column: usize| match batch.value(column, row) {
            value if value.is_null() => "null".to_string(),
            value => String::from_utf8_lossy(&value.to_text()).into_owned(),
        };
        (groups..groups + self.pivots).map(name).collect::<Vec<_>>().join("_")
    }

    /// The columns of the result. What later stages ask for must be among them.
    fn names(&self, values: &[String]) -> Result<Vec<Arc<str>>> {
        let outputs = &self.settled.outputs;
        if values.len().saturating_mul(outputs.len()) > MOST {
            let problem =
                Problem::new(Code::Limit, format!("--pivot would make {} columns", values.len() * outputs.len()));
            return Err(problem.hint("pivot a column with fewer values").into());
        }
        let mut names = self.settled.groups.clone();
        for value in values {
            for output in outputs {
                let name = if outputs.len() == 1 { value.clone() } else { format!("{value}_{output}") };
                names.push(Arc::from(name));
            }
        }
        let mut seen = BTreeSet::new();
        if let Some(twice) = names.iter().find(|name| !seen.insert(Arc::clone(name))) {
            let problem = Problem::new(Code::Data, format!("--pivot would make two columns '{twice}'"));
            return Err(problem.hint("--rename a column, or change the values with --derive, before --pivot").into());
        }
        let asked = self.settled.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let root = |name: &str| name.split(['.', '[']).next().unwrap_or(name).to_string();
        if let Some(name) =
            asked.iter().find(|name| !seen.contains(name.as_str()) && !seen.contains(root(name).as_str()))
        {
            let problem = Problem::new(Code::UnknownColumn, format!("--pivot makes no column '{name}'"));
            return Err(problem.hint(suggestion(name, &names, "there are no records to make columns of")).into());
        }
        Ok(names)
    }
}

/// The values of some columns as one key.
fn key(batch: &Batch, columns: std::ops::Range<usize>, row: usize) -> Vec<u8> {
    let mut key = Vec::new();
    for column in columns {
        let value = batch.value(column, row);
        key.push(u8::from(value.is_null()));
        let text = value.to_text();
        key.extend_from_slice(&(text.len() as u64).to_le_bytes());
        key.extend_from_slice(&text);
    }
    key
}
