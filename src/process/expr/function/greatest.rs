//! The greatest of several values of a record.

use super::super::bind::common_type;
use super::super::node::Type;
use super::Function;
use super::MANY;
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
    item: Function {
        arity: (1, MANY),
        regex: None,
        bind: |args| {
            let kind = common_type(args.nodes.iter());
            let count = args.nodes.len();
            Ok(args.each(
                if kind == Type::Bool { Type::Any } else { kind },
                Box::new(move |call| {
                    let mut best = Value::Null;
                    for index in 0..count {
                        let value = call.value(index);
                        if !value.is_null() && (best.is_null() || SortOrder::default().compare(&value, &best).is_gt()) {
                            best = value;
                        }
                    }
                    best
                }),
            ))
        },
    },
};
