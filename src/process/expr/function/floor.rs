//! A number rounded down.

use super::super::node::Type;
use super::Function;
use super::number_value;
use crate::core::registry::{Example, Row};

/// `floor(x, digits?)`
pub(super) const ROW: Row<Function> = Row {
    name: "floor",
    aliases: &[],
    usage: "floor(x, digits?)",
    summary: "The number rounded down to some digits after the point (0 unless given)",
    examples: &[Example { input: "floor(-1.5)", output: "-2" }, Example { input: "floor(1.29, 1)", output: "1.2" }],
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
                    number_value(call.number(0).zip(digits).map(|(number, digits)| number.floor(digits)))
                }),
            ))
        },
    },
};
