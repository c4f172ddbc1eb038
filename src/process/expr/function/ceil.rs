//! A number rounded up.

use super::super::node::Type;
use super::Function;
use super::number_value;
use crate::core::registry::{Example, Row};

/// `ceil(x, digits?)`
pub(super) const ROW: Row<Function> = Row {
    name: "ceil",
    aliases: &[],
    usage: "ceil(x, digits?)",
    summary: "The number rounded up to some digits after the point (0 unless given)",
    examples: &[Example { input: "ceil(1.2)", output: "2" }],
    item: Function {
        arity: (1, 2),
        regex: None,
        bind: |args| {
            let given = args.nodes.len() == 2;
            Ok(args.each(
                Type::Number,
                Box::new(move |call| {
                    let digits = if given { call.integer(1) } else { Some(0) };
                    let digits = digits.map(|digits| digits.clamp(-400, 400) as i32);
                    number_value(call.number(0).zip(digits).map(|(number, digits)| number.ceil(digits)))
                }),
            ))
        },
    },
};
