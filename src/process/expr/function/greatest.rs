//! The greatest of several values of a record.

use std::cmp::Ordering;

use super::super::bind::common_type;
use super::super::node::{Op, Type};
use super::{Arguments, Function, MANY};
use crate::core::data::compare::SortOrder;
use crate::core::data::value::Value;
use crate::core::registry::{Example, Row};

/// `greatest(x, y, …)`
pub(super) const ROW: Row<Function> = Row {
    name: "greatest",
    aliases: &[],
    usage: "greatest(x, y, …)",
    summary: "The greatest of the values as it came, numbers by value and after them text by bytes; nulls are passed over",
    examples: &[
        Example { input: "greatest(3, 10, null)", output: "10" },
        Example { input: "greatest('b', 'a')", output: "b" },
    ],
    item: Function { arity: (1, MANY), regex: None, bind: |args| Ok(furthest(args, Ordering::Greater)) },
};

/// Binds to the value that is furthest in a direction of the order; the first of equal ones.
pub(super) fn furthest(args: &mut Arguments<'_, '_>, direction: Ordering) -> (Op, Type) {
    let kind = common_type(args.nodes.iter());
    let count = args.nodes.len();
    args.each(
        if kind == Type::Bool { Type::Any } else { kind },
        Box::new(move |call| {
            let mut best = Value::Null;
            for index in 0..count {
                let value = call.value(index);
                let further = || SortOrder::default().compare(&value, &best) == direction;
                if !value.is_null() && (best.is_null() || further()) {
                    best = value;
                }
            }
            best
        }),
    )
}
