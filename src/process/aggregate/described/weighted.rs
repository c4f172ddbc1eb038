//! Numbers that came more than once, and their quantiles: what `quantiles` does, for different values with how often
//! each came.

use crate::core::data::number::{Number, POW10};
use crate::core::error::Result;
use crate::core::exec::memory::Memory;
use crate::core::integer::{low, to_index};
use crate::process::aggregate::quantiles::Ranked;
use crate::process::aggregate::ranks::{self, Written};

/// Numbers with their weights.
#[derive(Default)]
pub(super) struct Weighted {
    small: Vec<Small>,
    /// The most digits after the point of the small ones.
    finest: u8,
    /// Numbers that are not 64-bit decimals.
    large: Vec<(Number, u64)>,
    /// All weights together.
    weight: u64,
    /// Numbers that memory did not hold.
    written: Option<Written>,
}

/// `units / 10^scale`, so many times.
#[derive(Debug, Clone, Copy)]
struct Small {
    units: i64,
    weight: u32,
    scale: u8,
}

impl Weighted {
    /// Appends a number.
    pub(super) fn push(&mut self, number: Number, mut weight: u64) {
        self.weight += weight;
        let exact = |units: i128, scale| Some((i64::try_from(units).ok()?, scale));
        let small = match number {
            Number::Exact { units, scale } => exact(units, scale).or_else(|| match number.normal() {
                Number::Exact { units, scale } => exact(units, scale),
                Number::Float(_) => None,
            }),
            Number::Float(_) => None,
        };
        let Some((units, scale)) = small.filter(|(_, scale)| *scale <= 18) else {
            return self.large.push((number, weight));
        };
        self.finest = self.finest.max(scale);
        while weight > 0 {
            let some = u32::try_from(weight).unwrap_or(u32::MAX);
            self.small.push(Small { units, weight: some, scale });
            weight -= u64::from(some);
        }
    }

    /// Takes over others.
    pub(super) fn merge(&mut self, other: Self) {
        self.weight += other.weight;
        self.finest = self.finest.max(other.finest);
        if self.small.is_empty() {
            self.small = other.small;
        } else {
            self.small.extend(other.small);
        }
        self.large.extend(other.large);
    }

    /// Writes numbers to disk where they take too much memory.
    pub(super) fn bound(&mut self, memory: &Memory) -> Result<()> {
        let held = self.small.len() * size_of::<Small>() + self.large.len() * size_of::<(Number, u64)>();
        if held > memory.limit() / 4 { self.spill(memory) } else { Ok(()) }
    }

    /// Writes all numbers but those that neither a 64-bit decimal nor a double holds.
    fn spill(&mut self, memory: &Memory) -> Result<()> {
        let mut written = match self.written.take() {
            Some(written) => written,
            None => Written::new(memory)?,
        };
        written.write(self.small.drain(..).map(|small| (0, small.units, small.scale, small.weight)))?;
        let is_double =
            |(number, weight): &(Number, u64)| matches!(number, Number::Float(_)) && u32::try_from(*weight).is_ok();
        let (doubles, large): (Vec<_>, Vec<_>) = std::mem::take(&mut self.large).into_iter().partition(is_double);
        written.write_doubles(doubles.into_iter().map(|(number, weight)| (0, number.to_f64(), low(weight))))?;
        self.small = Vec::new();
        self.large = large;
        self.written = Some(written);
        Ok(())
    }

    /// The quantiles at each of `asked`, none of no numbers.
    pub(super) fn quantiles(mut self, asked: &[Number]) -> Result<Vec<Option<Number>>> {
        if self.weight == 0 {
            return Ok(vec![None; asked.len()]);
        }
        let mut ranked = Ranked::new(asked, to_index(self.weight));
        if let Some(written) = self.written.take() {
            let memory = written.memory().clone();
            self.written = Some(written);
            self.spill(&memory)?;
        }
        match self.written.take() {
            Some(written) => {
                let rest = self.large.into_iter().map(|(number, weight)| (0, number, weight)).collect();
                let mut at = 0;
                ranks::each(
                    &[(written, &[])],
                    |_, group| Some(group),
                    rest,
                    |_, number, weight| {
                        ranked.see(at, to_index(weight), number);
                        at += to_index(weight);
                    },
                )?;
            }
            None => self.rank(&mut ranked),
        }
        Ok(ranked.quantiles().collect())
    }

