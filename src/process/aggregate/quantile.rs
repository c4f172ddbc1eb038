//! `quantile(x, q)`: the number below which a part `q` of the numbers lies.

use crate::core::registry::{Example, Row};
use crate::process::aggregate::quantiles::{STATE, read};
use crate::process::aggregate::{Aggregate, Argument};

pub(super) const ROW: Row<Aggregate> = Row {
    name: "quantile",
    aliases: &[],
    usage: "quantile(x, q)",
    summary: "The exact quantile at q, from 0 to 1, interpolated linearly between the nearest ranks",
    examples: &[Example { input: "quantile(x, 0.25) of 1, 2, 3, 4", output: "1.75" }],
    item: Aggregate { arguments: &[Argument::Value, Argument::Share], optional: 0, preset: None, state: STATE, read },
};
