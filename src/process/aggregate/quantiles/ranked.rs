//! The ranks that quantiles of so many numbers need, and the quantiles from the numbers there.
//!
//! The quantile of n numbers at q lies at rank (n - 1) · q, counted from 0; between two ranks it is interpolated
//! linearly (type 7 of Hyndman and Fan, "Sample quantiles in statistical packages", 1996; what `quantile_cont` of
//! `DuckDB` and the default of `NumPy` compute), exactly where the numbers are decimals. Numbers may come with trailing
//! zeros or without: the answer is the same.

use crate::core::data::number::{Number, POW10};

/// The quantiles of one group, and the ranks they need.
#[derive(Default)]
pub(in crate::process::aggregate) struct Ranked {
    places: Vec<Place>,
    /// Rising.
    ranks: Vec<usize>,
    /// The number at each rank, as far as they are known.
    numbers: Vec<Number>,
}

impl Ranked {
    /// The ranks for the quantiles at each of `asked` among `count` numbers, one at least.
    pub(in crate::process::aggregate) fn new(asked: &[Number], count: usize) -> Self {
        let places: Vec<Place> = asked.iter().map(|q| Place::of(*q, count)).collect();
        let both = |place: &Place| [place.rank, (place.rank + 1).min(count.saturating_sub(1))];
        let mut ranks: Vec<usize> = places.iter().flat_map(both).collect();
        ranks.sort_unstable();
        ranks.dedup();
        Self { places, ranks, numbers: Vec::new() }
    }

    /// The ranks that are needed, rising.
    pub(in crate::process::aggregate) fn ranks(&self) -> &[usize] {
        &self.ranks
    }

    /// Takes the number at a rank and at those behind it, `times` in all; ranks rise from 0.
    pub(in crate::process::aggregate) fn see(&mut self, rank: usize, times: usize, number: Number) {
        while self.ranks.get(self.numbers.len()).is_some_and(|wanted| *wanted >= rank && *wanted - rank < times) {
            self.numbers.push(number);
        }
    }

    fn number(&self, rank: usize) -> Option<Number> {
        self.ranks.binary_search(&rank).ok().and_then(|at| self.numbers.get(at)).copied()
    }

    /// The quantiles, once all needed numbers were seen.
    pub(in crate::process::aggregate) fn quantiles(&self) -> impl Iterator<Item = Option<Number>> {
        self.places.iter().map(|place| match self.number(place.rank + 1) {
            Some(above) if !place.rest.is_zero() => {
                Some(between(self.number(place.rank)?.normal(), above.normal(), place.rest))
            }
            _ => self.number(place.rank).map(Number::normal),
        })
    }
}

/// Where a quantile lies: at a rank and a part of the way to the next.
struct Place {
    rank: usize,
    rest: Number,
}

impl Place {
    /// The place of quantile `q` (exact, from 0 to 1) among `count` numbers.
    fn of(q: Number, count: usize) -> Self {
        let Number::Exact { units, scale } = q else { return Self { rank: 0, rest: Number::ZERO } };
        let power = POW10.get(usize::from(scale)).copied().unwrap_or(1);
        let last = count as i128 - 1;
        let place = last.saturating_mul(units.clamp(0, power));
        Self { rank: usize::try_from(place / power).unwrap_or(0), rest: Number::Exact { units: place % power, scale } }
    }
}

/// The number a part of the way from `below` to `above`.
fn between(below: Number, above: Number, part: Number) -> Number {
    let exact = || above.checked_add(below.negate())?.checked_mul(part)?.checked_add(below);
    exact().map_or_else(
        || {
            let (low, high, part) = (below.to_f64(), above.to_f64(), part.to_f64());
            Number::Float(low * (1.0 - part) + high * part)
        },
        Number::normal,
    )
}
