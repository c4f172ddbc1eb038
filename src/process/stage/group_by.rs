//! `-g/--group-by KEYS` with `-a/--agg LIST`: a record per group, by first appearance.

use std::sync::{Arc, OnceLock};

use crate::core::error::{Code, Problem, Result};
use crate::core::registry::{Example, Row};
use crate::process::expr::parse_list;
use crate::process::stage::grouping::{self, GroupGather, GroupOrder, Grouping, bind};
use crate::process::stage::names::quoted;
use crate::process::stage::{Columns, Needs, Operation, Setup, Stage, StageKind, Written};

pub(super) const ROW: Row<StageKind> = Row {
    name: "group-by",
    aliases: &["group"],
    usage: "-g/--group-by KEYS, -a/--agg AGGREGATES",
    summary: "One record per group, in order of first appearance; with a count unless -a says more",
    examples: &[
        Example { input: "mytools process -g host", output: "host and count" },
        Example { input: "mytools process -g host -a 'n=count, total=sum(ms)'", output: "host, n and total" },
    ],
    item: StageKind { short: Some('g'), value: Some("KEYS"), attach: &["agg"], build },
};

/// A grouping as a stage: what `--group-by`, `--agg` and `--freq` become.
pub(super) struct GroupStage {
    written: Lists,
    setup: Setup,
    /// As bound from what was written, where the keys read as expressions.
    plain: Option<Arc<Grouping>>,
    /// As bound when the columns are known.
    settled: OnceLock<Arc<Grouping>>,
    /// The stage as written, for errors about columns that are gone.
    flag: String,
    /// The line of `--explain`.
    explain: String,
}

/// The lists of a grouping.
#[derive(Debug)]
pub(super) struct Lists {
    /// Key columns; none makes one group of all rows.
    pub(super) keys: Option<String>,
    /// Lists of aggregates; none is a count.
    pub(super) aggregates: Vec<String>,
    /// In which order groups come out.
    pub(super) order: GroupOrder,
}

impl GroupStage {
    /// The stage of these lists.
    pub(super) fn new(written: Lists, flag: String, explain: String, setup: &Setup) -> Result<Self> {
        let mut stage = Self { written, setup: setup.clone(), plain: None, settled: OnceLock::new(), flag, explain };
        let keys = stage.written.keys.as_deref();
        // What is no expression may still be the name of a column.
        if keys.is_none_or(|keys| parse_list(keys).is_ok()) {
            stage.plain = Some(stage.bind(keys)?);
        }
        Ok(stage)
    }

    fn bind(&self, keys: Option<&str>) -> Result<Arc<Grouping>> {
        let aggregates = self.written.aggregates.iter().map(String::as_str).collect();
        Ok(Arc::new(bind(&grouping::Written { keys, aggregates, order: self.written.order }, &self.setup)?))
    }

    fn grouping(&self) -> Option<&Arc<Grouping>> {
        self.settled.get().or(self.plain.as_ref())
    }
}

fn build(written: &Written, setup: &Setup) -> Result<Box<dyn Stage>> {
    let aggregates: Vec<String> = written.attached.iter().map(|(_, list)| list.clone()).collect();
    let listed = if aggregates.is_empty() { "count".to_string() } else { aggregates.join(", ") };
    let lists = Lists { keys: Some(written.value.clone()), aggregates, order: GroupOrder::Appearance };
    let explain = format!("group by {}: {listed}", written.value);
    Ok(Box::new(GroupStage::new(lists, format!("-g {}", written.value), explain, setup)?))
}

impl Stage for GroupStage {
    fn explain(&self) -> String {
        self.explain.clone()
    }

    fn columns(&self, before: &Columns) -> Result<Columns> {
        let keys = self.written.keys.as_deref();
        let named = keys.and_then(|keys| quoted(keys, before));
        let grouping = match (named, &self.plain) {
            (Some(keys), _) => self.bind(Some(&keys))?,
            (None, Some(grouping)) => Arc::clone(grouping),
            (None, None) => self.bind(keys)?,
        };
        let after = grouping.columns(before, &self.flag);
        let _ = self.settled.set(grouping);
        after
    }

    fn needs(&self, _: Needs) -> Needs {
        self.grouping().map_or(Needs::All, |grouping| grouping.needs())
    }

    fn operation(&self) -> Result<Operation> {
        let grouping = self.grouping().ok_or_else(|| Problem::new(Code::Internal, "a grouping has unknown columns"))?;
        Ok(Operation::Gather(Box::new(GroupGather::new(Arc::clone(grouping), &self.setup))))
    }
}
