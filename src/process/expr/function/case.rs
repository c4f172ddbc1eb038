//! The value of the first condition that holds.

use super::super::bind::common_type;
use super::super::node::{Op, Type};
use super::Function;
use super::MANY;
use crate::core::registry::{Example, Row};

/// `case(condition, value, …, else?)`
pub(super) const ROW: Row<Function> = Row {
    name: "case",
    aliases: &[],
    usage: "case(condition, value, …, else?)",
    summary: "The value after the first condition that holds, else the last one (null unless given)",
    examples: &[Example { input: "case(1 > len('ab'), 'a', 2 >= len('ab'), 'b', 'c')", output: "b" }],
    item: Function {
        arity: (2, MANY),
        regex: None,
        bind: |args| {
            let pairs = args.nodes.len() / 2;
            let given = args.nodes.len() % 2 == 1;
            for pair in 0..pairs {
                args.check_condition(2 * pair)?;
            }
            let is_value = |index: usize| index % 2 == 1 || index == 2 * pairs;
            let values = args.nodes.iter().enumerate().filter(|(index, _)| is_value(*index)).map(|(_, node)| node);
            let kind = match common_type(values) {
                Type::Bool if !given => Type::Any,
                kind => kind,
            };
            let branches = (0..pairs).map(|pair| (*args.node(2 * pair), *args.node(2 * pair + 1))).collect();
            let otherwise = given.then(|| args.node(2 * pairs));
            Ok((Op::Case { branches, otherwise }, kind))
        },
    },
};
