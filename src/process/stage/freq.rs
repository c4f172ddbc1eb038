//! `--freq COLS`: how often each combination of values occurs, the most frequent first.

use crate::core::error::Result;
use crate::core::registry::{Example, Row};
use crate::process::stage::group_by::{GroupStage, Lists};
use crate::process::stage::grouping::GroupOrder;
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
    let lists = Lists { keys: Some(written.value.clone()), aggregates: Vec::new(), order: GroupOrder::Falling };
    let explain = format!("count each {}, most frequent first", written.value);
    Ok(Box::new(GroupStage::new(lists, format!("--freq {}", written.value), explain, setup)?))
}
