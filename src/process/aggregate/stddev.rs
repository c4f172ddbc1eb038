//! `stddev(x)`: the standard deviation of a sample.

use crate::core::registry::{Example, Row};
use crate::process::aggregate::moments::{Moments, Of, STATE, shown};
use crate::process::aggregate::{Aggregate, Argument};

pub(super) const ROW: Row<Aggregate> = Row {
    name: "stddev",
    aliases: &["stdev", "std", "stddev_samp"],
    usage: "stddev(x)",
    summary: "The standard deviation of a sample, from exact sums; null for fewer than two numbers",
    examples: &[Example { input: "stddev(x) of 2, 4, 4, 4, 5, 5, 7, 9", output: "2.138089935299395" }],
    item: Aggregate {
        arguments: &[Argument::Value],
        optional: 0,
        preset: None,
        state: STATE,
        read: |state, group, _| shown(Moments::variance(state, group, Of::Sample).map(f64::sqrt)),
    },
};
