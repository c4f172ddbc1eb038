//! The least of several values of a record.

use std::cmp::Ordering;

use super::greatest::furthest;
use super::{Function, MANY};
use crate::core::registry::{Example, Row};

/// `least(x, y, …)`
pub(super) const ROW: Row<Function> = Row {
    name: "least",
    aliases: &[],
    usage: "least(x, y, …)",
    summary: "The least of the values as it came, numbers by value and after them text by bytes; nulls are passed over",
    examples: &[
        Example { input: "least(3, 10, null)", output: "3" },
        Example { input: "least('b', 'a')", output: "a" },
    ],
    item: Function { arity: (1, MANY), regex: None, bind: |args| Ok(furthest(args, Ordering::Less)) },
};
