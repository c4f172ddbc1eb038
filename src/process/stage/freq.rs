//! `--freq COLS`: how often each combination of values occurs, the most frequent first.

use std::sync::Arc;

use crate::core::error::Result;
use crate::core::registry::{Example, Row};
use crate::process::stage::group_by::GroupStage;
use crate::process::stage::grouping::{self, GroupOrder, bind};
use crate::process::stage::{Setup, Stage, StageKind, Written};

pub(super) const ROW: Row<StageKind> = Row {
    name: "freq",
    aliases: &["frequency"],
    usage: "--freq COLS",
    summary: "How often each value occurs, the most frequent first; ties in order of first appearance",
    examples: &[Example {
        input: "mytools process --freq host",
        output: "host and count, the most frequent host first",
    }],
    item: StageKind { short: None, value: Some("COLS"), attach: &[], build },
};

fn build(written: &Written, setup: &Setup) -> Result<Box<dyn Stage>> {
    let lists = grouping::Written { keys: Some(&written.value), aggregates: Vec::new(), order: GroupOrder::Falling };
    Ok(Box::new(GroupStage {
        grouping: Arc::new(bind(&lists, setup)?),
        written: format!("--freq {}", written.value),
        explain: format!("count each {}, most frequent first", written.value),
    }))
}
