//! `first(x)` and, from the other end, `last(x)`: the value of the first row that has one.

use std::any::Any;

use crate::core::data::value::Value;
use crate::core::registry::{Example, Row};
use crate::process::aggregate::intake::each_value;
use crate::process::aggregate::kept::{KEPT, Kept};
use crate::process::aggregate::{Accumulator, Aggregate, Argument, Intake, NO_GROUP, State, own};

pub(super) const ROW: Row<Aggregate> = Row {
    name: "first",
    aliases: &["any_value"],
    usage: "first(x)",
    summary: "The first value that is not null, as it came",
    examples: &[Example { input: "first(x) of null, 1.10, b", output: "1.10" }],
    item: Aggregate {
        arguments: &[Argument::Value],
        optional: 0,
        preset: None,
        state: State { name: "first", build: || Box::new(Edge::<false>::default()) },
        read: read::<false>,
    },
};

/// The value at one end of each group, the last where `LAST`.
#[derive(Default)]
pub(super) struct Edge<const LAST: bool> {
    /// The row of the value, and the value.
    slots: Vec<Option<(u64, Kept)>>,
}

/// Reads a group's value.
pub(super) fn read<const LAST: bool>(state: &dyn Accumulator, group: usize, _: usize) -> Value<'static> {
    let slot = own::<Edge<LAST>>(state).and_then(|edge| edge.slots.get(group)?.as_ref());
    slot.map_or(Value::Null, |(_, kept)| kept.value().into_owned())
}

impl<const LAST: bool> Accumulator for Edge<LAST> {
    fn grow(&mut self, groups: usize) {
        self.slots.resize(groups, None);
    }

    fn update(&mut self, intake: &Intake<'_>) {
        each_value(intake, |group, row, item| match self.slots.get_mut(group as usize) {
            Some(Some((at, kept))) if (row > *at) == LAST => {
                *at = row;
                kept.set(item);
            }
            Some(slot @ None) => {
                let mut kept = Kept::NULL;
                kept.set(item);
                *slot = Some((row, kept));
            }
            _ => {}
        });
    }

    fn merge(&mut self, other: &dyn Accumulator, into: &[u32]) {
        let Some(other) = own::<Self>(other) else { return };
        for (theirs, group) in other.slots.iter().zip(into).filter(|(_, group)| **group != NO_GROUP) {
            let (Some(slot), Some((row, _))) = (self.slots.get_mut(*group as usize), theirs) else { continue };
            if slot.as_ref().is_none_or(|(at, _)| (row > at) == LAST) {
                slot.clone_from(theirs);
            }
        }
    }

    fn memory(&self) -> usize {
        self.slots.capacity() * size_of::<Option<(u64, Kept)>>() + self.slots.len() * KEPT
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
