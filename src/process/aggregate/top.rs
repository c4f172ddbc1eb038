//! `top(k, x)`: the greatest values.

use crate::core::registry::{Example, Row};
use crate::process::aggregate::foremost::{Foremost, read};
use crate::process::aggregate::{Aggregate, Argument, State};

pub(super) const ROW: Row<Aggregate> = Row {
    name: "top",
    aliases: &[],
    usage: "top(k, x)",
    summary: "The k greatest values as a JSON array, the greatest first: numbers by value, then text by bytes",
    examples: &[Example { input: "top(2, x) of 9, 10, 1.5, null, 10.0, 1", output: "[10,10.0]" }],
    item: Aggregate {
        arguments: &[Argument::Count, Argument::Value],
        optional: 0,
        preset: None,
        state: State { name: "top", build: || Box::new(Foremost::<true>::default()) },
        read: read::<true>,
    },
};
