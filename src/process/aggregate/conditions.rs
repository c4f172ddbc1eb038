//! The state of `count_if`, `ratio`, `any` and `all`: how many rows there were, and for how many a condition held.

use std::any::Any;

use crate::core::data::batch::Values;
use crate::core::data::cell::Kind;
use crate::process::aggregate::{Accumulator, Intake, NO_GROUP, State, own};

pub(super) const STATE: State = State { name: "conditions", build: || Box::new(Conditions::default()) };

/// Counts of rows by group.
#[derive(Default)]
pub(super) struct Conditions {
    slots: Vec<Held>,
}

/// The counts of a group.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Held {
    /// Rows for which the condition held.
    pub(super) yes: u64,
    /// All rows.
    pub(super) of: u64,
}

/// The counts of a group.
pub(super) fn held(state: &dyn Accumulator, group: usize) -> Held {
    own::<Conditions>(state).and_then(|state| state.slots.get(group)).copied().unwrap_or_default()
}

impl Accumulator for Conditions {
    fn grow(&mut self, groups: usize) {
        self.slots.resize(groups, Held::default());
    }

    fn update(&mut self, intake: &Intake<'_>) {
        let Some(Values::Cells(cells)) = intake.input else { return };
        for (&row, &group) in intake.rows.iter().zip(intake.groups) {
            if let (Some(cell), Some(slot)) = (cells.get(row as usize), self.slots.get_mut(group as usize)) {
                slot.of += 1;
                slot.yes += u64::from(cell.kind() == Kind::True);
            }
        }
    }

    fn merge(&mut self, other: &dyn Accumulator, into: &[u32]) {
        let Some(other) = own::<Self>(other) else { return };
        for (theirs, group) in other.slots.iter().zip(into).filter(|(_, group)| **group != NO_GROUP) {
            if let Some(slot) = self.slots.get_mut(*group as usize) {
                slot.yes += theirs.yes;
                slot.of += theirs.of;
            }
        }
    }

    fn memory(&self) -> usize {
        self.slots.capacity() * size_of::<Held>()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
