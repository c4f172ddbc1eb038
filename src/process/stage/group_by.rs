//! `-g/--group-by KEYS` with `-a/--agg LIST`: a record per group, by first appearance.

use std::sync::Arc;

use crate::core::error::Result;
use crate::core::registry::{Example, Row};
use crate::process::stage::grouping::{self, GroupGather, GroupOrder, Grouping, bind};
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
    pub(super) grouping: Arc<Grouping>,
    /// The stage as written, for errors about columns that are gone.
    pub(super) written: String,
    /// The line of `--explain`.
    pub(super) explain: String,
}

fn build(written: &Written, setup: &Setup) -> Result<Box<dyn Stage>> {
    let aggregates: Vec<&str> = written.attached.iter().map(|(_, list)| list.as_str()).collect();
    let listed = if aggregates.is_empty() { "count".to_string() } else { aggregates.join(", ") };
    let lists = grouping::Written { keys: Some(&written.value), aggregates, order: GroupOrder::Appearance };
    Ok(Box::new(GroupStage {
        grouping: Arc::new(bind(&lists, setup)?),
        written: format!("-g {}", written.value),
        explain: format!("group by {}: {listed}", written.value),
    }))
}

impl Stage for GroupStage {
    fn explain(&self) -> String {
        self.explain.clone()
    }

    fn columns(&self, before: &Columns) -> Result<Columns> {
        self.grouping.columns(before, &self.written)
    }

    fn needs(&self, _: Needs) -> Needs {
        self.grouping.needs()
    }

    fn operation(&self) -> Result<Operation> {
        Ok(Operation::Gather(Box::new(GroupGather::new(Arc::clone(&self.grouping)))))
    }
}