    /// Finds the numbers at the ranks in memory.
    fn rank(self, ranked: &mut Ranked) {
        let finest = self.finest;
        let rescaled = |small: &Small| {
            let power = POW10.get(usize::from(finest - small.scale)).copied().unwrap_or(1);
            Some((i64::try_from(i128::from(small.units) * power).ok()?, small.weight))
        };
        let same = self.large.is_empty().then(|| self.small.iter().map(rescaled).collect::<Option<Vec<_>>>()).flatten();
        if let Some(mut units) = same {
            drop(self.small);
            let wanted = ranked.ranks().to_vec();
            let exact = |units| Number::Exact { units: i128::from(units), scale: finest };
            return select(&mut units, 0, &wanted, &mut |rank, units| ranked.see(rank, 1, exact(units)));
        }
        let exact = |small: Small| {
            (Number::Exact { units: i128::from(small.units), scale: small.scale }, u64::from(small.weight))
        };
        let mut numbers: Vec<(Number, u64)> = self.small.into_iter().map(exact).chain(self.large).collect();
        numbers.sort_unstable_by(|a, b| a.0.compare(b.0));
        let mut at = 0;
        for (number, weight) in numbers {
            ranked.see(at, to_index(weight), number);
            at += to_index(weight);
        }
    }
}

/// Numbers so few that they are sorted.
const FEW: usize = 32;

/// Hands the numbers at rising ranks to `found`; `before` is the weight of all numbers below these. Only the halves that hold
/// a rank are looked into.
fn select(numbers: &mut [(i64, u32)], mut before: usize, ranks: &[usize], found: &mut impl FnMut(usize, i64)) {
    if ranks.is_empty() || numbers.is_empty() {
        return;
    }
    if numbers.len() <= FEW {
        numbers.sort_unstable();
        let mut ranks = ranks.iter().peekable();
        for (number, weight) in numbers {
            before += *weight as usize;
            while let Some(rank) = ranks.next_if(|rank| **rank < before) {
                found(*rank, *number);
            }
        }
        return;
    }
    let middle = numbers.len() / 2;
    numbers.select_nth_unstable(middle);
    let (below, rest) = numbers.split_at_mut(middle);
    let weight: usize = below.iter().map(|(_, weight)| *weight as usize).sum();
    let (low, high) = ranks.split_at(ranks.partition_point(|rank| *rank < before + weight));
    select(below, before, low, found);
    select(rest, before + weight, high, found);
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Weighted, select};
    use crate::core::data::number::Number;
    use crate::core::data::number::tests::{number, printed};
    use crate::core::exec::memory::Memory;

    #[test]
    fn selects_what_sorting_finds() {
        let mut state = 11_u64;
        for round in 0..60 {
            let mut numbers = Vec::new();
            for _ in 0..=round * round {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                numbers.push(((state >> 33) as i64 % (1 + i64::from(round)), 1 + (state >> 62) as u32));
            }
            let mut all: Vec<i64> = numbers.iter().flat_map(|(n, weight)| vec![*n; *weight as usize]).collect();
            all.sort_unstable();
            let mut ranks = vec![0, all.len() / 4, all.len() / 2, all.len() - 1];
            ranks.dedup();
            let mut found = Vec::new();
            select(&mut numbers, 0, &ranks, &mut |rank, number| found.push((rank, number)));
            let expected: Vec<_> = ranks.iter().map(|rank| (*rank, all[*rank])).collect();
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn memory_and_disk_agree() {
        let texts = ["1.50", "2", "1e3", "0.25", "1e30", "7e-30", "123456789012345678901234567890", "-4"];
        for some in 1..=texts.len() {
            let build = || {
                let mut weighted = Weighted::default();
                for (text, weight) in texts.iter().take(some).zip([3, 1, 1, 9, 2, 4, 1, 2]) {
                    weighted.push(number(text), weight);
                }
                weighted.push(Number::Float(0.1), 2);
                weighted
            };
            let asked = ["0.25", "0.5", "0.75", "1"].map(number);
            let memory = build().quantiles(&asked).unwrap();
            let mut spilled = build();
            spilled.spill(&Memory::default()).unwrap();
            let disk = spilled.quantiles(&asked).unwrap();
            let print = |found: Vec<Option<Number>>| found.into_iter().flatten().map(printed).collect::<Vec<_>>();
            assert_eq!(print(memory), print(disk));
        }
    }
}
