//! `stddev_pop(x)`: the standard deviation of all there is.

use crate::core::registry::{Example, Row};
use crate::process::aggregate::moments::{Moments, Of, STATE, shown};
use crate::process::aggregate::{Aggregate, Argument};

pub(super) const ROW: Row<Aggregate> = Row {
    name: "stddev_pop",
    aliases: &[],
    usage: "stddev_pop(x)",
    summary: "The standard deviation of a whole population, from exact sums",
    examples: &[Example { input: "stddev_pop(x) of 2, 4, 4, 4, 5, 5, 7, 9", output: "2" }],
    item: Aggregate {
        arguments: &[Argument::Value],
        optional: 0,
        preset: None,
        state: STATE,
        read: |state, group, _| shown(Moments::variance(state, group, Of::Population).map(f64::sqrt)),
    },
};
