//! `max(x)`: the greatest value.

use crate::core::registry::{Example, Row};
use crate::process::aggregate::extreme::{Extreme, read};
use crate::process::aggregate::{Aggregate, Argument, State};

pub(super) const ROW: Row<Aggregate> = Row {
    name: "max",
    aliases: &[],
    usage: "max(x)",
    summary: "The greatest value, as it came: numbers by value, then text by bytes",
    examples: &[Example { input: "max(x) of 10, 9.50, null", output: "10" }],
    item: Aggregate {
        arguments: &[Argument::Value],
        optional: 0,
        preset: None,
        state: State { name: "max", build: || Box::new(Extreme::<true>::default()) },
        read: read::<true>,
    },
};
