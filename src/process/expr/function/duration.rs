//! The seconds in a length of time.

use super::super::node::Type;
use super::Function;
use super::number_value;
use super::on_text;
use crate::core::data::time::Span;
use crate::core::registry::{Example, Row};

/// `duration(text)`
pub(super) const ROW: Row<Function> = Row {
    name: "duration",
    aliases: &[],
    usage: "duration(text)",
    summary: "The seconds in a length of time: '1h30m', '2 days', '01:30:00', 'PT1H'; null where it is none",
    examples: &[
        Example { input: "duration('1h30m')", output: "5400" },
        Example { input: "duration('250ms')", output: "0.25" },
        Example { input: "date('2026-03-01') + duration('36h')", output: "2026-03-02T12:00:00Z" },
    ],
    item: Function {
        arity: (1, 1),
        regex: None,
        bind: |args| {
            Ok(on_text(args, Type::Number, |text| {
                number_value(Span::parse(&String::from_utf8_lossy(&text)).and_then(Span::seconds))
            }))
        },
    },
};
