//! `last(x)`: the value of the last row that has one.

use crate::core::registry::{Example, Row};
use crate::process::aggregate::first::{Edge, read};
use crate::process::aggregate::{Aggregate, Argument, State};

pub(super) const ROW: Row<Aggregate> = Row {
    name: "last",
    aliases: &[],
    usage: "last(x)",
    summary: "The last value that is not null, as it came",
    examples: &[Example { input: "last(x) of a, 2.0, null", output: "2.0" }],
    item: Aggregate {
        arguments: &[Argument::Value],
        optional: 0,
        preset: None,
        state: State { name: "last", build: || Box::new(Edge::<true>::default()) },
        read: read::<true>,
    },
};
