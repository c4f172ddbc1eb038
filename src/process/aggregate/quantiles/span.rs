//! What the numbers of some logs are between, and numbers as offsets from the least of them: in their narrowest form.

use crate::core::data::number::{Number, POW10};
use crate::process::aggregate::quantiles::chunk::{Bounds, Run};
use crate::process::aggregate::quantiles::log::{Part, Placed};

/// What all numbers of some logs are between, as units of the finest of their scales.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) scale: u8,
    pub(super) least: i128,
    /// How much more the greatest may be; less than 2^125.
    pub(super) width: u128,
}

impl Span {
    /// That of all numbers but the large ones.
    pub(super) fn of(logs: &[Placed]) -> Self {
        let bounds = || logs.iter().flat_map(|placed| placed.log.parts()).filter_map(Part::bounds);
        let scale = bounds().map(|bounds| bounds.scale.1).max().unwrap_or(0);
        // Units of the finest scale in a chunk are the least or greatest there as well as those of the coarsest.
        let corners = bounds().flat_map(|Bounds { units, scale: (coarse, fine) }| {
            [(units.0, coarse), (units.0, fine), (units.1, coarse), (units.1, fine)]
        });
        let rescaled = corners.map(|(units, own)| i128::from(units) * i128::from(power(scale, own)));
        let extent = rescaled.fold(None, |extent: Option<(i128, i128)>, units| {
            Some(extent.map_or((units, units), |(least, greatest)| (least.min(units), greatest.max(units))))
        });
        let (least, greatest) = extent.unwrap_or((0, 0));
        Self { scale, least, width: greatest.abs_diff(least) }
    }

    /// Hands the group and the offset of each number of a run to `take`.
    #[inline]
    pub(super) fn each_offset<T: Offset>(self, run: Run<'_>, mut take: impl FnMut(u32, T)) {
        let numbers = run.groups.iter().zip(run.units);
        if run.scales.is_empty() {
            let power = power(self.scale, run.scale);
            for (group, units) in numbers {
                take(*group, T::of(*units, power, self.least));
            }
        } else {
            for ((group, units), scale) in numbers.zip(run.scales) {
                take(*group, T::of(*units, power(self.scale, *scale), self.least));
            }
        }
    }

    /// The number at an offset.
    pub(super) fn number(self, offset: i128) -> Number {
        Number::Exact { units: self.least + offset, scale: self.scale }
    }
}

/// What units of scale `own` are multiplied by to be units of the finer `scale`.
#[inline]
fn power(scale: u8, own: u8) -> u64 {
    let power = POW10.get(usize::from(scale.saturating_sub(own))).copied().unwrap_or(1);
    u64::try_from(power).unwrap_or(1)
}

/// The difference of a number from the least one, in a width that holds all.
pub(super) trait Offset: Copy + Ord + Default + Send + Sync {
    /// That of `units * power` from `least`.
    fn of(units: i64, power: u64, least: i128) -> Self;

    /// The same, wider.
    fn wide(self) -> i128;
}

/// A macro because casts are not generic.
macro_rules! offset {
    ($offset:ty) => {
        impl Offset for $offset {
            #[inline]
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "the width holds all differences; the widest cuts none"
            )]
            fn of(units: i64, power: u64, least: i128) -> Self {
                (i128::from(units) * i128::from(power)).wrapping_sub(least) as $offset
            }

            #[inline]
            fn wide(self) -> i128 {
                i128::try_from(self).unwrap_or(0)
            }
        }
    };
}

offset!(u16);
offset!(u32);
offset!(u64);
offset!(u128);
