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
            let count = own::<Count>(state).map_or(0, |state| state.count(group));
            Value::Number(Number::int(i128::from(count)))
        },
    },
};

/// Counts in four bytes a group, so that many stay in the nearest caches.
#[derive(Default)]
struct Count {
    counts: Vec<u32>,
    /// How often a group's count has passed 32 bits; none while none has.
    carries: Vec<u32>,
}

impl Count {
    fn count(&self, group: usize) -> u64 {
        let of = |counts: &[u32]| counts.get(group).map_or(0, |count| u64::from(*count));
        (of(&self.carries) << 32) | of(&self.counts)
    }

    #[inline]
    fn add(&mut self, group: u32, more: u32) {
        let Some(count) = self.counts.get_mut(group as usize) else { return };
        let (sum, carries) = count.overflowing_add(more);
        *count = sum;
        if carries {
            self.carry(group as usize, 1);
        }
    }

    #[cold]
    fn carry(&mut self, group: usize, by: u32) {
        if self.carries.len() <= group {
            self.carries.resize(group + 1, 0);
        }
        if let Some(carries) = self.carries.get_mut(group) {
            *carries = carries.saturating_add(by);
        }
    }
}

impl Accumulator for Count {
    fn grow(&mut self, groups: usize) {
        self.counts.resize(groups, 0);
    }

    fn update(&mut self, intake: &Intake<'_>) {
        if intake.input.is_some() {
            each_value(intake, |group, _, _| self.add(group, 1));
        } else {
            intake.groups.iter().for_each(|group| self.add(*group, 1));
        }
    }

    fn merge(&mut self, other: &dyn Accumulator, into: &[u32]) {
        let Some(other) = own::<Self>(other) else { return };
        for (more, &group) in other.counts.iter().zip(into).filter(|(_, group)| **group != NO_GROUP) {
            self.add(group, *more);
        }
        for (carries, &group) in other.carries.iter().zip(into) {
            if *carries > 0 && group != NO_GROUP {
                self.carry(group as usize, *carries);
            }
        }
    }

    fn memory(&self) -> usize {
        (self.counts.capacity() + self.carries.capacity()) * size_of::<u32>()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::Count;
    use crate::process::aggregate::{Accumulator, NO_GROUP};

    #[test]
    fn counts_past_32_bits() {
        let mut count = Count::default();
        count.grow(3);
        (0..3).for_each(|_| count.add(1, 1));
        let mut plain = [0, 3, 0];
        for into in [[0, 1, 2], [1, 0, 2], [NO_GROUP, 1, 0]].iter().cycle().take(60) {
            let before = std::mem::take(&mut count);
            count.grow(3);
            let mut sums = [0_u64; 3];
            for other in 0..2 {
                count.merge(&before, if other == 0 { &[0, 1, 2] } else { into });
                for (from, more) in plain.iter().enumerate() {
                    let to = if other == 0 { from as u32 } else { into[from] };
                    if let Some(sum) = sums.get_mut(to as usize) {
                        *sum += more;
                    }
                }
            }
            plain = sums;
            assert_eq!([0, 1, 2].map(|group| count.count(group)), plain);
        }
        assert!(plain.iter().sum::<u64>() > 1 << 40, "{plain:?}");
    }
}
