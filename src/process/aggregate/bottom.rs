//! `bottom(k, x)`: the least values.

use crate::core::registry::{Example, Row};
use crate::process::aggregate::foremost::{Foremost, read};
use crate::process::aggregate::{Aggregate, Argument, State};

pub(super) const ROW: Row<Aggregate> = Row {
    name: "bottom",
    aliases: &[],
    usage: "bottom(k, x)",
    summary: "The k least values as a JSON array, the least first: numbers by value, then text by bytes",
    examples: &[Example { input: "bottom(2, x) of 9, 10, 1.5, null, 10.0, 1", output: "[1,1.5]" }],
    item: Aggregate {
        arguments: &[Argument::Count, Argument::Value],
        optional: 0,
        preset: None,
        state: State { name: "bottom", build: || Box::new(Foremost::<false>::default()) },
        read: read::<false>,
    },
};
