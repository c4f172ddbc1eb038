//! The state of `argmin` and `argmax`: one value of the row in which another is least or greatest.

use std::any::Any;

use crate::core::data::batch::Values;
use crate::core::data::value::Value;
use crate::process::aggregate::extreme::{Place, Slot, better, item_text};
use crate::process::aggregate::intake::{Item, each_place};
use crate::process::aggregate::kept::{KEPT, Kept};
use crate::process::aggregate::{Accumulator, Intake, NO_GROUP, own};

/// The value of each group where another is least, or greatest where `GREATEST`; of equal ones the first.
#[derive(Default)]
pub(super) struct AtExtreme<const GREATEST: bool> {
    /// What is least, and the value beside it.
    slots: Vec<Option<(Slot, Kept)>>,
}

/// Reads a group's value.
pub(super) fn read<const GREATEST: bool>(state: &dyn Accumulator, group: usize, _: usize) -> Value<'static> {
    let slot = own::<AtExtreme<GREATEST>>(state).and_then(|state| state.slots.get(group)?.as_ref());
    slot.map_or(Value::Null, |(_, kept)| kept.value().into_owned())
}

/// The value of a row, unless it is null.
fn item<'a>(intake: &Intake<'a>, values: &'a Values, row: usize) -> Option<Item<'a>> {
    match values {
        Values::Cells(cells) => {
            let cell = cells.get(row).copied().filter(|cell| !cell.is_null())?;
            Some(Item::Cell { kind: cell.kind(), bytes: intake.batch.bytes(cell) })
        }
        Values::Numbers(numbers) => Some(Item::Number((*numbers.get(row)?)?)),
    }
}

impl<const GREATEST: bool> Accumulator for AtExtreme<GREATEST> {
    fn grow(&mut self, groups: usize) {
        self.slots.resize(groups, None);
    }

    fn update(&mut self, intake: &Intake<'_>) {
        let Some(values) = intake.input else { return };
        let by = Intake { input: intake.second, smalls: None, ..*intake };
        each_place(&by, |group, at, by| {
            let Some(value) = item(intake, values, at as usize) else { return };
            let row = intake.batch.id(at as usize);
            let Some(slot) = self.slots.get_mut(group as usize) else { return };
            let place = Place::of(by);
            let wins = slot.as_ref().is_none_or(|(old, _)| {
                better::<GREATEST>(place.compare(|| item_text(by), old.place, &old.kept), row, old.row)
            });
            if wins {
                let (old, kept) = slot.get_or_insert_with(|| (Slot { place, row, kept: Kept::NULL }, Kept::NULL));
                (old.place, old.row) = (place, row);
                old.kept.set(by);
                kept.set(value);
            }
        });
    }

    fn merge(&mut self, other: &dyn Accumulator, into: &[u32]) {
        let Some(other) = own::<Self>(other) else { return };
        for (theirs, group) in other.slots.iter().zip(into).filter(|(_, group)| **group != NO_GROUP) {
            let (Some(slot), Some((new, _))) = (self.slots.get_mut(*group as usize), theirs) else { continue };
            let wins = slot.as_ref().is_none_or(|(old, _)| {
                let order = new.place.compare(|| new.kept.text(), old.place, &old.kept);
                better::<GREATEST>(order, new.row, old.row)
            });
            if wins {
                slot.clone_from(theirs);
            }
        }
    }

    fn memory(&self) -> usize {
        self.slots.capacity() * size_of::<Option<(Slot, Kept)>>() + self.slots.len() * 2 * KEPT
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
