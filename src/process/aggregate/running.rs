//! A sum that numbers come into and go out of, exactly: for windows.

use crate::core::data::number::Number;
use crate::process::aggregate::superaccumulator::Superaccumulator;

/// An exact sum and how many numbers are in it.
#[derive(Debug, Clone)]
pub(crate) struct RunningSum {
    exact: Number,
    /// Doubles, and what 128 bits cannot hold.
    wide: Option<Box<Superaccumulator>>,
    /// How many numbers are in the sum.
    pub(crate) count: u64,
}

impl Default for RunningSum {
    fn default() -> Self {
        Self { exact: Number::ZERO, wide: None, count: 0 }
    }
}

impl RunningSum {
    /// Adds a number.
    pub(crate) fn add(&mut self, number: Number) {
        self.change(number);
        self.count += 1;
    }

    /// Takes a number that was added away.
    pub(crate) fn remove(&mut self, number: Number) {
        self.change(number.negate());
        self.count = self.count.saturating_sub(1);
    }

    fn change(&mut self, number: Number) {
        match self.exact.checked_add(number) {
            Some(sum) => self.exact = sum,
            None if matches!(number, Number::Float(value) if !value.is_finite()) => {}
            None => self.wide.get_or_insert_with(|| Box::new(Superaccumulator::new())).add(number),
        }
    }

    /// The sum; none of no numbers.
    pub(crate) fn sum(&self) -> Option<Number> {
        if self.count == 0 {
            return None;
        }
        Some(match &self.wide {
            None => self.exact.normal(),
            Some(_) => self.whole().number(),
        })
    }

    /// The mean, rounded once; none of no numbers.
    pub(crate) fn mean(&self) -> Option<Number> {
        if self.count == 0 { None } else { Number::finite(self.whole().quotient(self.count)) }
    }

    fn whole(&self) -> Superaccumulator {
        let mut whole = self.wide.as_deref().cloned().unwrap_or_else(Superaccumulator::new);
        whole.add(self.exact);
        whole
    }
}

#[cfg(test)]
mod tests {
    use super::RunningSum;
    use crate::core::data::number::tests::{number, printed};

    #[test]
    fn what_goes_out_leaves_nothing_behind() {
        let mut sum = RunningSum::default();
        assert_eq!(sum.sum().map(printed), None);
        for text in ["0.1", "1e300", "0.2"] {
            sum.add(number(text));
        }
        sum.remove(number("1e300"));
        assert_eq!(sum.sum().map(super::Number::to_f64), Some(0.3));
        assert_eq!(sum.mean().map(printed).as_deref(), Some("0.15"));
    }
}
