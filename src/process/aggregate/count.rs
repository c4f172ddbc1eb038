//! `count`: how many rows there are, or how many values are not null.

use std::any::Any;

use crate::core::data::number::Number;
use crate::core::data::value::Value;
use crate::core::registry::{Example, Row};
use crate::process::aggregate::intake::each_value;
use crate::process::aggregate::{Accumulator, Aggregate, Argument, Intake, NO_GROUP, State, own};

pub(super) const ROW: Row<Aggregate> = Row {
    name: "count",
    aliases: &[],
    usage: "count, count(x)",
    summary: "The number of rows; with a column, of its values that are not null",
    examples: &[
        Example { input: "count of 1, null, a", output: "3" },
        Example { input: "count(x) of 1, null, a", output: "2" },
    ],
    item: Aggregate {
        arguments: &[Argument::Value],
        optional: 1,
        preset: None,
        state: State { name: "count", build: || Box::new(Count::default()) },
        read: |state, group, _| {
            let count = own::<Count>(state).and_then(|state| state.counts.get(group)).copied().unwrap_or(0);
            Value::Number(Number::int(i128::from(count)))
        },
    },
};

#[derive(Default)]
struct Count {
    counts: Vec<u64>,
}

impl Accumulator for Count {
    fn grow(&mut self, groups: usize) {
        self.counts.resize(groups, 0);
    }

    fn update(&mut self, intake: &Intake<'_>) {
        let counts = self.counts.as_mut_slice();
        let mut add = |group: u32| {
            if let Some(count) = counts.get_mut(group as usize) {
                *count += 1;
            }
        };
        if intake.input.is_some() {
            each_value(intake, |group, _, _| add(group));
        } else {
            intake.groups.iter().for_each(|group| add(*group));
        }
    }

    fn merge(&mut self, other: &dyn Accumulator, into: &[u32]) {
        let Some(other) = own::<Self>(other) else { return };
        for (more, group) in other.counts.iter().zip(into).filter(|(_, group)| **group != NO_GROUP) {
            if let Some(count) = self.counts.get_mut(*group as usize) {
                *count += more;
            }
        }
    }

    fn memory(&self) -> usize {
        self.counts.capacity() * size_of::<u64>()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
