//! Times of expressions: values read as times, rounded and moved.

use std::borrow::Cow;

use super::Run;
use crate::core::data::number::Number;
use crate::core::data::time::{Time, Zone};
use crate::core::data::value::Value;
use crate::process::expr::node::{Node, Op, time};
use crate::process::expr::tally::Wanted;

impl<'b> Run<'b, '_> {
    /// The times of a node; what is none is null and counted.
    pub(super) fn times(&mut self, node: &'b Node, rows: &[u32]) -> Vec<Option<Time>> {
        match &node.op {
            Op::Constant(value) => {
                let time = time(value, self.zone);
                if let (None, false, Some(row)) = (time, value.is_null(), rows.first()) {
                    self.tally.misfit(node.site, Wanted::Time, self.at(*row), &value.to_text());
                }
                vec![time; rows.len()]
            }
            Op::Date(inner) => self.times(inner, rows),
            Op::Later(time, span) => {
                let zone = self.zone;
                self.times(time, rows).into_iter().map(|time| time?.later(*span, zone)).collect()
            }
            Op::Bin { time, width, zone } => {
                let zone = zone.as_ref().unwrap_or(self.zone);
                self.times(time, rows).into_iter().map(|time| time?.bin(*width, zone)).collect()
            }
            Op::Shift { time, seconds, back } => {
                let times = self.times(time, rows);
                let seconds = self.numbers(seconds, rows);
                let signed = |seconds: Number| if *back { seconds.negate() } else { seconds };
                times.iter().zip(seconds).map(|(time, seconds)| (*time)?.plus(signed(seconds?))).collect()
            }
            _ => {
                let values = self.values(node, rows);
                let mut times = Vec::with_capacity(rows.len());
                for (value, row) in values.iter().zip(rows) {
                    let time = time(value, self.zone);
                    if time.is_none() && !value.is_null() {
                        self.tally.misfit(node.site, Wanted::Time, self.at(*row), &value.to_text());
                    }
                    times.push(time);
                }
                times
            }
        }
    }
}

/// A time as text.
pub(super) fn shown<'v>(time: Option<Time>, zone: &Zone) -> Value<'v> {
    time.map_or(Value::Null, |time| {
        let mut text = Vec::with_capacity(25);
        time.write(zone, &mut text);
        Value::Text(Cow::Owned(text))
    })
}
