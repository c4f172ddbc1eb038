//! The state of `min` and `max`: the least or greatest value by the total order of sorts, numbers by value and after
//! them text by bytes, as it came. Of equal values (`1` and `1.0`) the first is kept.

use std::any::Any;
use std::borrow::Cow;
use std::cmp::Ordering;

use crate::core::data::batch::Values;
use crate::core::data::cell::{Cell, Kind};
use crate::core::data::number::Number;
use crate::core::data::value::Value;
use crate::core::scan::number::parse_small;
use crate::core::scan::numbers::REFUSED;
use crate::process::aggregate::intake::{Item, RUN, each_value, touch, value};
use crate::process::aggregate::kept::{KEPT, Kept, text};
use crate::process::aggregate::smalls::{Smalls, uniform};
use crate::process::aggregate::{Accumulator, Intake, NO_GROUP, own};

/// The least value of each group, or the greatest where `GREATEST`.
#[derive(Default)]
pub(super) struct Extreme<const GREATEST: bool> {
    slots: Vec<Option<Slot>>,
    /// For each group the units of its value where that is a short number of this scale, else the number that no other
    /// is surely worse than: what most values are compared with, eight bytes to a group.
    bounds: Vec<i64>,
    /// The scale of the bounds; that of the first short numbers.
    scale: Option<u8>,
}

/// The value of a group, its row, and its place in the order.
#[derive(Debug, Clone)]
pub(super) struct Slot {
    pub(super) place: Place,
    pub(super) row: u64,
    pub(super) kept: Kept,
}

/// What decides the order. Numbers that are not short, and text with the same beginning, are compared as they are kept.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    Small {
        units: i64,
        scale: u8,
    },
    Number,
    /// The first eight bytes, the first of them highest.
    Text(u64),
}

/// The place of text.
#[inline]
fn text_place(text: &[u8]) -> Place {
    let mut start = [0; 8];
    match text.first_chunk() {
        Some(chunk) => start = *chunk,
        None => start.iter_mut().zip(text).for_each(|(to, from)| *to = *from),
    }
    Place::Text(u64::from_be_bytes(start))
}

impl Place {
    /// The place of a value.
    #[inline]
    pub(super) fn of(item: Item<'_>) -> Self {
        match item {
            Item::Number(_) => Self::Number,
            Item::Cell { kind: Kind::Bare | Kind::Quoted | Kind::Number | Kind::Text, bytes } => {
                if !matches!(bytes.first(), Some(b'0'..=b'9' | b'-' | b'+' | b'.')) {
                    return text_place(bytes);
                }
                match parse_small(bytes) {
                    Some((units, scale)) => Self::Small { units, scale },
                    None => Number::parse(bytes).map_or_else(|| text_place(bytes), |_| Self::Number),
                }
            }
            Item::Cell { kind, bytes } => {
                let value = value(kind, bytes);
                value.to_number().map_or_else(|| text_place(&value.to_text()), |_| Self::Number)
            }
        }
    }

    /// The number at this place; `text` is its text.
    fn number<'a>(self, text: impl Fn() -> Cow<'a, [u8]>) -> Option<Number> {
        match self {
            Self::Small { units, scale } => Some(Number::Exact { units: i128::from(units), scale }),
            Self::Number => Number::parse(&text()),
            Self::Text(_) => None,
        }
    }

    /// Compares two values; their texts are asked for only where they decide.
    #[inline]
    pub(super) fn compare<'a>(self, text: impl Fn() -> Cow<'a, [u8]>, other: Self, kept: &Kept) -> Ordering {
        if let (Self::Small { units: a, scale: s }, Self::Small { units: b, scale: t }) = (self, other)
            && s == t
        {
            return a.cmp(&b);
        }
        if let (Self::Text(a), Self::Text(b)) = (self, other)
            && a != b
        {
            return a.cmp(&b);
        }
        match (self.number(&text), other.number(|| kept.text())) {
            (Some(a), Some(b)) => a.compare(b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => text().cmp(&kept.text()),
        }
    }
}

/// Whether a value at `row` that compares so with the kept one at `at` takes its place.
#[inline]
pub(super) fn better<const GREATEST: bool>(order: Ordering, row: u64, at: u64) -> bool {
    match order {
        Ordering::Less => !GREATEST,
        Ordering::Greater => GREATEST,
        Ordering::Equal => row < at,
    }
}

/// Reads a group's value.
pub(super) fn read<const GREATEST: bool>(state: &dyn Accumulator, group: usize, _: usize) -> Value<'_> {
    let slot = own::<Extreme<GREATEST>>(state).and_then(|extreme| extreme.slots.get(group)?.as_ref());
    slot.map_or(Value::Null, |slot| slot.kept.value())
}

impl<const GREATEST: bool> Extreme<GREATEST> {
    /// The bound that rules nothing out.
    const OPEN: i64 = if GREATEST { i64::MIN } else { i64::MAX };

    /// Notes the bound of a group.
    #[inline]
    fn bound(&mut self, group: u32, place: Place) {
        if let Some(bound) = self.bounds.get_mut(group as usize) {
            *bound = match place {
                Place::Small { units, scale } if Some(scale) == self.scale => units,
                _ => Self::OPEN,
            };
        }
    }

