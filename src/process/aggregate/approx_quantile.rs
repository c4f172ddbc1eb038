//! `approx_quantile(x, q)`: about the quantile, in memory that grows with how far apart numbers are, not with how many.
//!
//! A histogram whose buckets grow with the numbers: all doubles with the same sign, exponent and first eight bits of the
//! fraction share one, so no two numbers of a bucket differ by more than 1/256 of them, 0.4 %. A bucket keeps its count
//! and the least number in it; the numbers at the two ranks next to `q` are read so and interpolated as by `quantile`.
//! Counts and minima commute, so the answer is a function of the numbers alone.

use std::any::Any;

use hashbrown::HashMap;

use crate::core::data::number::Number;
use crate::core::data::value::Value;
use crate::core::integer::{float, whole};
use crate::core::registry::{Example, Row};
use crate::process::aggregate::intake::{Numbers, Small, each_number};
use crate::process::aggregate::{Accumulator, Aggregate, Argument, Intake, NO_GROUP, Parameters, Skipped, State, own};

pub(super) const ROW: Row<Aggregate> = Row {
    name: "approx_quantile",
    aliases: &[],
    usage: "approx_quantile(x, q)",
    summary: "About the quantile at q, from 0 to 1: within 0.4 % of the exact one, in little memory, the same in every run",
    examples: &[
        Example { input: "approx_quantile(x, 0.25) of 1, 2, 3, 4", output: "1.75" },
        Example { input: "approx_quantile(x, 0.5) of 1000, 1001, 1002", output: "1000" },
    ],
    item: Aggregate {
        arguments: &[Argument::Value, Argument::Share],
        optional: 0,
        preset: None,
        state: State { name: "approx_quantile", build: || Box::new(Histograms::default()) },
        read: |state, group, asked| {
            let Some(state) = own::<Histograms>(state) else { return Value::Null };
            state.quantile(group, asked).and_then(Number::finite).map_or(Value::Null, Value::Number)
        },
    },
};

/// Bits of a double below those that choose its bucket.
const BELOW: u32 = 52 - 8;

/// The buckets of all groups.
#[derive(Default)]
struct Histograms {
    groups: usize,
    /// By group and key.
    buckets: HashMap<(u32, i32), Bucket>,
    /// Where all is settled: the buckets of each group in order.
    sorted: Vec<Vec<Bucket>>,
    /// The quantiles asked for.
    asked: Vec<f64>,
    skipped: Skipped,
}

/// Numbers that are near to each other.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    count: u64,
    least: f64,
}

/// The key of a number's bucket; keys rise with the numbers.
fn key(number: f64) -> i32 {
    let size = (number.abs().to_bits() >> BELOW) as i32;
    if number < 0.0 { -1 - size } else { size }
}

impl Histograms {
    fn add(&mut self, group: u32, key: i32, more: Bucket) {
        let bucket = self.buckets.entry((group, key)).or_insert(Bucket { count: 0, least: more.least });
        bucket.count += more.count;
        bucket.least = bucket.least.min(more.least);
    }

    fn add_number(&mut self, group: u32, number: f64) {
        // Minus zero is zero.
        let number = number + 0.0;
        self.add(group, key(number), Bucket { count: 1, least: number });
    }

    fn quantile(&self, group: usize, asked: usize) -> Option<f64> {
        let (buckets, q) = (self.sorted.get(group)?, self.asked.get(asked)?);
        let count: u64 = buckets.iter().map(|bucket| bucket.count).sum();
        let place = float(count.checked_sub(1)?) * q;
        let rank = whole(place);
        let low = number_at(buckets, rank)?;
        let high = number_at(buckets, (rank + 1).min(count - 1))?;
        let part = place - float(rank);
        // Numbers of one bucket are one, whatever their size.
        if part == 0.0 || low >= high { Some(low) } else { Some(low * (1.0 - part) + high * part) }
    }
}

