//! The first value that is not null.

use super::super::bind::common_type;
use super::super::node::Op;
use super::Function;
use super::MANY;
use crate::core::registry::{Example, Row};

/// `coalesce(x, y, …)`
pub(super) const ROW: Row<Function> = Row {
    name: "coalesce",
    aliases: &[],
    usage: "coalesce(x, y, …)",
    summary: "The first value that is not null, as 'x ?? y'",
    examples: &[
        Example { input: "coalesce(null, '', 'a')", output: "" },
        Example { input: "coalesce(null, 3)", output: "3" },
    ],
    item: Function {
        arity: (1, MANY),
        regex: None,
        bind: |args| {
            let kind = common_type(args.nodes.iter());
            Ok((Op::Coalesce(std::mem::take(&mut args.nodes)), kind))
        },
    },
};
