//! `argmax(x, by)`: the value where another is greatest.

use crate::core::registry::{Example, Row};
use crate::process::aggregate::at_extreme::{AtExtreme, read};
use crate::process::aggregate::{Aggregate, Argument, State};

pub(super) const ROW: Row<Aggregate> = Row {
    name: "argmax",
    aliases: &["arg_max", "max_by"],
    usage: "argmax(x, by)",
    summary: "The x of the record whose 'by' is greatest, of equal ones the first; records where either is null are passed over",
    examples: &[Example { input: "argmax(x, len(x)) of bb, a, cccc, dddd, e", output: "cccc" }],
    item: Aggregate {
        arguments: &[Argument::Value, Argument::Value],
        optional: 0,
        preset: None,
        state: State { name: "argmax", build: || Box::new(AtExtreme::<true>::default()) },
        read: read::<true>,
    },
};
