//! `range(x)`: how far the greatest number is from the least.

use std::any::Any;

use crate::core::data::number::{Number, Wide};
use crate::core::data::value::Value;
use crate::core::registry::{Example, Row};
use crate::process::aggregate::intake::{Numbers, Small, each_number};
use crate::process::aggregate::{Accumulator, Aggregate, Argument, Intake, NO_GROUP, Skipped, State, own};

pub(super) const ROW: Row<Aggregate> = Row {
    name: "range",
    aliases: &[],
    usage: "range(x)",
    summary: "The greatest number less the least; null where there are none",
    examples: &[Example { input: "range(x) of 3, 1.5, null, 10", output: "8.5" }],
    item: Aggregate {
        arguments: &[Argument::Value],
        optional: 0,
        preset: None,
        state: State { name: "range", build: || Box::new(Range::default()) },
        read: |state, group, _| {
            let slot = own::<Range>(state).and_then(|range| *range.slots.get(group)?);
            let range = slot.and_then(|(least, greatest)| greatest.subtract(least, &mut Wide::default()));
            range.map_or(Value::Null, Value::Number)
        },
    },
};

/// The least and the greatest number of each group.
#[derive(Default)]
struct Range {
    slots: Vec<Option<(Number, Number)>>,
    skipped: Skipped,
}

impl Range {
    fn widen(&mut self, group: u32, (low, high): (Number, Number)) {
        if let Some(slot) = self.slots.get_mut(group as usize) {
            *slot = Some(slot.map_or((low, high), |(least, greatest)| (least.min(low), greatest.max(high))));
        }
    }
}

impl Numbers for Range {
    fn small(&mut self, run: &[Small]) {
        for small in run {
            let number = Number::Exact { units: i128::from(small.units), scale: small.scale };
            self.widen(small.group, (number, number));
        }
    }

    fn number(&mut self, group: u32, number: Number) {
        self.widen(group, (number, number));
    }

    fn skips(&mut self) -> &mut Skipped {
        &mut self.skipped
    }
}

impl Accumulator for Range {
    fn reads_numbers(&self) -> bool {
        true
    }

    fn grow(&mut self, groups: usize) {
        self.slots.resize(groups, None);
    }

    fn update(&mut self, intake: &Intake<'_>) {
        each_number(intake, self);
    }

    fn merge(&mut self, other: &dyn Accumulator, into: &[u32]) {
        let Some(other) = own::<Self>(other) else { return };
        self.skipped.merge(&other.skipped);
        for (theirs, group) in other.slots.iter().zip(into).filter(|(_, group)| **group != NO_GROUP) {
            if let Some(theirs) = theirs {
                self.widen(*group, *theirs);
            }
        }
    }

    fn skipped(&self) -> Skipped {
        self.skipped.clone()
    }

    fn memory(&self) -> usize {
        self.slots.capacity() * size_of::<Option<(Number, Number)>>()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