/// The number at a rank.
fn number_at(buckets: &[Bucket], rank: u64) -> Option<f64> {
    let mut seen = 0;
    let found = buckets.iter().find(|bucket| {
        seen += bucket.count;
        seen > rank
    });
    found.map(|bucket| bucket.least)
}

impl Numbers for Histograms {
    #[expect(clippy::cast_precision_loss, reason = "the nearest double is near enough")]
    fn small(&mut self, run: &[Small]) {
        for small in run {
            let number = match small.scale {
                0 => small.units as f64,
                scale => Number::Exact { units: i128::from(small.units), scale }.to_f64(),
            };
            self.add_number(small.group, number);
        }
    }

    fn number(&mut self, group: u32, number: Number) {
        self.add_number(group, number.to_f64());
    }

    fn skips(&mut self) -> &mut Skipped {
        &mut self.skipped
    }
}

impl Accumulator for Histograms {
    fn reads_numbers(&self) -> bool {
        true
    }

    fn grow(&mut self, groups: usize) {
        self.groups = groups;
    }

    fn update(&mut self, intake: &Intake<'_>) {
        each_number(intake, self);
    }

    fn merge(&mut self, other: &dyn Accumulator, into: &[u32]) {
        let Some(other) = own::<Self>(other) else { return };
        self.skipped.merge(&other.skipped);
        for ((group, key), bucket) in &other.buckets {
            match into.get(*group as usize) {
                Some(group) if *group != NO_GROUP => self.add(*group, *key, *bucket),
                _ => {}
            }
        }
    }

    fn settle(&mut self, asked: &[Parameters]) -> crate::core::error::Result<()> {
        let share = |parameters: &Parameters| parameters.first().and_then(Value::to_number).map_or(0.0, Number::to_f64);
        self.asked = asked.iter().map(share).collect();
        self.sorted = vec![Vec::new(); self.groups];
        let mut buckets: Vec<((u32, i32), Bucket)> = self.buckets.drain().collect();
        buckets.sort_unstable_by_key(|(place, _)| *place);
        for ((group, _), bucket) in buckets {
            self.sorted.iter_mut().skip(group as usize).take(1).for_each(|sorted| sorted.push(bucket));
        }
        Ok(())
    }

    fn memory(&self) -> usize {
        self.buckets.allocation_size()
    }

    fn skipped(&self) -> Skipped {
        self.skipped.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::{Accumulator, Histograms, Number, Value, key};

    #[test]
    fn keys_rise_with_the_numbers() {
        let numbers = [f64::MIN, -1e9, -1.01, -1.0, -1e-300, 0.0, 1e-300, 0.1, 1.0, 1.01, 511.0, 512.0, f64::MAX];
        assert!(numbers.windows(2).all(|pair| key(pair[0]) < key(pair[1])));
        assert_eq!((key(-0.0), key(1000.0)), (key(0.0), key(1001.0)));
    }

    #[test]
    fn quantiles_are_within_what_is_said() {
        let mut state = 12_345_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((state >> 40) as f64 / 1000.0).exp2().min(1e12) / 7.0 + 0.001
        };
        for sign in [1.0, -1.0] {
            let mut numbers: Vec<f64> = (0..2001).map(|_| sign * next()).collect();
            let mut state = Histograms::default();
            state.grow(1);
            for number in &numbers {
                state.add_number(0, *number);
            }
            numbers.sort_unstable_by(f64::total_cmp);
            let ranks = [0_usize, 1, 20, 500, 1000, 1990, 2000];
            let share = |rank: &usize| vec![Value::Number(Number::Float(*rank as f64 / 2000.0))];
            assert!(state.settle(&ranks.iter().map(share).collect::<Vec<_>>()).is_ok());
            for (asked, rank) in ranks.iter().enumerate() {
                let (found, exact) = (state.quantile(0, asked).unwrap_or(f64::NAN), numbers[*rank]);
                assert!((found / exact - 1.0).abs() <= 1.0 / 256.0, "{rank}: {found} {exact}");
            }
        }
    }
}
