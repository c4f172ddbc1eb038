//! `var_pop(x)`: the variance of all there is.

use crate::core::registry::{Example, Row};
use crate::process::aggregate::moments::{Moments, Of, STATE, shown};
use crate::process::aggregate::{Aggregate, Argument};

pub(super) const ROW: Row<Aggregate> = Row {
    name: "var_pop",
    aliases: &[],
    usage: "var_pop(x)",
    summary: "The variance of a whole population, from exact sums",
    examples: &[Example { input: "var_pop(x) of 2, 4, 4, 4, 5, 5, 7, 9", output: "4" }],
    item: Aggregate {
        arguments: &[Argument::Value],
        optional: 0,
        preset: None,
        state: STATE,
        read: |state, group, _| shown(Moments::variance(state, group, Of::Population)),
    },
};
