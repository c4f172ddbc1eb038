//! `-a/--agg LIST` alone: one record over all records.

use crate::core::error::Result;
use crate::core::registry::{Example, Row};
use crate::process::stage::group_by::{GroupStage, Lists};
use crate::process::stage::grouping::GroupOrder;
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
    let lists = Lists { keys: None, aggregates: vec![written.value.clone()], order: GroupOrder::Appearance };
    let explain = format!("aggregate {}", written.value);
    Ok(Box::new(GroupStage::new(lists, format!("-a {}", written.value), explain, setup)?))
}
