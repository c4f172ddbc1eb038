//! The state of `top` and `bottom`: the greatest or the least few values of each group, best first.

use std::any::Any;

use crate::core::data::value::Value;
use crate::core::format::json::value::array;
use crate::process::aggregate::extreme::{Place, Slot, better, item_text};
use crate::process::aggregate::intake::each_value;
use crate::process::aggregate::kept::{KEPT, Kept};
use crate::process::aggregate::{Accumulator, Intake, NO_GROUP, Parameters, count_of, own};

/// The best few values of each group: the greatest where `GREATEST`, else the least.
#[derive(Default)]
pub(super) struct Foremost<const GREATEST: bool> {
    slots: Vec<Vec<Slot>>,
    /// The most that any aggregate asks for.
    most: usize,
    asked: Vec<Parameters>,
}

/// Reads a group's values.
pub(super) fn read<const GREATEST: bool>(state: &dyn Accumulator, group: usize, asked: usize) -> Value<'static> {
    let Some(state) = own::<Foremost<GREATEST>>(state) else { return Value::Null };
    let most = state.asked.get(asked).map_or(0, |parameters| count_of(parameters));
    let slots = state.slots.get(group).map_or(&[][..], Vec::as_slice);
    let mut json = Vec::new();
    array(slots.iter().take(most).map(|slot| slot.kept.value()), &mut json);
    Value::Nested(json.into())
}

/// Puts a value in its place, unless it is not among the best.
fn insert(slots: &mut Vec<Slot>, most: usize, is_behind: impl Fn(&Slot) -> bool, make: impl FnOnce() -> Slot) {
    if slots.len() >= most && slots.last().is_none_or(&is_behind) {
        return;
    }
    let at = slots.partition_point(is_behind);
    slots.insert(at, make());
    slots.truncate(most);
}

impl<const GREATEST: bool> Accumulator for Foremost<GREATEST> {
    fn prepare(&mut self, asked: &[Parameters]) {
        self.most = asked.iter().map(|parameters| count_of(parameters)).max().unwrap_or(0);
        self.asked = asked.to_vec();
    }

    fn grow(&mut self, groups: usize) {
        self.slots.resize(groups, Vec::new());
    }

    fn update(&mut self, intake: &Intake<'_>) {
        each_value(intake, |group, row, item| {
            let Some(slots) = self.slots.get_mut(group as usize) else { return };
            let place = Place::of(item);
            // The kept value is better than the new one.
            let is_behind = |slot: &Slot| {
                !better::<GREATEST>(place.compare(|| item_text(item), slot.place, &slot.kept), row, slot.row)
            };
            insert(slots, self.most, is_behind, || {
                let mut kept = Kept::NULL;
                kept.set(item);
                Slot { place, row, kept }
            });
        });
    }

    fn merge(&mut self, other: &dyn Accumulator, into: &[u32]) {
        let Some(other) = own::<Self>(other) else { return };
        for (theirs, group) in other.slots.iter().zip(into).filter(|(_, group)| **group != NO_GROUP) {
            let Some(slots) = self.slots.get_mut(*group as usize) else { continue };
            for new in theirs {
                let is_behind = |slot: &Slot| {
                    let order = new.place.compare(|| new.kept.text(), slot.place, &slot.kept);
                    !better::<GREATEST>(order, new.row, slot.row)
                };
                insert(slots, self.most, is_behind, || new.clone());
            }
        }
    }

    fn memory(&self) -> usize {
        self.slots.len() * (size_of::<Vec<Slot>>() + self.most.min(8) * (size_of::<Slot>() + KEPT))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
