//! `var(x)`: the variance of a sample.

use crate::core::registry::{Example, Row};
use crate::process::aggregate::moments::{Moments, Of, STATE, shown};
use crate::process::aggregate::{Aggregate, Argument};

pub(super) const ROW: Row<Aggregate> = Row {
    name: "var",
    aliases: &["variance", "var_samp"],
    usage: "var(x)",
    summary: "The variance of a sample, from exact sums; null for fewer than two numbers",
    examples: &[Example { input: "var(x) of 2, 4, 4, 4, 5, 5, 7, 9", output: "4.571428571428571" }],
    item: Aggregate {
        arguments: &[Argument::Value],
        optional: 0,
        preset: None,
        state: STATE,
        read: |state, group, _| shown(Moments::variance(state, group, Of::Sample)),
    },
};