    /// Keeps a value where it is better than what its group has.
    #[inline]
    fn offer(&mut self, group: u32, row: u64, item: Item<'_>, place: Place) {
        match self.slots.get_mut(group as usize) {
            Some(Some(slot)) => {
                let order = place.compare(|| item_text(item), slot.place, &slot.kept);
                if !better::<GREATEST>(order, row, slot.row) {
                    return;
                }
                slot.place = place;
                slot.row = row;
                slot.kept.set(item);
            }
            Some(empty) => {
                let mut kept = Kept::NULL;
                kept.set(item);
                *empty = Some(Slot { place, row, kept });
            }
            None => {}
        }
        self.bound(group, place);
    }

    /// Whether a short number is surely not better than what its group has.
    #[inline]
    fn is_worse(&self, group: u32, units: i64, scale: u8) -> bool {
        match self.slots.get(group as usize) {
            Some(Some(Slot { place: Place::Small { units: kept, scale: same }, .. })) if *same == scale => {
                if GREATEST {
                    units < *kept
                } else {
                    units > *kept
                }
            }
            _ => false,
        }
    }

    /// Takes cells in whose short numbers were read already.
    fn update_read(&mut self, intake: &Intake<'_>, smalls: &Smalls, cells: &[Cell]) {
        let runs = intake.rows.chunks(RUN).zip(intake.groups.chunks(RUN)).zip(smalls.chunks(RUN));
        for ((rows, groups), (units, scales)) in runs {
            let uniform = uniform(scales);
            if self.scale.is_none() {
                self.scale = uniform;
            }
            if let Some(scale) = uniform
                && uniform == self.scale
            {
                touch(&self.bounds, groups.iter().copied(), |bound| bound.cast_unsigned());
                for ((&row, &group), &units) in rows.iter().zip(groups).zip(units) {
                    let is_worse = |bound: &i64| if GREATEST { units < *bound } else { units > *bound };
                    if !self.bounds.get(group as usize).is_some_and(is_worse) {
                        self.look(intake, cells, (row, group), Some((units, scale)));
                    }
                }
                continue;
            }
            touch(&self.slots, groups.iter().copied(), |slot| slot.as_ref().map_or(0, |slot| slot.row));
            for ((&row, &group), (&units, &scale)) in rows.iter().zip(groups).zip(units.iter().zip(scales)) {
                if scale == REFUSED || !self.is_worse(group, units, scale) {
                    self.look(intake, cells, (row, group), (scale != REFUSED).then_some((units, scale)));
                }
            }
        }
    }

    /// Takes a cell in that may be better than what its group has; `small` is its short number, if it is one.
    #[inline(never)]
    fn look(&mut self, intake: &Intake<'_>, cells: &[Cell], (row, group): (u32, u32), small: Option<(i64, u8)>) {
        let Some(&cell) = cells.get(row as usize).filter(|cell| !cell.is_null()) else { return };
        let item = Item::Cell { kind: cell.kind(), bytes: intake.batch.bytes(cell) };
        let place = small.map_or_else(|| Place::of(item), |(units, scale)| Place::Small { units, scale });
        self.offer(group, intake.batch.id(row as usize), item, place);
    }
}

impl<const GREATEST: bool> Accumulator for Extreme<GREATEST> {
    fn reads_numbers(&self) -> bool {
        true
    }

    fn grow(&mut self, groups: usize) {
        self.slots.resize(groups, None);
        self.bounds.resize(groups, Self::OPEN);
    }

    fn update(&mut self, intake: &Intake<'_>) {
        match (intake.smalls, intake.input) {
            (Some(smalls), Some(Values::Cells(cells))) => self.update_read(intake, smalls, cells),
            _ => each_value(intake, |group, row, item| self.offer(group, row, item, Place::of(item))),
        }
    }

    fn merge(&mut self, other: &dyn Accumulator, into: &[u32]) {
        let Some(other) = own::<Self>(other) else { return };
        for (theirs, group) in other.slots.iter().zip(into).filter(|(_, group)| **group != NO_GROUP) {
            let (Some(slot), Some(new)) = (self.slots.get_mut(*group as usize), theirs) else { continue };
            let wins = slot.as_ref().is_none_or(|old| {
                let order = new.place.compare(|| new.kept.text(), old.place, &old.kept);
                better::<GREATEST>(order, new.row, old.row)
            });
            if wins {
                slot.clone_from(theirs);
                self.bound(*group, new.place);
            }
        }
    }

    fn memory(&self) -> usize {
        self.slots.capacity() * size_of::<Option<Slot>>() + self.slots.len() * KEPT + self.bounds.capacity() * 8
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// The text of a value.
pub(super) fn item_text(item: Item<'_>) -> Cow<'_, [u8]> {
    match item {
        Item::Cell { kind, bytes } => text(kind, bytes),
        Item::Number(number) => {
            let mut text = Vec::new();
            number.write(&mut text);
            Cow::Owned(text)
        }
    }
}
