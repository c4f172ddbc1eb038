//! `argmin(x, by)`: the value where another is least.

use crate::core::registry::{Example, Row};
use crate::process::aggregate::at_extreme::{AtExtreme, read};
use crate::process::aggregate::{Aggregate, Argument, State};

pub(super) const ROW: Row<Aggregate> = Row {
    name: "argmin",
    aliases: &["arg_min", "min_by"],
    usage: "argmin(x, by)",
    summary: "The x of the record whose 'by' is least, of equal ones the first; records where either is null are passed over",
    examples: &[Example { input: "argmin(x, len(x)) of bb, a, cccc, dddd, e", output: "a" }],
    item: Aggregate {
        arguments: &[Argument::Value, Argument::Value],
        optional: 0,
        preset: None,
        state: State { name: "argmin", build: || Box::new(AtExtreme::<false>::default()) },
        read: read::<false>,
    },
};
