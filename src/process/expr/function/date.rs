//! A value as a time.

use super::super::node::{Op, Type};
use super::Function;
use crate::core::registry::{Example, Row};

/// `date(x)`
pub(super) const ROW: Row<Function> = Row {
    name: "date",
    aliases: &[],
    usage: "date(x)",
    summary: "The time that a text is (RFC 3339, ISO 8601, CLF, syslog), in the zone of --tz; comparing with it compares times",
    examples: &[
        Example { input: "date('2026-03-01')", output: "2026-03-01T00:00:00Z" },
        Example { input: "date('01/Mar/2026:12:00:00 +0100')", output: "2026-03-01T11:00:00Z" },
        Example { input: "date('2026-03-02') - date('2026-03-01')", output: "86400" },
    ],
    item: Function { arity: (1, 1), regex: None, bind: |args| Ok((Op::Date(args.node(0)), Type::Time)) },
};
