//! `min(x)`: the least value.

use crate::core::registry::{Example, Row};
use crate::process::aggregate::extreme::{Extreme, read};
use crate::process::aggregate::{Aggregate, Argument, State};

pub(super) const ROW: Row<Aggregate> = Row {
    name: "min",
    aliases: &[],
    usage: "min(x)",
    summary: "The least value, as it came: numbers by value, then text by bytes",
    examples: &[Example { input: "min(x) of 10, 9.50, null", output: "9.50" }],
    item: Aggregate {
        arguments: &[Argument::Value],
        optional: 0,
        preset: None,
        state: State { name: "min", build: || Box::new(Extreme::<false>::default()) },
        read: read::<false>,
    },
};
