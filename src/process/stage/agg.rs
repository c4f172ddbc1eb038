//! `-a/--agg LIST` alone: one record over all records.

use std::sync::Arc;

use crate::core::error::Result;
use crate::core::registry::{Example, Row};
use crate::process::stage::group_by::GroupStage;
use crate::process::stage::grouping::{self, GroupOrder, bind};
use crate::process::stage::{Setup, Stage, StageKind, Written};

pub(super) const ROW: Row<StageKind> = Row {
    name: "agg",
    aliases: &["aggregate"],
    usage: "-a/--agg AGGREGATES",
    summary: "Aggregate the groups of the -g directly before; alone, all records",
    examples: &[Example {
        input: "mytools process -a 'n=count, rate=sum(ok)/count'",
        output: "one record of n and rate",
    }],
    item: StageKind { short: Some('a'), value: Some("AGGREGATES"), attach: &[], build },
};

fn build(written: &Written, setup: &Setup) -> Result<Box<dyn Stage>> {
    let lists = grouping::Written { keys: None, aggregates: vec![&written.value], order: GroupOrder::Appearance };
    Ok(Box::new(GroupStage {
        grouping: Arc::new(bind(&lists, setup)?),
        written: format!("-a {}", written.value),
        explain: format!("aggregate {}", written.value),
    }))
}
